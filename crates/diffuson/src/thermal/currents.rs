//! Charge and heat at any bias and any temperatures.

use super::linear::{MARKS, REACH, SUMS, check};
use super::{Adaptive, Integral, Reservoir, Structure, TransmissionMatrix, TransportError};
use crate::audit::{Audit, laws};
use crate::scattering::nan_max;

/// Currents between reservoirs at any potentials and temperatures (Landauer and Büttiker),
///
/// ```text
/// I_a = (1/h) Int dE sum_b T_ab (f_b - f_a),     J^Q_a = (1/h) Int dE (E - mu_a) sum_b T_ab (f_b - f_a),
/// ```
///
/// positive into the terminal. Energy currents are `J_a = J^Q_a + mu_a I_a` and add up to zero; the heats add up to the power `-sum_a mu_a I_a` that
/// the potentials put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Currents {
    /// The reservoirs.
    pub reservoirs: Vec<Reservoir>,
    /// Particle currents, in t/h.
    pub particle: Vec<f64>,
    /// Heat currents, in t^2/h.
    pub heat: Vec<f64>,
    /// Estimated error of the quadrature, relative to the integrals of the moduli.
    pub quadrature_error: f64,
    /// Evaluations of the transmission.
    pub evaluations: usize,
    /// Laws checked: quadrature, charge, energy, second law.
    pub audit: Audit,
}

impl Currents {
    /// Energy currents `J^Q_a + mu_a I_a`, in t^2/h.
    pub fn energy(&self) -> Vec<f64> {
        let of = |(r, (i, q)): (&Reservoir, (&f64, &f64))| q + r.mu * i;
        self.reservoirs.iter().zip(self.particle.iter().zip(&self.heat)).map(of).collect()
    }

    /// Power `sum_a mu_a I_a` that the electrons deliver against the potentials, in t^2/h: `-I V` of the charge current; negative where it is Joule
    /// heat.
    pub fn power(&self) -> f64 {
        let mean = self.reservoirs.iter().map(|r| r.mu).sum::<f64>() / self.reservoirs.len() as f64;
        self.reservoirs.iter().zip(&self.particle).map(|(r, i)| (r.mu - mean) * i).sum()
    }

    /// Entropy production `sum_a J^Q_a / kT_a` in all reservoirs, in k_B t/h. Infinite where heat flows into a reservoir at zero temperature.
    pub fn entropy_production(&self) -> f64 {
        let of = |(r, q): (&Reservoir, &f64)| if *q == 0.0 { 0.0 } else { q / r.kt };
        self.reservoirs.iter().zip(&self.heat).map(of).sum()
    }
}

/// Currents into all reservoirs, from the transmissions between them as a function of energy. Those of the unbiased conductor: screening is not included.
///
/// # Errors
/// [`TransportError`] if a reservoir makes no sense, or the transmission fails or has another number of terminals.
pub fn currents<E>(
    reservoirs: &[Reservoir],
    structure: &Structure,
    adaptive: Adaptive,
    transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
) -> Result<Currents, TransportError<E>> {
    cut_at(&[], reservoirs, structure, adaptive, transmission)
}

/// The same with more places at which panels are cut.
pub(super) fn cut_at<E>(
    cuts: &[f64],
    reservoirs: &[Reservoir],
    structure: &Structure,
    adaptive: Adaptive,
    mut transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
) -> Result<Currents, TransportError<E>> {
    let n = reservoirs.len();
    let Reach { range, marks, unit } = Reach::of(reservoirs, structure, cuts)?;
    let integral = adaptive.integrate(range, structure, &marks, |energy| {
        let t = transmission(energy).map_err(TransportError::Transmission)?;
        if t.terminals() != n {
            return Err(TransportError::Terminals { given: t.terminals(), wanted: n });
        }
        let mut values = vec![0.0; 2 * n];
        for a in 0..n {
            let into = |b: usize| t.get(a, b) * reservoirs[b].excess(&reservoirs[a], energy);
            values[a] = (0..n).filter(|b| *b != a).map(into).sum();
            values[n + a] = (energy - reservoirs[a].mu) / unit * values[a];
        }
        Ok(values)
    })?;
    Ok(Currents::of(reservoirs, &integral, unit, adaptive.tolerance))
}

/// Ranges of so many kT are wide.
const WIDE: f64 = 8.0 * REACH;

/// What energies reservoirs fill differently.
pub(crate) struct Reach {
    /// From the lowest to the highest.
    pub(crate) range: [f64; 2],
    /// Where panels are cut beforehand.
    pub(crate) marks: Vec<f64>,
    /// The unit in which heats are of the size of particle currents, so that one accuracy serves both.
    pub(crate) unit: f64,
}

impl Reach {
    pub(crate) fn of<E>(
        reservoirs: &[Reservoir],
        structure: &Structure,
        cuts: &[f64],
    ) -> Result<Self, TransportError<E>> {
        reservoirs.iter().try_for_each(|r| check(r.mu, r.kt))?;
        let largest =
            |of: &dyn Fn(&Reservoir) -> f64| reservoirs.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let [low, high] = [-largest(&|r| REACH * r.kt - r.mu), largest(&|r| REACH * r.kt + r.mu)];
        let hottest = largest(&|r| r.kt);
        let range = structure.window([low, high], REACH * hottest);
        let warm = reservoirs.iter().filter(|r| r.kt > 0.0);
        let mut scaled: Vec<[f64; 2]> = Vec::new();
        for r in warm {
            scaled.extend(MARKS.map(|x| [r.mu + x * r.kt, r.kt]));
            // in a panel much wider than its reservoir's window a tail would fall between all points
            if high - low > WIDE * r.kt {
                scaled.extend([-REACH, REACH].map(|x| [r.mu + x * r.kt, r.kt]));
            }
        }
        scaled.sort_by(|a, b| a[0].total_cmp(&b[0]));
        scaled.dedup_by(|a, b| (a[0] - b[0]).abs() <= 1e-3 * a[1].min(b[1]));
        let mut marks: Vec<f64> = scaled.into_iter().map(|[energy, _]| energy).collect();
        marks.extend_from_slice(cuts);
        // at zero temperature occupations jump
        marks.extend(reservoirs.iter().filter(|r| r.kt == 0.0).map(|r| r.mu));
        let unit = match hottest.max(largest(&|r| r.mu) + largest(&|r| -r.mu)) {
            0.0 => 1.0,
            unit => unit,
        };
        Ok(Self { range, marks, unit })
    }
}

impl Currents {
    /// From the integrals of particle currents, then of heats in the given unit, then of anything else.
    pub(crate) fn of(reservoirs: &[Reservoir], integral: &Integral, unit: f64, tolerance: f64) -> Self {
        let n = reservoirs.len();
        // nothing in the window: no currents
        let part = |from: usize, factor: f64| match integral.values.get(from..from + n) {
            Some(values) => values.iter().map(|v| factor * v).collect(),
            None => vec![0.0; n],
        };
        let mut currents = Self {
            reservoirs: reservoirs.to_vec(),
            particle: part(0, 1.0),
            heat: part(n, unit),
            quadrature_error: integral.relative_error(),
            evaluations: integral.evaluations,
            audit: Audit::default(),
        };
        let magnitudes = integral.magnitudes.get(..2 * n).unwrap_or_default();
        currents.check(magnitudes, unit, tolerance);
        currents
    }

    /// Records the laws, per integrals of the moduli: near equilibrium currents are differences.
    fn check(&mut self, magnitudes: &[f64], unit: f64, tolerance: f64) {
        let n = self.reservoirs.len();
        let relative = |residual: f64, scale: f64| if residual == 0.0 { 0.0 } else { residual / scale };
        let scale = |part: &[f64]| part.iter().copied().fold(0.0, nan_max);
        let (particles, heats) = magnitudes.split_at(n.min(magnitudes.len()));
        let (particles, heats) = (scale(particles), scale(heats) * unit);
        let allowed = (n as f64 * tolerance).max(SUMS);
        let charge = relative(self.particle.iter().sum::<f64>().abs(), particles);
        // through the mean potential: currents that do not add up are the business of the other law
        let energy =
            relative((self.heat.iter().sum::<f64>() + self.power()).abs(), heats.max(unit * particles));
        // a reservoir at zero temperature outweighs all others
        let coldest = self.reservoirs.iter().map(|r| r.kt).fold(f64::INFINITY, f64::min);
        let weight = |r: &Reservoir| match coldest {
            0.0 if r.kt == 0.0 => 1.0,
            0.0 => 0.0,
            coldest => coldest / r.kt,
        };
        let entropy: f64 = self.reservoirs.iter().zip(&self.heat).map(|(r, q)| weight(r) * q).sum();
        let second =
            relative(if entropy < 0.0 { -entropy } else { 0.0 * entropy }, heats.max(unit * particles));
        self.audit.record(laws::QUADRATURE, self.quadrature_error, tolerance);
        self.audit.record(laws::CHARGE, charge, allowed);
        self.audit.record(laws::ENERGY, energy, allowed);
        self.audit.record(laws::SECOND_LAW, second, allowed);
    }
}
