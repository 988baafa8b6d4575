//! Block recursion for all transmissions: the Green function grows outward from its diagonal blocks, a strip of columns at a time.
//!
//! From the diagonal blocks and the functions g^R of what lies to the right of a cut ([`Slices`]),
//!
//! ```text
//! G_{x,y} = -g^R_x V_{x-1}^+ G_{x-1,y},                    y < x,
//! G_{y,x} = -G_{y,x-1} V_{x-1} g^R_x,                      y < x,
//! ```
//!
//! always in the decaying direction. Every line is differentiated by energy. Each line counts 4 L^2 n^3 real operations for T and 12 L^2 n^3 for T and T'
//! (L slices of n sites), of which three quarters are done: a complex product is three real ones; with time-reversal symmetry one of the lines
//! is the transpose of the other and left out. A strip ([`Strip`]) holds the columns y of a few slices and walks to the end of the conductor while it
//! stays in cache, where its entries become |G|^2 and d|G|^2/dE.
//!
//! In [single precision](Precision::Single) diagonal blocks and g^R are found as before, and strips are single. Errors decay with what they are errors of; on
//! some rows they are [measured](Sample).

mod sample;
mod sink;
mod strip;

use super::slices::{Coupling, Slices};
use super::transmissions::Direction;
use super::{Options, Precision, Scattered, SolveError, Work};
use crate::conductor::Dressed;
use diffuson_linalg::planar::Real;
use sample::{Errors, Sample};
use sink::Sink;
use strip::Strip;

pub(super) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    options: Options,
) -> Result<Scattered, SolveError> {
    match options.precision {
        Precision::Double => solve_in::<f64>(dressed, onsite, options),
        Precision::Single => solve_in::<f32>(dressed, onsite, options),
    }
}

/// Diagonal blocks in double precision, what grows from them in T.
fn solve_in<T: Real>(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    options: Options,
) -> Result<Scattered, SolveError> {
    let blocks = dressed.blocks(onsite)?;
    let couplings = Coupling::all(&blocks);
    let mut slices = Slices::new(&blocks, &couplings, dressed.energy, options.derivatives)?;
    slices.left = Vec::new(); // frees their memory for what follows
    let mut sink = Sink::<T>::new(dressed, [blocks.a.len(), blocks.a[0].rows()], options);
    slices.full.iter().enumerate().for_each(|(x, g)| sink.diagonal(x, g));
    let one_way = dressed.conductor.is_time_reversal_symmetric();
    let ways = [Direction::Forward, Direction::Backward];
    let ways = ways.into_iter().take(if one_way { 1 } else { 2 });
    let errors: Vec<Errors> = ways.map(|way| grow(way, &couplings, &slices, &mut sink)).collect();
    Ok(sink.finish(&errors, Work { inversions: slices.inversions, energies: 1, ..Work::default() }))
}

/// Rows of a strip over slices of n sites: a multiple of the register tiles of the product kernels, few enough that the strip and its
/// successor stay in the cache of a core (some megabytes), enough that runs of transmissions are written in long pieces.
fn strip_rows<T>(n: usize) -> usize {
    192 / size_of::<T>() * (1000 / n.max(1)).clamp(4, 20)
}

/// Grows all `G_{x,y}` (forward: from y into the later x), or `G_{y,x}` (backward), and hands them to the sink.
///
/// A strip holds them with sites of earlier slices y as rows and those of the slice x as columns, that is, transposed if forward.
fn grow<T: Real>(way: Direction, couplings: &[Coupling], green: &Slices, sink: &mut Sink<'_, T>) -> Errors {
    let (slices, n) = (green.full.len(), green.full[0].cols());
    let forward = way == Direction::Forward;
    let exact_step = |x: usize| {
        let (v, g) = (&couplings[x].v, &green.right[x]);
        if forward {
            g.rearranged(|g, i, j| -v[i].conj() * g.col(i)[j])
        } else {
            g.rearranged(|g, i, j| -v[i] * g.col(j)[i])
        }
    };
    let steps: Vec<Strip<T>> = (0..slices - 1).map(|x| Strip::rounded(&exact_step(x))).collect();
    let is_single = T::EPSILON > f64::EPSILON;
    let rows = strip_rows::<T>(n);
    let mut strip = Strip::zeros(rows, n, green.full[0].has_slope());
    let mut next = strip.clone();
    let mut errors = Errors::default();
    for first in (0..slices * n).step_by(rows) {
        let end = (first + rows).min(slices * n);
        let sample =
            || Sample::of_strip(first / rows, (slices * n).div_ceil(rows), first..end, &green.full[0]);
        let mut sample = if is_single { sample() } else { None };
        for x in first / n..slices {
            let slice = x * n..(x + 1) * n;
            if slice.start > first {
                next.set_product(&strip, &steps[x - 1], slice.start.min(end) - first);
                std::mem::swap(&mut strip, &mut next);
            }
            // sites of the strip in this slice
            let begun = slice.start.max(first)..slice.end.min(end);
            let block = &green.full[x];
            let begin = |part, i, j| if forward { block.get(part, j, i) } else { block.get(part, i, j) };
            if !begun.is_empty() {
                let from = begun.start - slice.start;
                strip.set_rows(begun.start - first, begun.len(), |part, i, j| begin(part, from + i, j));
            }
            if let Some(sample) = &mut sample {
                sample.follow(x, begin, || exact_step(x - 1), &strip, &mut errors);
            }
            sink.take(way, x, first..slice.end.min(end), &strip);
        }
    }
    sink.leads(way);
    errors
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
        assert!(
            length * width > super::strip_rows::<f64>(width)
                && !super::strip_rows::<f64>(width).is_multiple_of(width)
        );
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
