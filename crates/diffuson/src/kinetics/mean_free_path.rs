//! Constant mean free paths: distribution, current and local chemical potential by one quadrature each, at any field.
//!
//! In energy `eps = x^2`, with `1/l = 1/l_in + 1/l_el` and `w = u sqrt(l_in l)`, the even part of the distribution is the local equilibrium smeared,
//!
//! ```text
//! f_e(eps) = Int (d eps'/2w) e^{-|eps - eps'|/w} f_eq(|eps'|; eta*),   f(+-x) = f_e -+ u l df_e/d eps,   G(V) = 2 l f_e(0)   in G0.
//! ```
//!
//! At V = 0 that is `G0 (2 lambda/L) f0`, with `lambda_in = lambda_el = L` Landauer's thermally smeared staircase; the first correction is linear in |V|.

use super::equilibrium::{Equilibrium, degeneracy, fermi_edge};
use super::rates::Rates;
use super::{Closure, KineticError, check_voltage};
use crate::thermal::{Adaptive, Structure, fermi, fermi_window};
use std::array::from_fn;
use std::convert::Infallible;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// A sub-band with constant mean free paths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanFreePath {
    voltage: f64,
    path: f64,
    /// w.
    width: f64,
    /// `sqrt(l/l_in)`.
    lean: f64,
    local: f64,
    /// 1, or what the linear closure multiplies the equilibrium with.
    norm: f64,
}

impl MeanFreePath {
    /// At `eta = (mu - eps_i)/kT` and `voltage = eV/kT`; `None` if a mean free path depends on velocity.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] for eta or a voltage out of range, [`KineticError::NotNeutral`] if no local chemical potential was found.
    pub fn new(
        eta: f64,
        voltage: f64,
        rates: &Rates,
        closure: Closure,
    ) -> Result<Option<Self>, KineticError> {
        check_voltage(voltage)?;
        let number = Equilibrium::new(eta)?.number;
        let Some([inelastic, path]) = rates.constant_paths() else { return Ok(None) };
        let width = voltage.abs() * (inelastic * path).sqrt();
        let mut state = Self { voltage, path, width, lean: (path / inelastic).sqrt(), local: eta, norm: 1.0 };
        match closure {
            Closure::Linear => state.norm = number / state.number()[0],
            Closure::Mermin => state.local = state.neutral(eta, number)?,
        }
        Ok(Some(state))
    }

    /// eta* of the local equilibrium; eta in the linear closure.
    pub fn local_degeneracy(&self) -> f64 {
        self.local
    }

    /// Conductance `I/V` in G0.
    pub fn conductance(&self) -> f64 {
        2.0 * self.path * self.norm * self.halves(0.0)[0]
    }

    /// Mean current, in 2ekT/h.
    pub fn current(&self) -> f64 {
        self.conductance() * self.voltage
    }

    /// Occupation at x.
    pub fn occupation(&self, x: f64) -> f64 {
        let [above, below] = self.halves(x * x);
        let odd = self.lean * (above - below) * if x * self.voltage > 0.0 { 1.0 } else { -1.0 };
        let odd = if x == 0.0 || self.voltage == 0.0 { 0.0 } else { odd };
        0.5 * self.norm * (above + below - odd)
    }

    /// `Int_0^inf e^{-s} f_eq(|eps +- w s|) ds`.
    fn halves(&self, energy: f64) -> [f64; 2] {
        if self.width == 0.0 {
            return [fermi(energy - self.local); 2];
        }
        let equilibrium = |e: f64| fermi(e.abs() - self.local);
        let edge = self.local.max(0.0);
        let marks = [0.0, 1.0, -1.0].map(|side| {
            [0.0, 5.0, -5.0, 45.0].map(|near| (side * (edge + near) - energy).abs() / self.width)
        });
        let value = |s: f64| -> Result<[f64; 2], Infallible> {
            Ok([1.0, -1.0].map(|sign| (-s).exp() * equilibrium(energy + sign * self.width * s)))
        };
        let Ok(sums) =
            Adaptive::default().integrate([0.0, 45.0], &Structure::default(), &marks.concat(), value);
        [sums.values[0], sums.values[1]]
    }

    /// `Int f dx` and its derivative by eta*: `Int_0^inf 2x m(x^2/w) f_eq(x^2) dx / sqrt(w)`, and the Fermi window in place of f_eq.
    fn number(&self) -> [f64; 2] {
        let edge = self.local.max(0.0);
        let to = (edge + 45.0).sqrt();
        let marks = [edge.sqrt(), self.width.sqrt(), (edge + 5.0).sqrt(), (edge - 5.0).max(0.0).sqrt()];
        let value = |x: f64| -> Result<[f64; 2], Infallible> {
            let z = x * x - self.local;
            let weight = if self.width == 0.0 {
                2.0
            } else {
                2.0 * tangled(x / self.width.sqrt()) * x / self.width.sqrt()
            };
            Ok([weight * fermi(z), weight * fermi_window(z)])
        };
        let Ok(sums) = Adaptive::default().integrate([0.0, to], &Structure::default(), &marks, value);
        [sums.values[0], sums.values[1]]
    }

    /// eta* that gives a number of electrons.
    fn neutral(&self, eta: f64, number: f64) -> Result<f64, KineticError> {
        if self.width == 0.0 {
            return Ok(eta);
        }
        degeneracy(number, eta, f64::INFINITY, |local| Self { local, ..*self }.number())
            .ok_or(KineticError::NotNeutral { eta, voltage: self.voltage, last: eta })
    }
}

/// Slope `-dG/d|V| / G` at V = 0, in e/kT, `sqrt(l_in l) (1 - f0)`: what a ratio I/V at small voltage errs by. `None` unless mean free paths are constant.
pub fn initial_slope(eta: f64, rates: &Rates) -> Option<f64> {
    rates.constant_paths().map(|[inelastic, path]| (inelastic * path).sqrt() * fermi_edge(-eta))
}

/// `m = (1/2) Int_0^inf ds s^{-1/2} [e^{-|s-t|} + e^{-(s+t)}]` at `t = y^2`: `D(y) + (sqrt(pi)/2) [erfcx(y) + e^{-t}]`, D Dawson's integral.
fn tangled(y: f64) -> f64 {
    dawson(y) + 0.5 * PI.sqrt() * (scaled_complement(y) + (-y * y).exp())
}

/// `e^{-y^2} Int_0^y e^{s^2} ds` for y >= 0, by the sampling theorem (G. B. Rybicki, Computers in Physics 3, 85 (1989)): errors are of order `e^{-(pi/2h)^2}`.
/// Points lie at odd distances from an even one next to y, so that two exponentials serve all of them.
fn dawson(y: f64) -> f64 {
    const STEP: f64 = 0.2;
    static WEIGHTS: LazyLock<[f64; 17]> =
        LazyLock::new(|| from_fn(|k| (-(STEP * (2 * k + 1) as f64).powi(2)).exp()));
    let nearest = 2.0 * (0.5 * y / STEP).round();
    let beside = y - nearest * STEP;
    let (up, down) = ((2.0 * STEP * beside).exp(), (-2.0 * STEP * beside).exp());
    let (mut rising, mut falling) = (up, down);
    let mut sum = 0.0;
    for (k, weight) in WEIGHTS.iter().enumerate() {
        let odd = (2 * k + 1) as f64;
        sum += weight * (rising / (nearest + odd) + falling / (nearest - odd));
        rising *= up * up;
        falling *= down * down;
    }
    (-beside * beside).exp() * sum / PI.sqrt()
}

/// `e^{y^2} erfc(y)` for y >= 0; beyond 4 by its continued fraction, whose errors fall as `e^{-2 y sqrt(2n)}`.
fn scaled_complement(y: f64) -> f64 {
    if y < 4.0 {
        return (y * y).exp() * libm::erfc(y);
    }
    let fraction = (1..=20).rev().fold(y, |rest, k| y + 0.5 * f64::from(k) / rest);
    1.0 / (PI.sqrt() * fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dawson's integral (Abramowitz and Stegun, table 7.5, ten digits) and its asymptotic series; erfcx where its two forms meet, and far out.
    #[test]
    fn special_functions_have_their_values() {
        for (y, want) in [(0.5, 0.424_436_383_5), (1.0, 0.538_079_506_9), (2.0, 0.301_340_388_9)] {
            assert!((dawson(y) - want).abs() < 1e-10, "D({y}) = {}", dawson(y));
        }
        assert_eq!(dawson(0.0), 0.0);
        for y in [30.0f64, 1e3] {
            let inverse = 0.5 / (y * y);
            let want = (1.0
                + inverse * (1.0 + 3.0 * inverse * (1.0 + 5.0 * inverse * (1.0 + 7.0 * inverse))))
                / (2.0 * y);
            // the next term is 945 inverse^5
            assert!((dawson(y) / want - 1.0).abs() < 1e-12, "D({y}) = {:e}", dawson(y));
        }
        let below = (16.0f64).exp() * libm::erfc(4.0);
        assert!((scaled_complement(4.0) / below - 1.0).abs() < 1e-14);
        assert!((scaled_complement(1e4) * 1e4 * PI.sqrt() - (1.0 - 0.5e-8)).abs() < 1e-14);
    }
}
