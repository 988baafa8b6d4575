//! Energies along the imaginary axis.
//!
//! ```text
//! dOmega = Tr V - sum_j c_j ln|det[1 - G(mu + i w_j) V]|
//! ```
//!
//! stands for `Tr V - (2/pi) Int_0^inf dw ln|det|` at T = 0 and for `Tr V - 4 kT sum_n ln|det|`, `w_n = (2n + 1) pi kT`, at T > 0; both spins.

use crate::defects::{DefectError, require};
use crate::gauss::Gauss;
use crate::thermal::poles::{deviation, poles};
use std::f64::consts::FRAC_2_PI;

/// Nodes at T = 0. In holes and wires 1 to 101 sites wide these leave errors of 1e-11 t for potentials up to 8 t, rounding among them, and of 2e-9 t for 40 t.
const NODES: usize = 40;

/// Where `w = W (1 + x)^2 / (1 - x)` is at x = 0, in t: between the distances of thresholds and the width of the band. At x = -1 square roots in w, of thresholds at the Fermi
/// energy, are smooth in x; at x = 1 powers of 1/w are.
const SCALE: f64 = 1.0;

/// Numbers of poles tried for T > 0.
const POLES: [usize; 11] = [6, 9, 14, 20, 30, 45, 64, 90, 128, 180, 256];

/// Error of the Fermi function that is rounding.
const ROUNDING: f64 = 1e-14;

/// Nodes and what integrates with them.
#[derive(Clone, Debug)]
pub(super) struct Contour {
    /// w_j, in t.
    pub(super) nodes: Vec<f64>,
    /// c_j, in t.
    pub(super) weights: Vec<f64>,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    /// T = 0.
    Gauss(Gauss),
    /// Poles of a rational Fermi function, in kT, with their residues.
    Poles { temperature: f64, poles: Vec<[f64; 2]> },
}

impl Contour {
    /// For kT (in t) and states no further than `reach` from the Fermi energy.
    ///
    /// At T > 0 the Fermi function is rational ([`poles`]).
    ///
    /// # Errors
    /// A temperature below 0, or above 0 and so low that it takes more poles than there are.
    pub(super) fn new(temperature: f64, reach: f64) -> Result<Self, DefectError> {
        require("temperature", temperature, temperature >= 0.0 && temperature.is_finite(), "at least 0")?;
        if temperature == 0.0 {
            let rule = Gauss::legendre(NODES);
            let map = |x: f64| SCALE * (1.0 + x).powi(2) / (1.0 - x);
            let slope = |x: f64| SCALE * (1.0 + x) * (3.0 - x) / (1.0 - x).powi(2);
            let weighted = rule.points.iter().zip(&rule.weights);
            return Ok(Self {
                nodes: rule.points.iter().map(|&x| map(x)).collect(),
                weights: weighted.map(|(&x, w)| FRAC_2_PI * w * slope(x)).collect(),
                rule: Rule::Gauss(rule),
            });
        }
        let candidates = POLES.iter().map(|&n| poles(n));
        let sound = |poles: &Vec<[f64; 2]>| deviation(poles, reach / temperature) < ROUNDING;
        let Some(poles) = candidates.into_iter().find(sound) else {
            return Err(DefectError::OutOfRange {
                name: "temperature",
                value: temperature,
                allowed: "0, or at least some 1e-4 of the width of the band",
            });
        };
        Ok(Self {
            nodes: poles.iter().map(|[z, _]| z * temperature).collect(),
            weights: poles.iter().map(|[_, r]| 4.0 * temperature * r).collect(),
            rule: Rule::Poles { temperature, poles },
        })
    }

    /// Estimated error, in t, of a sum of terms (weight times value), for potentials whose moduli add up to `strength`, and states within `reach` of the Fermi energy.
    pub(super) fn error(&self, terms: &[f64], strength: f64, reach: f64) -> f64 {
        match &self.rule {
            Rule::Gauss(rule) => rule.error(terms),
            Rule::Poles { temperature, poles } => 2.0 * strength * deviation(poles, reach / temperature),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first poles are those of Fermi's function, with residue 1, and the function is right to rounding as far as asked for.
    #[test]
    fn the_fermi_function_is_rational_where_it_matters() {
        let contour = Contour::new(0.05, 12.0).unwrap();
        let Rule::Poles { poles, .. } = &contour.rule else { unreachable!() };
        for (n, [z, r]) in poles.iter().take(3).enumerate() {
            assert!(
                (z - (2 * n + 1) as f64 * std::f64::consts::PI).abs() < 1e-12 && (r - 1.0).abs() < 1e-11,
                "{z} {r}"
            );
        }
        // terms of some 1e2 poles, each rounded
        assert!((0..2400).all(|i| deviation(poles, 0.1 * f64::from(i)) < 1e-13));
        assert!(Contour::new(1e-7, 12.0).is_err() && Contour::new(-1.0, 12.0).is_err());
    }

    /// One level e of a potential V: `ln|1 - V/(z - e)|` gives the energy of the level if it is occupied, for levels as close to the Fermi energy as 1e-2 and at T = 0:
    /// `2 min(e + V, 0) - 2 min(e, 0)` (mu = 0); at kT > 0 `-2 kT ln(1 + e^{-E/kT})` of both.
    #[test]
    fn energies_of_one_level() {
        let energy = |contour: &Contour, e: f64, v: f64| {
            let term = |(w, c): (&f64, &f64)| {
                let size = |x: f64| 0.5 * (x * x + w * w).ln();
                c * (size(e + v) - size(e))
            };
            v - contour.nodes.iter().zip(&contour.weights).map(term).sum::<f64>()
        };
        let cold = Contour::new(0.0, 12.0).unwrap();
        for (e, v) in [(-0.7f64, 0.3), (0.5, 2.0), (-3.0, 6.0), (0.2, -0.15), (0.01, -0.1)] {
            let want = 2.0 * ((e + v).min(0.0) - e.min(0.0));
            let allowed = if e < 0.02 { 1e-6 } else { 1e-10 };
            assert!((energy(&cold, e, v) - want).abs() < allowed, "{e} {v}: {} {want}", energy(&cold, e, v));
        }
        let warm = Contour::new(0.1, 12.0).unwrap();
        let level = |e: f64| -0.2 * (-e / 0.1).exp().ln_1p();
        for (e, v) in [(-0.7, 0.3), (0.02, 2.0), (-3.0, 6.0), (0.0, -8.0)] {
            let want = level(e + v) - level(e);
            assert!((energy(&warm, e, v) - want).abs() < 1e-12, "{e} {v}: {} {want}", energy(&warm, e, v));
        }
    }
}
