//! Correlators of the currents that floating terminals correct.

use super::ROUNDING;
use super::overlap::Overlap;
use super::rates::{COLUMNS, Rates, deviation_from_unitary};
use crate::audit::{Audit, laws};
use crate::noise::amplitudes::Amplitudes;
use crate::noise::laws_of::relative;
use crate::scattering::nan_max;
use diffuson_linalg::{C64, Matrix};

/// `S_tt' = sum_ij Re A(t)_ij A(t')_ij^* g_ij` with `A(t) = L_t - s^+ L_t s`, L_t the weights of terminal t, for each of the overlaps g; row by row.
///
/// Weights of all t add up to 1 and s is unitary, so that one of the A follows from the others: two terminals take one solution with the adjoint for each column of s. Of the
/// matrices only some columns are there at a time.
pub(super) fn correlate(
    amplitudes: &Amplitudes<'_>,
    rates: &Rates,
    weights: &[Vec<f64>],
    overlaps: &[Overlap],
    audit: &mut Audit,
) -> Vec<Vec<f64>> {
    let (n, owner) = (amplitudes.terminals(), amplitudes.owners());
    let (driven, channels) = (weights.len(), owner.len());
    let independent = driven - 1;
    let mut sums = vec![vec![0.0; driven * driven]; overlaps.len()];
    // g = 1: what the rates give too
    let mut plain = vec![0.0; driven * driven];
    for from in (0..channels).step_by(COLUMNS) {
        let columns = from..channels.min(from + COLUMNS);
        let count = columns.len();
        let s = amplitudes.columns(columns.clone());
        let mut weighted = Matrix::zeros(channels, independent * count);
        for c in 0..independent * count {
            let (weights, out) = (&weights[c / count], weighted.col_mut(c));
            out.iter_mut().zip(s.col(c % count)).zip(&owner).for_each(|((z, s), &k)| *z = weights[k] * s);
        }
        let mut a = amplitudes.adjoint_times(&weighted);
        for c in 0..independent * count {
            let weights = &weights[c / count];
            let own = weights[owner[from + c % count]];
            // sum_k |s_kj|^2 (L_j - L_k) is L_j less the product, without its cancellation
            let scattered = s.col(c % count).iter().zip(&owner);
            let diagonal = scattered.map(|(s, &k)| s.norm_sqr() * (own - weights[k])).sum::<f64>();
            let column = a.col_mut(c);
            column.iter_mut().for_each(|z| *z = -*z);
            column[from + c % count] = C64::from(diagonal);
        }
        // of each column of A the products, summed over the channels of each terminal
        let sources = &owner[columns];
        let mut products = vec![0.0; n * count];
        for t in 0..independent {
            for u in 0..=t {
                products.fill(0.0);
                for (j, products) in products.chunks_exact_mut(n).enumerate() {
                    let [x, y] = [t, u].map(|t| a.col(t * count + j));
                    x.iter().zip(y).zip(&owner).for_each(|((x, y), &k)| {
                        products[k] += x.re * y.re + x.im * y.im;
                    });
                }
                plain[t * driven + u] += products.iter().sum::<f64>();
                for (sum, overlap) in sums.iter_mut().zip(overlaps) {
                    sum[t * driven + u] += overlap.contract(&products, sources);
                }
            }
        }
    }
    sums.iter_mut().for_each(|sum| complete(sum, driven));
    complete(&mut plain, driven);
    record(audit, amplitudes, rates, weights, &plain);
    sums
}

/// Fills the matrix of which the lower triangle is known but for the last row, by symmetry and as rows add up to zero.
fn complete(s: &mut [f64], n: usize) {
    let last = n - 1;
    for t in 0..last {
        (0..t).for_each(|u| s[u * n + t] = s[t * n + u]);
    }
    let mut corner = 0.0;
    for t in 0..last {
        let rest: f64 = (0..last).map(|u| s[t * n + u]).sum();
        (s[t * n + last], s[last * n + t]) = (-rest, -rest);
        corner += rest;
    }
    s[last * n + last] = corner;
}

/// Unitarity, and the fluctuation-dissipation theorem: `Tr A(t) A(t') = sum_ab T_ab (L_a - L_b) (L'_a - L'_b)`, the first from columns of `s^+ L s`, the second from `|s|^2`;
/// times 2 kT that is the noise at equal occupations, and with the weights of one energy the second is `G_tt' + G_t't`.
fn record(
    audit: &mut Audit,
    amplitudes: &Amplitudes<'_>,
    rates: &Rates,
    weights: &[Vec<f64>],
    plain: &[f64],
) {
    let n = weights.len();
    audit.merge(amplitudes.audit());
    audit.record(laws::UNITARITY, nan_max(rates.imbalance, deviation_from_unitary(amplitudes)), ROUNDING);
    let scale = (0..n).map(|t| plain[t * n + t]).fold(0.0, nan_max);
    let difference = |t: usize, u: usize| (plain[t * n + u] - rates.form(&weights[t], &weights[u])).abs();
    let pairs = (0..n).flat_map(|t| (0..=t).map(move |u| (t, u)));
    let worst = pairs.map(|(t, u)| difference(t, u)).fold(0.0, nan_max);
    // where next to nothing is transmitted there are roundings of what is reflected
    let roundings = f64::EPSILON * amplitudes.channels() as f64;
    audit.record(laws::EQUILIBRIUM_NOISE, relative(worst, scale.max(roundings)), EQUILIBRIUM);
}

/// Tolerance of the fluctuation-dissipation theorem.
const EQUILIBRIUM: f64 = 1e-8;
