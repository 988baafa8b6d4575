//! Where a fit starts, from the data alone: for each x of a grid the best A and d_i of grids of theirs.

use super::{Data, JointError, Law, Method};
use crate::localization::Kernels;
use diffuson_fit::parameter::Parameter;

/// Exponents that are tried. The best few are starts of a joint fit; all of them of sigma or S alone, which has several minima at low temperature.
const EXPONENTS: [f64; 13] = [0.05, 0.15, 0.3, 0.5, 0.7, 0.9, 1.1, 1.35, 1.6, 2.0, 2.6, 3.5, 5.0];
/// Distances that are tried: from a part of the lowest temperature to multiples of the highest.
const DISTANCES: usize = 140;

pub(super) fn starts(law: &Law, data: &Data) -> Result<Vec<Vec<Parameter>>, JointError> {
    let mut tried: Vec<(f64, f64, f64, Vec<f64>)> = EXPONENTS
        .into_iter()
        .filter_map(|x| {
            let table = Table::new(x)?;
            let samples: Vec<Candidates> =
                (0..data.samples.len()).map(|i| Candidates::new(law, data, i, &table)).collect();
            let (chi_squared, ln_prefactor, distances) = best(law, &samples);
            Some((chi_squared, x, ln_prefactor, distances))
        })
        .filter(|(chi_squared, ..)| chi_squared.is_finite())
        .collect();
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    let start = |(_, x, ln_a, d): &(f64, f64, f64, Vec<f64>)| law.parameters(data, *x, *ln_a, d);
    let starts = if law.method == Method::Joint { 3 } else { tried.len() };
    Ok(tried.iter().take(starts).map(start).collect())
}

/// The scaling functions of one exponent, linear between values of asinh z.
struct Table {
    x: f64,
    values: Vec<(f64, f64)>,
}

const LOWEST: f64 = -5.0;
const STEP: f64 = 0.06;
const ENTRIES: usize = 300;

impl Table {
    fn new(x: f64) -> Option<Self> {
        let kernels = Kernels::new(x).ok()?;
        let entry = |k: usize| {
            let s = kernels.scaling((LOWEST + STEP * k as f64).sinh());
            (s.ln_conductivity, s.thermopower)
        };
        Some(Self { x, values: (0..ENTRIES).map(entry).collect() })
    }

    fn at(&self, z: f64) -> (f64, f64) {
        let place = ((z.asinh() - LOWEST) / STEP).clamp(0.0, (ENTRIES - 2) as f64);
        let (k, part) = (place as usize, place.fract());
        let ((a, b), (c, d)) = (self.values[k], self.values[k + 1]);
        (a + part * (c - a), b + part * (d - b))
    }
}

/// chi^2 of one sample at each distance: `weight (ln A - ln_prefactor)^2 + rest`.
struct Candidates {
    distances: Vec<f64>,
    ln_prefactor: Vec<f64>,
    rest: Vec<f64>,
    weight: f64,
}

impl Candidates {
    fn new(law: &Law, data: &Data, sample: usize, table: &Table) -> Self {
        let points = &data.samples[sample].points;
        let lowest = points.iter().map(|p| p.temperature).fold(f64::INFINITY, f64::min);
        let highest = points.iter().map(|p| p.temperature).fold(0.0, f64::max);
        let metal = (0..DISTANCES).map(|k| {
            let part = k as f64 / (DISTANCES - 1) as f64;
            0.05 * lowest * (1e3 * highest / (0.05 * lowest)).powf(part)
        });
        let insulator = [0.0, -0.2, -0.5, -1.0, -2.0, -4.0, -8.0, -16.0].map(|k| k * highest);
        let distances: Vec<f64> = insulator.into_iter().chain(metal).collect();
        let (mut ln_prefactor, mut rest, mut weight) = (Vec::new(), Vec::new(), 0.0);
        for d in &distances {
            let (mut sum, mut squares, mut total, mut of_s) = (0.0, 0.0, 0.0, 0.0);
            for p in points {
                let (ln_k0, y) = table.at(d / p.temperature);
                if let Some(sigma) = p.conductivity.filter(|_| law.method != Method::Thermopower) {
                    let w = (sigma.value / sigma.standard_error).powi(2);
                    let ln_a = sigma.value.ln() - table.x * p.temperature.ln() - ln_k0;
                    (sum, squares, total) = (sum + w * ln_a, squares + w * ln_a * ln_a, total + w);
                }
                if let Some((s, error)) = data.reduced(p).filter(|_| law.method != Method::Conductivity) {
                    of_s += ((s - y) / error).powi(2);
                }
            }
            let mean = if total > 0.0 { sum / total } else { 0.0 };
            ln_prefactor.push(mean);
            rest.push(of_s + (squares - mean * sum).max(0.0));
            weight = total;
        }
        Self { distances, ln_prefactor, rest, weight }
    }

    /// The best distance for a prefactor, and its chi^2.
    fn best(&self, ln_prefactor: f64) -> (f64, f64) {
        let chi = |k: usize| self.weight * (ln_prefactor - self.ln_prefactor[k]).powi(2) + self.rest[k];
        let all = (0..self.distances.len()).map(|k| (chi(k), self.distances[k]));
        all.fold((f64::INFINITY, 0.0), |a, b| if b.0 < a.0 { b } else { a })
    }
}

/// The best prefactor, among those that the first sample with a conductivity would have at each of its distances.
fn best(law: &Law, samples: &[Candidates]) -> (f64, f64, Vec<f64>) {
    let total = |ln_a: f64| samples.iter().map(|s| s.best(ln_a).0).sum::<f64>();
    let grid: &[f64] = match samples.iter().find(|s| s.weight > 0.0) {
        Some(first) if law.method != Method::Thermopower => &first.ln_prefactor,
        _ => &[0.0],
    };
    let (chi_squared, ln_a) = grid
        .iter()
        .map(|&ln_a| (total(ln_a), ln_a))
        .fold((f64::INFINITY, 0.0), |a, b| if b.0 < a.0 { b } else { a });
    (chi_squared, ln_a, samples.iter().map(|s| s.best(ln_a).1).collect())
}
