//! The grid of sites: its interior, averages over boxes of a given side, and what lies how far from what.

use diffuson::lattice::{Boundary, Lattice};

/// Origins (slice, row) of cells of `c` x `c` sites, half overlapping. They wrap around periodic sides.
pub(super) fn cell_origins(lattice: &Lattice, c: usize) -> Vec<(usize, usize)> {
    let step = (c / 2).max(1);
    let last_row = match lattice.boundary() {
        Boundary::Periodic => lattice.width().saturating_sub(1),
        Boundary::HardWall => lattice.width().saturating_sub(c),
    };
    let rows = || (0..=last_row).step_by(step);
    let slices = (0..=lattice.slices().saturating_sub(c)).step_by(step);
    slices.flat_map(|x| rows().map(move |y| (x, y))).collect()
}

/// The sites as a grid of slices x rows x layers.
pub(super) struct Grid {
    pub(super) shape: [usize; 3],
    pub(super) spacing: [f64; 3],
    pub(super) periodic: bool,
    pub(super) cross_section: f64,
    pub(super) site_volume: f64,
    pub(super) dimension: usize,
    /// Where sites lie off the points of the grid (sublattices), and which of these holds for each site.
    offsets: Vec<[f64; 3]>,
    kinds: Vec<usize>,
}

impl Grid {
    pub(super) fn new(lattice: &Lattice) -> Self {
        let (n, height, spacing) = (lattice.slice_sites(), lattice.height(), lattice.spacing());
        let mut offsets: Vec<[f64; 3]> = Vec::new();
        let mut kind = |site: usize| {
            let (x, k) = (site / n, site % n);
            let (position, place) = (lattice.position(x, k), [x, k / height, k % height]);
            let offset = [0, 1, 2].map(|axis| position[axis] - place[axis] as f64 * spacing[axis]);
            let same = |known: &[f64; 3]| known.iter().zip(offset).all(|(a, b)| (a - b).abs() < 1e-6);
            offsets.iter().position(same).unwrap_or_else(|| {
                offsets.push(offset);
                offsets.len() - 1
            })
        };
        let kinds = (0..lattice.sites()).map(&mut kind).collect();
        Self {
            shape: [lattice.slices(), lattice.width(), height],
            spacing,
            periodic: lattice.boundary() == Boundary::Periodic,
            cross_section: lattice.cross_section(),
            site_volume: lattice.site_volume(),
            dimension: if lattice.height() > 1 { 3 } else { 2 },
            offsets,
            kinds,
        }
    }

    /// Length along the current, in a.
    pub(super) fn length(&self) -> f64 {
        self.shape[0] as f64 * self.spacing[0]
    }

    /// Slices at least `margin` (in a) from both ends; at least the middle third remains.
    pub(super) fn interior(&self, margin: f64) -> std::ops::Range<usize> {
        let slices = self.shape[0];
        let skip = ((margin / self.spacing[0]).round().max(0.0) as usize).min(slices / 3);
        skip..slices - skip
    }

    pub(super) fn slice_sites(&self) -> usize {
        self.shape[1] * self.shape[2]
    }

    /// Sites of the given slices.
    pub(super) fn sites(&self, slices: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        slices.start * self.slice_sites()..slices.end * self.slice_sites()
    }

    /// Mean of a field over each slice, sites without a value left out.
    pub(super) fn slice_means(&self, field: &[f64]) -> Vec<f64> {
        field
            .chunks_exact(self.slice_sites())
            .map(|slice| {
                let known = slice.iter().filter(|v| !v.is_nan());
                known.clone().sum::<f64>() / known.count() as f64
            })
            .collect()
    }

    /// Slope of slice means against position (in a) over the given slices, by a least-squares line; slices without a mean are left out.
    pub(super) fn slope(&self, means: &[f64], slices: &std::ops::Range<usize>) -> f64 {
        let known: Vec<(f64, f64)> = slices
            .clone()
            .filter(|&x| !means[x].is_nan())
            .map(|x| (x as f64 * self.spacing[0], means[x]))
            .collect();
        let n = known.len() as f64;
        let (mx, my) = known.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
        let (sxy, sxx) = known
            .iter()
            .fold((0.0, 0.0), |(a, b), (x, y)| (a + (x - mx) * (y - my), b + (x - mx) * (x - mx)));
        sxy / sxx
    }

    /// Means of a field over boxes of side `side` (in a) around every site of the given slices for which the box lies within the conductor.
    /// Sites at the edge of a box count with the part of their cell inside it. A site without a value counts as zero.
    pub(super) fn box_means(&self, field: &[f64], side: f64, slices: &std::ops::Range<usize>) -> Vec<f64> {
        let mut means: Vec<f64> = field.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect();
        let mut inside = vec![true; field.len()];
        for axis in 0..3 {
            if self.shape[axis] > 1 {
                let wraps = axis > 0 && self.periodic;
                self.smooth(&mut means, &mut inside, axis, side / self.spacing[axis], wraps);
            }
        }
        self.sites(slices).filter(|&i| inside[i]).map(|i| means[i]).collect()
    }

    /// Replaces values by their means over `side` sites along one axis.
    fn smooth(&self, values: &mut [f64], inside: &mut [bool], axis: usize, side: f64, wraps: bool) {
        let count = self.shape[axis];
        let half = 0.5 * side.clamp(1.0, count as f64);
        let reach = (half - 0.5).ceil().max(0.0) as usize;
        let overlap = |k: isize| {
            let k = k as f64;
            ((k + 0.5).min(half) - (k - 0.5).max(-half)).clamp(0.0, 1.0) / (2.0 * half)
        };
        let weights: Vec<f64> = (-(reach as isize)..=reach as isize).map(overlap).collect();
        let stride: usize = self.shape[axis + 1..].iter().product();
        let mut line = vec![0.0; count];
        for first in (0..values.len()).filter(|i| (i / stride).is_multiple_of(count)) {
            (0..count).for_each(|k| line[k] = values[first + k * stride]);
            for k in 0..count {
                let at = first + k * stride;
                // the box must not reach beyond the outer edge of the last site
                let fits = (k as f64 - half >= -0.5 - 1e-9) && (k as f64 + half <= count as f64 - 0.5 + 1e-9);
                if !wraps && !fits {
                    inside[at] = false;
                    continue;
                }
                values[at] = weights
                    .iter()
                    .enumerate()
                    .filter(|(_, w)| **w > 0.0)
                    .map(|(j, w)| w * line[(k + count + j - reach) % count])
                    .sum();
            }
        }
    }

    /// Steps along an axis across the current that pairs of sites within `reach` (in a) may be apart; around periodic sides each pair is met once.
    pub(super) fn steps(&self, axis: usize, reach: f64) -> std::ops::RangeInclusive<isize> {
        let count = self.shape[axis] as isize;
        let most = ((reach / self.spacing[axis]).ceil() as isize).min(count - 1);
        if self.periodic { (-((count - 1) / 2)).max(-most)..=(count / 2).min(most) } else { -most..=most }
    }

    /// The place so many steps on across the current, around periodic sides.
    pub(super) fn shifted(&self, at: usize, by: isize, count: usize) -> Option<usize> {
        let to = at as isize + by;
        if self.periodic {
            Some(to.rem_euclid(count as isize) as usize)
        } else {
            (0..count as isize).contains(&to).then_some(to as usize)
        }
    }

    /// Kinds of sites: sublattices, by where they lie off the points of the grid.
    pub(super) fn kinds(&self) -> usize {
        self.offsets.len()
    }

    /// The kind of each site.
    pub(super) fn kind_of_site(&self) -> &[usize] {
        &self.kinds
    }

    /// From a site of the first kind to one of the second, so many slices, rows and layers on.
    pub(super) fn displacement(&self, step: [isize; 3], [from, to]: [usize; 2]) -> [f64; 3] {
        [0, 1, 2].map(|axis| {
            let offset = self.offsets[to][axis] - self.offsets[from][axis];
            step[axis] as f64 * self.spacing[axis] + offset
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diffuson::lattice::Family;

    fn grid(shape: [usize; 3], boundary: Boundary) -> Grid {
        let family = if shape[2] > 1 { Family::Cubic } else { Family::Square };
        Grid::new(&Lattice::new(family, shape, boundary).unwrap())
    }

    #[test]
    fn box_means_of_a_linear_field_are_the_field() {
        for (side, boundary) in
            [(1.0, Boundary::HardWall), (3.0, Boundary::Periodic), (4.6, Boundary::HardWall)]
        {
            let g = grid([20, 9, 1], boundary);
            let field: Vec<f64> = (0..180).map(|i| (i / 9) as f64).collect();
            let means = g.box_means(&field, side, &(6..14));
            assert!(!means.is_empty());
            // symmetric boxes leave a linear field unchanged wherever they fit
            let mut expected: Vec<f64> = means.iter().map(|m| m.round()).collect();
            expected.dedup();
            assert_eq!(expected, (6..14).map(f64::from).collect::<Vec<_>>());
            assert!(means.iter().all(|m| (m - m.round()).abs() < 1e-12), "side {side}");
        }
    }

    #[test]
    fn white_noise_averages_down_with_the_volume_of_the_box() {
        let g = grid([40, 40, 1], Boundary::Periodic);
        let field: Vec<f64> =
            (0..1600).map(|i| diffuson_ensemble::random::Realisation::new(1, 0).normal(0, i)).collect();
        let means = g.box_means(&field, 3.0, &(5..35));
        let rms2: f64 = means.iter().map(|m| m * m).sum::<f64>() / means.len() as f64;
        // variance 1/9; about 130 independent boxes: relative error of the variance 12 %, so 4 sigma is 50 %
        assert!((rms2 * 9.0 - 1.0).abs() < 0.5, "{rms2}");
    }

    #[test]
    fn the_slope_of_a_line_is_exact_and_missing_slices_do_not_matter() {
        let g = grid([10, 3, 1], Boundary::Periodic);
        let mut means: Vec<f64> = (0..10).map(|x| 2.0 - 0.25 * f64::from(x)).collect();
        means[4] = f64::NAN;
        assert!((g.slope(&means, &(1..9)) + 0.25).abs() < 1e-14);
    }
}
