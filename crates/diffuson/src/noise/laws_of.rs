//! The laws that correlators of currents obey.

use crate::audit::{Audit, laws};
use crate::scattering::nan_max;
use diffuson_linalg::eigen::symmetric;

/// Conservation, positivity and sign of the correlators S_ab of n terminals, row by row.
pub(super) fn correlators(audit: &mut Audit, correlator: &[f64], n: usize, allowed: f64) {
    let row = |a: usize| &correlator[a * n..(a + 1) * n];
    let scale = (0..n).map(|a| row(a)[a].abs()).fold(0.0, nan_max);
    let sums = (0..n).map(|a| row(a).iter().sum::<f64>().abs()).fold(0.0, nan_max);
    audit.record(laws::NOISE_CONSERVATION, relative(sums, scale), allowed);
    audit.record(laws::NOISE_POSITIVITY, relative(negative_part(correlator, n), scale), allowed);
    let cross = (0..n).flat_map(|a| (0..a).map(move |b| row(a)[b])).fold(0.0, nan_max);
    audit.record(laws::NOISE_SIGN, relative(cross, scale), allowed);
}

/// How far the least eigenvalue of a symmetric matrix lies below zero.
pub(super) fn negative_part(matrix: &[f64], n: usize) -> f64 {
    match symmetric(matrix, n) {
        Ok(found) => found.values.iter().map(|v| -v).fold(0.0, nan_max),
        Err(_) => f64::NAN,
    }
}

/// A residual per scale; none is none, whatever the scale.
pub(super) fn relative(residual: f64, scale: f64) -> f64 {
    if residual == 0.0 { 0.0 } else { residual / scale }
}
