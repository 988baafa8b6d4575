//! Energies and weights of a Fermi window.

use std::f64::consts::PI;

/// A rule `Int dE g(E) = sum_k weights[k] g(energies[k])` with a coarser rule on the same energies for an error estimate.
///
/// Without singular points it is the trapezoidal rule, which converges exponentially for a function analytic near the axis that vanishes at
/// both ends: error about `exp(-2 pi d / step)`, d the distance of the nearest pole (pi kT of the Fermi function; half the level width of the
/// probes for the Green functions). At mode thresholds transmissions have square roots; there the window is split, and each panel
/// [a, b] is mapped by `E = a + (b - a) sin^2(pi s / 2)`, after which square roots at both ends are analytic, and integrated by the
/// Clenshaw-Curtis rule in s.
#[derive(Clone, Debug, PartialEq)]
pub struct Quadrature {
    /// Energies, ascending.
    pub energies: Vec<f64>,
    /// Weights.
    pub weights: Vec<f64>,
    /// Weights of the rule with half the points.
    pub coarse: Vec<f64>,
}

impl Quadrature {
    /// A rule on `[from, to]` that resolves the Fermi function at temperature `kt` and structure in the transmissions of width `feature`, split at
    /// the `singular` energies (all in t).
    pub fn new(from: f64, to: f64, kt: f64, feature: f64, singular: &[f64]) -> Self {
        let mut rule = Self { energies: Vec::new(), weights: Vec::new(), coarse: Vec::new() };
        let inside: Vec<f64> = singular.iter().copied().filter(|e| *e > from && *e < to).collect();
        // 2 pi d / step = 39 for the Fermi function, 31 for poles half a level width away
        let step = (0.5 * kt).min(0.1 * feature);
        if inside.is_empty() {
            rule.trapezoid(from, to, step);
        } else {
            let edges: Vec<f64> = std::iter::once(from).chain(inside).chain(std::iter::once(to)).collect();
            edges.windows(2).for_each(|w| rule.panel(w[0], w[1], step));
        }
        rule
    }

    /// The error of the finer rule, from its difference to the coarser one: both converge exponentially, and doubling the points squares the
    /// relative error. Never below rounding.
    pub fn error_estimate(difference: f64) -> f64 {
        if difference.is_nan() { f64::NAN } else { (difference * difference).max(1e-16) }
    }

    fn trapezoid(&mut self, from: f64, to: f64, step: f64) {
        let intervals = 2 * ((to - from) / (2.0 * step)).ceil() as usize;
        let h = (to - from) / intervals as f64;
        for k in 0..=intervals {
            self.energies.push(from + h * k as f64);
            self.weights.push(h);
            self.coarse.push(if k % 2 == 0 { 2.0 * h } else { 0.0 });
        }
    }

    fn panel(&mut self, a: f64, b: f64, step: f64) {
        let width = b - a;
        // spacing in the middle: (pi/2) width * (pi/2) / n
        let n = (2 * (PI * PI * width / (8.0 * step)).ceil() as usize).max(16).next_multiple_of(4);
        let (fine, coarse) = (clenshaw_curtis(n), clenshaw_curtis(n / 2));
        let margin = MARGIN.min(0.1 * width);
        for k in 1..n {
            let s = 0.5 * (1.0 - (PI * k as f64 / n as f64).cos());
            let jacobian = 0.5 * PI * width * (PI * s).sin();
            let energy = a + width * (0.5 * PI * s).sin().powi(2);
            self.energies.push(energy.clamp(a + margin, b - margin));
            self.weights.push(jacobian * fine[k]);
            self.coarse.push(if k % 2 == 0 { jacobian * coarse[k / 2] } else { 0.0 });
        }
    }
}

/// Smallest distance from a singular energy, in t: closer, leads cannot tell an open mode from a closed one. A square root moved by this
/// much over as small a range changes the integral by its power 3/2: 1e-15.
const MARGIN: f64 = 1e-10;

/// Weights of the Clenshaw-Curtis rule on [0, 1] with the points `(1 - cos(pi k/n))/2`, k = 0..=n, n even.
fn clenshaw_curtis(n: usize) -> Vec<f64> {
    (0..=n)
        .map(|k| {
            let theta = PI * k as f64 / n as f64;
            let sum: f64 = (1..=n / 2)
                .map(|j| {
                    let b = if 2 * j == n { 1.0 } else { 2.0 };
                    b * (2.0 * j as f64 * theta).cos() / ((4 * j * j) as f64 - 1.0)
                })
                .sum();
            let c = if k == 0 || k == n { 1.0 } else { 2.0 };
            0.5 * c / n as f64 * (1.0 - sum)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thermal::fermi_window;

    fn integrate(rule: &Quadrature, g: impl Fn(f64) -> f64) -> (f64, f64) {
        let sum = |w: &[f64]| rule.energies.iter().zip(w).map(|(&e, w)| w * g(e)).sum::<f64>();
        (sum(&rule.weights), sum(&rule.coarse))
    }

    /// Lorentzian transmission: closed form through the trigamma function, reference values of the equation sheet, section 7.3.
    #[test]
    fn lorentzian_integrals_have_their_reference_values() {
        let (kt, mu, e0, c) = (0.07, 0.1, 0.23, 0.05);
        let rule = Quadrature::new(mu - 38.0 * kt, mu + 38.0 * kt, kt, 2.0 * c, &[]);
        for (n, reference) in [(0, 0.24415812351460), (1, 0.02106181960489), (2, 0.00323940550109)] {
            let (fine, coarse) = integrate(&rule, |e| {
                let t = c * c / ((e - e0).powi(2) + c * c);
                fermi_window((e - mu) / kt) / kt * (e - mu).powi(n) * t
            });
            assert!((fine - reference).abs() < 1e-13, "n = {n}: {fine}");
            assert!(Quadrature::error_estimate((fine - coarse) / fine) < 1e-12);
        }
    }

    /// A square-root step at an energy e0: Int_0^inf sqrt(x) window(x - c) dx, against a fine composite rule in u = sqrt(x).
    #[test]
    fn square_root_thresholds_are_integrated_to_rounding() {
        let (kt, e0) = (0.05, 0.03);
        let rule = Quadrature::new(-38.0 * kt, 38.0 * kt, kt, 1.0, &[e0]);
        let root = |e: f64| if e > e0 { (e - e0).sqrt() } else { 0.0 };
        let (fine, _) = integrate(&rule, |e| fermi_window(e / kt) / kt * root(e));
        let (steps, u_max) = (4000, (38.0f64 * kt).sqrt());
        let h = u_max / f64::from(steps);
        // 2 u^2 window(u^2 + e0): even in u and vanishing at the end, so the trapezoidal rule is exponentially accurate
        let reference: f64 = (1..steps)
            .map(|k| {
                let u = h * f64::from(k);
                2.0 * u * u * fermi_window((u * u + e0) / kt) / kt * h
            })
            .sum();
        assert!((fine - reference).abs() < 1e-13, "{fine} {reference}");
    }

    /// Many points crowd at a threshold, but none falls onto it.
    #[test]
    fn no_energy_is_a_threshold() {
        let (kt, e0) = (0.05, 0.03);
        let rule = Quadrature::new(-38.0 * kt, 38.0 * kt, kt, 0.02, &[e0]);
        assert!(rule.energies.len() > 4000);
        assert!(rule.energies.iter().all(|e| (e - e0).abs() > 0.99 * MARGIN));
        let total: f64 =
            rule.energies.iter().zip(&rule.weights).map(|(e, w)| w * fermi_window(e / kt) / kt).sum();
        assert!((total - 1.0).abs() < 1e-13, "{total}");
    }
}
