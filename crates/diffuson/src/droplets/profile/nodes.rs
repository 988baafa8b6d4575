//! Nodes of quadrature that contain an end of the interval, and interpolation through nodes.

/// Legendre polynomials `P_n(x)`, `P_{n-1}(x)`.
fn legendre(n: usize, x: f64) -> [f64; 2] {
    (1..n).fold([x, 1.0], |[p, before], k| {
        let k = k as f64;
        [((2.0 * k + 1.0) * x * p - k * before) / (k + 1.0), p]
    })
}

/// Newton's iteration from `start` to rounding; `step` is what to take off.
fn newton(start: f64, step: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 12;
    (0..STEPS).fold(start, |x, _| x - step(x))
}

/// Nodes, ascending, and weights on [-1, 1] with both ends: zeros of `(1 - x^2) P_n'(x)`, n at least 1; exact to degree 2n - 1.
pub(super) fn lobatto(n: usize) -> (Vec<f64>, Vec<f64>) {
    let order = n as f64;
    let node = |k: usize| {
        if k == 0 || k == n {
            return if k == 0 { -1.0 } else { 1.0 };
        }
        // Newton's step for (1 - x^2) P_n' = n (P_{n-1} - x P_n), whose derivative is -n (n + 1) P_n
        newton(-(std::f64::consts::PI * k as f64 / order).cos(), |x| {
            let [p, before] = legendre(n, x);
            (x * p - before) / ((order + 1.0) * p)
        })
    };
    let nodes: Vec<f64> = (0..=n).map(node).collect();
    let weight = |&x: &f64| 2.0 / (order * (order + 1.0) * legendre(n, x)[0].powi(2));
    let weights = nodes.iter().map(weight).collect();
    (nodes, weights)
}

/// n nodes, ascending, and weights on [0, 1] with the lower end, n at least 2; exact to degree 2n - 2 (Radau).
pub(super) fn radau(n: usize) -> (Vec<f64>, Vec<f64>) {
    let order = n as f64;
    let node = |k: usize| {
        if k == 0 {
            return -1.0;
        }
        // zeros of (P_n + P_{n-1}) / (1 + x), whose derivative follows from (1 - x^2) P_n' = n (P_{n-1} - x P_n)
        newton(-(2.0 * std::f64::consts::PI * k as f64 / (2.0 * order - 1.0)).cos(), |x| {
            let [p, before] = legendre(n, x);
            let older = if n == 1 { 0.0 } else { legendre(n - 1, x)[1] };
            let rise = |n: f64, p: f64, before: f64| n * (before - x * p) / (1.0 - x * x);
            let (sum, slope) = (p + before, rise(order, p, before) + rise(order - 1.0, before, older));
            1.0 / (slope / sum - 1.0 / (1.0 + x))
        })
    };
    let nodes: Vec<f64> = (0..n).map(node).collect();
    let weight = |&x: &f64| (1.0 - x) / (order * legendre(n, x)[1]).powi(2);
    let weights = nodes.iter().map(|x| 0.5 * weight(x)).collect();
    (nodes.iter().map(|x| 0.5 * (1.0 + x)).collect(), weights)
}

/// The polynomial through values at nodes (barycentric form).
#[derive(Clone, Debug)]
pub(super) struct Interpolation {
    nodes: Vec<f64>,
    weights: Vec<f64>,
}

impl Interpolation {
    /// Through different nodes.
    pub(super) fn new(nodes: &[f64]) -> Self {
        let width = nodes.iter().fold(0.0, |w: f64, x| w.max((x - nodes[0]).abs())).max(f64::MIN_POSITIVE);
        let others = |k: usize| nodes.iter().enumerate().filter(move |(j, _)| *j != k).map(|(_, x)| x);
        let weight = |k: usize| others(k).map(|x| width / (4.0 * (nodes[k] - x))).product();
        Self { weights: (0..nodes.len()).map(weight).collect(), nodes: nodes.to_vec() }
    }

    /// What each value counts at x; the counts add up to 1.
    pub(super) fn shares(&self, x: f64) -> Vec<f64> {
        if let Some(hit) = self.nodes.iter().position(|&node| node == x) {
            return (0..self.nodes.len()).map(|k| f64::from(k == hit)).collect();
        }
        let mut shares: Vec<f64> = self.nodes.iter().zip(&self.weights).map(|(n, w)| w / (x - n)).collect();
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|s| *s /= total);
        shares
    }

    /// The polynomial at x.
    pub(super) fn at(&self, x: f64, values: &[f64]) -> f64 {
        let [mut sum, mut total] = [0.0, 0.0];
        for ((node, weight), value) in self.nodes.iter().zip(&self.weights).zip(values) {
            if *node == x {
                return *value;
            }
            let share = weight / (x - node);
            sum += share * value;
            total += share;
        }
        sum / total
    }

    /// The matrix of derivatives: row i gives `f'(x_i)` from the values.
    pub(super) fn derivative(&self) -> Vec<Vec<f64>> {
        let n = self.nodes.len();
        let mut rows = vec![vec![0.0; n]; n];
        for i in 0..n {
            for j in (0..n).filter(|&j| j != i) {
                rows[i][j] = self.weights[j] / self.weights[i] / (self.nodes[i] - self.nodes[j]);
                rows[i][i] -= rows[i][j];
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::{Interpolation, lobatto, radau};

    /// Exact to the degrees stated, to some roundings.
    #[test]
    fn rules_are_exact() {
        for n in 2..14 {
            let (x, w) = lobatto(n);
            for degree in 0..2 * n as i32 {
                let got: f64 = x.iter().zip(&w).map(|(x, w)| w * x.powi(degree)).sum();
                let want = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
                assert!((got - want).abs() < 1e-14, "lobatto {n}, degree {degree}: {got} {want}");
            }
            let (x, w) = radau(n);
            assert!(x[0] == 0.0 && x.is_sorted());
            for degree in 0..2 * n as i32 - 1 {
                let got: f64 = x.iter().zip(&w).map(|(x, w)| w * x.powi(degree)).sum();
                assert!(
                    (got - 1.0 / f64::from(degree + 1)).abs() < 1e-14,
                    "radau {n}, degree {degree}: {got}"
                );
            }
        }
    }

    /// Polynomials and their derivatives are reproduced, to roundings that grow with the square of the number of nodes.
    #[test]
    fn polynomials_are_interpolated() {
        let (nodes, _) = lobatto(9);
        let through = Interpolation::new(&nodes);
        let values: Vec<f64> = nodes.iter().map(|x| x.powi(7) - 2.0 * x).collect();
        for x in [-0.9, 0.0, nodes[3], 0.37] {
            assert!((through.at(x, &values) - (x.powi(7) - 2.0 * x)).abs() < 1e-14);
        }
        for (row, x) in through.derivative().iter().zip(&nodes) {
            let slope: f64 = row.iter().zip(&values).map(|(d, v)| d * v).sum();
            assert!((slope - (7.0 * x.powi(6) - 2.0)).abs() < 1e-12);
        }
    }
}
