//! The reaction matrix of a closed system, and the scattering matrix it gives when the system is opened.

use crate::inverse::Inverter;
use crate::matrix::{C64, Matrix};
use crate::registers::settled;
use faer::linalg::solvers::Solve;
use faer::{MatMut, MatRef};

/// Reaction matrices beyond this size are near a level of the closed system: their rounding would be seen in S.
const LARGEST: f64 = 1e3;

/// `S = 1 - 2 (1 + i K / 2)^-1` with the reaction matrix `K = W^T B^-1 W`, all of it real but the last step.
///
/// That is `i W^T (B + i W W^T / 2)^-1 W - 1`, the scattering matrix of channels W coupled to a system of inverse Green function B (E. P. Wigner and
/// L. Eisenbud, Phys. Rev. 72, 29 (1947)), for some quarter of the operations. `b` is the symmetric matrix B of order n and `w` the n x c matrix W, both stored
/// column after column. S is symmetric, and unitary to rounding.
///
/// None if K is not finite or so large (a level of the closed system lies at the very energy) that digits would be lost.
///
/// # Panics
/// If `b` has not `n * n` entries or `w` no whole columns.
pub fn scattering_from_reaction(b: &[f64], w: &[f64], n: usize) -> Option<Matrix> {
    assert_eq!(b.len(), n * n, "a square matrix");
    assert!(w.len().is_multiple_of(n.max(1)), "whole columns");
    let c = w.len() / n.max(1);
    let mut k = vec![0.0; c * c];
    settled(|| {
        let lu = MatRef::from_column_major_slice(b, n, n).partial_piv_lu();
        let w = MatRef::from_column_major_slice(w, n, c);
        let mut solved = w.to_owned();
        lu.solve_in_place(solved.as_mut());
        let out = MatMut::from_column_major_slice_mut(&mut k, c, c);
        faer::linalg::matmul::matmul(
            out,
            faer::Accum::Replace,
            w.transpose(),
            solved.as_ref(),
            1.0,
            faer::Par::Seq,
        );
    });
    // NaN is too large
    if !k.iter().all(|x| x.abs() <= LARGEST) {
        return None;
    }
    let half = |i: usize, j: usize| 0.25 * (k[j * c + i] + k[i * c + j]);
    let open = Matrix::from_fn(c, c, |i, j| C64::new(if i == j { 1.0 } else { 0.0 }, half(i, j)));
    let mut s = Matrix::zeros(c, c);
    Inverter::new(c).invert(&open, &mut s).ok()?;
    s.as_mut_slice().iter_mut().for_each(|z| *z *= -2.0);
    (0..c).for_each(|i| s[(i, i)] += C64::ONE);
    Some(s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::multiply;

    #[test]
    fn the_reaction_matrix_gives_the_resolvent_formula() {
        let (n, c) = (37, 11);
        let mut state = 5u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        };
        let mut b = vec![0.0; n * n];
        for j in 0..n {
            for i in 0..=j {
                (b[j * n + i], b[i * n + j]) = {
                    let x = next();
                    (x, x)
                };
            }
        }
        let w: Vec<f64> = (0..n * c).map(|_| next()).collect();
        let s = scattering_from_reaction(&b, &w, n).unwrap();
        let w = Matrix::from_fn(n, c, |i, j| C64::from(w[j * n + i]));
        let gamma = multiply(&w, &w.transpose());
        let open = Matrix::from_fn(n, n, |i, j| C64::new(b[j * n + i], 0.5 * gamma[(i, j)].re));
        let mut g = Matrix::zeros(n, n);
        Inverter::new(n).invert(&open, &mut g).unwrap();
        let mut want = multiply(&multiply(&w.transpose(), &g), &w);
        want.as_mut_slice().iter_mut().for_each(|z| *z *= C64::I);
        (0..c).for_each(|i| want[(i, i)] -= C64::ONE);
        let unit = multiply(&s, &s.adjoint());
        for j in 0..c {
            for i in 0..c {
                assert!((s[(i, j)] - want[(i, j)]).norm() < 1e-12);
                assert!((unit[(i, j)] - if i == j { C64::ONE } else { C64::ZERO }).norm() < 1e-13);
            }
        }
    }

    #[test]
    fn levels_at_the_energy_are_left_to_others() {
        assert!(scattering_from_reaction(&[0.0], &[1.0], 1).is_none());
        assert!(scattering_from_reaction(&[f64::NAN], &[1.0], 1).is_none());
        assert!(scattering_from_reaction(&[1e-4], &[1.0], 1).is_none());
    }
}
