//! One sub-band in equilibrium: its number of electrons, its compressibility, and the speed that makes constant times give the staircase.

use super::KineticError;
use crate::localization::FermiDirac;
use crate::thermal::fermi;
use std::f64::consts::PI;
use std::sync::LazyLock;

static DENSITY: LazyLock<FermiDirac> = LazyLock::new(|| FermiDirac::new(-0.5).expect("an allowed order"));
static COMPRESSIBILITY: LazyLock<FermiDirac> =
    LazyLock::new(|| FermiDirac::new(-1.5).expect("an allowed order"));

pub(super) static ENERGY: LazyLock<FermiDirac> =
    LazyLock::new(|| FermiDirac::new(0.5).expect("an allowed order"));

/// Degeneracies `eta = (mu - eps_i)/kT` that are allowed: occupations are normal numbers, energies keep their digits.
const RANGE: std::ops::RangeInclusive<f64> = -700.0..=1e6;

pub(super) fn check_degeneracy(eta: f64) -> Result<(), KineticError> {
    KineticError::check("degeneracy (mu - eps)/kT", eta, RANGE.contains(&eta), "from -700 to 1e6")
}

/// `f0 = 1/(1 + e^{-eta})`, the occupation of the sub-band's bottom.
pub(super) fn fermi_edge(eta: f64) -> f64 {
    fermi(-eta)
}

/// A sub-band in equilibrium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equilibrium {
    /// `N = Int dx f = sqrt(pi) F_{-1/2}(eta)`, in `k_T L/pi` (both spins).
    pub number: f64,
    /// `kT dN/dmu = sqrt(pi) F_{-3/2}(eta)`, in the same unit.
    pub fluctuation: f64,
}

impl Equilibrium {
    /// At `eta = (mu - eps_i)/kT`.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] unless eta lies between -700 and 1e6.
    pub fn new(eta: f64) -> Result<Self, KineticError> {
        check_degeneracy(eta)?;
        let unit = PI.sqrt();
        Ok(Self { number: unit * DENSITY.at(eta), fluctuation: unit * COMPRESSIBILITY.at(eta) })
    }

    /// `kappa/kappa_cl = F_{-3/2}/F_{-1/2}`, kappa_cl = L/(N kT): 1 in depletion, `kT/2E_F` in a degenerate sub-band (text after Eq. 6).
    pub fn compressibility(&self) -> f64 {
        self.fluctuation / self.number
    }
}

/// `v_ref = (sqrt(pi)/2) F_{-1/2}(eta)/f0`, in v_T: with `tau_el = L/v_ref` constant times give the conductance of constant mean free paths, `G0 f0` at
/// `tau_in = tau_el`. It goes to the Fermi velocity for large eta and to `sqrt(pi kT/2m)` in depletion.
///
/// # Errors
/// [`KineticError::OutOfRange`] unless eta lies between -700 and 1e6.
pub fn reference_speed(eta: f64) -> Result<f64, KineticError> {
    Ok(0.5 * Equilibrium::new(eta)?.number / fermi_edge(eta))
}

/// The degeneracy, or `most` if it is larger, at which a number of electrons with values `[N, dN/deta]` is `number`; `None` if none was found.
///
/// By Newton's steps in the logarithm of N, which is concave; bisection where an edge that a mesh does not resolve makes N a staircase.
pub(super) fn degeneracy(
    number: f64,
    start: f64,
    most: f64,
    values: impl Fn(f64) -> [f64; 2],
) -> Option<f64> {
    let (mut eta, mut low, mut high) = (start, f64::NEG_INFINITY, f64::INFINITY);
    for round in 0..200 {
        let [n, slope] = values(eta);
        if n < number {
            low = eta;
        } else {
            high = eta;
        }
        if low == most {
            return Some(most);
        }
        // far to the left N is e^eta
        let bound = 5.0 + 0.5 * eta.abs();
        let newton = eta + ((number / n).ln() * n / slope).clamp(-bound, bound);
        let inside = newton > low && newton < high && round < 40;
        let next = if inside || high - low == f64::INFINITY { newton.min(most) } else { 0.5 * (low + high) };
        // rounding of N
        if (next - eta).abs() <= 1e-13 * eta.abs().max(1.0) {
            return Some(next);
        }
        eta = next;
    }
    None
}
