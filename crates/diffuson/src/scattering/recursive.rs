//! Block recursion for all transmissions: rows of the Green function, one block row alive at a time.
//!
//! Right-connected functions `g_x = (A_xx - V_x g_{x+1} V_x^+)^-1` come from one pass; from them the diagonal blocks and, column by column, everything
//! below them:
//!
//! ```text
//! G_{x+1,y}   = -g_{x+1} V_x^+ G_{x,y}                 for y <= x,
//! G_{x+1,x+1} = g_{x+1} - G_{x+1,x} V_x g_{x+1},
//! ```
//!
//! always in the decaying direction. Every line is differentiated by energy: `g' = -g (X - V g'_{next} V^+) g`. A strip of columns grows from its
//! diagonal to the end of the conductor while it stays in cache, and is turned into |G|^2 and d|G|^2/dE slice by slice, in the order in which the
//! transmissions are stored. The growth costs 4 L^2 n^3 real operations for T and 12 L^2 n^3 for T and T' (L slices of n sites). It gives T_ab with a
//! after b; with time-reversal symmetry that is all, in a field the mirror image of the conductor gives the rest.

use super::dense::{multiply, trace_of_product};
use super::{Scattered, SolveError, Spectral, Transmissions, Work, nan_max, probe_of};
use crate::audit::{Audit, laws};
use crate::conductor::{Blocks, Dressed, DressedLead};
use crate::leads::{End, ProbeSelfEnergy};
use diffuson_linalg::stream::{Widths, transmission_column, transmission_column_with_slope};
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
        widths: dressed.sites.iter().map(ProbeSelfEnergy::width).collect(),
        slopes: dressed.sites.iter().map(ProbeSelfEnergy::width_derivative).collect(),
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

/// Slices in a strip of columns: strips of two hundred columns or so keep the products efficient and stay in cache.
fn strip_slices(n: usize) -> usize {
    (256 / n.max(1)).max(1)
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

/// What takes a column of the Green function from place x - 1 to place x, and the diagonal block of place x.
struct Step {
    /// `-g_x V_{x-1}^+`; nothing for the first place.
    forward: Option<(Matrix, Option<Matrix>)>,
    diagonal: Connected,
}

fn steps(chain: &Oriented<'_>, connected: Vec<Connected>) -> Vec<Step> {
    let n = chain.blocks.a[0].rows();
    let mut steps: Vec<Step> = Vec::with_capacity(connected.len());
    for (x, Connected { g, dg }) in connected.into_iter().enumerate() {
        let Some(before) = steps.last() else {
            steps.push(Step { forward: None, diagonal: Connected { g, dg } });
            continue;
        };
        let v = chain.forward(x - 1);
        let scaled_columns = |m: &Matrix| Matrix::from_fn(n, n, |i, j| -m[(i, j)] * v[j].conj());
        let scaled_rows = |m: &Matrix| Matrix::from_fn(n, n, |i, j| v[i] * m[(i, j)]);
        let step = scaled_columns(&g);
        // G_{x,x-1}, then G_xx = g - G_{x,x-1} V g, both with derivatives
        let below = multiply(&step, &before.diagonal.g);
        let back = scaled_rows(&g);
        let mut g_xx = g;
        product(g_xx.all_mut(), true, -1.0, (below.all(), Op::Plain), (back.all(), Op::Plain));
        let mut d_step = None;
        let mut dg_xx = None;
        if let (Some(dg), Some(d_before)) = (dg, &before.diagonal.dg) {
            let d_forward = scaled_columns(&dg);
            let mut d_below = multiply(&d_forward, &before.diagonal.g);
            product(d_below.all_mut(), true, 1.0, (step.all(), Op::Plain), (d_before.all(), Op::Plain));
            let d_back = scaled_rows(&dg);
            let mut total = dg;
            product(total.all_mut(), true, -1.0, (d_below.all(), Op::Plain), (back.all(), Op::Plain));
            product(total.all_mut(), true, -1.0, (below.all(), Op::Plain), (d_back.all(), Op::Plain));
            d_step = Some(d_forward);
            dg_xx = Some(total);
        }
        steps.push(Step { forward: Some((step, d_step)), diagonal: Connected { g: g_xx, dg: dg_xx } });
    }
    steps
}

/// Grows all columns of the Green function and hands every entry with row after column to the sink.
fn rows(chain: &Oriented<'_>, sink: &mut Sink<'_>, work: &mut Work) -> Result<(), SolveError> {
    let (slices, n) = (chain.slices(), chain.blocks.a[0].rows());
    let with_derivative = sink.dt.is_some();
    let connected = right_connected(chain, sink.dressed.energy, with_derivative, work)?;
    let steps = steps(chain, connected);
    for (x, Step { diagonal, .. }) in steps.iter().enumerate() {
        if !chain.mirrored {
            sink.spectral.slice(
                sink.dressed,
                &sink.probe_of,
                chain.slice(x),
                &diagonal.g,
                diagonal.dg.as_ref(),
            );
        }
        sink.symmetry(&diagonal.g);
    }
    let in_strip = strip_slices(n);
    // the strip at one place and at the next; the derivative stands to the right of the function
    let mut strip = Strip::new(n, in_strip * n, with_derivative);
    let mut next = Strip::new(n, in_strip * n, with_derivative);
    for first in (0..slices).step_by(in_strip) {
        let last = (first + in_strip).min(slices);
        for (x, step) in steps.iter().enumerate().skip(first) {
            let grown = (x.min(last) - first) * n;
            if let (Some((forward, d_forward)), true) = (&step.forward, grown > 0) {
                next.grow(&strip, forward, d_forward.as_ref(), grown);
            }
            if x < last {
                next.begin(grown, &step.diagonal);
            }
            let columns = if x < last { grown + n } else { grown };
            sink.strip(chain, x, first, columns, &next);
            if first == 0 {
                sink.first_lead(chain, x, &next);
            }
            std::mem::swap(&mut strip, &mut next);
        }
        for y in first..last {
            sink.last_lead(chain, y, (y - first) * n, &strip);
        }
    }
    Ok(())
}

/// Some columns of the Green function at one place, and of its derivative.
struct Strip {
    g: Matrix,
    dg: Matrix,
}

impl Strip {
    fn new(n: usize, columns: usize, with_derivative: bool) -> Self {
        Self { g: Matrix::zeros(n, columns), dg: Matrix::zeros(n, if with_derivative { columns } else { 0 }) }
    }

    /// The first `columns` columns one place further than in `before`.
    fn grow(&mut self, before: &Self, step: &Matrix, d_step: Option<&Matrix>, columns: usize) {
        let old = (before.g.panel(0, columns), Op::Plain);
        product(self.g.panel_mut(0, columns), false, 1.0, (step.all(), Op::Plain), old);
        if let Some(d_step) = d_step {
            product(self.dg.panel_mut(0, columns), false, 1.0, (d_step.all(), Op::Plain), old);
            let d_old = (before.dg.panel(0, columns), Op::Plain);
            product(self.dg.panel_mut(0, columns), true, 1.0, (step.all(), Op::Plain), d_old);
        }
    }

    /// Puts a diagonal block after the first `columns` columns.
    fn begin(&mut self, columns: usize, diagonal: &Connected) {
        let n = diagonal.g.cols();
        self.g.panel_mut(columns, columns + n).copy_from(&diagonal.g);
        if let Some(dg) = &diagonal.dg {
            self.dg.panel_mut(columns, columns + n).copy_from(dg);
        }
    }

    /// `n` columns from `from`, and of the derivative if there is one.
    fn block(&self, from: usize) -> (Matrix, Option<Matrix>) {
        let n = self.g.rows();
        let take = |m: &Matrix| Matrix::from_fn(n, n, |i, j| m[(i, from + j)]);
        (take(&self.g), (self.dg.cols() > 0).then(|| take(&self.dg)))
    }
}

/// Turns Green functions into transmissions.
struct Sink<'d> {
    dressed: &'d Dressed<'d>,
    probe_of: Vec<Option<usize>>,
    /// Gamma and dGamma/dE of each site.
    widths: Vec<f64>,
    slopes: Vec<f64>,
    t: Transmissions,
    dt: Option<Transmissions>,
    spectral: Spectral,
    asymmetry: f64,
    largest: f64,
    scratch: (Vec<f64>, Vec<f64>),
}

impl Sink<'_> {
    /// Transmissions into the probes of place `x` from those of the first `columns` columns of a strip that begins at place `first`.
    fn strip(&mut self, chain: &Oriented<'_>, x: usize, first: usize, columns: usize, strip: &Strip) {
        let n = strip.g.rows();
        for column in 0..columns {
            let place = first + column / n;
            // the mirror image repeats the diagonal blocks
            if chain.mirrored && place == x {
                continue;
            }
            let source = chain.slice(place) * n + column % n;
            if let Some(b) = self.probe_of[source] {
                self.column(chain.slice(x) * n, source, b, strip, column);
            }
        }
    }

    /// Compares the two orders of each pair of sites within a diagonal block.
    fn symmetry(&mut self, g: &Matrix) {
        if !self.dressed.conductor.is_time_reversal_symmetric() {
            return;
        }
        for j in 0..g.cols() {
            for i in 0..j {
                let (up, down) = (g[(i, j)].norm_sqr(), g[(j, i)].norm_sqr());
                self.asymmetry = nan_max(self.asymmetry, (up - down).abs());
                self.largest = self.largest.max(up);
            }
        }
    }

    /// `T_ib = Gamma_i Gamma_b |G_ib|^2` and its derivative for the probes i among the sites `first..first + n`.
    fn column(&mut self, first: usize, source: usize, b: usize, strip: &Strip, column: usize) {
        let n = strip.g.rows();
        let sites = Widths { width: &self.widths[first..first + n], slope: &self.slopes[first..first + n] };
        let (w_b, dw_b) = (self.widths[source], self.slopes[source]);
        let map = &self.probe_of[first..first + n];
        let (t, dt) = (&mut self.scratch.0, &mut self.scratch.1);
        if let Some(slopes) = &mut self.dt {
            let (g, dg) = (strip.g.col(column), strip.dg.col(column));
            transmission_column_with_slope(g, dg, sites, (w_b, dw_b), t, dt);
            store(slopes, map, b, dt);
        } else {
            transmission_column(strip.g.col(column), sites, w_b, t);
        }
        store(&mut self.t, map, b, t);
    }

    /// Transmissions from the lead at the first place into the probes of place `x`, `T_iF = Gamma_i [G Gamma_F G^+]_ii`.
    fn first_lead(&mut self, chain: &Oriented<'_>, x: usize, strip: &Strip) {
        let (lead, b) = match self.lead(chain.ends()[0]) {
            Some(found) => found,
            None => return,
        };
        let n = strip.g.rows();
        let (g_x0, dg_x0) = strip.block(0);
        let (rows, d_rows) = injected(&g_x0, dg_x0.as_ref(), lead);
        self.lead_column(chain.slice(x) * n, b, &rows, &d_rows);
    }

    /// Transmissions from the probes of place `y`, whose columns begin at `from` of the strip, into the lead at the last place,
    /// `T_Lj = Gamma_j [G^+ Gamma_L G]_jj`; and for the first place from its lead.
    fn last_lead(&mut self, chain: &Oriented<'_>, y: usize, from: usize, strip: &Strip) {
        let Some((lead, a)) = self.lead(chain.ends()[1]) else { return };
        let (g, dg) = strip.block(from);
        // [G^+ Gamma G]_jj is the injection by the adjoint block
        let (g_adjoint, dg_adjoint) = (g.adjoint(), dg.as_ref().map(Matrix::adjoint));
        let (columns, d_columns) = injected(&g_adjoint, dg_adjoint.as_ref(), lead);
        let from_lead = (y == 0).then(|| self.lead(chain.ends()[0])).flatten().map(|(first_lead, b)| {
            // Tr Gamma_a G Gamma_b G^+ with G = G_{last,first}
            let g_width = multiply(&g, &first_lead.width);
            let injected = multiply(&g_width, &g_adjoint);
            let value = trace_of_product(&lead.width, &injected);
            let slope = dg_adjoint.as_ref().map(|dg_adjoint| {
                let change = multiply(&g_width, dg_adjoint);
                let opening = multiply(&multiply(&g, &first_lead.width_derivative), &g_adjoint);
                trace_of_product(&lead.width_derivative, &injected)
                    + 2.0 * trace_of_product(&lead.width, &change)
                    + trace_of_product(&lead.width, &opening)
            });
            (b, value, slope)
        });
        let first = chain.slice(y) * g.rows();
        for (j, (column, d_column)) in columns.iter().zip(&d_columns).enumerate() {
            let Some(b) = self.probe_of[first + j] else { continue };
            let (w, dw) = (self.widths[first + j], self.slopes[first + j]);
            self.t.set(a, b, w * column);
            if let Some(dt) = &mut self.dt {
                dt.set(a, b, dw * column + w * d_column);
            }
        }
        if let Some((b, value, slope)) = from_lead {
            self.t.set(a, b, value);
            if let (Some(dt), Some(slope)) = (&mut self.dt, slope) {
                dt.set(a, b, slope);
            }
        }
    }

    /// Writes `Gamma_i rows_i` and its derivative as column `b`.
    fn lead_column(&mut self, first: usize, b: usize, rows: &[f64], d_rows: &[f64]) {
        for (i, (row, d_row)) in rows.iter().zip(d_rows).enumerate() {
            let Some(a) = self.probe_of[first + i] else { continue };
            let (w, dw) = (self.widths[first + i], self.slopes[first + i]);
            self.t.set(a, b, w * row);
            if let Some(dt) = &mut self.dt {
                dt.set(a, b, dw * row + w * d_row);
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
