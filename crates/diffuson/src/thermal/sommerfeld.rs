//! The Sommerfeld expansion: transport at low temperature from the transmission and its slope at the chemical potential.

use super::{OnsagerMatrix, TransmissionMatrix};
use crate::units::SOMMERFELD;
use std::f64::consts::PI;

/// K0, K1, K2 to the first order that does not vanish, and to the next,
///
/// ```text
/// K0 = T   + (pi^2/6) (kT)^2 T'',     K1 = (pi^2/3) kT T' + (7 pi^4/90) (kT)^3 T''',     K2 = (pi^2/3) T + (7 pi^4/30) (kT)^2 T''.
/// ```
///
/// The expansion is asymptotic: it is good while the next order is small, and how small it is [`Sommerfeld::correction`] tells. A mobility edge, a threshold
/// or a narrow level within some kT of mu spoils it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sommerfeld {
    kt: f64,
    first: [TransmissionMatrix; 3],
    next: [TransmissionMatrix; 3],
}

impl Sommerfeld {
    /// From `(T, dT/dE)` at mu, and at mu - kT and mu + kT, whose slopes give the second and third derivative. They are known to an error of the order
    /// beyond the next; where T has structure on the scale of kT they are as large as that is sharp.
    ///
    /// # Errors
    /// The first error of `transmission`.
    pub fn new<E>(
        mu: f64,
        kt: f64,
        mut transmission: impl FnMut(f64) -> Result<[TransmissionMatrix; 2], E>,
    ) -> Result<Self, E> {
        let [t, slope] = transmission(mu)?;
        let [[_, below], [_, above]] = [transmission(mu - kt)?, transmission(mu + kt)?];
        let of = |f: &dyn Fn(usize, usize) -> f64| TransmissionMatrix::from_fn(t.terminals(), f);
        // kT T', (kT)^2 T'', (kT)^3 T'''
        let one = |a, b| kt * slope.get(a, b);
        let two = |a, b| 0.5 * kt * (above.get(a, b) - below.get(a, b));
        let three = |a, b| kt * (above.get(a, b) - 2.0 * slope.get(a, b) + below.get(a, b));
        let first = [t.clone(), of(&|a, b| SOMMERFELD * one(a, b)), t.scaled(SOMMERFELD)];
        let next = [
            of(&|a, b| 0.5 * SOMMERFELD * two(a, b)),
            of(&|a, b| 7.0 * PI.powi(4) / 90.0 * three(a, b)),
            of(&|a, b| 7.0 * PI.powi(4) / 30.0 * two(a, b)),
        ];
        Ok(Self { kt, first, next })
    }

    /// To first order: the formula of Mott for the thermopower, `S = -(pi^2/3)(k_B^2 T/e) dlnG/dE`, and the law of Wiedemann and Franz but for the
    /// square of S.
    pub fn first(&self) -> OnsagerMatrix {
        OnsagerMatrix::from_moments(&self.first, self.kt)
    }

    /// To the next order.
    pub fn next(&self) -> OnsagerMatrix {
        let sum = |n: usize| {
            let of = |a, b| self.first[n].get(a, b) + self.next[n].get(a, b);
            TransmissionMatrix::from_fn(self.first[n].terminals(), of)
        };
        OnsagerMatrix::from_moments(&[sum(0), sum(1), sum(2)], self.kt)
    }

    /// Size of the next order relative to the first, the largest of those of K0, K1 and K2. To first order the expansion is good to about this; near 1 it says
    /// nothing, as of K1 and the thermopower where T' vanishes.
    pub fn correction(&self) -> f64 {
        let most = |m: &TransmissionMatrix| m.as_ref().iter().map(|v| v.abs()).fold(0.0, f64::max);
        let of = |(next, first)| if most(next) == 0.0 { 0.0 } else { most(next) / most(first) };
        self.next.iter().zip(&self.first).map(of).fold(0.0, f64::max)
    }
}
