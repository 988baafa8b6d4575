//! What occupying the positions does to the conductance, against temperature and against bias (Eqs. 11 to 15).
//!
//! `dG = sum_i n_i G_i - G_ground` of one defect, averaged over samples: nothing with the defect in its ground state, positive where higher positions conduct better.

use super::statistics::Stored;
use crate::results::NO_ESTIMATE;
use crate::settings::fluctuators::{BathSettings, FitSettings};
use diffuson::defects::{Bath, DefectError, Hops, response, steady_state, upper_occupation};
use diffuson_ensemble::statistics::{Estimate, jackknife};

/// One curve of a point.
pub(super) struct Curve {
    /// dG at every abscissa.
    pub(super) conductance: Vec<Estimate>,
    /// Local exponents `d ln|dG| / d ln x`, from the neighbours of every abscissa.
    pub(super) exponent: Vec<Estimate>,
    /// The exponent over the range of the fit, all abscissae of equal weight.
    pub(super) fitted: Estimate,
}

/// The surroundings at every abscissa of one of the two curves: the temperature without bias, or the bias.
pub(super) fn baths(s: &BathSettings, of_bias: bool) -> Result<Vec<Bath>, DefectError> {
    let at = |x: &f64| {
        let (kt, ev) = if of_bias { (s.temperature, *x) } else { (*x, 0.0) };
        Bath::new(kt, ev, s.crossover)?.off_centre(s.left)
    };
    s.abscissae.iter().map(at).collect()
}

impl Curve {
    /// From dG of every sample at every abscissa.
    pub(super) fn new(rows: &[Vec<f64>], abscissae: &[f64], fit: FitSettings) -> Self {
        let count = abscissae.len();
        let [from, to] = fit.range;
        let fitted: Vec<usize> = (0..count).filter(|&k| (from..=to).contains(&abscissae[k])).collect();
        let derive = |mean: &[f64]| {
            let slope = |of: &[usize]| slope(of.iter().map(|&k| (abscissae[k].ln(), mean[k])));
            let local = |k: usize| slope(&[k.saturating_sub(1), (k + 1).min(count - 1)]);
            let mut all = mean.to_vec();
            all.extend((0..count).map(local));
            all.push(slope(&fitted));
            all
        };
        let mut all =
            jackknife(rows, derive).map_or_else(|_| vec![NO_ESTIMATE; 2 * count + 1], |j| j.estimates());
        let fitted = all.pop().unwrap_or(NO_ESTIMATE);
        let exponent = all.split_off(count);
        Self { conductance: all, exponent, fitted }
    }
}

/// The least-squares slope of `ln|y|` against ln x; NaN where y changes its sign or vanishes.
fn slope(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let points: Vec<(f64, f64)> = points.collect();
    let sign = points.first().map_or(0.0, |(_, y)| y.signum());
    if points.iter().any(|(_, y)| !(y * sign > 0.0)) {
        return f64::NAN;
    }
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let [mut above, mut below] = [0.0; 2];
    for (x, y) in &points {
        above += (x - mean_x) * y.abs().ln();
        below += (x - mean_x).powi(2);
    }
    above / below
}

/// dG of one sample in all of the surroundings given, whose unit of energy is so many e_F.
///
/// # Errors
/// That of each place where occupations depend on the past.
pub(super) fn deviations(
    s: &Stored<'_>,
    unit: f64,
    hops: &Hops,
    baths: &[Bath],
) -> Vec<Result<f64, DefectError>> {
    let energy: Vec<f64> = s.energy.iter().map(|e| e / unit).collect();
    let ground = ground(s);
    let deviation = |bath: &Bath| match *energy.as_slice() {
        [one, other] => {
            let upper = 1 - ground;
            let occupied = upper_occupation((one - other).abs(), bath);
            Ok(occupied * (s.conductance[upper] - s.conductance[ground]))
        }
        _ => {
            let occupied = steady_state(&energy, hops, bath)?;
            let moved = |(n, g): (&f64, &f64)| n * (g - s.conductance[ground]);
            Ok(occupied.iter().zip(s.conductance).map(moved).sum())
        }
    };
    baths.iter().map(deviation).collect()
}

/// dG with all positions equally occupied.
pub(super) fn saturation(s: &Stored<'_>) -> f64 {
    let mean = s.conductance.iter().sum::<f64>() / s.conductance.len() as f64;
    mean - s.conductance[ground(s)]
}

/// The position of lowest energy.
fn ground(s: &Stored<'_>) -> usize {
    (0..s.energy.len()).min_by(|&i, &j| s.energy[i].total_cmp(&s.energy[j])).unwrap_or(0)
}

/// Local exponents of the curve against bias for two-level fluctuators of flat density, found as those of the samples; NaN without phonons.
pub(super) fn flat(s: &BathSettings) -> Vec<f64> {
    let values: Vec<f64> =
        s.abscissae.iter().map(|v| response(v / s.crossover, s.temperature / s.crossover)).collect();
    let count = values.len();
    let at = |k: usize| (s.abscissae[k].ln(), values[k]);
    let local = |k: usize| slope([at(k.saturating_sub(1)), at((k + 1).min(count - 1))].into_iter());
    (0..count).map(local).collect()
}
