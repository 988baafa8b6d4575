//! Voronoi cells of lattice sites, and the site nearest to a point.

use std::collections::BTreeMap;

use super::cells::finite;

/// Cells end this many neighbour distances from their site: where the triangles of a honeycomb end.
const REACH: f64 = 1.001;

type Point = (f64, f64);

/// The Voronoi cell of each site, bounded by a square around it; empty for a site without place.
pub(super) fn cells(positions: &[Point], spacing: f64) -> Vec<Vec<Point>> {
    let reach = REACH * spacing;
    let near = Neighbourhoods::new(positions, spacing);
    let cell = |site: Point| {
        let square = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        let start = square.map(|(dx, dy)| (site.0 + dx * reach, site.1 + dy * reach)).to_vec();
        let others = near.around(site).map(|i| positions[i]).filter(|other| *other != site);
        others.fold(start, |cell, other| closer(&cell, site, other))
    };
    positions.iter().map(|site| if finite(*site) { cell(*site) } else { Vec::new() }).collect()
}

/// Sites sorted into squares, so that the neighbours of a point are found at once.
pub(super) struct Neighbourhoods<'a> {
    positions: &'a [Point],
    reach: f64,
    squares: BTreeMap<(i64, i64), Vec<usize>>,
}

impl<'a> Neighbourhoods<'a> {
    pub(super) fn new(positions: &'a [Point], spacing: f64) -> Self {
        let mut sorted = Self { positions, reach: REACH * spacing, squares: BTreeMap::new() };
        for (i, p) in positions.iter().enumerate().filter(|(_, p)| finite(**p)) {
            let square = sorted.square(*p);
            sorted.squares.entry(square).or_default().push(i);
        }
        sorted
    }

    /// All sites within twice the reach of `p`, and some beyond.
    fn around(&self, p: Point) -> impl Iterator<Item = usize> + '_ {
        let (i, j) = self.square(p);
        let near = (i - 1..=i + 1).flat_map(move |i| (j - 1..=j + 1).map(move |j| (i, j)));
        near.filter_map(|square| self.squares.get(&square)).flatten().copied()
    }

    /// The nearest site whose cell may hold `p`.
    pub(super) fn nearest(&self, p: Point) -> Option<usize> {
        let distance = |i: usize| (self.positions[i].0 - p.0).hypot(self.positions[i].1 - p.1);
        let best = self.around(p).min_by(|a, b| distance(*a).total_cmp(&distance(*b)))?;
        (distance(best) <= self.reach * std::f64::consts::SQRT_2).then_some(best)
    }

    fn square(&self, p: Point) -> (i64, i64) {
        let index = |v: f64| (v / (2.0 * self.reach)).floor().clamp(-1e15, 1e15) as i64;
        (index(p.0), index(p.1))
    }
}

/// The part of a convex polygon that is closer to `site` than to `other`.
fn closer(polygon: &[Point], site: Point, other: Point) -> Vec<Point> {
    let (nx, ny) = (other.0 - site.0, other.1 - site.1);
    let limit = (other.0 * other.0 + other.1 * other.1 - site.0 * site.0 - site.1 * site.1) / 2.0;
    let side = |p: Point| nx * p.0 + ny * p.1 - limit;
    let mut kept = Vec::with_capacity(polygon.len() + 1);
    for (k, &p) in polygon.iter().enumerate() {
        let q = polygon[(k + 1) % polygon.len()];
        let (a, b) = (side(p), side(q));
        if a <= 0.0 {
            kept.push(p);
        }
        if (a < 0.0) != (b < 0.0) && a != b {
            let t = a / (a - b);
            kept.push((p.0 + t * (q.0 - p.0), p.1 + t * (q.1 - p.1)));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(polygon: &[(f64, f64)]) -> f64 {
        let n = polygon.len();
        (0..n)
            .map(|i| polygon[i].0 * polygon[(i + 1) % n].1 - polygon[(i + 1) % n].0 * polygon[i].1)
            .sum::<f64>()
            / 2.0
    }

    #[test]
    fn a_honeycomb_lattice_has_triangular_cells() {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for i in 0..8 {
            for j in 0..8 {
                for b in 0..2 {
                    x.push(3f64.sqrt() * (f64::from(i) + 0.5 * f64::from(j)));
                    y.push(1.5 * f64::from(j) + f64::from(b));
                }
            }
        }
        let positions: Vec<Point> = x.into_iter().zip(y).collect();
        let site = 2 * (8 * 4 + 4);
        let cell = &cells(&positions, 1.0)[site];
        assert!((area(cell) - 0.75 * 3f64.sqrt()).abs() < 1e-9, "{}", area(cell));
    }
}
