//! Fields over lattice sites: one image where the sites form a rectangle of equal cells, else
//! the Voronoi cell of each site, as polygons or, where they are many, as fine pixels.

use super::voronoi::{self, Neighbourhoods};
use super::{Axis, ColorScale};
use crate::color::Rgb;
use crate::raster;
use crate::svg::{Canvas, Frame};

/// Above this number of sites polygons would make a figure of many megabytes.
const MOST_POLYGONS: usize = 6000;
/// Most pixels along one side of a map.
const MOST_COLUMNS: usize = 1500;

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
        let Some([left, right, low, high]) = geometry.extent() else { return };
        let pixels = match &geometry.grid {
            Some(grid) => Some(self.grid_pixels(grid, colors)),
            None if geometry.positions.len() > MOST_POLYGONS => {
                Some(self.fine_pixels([left, right, low, high], colors))
            }
            None => None,
        };
        if let Some((columns, pixels)) = pixels {
            let (x, y) = (to_x(left), to_y(high));
            let area = Frame { x, y, width: to_x(right) - x, height: to_y(low) - y };
            if let Some(png) = raster::image(columns, &pixels) {
                canvas.image(area, &png);
            }
            return;
        }
        for (polygon, value) in voronoi::cells(&geometry.positions, geometry.spacing).iter().zip(self.values)
        {
            if let Some(color) = colors.color(*value) {
                let points: Vec<_> = polygon.iter().map(|(x, y)| (to_x(*x), to_y(*y))).collect();
                let hex = color.hex();
                // A hair of the same colour closes the seams that antialiasing leaves between cells.
                canvas.polygon(&points, &hex, &format!(r#"stroke="{hex}" stroke-width="0.4""#));
            }
        }
    }

    /// One pixel per cell of a grid, rows from the top; with the number of columns.
    fn grid_pixels(&self, grid: &Grid, colors: &ColorScale) -> (usize, Vec<Option<Rgb>>) {
        let mut pixels = vec![None; grid.columns * grid.rows];
        for (cell, value) in grid.cell.iter().zip(self.values) {
            if let Some((column, row)) = cell {
                pixels[(grid.rows - 1 - row) * grid.columns + column] = colors.color(*value);
            }
        }
        (grid.columns, pixels)
    }

    /// Pixels of a third of the distance of neighbours, but no more than [`MOST_COLUMNS`] either way, each with the
    /// colour of the nearest site.
    fn fine_pixels(
        &self,
        [left, right, low, high]: [f64; 4],
        colors: &ColorScale,
    ) -> (usize, Vec<Option<Rgb>>) {
        let geometry = self.geometry;
        let near = Neighbourhoods::new(&geometry.positions, geometry.spacing);
        let count =
            |length: f64| (3.0 * length / geometry.spacing).round().clamp(1.0, MOST_COLUMNS as f64) as usize;
        let (columns, rows) = (count(right - left), count(high - low));
        let pixels = (0..rows).flat_map(|row| {
            let y = high - (row as f64 + 0.5) / rows as f64 * (high - low);
            (0..columns)
                .map(move |column| (left + (column as f64 + 0.5) / columns as f64 * (right - left), y))
        });
        let color = |p| near.nearest(p).and_then(|site| colors.color(*self.values.get(site)?));
        (columns, pixels.map(color).collect())
    }
}

pub(super) fn finite((x, y): (f64, f64)) -> bool {
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
        // Also keeps the numbers below within range.
        if c.max(r) > 1e6 {
            return None;
        }
        let (c, r) = (c.round() as usize, r.round() as usize);
        (columns, rows, sites) = (columns.max(c + 1), rows.max(r + 1), sites + 1);
        cell.push(Some((c, r)));
    }
    (sites > 0 && columns.checked_mul(rows)? <= 2 * sites).then_some(Grid { columns, rows, cell })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn no_site_and_one_site() {
        assert_eq!(Geometry::new(&[], &[]).extent(), None);
        assert_eq!(Geometry::new(&[2.0], &[3.0]).extent(), Some([1.5, 2.5, 2.5, 3.5]));
    }

    #[test]
    fn many_irregular_sites_become_pixels_of_the_nearest_site() {
        // A triangular lattice, 120 x 60 sites.
        let site =
            |i: usize| ((i % 120) as f64 + 0.5 * ((i / 120) % 2) as f64, (i / 120) as f64 * 0.75f64.sqrt());
        let (x, y): (Vec<f64>, Vec<f64>) = (0..7200).map(site).unzip();
        let geometry = Geometry::new(&x, &y);
        assert!(!geometry.is_grid());
        let scale = ColorScale::sequential(&x);
        let field = Field { geometry: &geometry, values: &x };
        let extent = geometry.extent().expect("sites");
        let (columns, pixels) = field.fine_pixels(extent, &scale);
        assert_eq!(columns, 362);
        let at = |p: (f64, f64)| {
            let fraction = |v: f64, lo: f64, hi: f64| (v - lo) / (hi - lo);
            let column = (fraction(p.0, extent[0], extent[1]) * columns as f64) as usize;
            let rows = pixels.len() / columns;
            let row = (fraction(p.1, extent[3], extent[2]) * rows as f64) as usize;
            pixels[row * columns + column]
        };
        for i in [0, 119, 3000, 7199] {
            assert_eq!(at(site(i)), scale.color(x[i]), "site {i}");
        }
    }

    #[test]
    fn wild_positions_do_no_harm() {
        for x in [vec![0.0, 1e300, -1e300], vec![1.0, 1.0, 1.0], vec![0.0, 1e-8, 5.0], vec![f64::NAN; 3]] {
            let geometry = Geometry::new(&x, &[0.0, 0.5, 0.1]);
            let field = Field { geometry: &geometry, values: &[1.0, 2.0, 3.0] };
            let axis = Axis::new("", super::super::Scale::Linear, -1.0, 1.0);
            let frame = Frame { x: 0.0, y: 0.0, width: 10.0, height: 10.0 };
            let mut canvas = Canvas::default();
            field.draw(&mut canvas, frame, &axis, &axis, &ColorScale::sequential(&[0.0, 1.0]));
            assert!(!canvas.finish(10.0, 10.0, "").contains("NaN"));
        }
    }
}
