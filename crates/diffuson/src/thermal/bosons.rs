//! Heat carried by phonons or photons: the thermal window of Bose and Einstein.
//!
//! ```text
//! J_a  = (1/h) Int_0^inf dE E sum_b T_ab (n_b - n_a),
//! K_ab = (k_B^2 T/h) Int_0^inf dw w^2 e^w/(e^w - 1)^2 T_ab(w kT),      w = E/kT,
//! ```
//!
//! E = hbar omega. A perfect mode carries the quantum of heat conductance, `pi^2 k_B^2 T/3h`, as a channel of electrons does; polarisations and branches, four of a
//! free-standing wire at low temperature, are modes of their own, and T is their sum (L. G. C. Rego and G. Kirczenow, Phys. Rev. Lett. 81, 232
//! (1998)).

use super::linear::{MARKS, REACH, SUMS};
use super::{Adaptive, Integral, Structure, TransmissionMatrix, TransportError};
use crate::audit::{Audit, laws};
use crate::units::{BOLTZMANN, PLANCK, SOMMERFELD};

/// The quantum of heat conductance `pi^2 k_B^2 T/3h` at a temperature (in K), times the number of modes, in W/K.
pub fn quantum_of_heat_conductance(temperature: f64, modes: f64) -> f64 {
    modes * SOMMERFELD * BOLTZMANN * BOLTZMANN / PLANCK * temperature
}

/// Heat conductances between reservoirs of bosons.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatConductance {
    /// K_ab in quanta of heat conductance: the transmission where it is constant.
    pub quanta: TransmissionMatrix,
    /// Temperature k_B T, in the unit of energy.
    pub kt: f64,
    /// Estimated error of the quadrature, relative.
    pub quadrature_error: f64,
    /// Evaluations of the transmission.
    pub evaluations: usize,
    /// Laws checked.
    pub audit: Audit,
}

impl HeatConductance {
    /// K_ab in W/K at a temperature in K.
    pub fn si(&self, temperature: f64) -> TransmissionMatrix {
        self.quanta.scaled(quantum_of_heat_conductance(temperature, 1.0))
    }
}

/// Heat currents between reservoirs of bosons at any temperatures.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatCurrents {
    /// Heat into each reservoir, in (unit of energy)^2/h.
    pub heat: Vec<f64>,
    /// Estimated error of the quadrature, relative.
    pub quadrature_error: f64,
    /// Evaluations of the transmission.
    pub evaluations: usize,
    /// Laws checked: quadrature, energy, second law.
    pub audit: Audit,
}

/// `w^2 e^w/(e^w - 1)^2 = ((w/2)/sinh(w/2))^2`.
pub fn bose_window(w: f64) -> f64 {
    if w == 0.0 { 1.0 } else { (0.5 * w / (0.5 * w).sinh()).powi(2) }
}

/// `n(E/kT) - n(E/kT')` for E > 0 to rounding of the difference itself, `n(x) = 1/(e^x - 1)`: `n(x) (1 + n(y)) (1 - e^(x - y))` for x < y.
fn bose_excess(energy: f64, kt: f64, other: f64) -> f64 {
    let occupation = |kt: f64| (energy / kt).exp_m1().recip();
    if kt < other {
        return -bose_excess(energy, other, kt);
    }
    // no difference of two ratios: temperatures may be as close as they like
    let difference = energy * ((kt - other) / kt) / other;
    if kt == other { 0.0 } else { -occupation(kt) * (1.0 + occupation(other)) * (-difference).exp_m1() }
}

/// Linear response at one temperature, above 0.
///
/// # Errors
/// [`TransportError`] if the temperature is not positive, or the transmission fails or has another number of terminals.
pub fn heat_conductance<E>(
    reservoirs: usize,
    kt: f64,
    structure: &Structure,
    adaptive: Adaptive,
    transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
) -> Result<HeatConductance, TransportError<E>> {
    if !(kt > 0.0 && kt.is_finite()) {
        return Err(TransportError::Temperature(kt));
    }
    let norm = (SOMMERFELD * kt).recip();
    let values =
        |energy: f64, t: TransmissionMatrix| t.scaled(norm * bose_window(energy / kt)).as_ref().to_vec();
    let integral = integrate(reservoirs, &[kt], structure, adaptive, transmission, values)?;
    let quanta = TransmissionMatrix::from_fn(reservoirs, |a, b| integral.values[a * reservoirs + b]);
    let quadrature_error = integral.relative_error();
    let mut audit = Audit::default();
    audit.record(laws::QUADRATURE, quadrature_error, adaptive.tolerance);
    let imbalance = if quanta.imbalance() == 0.0 { 0.0 } else { quanta.imbalance() / quanta.largest_sum() };
    audit.record(laws::ROW_AND_COLUMN_SUMS, imbalance, adaptive.tolerance.max(SUMS));
    Ok(HeatConductance { quanta, kt, quadrature_error, evaluations: integral.evaluations, audit })
}

/// Heat between reservoirs at temperatures k_B T, 0 allowed.
///
/// # Errors
/// [`TransportError`] if a temperature is negative or not finite, or the transmission fails or has another number of terminals.
pub fn heat_currents<E>(
    temperatures: &[f64],
    structure: &Structure,
    adaptive: Adaptive,
    transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
) -> Result<HeatCurrents, TransportError<E>> {
    let n = temperatures.len();
    if let Some(&bad) = temperatures.iter().find(|kt| !(**kt >= 0.0 && kt.is_finite())) {
        return Err(TransportError::Temperature(bad));
    }
    let values = |energy: f64, t: TransmissionMatrix| {
        let into = |a: usize| {
            let excess = |b: usize| t.get(a, b) * bose_excess(energy, temperatures[b], temperatures[a]);
            energy * (0..n).filter(|b| *b != a).map(excess).sum::<f64>()
        };
        (0..n).map(into).collect()
    };
    let integral = integrate(n, temperatures, structure, adaptive, transmission, values)?;
    let heat = if integral.values.is_empty() { vec![0.0; n] } else { integral.values.clone() };
    let scale = integral.magnitudes.iter().copied().fold(0.0, f64::max);
    let relative = |residual: f64| if residual == 0.0 { 0.0 } else { residual / scale };
    let coldest = temperatures.iter().copied().fold(f64::INFINITY, f64::min);
    let weight = |kt: f64| if kt == coldest { 1.0 } else { coldest / kt };
    let entropy: f64 = temperatures.iter().zip(&heat).map(|(kt, q)| weight(*kt) * q).sum();
    let quadrature_error = integral.relative_error();
    let mut audit = Audit::default();
    audit.record(laws::QUADRATURE, quadrature_error, adaptive.tolerance);
    audit.record(
        laws::ENERGY,
        relative(heat.iter().sum::<f64>().abs()),
        (n as f64 * adaptive.tolerance).max(SUMS),
    );
    audit.record(laws::SECOND_LAW, relative(if entropy < 0.0 { -entropy } else { 0.0 * entropy }), SUMS);
    Ok(HeatCurrents { heat, quadrature_error, evaluations: integral.evaluations, audit })
}

/// The integral over all positive energies that the hottest reservoir fills.
fn integrate<E>(
    reservoirs: usize,
    temperatures: &[f64],
    structure: &Structure,
    adaptive: Adaptive,
    mut transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
    values: impl Fn(f64, TransmissionMatrix) -> Vec<f64>,
) -> Result<Integral, TransportError<E>> {
    let hottest = temperatures.iter().copied().fold(0.0, f64::max);
    let [low, high] = structure.support();
    let structure = structure.clone().within([low.max(0.0), high]);
    let window = structure.window([0.0, REACH * hottest], REACH * hottest);
    let marks: Vec<f64> = temperatures.iter().flat_map(|kt| MARKS.map(|x| x * kt)).collect();
    adaptive.integrate(window, &structure, &marks, |energy| {
        let t = transmission(energy).map_err(TransportError::Transmission)?;
        let given = t.terminals();
        if given != reservoirs {
            return Err(TransportError::Terminals { given, wanted: reservoirs });
        }
        Ok(values(energy, t))
    })
}
