//! Gauss's rule of eight points.

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

#[cfg(test)]
mod tests {
    use super::RULE;

    /// Exact to degree 15, to rounding of eight terms.
    #[test]
    fn polynomials_are_exact() {
        for degree in 0..16 {
            let got: f64 = RULE.iter().map(|(x, w)| w * x.powi(degree)).sum();
            let want = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            assert!((got - want).abs() < 1e-15, "degree {degree}: {got}");
        }
    }
}
