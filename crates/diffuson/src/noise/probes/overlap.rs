//! What occupations of two terminals contribute to noise: `g_ab = Int dE [f_a (1 - f_b) + f_b (1 - f_a)]`.

use crate::thermal::Reservoir;

/// All g_ab, in t (at a single energy: without unit), by column.
pub(super) enum Overlap {
    /// `sum_r left_ra right_rb`: rows r.
    Factors {
        /// One row of as many numbers as there are terminals for each r.
        left: Vec<Vec<f64>>,
        /// Likewise.
        right: Vec<Vec<f64>>,
    },
    /// Fermi functions of these reservoirs over all energies; few of different temperatures.
    Reservoirs(Vec<Reservoir>),
}

impl Overlap {
    /// At one energy.
    pub(super) fn of_occupations(f: Vec<f64>) -> Self {
        let empty: Vec<f64> = f.iter().map(|f| 1.0 - f).collect();
        Self::Factors { left: vec![f.clone(), empty.clone()], right: vec![empty, f] }
    }

    /// Of mixtures `f_a = sum_t sources_ta f_t`, for the g_tu of what is mixed, row by row.
    pub(super) fn of_mixtures(sources: &[Vec<f64>], g: &[f64]) -> Self {
        let n = sources.len();
        let mixed = |t: usize| {
            let mut sum = vec![0.0; sources[t].len()];
            for (u, source) in sources.iter().enumerate() {
                sum.iter_mut().zip(source).for_each(|(s, x)| *s += g[t * n + u] * x);
            }
            sum
        };
        Self::Factors { left: sources.to_vec(), right: (0..n).map(mixed).collect() }
    }

    /// Of Fermi functions of any temperatures: closed if all are equal, else with the rule of [`nodes`],
    /// `g_ab = kT_a + kT_b + sum_k w_k (d_ka - d_kb)^2`, d the occupations less those of the first reservoir.
    pub(super) fn of_reservoirs(all: &[Reservoir], few_temperatures: bool) -> Self {
        if few_temperatures {
            return Self::Reservoirs(all.to_vec());
        }
        let nodes = nodes(all);
        let mut diagonal: Vec<f64> = all.iter().map(|r| r.kt).collect();
        let one = vec![1.0; all.len()];
        let (mut left, mut right) =
            (Vec::with_capacity(nodes.len() + 2), Vec::with_capacity(nodes.len() + 2));
        for (energy, weight) in nodes {
            let d: Vec<f64> = all.iter().map(|r| r.excess(&all[0], energy)).collect();
            diagonal.iter_mut().zip(&d).for_each(|(g, d)| *g += weight * d * d);
            left.push(d.iter().map(|d| -2.0 * weight * d).collect());
            right.push(d);
        }
        left.extend([diagonal.clone(), one.clone()]);
        right.extend([one, diagonal]);
        Self::Factors { left, right }
    }

    /// `g_ab` for every a.
    pub(super) fn column(&self, b: usize, out: &mut [f64]) {
        match self {
            Self::Factors { left, right } => {
                out.fill(0.0);
                for (left, right) in left.iter().zip(right) {
                    let factor = right[b];
                    out.iter_mut().zip(left).for_each(|(o, l)| *o += factor * l);
                }
            }
            Self::Reservoirs(all) => {
                out.iter_mut().zip(all).for_each(|(o, r)| *o = exchange(r, &all[b]));
            }
        }
    }
}

/// `Int dE [f (1 - g) + g (1 - f)]` between two reservoirs, in t: `D coth(D / 2 kT)` at equal temperatures, D the difference of potentials.
pub(super) fn exchange(a: &Reservoir, b: &Reservoir) -> f64 {
    let difference = (a.mu - b.mu).abs();
    if a.kt == b.kt {
        let x = difference / (2.0 * a.kt);
        // tanh(x)/x = 1 - x^2/3 below
        return if a.kt == 0.0 {
            difference
        } else if x < 1e-4 {
            2.0 * a.kt * (1.0 + x * x / 3.0)
        } else {
            difference / x.tanh()
        };
    }
    let pair = [*a, *b];
    let square = |&(e, w): &(f64, f64)| w * a.excess(b, e).powi(2);
    a.kt + b.kt + nodes(&pair).iter().map(square).sum::<f64>()
}

/// Beyond so many kT an occupation is 0 or 1 to rounding.
const REACH: f64 = 38.0;

/// Energies and weights that integrate products of the Fermi functions of the given reservoirs, and vanish where all are 0 or all are 1: Gauss-Legendre rules on panels no wider
/// than twice the least kT of the occupations that vary there. Their poles, pi kT off the axis, then lie on ellipses of half axes that add up to 6.4, and 8 points leave
/// `6.4^-16 = 1e-13`.
pub(super) fn nodes(reservoirs: &[Reservoir]) -> Vec<(f64, f64)> {
    let low = reservoirs.iter().map(|r| r.mu - REACH * r.kt).fold(f64::INFINITY, f64::min);
    let high = reservoirs.iter().map(|r| r.mu + REACH * r.kt).fold(f64::NEG_INFINITY, f64::max);
    let mut cuts: Vec<f64> = reservoirs.iter().filter(|r| r.kt == 0.0).map(|r| r.mu).collect();
    cuts.extend([low, high]);
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let rule = gauss_legendre::<8>();
    let mut nodes = Vec::new();
    let mut panels: Vec<(f64, f64)> = cuts.windows(2).rev().map(|w| (w[0], w[1])).collect();
    while let Some((a, b)) = panels.pop() {
        let varies = |r: &&Reservoir| r.kt > 0.0 && r.mu - REACH * r.kt < b && r.mu + REACH * r.kt > a;
        let least = reservoirs.iter().filter(varies).map(|r| r.kt).fold(f64::INFINITY, f64::min);
        let middle = 0.5 * (a + b);
        if b - a > 2.0 * least && a < middle && middle < b {
            panels.extend([(middle, b), (a, middle)]);
            continue;
        }
        nodes.extend(rule.iter().map(|(x, w)| (middle + 0.5 * (b - a) * x, 0.5 * (b - a) * w)));
    }
    nodes
}

/// Points and weights on [-1, 1]: zeros of the Legendre polynomial by Newton's method from `cos(pi (k + 3/4)/(n + 1/2))`.
fn gauss_legendre<const N: usize>() -> [(f64, f64); N] {
    std::array::from_fn(|k| {
        let mut x = (std::f64::consts::PI * (k as f64 + 0.75) / (N as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..8 {
            let (mut p, mut before) = (x, 1.0);
            for n in 2..=N {
                let n = n as f64;
                (p, before) = (((2.0 * n - 1.0) * x * p - (n - 1.0) * before) / n, p);
            }
            slope = N as f64 * (x * p - before) / (x * x - 1.0);
            x -= p / slope;
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule of eight points is exact for polynomials of degree 15.
    #[test]
    fn gauss_rule() {
        let rule = gauss_legendre::<8>();
        for degree in 0..16 {
            let got: f64 = rule.iter().map(|(x, w)| w * x.powi(degree)).sum();
            let want = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            assert!((got - want).abs() < 1e-14, "degree {degree}: {got}");
        }
    }

    /// Closed form against the rule, and against the limits of cold and of equal reservoirs.
    #[test]
    fn pairs_of_reservoirs() {
        let at = |mu, kt| Reservoir { mu, kt };
        for (a, b) in
            [(at(0.3, 0.1), at(-0.2, 0.1)), (at(0.3, 0.01), at(0.3, 0.01)), (at(0.0, 0.2), at(1e-6, 0.2))]
        {
            let square = |&(e, w): &(f64, f64)| w * a.excess(&b, e).powi(2);
            let rule = a.kt + b.kt + nodes(&[a, b]).iter().map(square).sum::<f64>();
            // the rule leaves 1e-13, and rounding
            assert!((exchange(&a, &b) - rule).abs() < 1e-12 * rule, "{a:?} {b:?}: {rule}");
        }
        // a cold and a hot one of equal potentials: kT + 2 kT Int_0^inf f^2 = kT + 2 kT (ln 2 - 1/2)
        let got = exchange(&at(0.1, 0.0), &at(0.1, 0.3));
        let want = 0.3 * 2.0 * std::f64::consts::LN_2;
        assert!((got - want).abs() < 1e-12, "{got} {want}");
        assert_eq!(exchange(&at(0.1, 0.0), &at(0.4, 0.0)), 0.4 - 0.1);
        // by factors and pair by pair
        let all = [at(0.3, 0.0), at(0.2, 0.13), at(-0.1, 0.02), at(-0.3, 0.05)];
        let (factors, pairs) = (Overlap::of_reservoirs(&all, false), Overlap::of_reservoirs(&all, true));
        for b in 0..all.len() {
            let (mut x, mut y) = ([0.0; 4], [0.0; 4]);
            factors.column(b, &mut x);
            pairs.column(b, &mut y);
            // cancellation of potentials of 0.6 against temperatures of 0.02 and 0: some hundred roundings
            assert!(x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-12), "{x:?} {y:?}");
        }
    }
}
