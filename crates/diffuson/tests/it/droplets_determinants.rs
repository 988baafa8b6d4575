//! Rings through a profile without its operator: determinants of the radial wave equation in place of eigenvalues, which decides on Phi and on the effect of temperature.
//!
//! With `A_m = psi^{1/2} (kappa^2 - Laplacian_m)^{-1} psi^{1/2}` the determinant `det(1 + i f A_m)` is the factor by which the potential `i f psi` raises the wave that is regular at the centre,
//! `I_m(kappa r) -> I_m(kappa r) exp Int P dt`, t = ln r (Gelfand and Yaglom). Logarithmic derivatives obey Riccati's equations, h that of `I_m` and P what is added to it:
//!
//! ```text
//! h' = m^2 + kappa^2 r^2 - h^2,      P' = i f r^2 psi - P^2 - 2 h P,      ln det(1 + i f A_m) = Int P dt
//! P = sum_n (i f)^n P_n,      Tr A_m^n = (-1)^{n+1} n Int P_n dt
//! sum mu^4 (1 + z^2/3)/(1 + z^2)^2 = -(1/6 f^2) d^2/df^2 [ln det(1 + f^2 A_m^2) - f^2 Tr A_m^2],      z = f mu
//!                                  = -(1/3 f^2) Re Int (P_ff + 2 P_2) dt
//! ```
//!
//! Nothing is shared with the route of the library but psi: no mesh, no matrix, other rules for kappa and m. Steps are of equal length in `Int (1 + m^2 + kappa^2 r^2)^{1/2} dt`.

use crate::droplets_profile::{GAUSSIAN, OPTIMUM};
use diffuson::C64;
use diffuson::droplets::Profile;
use std::f64::consts::PI;

/// Length of the coarser steps.
const STEP: f64 = 0.15;
/// Frequencies from which on `kappa^6 f` is a polynomial of third order in `1/kappa^2` with a known limit, per unit of length: what it leaves is below 1e-8 of the rings.
const TOP: f64 = 12.0;
/// Least frequency: `kappa^4 ln^4 kappa` is left out.
const BOTTOM: f64 = 1e-3;
/// Gauss's rule of eight points on [-1, 1].
const GAUSS: [(f64, f64); 8] = [
    (-0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
    (-0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (-0.525_532_409_916_329, 0.313_706_645_877_887_27),
    (-0.183_434_642_495_649_8, 0.362_683_783_378_361_96),
    (0.183_434_642_495_649_8, 0.362_683_783_378_361_96),
    (0.525_532_409_916_329, 0.313_706_645_877_887_27),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
];

/// A profile between determinants.
struct Determinants<'p> {
    psi: &'p dyn Fn(f64) -> f64,
    /// Beyond it psi counts only where waves are longer.
    reach: f64,
    /// f, one by one.
    fields: Vec<f64>,
    step: f64,
}

/// `2 pi Int f(psi) r dr` by equal steps in ln r, which converge exponentially.
fn moment(psi: &dyn Fn(f64) -> f64, power: i32) -> f64 {
    let step = 0.02;
    let term = |k: i32| {
        let r = (step * f64::from(k)).exp();
        2.0 * PI * step * r * r * psi(r).powi(power)
    };
    (-700..=700).map(term).sum()
}

/// A number with what the last extrapolation changed in it.
#[derive(Clone, Copy)]
struct Extrapolated {
    value: f64,
    error: f64,
}

/// Of numbers with steps of the length `STEP` and half of it, whose errors are of fourth order.
fn extrapolated(numbers: impl Fn(f64) -> Vec<f64>) -> Vec<Extrapolated> {
    let [coarse, fine] = [STEP, 0.5 * STEP].map(numbers);
    let last = |(coarse, fine): (f64, f64)| {
        let correction = (fine - coarse) / 15.0;
        Extrapolated { value: fine + correction, error: correction.abs() }
    };
    coarse.into_iter().zip(fine).map(last).collect()
}

impl Determinants<'_> {
    /// Places of h, `P_1` to `P_4` and `Int P_4`; then, for each field, P, `P_f - i P_1`, `P_ff + 2 P_2` and the integral of the last: differences that would cancel are what is integrated.
    fn slopes(&self, m: usize, kappa: f64, [t, psi]: [f64; 2], y: &[C64], out: &mut [C64]) {
        let [h, one, two, three, four] = [y[0], y[1], y[2], y[3], y[4]];
        let r = t.exp();
        let source = r * r * psi;
        out[0] = (m * m) as f64 + (kappa * r).powi(2) - h * h;
        out[1] = source - 2.0 * h * one;
        out[2] = -one * one - 2.0 * h * two;
        out[3] = -2.0 * (one * two + h * three);
        out[4] = -2.0 * one * three - two * two - 2.0 * h * four;
        out[5] = four;
        let fields = self.fields.iter().zip(y[6..].chunks_exact(4)).zip(out[6..].chunks_exact_mut(4));
        for ((&field, y), out) in fields {
            let (p, first, second) = (y[0], y[1], y[2]);
            let linear = C64::i() * one;
            out[0] = C64::new(0.0, field * source) - p * p - 2.0 * h * p;
            out[1] = -2.0 * (h * first + p * (first + linear));
            out[2] = -2.0 * (first * (first + 2.0 * linear) + h * second + p * (second - 2.0 * two));
            out[3] = second;
        }
    }

    /// `Tr A_m^4` and, for each field, `sum mu^4 (1 + z^2/3)/(1 + z^2)^2`, by the classical rule of fourth order.
    fn channel(&self, m: usize, kappa: f64) -> Vec<f64> {
        // where the wave is (kappa r)^m and psi its value at the centre, to order r^{4 + 2m} and to r^8 at least
        let start: f64 = [1e-3, 1e-2, 3e-2][m.min(2)];
        // beyond kappa r = 25 what was added to the wave has decayed
        let end = self.reach.max(25.0 / kappa).ln();
        let (mut t, mut psi) = (start.ln(), (self.psi)(start));
        let mut y = vec![C64::ZERO; 6 + 4 * self.fields.len()];
        y[0] += m as f64 + (kappa * start).powi(2) / (2 * m + 2) as f64;
        y[1] += start * start * psi / (2 * m + 2) as f64;
        for (k, field) in self.fields.iter().enumerate() {
            y[6 + 4 * k] = C64::i() * *field * y[1];
        }
        let mut slopes: [Vec<C64>; 4] = std::array::from_fn(|_| y.clone());
        let mut inner = y.clone();
        while t < end {
            let dt = self.step / (1.0 + (m * m) as f64 + (kappa * t.exp()).powi(2)).sqrt();
            let [middle, next] = [0.5, 1.0].map(|part| (self.psi)((t + part * dt).exp()));
            self.slopes(m, kappa, [t, psi], &y, &mut slopes[0]);
            for (stage, part) in [0.5, 0.5, 1.0].into_iter().enumerate() {
                for ((inner, y), slope) in inner.iter_mut().zip(&y).zip(&slopes[stage]) {
                    *inner = y + part * dt * slope;
                }
                let at = [t + part * dt, if part == 1.0 { next } else { middle }];
                self.slopes(m, kappa, at, &inner, &mut slopes[stage + 1]);
            }
            for (i, y) in y.iter_mut().enumerate() {
                *y += dt / 6.0 * (slopes[0][i] + 2.0 * (slopes[1][i] + slopes[2][i]) + slopes[3][i]);
            }
            (t, psi) = (t + dt, next);
        }
        let suppressed = self.fields.iter().zip(y[6..].chunks_exact(4));
        let suppressed = suppressed.map(|(field, y)| -y[3].re / (3.0 * field * field));
        std::iter::once(-4.0 * y[5].re).chain(suppressed).collect()
    }

    /// The same of all channels: those far out are `m^{-7} (a + b/m^2)`, which leaves 1e-8 of them together.
    fn traces(&self, kappa: f64) -> Vec<f64> {
        let last = 12 + (2.5 * kappa) as usize;
        let rows: Vec<Vec<f64>> = (0..=last).map(|m| self.channel(m, kappa)).collect();
        let of = |k: usize| {
            let sum = rows[0][k] + 2.0 * rows[1..].iter().map(|row| row[k]).sum::<f64>();
            let at = |m: usize| [(m as f64).powi(-2), rows[m][k] * (m as f64).powi(7)];
            let [[x, u], [y, v]] = [at(last), at(last - 3)];
            let b = (v - u) / (y - x);
            let far = |m: usize| (u + b * ((m as f64).powi(-2) - x)) * (m as f64).powi(-7);
            sum + 2.0 * (last + 1..20 * last).map(far).sum::<f64>()
        };
        (0..rows[0].len()).map(of).collect()
    }

    /// `Int kappa^3 f d kappa` of these traces, from some frequency on.
    fn integral(&self, from: f64) -> Vec<f64> {
        let top = TOP.max(1.5 * from);
        let panels = (top / from).ln() / 1.6;
        let width = (top / from).ln() / panels.ceil();
        let mut sum = vec![0.0; 1 + self.fields.len()];
        for (panel, (x, w)) in (0..panels.ceil() as i32).flat_map(|k| GAUSS.map(|node| (k, node))) {
            let kappa = from * (width * (f64::from(panel) + 0.5 * (1.0 + x))).exp();
            let weight = 0.5 * width * w * kappa.powi(4);
            sum.iter_mut().zip(self.traces(kappa)).for_each(|(sum, f)| *sum += weight * f);
        }
        // Int kappa^3 f d kappa = Int kappa^6 f ds/2, s = 1/kappa^2, kappa^6 f -> Int psi^4 d^2x / 12 pi
        let limit = moment(self.psi, 4) / (12.0 * PI);
        let nodes = [1.0, 0.8, 0.64].map(|part| (part * top, self.traces(part * top)));
        let s: Vec<f64> = nodes.iter().map(|(kappa, _)| kappa.powi(-2)).chain([0.0]).collect();
        for (k, sum) in sum.iter_mut().enumerate() {
            let values: Vec<f64> =
                nodes.iter().map(|(kappa, f)| f[k] * kappa.powi(6)).chain([limit]).collect();
            for (x, w) in GAUSS {
                let at = 0.5 * s[0] * (1.0 + x);
                let share = |i: usize| {
                    (0..4).filter(|j| *j != i).map(|j| (at - s[j]) / (s[i] - s[j])).product::<f64>()
                };
                *sum += 0.25 * s[0] * w * (0..4).map(|i| share(i) * values[i]).sum::<f64>();
            }
        }
        sum
    }

    /// `step^2 sum_{k >= 1} k Tr A^4` at `kappa^2 = step k`: the first terms, and an integral with the first correction of the midpoint rule for the others. The next is below 1e-7.
    fn sum(&self, step: f64) -> f64 {
        const TERMS: i32 = 12;
        let term = |k: i32| step * step * f64::from(k) * self.traces((step * f64::from(k)).sqrt())[0];
        let rest = 2.0 * self.integral((step * (f64::from(TERMS) + 0.5)).sqrt())[0];
        let correction = (term(TERMS + 1) - term(TERMS)) / 24.0;
        (1..=TERMS).map(term).sum::<f64>() + rest + correction
    }
}

fn gaussian(r: f64) -> f64 {
    (2.0 / PI).sqrt() * (-r * r).exp()
}

fn optimum(r: f64) -> f64 {
    OPTIMUM.profile.at(r)
}

/// A profile of the library, the same as a function, and how far it reaches: `psi^4 r^2` is below 1e-9 there.
type Known = (&'static Profile, fn(f64) -> f64, f64);

fn profiles() -> [Known; 2] {
    [(&GAUSSIAN, gaussian, 5.0), (&OPTIMUM.profile, optimum, 12.0)]
}

/// Phi to all orders and Q_4: eigenvalues and determinants agree within the errors that both state and to 1e-6, for the Gaussian and for the solution of Eq. 33.
#[test]
fn suppression_by_determinants() {
    let x = [0.02, 0.1, 0.3, 1.0, 2.0, 5.0];
    for (profile, psi, reach) in profiles() {
        let vertex = moment(&psi, 1);
        assert!((profile.integral() / vertex - 1.0).abs() < 1e-7, "{} {vertex}", profile.integral());
        let fields: Vec<f64> = x.iter().map(|x| 4.0 * PI * x / vertex).collect();
        let found = extrapolated(|step| {
            let mut found = Determinants { psi: &psi, reach, fields: fields.clone(), step }.integral(BOTTOM);
            let four = found[0];
            found[1..].iter_mut().for_each(|f| *f /= four);
            found[0] *= (4.0 * PI).powi(4) / 8.0;
            found
        });
        let four = profile.rings().unwrap().four.value;
        assert!((found[0].value / four - 1.0).abs() < 1e-6, "{four:.9} {:.9}", found[0].value);
        for ((x, phi), by) in x.iter().zip(profile.suppression(&x).unwrap()).zip(&found[1..]) {
            let off = (phi.value - by.value).abs();
            // what frequencies and channels leave here besides the steps: 2e-9
            assert!(off < phi.error + by.error + 2e-9 && off < 1e-6, "{x}: {phi:?} {:.9}", by.value);
        }
    }
}

/// `I_FF(T) / I_FF(0)` of the solution of Eq. 33, frequency by frequency: no interpolation in between. Sizes from where they start to count to where droplets hardly are.
#[test]
fn warmth_by_determinants() {
    let sizes = [0.2, 1.0];
    let by = extrapolated(|step| {
        let of = Determinants { psi: &optimum, reach: 12.0, fields: Vec::new(), step };
        let cold = of.integral(BOTTOM)[0];
        sizes.iter().map(|size| of.sum(2.0 * PI * size * size) / (2.0 * cold)).collect()
    });
    for (size, by) in sizes.iter().zip(by) {
        let found = OPTIMUM.profile.warmth(*size).unwrap();
        let off = (found.value - by.value).abs();
        assert!(off < found.error + by.error + 1e-7 && off < 1e-5, "{size}: {found:?} {:.9}", by.value);
    }
}
