//! Passes over long arrays, compiled for the vector instructions of the machine that runs them.
//!
//! Plain loops, handed to [`pulp`], which chooses the instructions when called. Each closure takes what it writes for its own (`let out = out`):
//! a closure that only borrows would be called through a shim, which is not compiled for those instructions. Results depend on the machine
//! through the order of sums only.

use crate::matrix::C64;
use crate::planar::Real;
use pulp::Arch;

/// `out += factor t`, returning `u . v`: both uses of a stored row of a symmetric matrix in one pass.
///
/// # Panics
/// If the lengths differ.
pub fn add_and_dot<T: Real>(factor: f64, t: &[T], out: &mut [f64], u: &[T], v: &[f64]) -> f64 {
    assert_eq!([t.len(), u.len(), v.len()], [out.len(); 3], "lengths differ");
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let mut lanes = [0.0; 16];
            let out = out;
            let (out, out_rest) = out.as_chunks_mut::<16>();
            let (t, t_rest) = t.as_chunks::<16>();
            let (u, u_rest) = u.as_chunks::<16>();
            let (v, v_rest) = v.as_chunks::<16>();
            for (((out, t), u), v) in out.iter_mut().zip(t).zip(u).zip(v) {
                let mut sums = *out;
                for k in 0..16 {
                    sums[k] += factor * t[k].double();
                    lanes[k] += u[k].double() * v[k];
                }
                *out = sums;
            }
            let mut sum = lanes.iter().sum();
            for (((out, t), u), v) in out_rest.iter_mut().zip(t_rest).zip(u_rest).zip(v_rest) {
                *out += factor * t.double();
                sum += u.double() * v;
            }
            sum
        },
    )
}

/// `copy = t` and `out += copy`, returning the sum of the copy.
///
/// # Panics
/// If the lengths differ.
pub fn copy_and_add<S: Real, T: Real>(t: &[S], copy: &mut [T], out: &mut [f64]) -> f64 {
    assert_eq!([t.len(), copy.len()], [out.len(); 2], "lengths differ");
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let mut lanes = [0.0; 8];
            let (copy, copy_rest) = copy.as_chunks_mut::<8>();
            let out = out;
            let (out, out_rest) = out.as_chunks_mut::<8>();
            let (t, t_rest) = t.as_chunks::<8>();
            for ((t, copy), out) in t.iter().zip(copy).zip(out) {
                let (mut stored, mut sums) = (*copy, *out);
                for k in 0..8 {
                    stored[k] = T::of(t[k].double());
                    sums[k] += stored[k].double();
                    lanes[k] += stored[k].double();
                }
                (*copy, *out) = (stored, sums);
            }
            let mut sum = lanes.iter().sum();
            for ((t, copy), out) in t_rest.iter().zip(copy_rest).zip(out_rest) {
                *copy = T::of(t.double());
                *out += copy.double();
                sum += copy.double();
            }
            sum
        },
    )
}

/// `kept += weight t` and `out += kept`, returning the sum of what is kept.
///
/// # Panics
/// If the lengths differ.
pub fn add_weighted<T: Real>(weight: f64, t: &[T], kept: &mut [T], out: &mut [f64]) -> f64 {
    let n = t.len();
    assert_eq!([kept.len(), out.len()], [n; 2], "lengths differ");
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let (kept, out) = (kept, out);
            let (t, kept, out) = (&t[..n], &mut kept[..n], &mut out[..n]);
            for k in 0..n {
                kept[k] = T::of(kept[k].double() + weight * t[k].double());
                out[k] += kept[k].double();
            }
            let mut lanes = [0.0; 8];
            let (chunks, rest) = kept.as_chunks::<8>();
            for chunk in chunks {
                (0..8).for_each(|k| lanes[k] += chunk[k].double());
            }
            lanes.iter().sum::<f64>() + rest.iter().map(|x| x.double()).sum::<f64>()
        },
    )
}

/// `out += factor diag(left) m diag(right)` for matrices stored column after column, which may go on with further matrices of the same shape; without
/// `accumulate`, `out` is overwritten.
///
/// # Panics
/// If the lengths of `out` and `m` differ or are not whole columns of the length of `left`.
pub fn add_dressed(out: &mut [C64], accumulate: bool, factor: f64, left: &[C64], m: &[C64], right: &[C64]) {
    let rows = left.len();
    assert_eq!(out.len(), m.len(), "lengths differ");
    assert!(out.len().is_multiple_of(rows.max(1)), "not whole columns");
    let real = left.iter().chain(right).all(|v| v.im == 0.0);
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let out = out;
            let columns = out.chunks_exact_mut(rows).zip(m.chunks_exact(rows));
            for ((out, m), v) in columns.zip(right.iter().cycle()) {
                let (out, m, left) = (&mut out[..rows], &m[..rows], &left[..rows]);
                if real && !accumulate {
                    for k in 0..rows {
                        let weight = factor * v.re * left[k].re;
                        out[k] = C64::new(weight * m[k].re, weight * m[k].im);
                    }
                } else if real {
                    for k in 0..rows {
                        let weight = factor * v.re * left[k].re;
                        out[k].re += weight * m[k].re;
                        out[k].im += weight * m[k].im;
                    }
                } else {
                    let v = factor * v;
                    for k in 0..rows {
                        let before = if accumulate { out[k] } else { C64::ZERO };
                        out[k] = before + left[k] * m[k] * v;
                    }
                }
            }
        },
    );
}

/// A weight for each number of a vector, and its derivative.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'w, T> {
    /// The weights.
    pub value: &'w [T],
    /// Their derivatives.
    pub slope: &'w [T],
}

/// `t_k = w w_k |z_k|^2` with a common weight w, from the real and imaginary parts of z.
///
/// # Panics
/// If the lengths differ.
pub fn weighted_squares<T: Real>([re, im]: [&[T]; 2], common: T, weights: &[T], t: &mut [T]) {
    let n = t.len();
    assert_eq!([re.len(), im.len(), weights.len()], [n; 3], "lengths differ");
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let t = t;
            let (re, im, w, t) = (&re[..n], &im[..n], &weights[..n], &mut t[..n]);
            for k in 0..n {
                t[k] = common * w[k] * (re[k] * re[k] + im[k] * im[k]);
            }
        },
    );
}

/// `t_k = w w_k |z_k|^2` and its derivative dt_k, from the parts of z and of its derivative dz, and the derivatives of the weights (the common
/// one: w, dw).
///
/// # Panics
/// If the lengths differ.
pub fn weighted_squares_and_slopes<T: Real>(
    [re, im]: [&[T]; 2],
    [dre, dim]: [&[T]; 2],
    (common, common_slope): (T, T),
    weights: Weights<'_, T>,
    t: &mut [T],
    dt: &mut [T],
) {
    let n = t.len();
    let Weights { value: w, slope: dw } = weights;
    let lengths = [re, im, dre, dim, w, dw].map(<[T]>::len);
    assert_eq!((lengths, dt.len()), ([n; 6], n), "lengths differ");
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let (t, dt) = (t, dt);
            let (re, im, dre, dim) = (&re[..n], &im[..n], &dre[..n], &dim[..n]);
            let (w, dw, t, dt) = (&w[..n], &dw[..n], &mut t[..n], &mut dt[..n]);
            for k in 0..n {
                let square = re[k] * re[k] + im[k] * im[k];
                let half_slope = re[k] * dre[k] + im[k] * dim[k];
                t[k] = common * w[k] * square;
                dt[k] = common * w[k] * (half_slope + half_slope)
                    + (common_slope * w[k] + common * dw[k]) * square;
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, seed: f64) -> Vec<f64> {
        (0..n).map(|k| (seed + 1.7 * k as f64).sin()).collect()
    }

    #[test]
    fn passes_are_their_formulas() {
        for n in [0, 1, 7, 8, 16, 53] {
            let (t, u, v, start) = (numbers(n, 0.1), numbers(n, 0.4), numbers(n, 2.0), numbers(n, 3.0));
            let mut out = start.clone();
            let dot = add_and_dot(0.3, &t, &mut out, &u, &v);
            let exact: f64 = u.iter().zip(&v).map(|(u, v)| u * v).sum();
            assert!((dot - exact).abs() < 1e-15 * (1 + n) as f64);
            assert!((0..n).all(|k| (out[k] - start[k] - 0.3 * t[k]).abs() < 1e-15));

            let (mut copy, mut out) = (vec![0.0; n], start.clone());
            let sum = copy_and_add(&t, &mut copy, &mut out);
            assert!((sum - t.iter().sum::<f64>()).abs() < 1e-15 * (1 + n) as f64);
            assert!(copy == t && (0..n).all(|k| out[k] == start[k] + t[k]));

            let (mut kept, mut out) = (u.clone(), start.clone());
            let sum = add_weighted(0.3, &t, &mut kept, &mut out);
            assert!((sum - kept.iter().sum::<f64>()).abs() < 1e-15 * (1 + n) as f64);
            assert!(
                (0..n).all(|k| (kept[k] - u[k] - 0.3 * t[k]).abs() < 1e-15 && out[k] == start[k] + kept[k])
            );
        }
    }

    #[test]
    fn dressed_matrices_are_their_formula() {
        let complex = |n: usize, seed: f64, turn: f64| -> Vec<C64> {
            numbers(n, seed).into_iter().map(|x| C64::from_polar(x, turn * x)).collect()
        };
        for turn in [0.0, 0.7] {
            // two matrices of 5 x 3
            let (left, right, m) = (complex(5, 0.1, turn), complex(3, 0.2, turn), complex(30, 0.3, 1.0));
            let start = complex(30, 0.4, 1.0);
            let mut out = start.clone();
            add_dressed(&mut out, true, -0.3, &left, &m, &right);
            let mut alone = start.clone();
            add_dressed(&mut alone, false, -0.3, &left, &m, &right);
            for k in 0..30 {
                let want = -0.3 * left[k % 5] * m[k] * right[k / 5 % 3];
                assert!((out[k] - start[k] - want).norm() < 1e-15, "{k}");
                assert!((alone[k] - want).norm() < 1e-15, "{k}");
            }
        }
    }

    #[test]
    fn slopes_are_derivatives() {
        let (n, step) = (21, 1e-6);
        let parts = |f: &dyn Fn(f64) -> [f64; 2]| {
            [0, 1].map(|part: usize| (0..n).map(|k| f(k as f64)[part]).collect::<Vec<f64>>())
        };
        let z = |e: f64| parts(&|k| [(e * k).sin(), (2.0 * e + k).cos()]);
        let dz = parts(&|k| [k * (0.7 * k).cos(), -2.0 * (1.4 + k).sin()]);
        let slope: Vec<f64> = numbers(n, 0.3);
        let weights = |e: f64| -> Vec<f64> { slope.iter().map(|s| 1.0 + (e - 0.7) * s).collect() };
        let at = |e: f64| {
            let mut t = vec![0.0; n];
            let [re, im] = &z(e);
            weighted_squares([re, im], 2.0 - 3.0 * (e - 0.7), &weights(e), &mut t);
            t
        };
        let (mut t, mut dt) = (vec![0.0; n], vec![0.0; n]);
        let w = Weights { value: &weights(0.7), slope: &slope };
        let ([re, im], [dre, dim]) = (&z(0.7), &dz);
        weighted_squares_and_slopes([re, im], [dre, dim], (2.0, -3.0), w, &mut t, &mut dt);
        assert_eq!(t, at(0.7));
        let (low, high) = (at(0.7 - step), at(0.7 + step));
        for k in 0..n {
            let difference = (high[k] - low[k]) / (2.0 * step);
            assert!((dt[k] - difference).abs() < 1e-7, "{k}: {} {difference}", dt[k]);
        }
    }
}
