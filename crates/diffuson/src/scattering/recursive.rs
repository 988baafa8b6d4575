//! Block recursion for all transmissions: the Green function grows outward from its diagonal blocks, a strip of columns at a time.
//!
//! Right-connected functions `g_x = (A_xx - V_x g_{x+1} V_x^+)^-1` come from one pass to the left, diagonal blocks from one to the right,
//!
//! ```text
//! G_xx    = g_x + g_x V_{x-1}^+ G_{x-1,x-1} V_{x-1} g_x,
//! G_{x,y} = -g_x V_{x-1}^+ G_{x-1,y},                      y < x,
//! G_{y,x} = -G_{y,x-1} V_{x-1} g_x,                        y < x,
//! ```
//!
//! always in the decaying direction. Every line is differentiated by energy ([`Dual`]). The last two lines cost 4 L^2 n^3 real operations
//! each for T and 12 L^2 n^3 for T and T' (L slices of n sites); with time-reversal symmetry one of them is the transpose of the other and
//! left out. A strip holds the columns y of a few slices and walks to the end of the conductor while it stays in cache, where its entries
//! become |G|^2 and d|G|^2/dE.

mod sink;

use super::dual::Dual;
use super::transmissions::Direction;
use super::{Scattered, SolveError, Work};
use crate::conductor::{Blocks, Dressed};
use diffuson_linalg::{C64, Inverter};
use sink::Sink;

pub(super) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    with_derivative: bool,
) -> Result<Scattered, SolveError> {
    let blocks = dressed.blocks(onsite);
    let connected = right_connected(&blocks, dressed.energy, with_derivative)?;
    let diagonal = diagonal(&blocks, &connected);
    let mut sink = Sink::new(dressed, with_derivative);
    diagonal.iter().enumerate().for_each(|(x, g)| sink.diagonal(x, g));
    let one_way = dressed.conductor.is_time_reversal_symmetric();
    let ways = [Direction::Forward, Direction::Backward];
    for way in ways.into_iter().take(if one_way { 1 } else { 2 }) {
        grow(way, &blocks, &connected, &diagonal, &mut sink);
    }
    Ok(Scattered {
        audit: sink.audit(),
        work: Work { inversions: blocks.a.len(), energies: 1 },
        exchange: Box::new(sink.t),
        derivative: sink.dt.map(|d| Box::new(d) as _),
        density_of_states: sink.spectral.density_of_states,
    })
}

/// `g_x`, the Green function of slice x without everything to its left.
fn right_connected(blocks: &Blocks, energy: f64, with_derivative: bool) -> Result<Vec<Dual>, SolveError> {
    let mut inverter = Inverter::new(blocks.a[0].rows());
    let mut connected: Vec<Dual> = Vec::with_capacity(blocks.a.len());
    for slice in (0..blocks.a.len()).rev() {
        let mut a = Dual::new(&blocks.a[slice], with_derivative.then(|| &blocks.x[slice]));
        if let Some(next) = connected.last() {
            let v = &blocks.v[slice];
            a.add(-1.0, &next.dressed(v, &conjugates(v)));
        }
        let g = a.inverse(&mut inverter).map_err(|cause| SolveError::Singular { energy, slice, cause })?;
        connected.push(g);
    }
    connected.reverse();
    Ok(connected)
}

/// `G_xx` of every slice.
fn diagonal(blocks: &Blocks, connected: &[Dual]) -> Vec<Dual> {
    let mut diagonal: Vec<Dual> = Vec::with_capacity(connected.len());
    for (x, g) in connected.iter().enumerate() {
        let mut full = g.clone();
        if let Some(before) = diagonal.last() {
            let v = &blocks.v[x - 1];
            full.add_product(&g.times(&before.dressed(&conjugates(v), v)), g);
        }
        diagonal.push(full);
    }
    diagonal
}

fn conjugates(v: &[C64]) -> Vec<C64> {
    v.iter().map(|v| v.conj()).collect()
}

/// Rows of a strip over slices of n sites: a multiple of the register tiles of the product kernels, few enough that the strip and its
/// successor stay in a second-level cache of a megabyte, enough that runs of transmissions are written in long pieces.
fn strip_rows(n: usize) -> usize {
    24 * (520 / n.max(1)).clamp(4, 20)
}

/// Grows all `G_{x,y}` (forward: from y into the later x), or `G_{y,x}` (backward), and hands them to the sink.
///
/// A strip holds them with sites of earlier slices y as rows and those of the slice x as columns, that is, transposed if forward.
fn grow(way: Direction, blocks: &Blocks, connected: &[Dual], diagonal: &[Dual], sink: &mut Sink<'_>) {
    let (slices, n) = (connected.len(), blocks.a[0].rows());
    let forward = way == Direction::Forward;
    let step = |(v, g): (&Vec<C64>, &Dual)| {
        if forward {
            g.rearranged(|g, i, j| -v[i].conj() * g.col(i)[j])
        } else {
            g.rearranged(|g, i, j| -v[i] * g.col(j)[i])
        }
    };
    let steps: Vec<Dual> = blocks.v.iter().zip(&connected[1..]).map(step).collect();
    let rows = strip_rows(n);
    let mut strip = Dual::zeros(rows, n, sink.dt.is_some());
    let mut next = strip.clone();
    for first in (0..slices * n).step_by(rows) {
        let end = (first + rows).min(slices * n);
        for x in first / n..slices {
            let slice = x * n..(x + 1) * n;
            if slice.start > first {
                next.set_product(&strip, &steps[x - 1], slice.start.min(end) - first);
                std::mem::swap(&mut strip, &mut next);
            }
            // sites of the strip in this slice
            let begun = slice.start.max(first)..slice.end.min(end);
            if !begun.is_empty() {
                let block = if forward { &diagonal[x].transposed() } else { &diagonal[x] };
                strip.set_block(
                    [begun.start - first, 0],
                    block,
                    [begun.start - slice.start, 0],
                    [begun.len(), n],
                );
            }
            sink.take(way, x, first..slice.end.min(end), &strip);
        }
    }
    sink.leads(way);
}

#[cfg(test)]
mod tests {
    use crate::conductor::Conductor;
    use crate::lattice::{Boundary, Family, Lattice};
    use crate::leads::{Lead, Probe};
    use crate::scattering::{Route, Scattered, solve};

    /// Strips that begin and end within slices, sites without probe, with and without field.
    #[test]
    fn strips_need_not_end_with_slices() {
        let (length, width) = (41, 13);
        assert!(length * width > super::strip_rows(width) && !super::strip_rows(width).is_multiple_of(width));
        for flux in [0.0, 0.03] {
            let lattice = Lattice::new(Family::Square, [length, width, 1], Boundary::HardWall).unwrap();
            let lattice = if flux == 0.0 { lattice } else { lattice.with_flux(flux).unwrap() };
            let probe = |site| Probe::WideBand { width: 0.05 + 0.01 * (site % 7) as f64 };
            let probes = (0..lattice.sites()).filter(|s| s % 11 != 3).map(|s| (s, probe(s))).collect();
            let leads = [Some(Lead::Continuation), Some(Lead::WideBand { width: 1.0 })];
            let conductor = Conductor::new(lattice, leads, probes).unwrap();
            let onsite: Vec<f64> = (0..length * width).map(|i| ((i * i) as f64).sin()).collect();
            let dressed = conductor.at(-1.3).unwrap();
            let [rows, dense] =
                [Route::Recursive, Route::Dense].map(|route| solve(&dressed, &onsite, route, true).unwrap());
            assert!(rows.audit.passed(), "{:?}", rows.audit);
            let both = |s: &Scattered, a, b| {
                [s.exchange.transmission(a, b), s.derivative.as_ref().unwrap().transmission(a, b)]
            };
            for a in 0..conductor.terminals() {
                for b in 0..conductor.terminals() {
                    let (got, want) = (both(&rows, a, b), both(&dense, a, b));
                    for k in 0..2 {
                        assert!((got[k] - want[k]).abs() < 1e-12, "{a} {b}: {got:?} {want:?}");
                    }
                }
            }
        }
    }
}
