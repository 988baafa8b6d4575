//! Passes over long arrays, compiled for the widest vectors of the machine they run on.
//!
//! Each function is plain Rust that the compiler vectorises; [`pulp`] picks the instruction set once per call. Results depend on the width of the
//! vectors only in the order of sums.

use crate::matrix::C64;
use pulp::Arch;

/// Level widths Gamma and their energy derivatives of the sites of a column.
#[derive(Clone, Copy, Debug)]
pub struct Widths<'w> {
    /// Gamma of each site.
    pub width: &'w [f64],
    /// dGamma/dE of each site.
    pub slope: &'w [f64],
}

/// Transmissions from one site into the sites of a column: `t_i = Gamma_i Gamma |g_i|^2`.
///
/// # Panics
/// If the lengths differ.
pub fn transmission_column(g: &[C64], sites: Widths<'_>, width: f64, t: &mut [f64]) {
    let n = t.len();
    let (g, w) = (&g[..n], &sites.width[..n]);
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for i in 0..n {
                t[i] = w[i] * width * (g[i].re * g[i].re + g[i].im * g[i].im);
            }
        },
    );
}

/// As [`transmission_column`], with the derivatives by energy
/// `dt_i = 2 Gamma_i Gamma Re(g_i^* dg_i) + (Gamma'_i Gamma + Gamma_i Gamma') |g_i|^2` of a source of width Gamma and slope Gamma'.
///
/// # Panics
/// If the lengths differ.
pub fn transmission_column_with_slope(
    g: &[C64],
    dg: &[C64],
    sites: Widths<'_>,
    (width, slope): (f64, f64),
    t: &mut [f64],
    dt: &mut [f64],
) {
    let n = t.len();
    let (g, dg, w, dw, dt) = (&g[..n], &dg[..n], &sites.width[..n], &sites.slope[..n], &mut dt[..n]);
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for i in 0..n {
                let square = g[i].re * g[i].re + g[i].im * g[i].im;
                let product = g[i].re * dg[i].re + g[i].im * dg[i].im;
                t[i] = w[i] * width * square;
                dt[i] = 2.0 * (w[i] * width) * product + (dw[i] * width + w[i] * slope) * square;
            }
        },
    );
}

/// `out += A v` for a symmetric matrix of order n with zero diagonal, of which the entries below the diagonal are stored, column by column with
/// stride n. Reads each of them once.
///
/// # Panics
/// If the lengths do not match.
pub fn symmetric_product(below: &[f64], v: &[f64], out: &mut [f64]) {
    let n = v.len();
    assert!(below.len() == n * n && out.len() == n);
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut b = 0;
            // four columns at a time: v and out are loaded once for all of them
            while b + 4 < n {
                for c in b..b + 4 {
                    for a in c + 1..b + 4 {
                        let t = below[c * n + a];
                        out[a] += t * v[c];
                        out[c] += t * v[a];
                    }
                }
                let columns: [&[f64]; 4] =
                    std::array::from_fn(|k| &below[(b + k) * n + b + 4..(b + k + 1) * n]);
                let sources: [f64; 4] = std::array::from_fn(|k| v[b + k]);
                let (head, tail) = out.split_at_mut(b + 4);
                let sums = four_columns(columns, sources, &v[b + 4..], tail);
                head[b..].iter_mut().zip(sums).for_each(|(o, s)| *o += s);
                b += 4;
            }
            for c in b..n {
                for a in c + 1..n {
                    let t = below[c * n + a];
                    out[a] += t * v[c];
                    out[c] += t * v[a];
                }
            }
        },
    );
}

/// `out += sum_k t_k s_k`, returning the four `t_k . v`.
#[inline(always)]
fn four_columns(t: [&[f64]; 4], s: [f64; 4], v: &[f64], out: &mut [f64]) -> [f64; 4] {
    const LANES: usize = 8;
    let n = out.len();
    let t: [&[f64]; 4] = t.map(|t| &t[..n]);
    let v = &v[..n];
    let mut sums = [[0.0; LANES]; 4];
    let whole = n / LANES * LANES;
    let mut i = 0;
    while i < whole {
        let mut o = [0.0; LANES];
        o.copy_from_slice(&out[i..i + LANES]);
        for k in 0..4 {
            let (tk, vi) = (&t[k][i..i + LANES], &v[i..i + LANES]);
            for l in 0..LANES {
                o[l] += tk[l] * s[k];
                sums[k][l] += tk[l] * vi[l];
            }
        }
        out[i..i + LANES].copy_from_slice(&o);
        i += LANES;
    }
    let mut totals = sums.map(|lanes| lanes.iter().sum::<f64>());
    for i in whole..n {
        for k in 0..4 {
            out[i] += t[k][i] * s[k];
            totals[k] += t[k][i] * v[i];
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_product_reads_only_below_the_diagonal() {
        for n in [0, 1, 3, 4, 5, 9, 40, 77] {
            let entry = |a: usize, b: usize| ((3 * a.max(b) + 7 * a.min(b)) as f64).sin();
            let below: Vec<f64> = (0..n * n)
                .map(|i| (i % n, i / n))
                .map(|(a, b)| if a > b { entry(a, b) } else { f64::NAN })
                .collect();
            let v: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
            let mut out = vec![0.5; n];
            symmetric_product(&below, &v, &mut out);
            for a in 0..n {
                let exact: f64 = (0..n).filter(|b| *b != a).map(|b| entry(a, b) * v[b]).sum();
                assert!((out[a] - 0.5 - exact).abs() < 1e-13 * n as f64, "n = {n}");
            }
        }
    }

    #[test]
    fn columns_are_the_formula() {
        let n = 21;
        let g: Vec<C64> = (0..n).map(|i| C64::new((i as f64).sin(), (2.0 * i as f64).cos())).collect();
        let dg: Vec<C64> = g.iter().map(|z| z * z + 0.3).collect();
        let width: Vec<f64> = (0..n).map(|i| 0.1 * i as f64).collect();
        let slope: Vec<f64> = (0..n).map(|i| 0.2 - 0.01 * i as f64).collect();
        let (mut t, mut dt, mut alone) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let sites = Widths { width: &width, slope: &slope };
        transmission_column(&g, sites, 0.7, &mut alone);
        transmission_column_with_slope(&g, &dg, sites, (0.7, -0.4), &mut t, &mut dt);
        for i in 0..n {
            let square = g[i].norm_sqr();
            assert!((t[i] - 0.7 * width[i] * square).abs() < 1e-15);
            let exact =
                1.4 * width[i] * (g[i].conj() * dg[i]).re + (0.7 * slope[i] - 0.4 * width[i]) * square;
            assert!((dt[i] - exact).abs() < 1e-15);
            assert_eq!(t[i], alone[i]);
        }
    }
}
