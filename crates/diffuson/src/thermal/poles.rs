//! The Fermi function as a rational one.
//!
//! `f(x) = 1/2 - sum_j R_j 2x / (x^2 + z_j^2)`, x = (E - mu)/kT, the best rational function of so many poles around x = 0, a continued fraction of tanh (T. Ozaki, Phys. Rev. B 75,
//! 035123 (2007)): the first poles are Matsubara's with residue 1, the last ones stand for all that follow.

use crate::gauss::jacobi;

/// Poles z above the axis, ascending, and their residues R: with the eigenvalues b and first components c of eigenvectors of the matrix with `1 / 2 sqrt((2n-1)(2n+1))` beside the
/// diagonal, `z = 1/b` and `R = (c/2b)^2`.
pub(crate) fn poles(n: usize) -> Vec<[f64; 2]> {
    let order = 2 * n;
    let (values, vectors) = jacobi(order, |n| 0.5 / (4.0 * n * n - 1.0).sqrt());
    // ascending poles are descending eigenvalues; those below 0 are their mirror images
    (n..order).rev().map(|k| [1.0 / values[k], (0.5 * vectors[k * order] / values[k]).powi(2)]).collect()
}

/// How far the rational function is from the Fermi function at x.
pub(crate) fn deviation(poles: &[[f64; 2]], x: f64) -> f64 {
    let tanh: f64 = poles.iter().map(|[z, r]| 4.0 * r * x / (x * x + z * z)).sum();
    0.5 * (tanh - (0.5 * x).tanh()).abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// The first poles are those of Fermi's function, with residue 1.
    #[test]
    fn the_first_poles_are_matsubaras() {
        for (n, [z, r]) in poles(45).iter().take(10).enumerate() {
            assert!((z - (2 * n + 1) as f64 * PI).abs() < 1e-12 && (r - 1.0).abs() < 1e-11, "{z} {r}");
        }
    }
}
