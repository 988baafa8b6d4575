//! From the Green function to the transmissions between all terminals.
//!
//! # The contract of a solver
//!
//! A solver takes a conductor [dressed](crate::conductor::Dressed) with its self-energies at one energy and one realisation of the
//! on-site energies, and returns a [`Scattered`]: an [`Exchange`], that is the matrix of transmissions in whatever representation suits
//! the solver; the same for the energy derivatives where asked for; the local density of states; an audit; and the work done. It must
//!
//! * take derivatives analytically (never by differences), lead self-energies included;
//! * make `current` vanish for equal potentials to rounding, and be exact to rounding otherwise;
//! * be single-threaded and deterministic;
//! * fill the audit with what it can check independently of its own construction.
//!
//! To add one: a variant of [`Route`], a file here, an arm in [`solve`] and in [`smatrix`], and the name in the conformance suite
//! (`tests/it/conformance.rs`), which runs every route over the golden cases, the closed forms and random systems.
//!
//! | route | of | gives | real operations for L slices of n sites |
//! |---|---|---|---|
//! | [`Route::Recursive`] | strips | all T and T' stored | 4 L^2 n^3 (T), 12 L^2 n^3 (T and T'); twice that in a magnetic field |
//! | [`Route::Sweep`] | strips | products T mu without T | at most 40 L n^3 per product, 120 L n^3 for the rest |
//! | [`Route::NestedDissection`] | any conductor | all T and T' stored | 60 N^2 log_2 N (T), 120 N^2 log_2 N (T and T'), N sites in 2d |
//! | [`Route::Dense`] | any conductor | all T and T' stored | 16 (L n)^3 and more: the oracle of the tests |
//!
//! Transmissions that would not fit into memory can be stored [above a threshold](Storage), with a law for what is lost.
//!
//! Amplitudes between the modes of the leads, rather than transmissions between terminals, are the business of [`smatrix`]; amplitudes inside the conductor, and the
//! densities and currents that follow from them, of [`scattering_states`].

mod dense;
mod dissection;
mod dual;
mod plan;
mod pool;
mod recursive;
mod sites;
mod slices;
mod smatrix;
mod states;
mod store;
mod sweep;
mod transmissions;
mod truncated;
mod wire;

pub use diffuson_linalg::sparse::Parallelism;
pub(crate) use dissection::{Dissection, Factorised, Field};
pub use plan::{PRODUCTS, Plan, Question, Reason};
pub(crate) use pool::Pool;
pub(crate) use sites::{Between, States, green_between, states_on};
pub(crate) use smatrix::Channels;
pub use smatrix::{BadSMatrix, SMatrix, smatrix, smatrix_with};
pub use states::{ScatteringStates, SpectralDensity, scattering_states, spectral_density};
pub use store::Storage;
pub use transmissions::Transmissions;
pub use truncated::{Dropped, Truncated};

use crate::audit::{Audit, laws};
use crate::conductor::{Dressed, DressedLead};
use crate::leads::LeadError;
use diffuson_linalg::{Matrix, Singular, adjoint_difference};
use std::ops::{AddAssign, Range};
use transmissions::Sums;

/// Electrons exchanged between terminals: the matrix T_ab (or its energy derivative, or an integral over energies of either).
pub trait Exchange: Send + Sync {
    /// Number of terminals.
    fn terminals(&self) -> usize;

    /// `out_a = sum_b T_ab (v_b - v_a)` for every terminal a: with `v` the potentials (in any unit), the particle current into a in
    /// units of (unit of v)/h; with the derivative T', the reduced heat q_a of sheet and paper.
    fn current(&self, v: &[f64], out: &mut [f64]);

    /// `S_a = sum_{b != a} T_ab`.
    fn outgoing(&self) -> &[f64];

    /// Size of the terms of which the current into each terminal is the difference, for potentials of size 1, times what amplifies
    /// rounding in them: that of the current is some machine epsilons of this.
    fn terms(&self) -> &[f64] {
        self.outgoing()
    }

    /// Whether T_ab = T_ba.
    fn is_symmetric(&self) -> bool;

    /// T_ab, from terminal b into terminal a.
    fn transmission(&self, a: usize, b: usize) -> f64 {
        let mut v = vec![0.0; self.terminals()];
        let mut out = v.clone();
        v[b] = 1.0;
        self.current(&v, &mut out);
        if a == b { 0.0 } else { out[a] }
    }

    /// All T_ab, if they are stored.
    fn stored(&self) -> Option<&Transmissions> {
        None
    }

    /// What was left out for want of memory, if anything may have been: see [`Truncated`].
    fn dropped(&self) -> Option<Dropped<'_>> {
        None
    }
}

/// How transmissions are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Block recursion: every T_ab and T'_ab, stored.
    Recursive,
    /// Matrix-free: forward and backward sweeps of the correlation function G^n for each product T mu; memory linear in length.
    Sweep,
    /// Sparse factorisation by nested dissection.
    NestedDissection,
    /// Inversion of the whole matrix.
    Dense,
}

impl Route {
    /// All routes.
    pub const ALL: [Self; 4] = [Self::Recursive, Self::Sweep, Self::NestedDissection, Self::Dense];

    /// Name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recursive => "recursive",
            Self::Sweep => "sweep",
            Self::NestedDissection => "nested-dissection",
            Self::Dense => "dense",
        }
    }
}

/// Deterministic counts of the work done, so that tests can notice a silent slow-down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Sparse factorisations of the whole matrix.
    pub factorisations: usize,
    /// Inversions of slice blocks (of the whole matrix for the dense route, of the surface for nested dissection).
    pub inversions: usize,
    /// Right-hand sides solved for with sparse factors.
    pub solves: usize,
    /// Energies at which Green functions were computed.
    pub energies: usize,
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.factorisations += other.factorisations;
        self.inversions += other.inversions;
        self.solves += other.solves;
        self.energies += other.energies;
    }
}

/// What a solver returns.
pub struct Scattered {
    /// Transmissions.
    pub exchange: Box<dyn Exchange>,
    /// Their derivatives by energy, in 1/t, if asked for.
    pub derivative: Option<Box<dyn Exchange>>,
    /// Local density of states A_ii / 2 pi per spin, summed over the orbitals of each site, in 1/t.
    pub density_of_states: Vec<f64>,
    /// Conservation laws checked.
    pub audit: Audit,
    /// Work done.
    pub work: Work,
}

/// A Green function that does not exist.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SolveError {
    /// A block is singular: the energy is an eigenvalue of an isolated part of the conductor, or an entry is not a number.
    #[error("no Green function at E = {energy} t, slice {slice}: {cause}")]
    Singular {
        /// Energy, in t.
        energy: f64,
        /// Slice at which the recursion stopped.
        slice: usize,
        /// Pivots.
        cause: Singular,
    },
    /// A route that goes slice by slice was asked to solve a network.
    #[error("this route goes slice by slice, but the conductor is a network: take the dense one")]
    NotAStrip,
    /// The modes of a lead, between which amplitudes are taken, cannot be found.
    #[error(transparent)]
    Lead(#[from] LeadError),
}

/// What a solver is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// Derivatives by energy too.
    pub derivatives: bool,
    /// What [`Route::Recursive`] and [`Route::NestedDissection`] store; sweeps store nothing, the dense route all.
    pub storage: Storage,
    /// Precision of what [`Route::Recursive`] grows, and of what it and [`Route::NestedDissection`] store. The other routes know double precision
    /// only.
    pub precision: Precision,
}

/// Precision of the Green function between different slices, and of transmissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Double precision throughout.
    #[default]
    Double,
    /// Diagonal blocks of the Green function in double precision; what grows from them, T and T' in single: half the memory, some 60 % of the time.
    ///
    /// Every run measures what that costs, in a [law](crate::audit::laws::SINGLE_PRECISION) of its own: entries of G may be wrong by 1e-4 of the
    /// largest, times the largest |G| in 1/t, and by 1e-2 at most; seen in some forty conductors of 10^3 to 10^4 sites: 1e-7 to 6e-5. Potentials there were off by 1e-8 to 2e-5
    /// of the bias, heats by 1e-7 to 2e-4 of the largest. Conservation of charge and energy, and that equal potentials drive no current, are exact as before: they
    /// are properties of sums over T as it is stored. In a magnetic field that takes a correction of 1e-8 of the sums, which is more than what single T_ab between far
    /// terminals are.
    Single,
}

impl Precision {
    /// Name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Single => "single",
        }
    }
}

/// Transmissions at one energy for one realisation of the on-site energies (in t, one per site), by the given route;
/// with derivatives by energy if asked for. All are stored, where the route stores any.
///
/// # Errors
/// [`SolveError`] if a block of `E - H - Sigma` is singular, or the route needs a strip and the conductor is a network.
///
/// # Panics
/// If `onsite` does not hold one energy per site.
pub fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    route: Route,
    with_derivative: bool,
) -> Result<Scattered, SolveError> {
    solve_with(dressed, onsite, route, Options { derivatives: with_derivative, ..Options::default() })
}

/// The same with a choice of what is stored.
///
/// # Errors
/// As [`solve`].
///
/// # Panics
/// If `onsite` does not hold one energy per site.
pub fn solve_with(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    route: Route,
    options: Options,
) -> Result<Scattered, SolveError> {
    match route {
        Route::Recursive => recursive::solve(dressed, onsite, options),
        Route::Sweep => sweep::solve(dressed, onsite, options.derivatives),
        Route::NestedDissection => dissection::solve(dressed, onsite, options),
        Route::Dense => dense::solve(dressed, onsite, options.derivatives),
    }
}

/// Tolerance of what is in single precision, if no entry of G is larger than 1/t: a thousand roundings, twenty times what was seen when this was
/// set. Beyond [`COARSE`] it passes for no result.
const SINGLE: f64 = 1e-4;
const COARSE: f64 = 1e-2;

/// Tolerance of the sum rules: they accumulate, at random, some roundings per site, amplified as any in the Green function.
pub(crate) const SUM_RULE: f64 = 1e-12;

/// `S / Gamma A` of a probe below which the probe exchanges electrons with no other terminal.
const ISOLATED: f64 = 16.0 * f64::EPSILON;

/// Transmissions are compared with terms of this size at least: below, a terminal counts as closed (a lead without open modes).
const CLOSED: f64 = 1e-3;

/// Diagonal of the Green function and of its derivative where terminals need it: gives `S_a` from the spectral function,
/// `S_i = Gamma_i A_ii - Gamma_i^2 |G_ii|^2` (probes), `Tr Gamma A - Tr Gamma G Gamma G^+` (leads), independently of the T_ab.
struct Spectral {
    outgoing: Vec<f64>,
    outgoing_derivative: Vec<f64>,
    density_of_states: Vec<f64>,
    /// `Gamma_a A_aa`, for leads `Tr Gamma A`: the size of the terms of S_a.
    injected: Vec<f64>,
    /// `|Gamma' A| + 2 Gamma |G'|`: the size of the terms of dS_a/dE.
    injected_derivative: Vec<f64>,
    /// Largest |G|, at least 1/t: rounding of energies of order t changes G by as much, relative to G.
    amplification: f64,
    /// Of the transmissions whose sums are compared.
    precision: Precision,
}

impl Spectral {
    fn new(dressed: &Dressed<'_>, precision: Precision) -> Self {
        let terminals = dressed.conductor.terminals();
        Self {
            outgoing: vec![0.0; terminals],
            outgoing_derivative: vec![0.0; terminals],
            density_of_states: vec![0.0; dressed.sites.len()],
            injected: vec![0.0; terminals],
            injected_derivative: vec![0.0; terminals],
            amplification: 1.0,
            precision,
        }
    }

    /// Takes in the diagonal block G_xx (and dG_xx/dE) of slice x of a strip.
    fn slice(
        &mut self,
        dressed: &Dressed<'_>,
        probe_of: &[Option<usize>],
        x: usize,
        g: &Matrix,
        dg: Option<&Matrix>,
    ) {
        let n = g.rows();
        self.amplification = self.amplification.max(g.max_norm());
        for k in 0..n {
            self.site(dressed, probe_of, x * n + k, k..k + 1, g, dg);
        }
        let leads = dressed.strip().into_iter().flat_map(|lattice| dressed.leads_at(lattice, x));
        leads.for_each(|(lead, terminal)| self.lead(lead, terminal, g, dg));
    }

    /// Takes in the block of the orbitals of a site, which stands in the rows and columns `at` of G.
    fn site(
        &mut self,
        dressed: &Dressed<'_>,
        probe_of: &[Option<usize>],
        site: usize,
        at: Range<usize>,
        g: &Matrix,
        dg: Option<&Matrix>,
    ) {
        let spectral: f64 = at.clone().map(|k| -2.0 * g[(k, k)].im).sum();
        self.density_of_states[site] = spectral / std::f64::consts::TAU;
        let Some(terminal) = probe_of[site] else { return };
        let (w, dw) = (dressed.sites[site].width(), dressed.sites[site].width_derivative());
        let pairs = || at.clone().flat_map(|j| at.clone().map(move |i| (i, j)));
        let square: f64 = pairs().map(|ij| g[ij].norm_sqr()).sum();
        let s = w * spectral - w * w * square;
        // what rounding leaves of a site without any other connection is no exchange
        self.outgoing[terminal] = if s > ISOLATED * w * spectral { s } else { 0.0 };
        self.injected[terminal] = w * spectral;
        if let Some(dg) = dg {
            let slope: f64 = at.clone().map(|k| 2.0 * dg[(k, k)].im).sum();
            let overlap: f64 = pairs().map(|ij| (g[ij].conj() * dg[ij]).re).sum();
            self.outgoing_derivative[terminal] =
                dw * spectral - w * slope - 2.0 * w * dw * square - 2.0 * w * w * overlap;
            let size: f64 = at.map(|k| dg[(k, k)].norm()).sum();
            self.injected_derivative[terminal] = (dw * spectral).abs() + 2.0 * w * size;
        }
    }

    /// Takes in the block of the interface of a lead.
    fn lead(&mut self, lead: &DressedLead, terminal: usize, g: &Matrix, dg: Option<&Matrix>) {
        [self.injected[terminal], self.outgoing[terminal]] = lead_outgoing(lead, g);
        if let Some(dg) = dg {
            [self.injected_derivative[terminal], self.outgoing_derivative[terminal]] =
                lead_outgoing_derivative(lead, g, dg);
        }
    }

    /// What deviations from the sum rules are compared with.
    fn scale(&self) -> f64 {
        self.injected.iter().copied().fold(CLOSED, f64::max)
    }

    /// The same for the derivatives.
    fn derivative_scale(&self) -> f64 {
        self.injected_derivative.iter().copied().fold(self.scale(), f64::max)
    }

    /// How far a sum rule may be missed.
    fn allowed(&self) -> f64 {
        SUM_RULE * (self.density_of_states.len() as f64).sqrt() * self.amplification
    }

    /// How far what is in single precision may be from what it should be.
    fn allowed_in_single(&self) -> f64 {
        (SINGLE * self.amplification).min(COARSE)
    }

    /// Compares row sums and column sums with the spectral function.
    fn audit(&self, audit: &mut Audit, t: &Sums, dt: Option<&Sums>) {
        let compare = |sums: &[f64], exact: &[f64], scale: f64| {
            sums.iter().zip(exact).map(|(a, b)| (a - b).abs()).fold(0.0, nan_max) / scale
        };
        let allowed = match self.precision {
            Precision::Double => self.allowed(),
            Precision::Single => self.allowed_in_single(),
        };
        let columns = compare(t.columns(), &self.outgoing, self.scale());
        audit.record(laws::UNITARITY, columns, allowed);
        let rows = compare(t.rows(), &self.outgoing, self.scale());
        audit.record(laws::FLUCTUATION_DISSIPATION, rows, allowed);
        if let Some(dt) = dt {
            let (exact, scale) = (&self.outgoing_derivative, self.derivative_scale());
            let worst = nan_max(compare(dt.rows(), exact, scale), compare(dt.columns(), exact, scale));
            audit.record(laws::UNITARITY_DERIVATIVE, worst, allowed);
        }
    }
}

/// `Tr Gamma A` and `S = Tr Gamma A - Tr Gamma G Gamma G^+` of a lead.
fn lead_outgoing(lead: &DressedLead, g: &Matrix) -> [f64; 2] {
    let wg = dense::multiply(&lead.width, g);
    let wgh = dense::multiply(&lead.width, &g.adjoint());
    let injected = dense::trace_of_product(&lead.width, &adjoint_difference(g));
    [injected, injected - dense::trace_of_product(&wg, &wgh)]
}

/// The size of the terms of dS/dE of a lead, and dS/dE.
fn lead_outgoing_derivative(lead: &DressedLead, g: &Matrix, dg: &Matrix) -> [f64; 2] {
    let (a, da) = (adjoint_difference(g), adjoint_difference(dg));
    let wg = dense::multiply(&lead.width, g);
    let wgh = dense::multiply(&lead.width, &g.adjoint());
    let dwg = dense::multiply(&lead.width_derivative, g);
    let dwgh = dense::multiply(&lead.width_derivative, &g.adjoint());
    let wdg = dense::multiply(&lead.width, dg);
    let injected = dense::trace_of_product(&lead.width_derivative, &a);
    let ds = injected + dense::trace_of_product(&lead.width, &da)
        - dense::trace_of_product(&dwg, &wgh)
        - dense::trace_of_product(&wg, &dwgh)
        - 2.0 * dense::trace_of_product(&wdg, &wgh);
    let size = |m: &Matrix| m.as_slice().iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
    [injected.abs() + 2.0 * size(&lead.width) * size(dg), ds]
}

/// Maximum that keeps NaN, so that a broken number is never lost.
pub(crate) fn nan_max(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// The terminal of each site.
fn probe_of(dressed: &Dressed<'_>) -> Vec<Option<usize>> {
    let mut map = vec![None; dressed.sites.len()];
    dressed.conductor.probe_sites().enumerate().for_each(|(terminal, site)| map[site] = Some(terminal));
    map
}
