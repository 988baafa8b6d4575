//! Gauss's rules: one of eight points, and those of any order for weights with known orthogonal polynomials.

use diffuson_linalg::eigen;

/// Points of the rule; it is exact for polynomials of degree 15.
pub(crate) const POINTS: usize = 8;

/// Abscissae on [-1, 1], ascending, and weights.
pub(crate) const RULE: [(f64, f64); POINTS] = [
    (-0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
    (-0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (-0.525_532_409_916_329, 0.313_706_645_877_887_27),
    (-0.183_434_642_495_649_8, 0.362_683_783_378_361_96),
    (0.183_434_642_495_649_8, 0.362_683_783_378_361_96),
    (0.525_532_409_916_329, 0.313_706_645_877_887_27),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
];

/// A Gauss rule of n points, exact to degree 2n - 1, from the three-term recurrence of its orthogonal polynomials (G. H. Golub and J. H. Welsch, Math. Comput. 23, 221
/// (1969)).
#[derive(Clone, Debug)]
pub(crate) struct Gauss {
    /// Abscissae, ascending.
    pub(crate) points: Vec<f64>,
    /// Weights.
    pub(crate) weights: Vec<f64>,
    /// The orthonormal polynomials of degree n - 1 and n - 2 at the abscissae.
    last: [Vec<f64>; 2],
}

impl Gauss {
    /// Weight 1 on [-1, 1].
    pub(crate) fn legendre(order: usize) -> Self {
        Self::even(order, 2.0, |n| n * n / (4.0 * n * n - 1.0))
    }

    /// Weight `-f'(x)`, f the Fermi function of x = (E - mu)/kT (continuous Hahn polynomials): the thermal average.
    pub(crate) fn thermal(order: usize) -> Self {
        Self::even(order, 1.0, |n| (std::f64::consts::PI * n * n).powi(2) / (4.0 * n * n - 1.0))
    }

    /// For an even weight of integral `total` with monic orthogonal polynomials `p_{n+1} = x p_n - beta_n p_{n-1}`.
    fn even(order: usize, total: f64, beta: impl Fn(f64) -> f64) -> Self {
        let (points, vectors) = jacobi(order, |n| beta(n).sqrt());
        let first = |k: usize| vectors[k * order];
        let polynomial = |degree: usize| {
            let at = |k: usize| vectors[k * order + degree.min(order - 1)] / (first(k) * total.sqrt());
            (0..order).map(at).collect()
        };
        Self {
            weights: (0..order).map(|k| total * first(k).powi(2)).collect(),
            last: [polynomial(order - 1), polynomial(order.saturating_sub(2))],
            points,
        }
    }

    /// Estimated error of a sum of terms (weight times value): coefficients of values in orthogonal polynomials fall about geometrically, to c at the last degrees, and the
    /// rule is exact to twice as high a degree, `c^2 / |value|`.
    pub(crate) fn error(&self, terms: &[f64]) -> f64 {
        let along =
            |polynomial: &Vec<f64>| terms.iter().zip(polynomial).map(|(t, p)| t * p).sum::<f64>().abs();
        let coefficient = self.last.iter().map(along).fold(0.0, f64::max);
        let size = terms.iter().zip(&self.weights).map(|(t, w)| t * t / w).sum::<f64>().sqrt();
        if coefficient == 0.0 { 0.0 } else { coefficient * coefficient / size }
    }
}

/// Eigenvalues, ascending, and eigenvectors, one after the other, of the symmetric matrix whose only entries are `beside(n)` between n - 1 and n.
pub(crate) fn jacobi(order: usize, beside: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
    let mut matrix = vec![0.0; order * order];
    for n in 1..order {
        let entry = beside(n as f64);
        (matrix[(n - 1) * order + n], matrix[n * order + n - 1]) = (entry, entry);
    }
    let found = eigen::symmetric(&matrix, order).unwrap_or_else(|_| unreachable!("finite numbers"));
    (found.values, found.vectors)
}

#[cfg(test)]
mod tests {
    use super::{Gauss, RULE};

    /// Exact to degree 15, to rounding of eight terms.
    #[test]
    fn polynomials_are_exact() {
        let eight = Gauss::legendre(8);
        for degree in 0..16 {
            let got: f64 = RULE.iter().map(|(x, w)| w * x.powi(degree)).sum();
            let same: f64 = eight.points.iter().zip(&eight.weights).map(|(x, w)| w * x.powi(degree)).sum();
            let want = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            assert!((got - want).abs() < 1e-15, "degree {degree}: {got}");
            assert!((same - want).abs() < 1e-14, "degree {degree}: {same}");
        }
    }

    /// `Int -f' x^2 = pi^2/3`, `x^4`: 7 pi^4/15, `x^6`: 31 pi^6/21; an analytic function is integrated to its estimated error.
    #[test]
    fn thermal_averages() {
        let rule = Gauss::thermal(9);
        let pi = std::f64::consts::PI;
        for (power, want) in
            [(0, 1.0), (2, pi.powi(2) / 3.0), (4, 7.0 * pi.powi(4) / 15.0), (6, 31.0 * pi.powi(6) / 21.0)]
        {
            let got: f64 = rule.points.iter().zip(&rule.weights).map(|(x, w)| w * x.powi(power)).sum();
            assert!((got / want - 1.0).abs() < 1e-12, "{power}: {got} {want}");
        }
        // Int -f' cos(s x) = pi s / sinh(pi s)
        let terms: Vec<f64> =
            rule.points.iter().zip(&rule.weights).map(|(x, w)| w * (0.3 * x).cos()).collect();
        let off = (terms.iter().sum::<f64>() - 0.3 * pi / (0.3 * pi).sinh()).abs();
        assert!(
            off < 1e-6 && off < 100.0 * rule.error(&terms) && rule.error(&terms) < 1e-3,
            "{off} {}",
            rule.error(&terms)
        );
    }
}
