//! What occupations of two terminals contribute to noise: `g_ab = Int dE [f_a (1 - f_b) + f_b (1 - f_a)]`.

use crate::gauss::RULE;
use crate::noise::exchange_integral;
use crate::thermal::Reservoir;
use diffuson_linalg::{C64, product_real};

/// All g_ab, in t (at a single energy: without unit).
pub(super) enum Overlap {
    /// `sum_r left_ra right_rb`.
    Factors {
        /// Number of terms r.
        terms: usize,
        /// One column of as many numbers for each terminal.
        left: Vec<f64>,
        /// Likewise.
        right: Vec<f64>,
    },
    /// Fermi functions of these reservoirs over all energies, at one temperature or at zero.
    Reservoirs(Vec<Reservoir>),
}

impl Overlap {
    /// From terms, each of two numbers for every terminal.
    fn of_terms(terms: &[[Vec<f64>; 2]]) -> Self {
        let terminals = terms[0][0].len();
        let side = |k: usize| (0..terminals).flat_map(|a| terms.iter().map(move |t| t[k][a])).collect();
        Self::Factors { terms: terms.len(), left: side(0), right: side(1) }
    }

    /// At one energy.
    pub(super) fn of_occupations(f: Vec<f64>) -> Self {
        let empty: Vec<f64> = f.iter().map(|f| 1.0 - f).collect();
        Self::of_terms(&[[f.clone(), empty.clone()], [empty, f]])
    }

    /// Of mixtures `f_a = sum_t sources_ta f_t`, for the g_tu of what is mixed, row by row.
    pub(super) fn of_mixtures(sources: &[Vec<f64>], g: &[f64]) -> Self {
        let n = sources.len();
        let mixed = |t: usize| {
            let mut sum = vec![0.0; sources[t].len()];
            for (u, source) in sources.iter().enumerate() {
                sum.iter_mut().zip(source).for_each(|(s, x)| *s += g[t * n + u] * x);
            }
            [sources[t].clone(), sum]
        };
        Self::of_terms(&(0..n).map(mixed).collect::<Vec<_>>())
    }

    /// Of Fermi functions of any temperatures: pair by pair where all have a closed form, else with the rule of [`nodes`],
    /// `g_ab = kT_a + kT_b + sum_k w_k (d_ka - d_kb)^2`, d the occupations less those of the first reservoir.
    pub(super) fn of_reservoirs(all: &[Reservoir]) -> Self {
        let hottest = all.iter().map(|r| r.kt).fold(0.0, f64::max);
        if all.iter().all(|r| r.kt == 0.0 || r.kt == hottest) {
            return Self::Reservoirs(all.to_vec());
        }
        Self::by_quadrature(all)
    }

    fn by_quadrature(all: &[Reservoir]) -> Self {
        let mut diagonal: Vec<f64> = all.iter().map(|r| r.kt).collect();
        let mut terms = Vec::new();
        for (energy, weight) in nodes(all) {
            let d: Vec<f64> = all.iter().map(|r| r.excess(&all[0], energy)).collect();
            diagonal.iter_mut().zip(&d).for_each(|(g, d)| *g += weight * d * d);
            terms.push([d.iter().map(|d| -2.0 * weight * d).collect(), d]);
        }
        let one = vec![1.0; all.len()];
        terms.extend([[diagonal.clone(), one.clone()], [one, diagonal]]);
        Self::of_terms(&terms)
    }

    /// `sum_ab p_ab g_ab` for some columns b of p, which have as many numbers as there are terminals.
    pub(super) fn contract(&self, p: &[f64], columns: &[usize]) -> f64 {
        match self {
            Self::Factors { terms, left, right } => {
                let inner = p.len() / columns.len();
                let mut product = vec![0.0; terms * columns.len()];
                product_real(&mut product, left, p, *terms, inner);
                let column = |(j, &b): (usize, &usize)| -> f64 {
                    let right = &right[b * terms..(b + 1) * terms];
                    product[j * terms..(j + 1) * terms].iter().zip(right).map(|(x, y)| x * y).sum()
                };
                columns.iter().enumerate().map(column).sum()
            }
            Self::Reservoirs(all) => {
                let column = |(p, &b): (&[f64], &usize)| -> f64 {
                    p.iter().zip(all).map(|(p, r)| p * exchange(r, &all[b])).sum()
                };
                p.chunks_exact(all.len()).zip(columns).map(column).sum()
            }
        }
    }
}

/// `Int dE [f (1 - g) + g (1 - f)]` between two reservoirs, in t: `D coth(D / 2 kT)` at equal temperatures, D the difference of potentials.
pub(super) fn exchange(a: &Reservoir, b: &Reservoir) -> f64 {
    a.kt + b.kt + exchange_integral(a, b)
}

/// Beyond so many kT an occupation is 0 or 1 to rounding.
const REACH: f64 = 38.0;

/// Energies and weights that integrate products of the Fermi functions of the given reservoirs, and vanish where all are 0 or all are 1: Gauss-Legendre rules on panels whose
/// middle the nearest poles, `mu +- i pi kT`, keep away from. Where z is that of a pole in units of half the panel, they lie on the ellipse of half axes that add up to
/// `|z + sqrt(z^2 - 1)|`; at [`ELLIPSE`] 8 points leave `6.4^-16 = 1e-13`.
pub(super) fn nodes(reservoirs: &[Reservoir]) -> Vec<(f64, f64)> {
    let low = reservoirs.iter().map(|r| r.mu - REACH * r.kt).fold(f64::INFINITY, f64::min);
    let high = reservoirs.iter().map(|r| r.mu + REACH * r.kt).fold(f64::NEG_INFINITY, f64::max);
    let mut cuts: Vec<f64> = reservoirs.iter().filter(|r| r.kt == 0.0).map(|r| r.mu).collect();
    cuts.extend([low, high]);
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let mut nodes = Vec::new();
    let mut panels: Vec<(f64, f64)> = cuts.windows(2).rev().map(|w| (w[0], w[1])).collect();
    while let Some((a, b)) = panels.pop() {
        let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
        let near = |r: &Reservoir| {
            let z = C64::new(r.mu - middle, std::f64::consts::PI * r.kt) / half;
            let axes = z + (z * z - 1.0).sqrt();
            let varies = r.kt > 0.0 && r.mu - REACH * r.kt < b && r.mu + REACH * r.kt > a;
            varies && axes.norm().max(1.0 / axes.norm()) < ELLIPSE
        };
        if a < middle && middle < b && reservoirs.iter().any(near) {
            panels.extend([(middle, b), (a, middle)]);
            continue;
        }
        nodes.extend(RULE.iter().map(|(x, w)| (middle + half * x, half * w)));
    }
    nodes
}

/// Half axes of the ellipse about a panel in which Fermi functions are analytic.
const ELLIPSE: f64 = 6.4;

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed forms, and the adaptive quadrature of pairs, against the rule.
    #[test]
    fn factors_are_the_pairs() {
        let at = |mu, kt| Reservoir { mu, kt };
        for all in [
            [at(0.3, 0.1), at(-0.2, 0.1), at(0.1, 0.0), at(0.3 + 1e-6, 0.1)],
            [at(0.3, 0.0), at(0.2, 0.13), at(-0.1, 0.02), at(-0.3, 0.05)],
            [at(0.3, 0.001), at(0.2, 0.1), at(-0.1, 0.1), at(-0.3, 0.001)],
        ] {
            let (factors, pairs) = (Overlap::by_quadrature(&all), Overlap::Reservoirs(all.to_vec()));
            for b in 0..all.len() {
                for a in 0..all.len() {
                    let unit: Vec<f64> = (0..4).map(|c| if c == a { 1.0 } else { 0.0 }).collect();
                    let [x, y] = [&factors, &pairs].map(|g| g.contract(&unit, &[b]));
                    // the rules leave 1e-13; cancellation of potentials of 0.6 against the temperatures some hundred roundings
                    assert!((x - y).abs() < 1e-12, "{a} {b}: {x} {y}");
                }
            }
        }
    }
}
