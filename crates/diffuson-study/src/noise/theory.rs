//! What results are compared with: universal Fano factors and densities of transmission eigenvalues.

use crate::settings::noise::Theory;
use diffuson::noise::closed_forms::{self, Symmetry};
use std::f64::consts::PI;

impl Theory {
    /// Its Fano factor, between leads with so many open modes, with or without time-reversal symmetry; none if it has none.
    pub(super) fn fano(self, modes: Option<[usize; 2]>, symmetric: bool) -> Option<f64> {
        match self {
            Self::None | Self::Splitter => return None,
            Self::DiffusiveWire => return Some(closed_forms::DIFFUSIVE),
            Self::HotWire => return Some(closed_forms::HOT_ELECTRONS),
            Self::Cavity | Self::DephasedCavity | Self::HotCavity => {}
        }
        let symmetry = if symmetric { Symmetry::Orthogonal } else { Symmetry::Unitary };
        let modes = modes?;
        let [first, second] = modes.map(|n| n as f64);
        Some(match self {
            Self::Cavity => {
                closed_forms::cavity(modes.map(|n| u32::try_from(n).unwrap_or(u32::MAX)), symmetry)
            }
            Self::HotCavity => closed_forms::hot_cavity(first, second),
            _ => closed_forms::open_cavity(first, second),
        })
    }

    /// Noise at conductance G, voltage eV and temperature kT of a conductor with this Fano factor, in t G. Of a hot cavity between ideal contacts
    /// `2 G (kT + kT_c)`, `(kT_c)^2 = (kT)^2 + (F eV)^2` with the temperature T_c of its electrons.
    pub(super) fn noise(self, fano: f64, voltage: f64, kt: f64) -> f64 {
        match self {
            Self::HotWire => closed_forms::hot_electrons(1.0, voltage, kt),
            Self::HotCavity => 2.0 * (kt + kt.hypot(fano * voltage)),
            _ => closed_forms::crossover(1.0, fano, voltage, kt),
        }
    }

    /// Transmission eigenvalues between `low` and `high` for a mean conductance G, as a part of all transmitted modes.
    ///
    /// Diffusive: `G / (2 T sqrt(1 - T))` (O. N. Dorokhov, Solid State Commun. 51, 381 (1984)). A chaotic cavity between equal openings:
    /// `2 G / (pi sqrt(T (1 - T)))` (H. U. Baranger and P. A. Mello, Phys. Rev. Lett. 73, 142 (1994)).
    pub(super) fn eigenvalues(self, low: f64, high: f64, conductance: f64) -> Option<f64> {
        let integral: fn(f64) -> f64 = match self {
            // diverges at T = 0, where a wire of finite length has its least transmission
            Self::DiffusiveWire if low == 0.0 => return None,
            Self::DiffusiveWire => |t| -(1.0 - t).sqrt().atanh(),
            Self::Cavity => |t| 4.0 / PI * t.sqrt().asin(),
            _ => return None,
        };
        Some(conductance * (integral(high.min(1.0)) - integral(low)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The theory of every kind at N = 2 and 6 modes: the values printed in the literature.
    #[test]
    fn universal_numbers() {
        let fano = |theory: Theory, symmetric| theory.fano(Some([2, 6]), symmetric);
        assert_eq!(fano(Theory::DephasedCavity, true), Some(3.0 / 16.0));
        assert_eq!(fano(Theory::Cavity, false), Some(12.0 / 63.0));
        assert_eq!(fano(Theory::Cavity, true), Some(21.0 / 88.0));
        assert!((fano(Theory::HotCavity, true).unwrap() - 0.238_732).abs() < 5e-7);
        assert_eq!((fano(Theory::Splitter, true), Theory::Cavity.fano(None, false)), (None, None));
        assert_eq!(Theory::HotWire.fano(None, false), Some(3f64.sqrt() / 4.0));
    }

    /// Without bias every theory gives 4 kT G, and without temperature 2 e I F, to rounding.
    #[test]
    fn limits_of_the_crossover() {
        for theory in [Theory::DiffusiveWire, Theory::HotWire, Theory::HotCavity, Theory::Cavity] {
            let fano = theory.fano(Some([4, 4]), true).unwrap();
            assert!((theory.noise(fano, 0.0, 0.7) - 2.8).abs() < 1e-14, "{theory:?}");
            assert!((theory.noise(fano, 2.0, 0.0) - 4.0 * fano).abs() < 1e-14, "{theory:?}");
        }
    }

    /// Bins add up to the conductance where the mean of T is taken in each: the bimodal densities have that mean.
    #[test]
    fn densities_hold_the_conductance() {
        for theory in [Theory::DiffusiveWire, Theory::Cavity] {
            let n = 20_000;
            let bin = |k: usize| {
                let [low, high] = [k, k + 1].map(|k| k as f64 / n as f64);
                theory.eigenvalues(low, high, 1.0).unwrap_or(0.0) * 0.5 * (low + high)
            };
            let sum: f64 = (0..n).map(bin).sum();
            // midpoints of the last bins, of weight n^-1/2, are off by part of a bin; the first bin of a wire is left out
            assert!((sum - 1.0).abs() < 2.0 / n as f64 + 1.0 / n as f64, "{theory:?} {sum}");
        }
    }
}
