//! Passes over long arrays, compiled for the vector instructions of the machine that runs them.
//!
//! Plain loops, handed to [`pulp`], which chooses the instructions when called. Each closure takes what it writes for its own (`let out = out`):
//! a closure that only borrows would be called through a shim, which is not compiled for those instructions. Results depend on the machine
//! through the order of sums only.

use crate::matrix::C64;
use pulp::Arch;

/// `out += factor t`, returning `u . v`: both uses of a stored row of a symmetric matrix in one pass.
///
/// # Panics
/// If the lengths differ.
pub fn add_and_dot(factor: f64, t: &[f64], out: &mut [f64], u: &[f64], v: &[f64]) -> f64 {
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
                    sums[k] += factor * t[k];
                    lanes[k] += u[k] * v[k];
                }
                *out = sums;
            }
            let mut sum = lanes.iter().sum();
            for (((out, t), u), v) in out_rest.iter_mut().zip(t_rest).zip(u_rest).zip(v_rest) {
                *out += factor * t;
                sum += u * v;
            }
            sum
        },
    )
}

/// `copy = t` and `out += t`, returning the sum of t.
///
/// # Panics
/// If the lengths differ.
pub fn copy_and_add(t: &[f64], copy: &mut [f64], out: &mut [f64]) -> f64 {
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
                let mut sums = *out;
                for k in 0..8 {
                    sums[k] += t[k];
                    lanes[k] += t[k];
                }
                (*copy, *out) = (*t, sums);
            }
            let mut sum = lanes.iter().sum();
            for ((t, copy), out) in t_rest.iter().zip(copy_rest).zip(out_rest) {
                *copy = *t;
                *out += t;
                sum += t;
            }
            sum
        },
    )
}

/// `out += factor diag(left) m diag(right)` for matrices stored column after column, which may go on with further matrices of the same shape.
///
/// # Panics
/// If the lengths of `out` and `m` differ or are not whole columns of the length of `left`.
pub fn add_dressed(out: &mut [C64], factor: f64, left: &[C64], m: &[C64], right: &[C64]) {
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
                if real {
                    for k in 0..rows {
                        let weight = factor * v.re * left[k].re;
                        out[k].re += weight * m[k].re;
                        out[k].im += weight * m[k].im;
                    }
                } else {
                    let v = factor * v;
                    for k in 0..rows {
                        out[k] += left[k] * m[k] * v;
                    }
                }
            }
        },
    );
}

/// A weight for each number of a vector, and its derivative.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'w> {
    /// The weights.
    pub value: &'w [f64],
    /// Their derivatives.
    pub slope: &'w [f64],
}

/// `t_k = w w_k |z_k|^2` with a common weight w.
///
/// # Panics
/// If the lengths differ.
pub fn weighted_squares(z: &[C64], common: f64, weights: &[f64], t: &mut [f64]) {
    assert_eq!([z.len(), weights.len()], [t.len(); 2], "lengths differ");
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let t = t;
            for ((t, z), w) in t.iter_mut().zip(z).zip(weights) {
                *t = common * w * (z.re * z.re + z.im * z.im);
            }
        },
    );
}

/// `t_k = w w_k |z_k|^2` and its derivative dt_k, from the derivatives dz of z and those of the weights (the common one: w, dw).
///
/// # Panics
/// If the lengths differ.
pub fn weighted_squares_and_slopes(
    z: &[C64],
    dz: &[C64],
    (common, common_slope): (f64, f64),
    weights: Weights<'_>,
    t: &mut [f64],
    dt: &mut [f64],
) {
    let n = t.len();
    assert_eq!(
        [z.len(), dz.len(), weights.value.len(), weights.slope.len(), dt.len()],
        [n; 5],
        "lengths differ"
    );
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let (t, dt) = (t, dt);
            let (z, dz, w, dw, t, dt) =
                (&z[..n], &dz[..n], &weights.value[..n], &weights.slope[..n], &mut t[..n], &mut dt[..n]);
            for k in 0..n {
                let square = z[k].re * z[k].re + z[k].im * z[k].im;
                let slope = 2.0 * (z[k].re * dz[k].re + z[k].im * dz[k].im);
                t[k] = common * w[k] * square;
                dt[k] = common * w[k] * slope + (common_slope * w[k] + common * dw[k]) * square;
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
            add_dressed(&mut out, -0.3, &left, &m, &right);
            for k in 0..30 {
                let want = start[k] - 0.3 * left[k % 5] * m[k] * right[k / 5 % 3];
                assert!((out[k] - want).norm() < 1e-15, "{k}");
            }
        }
    }

    #[test]
    fn slopes_are_derivatives() {
        let (n, step) = (21, 1e-6);
        let z = |e: f64| -> Vec<C64> {
            (0..n).map(|k| C64::new((e * k as f64).sin(), (2.0 * e + k as f64).cos())).collect()
        };
        let dz: Vec<C64> = (0..n)
            .map(|k| C64::new(k as f64 * (0.7 * k as f64).cos(), -2.0 * (1.4 + k as f64).sin()))
            .collect();
        let slope: Vec<f64> = numbers(n, 0.3);
        let weights = |e: f64| -> Vec<f64> { slope.iter().map(|s| 1.0 + (e - 0.7) * s).collect() };
        let at = |e: f64| {
            let mut t = vec![0.0; n];
            weighted_squares(&z(e), 2.0 - 3.0 * (e - 0.7), &weights(e), &mut t);
            t
        };
        let (mut t, mut dt) = (vec![0.0; n], vec![0.0; n]);
        let w = Weights { value: &weights(0.7), slope: &slope };
        weighted_squares_and_slopes(&z(0.7), &dz, (2.0, -3.0), w, &mut t, &mut dt);
        assert_eq!(t, at(0.7));
        let (low, high) = (at(0.7 - step), at(0.7 + step));
        for k in 0..n {
            let difference = (high[k] - low[k]) / (2.0 * step);
            assert!((dt[k] - difference).abs() < 1e-7, "{k}: {} {difference}", dt[k]);
        }
    }
}
