//! Amplitudes between the channels of all terminals, probes among them.
//!
//! A probe has one channel for each orbital of its site, `W = sqrt(Gamma)` there; a lead has its modes. With these
//!
//! ```text
//! s = i W_out^+ G W_in - 1
//! ```
//!
//! (between the modes of a lead `Phi_out^+ Gamma Phi_in` in place of 1) is unitary, and `|s_ab|^2` summed over the channels of two terminals is T_ab.
//!
//! # Never as a matrix
//!
//! Between N channels s has N^2 entries, and products of such matrices take 8 N^3 operations. Noise needs only columns of s and of `s^+ D s`, D diagonal, some at a time:
//! [`Amplitudes::times`] and [`Amplitudes::adjoint_times`] solve for them with the sparse factors of `E - H - Sigma`, for 16 e real operations a column, where the
//! factors have e entries; in two dimensions all columns take some 60 N^2 log_2 N operations (of N = 2000 sites, a tenth of one product). The adjoint Green function is
//! `G^+ = conj(G^T)`, and G^T that of the reversed magnetic field, which takes factors of its own where there is a field. Only the factors are kept.

use crate::audit::Audit;
use crate::conductor::Dressed;
use crate::scattering::{Channels, Factorised, Field, SMatrix, SolveError, Work};
use diffuson_linalg::sparse::Parallelism;
use diffuson_linalg::{C64, Matrix, Op, Panel, product};
use std::ops::Range;
use std::sync::Arc;

/// Amplitudes from the incoming into the outgoing channels of all terminals at one energy, for one realisation of the disorder.
///
/// Terminals are those of the conductor: the probes, by site, then the leads. Channels are counted terminal after terminal.
pub struct Amplitudes<'d> {
    source: Source<'d>,
    /// First channel of each terminal, then the number of channels.
    first: Vec<usize>,
    energy: f64,
    audit: Audit,
}

enum Source<'d> {
    Given(Matrix),
    Conductor(Box<Opened<'d>>),
}

/// A conductor and the channels that open it.
struct Opened<'d> {
    factorised: Factorised<'d>,
    /// In the reversed magnetic field, if there is one.
    reversed: Option<Factorised<'d>>,
    orbitals: usize,
    /// Orbital of each channel of the probes, and sqrt(Gamma).
    probes: Vec<(usize, f64)>,
    leads: Vec<(&'d [usize], Arc<Channels>)>,
}

impl<'d> Amplitudes<'d> {
    /// For one realisation of the on-site energies (in t, one per site), by nested dissection: conductors of any shape.
    ///
    /// # Errors
    /// [`SolveError`] if `E - H - Sigma` is singular, or the modes of a lead cannot be found.
    ///
    /// # Panics
    /// If `onsite` does not hold one energy per site.
    pub fn new(dressed: &'d Dressed<'d>, onsite: &[f64]) -> Result<Self, SolveError> {
        let conductor = dressed.conductor();
        let h = conductor.hamiltonian();
        let factors = |field| Factorised::in_field(dressed, onsite, field, Parallelism::Sequential);
        let factorised = factors(Field::AsIs)?;
        let reversed =
            if conductor.is_time_reversal_symmetric() { None } else { Some(factors(Field::Reversed)?) };
        let mut first = vec![0];
        let mut probes = Vec::new();
        for (site, width) in conductor.probe_sites().zip(dressed.probe_widths()) {
            probes.extend(h.orbitals_of(site).map(|orbital| (orbital, width.max(0.0).sqrt())));
            first.push(probes.len());
        }
        let mut leads = Vec::new();
        for (lead, channels) in dressed.channels()?.iter().enumerate() {
            first.push(first[first.len() - 1] + channels.incoming.cols());
            leads.push((conductor.interface(lead), channels.clone()));
        }
        let mut audit = factorised.audit();
        reversed.iter().for_each(|factors| audit.merge(&factors.audit()));
        let opened = Opened { factorised, reversed, orbitals: h.orbitals(), probes, leads };
        Ok(Self { source: Source::Conductor(Box::new(opened)), first, energy: dressed.energy(), audit })
    }

    /// Number of terminals.
    pub fn terminals(&self) -> usize {
        self.first.len() - 1
    }

    /// Number of channels of all terminals.
    pub fn channels(&self) -> usize {
        self.first[self.terminals()]
    }

    /// The channels of a terminal.
    pub fn channels_of(&self, terminal: usize) -> Range<usize> {
        self.first[terminal]..self.first[terminal + 1]
    }

    /// The terminal of each channel.
    pub(super) fn owners(&self) -> Vec<usize> {
        (0..self.terminals()).flat_map(|t| self.channels_of(t).map(move |_| t)).collect()
    }

    /// Energy, in t.
    pub fn energy(&self) -> f64 {
        self.energy
    }

    /// Laws of the solver. That s is unitary is audited where it is used.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Work done so far.
    pub fn work(&self) -> Work {
        match &self.source {
            Source::Given(_) => Work::default(),
            Source::Conductor(opened) => {
                let mut work = opened.factorised.work();
                opened.reversed.iter().for_each(|factors| work += factors.work());
                Work { energies: 1, ..work }
            }
        }
    }

    /// `s v`: rows of `v` and of the result are channels.
    ///
    /// # Panics
    /// If `v` has not as many rows as there are channels.
    pub fn times(&self, v: &Matrix) -> Matrix {
        self.check(v);
        match &self.source {
            Source::Given(s) => multiply((s.all(), Op::Plain), v),
            Source::Conductor(opened) => {
                let x = opened.factorised.solve(opened.spread(v, |lead| &lead.incoming));
                opened.scattered(&x, v)
            }
        }
    }

    /// Columns of s: amplitudes from some channels into all.
    ///
    /// # Panics
    /// If there are no such channels.
    pub fn columns(&self, which: Range<usize>) -> Matrix {
        assert!(which.end <= self.channels(), "channels {which:?} of {}", self.channels());
        let opened = match &self.source {
            Source::Given(s) => {
                return Matrix::from_fn(s.rows(), which.len(), |i, j| s[(i, which.start + j)]);
            }
            Source::Conductor(opened) => opened,
        };
        let unit = Matrix::from_fn(self.channels(), which.len(), |i, j| {
            if i == which.start + j { C64::ONE } else { C64::ZERO }
        });
        if which.end > opened.probes.len() {
            return self.times(&unit);
        }
        // single orbitals: on their way forward they pass few fronts
        let probes = &opened.probes[which];
        let orbitals: Vec<usize> = probes.iter().map(|&(orbital, _)| orbital).collect();
        let mut x = opened.factorised.columns(&orbitals);
        for (j, &(_, w)) in probes.iter().enumerate() {
            x.col_mut(j).iter_mut().for_each(|z| *z *= w);
        }
        opened.scattered(&x, &unit)
    }

    /// `s^+ v`: rows of `v` and of the result are channels.
    ///
    /// # Panics
    /// If `v` has not as many rows as there are channels.
    pub fn adjoint_times(&self, v: &Matrix) -> Matrix {
        self.check(v);
        match &self.source {
            Source::Given(s) => multiply((s.all(), Op::Adjoint), v),
            Source::Conductor(opened) => {
                let mut x = opened.spread(v, |lead| &lead.outgoing);
                let conjugate = |m: &mut Matrix| m.as_mut_slice().iter_mut().for_each(|z| *z = z.conj());
                conjugate(&mut x);
                x = opened.reversed.as_ref().unwrap_or(&opened.factorised).solve(x);
                conjugate(&mut x);
                let mut out = opened.gathered(&x, |lead| &lead.incoming);
                out.as_mut_slice().iter_mut().for_each(|z| *z *= -C64::I);
                opened.subtract_direct(&mut out, v, Op::Adjoint);
                out
            }
        }
    }

    /// All amplitudes: outgoing channels as rows, incoming ones as columns. For conductors of few channels: 16 bytes an entry.
    pub fn matrix(&self) -> Matrix {
        self.columns(0..self.channels())
    }

    fn check(&self, v: &Matrix) {
        assert_eq!(v.rows(), self.channels(), "a row for each channel");
    }
}

/// Any terminals may float, so that leads of an S matrix can be probes: a cavity with a probe of many channels, say.
impl From<&SMatrix> for Amplitudes<'static> {
    fn from(s: &SMatrix) -> Self {
        let mut first: Vec<usize> = (0..s.leads()).map(|lead| s.channels(lead).start).collect();
        first.push(s.data().cols());
        Self { source: Source::Given(s.data().clone()), first, energy: s.energy, audit: s.audit.clone() }
    }
}

impl Opened<'_> {
    /// `W v`, on all orbitals.
    fn spread(&self, v: &Matrix, part: impl Fn(&Channels) -> &Matrix) -> Matrix {
        let mut out = Matrix::zeros(self.orbitals, v.cols());
        for c in 0..v.cols() {
            let (v, out) = (v.col(c), out.col_mut(c));
            self.probes.iter().zip(v).for_each(|(&(orbital, w), v)| out[orbital] += w * v);
        }
        let mut at = self.probes.len();
        for (interface, channels) in &self.leads {
            let w = part(channels);
            let mut on_interface = Matrix::zeros(w.rows(), v.cols());
            let own = v.block(at..at + w.cols(), 0..v.cols());
            product(on_interface.all_mut(), false, 1.0, (w.all(), Op::Plain), (own, Op::Plain));
            for c in 0..v.cols() {
                let out = out.col_mut(c);
                interface.iter().zip(on_interface.col(c)).for_each(|(&orbital, z)| out[orbital] += z);
            }
            at += w.cols();
        }
        out
    }

    /// `W^+ x`.
    fn gathered(&self, x: &Matrix, part: impl Fn(&Channels) -> &Matrix) -> Matrix {
        let channels = self.probes.len() + self.leads.iter().map(|(_, c)| part(c).cols()).sum::<usize>();
        let mut out = Matrix::zeros(channels, x.cols());
        for c in 0..x.cols() {
            let (x, out) = (x.col(c), out.col_mut(c));
            self.probes.iter().zip(out).for_each(|(&(orbital, w), z)| *z = w * x[orbital]);
        }
        let mut at = self.probes.len();
        for (interface, channels) in &self.leads {
            let w = part(channels);
            let on_interface = Matrix::from_fn(w.rows(), x.cols(), |i, c| x[(interface[i], c)]);
            let own = out.block_mut(at..at + w.cols(), 0..x.cols());
            product(own, false, 1.0, (w.all(), Op::Adjoint), (on_interface.all(), Op::Plain));
            at += w.cols();
        }
        out
    }

    /// `i W_out^+ x - D v` of `x = G W_in v`.
    fn scattered(&self, x: &Matrix, v: &Matrix) -> Matrix {
        let mut out = self.gathered(x, |lead| &lead.outgoing);
        out.as_mut_slice().iter_mut().for_each(|z| *z *= C64::I);
        self.subtract_direct(&mut out, v, Op::Plain);
        out
    }

    /// `out -= op(D) v`, D what does not enter the conductor.
    fn subtract_direct(&self, out: &mut Matrix, v: &Matrix, op: Op) {
        let probes = self.probes.len();
        for c in 0..v.cols() {
            let of_probes = &v.col(c)[..probes];
            out.col_mut(c).iter_mut().zip(of_probes).for_each(|(z, v)| *z -= v);
        }
        let mut at = probes;
        for (_, channels) in &self.leads {
            let own = at..at + channels.direct.cols();
            let v = v.block(own.clone(), 0..v.cols());
            let cols = out.cols();
            let out = out.block_mut(own.clone(), 0..cols);
            product(out, true, -1.0, (channels.direct.all(), op), (v, Op::Plain));
            at = own.end;
        }
    }
}

fn multiply((a, op): (Panel<'_>, Op), v: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(v.rows(), v.cols());
    product(out.all_mut(), false, 1.0, (a, op), (v.all(), Op::Plain));
    out
}
