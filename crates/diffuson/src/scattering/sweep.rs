//! The matrix-free route: products T mu from the correlation function, without any T_ab.
//!
//! For potentials v the correlation function is `G^n = G Sigma_in G^+`, `Sigma_in = diag(Gamma_i v_i) + sum_leads v_X Gamma_X`, and
//!
//! ```text
//! sum_b T_ab (v_b - v_a) = Gamma_a (G^n_aa - v_a A_aa),      for leads Tr Gamma_X (G^n - v_X A).
//! ```
//!
//! With left-connected g_x and `z_x = V_x G_{x+1,x+1}^+ V_x^+ g_x^+`, the diagonal blocks of G^n come from one sweep each way:
//!
//! ```text
//! forward    n_x = g_x (Sigma_in,x + V_{x-1}^+ n_{x-1} V_{x-1}) g_x^+
//! backward   G^n_x = n_x + g_x V_x G^n_{x+1} V_x^+ g_x^+ + (n_x z_x + h.c.),      starting from G^n_last = n_last.
//! ```
//!
//! Three of the five products per slice have Hermitian results and cost half: 32 n^3 real operations per slice and product. Heats are the same
//! sweep differentiated by energy at fixed v.

use super::dual::{Dual, Scratch};
use super::{Exchange, Scattered, SolveError, Spectral, Work, nan_max, probe_of};
use crate::audit::{Audit, laws};
use crate::conductor::{Blocks, Dressed};
use crate::leads::End;
use diffuson_linalg::{C64, Inverter};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    with_derivative: bool,
) -> Result<Scattered, SolveError> {
    let blocks = dressed.blocks(onsite);
    let mut spectral = Spectral::new(dressed);
    let slices = factor(dressed, &blocks, with_derivative, &mut spectral)?;
    let work = Work { inversions: slices.len(), energies: 1 };
    let terminals = dressed.conductor.terminals();
    let lead = |end: End| {
        let lead = dressed.leads[end as usize].as_ref()?;
        let width = Dual::new(&lead.width, with_derivative.then_some(&lead.width_derivative));
        Some((width, dressed.conductor.lead(end)?))
    };
    let scale = spectral.scale();
    let shared = Arc::new(Sweep {
        n: blocks.a[0].rows(),
        slices,
        couplings: blocks.v.into_iter().map(Coupling::new).collect(),
        widths: dressed.sites.iter().map(|site| [site.width(), site.width_derivative()]).collect(),
        probe_of: probe_of(dressed),
        leads: [lead(End::Left), lead(End::Right)],
        terminals,
        symmetric: dressed.conductor.is_time_reversal_symmetric(),
        outgoing: spectral.outgoing,
        outgoing_derivative: spectral.outgoing_derivative,
        injected: spectral.injected,
        free: Mutex::default(),
    });
    let mut audit = Audit::default();
    // G Gamma G^+ = A: equal potentials drive no current
    let mut out = vec![0.0; terminals];
    Sweep::current(&shared, &vec![1.0; terminals], &mut out);
    let worst = out.iter().map(|i| i.abs()).fold(0.0, nan_max) / scale;
    audit.record(laws::FLUCTUATION_DISSIPATION, worst, super::SUM_RULE * (onsite.len() as f64).sqrt());
    Ok(Scattered {
        derivative: with_derivative.then(|| Box::new(Derivative(shared.clone())) as _),
        exchange: Box::new(shared),
        density_of_states: spectral.density_of_states,
        audit,
        work,
    })
}

struct Sweep {
    n: usize,
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
    injected: Vec<f64>,
    /// Room for sweeps without derivative, between products.
    free: Mutex<Vec<Room>>,
}

/// What a sweep needs of one slice, with energy derivatives if asked for.
struct Slice {
    g: Dual,
    z: Dual,
    /// A_ii and dA_ii/dE.
    spectral: Vec<[f64; 2]>,
    /// Spectral function of an end slice.
    end: Option<Dual>,
}

/// The diagonal block of `E - H` between a slice and the next, and its complex conjugate.
struct Coupling {
    v: Vec<C64>,
    conjugate: Vec<C64>,
}

impl Coupling {
    fn new(v: Vec<C64>) -> Self {
        Self { conjugate: v.iter().map(|v| v.conj()).collect(), v }
    }
}

/// Room for one sweep.
struct Room {
    /// n_x, which become G^n_x.
    correlation: Vec<Dual>,
    injected: Dual,
    scratch: Scratch,
}

impl Room {
    fn new(slices: usize, n: usize, with_slope: bool) -> Self {
        let zeros = || Dual::zeros(n, n, with_slope);
        Self {
            correlation: (0..slices).map(|_| zeros()).collect(),
            injected: zeros(),
            scratch: Scratch::new(n, with_slope),
        }
    }
}

fn factor(
    dressed: &Dressed<'_>,
    blocks: &Blocks,
    with_derivative: bool,
    spectral: &mut Spectral,
) -> Result<Vec<Slice>, SolveError> {
    let (count, energy) = (blocks.a.len(), dressed.energy);
    let couplings: Vec<Coupling> = blocks.v.iter().cloned().map(Coupling::new).collect();
    let probe_of = probe_of(dressed);
    let mut inverter = Inverter::new(blocks.a[0].rows());
    let mut left: Vec<Dual> = Vec::with_capacity(count);
    for slice in 0..count {
        let mut a = Dual::new(&blocks.a[slice], with_derivative.then(|| &blocks.x[slice]));
        if let Some(before) = left.last() {
            let c = &couplings[slice - 1];
            a.add(-1.0, &before.dressed(&c.conjugate, &c.v));
        }
        let g = a.inverse(&mut inverter).map_err(|cause| SolveError::Singular { energy, slice, cause })?;
        left.push(g);
    }
    // G_xx = g + y g,  y = g V G_{x+1,x+1} V^+,  z = y^+
    let mut slices: Vec<Slice> = Vec::with_capacity(count);
    let mut after: Option<Dual> = None;
    for (x, g) in left.into_iter().enumerate().rev() {
        let mut full = g.clone();
        let mut z = Dual::zeros(0, 0, with_derivative);
        if let Some(next) = &after {
            let y = g.times(&next.dressed(&couplings[x].v, &couplings[x].conjugate));
            full.add_product(&y, &g);
            z = y.adjoint();
        }
        let (value, slope) = full.to_parts();
        spectral.slice(dressed, &probe_of, x, &value, slope.as_ref());
        slices.push(Slice {
            g,
            z,
            spectral: (0..value.rows())
                .map(|k| [-2.0 * value[(k, k)].im, slope.as_ref().map_or(0.0, |s| -2.0 * s[(k, k)].im)])
                .collect(),
            end: (x == 0 || x + 1 == count)
                .then(|| full.rearranged(|g, i, j| C64::I * (g.col(j)[i] - g.col(i)[j].conj()))),
        });
        after = Some(full);
    }
    slices.reverse();
    Ok(slices)
}

impl Sweep {
    /// `sum_b T_ab (v_b - v_a)`.
    fn current(&self, v: &[f64], out: &mut [f64]) {
        let room = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut room = room.unwrap_or_else(|| Room::new(self.slices.len(), self.n, false));
        self.sweep(&mut room, v, |terminal, [current, _]| out[terminal] = current);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(room);
    }

    /// Its energy derivative at fixed `v`.
    fn current_derivative(&self, v: &[f64], out: &mut [f64]) {
        let mut room = Room::new(self.slices.len(), self.n, true);
        self.sweep(&mut room, v, |terminal, [_, slope]| out[terminal] = slope);
    }

    /// Sweeps forward and backward; hands out the current into each terminal and, if there is room for it, its energy derivative.
    fn sweep(&self, room: &mut Room, v: &[f64], mut take: impl FnMut(usize, [f64; 2])) {
        let Room { correlation, injected, scratch } = room;
        for (x, slice) in self.slices.iter().enumerate() {
            let (done, rest) = correlation.split_at_mut(x);
            self.inject(x, v, done.last(), injected);
            rest[0].congruence(false, &slice.g, injected, scratch);
        }
        for (x, slice) in self.slices.iter().enumerate().rev() {
            let (before, after) = correlation.split_at_mut(x + 1);
            let here = &mut before[x];
            if let Some(next) = after.first() {
                let c = &self.couplings[x];
                injected.set_dressed(&c.v, next, &c.conjugate);
                here.add_own_product_and_adjoint(&slice.z, scratch);
                here.congruence(true, &slice.g, injected, scratch);
            }
            for (k, a) in slice.spectral.iter().enumerate() {
                let site = x * self.n + k;
                let Some(terminal) = self.probe_of[site] else { continue };
                let [w, dw] = self.widths[site];
                let [g, dg] = here.diagonal(k);
                let (excess, slope) = (g - v[terminal] * a[0], dg - v[terminal] * a[1]);
                take(terminal, [w * excess, dw * excess + w * slope]);
            }
            for (width, terminal) in self.leads_of(x) {
                if let Some(a) = &slice.end {
                    let (current, equal) = (width.overlap(here), width.overlap(a));
                    let v = v[*terminal];
                    take(*terminal, [current[0] - v * equal[0], current[1] - v * equal[1]]);
                }
            }
        }
    }

    /// `Sigma_in + V_{x-1}^+ n_{x-1} V_{x-1}` of slice x.
    fn inject(&self, x: usize, v: &[f64], before: Option<&Dual>, out: &mut Dual) {
        match before {
            Some(before) => {
                let c = &self.couplings[x - 1];
                out.set_dressed(&c.conjugate, before, &c.v);
            }
            None => out.clear(),
        }
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
        &self.injected
    }

    fn is_symmetric(&self) -> bool {
        self.symmetric
    }
}

struct Derivative(Arc<Sweep>);

impl Exchange for Derivative {
    fn terminals(&self) -> usize {
        self.0.terminals
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        self.0.current_derivative(v, out);
    }

    #[allow(clippy::misnamed_getters)] // of the derivative, the sums over the derivative
    fn outgoing(&self) -> &[f64] {
        &self.0.outgoing_derivative
    }

    fn is_symmetric(&self) -> bool {
        self.0.symmetric
    }
}
