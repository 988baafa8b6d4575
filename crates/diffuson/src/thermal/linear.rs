//! Linear response from transmissions between reservoirs: L0, L1, L2 at any temperature.

use super::{Adaptive, OnsagerMatrix, Structure, TransmissionMatrix, fermi_window};
use crate::audit::{Audit, laws};
use crate::scattering::nan_max;
use crate::units::SOMMERFELD;

/// The integrals of linear response at one chemical potential and temperature,
///
/// ```text
/// K_n = (1/kT)^n Int dE (-df/dE) (E - mu)^n T_ab(E) = L^(n)/(kT)^n,      n = 0, 1, 2,
/// ```
///
/// which have limits as T goes to zero: K0 = T(mu), K1 = 0, K2 = (pi^2/3) T(mu).
#[derive(Clone, Debug, PartialEq)]
pub struct LinearResponse {
    /// Chemical potential, in t.
    pub mu: f64,
    /// Temperature k_B T, in t.
    pub kt: f64,
    /// K0, K1, K2 between the reservoirs.
    pub moments: [TransmissionMatrix; 3],
    /// Estimated error of the quadrature, relative to the integrals of `|(E - mu)^n T_ab|`.
    pub quadrature_error: f64,
    /// Evaluations of the transmission.
    pub evaluations: usize,
    /// Laws checked.
    pub audit: Audit,
}

/// Transport that cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum TransportError<E> {
    /// A temperature is no temperature.
    #[error("temperature k_B T = {0}: it must be finite and not below 0")]
    Temperature(f64),
    /// A chemical potential is not finite.
    #[error("chemical potential {0}: it must be finite")]
    Potential(f64),
    /// At zero temperature a value of the transmission is asked for where it has none.
    #[error("zero temperature at mu = {0}, where the transmission is singular: move mu, or take T > 0")]
    SingularPoint(f64),
    /// The transmission has not as many terminals as there are reservoirs.
    #[error("transmissions between {given} terminals, but {wanted} reservoirs")]
    Terminals {
        /// Terminals of the transmission.
        given: usize,
        /// Reservoirs.
        wanted: usize,
    },
    /// The transmission itself cannot be computed.
    #[error("{0}")]
    Transmission(#[source] E),
}

/// How far a thermal window is followed, in kT: `x^7 exp(-x)`, the tail of a transport distribution that grows as E^5, is 1e-11 of 7! there, and
/// half of that is below rounding.
pub(super) const REACH: f64 = 52.0;

/// Where panels of a thermal window are cut beforehand, in kT.
pub(super) const MARKS: [f64; 5] = [-16.0, -5.0, 0.0, 5.0, 16.0];

pub(super) fn check<E>(mu: f64, kt: f64) -> Result<(), TransportError<E>> {
    if !(kt >= 0.0 && kt.is_finite()) {
        return Err(TransportError::Temperature(kt));
    }
    if mu.is_finite() { Ok(()) } else { Err(TransportError::Potential(mu)) }
}

impl LinearResponse {
    /// From the transmissions between `reservoirs` reservoirs as a function of energy. At zero temperature one evaluation, at mu.
    ///
    /// # Errors
    /// [`TransportError`] if mu or kT make no sense, mu is at a singular point at zero temperature, or the transmission fails or has another
    /// number of terminals.
    pub fn new<E>(
        reservoirs: usize,
        mu: f64,
        kt: f64,
        structure: &Structure,
        adaptive: Adaptive,
        transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
    ) -> Result<Self, TransportError<E>> {
        Self::cut_at(&[], reservoirs, mu, kt, structure, adaptive, transmission)
    }

    /// The same with more places at which panels are cut.
    pub(super) fn cut_at<E>(
        cuts: &[f64],
        reservoirs: usize,
        mu: f64,
        kt: f64,
        structure: &Structure,
        adaptive: Adaptive,
        mut transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
    ) -> Result<Self, TransportError<E>> {
        let integrals = Integrals::new(cuts, [mu, kt], structure, adaptive, |energy| {
            let t = transmission(energy).map_err(TransportError::Transmission)?;
            let (given, wanted) = (t.terminals(), reservoirs);
            if given == wanted { Ok(t) } else { Err(TransportError::Terminals { given, wanted }) }
        })?;
        let moment = |n| TransmissionMatrix::from_fn(reservoirs, |a, b| integrals.get(n, a * reservoirs + b));
        Ok(Self::audited(mu, kt, [0, 1, 2].map(moment), &integrals))
    }

    /// From one transmission between two reservoirs, or a transport distribution sigma_0(E), whose conductivity then takes the place of the conductance.
    ///
    /// # Errors
    /// As [`LinearResponse::new`].
    pub fn two_terminal<E>(
        mu: f64,
        kt: f64,
        structure: &Structure,
        adaptive: Adaptive,
        mut transmission: impl FnMut(f64) -> Result<f64, E>,
    ) -> Result<Self, TransportError<E>> {
        let integrals = Integrals::new(&[], [mu, kt], structure, adaptive, |energy| {
            transmission(energy).map(|t| [t]).map_err(TransportError::Transmission)
        })?;
        let moment = |n| TransmissionMatrix::two_terminal(integrals.get(n, 0));
        Ok(Self::audited(mu, kt, [0, 1, 2].map(moment), &integrals))
    }

    fn audited(mu: f64, kt: f64, moments: [TransmissionMatrix; 3], integrals: &Integrals) -> Self {
        let Integrals { error: quadrature_error, tolerance, evaluations, .. } = *integrals;
        let mut audit = Audit::default();
        audit.record(laws::QUADRATURE, quadrature_error, tolerance);
        // K1 may cancel where K0 and K2 do not
        let scale = moments.each_ref().map(|k| k.largest_sum()).into_iter().fold(0.0, nan_max);
        let worst = moments.each_ref().map(|k| k.imbalance()).into_iter().fold(0.0, nan_max);
        let imbalance = if worst == 0.0 { 0.0 } else { worst / scale };
        audit.record(laws::ROW_AND_COLUMN_SUMS, imbalance, SUMS.max(tolerance));
        let response = Self { mu, kt, moments, quadrature_error, evaluations, audit };
        let mut audit = response.audit.clone();
        audit.merge(response.onsager().audit());
        Self { audit, ..response }
    }

    /// `L^(n) = (kT)^n K_n`, in t^n.
    ///
    /// # Panics
    /// If n is larger than 2.
    pub fn l(&self, n: usize) -> TransmissionMatrix {
        self.moments[n].scaled(self.kt.powi(n as i32))
    }

    /// Currents and heats for potentials and temperatures of the reservoirs.
    pub fn onsager(&self) -> OnsagerMatrix {
        OnsagerMatrix::from_moments(&self.moments, self.kt)
    }

    /// Adds an error, relative to the largest K0, that the transmission itself has.
    pub(super) fn add_error(&mut self, error: f64, tolerance: f64) {
        self.quadrature_error += error;
        self.audit.record(laws::QUADRATURE, self.quadrature_error, tolerance);
    }

    /// Records reciprocity `L_ab = L_ba`, which holds without magnetic field, within `allowed` per largest entry.
    pub(super) fn record_symmetry(&mut self, allowed: f64) {
        let worst = self.moments.iter().map(TransmissionMatrix::asymmetry).fold(0.0, nan_max);
        self.audit.record(laws::RECIPROCITY, worst, allowed);
    }
}

/// Rounding of sums over transmissions that enter and leave, each computed by a solver to some 1e-12.
pub(crate) const SUMS: f64 = 1e-10;

/// K0, K1, K2 of a vector of functions.
struct Integrals {
    moments: [Vec<f64>; 3],
    error: f64,
    tolerance: f64,
    evaluations: usize,
}

impl Integrals {
    fn new<V: AsRef<[f64]>, E>(
        cuts: &[f64],
        [mu, kt]: [f64; 2],
        structure: &Structure,
        adaptive: Adaptive,
        mut f: impl FnMut(f64) -> Result<V, TransportError<E>>,
    ) -> Result<Self, TransportError<E>> {
        check(mu, kt)?;
        let tolerance = adaptive.tolerance;
        if kt == 0.0 {
            if structure.is_singular_at(mu) {
                return Err(TransportError::SingularPoint(mu));
            }
            let [low, high] = structure.support();
            let inside = low < mu && mu < high;
            let t = if inside { f(mu)?.as_ref().to_vec() } else { Vec::new() };
            let moments = [1.0, 0.0, SOMMERFELD].map(|k| t.iter().map(|t| k * t).collect());
            return Ok(Self { moments, error: 0.0, tolerance, evaluations: usize::from(inside) });
        }
        let window = structure.window([mu - REACH * kt, mu + REACH * kt], REACH * kt);
        let marks = [MARKS.map(|x| mu + x * kt).as_slice(), cuts].concat();
        let integral = adaptive.integrate(window, structure, &marks, |energy| {
            let x = (energy - mu) / kt;
            let weight = fermi_window(x) / kt;
            let t = f(energy)?;
            let powers = [weight, weight * x, weight * x * x];
            Ok(powers.iter().flat_map(|p| t.as_ref().iter().map(move |t| p * t)).collect::<Vec<f64>>())
        })?;
        let part = |n: usize| {
            let count = integral.values.len() / 3;
            integral.values[n * count..(n + 1) * count].to_vec()
        };
        let error = integral.relative_error();
        Ok(Self { moments: [0, 1, 2].map(part), error, tolerance, evaluations: integral.evaluations })
    }

    /// K_n of one of the functions; outside of their support there is nothing.
    fn get(&self, n: usize, entry: usize) -> f64 {
        self.moments[n].get(entry).copied().unwrap_or(0.0)
    }
}
