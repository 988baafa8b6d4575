//! Eigenvalues of `A_kappa = psi^{1/2} (kappa^2 - Laplacian)^{-1} psi^{1/2}` in all channels, and what follows from them: rings, suppression by a spin, temperature.

use super::channels::{MANY_NODES, Rule, SHORT_WAVES, decays};
use super::nodes::Interpolation;
use super::{DropletError, Profile};
use crate::gauss::RULE;
use diffuson_linalg::eigen;
use std::f64::consts::PI;

/// Matsubara frequencies summed at least: the midpoint rule leaves `1000^{-3}` of the first beyond them.
const MATSUBARA: usize = 1000;
/// Spacing, by `kappa_1^2`, below which a sum is as good as an integral: `spacing^2 ln^4` is left.
const FINEST: f64 = 1e-6;

/// Eigenvalues at each frequency: channels with what they count.
#[derive(Clone, Debug)]
pub(super) struct Spectrum {
    rule: Rule,
    /// For each frequency and each of its channels, in their order.
    eigenvalues: Vec<Vec<Vec<f64>>>,
    /// `Int psi^4 r^7 dr` and `Int psi^4 r dr`: limits of many nodes and of short waves.
    limits: [f64; 2],
    /// `Int psi d^2x`.
    vertex: f64,
    /// `Int d kappa kappa^3 sum mu^4`.
    four: f64,
}

impl Spectrum {
    /// Of a profile at its resolution.
    pub(super) fn new(profile: &Profile) -> Result<Self, DropletError> {
        let (mesh, psi) = (&profile.mesh, &profile.values);
        let rule = Rule::new(&profile.resolution, profile.unit);
        let n = psi.len();
        let root: Vec<f64> = (0..n).map(|i| (psi[i] * mesh.measure[i] * mesh.radii[i]).sqrt()).collect();
        let mut eigenvalues = Vec::with_capacity(rule.frequencies.len());
        for frequency in &rule.frequencies {
            let last = frequency.channels.last().map_or(0, |&(m, _)| m);
            let decays = decays(frequency.kappa, mesh.reach(), last);
            let of = |&(m, _): &(usize, f64)| {
                let mut a = mesh.green(m, frequency.kappa, decays[m]);
                for (j, column) in a.chunks_exact_mut(n).enumerate() {
                    column.iter_mut().zip(&root).for_each(|(a, r)| *a *= r * root[j]);
                }
                eigen::symmetric_values(&a, n).map_err(|_| DropletError::NotConverged {
                    what: "eigenvalues of the ring operator",
                    residual: f64::NAN,
                    steps: 0,
                    goal: f64::EPSILON,
                })
            };
            eigenvalues.push(frequency.channels.iter().map(of).collect::<Result<Vec<_>, _>>()?);
        }
        let limits = [7, 1].map(|power: i32| mesh.integral(|i, r| psi[i].powi(4) * r.powi(power - 1)));
        let mut found = Self { rule, eigenvalues, limits, vertex: profile.integral(), four: 0.0 };
        found.four = found.integral(1.0, |_| 1.0);
        Ok(found)
    }

    /// `sum_m sum_k mu^4 F(mu)` at each frequency; F(0) = `at_zero`.
    pub(super) fn traces(&self, at_zero: f64, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let trace = |values: &Vec<f64>| values.iter().map(|mu| mu.powi(4) * f(*mu)).sum::<f64>();
        let frequencies = self.rule.frequencies.iter().zip(&self.eigenvalues);
        frequencies
            .map(|(frequency, values)| {
                let channels = frequency.channels.iter().zip(values).map(|((_, w), mu)| w * trace(mu));
                channels.sum::<f64>() + frequency.beyond * MANY_NODES * self.limits[0] * at_zero
            })
            .collect()
    }

    /// `Int d kappa kappa^3 sum_m sum_k mu^4 F(mu)`, `at_zero` = F(0).
    pub(super) fn integral(&self, at_zero: f64, f: impl Fn(f64) -> f64) -> f64 {
        let traces = self.traces(at_zero, f);
        let sum: f64 = self.rule.frequencies.iter().zip(&traces).map(|(k, trace)| k.weight * trace).sum();
        sum + self.rule.beyond * SHORT_WAVES * self.limits[1] * at_zero
    }

    /// Phi, x = S/g.
    pub(super) fn suppression(&self, x: f64) -> f64 {
        let by_field = 4.0 * PI / self.vertex;
        let left = |mu: f64| {
            let z = (by_field * x * mu).powi(2);
            (1.0 + z / 3.0) / (1.0 + z).powi(2)
        };
        self.integral(1.0, left) / self.four
    }

    /// `I_FF(T) / I_FF(0)`, theta = T/D by inverse area: with e = kappa^2, a sum over `e = 2 pi theta k` for `Int e de sum mu^4`.
    pub(super) fn warmth(&self, theta: f64) -> f64 {
        let step = 2.0 * PI * theta;
        let middle = self.rule.middle.powi(2);
        if step < FINEST * middle {
            return 1.0;
        }
        let traces = self.traces(1.0, |_| 1.0);
        let (low, high) = self
            .rule
            .frequencies
            .iter()
            .zip(&traces)
            .partition::<Vec<_>, _>(|(k, _)| k.kappa < self.rule.middle);
        // the interpolations that the rule integrates: kappa^2 f in kappa^{1/3} below, kappa^6 f in 1/kappa^2 above
        let root = |e: f64| (e / middle).powf(1.0 / 6.0);
        let through = |nodes: &[f64], values: Vec<f64>| (Interpolation::new(nodes), values);
        let below = through(
            &low.iter().map(|(k, _)| root(k.kappa.powi(2))).collect::<Vec<_>>(),
            low.iter().map(|(k, f)| k.kappa.powi(2) * *f).collect(),
        );
        let above = through(
            &high.iter().map(|(k, _)| k.kappa.powi(-2)).chain([0.0]).collect::<Vec<_>>(),
            high.iter().map(|(k, f)| k.kappa.powi(6) * *f).chain([SHORT_WAVES * self.limits[1]]).collect(),
        );
        let limit = |s: f64| above.0.at(s, &above.1);
        // e f
        let integrand =
            |e: f64| if e < middle { below.0.at(root(e), &below.1) } else { limit(1.0 / e) / (e * e) };
        let terms = MATSUBARA.max((middle / step).ceil() as usize);
        let sum: f64 = (1..=terms).map(|k| step * integrand(step * k as f64)).sum();
        // the others lie so dense that they are an integral, Int e f de = Int e^3 f ds
        let half = 0.5 / (step * (terms as f64 + 0.5));
        let rest: f64 = RULE.iter().map(|(x, w)| half * w * limit(half * (1.0 + x))).sum();
        (sum + rest) / (2.0 * self.four)
    }

    /// Channels diagonalised.
    pub(super) fn channels(&self) -> usize {
        self.rule.channels()
    }
}
