//! Fields over lattice sites: one image where the sites form a rectangle of equal cells, else
//! the Voronoi cell of each site.

use std::collections::BTreeMap;

use super::{Axis, ColorScale};
use crate::color::Rgb;
use crate::raster;
use crate::svg::{Canvas, Frame};

/// Where the sites of a map are. Sites with NaN coordinates are padding.
#[derive(Clone, Debug)]
pub(crate) struct Geometry {
    positions: Vec<(f64, f64)>,
    grid: Option<Grid>,
    /// Distance of nearest neighbours.
    spacing: f64,
}

/// A rectangle of equal cells, with the site in each.
#[derive(Clone, Debug)]
struct Grid {
    columns: usize,
    rows: usize,
    /// Column and row of each site.
    cell: Vec<Option<(usize, usize)>>,
}

/// Values on the sites of a geometry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) geometry: &'a Geometry,
    pub(crate) values: &'a [f64],
}

impl Geometry {
    pub(crate) fn new(x: &[f64], y: &[f64]) -> Self {
        let positions: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
        let spacing = spacing(&positions);
        let grid = grid(&positions, spacing);
        Self { positions, grid, spacing }
    }

    /// Whether every cell of a rectangle can be told by column and row.
    pub(crate) fn is_grid(&self) -> bool {
        self.grid.is_some()
    }

    /// Distance of nearest neighbours.
    pub(crate) fn spacing(&self) -> f64 {
        self.spacing
    }

    /// The sites that exist.
    pub(crate) fn sites(&self) -> impl Iterator<Item = (f64, f64)> {
        self.positions.iter().copied().filter(|p| finite(*p))
    }

    /// Axes ranges that hold all cells: `(x_lo, x_hi, y_lo, y_hi)`; none without sites.
    pub(crate) fn extent(&self) -> Option<[f64; 4]> {
        let half = self.spacing / 2.0;
        let start = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
        let [a, b, c, d] =
            self.sites().fold(start, |[a, b, c, d], (x, y)| [a.min(x), b.max(x), c.min(y), d.max(y)]);
        (a <= b).then_some([a - half, b + half, c - half, d + half])
    }
}

impl Field<'_> {
    /// Fills `frame` with the colours of the field.
    pub(crate) fn draw(&self, canvas: &mut Canvas, frame: Frame, x: &Axis, y: &Axis, colors: &ColorScale) {
        let to_x = |v: f64| frame.x + x.fraction(v) * frame.width;
        let to_y = |v: f64| frame.bottom() - y.fraction(v) * frame.height;
        let geometry = self.geometry;
        if let (Some(grid), Some([left, right, low, high])) = (&geometry.grid, geometry.extent()) {
            let mut pixels: Vec<Option<Rgb>> = vec![None; grid.columns * grid.rows];
            for (cell, value) in grid.cell.iter().zip(self.values) {
                if let Some((column, row)) = cell {
                    pixels[(grid.rows - 1 - row) * grid.columns + column] = colors.color(*value);
                }
            }
            let area = Frame {
                x: to_x(left),
                y: to_y(high),
                width: to_x(right) - to_x(left),
                height: to_y(low) - to_y(high),
            };
            if let Some(png) = raster::image(grid.columns, &pixels) {
                canvas.image(area, &png);
            }
            return;
        }
        for (polygon, value) in cells(&geometry.positions, geometry.spacing).iter().zip(self.values) {
            if let Some(color) = colors.color(*value) {
                let points: Vec<_> = polygon.iter().map(|(x, y)| (to_x(*x), to_y(*y))).collect();
                let hex = color.hex();
                // A hair of the same colour closes the seams that antialiasing leaves between cells.
                canvas.polygon(&points, &hex, &format!(r#"stroke="{hex}" stroke-width="0.15""#));
            }
        }
    }
}

fn finite((x, y): (f64, f64)) -> bool {
    x.is_finite() && y.is_finite()
}

/// Distance of the closest pair; 1 when there is no pair.
fn spacing(positions: &[(f64, f64)]) -> f64 {
    let mut sorted: Vec<(f64, f64)> = positions.iter().copied().filter(|p| finite(*p)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut best = f64::INFINITY;
    for (i, a) in sorted.iter().enumerate() {
        for b in &sorted[i + 1..] {
            if b.0 - a.0 >= best {
                break;
            }
            let d = (b.0 - a.0).hypot(b.1 - a.1);
            if d > 1e-9 {
                best = best.min(d);
            }
        }
    }
    if best.is_finite() { best } else { 1.0 }
}

/// The grid of unit `spacing` on which all sites lie, if at least half of its cells are sites.
fn grid(positions: &[(f64, f64)], spacing: f64) -> Option<Grid> {
    let (x0, y0) = positions
        .iter()
        .filter(|p| finite(**p))
        .fold((f64::INFINITY, f64::INFINITY), |(a, b), (x, y)| (a.min(*x), b.min(*y)));
    let mut cell = Vec::with_capacity(positions.len());
    let (mut columns, mut rows, mut sites) = (0, 0, 0usize);
    for &(x, y) in positions {
        if !finite((x, y)) {
            cell.push(None);
            continue;
        }
        let (c, r) = ((x - x0) / spacing, (y - y0) / spacing);
        if (c - c.round()).abs() > 1e-6 || (r - r.round()).abs() > 1e-6 {
            return None;
        }
        let (c, r) = (c.round() as usize, r.round() as usize);
        (columns, rows, sites) = (columns.max(c + 1), rows.max(r + 1), sites + 1);
        cell.push(Some((c, r)));
    }
    (sites > 0 && columns.checked_mul(rows)? <= 2 * sites).then_some(Grid { columns, rows, cell })
}

/// Cells end this many neighbour distances from their site: where the triangles of a honeycomb end.
const REACH: f64 = 1.001;

/// The Voronoi cell of each site, bounded by a square around it.
fn cells(positions: &[(f64, f64)], spacing: f64) -> Vec<Vec<(f64, f64)>> {
    let reach = REACH * spacing;
    let bucket = |p: (f64, f64)| ((p.0 / (2.0 * reach)).floor() as i64, (p.1 / (2.0 * reach)).floor() as i64);
    let mut buckets: BTreeMap<(i64, i64), Vec<(f64, f64)>> = BTreeMap::new();
    for p in positions.iter().copied().filter(|p| finite(*p)) {
        buckets.entry(bucket(p)).or_default().push(p);
    }
    positions
        .iter()
        .map(|&site| {
            if !finite(site) {
                return Vec::new();
            }
            let mut cell: Vec<(f64, f64)> = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
                .map(|(dx, dy)| (site.0 + dx * reach, site.1 + dy * reach))
                .to_vec();
            let (i, j) = bucket(site);
            for near in (i - 1..=i + 1).flat_map(|i| (j - 1..=j + 1).map(move |j| (i, j))) {
                for other in buckets.get(&near).into_iter().flatten().filter(|o| **o != site) {
                    cell = closer(&cell, site, *other);
                }
            }
            cell
        })
        .collect()
}

/// The part of a convex polygon that is closer to `site` than to `other`.
fn closer(polygon: &[(f64, f64)], site: (f64, f64), other: (f64, f64)) -> Vec<(f64, f64)> {
    let (nx, ny) = (other.0 - site.0, other.1 - site.1);
    let limit = (other.0 * other.0 + other.1 * other.1 - site.0 * site.0 - site.1 * site.1) / 2.0;
    let side = |p: (f64, f64)| nx * p.0 + ny * p.1 - limit;
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
    fn a_square_lattice_with_padding_is_a_grid() {
        let sites = 6 * 4;
        let x: Vec<f64> =
            (0..sites + 2).map(|i| if i < sites { f64::from(i / 4) } else { f64::NAN }).collect();
        let y: Vec<f64> =
            (0..sites + 2).map(|i| if i < sites { f64::from(i % 4) } else { f64::NAN }).collect();
        let geometry = Geometry::new(&x, &y);
        assert!(geometry.is_grid());
        assert_eq!(geometry.extent(), Some([-0.5, 5.5, -0.5, 3.5]));
        assert_eq!(geometry.sites().count(), 24);
    }

    #[test]
    fn a_honeycomb_lattice_has_triangular_cells_of_equal_area() {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for i in 0..8 {
            for j in 0..8 {
                for b in 0..2 {
                    x.push(3f64.sqrt() * (f64::from(i) + 0.5 * f64::from(j)));
                    y.push(1.5 * f64::from(j) + f64::from(b));
                }
            }
        }
        let geometry = Geometry::new(&x, &y);
        assert!(!geometry.is_grid());
        assert!((geometry.spacing() - 1.0).abs() < 1e-12);
        let site = 2 * (8 * 4 + 4);
        let cell = &cells(&geometry.positions, geometry.spacing)[site];
        assert!((area(cell) - 0.75 * 3f64.sqrt()).abs() < 1e-9, "{}", area(cell));
    }

    #[test]
    fn no_site_and_one_site() {
        assert_eq!(Geometry::new(&[], &[]).extent(), None);
        assert_eq!(Geometry::new(&[2.0], &[3.0]).extent(), Some([1.5, 2.5, 2.5, 3.5]));
    }
}
