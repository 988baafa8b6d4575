//! The scattering states a lead offers: its propagating modes, normalised to unit probability current.

use super::{LeadError, LeadSelfEnergy};
use diffuson_linalg::{Matrix, Op, eigen, product};

/// Propagating modes of a lead at one energy, as amplitudes on the n sites of the conductor the lead is attached to (cell 0).
///
/// Each mode phi carries the probability current 1, that is `phi^+ Gamma phi = 1`, and modes of one direction are orthogonal in the
/// current: `Phi^+ Gamma Phi = 1` for the matrix Phi of either direction. With `W = Gamma Phi` then `W W^+ = Gamma`, and the amplitudes of
/// scattering from lead b into lead a,
///
/// ```text
/// S_ab = i W_out,a^+ G W_in,b - delta_ab Phi_out^+ W_in,
/// ```
///
/// are unitary.
///
/// A lead without Bloch waves (a constant self-energy) has channels in place of modes: the eigenvectors of Gamma, `u / sqrt(gamma)` in both
/// directions, in descending order of the widths gamma; the lists of momenta and velocities are empty.
///
/// Of modes that agree in momentum and velocity any orthogonal combination may be found. The largest amplitude of a mode is real and
/// positive. In a lead symmetric under time reversal the incoming modes are the complex conjugates of the outgoing ones, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Modes {
    /// Modes towards the conductor: n x open, in ascending order of momentum.
    pub incoming: Matrix,
    /// Modes away from the conductor: n x open, in descending order of momentum.
    pub outgoing: Matrix,
    /// Momenta k of the incoming modes, per cell and in (-pi, pi]: `psi_{j+1} = e^{ik} psi_j`, where j grows away from the conductor.
    pub incoming_momenta: Vec<f64>,
    /// Momenta of the outgoing modes, as the incoming ones.
    pub outgoing_momenta: Vec<f64>,
    /// Velocities dE/dk of the incoming modes, in t (cells per unit of time with hbar = 1); negative.
    pub incoming_velocities: Vec<f64>,
    /// Velocities dE/dk of the outgoing modes, in t; positive.
    pub outgoing_velocities: Vec<f64>,
    /// The self-energy of the lead.
    pub self_energy: LeadSelfEnergy,
}

/// Bloch waves of one direction: column k of `waves` has momentum `momenta[k]` and velocity `velocities[k]`, and current +-1.
#[derive(Clone, Debug)]
pub(super) struct Waves {
    pub(super) waves: Matrix,
    pub(super) momenta: Vec<f64>,
    pub(super) velocities: Vec<f64>,
}

impl Waves {
    /// The waves of a time-reversed world: complex conjugates.
    fn reversed(&self) -> Self {
        let conjugate = |i, k| self.waves[(i, k)].conj();
        Self {
            waves: Matrix::from_fn(self.waves.rows(), self.waves.cols(), conjugate),
            momenta: self.momenta.iter().map(|k| if *k == std::f64::consts::PI { *k } else { -k }).collect(),
            velocities: self.velocities.iter().map(|v| -v).collect(),
        }
    }
}

impl Modes {
    /// From Bloch waves whose currents are 1 to some accuracy; without `incoming`, those of a lead symmetric under time reversal.
    pub(super) fn from_waves(
        mut outgoing: Waves,
        incoming: Option<Waves>,
        self_energy: LeadSelfEnergy,
    ) -> Self {
        let width = self_energy.width();
        polish(&mut outgoing.waves, &width);
        let incoming = incoming.map_or_else(
            || outgoing.reversed(),
            |mut incoming| {
                polish(&mut incoming.waves, &width);
                incoming
            },
        );
        Self {
            incoming: incoming.waves,
            outgoing: outgoing.waves,
            incoming_momenta: incoming.momenta,
            outgoing_momenta: outgoing.momenta,
            incoming_velocities: incoming.velocities,
            outgoing_velocities: outgoing.velocities,
            self_energy,
        }
    }

    /// The channels of a self-energy: eigenvectors of its level width.
    ///
    /// # Errors
    /// [`LeadError`] if the level width has a negative eigenvalue, or entries that are not numbers.
    pub(crate) fn channels(self_energy: LeadSelfEnergy) -> Result<Self, LeadError> {
        let width = self_energy.width();
        let n = width.rows();
        let unsound = |width| LeadError::NegativeWidth { width };
        let eigen = eigen::hermitian(&width).map_err(|_| unsound(f64::NAN))?;
        // rounding of the self-energy and of the diagonalisation; widths below are no exchange
        let size = eigen.values.iter().fold(self_energy.sigma.max_norm(), |a, v| a.max(v.abs()));
        let rounding = 4.0 * n as f64 * f64::EPSILON * size;
        if eigen.values[0] < -NEGATIVE * rounding {
            return Err(unsound(eigen.values[0]));
        }
        let open: Vec<usize> = (0..n).rev().filter(|&k| eigen.values[k] > rounding).collect();
        let mut channels =
            Matrix::from_fn(n, open.len(), |i, k| eigen.vectors[(i, open[k])] / eigen.values[open[k]].sqrt());
        fix_phases(&mut channels);
        Ok(Self {
            incoming: channels.clone(),
            outgoing: channels,
            incoming_momenta: Vec::new(),
            outgoing_momenta: Vec::new(),
            incoming_velocities: Vec::new(),
            outgoing_velocities: Vec::new(),
            self_energy,
        })
    }
}

/// How much beyond rounding a given level width may be negative.
const NEGATIVE: f64 = 1e3;

/// Fixes the phases, and removes what the waves phi lack to `phi^+ Gamma phi = 1`: symmetric orthogonalisation by Newton's iteration for
/// the inverse square root, `phi <- phi (3 - phi^+ Gamma phi) / 2`, each step of which squares an error that is small to begin with. Waves known to
/// rounding take one step.
fn polish(waves: &mut Matrix, width: &Matrix) {
    let open = waves.cols();
    fix_phases(waves);
    for _ in 0..3 {
        let mut step = overlaps(waves, &multiply(width, waves));
        for k in 0..open {
            step[(k, k)] -= 1.0;
        }
        let error = step.max_norm();
        for k in 0..open {
            step[(k, k)] -= 2.0;
        }
        let before = waves.clone();
        product(waves.all_mut(), false, -0.5, (before.all(), Op::Plain), (step.all(), Op::Plain));
        // of what is left, the square, nothing would change
        if error < 1e-9 {
            break;
        }
    }
}

/// Turns the phase of each column such that its largest entry is real and positive; of entries that agree to a part in 10^6, the first.
fn fix_phases(waves: &mut Matrix) {
    for k in 0..waves.cols() {
        let column = waves.col_mut(k);
        let largest = column.iter().map(|z| z.norm()).fold(0.0, f64::max);
        if let Some(first) = column.iter().find(|z| z.norm() > largest * (1.0 - 1e-6)) {
            let turn = first.conj() / first.norm();
            column.iter_mut().for_each(|z| *z *= turn);
        }
    }
}

pub(super) fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(a.rows(), b.cols());
    product(out.all_mut(), false, 1.0, (a.all(), Op::Plain), (b.all(), Op::Plain));
    out
}

/// `a^+ b`.
pub(super) fn overlaps(a: &Matrix, b: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(a.cols(), b.cols());
    product(out.all_mut(), false, 1.0, (a.all(), Op::Adjoint), (b.all(), Op::Plain));
    out
}

/// The columns of `a` in the given order.
pub(super) fn columns(a: &Matrix, order: &[usize]) -> Matrix {
    Matrix::from_fn(a.rows(), order.len(), |i, k| a[(i, order[k])])
}
