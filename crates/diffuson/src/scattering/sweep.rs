//! The matrix-free route: products T mu from the correlation function, without any T_ab.
//!
//! For potentials v the correlation function is `G^n = G Sigma_in G^+`, `Sigma_in = diag(Gamma_i v_i) + sum_leads v_X Gamma_X`, and
//!
//! ```text
//! sum_b T_ab (v_b - v_a) = Gamma_a (G^n_aa - v_a A_aa),      for leads Tr Gamma_X (G^n - v_X A).
//! ```
//!
//! What comes into a slice from either side is that of the conductor cut off there, so that the diagonal blocks of G^n need one sweep each way
//! and one product more:
//!
//! ```text
//! n^L_x = g^L_x (Sigma_in,x + V_{x-1}^+ n^L_{x-1} V_{x-1}) (g^L_x)^+,
//! n^R_x = g^R_x (Sigma_in,x + V_x n^R_{x+1} V_x^+) (g^R_x)^+,
//! G^n_x = G_xx (Sigma_in,x + V_{x-1}^+ n^L_{x-1} V_{x-1} + V_x n^R_{x+1} V_x^+) G_xx^+.
//! ```
//!
//! All are Hermitian and positive for positive v: nothing large cancels. Two of the five products per slice are known to be Hermitian and
//! cost half; of the last line the diagonal suffices, which costs half of one: 28 n^3 real operations per slice and product T mu. Heats are
//! the same sweeps differentiated by energy at fixed v.

use super::dual::{Dual, Scratch, WithAdjoint};
use super::slices::{Coupling, Slices};
use super::{Exchange, Pool, Precision, Scattered, SolveError, Spectral, Work, nan_max, probe_of};
use crate::audit::{Audit, laws};
use crate::conductor::Dressed;
use crate::leads::End;
use diffuson_linalg::C64;
use std::sync::Arc;

pub(super) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    with_derivative: bool,
) -> Result<Scattered, SolveError> {
    let blocks = dressed.blocks(onsite)?;
    let couplings = Coupling::all(&blocks);
    let Slices { left, right, full, inversions } =
        Slices::new(&blocks, &couplings, dressed.energy, with_derivative)?;
    let probe_of = probe_of(dressed);
    let mut spectral = Spectral::new(dressed, Precision::Double);
    let last = full.len() - 1;
    let slice = |(x, g): (usize, Dual)| {
        let (value, slope) = g.to_parts();
        spectral.slice(dressed, &probe_of, x, &value, slope.as_ref());
        Slice::new(g, x == 0 || x == last)
    };
    let slices: Vec<Slice> = full.into_iter().enumerate().map(slice).collect();
    let terminals = dressed.conductor.terminals();
    let lead = |end: End| {
        let (lead, terminal) = dressed.lead(end)?;
        let width = Dual::new(&lead.width, with_derivative.then_some(&lead.width_derivative));
        Some((width, terminal))
    };
    let scales = Scales {
        current: spectral.scale(),
        derivative: with_derivative.then(|| spectral.derivative_scale()),
        allowed: spectral.allowed(),
    };
    let amplified = |terms: Vec<f64>| terms.into_iter().map(|s| s * spectral.amplification).collect();
    let shared = Arc::new(Sweep {
        n: blocks.a[0].rows(),
        left: left.into_iter().map(WithAdjoint::new).collect(),
        right: right.into_iter().map(WithAdjoint::new).collect(),
        slices,
        couplings,
        widths: dressed.sites.iter().map(|site| [site.width(), site.width_derivative()]).collect(),
        probe_of,
        leads: [lead(End::Left), lead(End::Right)],
        terminals,
        symmetric: dressed.conductor.is_time_reversal_symmetric(),
        outgoing: spectral.outgoing,
        outgoing_derivative: spectral.outgoing_derivative,
        terms: amplified(spectral.injected),
        derivative_terms: amplified(spectral.injected_derivative),
        pool: dressed.conductor.pool.clone(),
    });
    let audit = shared.audit(&scales);
    Ok(Scattered {
        derivative: with_derivative.then(|| Box::new(Derivative(shared.clone())) as _),
        exchange: Box::new(shared),
        density_of_states: spectral.density_of_states,
        audit,
        work: Work { inversions, energies: 1, ..Work::default() },
    })
}

struct Sweep {
    n: usize,
    /// g^L of all slices but the last, g^R of all but the first.
    left: Vec<WithAdjoint>,
    right: Vec<WithAdjoint>,
    slices: Vec<Slice>,
    couplings: Vec<Coupling>,
    /// Gamma and dGamma/dE of each site.
    widths: Vec<[f64; 2]>,
    probe_of: Vec<Option<usize>>,
    /// Level-width matrix and terminal of each lead.
    leads: [Option<(Dual, usize)>; 2],
    terminals: usize,
    symmetric: bool,
    outgoing: Vec<f64>,
    outgoing_derivative: Vec<f64>,
    /// Scales of rounding in the currents and in their derivatives.
    terms: Vec<f64>,
    derivative_terms: Vec<f64>,
    pool: Arc<Pool>,
}

/// What a sweep needs of one slice of the whole conductor, with energy derivatives if asked for.
struct Slice {
    g: Dual,
    /// `A = i (G - G^+)`: its diagonal, and the whole of an end slice, with G.
    spectral: Vec<[f64; 2]>,
    end: Option<(Dual, WithAdjoint)>,
}

impl Slice {
    fn new(g: Dual, is_end: bool) -> Self {
        let a = g.rearranged(|g, i, j| C64::I * (g.col(j)[i] - g.col(i)[j].conj()));
        let sites = g.cols();
        let spectral = (0..sites).map(|k| a.diagonal(k)).collect();
        Self { spectral, end: is_end.then(|| (a, WithAdjoint::new(g.clone()))), g }
    }
}

/// Room for one sweep each way, through one conductor.
#[derive(Debug)]
pub(super) struct Room {
    /// n^L of all slices but the last.
    left: Vec<Dual>,
    /// n^R of the slice before and of this one.
    right: [Dual; 2],
    /// All that enters a slice, and G^n of an end slice.
    entering: Dual,
    correlation: Dual,
    scratch: Scratch,
}

impl Room {
    fn new(slices: usize, n: usize, with_slope: bool) -> Self {
        let zeros = || Dual::zeros(n, n, with_slope);
        Self {
            left: (1..slices).map(|_| zeros()).collect(),
            right: [zeros(), zeros()],
            entering: zeros(),
            correlation: zeros(),
            scratch: Scratch::new(n, with_slope),
        }
    }
}

/// What deviations from the laws are compared with, and how large they may be.
struct Scales {
    current: f64,
    derivative: Option<f64>,
    allowed: f64,
}

impl Sweep {
    /// Checks what a few products can tell of transmissions that nobody has computed, with potentials of no regularity.
    fn audit(&self, scales: &Scales) -> Audit {
        let irregular =
            |step: f64| -> Vec<f64> { (1..=self.terminals).map(|a| (step * a as f64).fract()).collect() };
        let current = |v: &[f64]| {
            let mut out = vec![0.0; self.terminals];
            self.current(v, &mut out);
            out
        };
        let mut audit = Audit::default();
        let u = irregular(0.5 * (5f64.sqrt() - 1.0));
        let from_u = current(&u);
        // what enters leaves: sum_ab T_ab (u_b - u_a) = 0
        let excess = from_u.iter().sum::<f64>().abs() / scales.current;
        audit.record(laws::UNITARITY, excess, scales.allowed);
        // G Gamma G^+ = A: equal potentials drive no current, at any energy
        let mut worst = [0.0; 2];
        self.sweep(scales.derivative.is_some(), &vec![1.0; self.terminals], |_, current| {
            worst = [0, 1].map(|k| nan_max(worst[k], current[k].abs()));
        });
        audit.record(laws::FLUCTUATION_DISSIPATION, worst[0] / scales.current, scales.allowed);
        if let Some(scale) = scales.derivative {
            audit.record(laws::UNITARITY_DERIVATIVE, worst[1] / scale, scales.allowed);
        }
        if self.symmetric {
            // sum_ab v_a T_ab u_b = sum_ab u_a T_ab v_b
            let v = irregular(2f64.sqrt());
            let work = |v: &[f64], currents: &[f64]| v.iter().zip(currents).map(|(v, i)| v * i).sum::<f64>();
            let asymmetry = (work(&v, &from_u) - work(&u, &current(&v))).abs() / scales.current;
            audit.record(laws::RECIPROCITY, asymmetry, scales.allowed);
        }
        audit
    }

    /// `sum_b T_ab (v_b - v_a)`.
    fn current(&self, v: &[f64], out: &mut [f64]) {
        self.sweep(false, v, |terminal, [current, _]| out[terminal] = current);
    }

    /// Its energy derivative at fixed `v`.
    fn current_derivative(&self, v: &[f64], out: &mut [f64]) {
        self.sweep(true, v, |terminal, [_, slope]| out[terminal] = slope);
    }

    /// Hands out the current into each terminal and, if asked for, its energy derivative, else 0.
    fn sweep(&self, with_slope: bool, v: &[f64], take: impl FnMut(usize, [f64; 2])) {
        let room = self.pool.take_room(with_slope);
        let mut room = room.unwrap_or_else(|| Room::new(self.slices.len(), self.n, with_slope));
        self.sweep_in(&mut room, v, take);
        self.pool.give_back(room, with_slope);
    }

    /// Sweeps both ways, with derivatives if there is room for them.
    fn sweep_in(&self, room: &mut Room, v: &[f64], mut take: impl FnMut(usize, [f64; 2])) {
        let Room { left, right: [after, here], entering, correlation, scratch } = room;
        let last = self.slices.len() - 1;
        for x in 0..last {
            let (done, rest) = left.split_at_mut(x);
            match done.last() {
                Some(before) => self.couplings[x - 1].forward(false, 1.0, before, entering),
                None => entering.clear(),
            }
            self.inject(x, v, entering);
            rest[0].congruence(&self.left[x], entering, scratch);
        }
        for x in (0..=last).rev() {
            if x < last {
                self.couplings[x].backward(false, 1.0, after, entering);
            } else {
                entering.clear();
            }
            self.inject(x, v, entering);
            if x > 0 {
                here.congruence(&self.right[x - 1], entering, scratch);
                std::mem::swap(here, after);
                self.couplings[x - 1].forward(true, 1.0, &left[x - 1], entering);
            }
            self.currents(x, v, entering, correlation, scratch, &mut take);
        }
    }

    /// Adds `Sigma_in` of slice x.
    fn inject(&self, x: usize, v: &[f64], out: &mut Dual) {
        for k in 0..self.n {
            let site = x * self.n + k;
            if let Some(terminal) = self.probe_of[site] {
                out.add_to_diagonal(k, self.widths[site].map(|w| w * v[terminal]));
            }
        }
        for (width, terminal) in self.leads_of(x) {
            out.add(v[*terminal], width);
        }
    }

    /// Currents into the terminals at slice x, from all that enters it, which is used up.
    fn currents(
        &self,
        x: usize,
        v: &[f64],
        entering: &mut Dual,
        correlation: &mut Dual,
        scratch: &mut Scratch,
        take: &mut impl FnMut(usize, [f64; 2]),
    ) {
        let slice = &self.slices[x];
        let diagonal = if let Some((_, g)) = &slice.end {
            correlation.congruence(g, entering, scratch);
            (0..self.n).map(|k| correlation.diagonal(k)).collect()
        } else {
            slice.g.row_forms(entering, scratch)
        };
        for (k, [g, dg]) in diagonal.into_iter().enumerate() {
            let site = x * self.n + k;
            let Some(terminal) = self.probe_of[site] else { continue };
            let ([w, dw], [a, da]) = (self.widths[site], slice.spectral[k]);
            let (excess, slope) = (g - v[terminal] * a, dg - v[terminal] * da);
            take(terminal, [w * excess, dw * excess + w * slope]);
        }
        for (width, terminal) in self.leads_of(x) {
            if let Some((a, _)) = &slice.end {
                let (current, equal) = (width.overlap(correlation), width.overlap(a));
                let v = v[*terminal];
                take(*terminal, [current[0] - v * equal[0], current[1] - v * equal[1]]);
            }
        }
    }

    fn leads_of(&self, x: usize) -> impl Iterator<Item = &(Dual, usize)> {
        let ends = [0, self.slices.len() - 1];
        self.leads.iter().zip(ends).filter(move |(_, end)| *end == x).filter_map(|(lead, _)| lead.as_ref())
    }
}

impl Exchange for Arc<Sweep> {
    fn terminals(&self) -> usize {
        self.terminals
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        Sweep::current(self, v, out);
    }

    fn outgoing(&self) -> &[f64] {
        &self.outgoing
    }

    fn terms(&self) -> &[f64] {
        &self.terms
    }

    fn is_symmetric(&self) -> bool {
        self.symmetric
    }
}

struct Derivative(Arc<Sweep>);

#[allow(clippy::misnamed_getters)] // of the derivative, the numbers of the derivative
impl Exchange for Derivative {
    fn terminals(&self) -> usize {
        self.0.terminals
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        self.0.current_derivative(v, out);
    }

    fn outgoing(&self) -> &[f64] {
        &self.0.outgoing_derivative
    }

    fn terms(&self) -> &[f64] {
        &self.0.derivative_terms
    }

    fn is_symmetric(&self) -> bool {
        self.0.symmetric
    }
}
