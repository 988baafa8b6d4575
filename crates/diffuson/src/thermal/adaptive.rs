//! Adaptive Gauss-Kronrod integration of vectors of functions of energy.

use super::structure::{Segment, Structure};
use crate::scattering::nan_max;

/// An adaptive quadrature: panels are halved, the worst first, until every component is accurate.
///
/// Panels take the rule of 21 points of Kronrod with that of 10 points of Gauss for the error, estimated as in QUADPACK (Piessens, de Doncker,
/// Überhuber and Kahaner, 1983): cautious, and never below rounding. A component counts as accurate if its error is below `tolerance` times the integral of
/// its modulus, or 1e-8 of that of the largest component if that is more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptive {
    /// Largest estimated error, relative to the integral of the modulus.
    pub tolerance: f64,
    /// Most evaluations. A result that would need more says so by its error.
    pub evaluations: usize,
}

impl Default for Adaptive {
    /// 1e-12 within 200 000 evaluations.
    fn default() -> Self {
        Self { tolerance: 1e-12, evaluations: 200_000 }
    }
}

/// An integral of a vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Integral {
    /// One per component.
    pub values: Vec<f64>,
    /// Estimated errors.
    pub errors: Vec<f64>,
    /// Integrals of the modulus.
    pub magnitudes: Vec<f64>,
    /// Evaluations of the function.
    pub evaluations: usize,
}

impl Integral {
    /// Largest error as a fraction of what accuracy is measured by: it is to be compared with [`Adaptive::tolerance`].
    pub fn relative_error(&self) -> f64 {
        ratio(&self.errors, &self.magnitudes)
    }
}

/// What part of the largest component a small one is resolved to, times the tolerance.
const FLOOR: f64 = 1e-8;

/// Halvings that change nothing after which a panel is taken for noise of the function and left alone.
const FUTILE: u32 = 3;

fn ratio(errors: &[f64], magnitudes: &[f64]) -> f64 {
    let floor = FLOOR * magnitudes.iter().copied().fold(0.0, f64::max);
    let of = |(e, m): (&f64, &f64)| if *e == 0.0 { 0.0 } else { e / m.max(floor) };
    errors.iter().zip(magnitudes).map(of).fold(0.0, nan_max)
}

impl Adaptive {
    /// With another tolerance.
    pub fn to(tolerance: f64) -> Self {
        Self { tolerance, ..Self::default() }
    }

    /// `Int f(E) dE` over a range, for a vector f with the given structure. The range is cut at `marks` too, where f is smooth but changes its scale.
    ///
    /// Deterministic: energies depend on the values of f alone.
    ///
    /// # Errors
    /// The first error of `f`.
    ///
    /// # Panics
    /// If f returns vectors of different lengths.
    pub fn integrate<V: AsRef<[f64]>, E>(
        &self,
        range: [f64; 2],
        structure: &Structure,
        marks: &[f64],
        mut f: impl FnMut(f64) -> Result<V, E>,
    ) -> Result<Integral, E> {
        let mut panels = Vec::new();
        for segment in structure.segments(range, marks) {
            panels.push(Panel::new(segment, [0.0, 1.0], 0, &mut f)?);
        }
        let components = panels.first().map_or(0, |p| p.values.len());
        let mut evaluations = POINTS * panels.len();
        loop {
            let total = |of: fn(&Panel) -> &[f64]| {
                let mut sum = vec![0.0; components];
                panels.iter().for_each(|p| sum.iter_mut().zip(of(p)).for_each(|(s, v)| *s += v));
                sum
            };
            let (errors, magnitudes) = (total(|p| &p.errors), total(|p| &p.magnitudes));
            let worst = panels.iter().enumerate().filter(|(_, p)| p.futile < FUTILE);
            let worst = worst.map(|(k, p)| (k, ratio_to(p, &errors, &magnitudes)));
            let worst = worst.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            let enough = ratio(&errors, &magnitudes) <= self.tolerance;
            let Some((worst, _)) = worst.filter(|_| !enough && evaluations + 2 * POINTS <= self.evaluations)
            else {
                return Ok(Integral { values: total(|p| &p.values), errors, magnitudes, evaluations });
            };
            let [left, right] = panels[worst].halves(&mut f)?;
            evaluations += 2 * POINTS;
            panels[worst] = left;
            panels.insert(worst + 1, right);
        }
    }
}

/// How much a panel contributes to the component that is furthest from accurate in it.
fn ratio_to(panel: &Panel, errors: &[f64], magnitudes: &[f64]) -> f64 {
    let floor = FLOOR * magnitudes.iter().copied().fold(0.0, f64::max);
    let of = |((e, total), m): ((&f64, &f64), &f64)| if *total == 0.0 { 0.0 } else { e / m.max(floor) };
    panel.errors.iter().zip(errors).zip(magnitudes).map(of).fold(0.0, nan_max)
}

/// A piece of a segment with the integrals over it.
struct Panel {
    segment: Segment,
    range: [f64; 2],
    /// Halvings above this one that changed nothing.
    futile: u32,
    values: Vec<f64>,
    errors: Vec<f64>,
    magnitudes: Vec<f64>,
}

impl Panel {
    fn new<V: AsRef<[f64]>, E>(
        segment: Segment,
        range: [f64; 2],
        futile: u32,
        f: &mut impl FnMut(f64) -> Result<V, E>,
    ) -> Result<Self, E> {
        let (middle, half) = (0.5 * (range[0] + range[1]), 0.5 * (range[1] - range[0]));
        let mut panel =
            Self { segment, range, futile, values: Vec::new(), errors: Vec::new(), magnitudes: Vec::new() };
        // all values, point after point, and their sums with Gauss's weights
        let (mut samples, mut gauss) = (Vec::new(), Vec::new());
        let points = RULE.iter().flat_map(|&(x, k, g)| [(-x, k, g), (x, k, g)]).take(POINTS);
        for (x, kronrod_weight, gauss_weight) in points.clone() {
            let (energy, slope) = segment.at(middle + half * x);
            let sample = f(energy)?;
            let sample = sample.as_ref();
            if samples.is_empty() {
                samples.reserve_exact(POINTS * sample.len());
                let sums = [&mut panel.values, &mut panel.magnitudes, &mut gauss];
                sums.into_iter().for_each(|sum| sum.resize(sample.len(), 0.0));
            }
            assert_eq!(sample.len(), gauss.len(), "vectors of one length");
            for (i, value) in sample.iter().enumerate() {
                let value = half * slope * value;
                samples.push(value);
                panel.values[i] += kronrod_weight * value;
                panel.magnitudes[i] += kronrod_weight * value.abs();
                gauss[i] += gauss_weight * value;
            }
        }
        let mut spread = vec![0.0; gauss.len()];
        for ((_, weight, _), sample) in points.zip(samples.chunks_exact(gauss.len().max(1))) {
            for (i, value) in sample.iter().enumerate() {
                // the weights add up to 2
                spread[i] += weight * (value - 0.5 * panel.values[i]).abs();
            }
        }
        for (i, spread) in spread.into_iter().enumerate() {
            let difference = (panel.values[i] - gauss[i]).abs();
            let error = if spread > 0.0 {
                spread * (200.0 * difference / spread).powf(1.5).min(1.0)
            } else {
                difference
            };
            panel.errors.push(nan_max(error, 50.0 * f64::EPSILON * panel.magnitudes[i]));
        }
        Ok(panel)
    }

    fn halves<V: AsRef<[f64]>, E>(&self, f: &mut impl FnMut(f64) -> Result<V, E>) -> Result<[Self; 2], E> {
        let middle = 0.5 * (self.range[0] + self.range[1]);
        let mut left = Self::new(self.segment, [self.range[0], middle], self.futile, f)?;
        let mut right = Self::new(self.segment, [middle, self.range[1]], self.futile, f)?;
        let narrow = !(self.range[0] < middle && middle < self.range[1]);
        let futile = (0..self.values.len()).all(|i| {
            let unchanged =
                (left.values[i] + right.values[i] - self.values[i]).abs() <= 1e-5 * self.magnitudes[i];
            unchanged && left.errors[i] + right.errors[i] >= 0.6 * self.errors[i]
        });
        if futile || narrow {
            let count = if narrow { FUTILE } else { self.futile + 1 };
            (left.futile, right.futile) = (count, count);
        }
        Ok([left, right])
    }
}

const POINTS: usize = 21;

/// Points on [0, 1] of the rule on [-1, 1], weights of Kronrod's rule and of Gauss's.
const RULE: [(f64, f64, f64); 11] = [
    (0.995_657_163_025_808_1, 0.011_694_638_867_371_874, 0.0),
    (0.973_906_528_517_171_7, 0.032_558_162_307_964_725, 0.066_671_344_308_688_14),
    (0.930_157_491_355_708_2, 0.054_755_896_574_351_995, 0.0),
    (0.865_063_366_688_984_5, 0.075_039_674_810_919_96, 0.149_451_349_150_580_6),
    (0.780_817_726_586_416_9, 0.093_125_454_583_697_6, 0.0),
    (0.679_409_568_299_024_4, 0.109_387_158_802_297_64, 0.219_086_362_515_982_04),
    (0.562_757_134_668_604_7, 0.123_491_976_262_065_84, 0.0),
    (0.433_395_394_129_247_2, 0.134_709_217_311_473_34, 0.269_266_719_309_996_35),
    (0.294_392_862_701_460_2, 0.142_775_938_577_060_09, 0.0),
    (0.148_874_338_981_631_22, 0.147_739_104_901_338_49, 0.295_524_224_714_752_87),
    (0.0, 0.149_445_554_002_916_9, 0.0),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thermal::{Side, SingularPoint, Singularity};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use std::convert::Infallible;

    fn smooth(range: [f64; 2], f: impl Fn(f64) -> f64) -> Integral {
        let f = |e| Ok::<_, Infallible>([f(e)]);
        Adaptive::default().integrate(range, &Structure::default(), &[], f).unwrap()
    }

    /// Exact to degree 31 by construction: the constants of the rule. Errors are roundings of sums of 21 terms.
    #[test]
    fn polynomials_are_exact_without_halving() {
        for degree in 0..=30 {
            let integral = smooth([-1.0, 1.0], |x| x.powi(degree) + 1.0);
            let want = 2.0 + if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            assert!((integral.values[0] - want).abs() < 1e-15 * 4.0, "degree {degree}");
            assert!(degree > 18 || integral.evaluations == POINTS, "Gauss's rule is exact to degree 19");
        }
    }

    /// Steps, one-sided powers and levels of any width, singular points given: true error at most the estimate, and few evaluations.
    #[test]
    fn singular_points_cost_no_accuracy() {
        let at = |energy, kind| {
            Structure::new([f64::NEG_INFINITY, f64::INFINITY], vec![SingularPoint { energy, kind }]).unwrap()
        };
        let e0 = 0.3;
        for p in [-0.5, -0.25, 0.05, 0.5, 0.9, 1.571, 3.3] {
            let structure = at(e0, Singularity::Threshold { exponent: p, side: Side::Above });
            let f = |e: f64| Ok::<_, Infallible>([if e > e0 { (e - e0).powf(p) } else { 1.0 }]);
            let got = Adaptive::default().integrate([-1.0, 1.0], &structure, &[], f).unwrap();
            let want = 1.3 + 0.7f64.powf(p + 1.0) / (p + 1.0);
            // for p < 0 energies next to e0 hold too few digits of E - e0: 1e-12 at p = -1/2
            let digits = if p < 0.0 { 1e-12 } else { 0.0 };
            assert!((got.values[0] - want).abs() <= got.errors[0] + digits, "p = {p}: {got:?} {want}");
            assert!(got.evaluations <= 500, "p = {p}: {}", got.evaluations);
        }
        for g in [1e-2, 1e-5, 1e-9] {
            let structure = at(e0, Singularity::Resonance { half_width: g });
            let f = |e: f64| Ok::<_, Infallible>([g / ((e - e0).powi(2) + g * g)]);
            let got = Adaptive::default().integrate([-1.0, 1.0], &structure, &[], f).unwrap();
            let want = (0.7 / g).atan() + (1.3 / g).atan();
            // E - e0 has the rounding of e0: 6e-17/g relative at the centre of the level
            assert!((got.values[0] - want).abs() <= got.errors[0] + 1e-16 / g, "g = {g}: {got:?} {want}");
            // below 1e-8 that rounding is noise above the tolerance, which takes some thousand evaluations to recognise
            assert!(got.evaluations <= if g > 1e-8 { 1000 } else { 10_000 }, "g = {g}: {}", got.evaluations);
        }
    }

    /// What never converges says so: an error above the tolerance, not an endless loop, nor a number without error.
    #[test]
    fn failure_is_reported() {
        let few = Adaptive { tolerance: 1e-12, evaluations: 300 };
        let f = |e: f64| Ok::<_, Infallible>([(1.0 / e).sin()]);
        let got = few.integrate([1e-6, 1.0], &Structure::default(), &[], f).unwrap();
        assert!(got.relative_error() > 1e-12 && got.evaluations <= 300);
        // noise of 1e-6 cannot be resolved, and is not pursued to the end
        let mut phase = 0.0f64;
        let noisy = |e: f64| {
            phase += 1.0;
            Ok::<_, Infallible>([e.cos() + 1e-6 * (1e3 * phase * phase).sin()])
        };
        let got = Adaptive::default().integrate([0.0, 1.0], &Structure::default(), &[], noisy).unwrap();
        assert!(got.relative_error() > 1e-12 && got.evaluations < 200_000, "{got:?}");
        assert!(smooth([0.0, 1.0], |_| f64::NAN).relative_error().is_nan());
        assert_eq!(
            few.integrate([0.0, 1.0], &Structure::default(), &[], |e| Err::<[f64; 1], _>(e > 0.0)),
            Err(true)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, rng_seed: RngSeed::Fixed(11), failure_persistence: None, ..ProptestConfig::default() })]

        /// Sums of Lorentzians anywhere, none announced, and a kink that is: the true error is at most the estimate in all of 2000 cases,
        /// at every tolerance. (Half widths from 5e-3 of the range: a level that falls between all points of a first panel stays unseen.)
        #[test]
        fn estimates_are_honest(
            levels in prop::collection::vec((-1.0f64..1.0, -2.0f64..0.5, -1.0f64..1.0), 1..5),
            kink in -0.9f64..0.9, p in 0.1f64..3.0, digits in 2.0f64..12.0,
        ) {
            let kind = Singularity::Threshold { exponent: p, side: Side::Above };
            let structure = Structure::new([-2.0, 2.0], vec![SingularPoint { energy: kink, kind }]).unwrap();
            let f = |e: f64| {
                let sum: f64 = levels.iter().map(|&(e0, g, a)| { let g = 10f64.powf(g); a * g / ((e - e0).powi(2) + g * g) }).sum();
                Ok::<_, Infallible>([sum + if e > kink { (e - kink).powf(p) } else { 0.0 }])
            };
            let got = Adaptive::to(10f64.powf(-digits)).integrate([-1.0, 1.0], &structure, &[], f).unwrap();
            let want: f64 = levels.iter().map(|&(e0, g, a)| { let g = 10f64.powf(g); a * (((1.0 - e0) / g).atan() + ((1.0 + e0) / g).atan()) }).sum::<f64>()
                + (1.0 - kink).powf(p + 1.0) / (p + 1.0);
            prop_assert!((got.values[0] - want).abs() <= got.errors[0], "{:?} {want}", got);
            prop_assert!(got.relative_error() <= 10f64.powf(-digits));
        }
    }
}
