//! The oracle: invert the whole matrix and evaluate every definition as it is written. Takes conductors of any shape.

use super::{Pool, Precision, Scattered, SolveError, Spectral, Transmissions, Work, probe_of};
use crate::audit::{Audit, laws};
use crate::conductor::Dressed;
use diffuson_linalg::{C64, Inverter, Matrix, Op, Singular, product};
use std::sync::Arc;

pub(super) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    with_derivative: bool,
) -> Result<Scattered, SolveError> {
    let g = green(dressed, onsite)?;
    // G' = -G X G
    let dg = with_derivative.then(|| {
        let mut dg = multiply(&multiply(&g, &unit(dressed)), &g);
        dg.as_mut_slice().iter_mut().for_each(|z| *z = -*z);
        dg
    });

    // every terminal as a width matrix on some orbitals: T_ab = Tr Gamma_a G Gamma_b G^+
    let conductor = dressed.conductor;
    let (hamiltonian, probe_of) = (conductor.hamiltonian(), probe_of(dressed));
    let mut spectral = Spectral::new(dressed, Precision::Double);
    spectral.amplification = g.max_norm().max(1.0);
    let mut terminals = Vec::with_capacity(conductor.terminals());
    for site in 0..hamiltonian.sites() {
        let orbitals = hamiltonian.orbitals_of(site);
        spectral.site(dressed, &probe_of, site, orbitals.clone(), &g, dg.as_ref());
        if probe_of[site].is_some() {
            let uniform = |w: f64| Matrix::from_diagonal(&vec![C64::new(w, 0.0); orbitals.len()]);
            terminals.push(Terminal {
                width: uniform(dressed.sites[site].width()),
                derivative: uniform(dressed.sites[site].width_derivative()),
                orbitals: orbitals.collect(),
            });
        }
    }
    for (index, lead) in dressed.leads.iter().enumerate() {
        let orbitals = conductor.interface(index);
        let own = |m: &Matrix| block(m, orbitals, orbitals);
        spectral.lead(lead, conductor.lead_terminal(index), &own(&g), dg.as_ref().map(own).as_ref());
        terminals.push(Terminal {
            orbitals: orbitals.to_vec(),
            width: lead.width.clone(),
            derivative: lead.width_derivative.clone(),
        });
    }

    // both triangles are computed, so that symmetry can be audited rather than assumed
    let count = terminals.len();
    let unwritten = || Transmissions::unwritten(count, false, Precision::Double, &conductor.pool);
    let (mut full, mut d_full) = (unwritten(), dg.as_ref().map(|_| unwritten()));
    for (b, source) in terminals.iter().enumerate() {
        for (a, sink) in terminals.iter().enumerate() {
            if a == b {
                continue;
            }
            let g_ab = block(&g, &sink.orbitals, &source.orbitals);
            let gamma_g = multiply(&g_ab, &source.width);
            full.set(a, b, trace_of_product(&sink.width, &multiply(&gamma_g, &g_ab.adjoint())));
            if let (Some(dg), Some(d_full)) = (&dg, &mut d_full) {
                let dg_ab = block(dg, &sink.orbitals, &source.orbitals);
                let d_gamma_g = multiply(&multiply(&g_ab, &source.derivative), &g_ab.adjoint());
                let value = trace_of_product(&sink.derivative, &multiply(&gamma_g, &g_ab.adjoint()))
                    + 2.0 * trace_of_product(&sink.width, &multiply(&gamma_g, &dg_ab.adjoint()))
                    + trace_of_product(&sink.width, &d_gamma_g);
                d_full.set(a, b, value);
            }
        }
    }
    full.finish();
    d_full.iter_mut().for_each(Transmissions::finish);
    let mut audit = Audit::default();
    spectral.audit(&mut audit, full.sums(), d_full.as_ref().map(Transmissions::sums));
    let (full, d_full) = if conductor.is_time_reversal_symmetric() {
        audit.record(laws::RECIPROCITY, asymmetry(&full), spectral.allowed());
        (lower(&full, &conductor.pool), d_full.as_ref().map(|d| lower(d, &conductor.pool)))
    } else {
        (full, d_full)
    };
    Ok(Scattered {
        exchange: Box::new(full),
        derivative: d_full.map(|d| Box::new(d) as _),
        density_of_states: spectral.density_of_states,
        audit,
        work: Work { inversions: 1, energies: 1, ..Work::default() },
    })
}

/// `G W` on the surface for the modes W of the leads.
pub(super) fn from_modes(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    modes: &Matrix,
) -> Result<(Matrix, Work), SolveError> {
    let a = inverse_green(dressed, onsite);
    let mut rhs = Matrix::zeros(a.rows(), modes.cols());
    for c in 0..modes.cols() {
        dressed.surface().iter().enumerate().for_each(|(i, &row)| rhs[(row, c)] = modes[(i, c)]);
    }
    let x = diffuson_linalg::solve(&a, &rhs).map_err(|cause| singular(dressed, cause))?;
    let x = Matrix::from_fn(modes.rows(), modes.cols(), |i, c| x[(dressed.surface()[i], c)]);
    Ok((x, Work { inversions: 1, energies: 1, ..Work::default() }))
}

struct Terminal {
    orbitals: Vec<usize>,
    width: Matrix,
    derivative: Matrix,
}

/// `G = (E - H - Sigma)^-1`.
pub(super) fn green(dressed: &Dressed<'_>, onsite: &[f64]) -> Result<Matrix, SolveError> {
    let a = inverse_green(dressed, onsite);
    let mut g = Matrix::zeros(a.rows(), a.rows());
    Inverter::new(a.rows()).invert(&a, &mut g).map_err(|cause| singular(dressed, cause))?;
    Ok(g)
}

/// `E - H - Sigma`.
fn inverse_green(dressed: &Dressed<'_>, onsite: &[f64]) -> Matrix {
    let hamiltonian = dressed.conductor.hamiltonian();
    let order = hamiltonian.orbitals();
    let mut a = Matrix::zeros(order, order);
    let mut entries = Vec::new();
    dressed.entries_complex(onsite, &mut entries);
    for ((row, col, _), value) in hamiltonian.entries().zip(entries) {
        a[(col, row)] = value.conj();
        a[(row, col)] = value;
    }
    subtract_on_surface(dressed, &mut a, &dressed.surface_self_energy());
    a
}

fn singular(dressed: &Dressed<'_>, cause: Singular) -> SolveError {
    SolveError::Singular { energy: dressed.energy, slice: 0, cause }
}

/// `X = 1 - dSigma/dE`.
fn unit(dressed: &Dressed<'_>) -> Matrix {
    let hamiltonian = dressed.conductor.hamiltonian();
    let mut x = Matrix::identity(hamiltonian.orbitals());
    for (site, probe) in dressed.sites.iter().enumerate() {
        hamiltonian.orbitals_of(site).for_each(|orbital| x[(orbital, orbital)] -= probe.derivative);
    }
    subtract_on_surface(dressed, &mut x, &dressed.surface_self_energy_derivative());
    x
}

fn subtract_on_surface(dressed: &Dressed<'_>, from: &mut Matrix, what: &Matrix) {
    for (j, &col) in dressed.surface().iter().enumerate() {
        for (i, &row) in dressed.surface().iter().enumerate() {
            from[(row, col)] -= what[(i, j)];
        }
    }
}

/// Some rows and columns.
pub(super) fn block(m: &Matrix, rows: &[usize], cols: &[usize]) -> Matrix {
    Matrix::from_fn(rows.len(), cols.len(), |i, j| m[(rows[i], cols[j])])
}

/// `max |T_ab - T_ba| / max T`.
fn asymmetry(t: &Transmissions) -> f64 {
    use super::Exchange;
    let pairs = (0..t.terminals()).flat_map(|a| (0..a).map(move |b| (a, b)));
    let (difference, largest) = pairs.fold((0.0, f64::MIN_POSITIVE), |(d, m), (a, b)| {
        (super::nan_max(d, (t.get(a, b) - t.get(b, a)).abs()), f64::max(m, t.get(a, b)))
    });
    difference / largest
}

fn lower(t: &Transmissions, pool: &Arc<Pool>) -> Transmissions {
    use super::Exchange;
    let mut symmetric = Transmissions::unwritten(t.terminals(), true, Precision::Double, pool);
    for b in 0..t.terminals() {
        for a in b + 1..t.terminals() {
            symmetric.set(a, b, t.get(a, b));
        }
    }
    symmetric.finish();
    symmetric
}

/// `a b`.
pub(super) fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(a.rows(), b.cols());
    product(out.all_mut(), false, 1.0, (a.all(), Op::Plain), (b.all(), Op::Plain));
    out
}

/// `Re Tr a b`.
pub(super) fn trace_of_product(a: &Matrix, b: &Matrix) -> f64 {
    (0..a.rows()).map(|i| (0..a.cols()).map(|k| (a[(i, k)] * b[(k, i)]).re).sum::<f64>()).sum()
}
