//! sigma and |S| of all samples as functions of temperature and parameters, with derivatives.

use crate::localization::{Kernels, Scaling};
use diffuson_fit::curve::Function;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a parameter stands: x, A, b, gain, offset; the distances; the geometry factors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) samples: usize,
}

impl Layout {
    pub(super) const EXPONENT: usize = 0;
    pub(super) const PREFACTOR: usize = 1;
    pub(super) const CURVATURE: usize = 2;
    pub(super) const GAIN: usize = 3;
    pub(super) const OFFSET: usize = 4;

    pub(super) fn distance(self, sample: usize) -> usize {
        5 + sample
    }

    pub(super) fn geometry(self, sample: usize) -> usize {
        5 + self.samples + sample
    }
}

/// One point of the data that takes part: its ordinates are sigma, then |S| in k_B/e, as far as they were measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) sample: usize,
    pub(super) point: usize,
    pub(super) conductivity: bool,
    pub(super) thermopower: bool,
}

/// The two curves of every sample.
#[derive(Debug)]
pub(super) struct TwoCurves {
    rows: Vec<Row>,
    layout: Layout,
    curved: bool,
    /// The kernels of the exponent asked for last: all points of one evaluation have the same.
    kept: Mutex<Option<Arc<Pair>>>,
}

/// The kernels of x, and of x + 1 where sigma_0 is curved.
#[derive(Debug)]
struct Pair {
    kernels: Kernels,
    next: Option<Kernels>,
}

/// `ln(sigma/(A T^x))` and Y without geometry, gain and offset, or a derivative of both.
type Both = Scaling;

/// Values and derivatives by T, x, d and b.
struct Local {
    value: Both,
    by: [Both; 4],
}

/// How far above the chemical potential sigma_0 must be positive, in k_B T: half a per cent of the window lies beyond.
const WINDOW: f64 = 6.0;

impl TwoCurves {
    pub(super) fn new(rows: Vec<Row>, layout: Layout, curved: bool) -> Self {
        Self { rows, layout, curved, kept: Mutex::new(None) }
    }

    fn pair(&self, x: f64) -> Option<Arc<Pair>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pair) = kept.as_ref().filter(|p| p.kernels.exponent() == x) {
            return Some(pair.clone());
        }
        let next = if self.curved { Some(Kernels::new(x + 1.0).ok()?) } else { None };
        let pair = Arc::new(Pair { kernels: Kernels::new(x).ok()?, next });
        *kept = Some(pair.clone());
        Some(pair)
    }

    /// Whether the law exists for a sample at a temperature.
    fn exists(&self, t: f64, d: f64, b: f64) -> bool {
        t > 0.0 && d.is_finite() && 1.0 + b * (d.max(0.0) + WINDOW * t) > 0.0
    }

    /// sigma, and |S| in k_B/e; NaN where the law does not exist.
    pub(super) fn both(&self, sample: usize, t: f64, p: &[f64]) -> (f64, f64) {
        let (x, b, d) = (p[Layout::EXPONENT], p[Layout::CURVATURE], p[self.layout.distance(sample)]);
        let Some(pair) = self.pair(x).filter(|_| self.exists(t, d, b)) else { return (f64::NAN, f64::NAN) };
        let scaling = pair.value(t, d, b);
        let ln_sigma = x * t.ln() + scaling.ln_conductivity;
        let sigma = p[Layout::PREFACTOR] * p[self.layout.geometry(sample)] * ln_sigma.exp();
        (sigma, p[Layout::GAIN] * scaling.thermopower + p[Layout::OFFSET])
    }
}

impl Pair {
    fn value(&self, t: f64, d: f64, b: f64) -> Both {
        let z = d / t;
        let v = self.kernels.scaling(z);
        let Some(next) = &self.next else { return v };
        let w = next.scaling(z);
        // the part of the second kernel
        let part = b * t * (w.ln_conductivity - v.ln_conductivity).exp();
        Scaling {
            ln_conductivity: v.ln_conductivity + part.ln_1p(),
            thermopower: (v.thermopower + part * w.thermopower) / (1.0 + part),
        }
    }

    fn local(&self, t: f64, d: f64, b: f64) -> Local {
        let z = d / t;
        let [v, v_z, v_x] = self.kernels.scaling_derivatives(z);
        let scaled = |s: Both, by: f64| Scaling {
            ln_conductivity: by * s.ln_conductivity,
            thermopower: by * s.thermopower,
        };
        let zero = Scaling { ln_conductivity: 0.0, thermopower: 0.0 };
        let Some(next) = &self.next else {
            return Local { value: v, by: [scaled(v_z, -z / t), v_x, scaled(v_z, 1.0 / t), zero] };
        };
        let [w, w_z, w_x] = next.scaling_derivatives(z);
        let ratio = t * (w.ln_conductivity - v.ln_conductivity).exp();
        let part = b * ratio;
        let whole = 1.0 + part;
        let s = (v.thermopower + part * w.thermopower) / whole;
        // what a change of the part does
        let by_part = Scaling { ln_conductivity: 1.0 / whole, thermopower: (w.thermopower - s) / whole };
        let by = |v_q: Both, w_q: Both| {
            let part_q = part * (w_q.ln_conductivity - v_q.ln_conductivity);
            Scaling {
                ln_conductivity: v_q.ln_conductivity + part_q * by_part.ln_conductivity,
                thermopower: (v_q.thermopower + part * w_q.thermopower) / whole
                    + part_q * by_part.thermopower,
            }
        };
        let by_z = by(v_z, w_z);
        let by_t = Scaling {
            ln_conductivity: -z / t * by_z.ln_conductivity + part / t * by_part.ln_conductivity,
            thermopower: -z / t * by_z.thermopower + part / t * by_part.thermopower,
        };
        Local {
            value: Scaling { ln_conductivity: v.ln_conductivity + part.ln_1p(), thermopower: s },
            by: [by_t, by(v_x, w_x), scaled(by_z, 1.0 / t), scaled(by_part, ratio)],
        }
    }
}

impl Function for TwoCurves {
    fn ordinates(&self, row: usize, t: f64, p: &[f64], y: &mut [f64]) {
        let row = self.rows[row];
        let (sigma, s) = self.both(row.sample, t, p);
        let given = row.conductivity.then_some(sigma).into_iter().chain(row.thermopower.then_some(s));
        y.iter_mut().zip(given).for_each(|(y, value)| *y = value);
    }

    fn derivatives(&self, row: usize, t: f64, p: &[f64], slope: &mut [f64], gradient: &mut [f64]) -> bool {
        let row = self.rows[row];
        let (d_at, c_at) = (self.layout.distance(row.sample), self.layout.geometry(row.sample));
        let (x, a, b, d) = (p[Layout::EXPONENT], p[Layout::PREFACTOR], p[Layout::CURVATURE], p[d_at]);
        gradient.fill(0.0);
        slope.fill(f64::NAN);
        let Some(pair) = self.pair(x).filter(|_| self.exists(t, d, b)) else { return true };
        let Local { value, by: [by_t, by_x, by_d, by_b] } = pair.local(t, d, b);
        let mut ordinate = 0;
        if row.conductivity {
            let g = &mut gradient[..p.len()];
            let sigma = a * p[c_at] * (x * t.ln() + value.ln_conductivity).exp();
            slope[0] = sigma * (x / t + by_t.ln_conductivity);
            g[Layout::EXPONENT] = sigma * (t.ln() + by_x.ln_conductivity);
            g[Layout::PREFACTOR] = sigma / a;
            g[Layout::CURVATURE] = sigma * by_b.ln_conductivity;
            g[d_at] = sigma * by_d.ln_conductivity;
            g[c_at] = sigma / p[c_at];
            ordinate = 1;
        }
        if row.thermopower {
            let (g, gain) = (&mut gradient[ordinate * p.len()..][..p.len()], p[Layout::GAIN]);
            slope[ordinate] = gain * by_t.thermopower;
            g[Layout::EXPONENT] = gain * by_x.thermopower;
            g[Layout::CURVATURE] = gain * by_b.thermopower;
            g[d_at] = gain * by_d.thermopower;
            g[Layout::GAIN] = value.thermopower;
            g[Layout::OFFSET] = 1.0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against central differences with h = 1e-5 of each scale: h^2 and rounding/h, 1e-9, with the derivatives' own size.
    #[test]
    fn derivatives_are_those_of_the_values() {
        let layout = Layout { samples: 1 };
        let row = Row { sample: 0, point: 0, conductivity: true, thermopower: true };
        for (curved, b) in [(false, 0.0), (true, 0.02), (true, -0.01)] {
            let curves = TwoCurves::new(vec![row], layout, curved);
            for (t, d) in [(0.7, 3.0), (2.0, -4.0), (5.0, 0.5), (0.1, 6.0)] {
                let p = [1.3, 7.0, b, 1.1, 0.03, d, 0.9];
                let (mut slope, mut gradient) = ([0.0; 2], [0.0; 14]);
                assert!(curves.derivatives(0, t, &p, &mut slope, &mut gradient));
                let difference = |move_by: &dyn Fn(f64) -> (f64, [f64; 7])| {
                    let [up, down] = [1e-5, -1e-5].map(|h| {
                        let (t, p) = move_by(h);
                        let mut y = [0.0; 2];
                        curves.ordinates(0, t, &p, &mut y);
                        y
                    });
                    [0, 1].map(|a| (up[a] - down[a]) / 2e-5)
                };
                let close = |a: f64, b: f64| (a - b).abs() < 2e-7 * b.abs().max(1.0);
                let along = difference(&|h| (t + h, p));
                assert!(
                    close(slope[0], along[0]) && close(slope[1], along[1]),
                    "{curved} {t} {slope:?} {along:?}"
                );
                for j in (0..7).filter(|j| curved || *j != Layout::CURVATURE) {
                    let along = difference(&|h| {
                        let mut p = p;
                        p[j] += h;
                        (t, p)
                    });
                    for a in 0..2 {
                        assert!(close(gradient[a * 7 + j], along[a]), "{curved} {t} {j} {a}");
                    }
                }
            }
        }
    }
}
