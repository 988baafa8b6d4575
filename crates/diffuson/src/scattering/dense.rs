//! The oracle: invert the whole matrix and evaluate every definition as it is written.

use super::{Pool, Scattered, SolveError, Spectral, Transmissions, Work, probe_of};
use crate::audit::{Audit, laws};
use crate::conductor::{Dressed, DressedLead};
use crate::leads::End;
use diffuson_linalg::{C64, Inverter, Matrix, Op, product};
use std::sync::Arc;

pub(super) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    with_derivative: bool,
) -> Result<Scattered, SolveError> {
    let blocks = dressed.blocks(onsite);
    let (slices, n) = (blocks.a.len(), blocks.a[0].rows());
    let size = slices * n;
    let mut a = Matrix::zeros(size, size);
    let mut x = Matrix::zeros(size, size);
    for s in 0..slices {
        for j in 0..n {
            for i in 0..n {
                a[(s * n + i, s * n + j)] = blocks.a[s][(i, j)];
                x[(s * n + i, s * n + j)] = blocks.x[s][(i, j)];
            }
        }
    }
    for (s, v) in blocks.v.iter().enumerate() {
        for (k, &v) in v.iter().enumerate() {
            a[(s * n + k, (s + 1) * n + k)] = v;
            a[((s + 1) * n + k, s * n + k)] = v.conj();
        }
    }
    let mut g = Matrix::zeros(size, size);
    Inverter::new(size).invert(&a, &mut g).map_err(|cause| SolveError::Singular {
        energy: dressed.energy,
        slice: 0,
        cause,
    })?;
    // G' = -G X G
    let dg = with_derivative.then(|| {
        let mut dg = multiply(&multiply(&g, &x), &g);
        dg.as_mut_slice().iter_mut().for_each(|z| *z = -*z);
        dg
    });

    let conductor = dressed.conductor;
    let probe_of = probe_of(dressed);
    let mut spectral = Spectral::new(dressed);
    for s in 0..slices {
        let block = |m: &Matrix| Matrix::from_fn(n, n, |i, j| m[(s * n + i, s * n + j)]);
        spectral.slice(dressed, &probe_of, s, &block(&g), dg.as_ref().map(block).as_ref());
    }

    // every terminal as a width matrix on some sites: T_ab = Tr Gamma_a G Gamma_b G^+
    let mut terminals: Vec<Terminal> = conductor
        .probe_sites()
        .map(|site| {
            let single = |w: f64| Matrix::from_diagonal(&[C64::new(w, 0.0)]);
            Terminal {
                from: site,
                width: single(dressed.sites[site].width()),
                derivative: single(dressed.sites[site].width_derivative()),
            }
        })
        .collect();
    for (end, from) in [(End::Left, 0), (End::Right, size - n)] {
        if let Some(DressedLead { width, width_derivative, .. }) = &dressed.leads[end as usize] {
            terminals.push(Terminal { from, width: width.clone(), derivative: width_derivative.clone() });
        }
    }

    // both triangles are computed, so that symmetry can be audited rather than assumed
    let count = terminals.len();
    let mut full = Transmissions::unwritten(count, false, &conductor.pool);
    let mut d_full = dg.as_ref().map(|_| Transmissions::unwritten(count, false, &conductor.pool));
    for (b, source) in terminals.iter().enumerate() {
        for (a, sink) in terminals.iter().enumerate() {
            if a == b {
                continue;
            }
            let block = |m: &Matrix| {
                Matrix::from_fn(sink.width.rows(), source.width.rows(), |i, j| {
                    m[(sink.from + i, source.from + j)]
                })
            };
            let g_ab = block(&g);
            let gamma_g = multiply(&g_ab, &source.width);
            full.set(a, b, trace_of_product(&sink.width, &multiply(&gamma_g, &g_ab.adjoint())));
            if let (Some(dg), Some(d_full)) = (&dg, &mut d_full) {
                let dg_ab = block(dg);
                let d_gamma_g = multiply(&multiply(&g_ab, &source.derivative), &g_ab.adjoint());
                let value = trace_of_product(&sink.derivative, &multiply(&gamma_g, &g_ab.adjoint()))
                    + 2.0 * trace_of_product(&sink.width, &multiply(&gamma_g, &dg_ab.adjoint()))
                    + trace_of_product(&sink.width, &d_gamma_g);
                d_full.set(a, b, value);
            }
        }
    }
    let mut audit = Audit::default();
    spectral.audit(&mut audit, &full, d_full.as_ref());
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
        work: Work { inversions: 1, energies: 1 },
    })
}

struct Terminal {
    from: usize,
    width: Matrix,
    derivative: Matrix,
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
    let mut symmetric = Transmissions::unwritten(t.terminals(), true, pool);
    for b in 0..t.terminals() {
        for a in b + 1..t.terminals() {
            symmetric.set(a, b, t.get(a, b));
        }
    }
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
