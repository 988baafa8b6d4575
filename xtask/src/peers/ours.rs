//! This library's way to the S matrix: the only file here that calls it.

use super::case::Case;
use diffuson::conductor::{Conductor, Dressed};
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead};
use diffuson::scattering::{self, Route, SMatrix};
use diffuson_linalg::{C64, Inverter, Matrix};
use std::time::Instant;

/// A system with all that does not depend on the sample.
#[derive(Clone)]
pub(super) struct Prepared {
    lattice: Lattice,
    dressed: Dressed<'static>,
}

/// A factorisation, timed.
pub(super) struct Factored {
    /// Ordering and symbolic analysis, in seconds.
    pub(super) analyse: f64,
    /// Numbers, in seconds.
    pub(super) factor: f64,
    /// Numbers kept.
    pub(super) entries: usize,
    /// The element of the inverse from the first site to the last.
    pub(super) element: C64,
}

/// Lattice, leads, and what can be done before on-site energies are known.
pub(super) fn prepare(case: &Case) -> Result<Prepared, String> {
    let family = if case.shape[2] == 1 { Family::Square } else { Family::Cubic };
    let lattice = Lattice::new(family, case.shape, Boundary::HardWall).map_err(|e| e.to_string())?;
    let leads = [Some(Lead::Continuation), Some(Lead::Continuation)];
    let conductor = Conductor::new(lattice.clone(), leads, vec![]).map_err(|e| e.to_string())?;
    // what is borrowed from it must outlive this call; a worker prepares few systems and ends
    let conductor: &'static Conductor = Box::leak(Box::new(conductor));
    Ok(Prepared { lattice, dressed: conductor.at(case.energy).map_err(|e| e.to_string())? })
}

/// S of one sample.
pub(super) fn smatrix(prepared: &mut Prepared, onsite: &[f64]) -> Result<SMatrix, String> {
    scattering::smatrix(&prepared.dressed, onsite, Route::Recursive).map_err(|e| e.to_string())
}

/// `E - H - Sigma` factorised and nothing else.
pub(super) fn factor_only(prepared: &mut Prepared, onsite: &[f64]) -> Result<Factored, String> {
    let a = green_matrix(prepared, onsite)?;
    let n = a.rows();
    let mut inverse = Matrix::zeros(n, n);
    let started = Instant::now();
    Inverter::new(n).invert(&a, &mut inverse).map_err(|e| format!("E - H - Sigma: {e:?}"))?;
    let factor = started.elapsed().as_secs_f64();
    Ok(Factored { analyse: 0.0, factor, entries: n * n, element: inverse[(n - 1, 0)] })
}

/// `E - H - Sigma` of one sample.
fn green_matrix(prepared: &Prepared, onsite: &[f64]) -> Result<Matrix, String> {
    let (lattice, energy) = (&prepared.lattice, prepared.dressed.energy());
    let (slices, n) = (lattice.slices(), lattice.slice_sites());
    let mut a = Matrix::zeros(slices * n, slices * n);
    for x in 0..slices {
        let slice = lattice.slice_hamiltonian(x as isize);
        for i in 0..n {
            for j in 0..n {
                a[(x * n + i, x * n + j)] = -slice[(i, j)];
            }
            a[(x * n + i, x * n + i)] += energy - onsite[x * n + i];
            if x + 1 < slices {
                let hopping = lattice.forward_hopping(x)[i];
                a[(x * n + i, (x + 1) * n + i)] = -hopping;
                a[((x + 1) * n + i, x * n + i)] = -hopping.conj();
            }
        }
    }
    for (end, first) in [(End::Left, 0), (End::Right, (slices - 1) * n)] {
        let lead = Lead::Continuation.attach(lattice, end).and_then(|lead| lead.self_energy(energy));
        let sigma = lead.map_err(|e| e.to_string())?.sigma;
        for i in 0..n {
            for j in 0..n {
                a[(first + i, first + j)] -= sigma[(i, j)];
            }
        }
    }
    Ok(a)
}
