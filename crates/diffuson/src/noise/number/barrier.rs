//! A raised site on the infinite chain: what it adds to a function of the Hamiltonian.

use super::clean::{Entries, Function};
use crate::thermal::Reservoir;

/// One site whose energy is raised (or lowered) by U.
///
/// A wave `e^(ikx)` is reflected with amplitude `r = U / (2i sin k - U)`, transmitted with `1 + r`. Outside of the band there is one bound
/// state, of energy `sgn(U) sqrt(4 + U^2)`, which decays as `b^|x|`, `b = -sgn(U) e^(-a)`, `sinh a = |U|/2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RaisedSite {
    height: f64,
}

impl RaisedSite {
    pub(super) fn new(height: f64) -> Self {
        Self { height }
    }

    pub(super) fn height(self) -> f64 {
        self.height
    }

    /// `a`: the decay of the bound state per site.
    pub(super) fn decay(self) -> f64 {
        (0.5 * self.height.abs()).asinh()
    }

    /// `b`: the factor by which the bound state falls per site.
    pub(super) fn bound_factor(self) -> f64 {
        -self.height.signum() * (-self.decay()).exp()
    }

    /// Energy of the bound state.
    pub(super) fn bound_energy(self) -> f64 {
        self.height.signum() * self.height.hypot(2.0)
    }

    /// Transmission probability at an energy, 0 outside of the band.
    pub(super) fn transmission(self, energy: f64) -> f64 {
        let open = (2.0 - energy) * (2.0 + energy);
        if open > 0.0 { open / (open + self.height * self.height) } else { 0.0 }
    }

    /// The height with this transmission at this energy inside the band.
    pub(super) fn with_transmission(transmission: f64, energy: f64) -> Self {
        let open = (2.0 - energy) * (2.0 + energy);
        Self::new((open * (1.0 / transmission - 1.0)).sqrt())
    }

    /// `D_s`, s = |i| + |j|: entry (i, j) of a function of the Hamiltonian is `F_|i-j| + D_s`, for sites i and j counted from the barrier.
    ///
    /// With `lambda = e^(ik)` and the clean chain's `F = sum_r F_r lambda^r` the Green function's `U g^2/(1 - U g) lambda^s` turns into
    /// `D_s = (U/2pi i) Int dlambda F lambda^s / [(lambda - b)(lambda + 1/b)]` around the unit circle, less the residue at b, which is the
    /// bound state. Either fraction is a geometric series, summed in its stable direction; prefactor and series lose no digits, however low
    /// the barrier. The solution is that of `D_(s+1) - U D_s - D_(s-1) = U F_s`: the function commutes with the Hamiltonian.
    pub(super) fn addition(self, clean: &Entries, function: Function, reservoir: Reservoir) -> Vec<f64> {
        let range = clean.range();
        if self.height == 0.0 {
            return vec![0.0; range + 1];
        }
        let b = self.bound_factor();
        // outside: sum_(m >= 0) (-b)^m F_(s+m+1), from the far end; inside: sum_(m >= 0) b^m F_(s-m), from minus the far end
        let mut outside = vec![0.0; range + 1];
        for s in (0..range).rev() {
            outside[s] = clean.at(s + 1) - b * outside[s + 1];
        }
        let mut inside = (1..=range).rev().fold(0.0, |sum, s| clean.at(s) + b * sum);
        let mut bound = function.at(reservoir, self.bound_energy());
        let weight = -self.decay().tanh();
        (0..=range)
            .map(|s| {
                inside = clean.at(s) + b * inside;
                // 1/(lambda + 1/b) = b sum_m (-b lambda)^m
                let value = weight * (inside - bound - b * outside[s]);
                bound *= b;
                value
            })
            .collect()
    }
}
