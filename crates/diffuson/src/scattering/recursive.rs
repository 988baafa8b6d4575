//! Block recursion for all transmissions: rows of the Green function, one block row alive at a time.
//!
//! Right-connected functions `g_x = (A_xx - V_x g_{x+1} V_x^+)^-1` come from one pass; then rows grow outward,
//!
//! ```text
//! G_{x+1,y}   = -g_{x+1} V_x^+ G_{x,y}                 for all y <= x in one product,
//! G_{x+1,x+1} = g_{x+1} - G_{x+1,x} V_x g_{x+1},
//! ```
//!
//! always in the decaying direction. Every line is differentiated by energy: `g' = -g (X - V g'_{next} V^+) g`. Each panel of a row is turned
//! into |G|^2 and d|G|^2/dE while it is in cache. The row recursion costs 4 L^2 n^3 real operations for T and 12 L^2 n^3 for T and T' (L slices
//! of n sites). It gives T_ab with a after b; with time-reversal symmetry that is all, in a field the mirror image of the conductor gives
//! the rest.

use super::dense::{multiply, trace_of_product};
use super::{Scattered, SolveError, Spectral, Transmissions, Work, nan_max, probe_of};
use crate::audit::{Audit, laws};
use crate::conductor::{Blocks, Dressed, DressedLead};
use crate::leads::End;
use diffuson_linalg::{C64, Inverter, Matrix, Op, product};

pub(super) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    with_derivative: bool,
) -> Result<Scattered, SolveError> {
    let blocks = dressed.blocks(onsite);
    let symmetric = dressed.conductor.is_time_reversal_symmetric();
    let terminals = dressed.conductor.terminals();
    let mut sink = Sink {
        dressed,
        probe_of: probe_of(dressed),
        t: Transmissions::zeros(terminals, symmetric),
        dt: with_derivative.then(|| Transmissions::zeros(terminals, symmetric)),
        spectral: Spectral::new(dressed),
        asymmetry: 0.0,
        largest: f64::MIN_POSITIVE,
        scratch: (vec![0.0; blocks.a[0].rows()], vec![0.0; blocks.a[0].rows()]),
    };
    let mut work = Work { inversions: 0, energies: 1 };
    rows(&Oriented { blocks: &blocks, mirrored: false }, &mut sink, &mut work)?;
    if !symmetric {
        rows(&Oriented { blocks: &blocks, mirrored: true }, &mut sink, &mut work)?;
    }
    sink.t.finish();
    if let Some(dt) = &mut sink.dt {
        dt.finish();
    }
    let mut audit = Audit::default();
    sink.spectral.audit(&mut audit, &sink.t, sink.dt.as_ref());
    if symmetric {
        audit.record(laws::RECIPROCITY, sink.asymmetry / sink.largest, super::SUM_RULE);
    }
    Ok(Scattered {
        exchange: Box::new(sink.t),
        derivative: sink.dt.map(|d| Box::new(d) as _),
        density_of_states: sink.spectral.density_of_states,
        audit,
        work,
    })
}

/// The blocks read from left to right, or from right to left.
struct Oriented<'b> {
    blocks: &'b Blocks,
    mirrored: bool,
}

impl Oriented<'_> {
    fn slices(&self) -> usize {
        self.blocks.a.len()
    }

    /// Slice of the conductor that comes at place `x`.
    fn slice(&self, x: usize) -> usize {
        if self.mirrored { self.slices() - 1 - x } else { x }
    }

    /// Diagonal of the block from place x to place x + 1.
    fn forward(&self, x: usize) -> Vec<C64> {
        if self.mirrored {
            self.blocks.v[self.slices() - 2 - x].iter().map(|z| z.conj()).collect()
        } else {
            self.blocks.v[x].clone()
        }
    }

    /// The ends of the conductor at the first and the last place.
    fn ends(&self) -> [End; 2] {
        if self.mirrored { [End::Right, End::Left] } else { [End::Left, End::Right] }
    }
}

/// Width of a panel in columns: four panels of n rows stay in a second-level cache of about a megabyte.
fn panel_width(n: usize) -> usize {
    (16_384 / n.max(1)).clamp(16, 1024)
}

/// Right-connected Green function of a place, and its derivative.
struct Connected {
    g: Matrix,
    dg: Option<Matrix>,
}

fn right_connected(
    chain: &Oriented<'_>,
    energy: f64,
    with_derivative: bool,
    work: &mut Work,
) -> Result<Vec<Connected>, SolveError> {
    let n = chain.blocks.a[0].rows();
    let mut inverter = Inverter::new(n);
    let mut connected: Vec<Connected> = Vec::with_capacity(chain.slices());
    for x in (0..chain.slices()).rev() {
        let slice = chain.slice(x);
        let mut a = chain.blocks.a[slice].clone();
        let mut unit = with_derivative.then(|| chain.blocks.x[slice].clone());
        if let Some(next) = connected.last() {
            let v = chain.forward(x);
            subtract_dressed(&mut a, &next.g, &v);
            if let (Some(unit), Some(dg)) = (&mut unit, &next.dg) {
                subtract_dressed(unit, dg, &v);
            }
        }
        let mut g = Matrix::zeros(n, n);
        inverter.invert(&a, &mut g).map_err(|cause| SolveError::Singular { energy, slice, cause })?;
        work.inversions += 1;
        let dg = unit.map(|unit| {
            let mut dg = Matrix::zeros(n, n);
            let xg = multiply(&unit, &g);
            product(dg.all_mut(), false, -1.0, (g.all(), Op::Plain), (xg.all(), Op::Plain));
            dg
        });
        connected.push(Connected { g, dg });
    }
    connected.reverse();
    Ok(connected)
}

/// `a -= V g V^+` with diagonal V.
fn subtract_dressed(a: &mut Matrix, g: &Matrix, v: &[C64]) {
    for j in 0..g.cols() {
        let v_j = v[j].conj();
        for ((a, g), v_i) in a.col_mut(j).iter_mut().zip(g.col(j)).zip(v) {
            *a -= v_i * g * v_j;
        }
    }
}

/// Grows the rows of the Green function and hands every entry with row after column to the sink.
fn rows(chain: &Oriented<'_>, sink: &mut Sink<'_>, work: &mut Work) -> Result<(), SolveError> {
    let (slices, n) = (chain.slices(), chain.blocks.a[0].rows());
    let with_derivative = sink.dt.is_some();
    let connected = right_connected(chain, sink.dressed.energy, with_derivative, work)?;
    let width = panel_width(n);
    let columns = if with_derivative { slices * n } else { 0 };
    // the row alive and the row growing from it
    let mut row = Matrix::zeros(n, slices * n);
    let mut next = Matrix::zeros(n, slices * n);
    let mut d_row = Matrix::zeros(n, columns);
    let mut d_next = Matrix::zeros(n, columns);
    for x in 0..slices {
        let Connected { g, dg } = &connected[x];
        let mut g_xx = g.clone();
        let mut dg_xx = dg.clone();
        if x > 0 {
            let v = chain.forward(x - 1);
            // step = -g V^+, back = V g
            let scaled_columns = |m: &Matrix| Matrix::from_fn(n, n, |i, j| -m[(i, j)] * v[j].conj());
            let scaled_rows = |m: &Matrix| Matrix::from_fn(n, n, |i, j| v[i] * m[(i, j)]);
            let step = scaled_columns(g);
            let d_step = dg.as_ref().map(scaled_columns);
            for from in (0..x * n).step_by(width) {
                let to = (from + width).min(x * n);
                let old = (row.panel(from, to), Op::Plain);
                product(next.panel_mut(from, to), false, 1.0, (step.all(), Op::Plain), old);
                if let Some(d_step) = &d_step {
                    product(d_next.panel_mut(from, to), false, 1.0, (d_step.all(), Op::Plain), old);
                    let d_old = (d_row.panel(from, to), Op::Plain);
                    product(d_next.panel_mut(from, to), true, 1.0, (step.all(), Op::Plain), d_old);
                }
                sink.panel(chain, x, from, to, &next, &d_next);
            }
            let before = (next.panel((x - 1) * n, x * n), Op::Plain);
            let back = scaled_rows(g);
            product(g_xx.all_mut(), true, -1.0, before, (back.all(), Op::Plain));
            if let (Some(dg_xx), Some(dg)) = (&mut dg_xx, dg) {
                let d_before = (d_next.panel((x - 1) * n, x * n), Op::Plain);
                product(dg_xx.all_mut(), true, -1.0, d_before, (back.all(), Op::Plain));
                let d_back = scaled_rows(dg);
                product(dg_xx.all_mut(), true, -1.0, before, (d_back.all(), Op::Plain));
            }
        }
        if !chain.mirrored {
            sink.spectral.slice(sink.dressed, &sink.probe_of, chain.slice(x), &g_xx, dg_xx.as_ref());
        }
        next.panel_mut(x * n, (x + 1) * n).copy_from(&g_xx);
        if let Some(dg_xx) = &dg_xx {
            d_next.panel_mut(x * n, (x + 1) * n).copy_from(dg_xx);
        }
        sink.diagonal_block(chain, x, &next, &d_next);
        sink.first_lead(chain, x, &next, &d_next);
        std::mem::swap(&mut row, &mut next);
        std::mem::swap(&mut d_row, &mut d_next);
    }
    sink.last_lead(chain, &row, &d_row);
    Ok(())
}

/// Turns Green functions into transmissions.
struct Sink<'d> {
    dressed: &'d Dressed<'d>,
    probe_of: Vec<Option<usize>>,
    t: Transmissions,
    dt: Option<Transmissions>,
    spectral: Spectral,
    asymmetry: f64,
    largest: f64,
    scratch: (Vec<f64>, Vec<f64>),
}

impl Sink<'_> {
    /// Transmissions from the probes of columns `from..to` into those of place `x`.
    fn panel(&mut self, chain: &Oriented<'_>, x: usize, from: usize, to: usize, g: &Matrix, dg: &Matrix) {
        let n = g.rows();
        for column in from..to {
            let source = chain.slice(column / n) * n + column % n;
            if let Some(b) = self.probe_of[source] {
                self.column(chain.slice(x) * n, source, b, g.col(column), dg, column);
            }
        }
    }

    /// Transmissions within place `x`, with both orders of each pair: the symmetry audit.
    fn diagonal_block(&mut self, chain: &Oriented<'_>, x: usize, g: &Matrix, dg: &Matrix) {
        let n = g.rows();
        if !chain.mirrored {
            self.panel(chain, x, x * n, (x + 1) * n, g, dg);
        }
        if self.t_is_symmetric() {
            for j in 0..n {
                for i in 0..j {
                    let (up, down) = (g[(i, x * n + j)], g[(j, x * n + i)]);
                    self.asymmetry = nan_max(self.asymmetry, (up.norm_sqr() - down.norm_sqr()).abs());
                    self.largest = self.largest.max(up.norm_sqr());
                }
            }
        }
    }

    fn t_is_symmetric(&self) -> bool {
        self.dressed.conductor.is_time_reversal_symmetric()
    }

    /// `T_ib = Gamma_i Gamma_b |G_ib|^2` and its derivative for the probes i among the sites `first..first + n`.
    fn column(&mut self, first: usize, source: usize, b: usize, g: &[C64], dg: &Matrix, column: usize) {
        let sites = &self.dressed.sites;
        let (w_b, dw_b) = (sites[source].width(), sites[source].width_derivative());
        let targets = &sites[first..first + g.len()];
        let (t, dt) = (&mut self.scratch.0, &mut self.scratch.1);
        if self.dt.is_some() {
            for ((((t, dt), g), dg), i) in t.iter_mut().zip(&mut *dt).zip(g).zip(dg.col(column)).zip(targets)
            {
                let (w, dw) = (i.width(), i.width_derivative());
                let square = g.re * g.re + g.im * g.im;
                let slope = 2.0 * (g.re * dg.re + g.im * dg.im);
                *t = w * w_b * square;
                *dt = w * w_b * slope + (dw * w_b + w * dw_b) * square;
            }
        } else {
            for ((t, g), i) in t.iter_mut().zip(g).zip(targets) {
                *t = i.width() * w_b * (g.re * g.re + g.im * g.im);
            }
        }
        let map = &self.probe_of[first..first + g.len()];
        store(&mut self.t, map, b, t);
        if let Some(d) = &mut self.dt {
            store(d, map, b, dt);
        }
    }

    /// Transmissions from the lead at the first place into the probes of place `x`, `T_iF = Gamma_i [G Gamma_F G^+]_ii`.
    fn first_lead(&mut self, chain: &Oriented<'_>, x: usize, g: &Matrix, dg: &Matrix) {
        let (lead, b) = match self.lead(chain.ends()[0]) {
            Some(found) => found,
            None => return,
        };
        let n = g.rows();
        let block = |m: &Matrix| (m.cols() > 0).then(|| Matrix::from_fn(n, n, |i, j| m[(i, j)]));
        let (Some(g_x0), dg_x0) = (block(g), block(dg)) else { return };
        let (rows, d_rows) = injected(&g_x0, dg_x0.as_ref(), lead);
        self.lead_column(chain.slice(x) * n, b, &rows, &d_rows);
    }

    /// Transmissions from the probes into the lead at the last place, `T_Lj = Gamma_j [G^+ Gamma_L G]_jj`, and from the first lead into it.
    fn last_lead(&mut self, chain: &Oriented<'_>, g: &Matrix, dg: &Matrix) {
        let Some((lead, a)) = self.lead(chain.ends()[1]) else { return };
        let lead = lead.clone();
        let n = g.rows();
        for y in 0..chain.slices() {
            let block =
                |m: &Matrix| (m.cols() > 0).then(|| Matrix::from_fn(n, n, |i, j| m[(j, y * n + i)].conj()));
            // [G^+ Gamma G]_jj is the injection by the adjoint block
            let (Some(g_adjoint), dg_adjoint) = (block(g), block(dg)) else { return };
            let (columns, d_columns) = injected(&g_adjoint, dg_adjoint.as_ref(), &lead);
            let first = chain.slice(y) * n;
            for j in 0..n {
                let Some(b) = self.probe_of[first + j] else { continue };
                let source = &self.dressed.sites[first + j];
                let (w, dw) = (source.width(), source.width_derivative());
                self.t.set(a, b, w * columns[j]);
                if let Some(dt) = &mut self.dt {
                    dt.set(a, b, dw * columns[j] + w * d_columns[j]);
                }
            }
            if y == 0
                && let Some((first_lead, b)) = self.lead(chain.ends()[0])
            {
                // Tr Gamma_a G Gamma_b G^+ with G = G_{last,first}
                let g_ab = g_adjoint.adjoint();
                let from_b = multiply(&multiply(&g_ab, &first_lead.width), &g_adjoint);
                let value = trace_of_product(&lead.width, &from_b);
                let slope = dg_adjoint.map(|dg_adjoint| {
                    let change = multiply(&multiply(&g_ab, &first_lead.width), &dg_adjoint);
                    let opening = multiply(&multiply(&g_ab, &first_lead.width_derivative), &g_adjoint);
                    trace_of_product(&lead.width_derivative, &from_b)
                        + 2.0 * trace_of_product(&lead.width, &change)
                        + trace_of_product(&lead.width, &opening)
                });
                self.t.set(a, b, value);
                if let (Some(dt), Some(slope)) = (&mut self.dt, slope) {
                    dt.set(a, b, slope);
                }
            }
        }
    }

    /// Writes `Gamma_i rows_i` and its derivative as column `b`.
    fn lead_column(&mut self, first: usize, b: usize, rows: &[f64], d_rows: &[f64]) {
        for (i, (row, d_row)) in rows.iter().zip(d_rows).enumerate() {
            let Some(a) = self.probe_of[first + i] else { continue };
            let site = &self.dressed.sites[first + i];
            self.t.set(a, b, site.width() * row);
            if let Some(dt) = &mut self.dt {
                dt.set(a, b, site.width_derivative() * row + site.width() * d_row);
            }
        }
    }

    fn lead(&self, end: End) -> Option<(&DressedLead, usize)> {
        Some((self.dressed.leads[end as usize].as_ref()?, self.dressed.conductor.lead(end)?))
    }
}

/// Diagonal of `G Gamma G^+` and of its energy derivative (zeros without dG).
fn injected(g: &Matrix, dg: Option<&Matrix>, lead: &DressedLead) -> (Vec<f64>, Vec<f64>) {
    let n = g.rows();
    let diagonal = |a: &Matrix, b: &Matrix| -> Vec<f64> {
        (0..n).map(|i| (0..n).map(|k| (a[(i, k)] * b[(i, k)].conj()).re).sum()).collect()
    };
    let g_width = multiply(g, &lead.width);
    let rows = diagonal(&g_width, g);
    let Some(dg) = dg else { return (rows, vec![0.0; n]) };
    let opening = diagonal(&multiply(g, &lead.width_derivative), g);
    let change = diagonal(&g_width, dg);
    (rows, opening.iter().zip(change).map(|(o, c)| o + 2.0 * c).collect())
}

/// Writes the values of the probed sites, which are consecutive terminals, into column b.
fn store(t: &mut Transmissions, map: &[Option<usize>], b: usize, values: &[f64]) {
    let Some(from) = map.iter().flatten().next().copied() else { return };
    let count = map.iter().flatten().count();
    let entries = t.entries(from, from + count, b);
    if count == map.len() {
        entries.copy_from_slice(values);
    } else {
        let probed = map.iter().zip(values).filter(|(probe, _)| probe.is_some());
        entries.iter_mut().zip(probed).for_each(|(entry, (_, value))| *entry = *value);
    }
}
