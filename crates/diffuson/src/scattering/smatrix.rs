//! The scattering matrix: amplitudes between the modes of the leads.
//!
//! With the modes Phi of a lead on its interface, normalised to unit current, `Phi^+ Gamma Phi = 1`, and `W = Gamma Phi`,
//!
//! ```text
//! S = i W_out^+ G W_in - delta Phi_out^+ W_in
//! ```
//!
//! (Fisher and Lee), where G is needed on the surface only, that is, on the interfaces of the leads. The second term is between the modes of
//! one lead. Energy derivatives of the transmissions are those of [`solve`](super::solve): S itself turns its phases with the modes.
//! Leads without modes have channels in their place: see [`Modes`].

use super::{Route, SolveError, Work, dense, dissection, wire};
use crate::audit::{Audit, laws};
use crate::conductor::Dressed;
use crate::leads::Modes;
use diffuson_linalg::eigen::{NoConvergence, hermitian_values, singular};
use diffuson_linalg::sparse::Parallelism;
use diffuson_linalg::{C64, Matrix, Op, product, product_hermitian, scattering_from_reaction};
use std::ops::Range;
use std::sync::Arc;

/// Amplitudes from the incoming into the outgoing modes of all leads, at one energy and for one realisation of the disorder.
///
/// Rows are outgoing, columns incoming modes, lead after lead. Leads are counted in the order of the conductor, without the probes:
/// electrons that probes absorb are missing from S.
#[derive(Clone, Debug)]
pub struct SMatrix {
    data: Matrix,
    /// First channel of each lead, then the number of channels.
    first: Vec<usize>,
    /// Energy, in t.
    pub energy: f64,
    /// Unitarity: largest entry of `S^+ S - 1`, or, where there are probes, how far the largest eigenvalue of `S^+ S` exceeds 1. Without
    /// magnetic field also the reciprocity `T_ab = T_ba`, per channel.
    pub audit: Audit,
    /// Work done.
    pub work: Work,
}

/// Amplitudes that are no S matrix.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("amplitudes in {rows} rows and {cols} columns between {channels} channels: wanted as many of each")]
pub struct BadSMatrix {
    /// Rows given.
    pub rows: usize,
    /// Columns given.
    pub cols: usize,
    /// Channels of all leads together.
    pub channels: usize,
}

/// The S matrix at one energy for one realisation of the on-site energies (in t, one per site).
///
/// [`Route::Recursive`] and [`Route::Sweep`] go through a strip once, in the memory of a few slices, however long it is;
/// [`Route::NestedDissection`] and [`Route::Dense`] take conductors of any shape. Where the walk through a strip fails its audit, as it can if a part of a clean
/// strip has a level at the very energy, nested dissection takes over, in more memory; [`SMatrix::work`] tells.
///
/// # Errors
/// [`SolveError`] if a block of `E - H - Sigma` is singular, the route needs a strip and the conductor is a network, or the modes of a lead
/// cannot be found.
///
/// # Panics
/// If `onsite` does not hold one energy per site.
pub fn smatrix(dressed: &Dressed<'_>, onsite: &[f64], route: Route) -> Result<SMatrix, SolveError> {
    smatrix_with(dressed, onsite, route, Parallelism::Sequential)
}

/// As [`smatrix`], where nested dissection may share its one factorisation among the threads of the rayon pool it is called in: for a single large
/// conductor. Samples and energies in parallel, each on one thread, get more done. The numbers are the same, bit for bit.
///
/// # Errors
/// As [`smatrix`].
///
/// # Panics
/// If `onsite` does not hold one energy per site.
pub fn smatrix_with(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    route: Route,
    parallelism: Parallelism,
) -> Result<SMatrix, SolveError> {
    if route == Route::NestedDissection
        && let Some(s) = opened(dressed, onsite, parallelism)?
    {
        return Ok(s);
    }
    let modes = on_surface(dressed, |channels| &channels.incoming)?;
    match route {
        Route::Dense => {
            let (filled, work) = dense::from_modes(dressed, onsite, &modes)?;
            SMatrix::new(dressed, &filled, work, Audit::default())
        }
        Route::Recursive | Route::Sweep => {
            let (filled, walked) = wire::from_modes(dressed, onsite, &modes)?;
            let s = SMatrix::new(dressed, &filled, walked, Audit::default())?;
            if s.audit.passed() {
                return Ok(s);
            }
            // a part of the wire has a level at the very energy that no open mode couples to: in sums over the parts its rounding buries all else
            let mut s = smatrix_with(dressed, onsite, Route::NestedDissection, parallelism)?;
            s.work += walked;
            Ok(s)
        }
        Route::NestedDissection => {
            let (filled, work, audit) = dissection::from_modes(dressed, onsite, &modes, parallelism)?;
            SMatrix::new(dressed, &filled, work, audit)
        }
    }
}

/// What the leads' modes are on the whole surface, side by side: rows are its orbitals, columns the channels of all leads.
pub(super) fn on_surface(
    dressed: &Dressed<'_>,
    part: impl Fn(&Channels) -> &Matrix,
) -> Result<Matrix, SolveError> {
    let channels = dressed.channels()?;
    let first = first_channels(channels);
    let mut all = Matrix::zeros(dressed.surface().len(), first[channels.len()]);
    for (lead, channels) in channels.iter().enumerate() {
        let part = part(channels);
        for (i, place) in dressed.places(lead).into_iter().enumerate() {
            (0..part.cols()).for_each(|k| all[(place, first[lead] + k)] = part[(i, k)]);
        }
    }
    Ok(all)
}

/// The S matrix through the reaction matrix, where everything but the opening to the leads is real: a conductor without field and probes, and leads with real
/// modes that come in as they go out. None where it is not so, or not sound.
fn opened(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    parallelism: Parallelism,
) -> Result<Option<SMatrix>, SolveError> {
    let channels = dressed.channels()?;
    if !(dressed.is_real() && channels.iter().all(|lead| lead.real)) {
        return Ok(None);
    }
    let Some((mut b, work, audit)) = dissection::real_schur(dressed, onsite, parallelism) else {
        return Ok(None);
    };
    let sigma = dressed.surface_self_energy();
    let n = sigma.rows();
    b.iter_mut().zip(sigma.as_slice()).for_each(|(b, sigma)| *b -= sigma.re);
    let w: Vec<f64> = on_surface(dressed, |lead| &lead.incoming)?.as_slice().iter().map(|z| z.re).collect();
    let Some(data) = scattering_from_reaction(&b, &w, n) else { return Ok(None) };
    let first = first_channels(channels);
    let mut s = SMatrix { data, first, energy: dressed.energy, audit, work };
    s.check(dressed, super::SUM_RULE * (dressed.sites.len() as f64).sqrt());
    Ok(Some(s))
}

/// First channel of each lead, then the number of channels.
fn first_channels(channels: &[Arc<Channels>]) -> Vec<usize> {
    let mut first = vec![0];
    for lead in channels {
        first.push(first[first.len() - 1] + lead.incoming.cols());
    }
    first
}

/// So far S may never be from unitary: a level without width at the very energy amplifies rounding without limit, and no S is left.
pub(super) const LOST: f64 = 1e-6;

impl SMatrix {
    /// From `G W_in` on the surface.
    pub(super) fn new(
        dressed: &Dressed<'_>,
        filled: &Matrix,
        work: Work,
        audit: Audit,
    ) -> Result<Self, SolveError> {
        let channels = dressed.channels()?;
        let first = first_channels(channels);
        let outgoing = on_surface(dressed, |channels| &channels.outgoing)?;
        let mut data = times((&outgoing, Op::Adjoint), filled);
        data.as_mut_slice().iter_mut().for_each(|z| *z *= C64::I);
        for (lead, channels) in channels.iter().enumerate() {
            let direct = &channels.direct;
            for j in 0..direct.cols() {
                let own = &mut data.col_mut(first[lead] + j)[first[lead]..first[lead + 1]];
                own.iter_mut().zip(direct.col(j)).for_each(|(z, d)| *z -= d);
            }
        }
        let mut s = Self { data, first, energy: dressed.energy, audit, work };
        let amplification = filled.max_norm().max(1.0);
        let allowed = super::SUM_RULE * (dressed.sites.len() as f64).sqrt() * amplification;
        s.check(dressed, allowed.min(LOST));
        Ok(s)
    }

    /// An S matrix from elsewhere (a closed form, a random matrix) between leads of so many channels, at an energy in t. Unitarity is audited.
    ///
    /// # Errors
    /// [`BadSMatrix`] unless there are as many rows and columns as channels.
    pub fn given(data: Matrix, channels: &[usize], energy: f64) -> Result<Self, BadSMatrix> {
        let mut first = vec![0];
        channels.iter().for_each(|n| first.push(n.saturating_add(first[first.len() - 1])));
        let count = first[channels.len()];
        if [data.rows(), data.cols()] != [count; 2] {
            return Err(BadSMatrix { rows: data.rows(), cols: data.cols(), channels: count });
        }
        let mut s = Self { data, first, energy, audit: Audit::default(), work: Work::default() };
        let unitarity = s.excess().as_slice().iter().map(|z| z.norm()).fold(0.0, super::nan_max);
        s.audit.record(laws::UNITARITY, unitarity, super::SUM_RULE * (count.max(1) as f64).sqrt());
        Ok(s)
    }

    /// All amplitudes: outgoing modes as rows, incoming ones as columns.
    pub fn data(&self) -> &Matrix {
        &self.data
    }

    /// Number of leads.
    pub fn leads(&self) -> usize {
        self.first.len() - 1
    }

    /// The rows and columns of the modes of a lead.
    pub fn channels(&self, lead: usize) -> Range<usize> {
        self.first[lead]..self.first[lead + 1]
    }

    /// Amplitudes from the modes of lead `from` into those of lead `to`: t, or r for a lead and itself.
    pub fn block(&self, to: usize, from: usize) -> Matrix {
        let (rows, cols) = (self.channels(to), self.channels(from));
        Matrix::from_fn(rows.len(), cols.len(), |i, j| self.data[(rows.start + i, cols.start + j)])
    }

    /// `Tr t t^+` from lead `from` into lead `to`; of a lead and itself the reflection `Tr r r^+`.
    pub fn transmission(&self, to: usize, from: usize) -> f64 {
        let rows = self.channels(to);
        self.channels(from).flat_map(|j| &self.data.col(j)[rows.clone()]).map(|z| z.norm_sqr()).sum()
    }

    /// Eigenvalues of `t^+ t` between two leads, descending, as many as the lead of fewer modes has; their square roots are exact to
    /// rounding of the largest.
    ///
    /// # Errors
    /// [`NoConvergence`], as happens for amplitudes that are not numbers.
    pub fn transmission_eigenvalues(&self, to: usize, from: usize) -> Result<Vec<f64>, NoConvergence> {
        Ok(singular(&self.block(to, from))?.values.into_iter().map(|s| s * s).collect())
    }

    /// `S^+ S - 1`.
    fn excess(&self) -> Matrix {
        let count = self.data.cols();
        let mut excess = Matrix::zeros(count, count);
        let (s, s_adjoint) = ((self.data.all(), Op::Plain), (self.data.all(), Op::Adjoint));
        product_hermitian(excess.all_mut(), false, 1.0, s_adjoint, s);
        (0..count).for_each(|i| excess[(i, i)] -= C64::ONE);
        excess
    }

    fn check(&mut self, dressed: &Dressed<'_>, allowed: f64) {
        let excess = self.excess();
        let unitarity = if dressed.conductor.probes() == 0 {
            excess.as_slice().iter().map(|z| z.norm()).fold(0.0, super::nan_max)
        } else {
            hermitian_values(&excess).map_or(f64::NAN, |values| values.into_iter().fold(0.0, f64::max))
        };
        self.audit.record(laws::UNITARITY, unitarity, allowed);
        if dressed.conductor.is_time_reversal_symmetric() {
            let pairs = (0..self.leads()).flat_map(|a| (0..a).map(move |b| (a, b)));
            let asymmetry = pairs.map(|(a, b)| (self.transmission(a, b) - self.transmission(b, a)).abs());
            let worst = asymmetry.fold(0.0, super::nan_max) / (self.data.rows() as f64).max(1.0);
            self.audit.record(laws::RECIPROCITY, worst, allowed);
        }
    }
}

/// The scattering channels of a lead at one energy.
#[derive(Clone, Debug)]
pub(crate) struct Channels {
    /// `Gamma Phi_in`: rows are orbitals of the interface.
    pub(crate) incoming: Matrix,
    /// `Gamma Phi_out`.
    pub(crate) outgoing: Matrix,
    /// `Phi_out^+ Gamma Phi_in`.
    pub(crate) direct: Matrix,
    /// Whether all of that is real, and the modes come in as they go out.
    real: bool,
}

impl Channels {
    pub(crate) fn new(modes: &Modes) -> Self {
        if modes.incoming_momenta.is_empty() {
            return Self::without_waves(&modes.incoming);
        }
        let width = modes.self_energy.width();
        let incoming = times((&width, Op::Plain), &modes.incoming);
        let is_real = |m: &Matrix| m.as_slice().iter().all(|z| z.im == 0.0);
        let both_ways = modes.incoming == modes.outgoing;
        Self {
            real: both_ways && is_real(&modes.incoming) && is_real(&width),
            direct: times((&modes.outgoing, Op::Adjoint), &incoming),
            outgoing: if both_ways { incoming.clone() } else { times((&width, Op::Plain), &modes.outgoing) },
            incoming,
        }
    }

    /// Of eigenvectors `u / sqrt(gamma)` of the level width: `W = sqrt(gamma) u`, so that `W W^+` is the width to rounding of its largest eigenvalue, however small others are.
    fn without_waves(channels: &Matrix) -> Self {
        let mut incoming = channels.clone();
        for k in 0..channels.cols() {
            let width = 1.0 / channels.col(k).iter().map(|z| z.norm_sqr()).sum::<f64>();
            incoming.col_mut(k).iter_mut().for_each(|z| *z *= width);
        }
        Self {
            real: channels.as_slice().iter().all(|z| z.im == 0.0),
            direct: Matrix::identity(channels.cols()),
            outgoing: incoming.clone(),
            incoming,
        }
    }
}

/// `op(a) b`.
pub(super) fn times((a, op): (&Matrix, Op), b: &Matrix) -> Matrix {
    let rows = if op == Op::Plain { a.rows() } else { a.cols() };
    let mut out = Matrix::zeros(rows, b.cols());
    product(out.all_mut(), false, 1.0, (a.all(), op), (b.all(), Op::Plain));
    out
}
