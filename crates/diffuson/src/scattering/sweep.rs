//! The matrix-free route: products T mu from the correlation function, without any T_ab.
//!
//! For potentials v the correlation function is `G^n = G Sigma_in G^+`, `Sigma_in = diag(Gamma_i v_i) + sum_leads v_X Gamma_X`, and
//!
//! ```text
//! sum_b T_ab (v_b - v_a) = Gamma_a (G^n_aa - v_a A_aa),      for leads Tr Gamma_X (G^n - v_X A).
//! ```
//!
//! With left-connected g_x, `k_x = g_x V_x` and `z_x = V_x G_{x+1,x+1}^+ V_x^+ g_x^+`, the diagonal blocks of G^n come from one sweep each way:
//!
//! ```text
//! forward    n_x = g_x (Sigma_in,x + V_{x-1}^+ n_{x-1} V_{x-1}) g_x^+
//! backward   G^n_x = n_x + k_x G^n_{x+1} k_x^+ + (n_x z_x + h.c.),      starting from G^n_last = n_last.
//! ```
//!
//! Three of the five products per slice have Hermitian results and cost half: 32 n^3 real operations per slice and product. Heats are the same
//! sweep differentiated by energy at fixed v.

use super::dense::{multiply, trace_of_product};
use super::{Exchange, Scattered, SolveError, Spectral, Work, nan_max, probe_of};
use crate::audit::{Audit, laws};
use crate::conductor::{Blocks, Dressed, DressedLead};
use crate::leads::End;
use diffuson_linalg::{C64, Inverter, Matrix, Op, adjoint_difference, product, product_hermitian};
use std::sync::Arc;

pub(super) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    with_derivative: bool,
) -> Result<Scattered, SolveError> {
    let blocks = dressed.blocks(onsite);
    let mut work = Work { inversions: 0, energies: 1 };
    let mut spectral = Spectral::new(dressed);
    let slices = factor(dressed, &blocks, with_derivative, &mut spectral, &mut work)?;
    let terminals = dressed.conductor.terminals();
    let probe_of = probe_of(dressed);
    let (sites, n) = (dressed.sites.len(), blocks.a[0].rows());
    let mut widths = vec![[0.0; 2]; sites];
    for (w, site) in widths.iter_mut().zip(&dressed.sites) {
        *w = [site.width(), site.width_derivative()];
    }
    let lead = |end: End| {
        let lead = dressed.leads[end as usize].clone()?;
        Some((lead, dressed.conductor.lead(end)?))
    };
    let scale = spectral.scale();
    let shared = Arc::new(Sweep {
        n,
        slices,
        couplings: blocks.v,
        widths,
        probe_of,
        leads: [lead(End::Left), lead(End::Right)],
        terminals,
        symmetric: dressed.conductor.is_time_reversal_symmetric(),
        outgoing: spectral.outgoing,
        outgoing_derivative: spectral.outgoing_derivative,
        injected: spectral.injected,
    });
    let mut audit = Audit::default();
    // G Gamma G^+ = A: equal potentials drive no current
    let mut out = vec![0.0; terminals];
    shared.current(&vec![1.0; terminals], &mut out);
    let worst = out.iter().map(|i| i.abs()).fold(0.0, nan_max) / scale;
    audit.record(laws::FLUCTUATION_DISSIPATION, worst, super::SUM_RULE * (sites as f64).sqrt());
    Ok(Scattered {
        derivative: with_derivative.then(|| Box::new(SweepDerivative(shared.clone())) as _),
        exchange: Box::new(SharedSweep(shared)),
        density_of_states: spectral.density_of_states,
        audit,
        work,
    })
}

/// What a sweep needs of one slice, with energy derivatives if asked for.
struct Slice {
    g: Matrix,
    k: Matrix,
    z: Matrix,
    spectral: Vec<f64>,
    /// Spectral function of an end slice.
    end: Option<Matrix>,
    slope: Option<Box<Slope>>,
}

struct Slope {
    g: Matrix,
    k: Matrix,
    z: Matrix,
    spectral: Vec<f64>,
    end: Option<Matrix>,
}

struct Sweep {
    n: usize,
    slices: Vec<Slice>,
    couplings: Vec<Vec<C64>>,
    /// Gamma and dGamma/dE of each site.
    widths: Vec<[f64; 2]>,
    probe_of: Vec<Option<usize>>,
    leads: [Option<(DressedLead, usize)>; 2],
    terminals: usize,
    symmetric: bool,
    outgoing: Vec<f64>,
    outgoing_derivative: Vec<f64>,
    injected: Vec<f64>,
}

fn factor(
    dressed: &Dressed<'_>,
    blocks: &Blocks,
    with_derivative: bool,
    spectral: &mut Spectral,
    work: &mut Work,
) -> Result<Vec<Slice>, SolveError> {
    let (count, n) = (blocks.a.len(), blocks.a[0].rows());
    let probe_of = probe_of(dressed);
    let mut inverter = Inverter::new(n);
    let mut left: Vec<(Matrix, Option<Matrix>)> = Vec::with_capacity(count);
    for x in 0..count {
        let mut a = blocks.a[x].clone();
        let mut unit = with_derivative.then(|| blocks.x[x].clone());
        if let Some((g, dg)) = left.last() {
            let v = &blocks.v[x - 1];
            subtract_dressed(&mut a, g, v);
            if let (Some(unit), Some(dg)) = (&mut unit, dg) {
                subtract_dressed(unit, dg, v);
            }
        }
        let mut g = Matrix::zeros(n, n);
        inverter.invert(&a, &mut g).map_err(|cause| SolveError::Singular {
            energy: dressed.energy,
            slice: x,
            cause,
        })?;
        work.inversions += 1;
        let dg = unit.map(|unit| {
            let mut dg = Matrix::zeros(n, n);
            let xg = multiply(&unit, &g);
            product(dg.all_mut(), false, -1.0, (g.all(), Op::Plain), (xg.all(), Op::Plain));
            dg
        });
        left.push((g, dg));
    }
    // backward: G_xx = g + y V^+ g,  y = k G_{x+1,x+1},  z = (y V^+)^+
    let mut slices: Vec<Slice> = Vec::with_capacity(count);
    let mut after: Option<(Matrix, Option<Matrix>)> = None;
    for (x, (g, dg)) in left.into_iter().enumerate().rev() {
        let mut full = g.clone();
        let mut d_full = dg.clone();
        let (mut k, mut z) = (Matrix::zeros(n, n), Matrix::zeros(n, n));
        let (mut dk, mut dz) = (Matrix::zeros(n, n), Matrix::zeros(n, n));
        if let Some((next, d_next)) = &after {
            let v = &blocks.v[x];
            let forward = |m: &Matrix| Matrix::from_fn(n, n, |i, j| m[(i, j)] * v[j]);
            let backward = |m: &Matrix| Matrix::from_fn(n, n, |i, j| m[(i, j)] * v[j].conj());
            k = forward(&g);
            let y = backward(&multiply(&k, next));
            accumulate(&mut full, &y, &g);
            if let (Some(dg), Some(d_full), Some(d_next)) = (&dg, &mut d_full, d_next) {
                dk = forward(dg);
                let mut dy = multiply(&dk, next);
                accumulate(&mut dy, &k, d_next);
                let dy = backward(&dy);
                accumulate(d_full, &dy, &g);
                accumulate(d_full, &y, dg);
                dz = dy.adjoint();
            }
            z = y.adjoint();
        }
        spectral.slice(dressed, &probe_of, x, &full, d_full.as_ref());
        let is_end = x == 0 || x + 1 == count;
        let diagonal = |m: &Matrix| (0..n).map(|i| -2.0 * m[(i, i)].im).collect();
        slices.push(Slice {
            spectral: diagonal(&full),
            end: is_end.then(|| adjoint_difference(&full)),
            slope: dg.zip(d_full.as_ref()).map(|(dg, d_full)| {
                Box::new(Slope {
                    g: dg,
                    k: dk,
                    z: dz,
                    spectral: diagonal(d_full),
                    end: is_end.then(|| adjoint_difference(d_full)),
                })
            }),
            g,
            k,
            z,
        });
        after = Some((full, d_full));
    }
    slices.reverse();
    Ok(slices)
}

/// `out += a b`.
fn accumulate(out: &mut Matrix, a: &Matrix, b: &Matrix) {
    product(out.all_mut(), true, 1.0, (a.all(), Op::Plain), (b.all(), Op::Plain));
}

/// `a -= V^+ g V` with diagonal V.
fn subtract_dressed(a: &mut Matrix, g: &Matrix, v: &[C64]) {
    for j in 0..g.cols() {
        for ((a, g), v_i) in a.col_mut(j).iter_mut().zip(g.col(j)).zip(v) {
            *a -= v_i.conj() * g * v[j];
        }
    }
}

impl Sweep {
    /// The potential at a site's probe, if it has one.
    fn potential(&self, site: usize, v: &[f64]) -> f64 {
        self.probe_of[site].map_or(0.0, |terminal| v[terminal])
    }

    /// `V^+ n V + Sigma_in` of slice x; the derivative uses dGamma/dE.
    fn injection(&self, x: usize, v: &[f64], before: Option<&Matrix>, derivative: bool) -> Matrix {
        let n = self.n;
        let mut m = Matrix::zeros(n, n);
        if let Some(before) = before {
            let c = &self.couplings[x - 1];
            for j in 0..n {
                for ((m, b), c_i) in m.col_mut(j).iter_mut().zip(before.col(j)).zip(c) {
                    *m = c_i.conj() * b * c[j];
                }
            }
        }
        for k in 0..n {
            let site = x * n + k;
            m[(k, k)] += self.widths[site][usize::from(derivative)] * self.potential(site, v);
        }
        for (lead, terminal) in self.leads_of(x) {
            let width = if derivative { &lead.width_derivative } else { &lead.width };
            m.as_mut_slice().iter_mut().zip(width.as_slice()).for_each(|(m, w)| *m += v[terminal] * w);
        }
        m
    }

    fn leads_of(&self, x: usize) -> impl Iterator<Item = (&DressedLead, usize)> {
        let at = [0, self.slices.len() - 1];
        self.leads
            .iter()
            .zip(at)
            .filter(move |(_, at)| *at == x)
            .filter_map(|(lead, _)| lead.as_ref().map(|(lead, terminal)| (lead, *terminal)))
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        let (n, last) = (self.n, self.slices.len() - 1);
        let mut forward: Vec<Matrix> = Vec::with_capacity(last + 1);
        let mut work = Matrix::zeros(n, n);
        for (x, slice) in self.slices.iter().enumerate() {
            let m = self.injection(x, v, forward.last(), false);
            product(work.all_mut(), false, 1.0, plain(&slice.g), plain(&m));
            let mut n_x = m;
            product_hermitian(&mut n_x, false, 1.0, plain(&work), adjoint(&slice.g));
            forward.push(n_x);
        }
        let mut correlation: Option<Matrix> = None;
        for (x, slice) in self.slices.iter().enumerate().rev() {
            let mut here = forward.pop().expect("one per slice");
            if let Some(next) = correlation.take() {
                product(work.all_mut(), false, 1.0, plain(&here), plain(&slice.z));
                add_with_adjoint(&mut here, &work);
                product(work.all_mut(), false, 1.0, plain(&slice.k), plain(&next));
                product_hermitian(&mut here, true, 1.0, plain(&work), adjoint(&slice.k));
            }
            for k in 0..n {
                let site = x * n + k;
                if let Some(terminal) = self.probe_of[site] {
                    let excess = here[(k, k)].re - v[terminal] * slice.spectral[k];
                    out[terminal] = self.widths[site][0] * excess;
                }
            }
            for (lead, terminal) in self.leads_of(x) {
                let a = slice.end.as_ref().expect("kept at the ends");
                out[terminal] = trace_of_product(&lead.width, &excess(&here, v[terminal], a));
            }
            correlation = Some(here);
        }
    }

    /// `d/dE` of [`current`](Self::current) at fixed `v`.
    fn current_derivative(&self, v: &[f64], out: &mut [f64]) {
        let n = self.n;
        let mut forward: Vec<(Matrix, Matrix)> = Vec::with_capacity(self.slices.len());
        let (mut gm, mut work) = (Matrix::zeros(n, n), Matrix::zeros(n, n));
        for (x, slice) in self.slices.iter().enumerate() {
            let slope = slice.slope.as_ref().expect("made for derivatives");
            let m = self.injection(x, v, forward.last().map(|f| &f.0), false);
            let dm = self.injection(x, v, forward.last().map(|f| &f.1), true);
            product(gm.all_mut(), false, 1.0, plain(&slice.g), plain(&m));
            let (mut n_x, mut dn_x) = (m, Matrix::zeros(n, n));
            product_hermitian(&mut n_x, false, 1.0, plain(&gm), adjoint(&slice.g));
            // g' m g^+ + h.c. + g m' g^+
            product(work.all_mut(), false, 1.0, plain(&slope.g), adjoint(&gm));
            add_with_adjoint(&mut dn_x, &work);
            product(work.all_mut(), false, 1.0, plain(&slice.g), plain(&dm));
            product_hermitian(&mut dn_x, true, 1.0, plain(&work), adjoint(&slice.g));
            forward.push((n_x, dn_x));
        }
        let mut correlation: Option<(Matrix, Matrix)> = None;
        for (x, slice) in self.slices.iter().enumerate().rev() {
            let slope = slice.slope.as_ref().expect("made for derivatives");
            let (mut here, mut d_here) = forward.pop().expect("one per slice");
            if let Some((next, d_next)) = correlation.take() {
                let (n_x, dn_x) = (here.clone(), d_here.clone());
                product(work.all_mut(), false, 1.0, plain(&n_x), plain(&slice.z));
                add_with_adjoint(&mut here, &work);
                product(work.all_mut(), false, 1.0, plain(&dn_x), plain(&slice.z));
                product(work.all_mut(), true, 1.0, plain(&n_x), plain(&slope.z));
                add_with_adjoint(&mut d_here, &work);
                product(gm.all_mut(), false, 1.0, plain(&slice.k), plain(&next));
                product_hermitian(&mut here, true, 1.0, plain(&gm), adjoint(&slice.k));
                product(work.all_mut(), false, 1.0, plain(&slope.k), adjoint(&gm));
                add_with_adjoint(&mut d_here, &work);
                product(work.all_mut(), false, 1.0, plain(&slice.k), plain(&d_next));
                product_hermitian(&mut d_here, true, 1.0, plain(&work), adjoint(&slice.k));
            }
            for k in 0..n {
                let site = x * n + k;
                if let Some(terminal) = self.probe_of[site] {
                    let [w, dw] = self.widths[site];
                    let excess = here[(k, k)].re - v[terminal] * slice.spectral[k];
                    let d_excess = d_here[(k, k)].re - v[terminal] * slope.spectral[k];
                    out[terminal] = dw * excess + w * d_excess;
                }
            }
            for (lead, terminal) in self.leads_of(x) {
                let (a, da) = (slice.end.as_ref(), slope.end.as_ref());
                let (a, da) = (a.expect("kept at the ends"), da.expect("kept at the ends"));
                out[terminal] = trace_of_product(&lead.width_derivative, &excess(&here, v[terminal], a))
                    + trace_of_product(&lead.width, &excess(&d_here, v[terminal], da));
            }
            correlation = Some((here, d_here));
        }
    }
}

fn plain(m: &Matrix) -> (diffuson_linalg::Panel<'_>, Op) {
    (m.all(), Op::Plain)
}

fn adjoint(m: &Matrix) -> (diffuson_linalg::Panel<'_>, Op) {
    (m.all(), Op::Adjoint)
}

/// `out += m + m^+`.
fn add_with_adjoint(out: &mut Matrix, m: &Matrix) {
    let n = m.rows();
    for j in 0..n {
        for i in j..n {
            let sum = m[(i, j)] + m[(j, i)].conj();
            out[(i, j)] += sum;
            if i != j {
                out[(j, i)] += sum.conj();
            }
        }
    }
}

/// `G^n - v A`.
fn excess(correlation: &Matrix, v: f64, a: &Matrix) -> Matrix {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| correlation[(i, j)] - v * a[(i, j)])
}

struct SharedSweep(Arc<Sweep>);

impl Exchange for SharedSweep {
    fn terminals(&self) -> usize {
        self.0.terminals
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        self.0.current(v, out);
    }

    fn outgoing(&self) -> &[f64] {
        &self.0.outgoing
    }

    fn terms(&self) -> &[f64] {
        &self.0.injected
    }

    fn is_symmetric(&self) -> bool {
        self.0.symmetric
    }
}

struct SweepDerivative(Arc<Sweep>);

impl Exchange for SweepDerivative {
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
