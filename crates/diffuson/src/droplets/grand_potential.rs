//! Fluctuations of the grand potential in a spin-dependent potential: the complete counting of diagrams put to the proof.
//!
//! Electrons of one spin in a potential a psi have the grand potential `Omega(a)`; with both spins and a field that splits them, `+a psi` for one and `-a psi` for the other, it
//! costs `Omega(a) + Omega(-a) - 2 Omega(0) = 2 Omega_e(a)`. `Omega_e` of one sample comes from eigenvalues, its covariance over samples from closed rings of diffusons of all lengths;
//! the rings of four are `a^2 b^2 / 4` times the fluctuations of the susceptibility, `<(psi chi psi)^2>_c = nu_1^2 I_FF`.

mod fermi_poles;
mod ladder;
mod waves;

pub use ladder::{diffusive_covariance, predicted_covariance, predicted_variance};
pub use waves::ladder_covariance;

use super::{DropletError, require};
use crate::audit::{Audit, laws};
use crate::diffusons::{require_profile, require_temperature};
use diffuson_linalg::{C64, Matrix, eigen};

/// The even part of the grand potential of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct EvenGrandPotential {
    /// `Omega_e(a)`, one spin, for each field; never above zero.
    pub values: Vec<f64>,
    /// Eigenvalues have the traces of their matrix; Omega is concave.
    pub audit: Audit,
}

/// `Omega_e(a) = [Omega(a) + Omega(-a)]/2 - Omega(0)` of electrons of one spin with Hamiltonian `H + a psi(x)` at electrochemical potential 0,
/// `Omega = -T sum_k ln(1 + e^{-E_k/T})`, for each field a; energies and T in the units of H. Its sign does not depend on which spin sees `+a psi`.
///
/// `hamiltonian` is Hermitian, its lower triangle is read, `orbitals` rows for each site one after the other; `profile` is psi on the sites. N states cost `16/3 N^3` real operations for each sign
/// of each field, a quarter of it if no entry has an imaginary part: only eigenvalues are computed. Determinants at imaginary energies, eight to twenty of them, cost several times as
/// much.
///
/// # Errors
///
/// A matrix whose rows are not `orbitals` for each number of the profile; a temperature that is not positive and finite; fields or profile that are not finite;
/// [`DropletError::Eigenvalues`].
pub fn even_grand_potential(
    hamiltonian: &Matrix,
    orbitals: usize,
    profile: &[f64],
    fields: &[f64],
    temperature: f64,
) -> Result<EvenGrandPotential, DropletError> {
    require_temperature(temperature)?;
    require_fields(fields)?;
    require("number of orbitals", orbitals as f64, orbitals > 0, "at least 1")?;
    require_profile(profile, hamiltonian.rows() / orbitals)?;
    let states = profile.len() * orbitals;
    require(
        "rows of the Hamiltonian",
        hamiltonian.rows() as f64,
        hamiltonian.rows() == states,
        "orbitals of all sites",
    )?;
    require(
        "columns of the Hamiltonian",
        hamiltonian.cols() as f64,
        hamiltonian.cols() == states,
        "as many as rows",
    )?;
    let mut electrons = Electrons::new(hamiltonian, orbitals);
    let unperturbed = electrons.grand_potential(profile, 0.0, temperature)?;
    let mut values = Vec::with_capacity(fields.len());
    for &field in fields {
        values.push(if field == 0.0 {
            0.0
        } else {
            let with = electrons.grand_potential(profile, field, temperature)?;
            let against = electrons.grand_potential(profile, -field, temperature)?;
            0.5 * ((with - unperturbed) + (against - unperturbed))
        });
    }
    let mut audit = electrons.audit;
    audit_concavity(&mut audit, fields, &values, unperturbed.abs());
    Ok(EvenGrandPotential { values, audit })
}

pub(super) fn require_fields(fields: &[f64]) -> Result<(), DropletError> {
    fields.iter().try_for_each(|&a| require("field", a, a.is_finite(), "finite"))
}

/// A Hamiltonian to which potentials are added: real numbers if it has no others, column by column.
struct Electrons<'h> {
    hamiltonian: &'h Matrix,
    orbitals: usize,
    real: Option<Vec<f64>>,
    audit: Audit,
}

impl<'h> Electrons<'h> {
    fn new(hamiltonian: &'h Matrix, orbitals: usize) -> Self {
        let entries = hamiltonian.as_slice();
        let real = entries.iter().all(|z| z.im == 0.0).then(|| entries.iter().map(|z| z.re).collect());
        Self { hamiltonian, orbitals, real, audit: Audit::default() }
    }

    fn grand_potential(
        &mut self,
        profile: &[f64],
        field: f64,
        temperature: f64,
    ) -> Result<f64, DropletError> {
        let n = self.hamiltonian.rows();
        let orbitals = self.orbitals;
        let potential = |k: usize| field * profile[k / orbitals];
        let values = if let Some(real) = &self.real {
            let mut h = real.clone();
            (0..n).for_each(|k| h[k * (n + 1)] += potential(k));
            eigen::symmetric_values(&h, n)
        } else {
            let mut h = self.hamiltonian.clone();
            (0..n).for_each(|k| h[(k, k)] += C64::from(potential(k)));
            eigen::hermitian_values(&h)
        };
        let values = values.map_err(|_| DropletError::Eigenvalues)?;
        self.audit_traces(&values, potential);
        Ok(values.iter().map(|e| e.min(0.0) - temperature * (-e.abs() / temperature).exp().ln_1p()).sum())
    }

    fn audit_traces(&mut self, values: &[f64], potential: impl Fn(usize) -> f64) {
        let n = values.len();
        let diagonal = |k: usize| self.hamiltonian[(k, k)].re + potential(k);
        let trace: f64 = (0..n).map(diagonal).sum();
        let below = |j: usize| self.hamiltonian.col(j)[j + 1..].iter().map(|z| z.norm_sqr()).sum::<f64>();
        let squares: f64 = (0..n).map(|j| diagonal(j).powi(2) + 2.0 * below(j)).sum();
        let sum: f64 = values.iter().sum();
        let sum_of_squares: f64 = values.iter().map(|e| e * e).sum();
        let scale = squares.max(f64::MIN_POSITIVE);
        let first = (sum - trace).abs() / (n as f64 * scale).sqrt();
        let second = (sum_of_squares - squares).abs() / scale;
        // rounding: backward errors of some tens of unit roundoffs for matrices of thousands of states
        self.audit.record(laws::TRACES, first.max(second), 1e-12);
    }
}

/// Omega_e(a) is concave and even: from 0 on its slope only falls. Differences of sums of size `scale` are rounded.
fn audit_concavity(audit: &mut Audit, fields: &[f64], values: &[f64], scale: f64) {
    let mut points: Vec<(f64, f64)> = fields.iter().map(|a| a.abs()).zip(values.iter().copied()).collect();
    points.sort_by(|x, y| x.0.total_cmp(&y.0));
    let (mut at, mut value, mut slope) = (0.0, 0.0, 0.0f64);
    let (mut steepest, mut rise, mut rounding) = (0.0f64, 0.0f64, 0.0f64);
    for (a, omega) in points {
        if a > at {
            let next = (omega - value) / (a - at);
            rise = rise.max(next - slope);
            rounding = rounding.max(1e-14 * scale / (a - at));
            steepest = steepest.max(next.abs());
            (at, value, slope) = (a, omega, next);
        }
    }
    if at > 0.0 {
        let steepest = steepest.max(f64::MIN_POSITIVE);
        audit.record(laws::CONCAVITY, rise / steepest, (rounding / steepest).max(1e-12));
    }
}
