//! This library's way to the S matrix: the only file of the comparison of times that calls it.

use super::case::Case;
use diffuson::conductor::{Conductor, Dressed};
use diffuson::hamiltonian::Hamiltonian;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead};
use diffuson::scattering::{self, Route, SMatrix};
use diffuson_linalg::C64;
use diffuson_linalg::sparse::{Analysis, Factor, Values};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// Factorisations of one matrix, timed in seconds.
pub(super) struct Factored {
    /// Order of elimination and places of all entries.
    pub(super) analyse: f64,
    /// First factorisation, as a symmetric matrix.
    pub(super) factor: f64,
    /// Entries of the factor.
    pub(super) entries: f64,
    /// The element of the inverse from the first site to the last.
    pub(super) element: C64,
    workspace: Factor,
    matrix: GreenMatrix,
}

/// Lattice and leads.
pub(super) fn conductor(case: &Case) -> Result<Conductor, String> {
    let leads = [Some(Lead::Continuation), Some(Lead::Continuation)];
    Conductor::new(lattice(case)?, leads, vec![]).map_err(|e| e.to_string())
}

/// S of one sample.
pub(super) fn smatrix(dressed: &Dressed<'_>, onsite: &[f64]) -> Result<SMatrix, String> {
    scattering::smatrix(dressed, onsite, Route::NestedDissection).map_err(|e| e.to_string())
}

/// `E - H - Sigma` factorised and nothing else: all rows eliminated, the dense blocks of the leads entries like any others.
pub(super) fn factor_only(case: &Case, onsite: &[f64]) -> Result<Factored, String> {
    let matrix = GreenMatrix::new(case, onsite)?;
    let n = matrix.positions.len();
    let started = Instant::now();
    let analysis = Arc::new(Analysis::new(n, &matrix.pattern, &matrix.positions, &[]));
    let analyse = started.elapsed().as_secs_f64();
    let entries = analysis.counts().factor_entries;
    let mut workspace = Factor::new(analysis);
    let factor = timed(|| workspace.factorise(Values::Symmetric(&matrix.values)));
    let element = corner(&mut workspace, n)?;
    Ok(Factored { analyse, factor, entries, element, workspace, matrix })
}

impl Factored {
    /// Another factorisation in the same memory, as every sample of an ensemble but the first has it.
    pub(super) fn again(&mut self) -> f64 {
        timed(|| self.workspace.factorise(Values::Symmetric(&self.matrix.values)))
    }

    /// The first and another one without making use of the symmetry, which MUMPS is not told of either.
    pub(super) fn general(&mut self) -> Result<[f64; 2], String> {
        let values = Values::General { lower: &self.matrix.values, upper: &self.matrix.values };
        let times = [(); 2].map(|()| timed(|| self.workspace.factorise(values)));
        let element = corner(&mut self.workspace, self.matrix.positions.len())?;
        // both eliminate without exchanging rows of different fronts: some 1e-14 of the largest element
        if (element - self.element).norm() > 1e-10 * self.element.norm().max(1e-3) {
            return Err(format!("symmetric and general factors give {} and {element}", self.element));
        }
        Ok(times)
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

fn corner(factor: &mut Factor, n: usize) -> Result<C64, String> {
    factor.close(None).map_err(|e| format!("E - H - Sigma: {e:?}"))?;
    Ok(factor.columns(&[0])[(n - 1, 0)])
}

fn lattice(case: &Case) -> Result<Lattice, String> {
    let family = if case.shape[2] == 1 { Family::Square } else { Family::Cubic };
    Lattice::new(family, case.shape, Boundary::HardWall).map_err(|e| e.to_string())
}

/// `E - H - Sigma` of one sample: complex symmetric, lower triangle.
struct GreenMatrix {
    pattern: Vec<(u32, u32)>,
    values: Vec<C64>,
    positions: Vec<[f64; 3]>,
}

impl GreenMatrix {
    fn new(case: &Case, onsite: &[f64]) -> Result<Self, String> {
        let lattice = lattice(case)?;
        let h = Hamiltonian::of(&lattice);
        let mut entries: BTreeMap<(u32, u32), C64> =
            h.entries().map(|(i, j, value)| ((j as u32, i as u32), -value)).collect();
        for (i, level) in (0u32..).zip(onsite) {
            *entries.entry((i, i)).or_default() += case.energy - level;
        }
        let n = lattice.slice_sites();
        for (end, first) in [(End::Left, 0), (End::Right, lattice.sites() - n)] {
            let lead =
                Lead::Continuation.attach(&lattice, end).and_then(|lead| lead.self_energy(case.energy));
            let sigma = lead.map_err(|e| e.to_string())?.sigma;
            for j in 0..n {
                for i in j..n {
                    *entries.entry(((first + j) as u32, (first + i) as u32)).or_default() -= sigma[(i, j)];
                }
            }
        }
        Ok(Self {
            pattern: entries.keys().map(|&(col, row)| (row, col)).collect(),
            values: entries.into_values().collect(),
            positions: (0..h.sites()).map(|site| h.position(site)).collect(),
        })
    }
}
