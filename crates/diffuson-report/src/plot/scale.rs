//! Linear and logarithmic scales, and where their ticks go.

/// How a coordinate is mapped to a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    Log,
}

/// Major ticks with their labels, and minor ticks without.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ticks {
    pub(crate) major: Vec<(f64, String)>,
    pub(crate) minor: Vec<f64>,
}

impl Scale {
    /// Position of `value` with `lo` at 0 and `hi` at 1; NaN where the scale has no such value.
    pub(crate) fn fraction(self, value: f64, lo: f64, hi: f64) -> f64 {
        match self {
            Self::Linear => (value - lo) / (hi - lo),
            Self::Log if value > 0.0 => (value / lo).ln() / (hi / lo).ln(),
            Self::Log => f64::NAN,
        }
    }

    /// A range that holds all of `values` with a little room, or none if there is nothing to hold.
    pub(crate) fn range(self, values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
        let usable = |v: &f64| v.is_finite() && (self == Self::Linear || *v > 0.0);
        let (lo, hi) = values
            .filter(usable)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
        if lo > hi {
            return None;
        }
        Some(match self {
            Self::Linear if hi - lo <= 1e-12 * hi.abs().max(lo.abs()) => {
                let room = if hi == 0.0 { 1.0 } else { 0.5 * hi.abs() };
                (lo - room, hi + room)
            }
            Self::Linear => (lo - 0.06 * (hi - lo), hi + 0.06 * (hi - lo)),
            Self::Log => {
                let room = (hi / lo).powf(0.07).max(1.12);
                (lo / room, hi * room)
            }
        })
    }

    /// About `count` labelled ticks in `lo..=hi`.
    pub(crate) fn ticks(self, lo: f64, hi: f64, count: usize) -> Ticks {
        if !(lo.is_finite() && hi.is_finite() && lo < hi) || (self == Self::Log && lo <= 0.0) {
            return Ticks::default();
        }
        match self {
            Self::Linear => linear(lo, hi, count.max(2)),
            Self::Log => log(lo, hi, count.max(2)),
        }
    }
}

/// A step of `mantissa 10^power`, printed with `digits` decimals per unit of 10^power, in `parts` minor steps.
#[derive(Clone, Copy)]
struct Step {
    mantissa: f64,
    power: i32,
    digits: i32,
    parts: i64,
}

impl Step {
    fn size(self) -> f64 {
        self.mantissa * 10f64.powi(self.power)
    }

    /// The multiples of a step size in `lo..=hi`, as integers.
    fn multiples(size: f64, lo: f64, hi: f64) -> std::ops::RangeInclusive<i64> {
        let slack = 1e-9 * (hi - lo);
        ((lo - slack) / size).ceil() as i64..=((hi + slack) / size).floor() as i64
    }

    /// The finest round step with at most `count + 1` and at least two ticks.
    fn choose(lo: f64, hi: f64, count: usize) -> Self {
        let power = ((hi - lo) / count as f64).log10().floor() as i32 - 1;
        let steps = |kinds: [(f64, i32, i64); 3]| {
            (power..power + 4).flat_map(move |power| {
                kinds.map(|(mantissa, digits, parts)| Self { mantissa, power, digits, parts })
            })
        };
        let fits = |step: &Self| {
            let ticks = Self::multiples(step.size(), lo, hi);
            (2..=count as i64 + 1).contains(&(ticks.end() - ticks.start() + 1))
        };
        // Quarters only where halves are too few and fifths too many.
        let usual = steps([(1.0, 0, 5), (2.0, 0, 4), (5.0, 0, 5)]).find(fits);
        let quarters = || steps([(1.0, 0, 5), (2.5, 1, 5), (5.0, 0, 5)]).find(fits);
        usual.or_else(quarters).unwrap_or(Self { mantissa: 1.0, power: power + 1, digits: 0, parts: 5 })
    }
}

fn linear(lo: f64, hi: f64, count: usize) -> Ticks {
    let largest = hi.abs().max(lo.abs());
    if hi - lo < 1e-9 * largest {
        return Ticks { major: vec![(lo, crate::number::short(lo, 4))], minor: Vec::new() };
    }
    let step = Step::choose(lo, hi, count);
    let size = step.size();
    // Outside the familiar magnitudes each label carries its power of ten.
    let far = !(1e-4..1e5).contains(&largest);
    let scale = if far { largest.log10().floor() as i32 } else { 0 };
    let decimals = (scale - step.power + step.digits).max(0) as usize;
    let label = |n: i64| {
        let value = n as f64 * step.mantissa * 10f64.powi(step.power - scale);
        let value = format!("{value:.decimals$}");
        if n == 0 && far {
            "0".to_owned()
        } else if far {
            format!("${value} \\times 10^{{{scale}}}$")
        } else {
            value.replace('-', "\u{2212}")
        }
    };
    let minor = size / step.parts as f64;
    Ticks {
        major: Step::multiples(size, lo, hi).map(|n| (n as f64 * size, label(n))).collect(),
        minor: Step::multiples(minor, lo, hi)
            .filter(|n| n % step.parts != 0)
            .map(|n| n as f64 * minor)
            .collect(),
    }
}

fn log(lo: f64, hi: f64, count: usize) -> Ticks {
    let inside = |v: &f64| *v >= lo * (1.0 - 1e-9) && *v <= hi * (1.0 + 1e-9);
    let decades = (lo.log10().floor() as i32)..=(hi.log10().ceil() as i32);
    let grid = |mantissas: &[f64]| -> Vec<f64> {
        decades
            .clone()
            .flat_map(|d| mantissas.iter().map(move |m| m * 10f64.powi(d)))
            .filter(inside)
            .collect()
    };
    let every: Vec<f64> = (1..10).map(f64::from).collect();

    let span = (hi / lo).log10();
    let mut major = if span >= 1.7 {
        let stride = (span / count as f64).ceil().max(1.0) as i32;
        let mut tens = grid(&[1.0]);
        tens.retain(|v| (v.log10().round() as i32).rem_euclid(stride) == 0);
        tens
    } else {
        let choices: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 2.0, 3.0, 5.0, 7.0], &every];
        let fitting = choices.iter().map(|m| grid(m)).find(|ticks| ticks.len() >= 3);
        fitting.unwrap_or_else(|| grid(&[1.0]))
    };
    if major.len() < 2 {
        // Less than a factor of two or so: linear steps are the clear ones.
        major = linear(lo, hi, count).major.into_iter().map(|(v, _)| v).filter(|v| *v > 0.0).collect();
    }
    let plain = lo >= 9.9e-4 && hi <= 2e4 && span < 2.5;
    let label = |v: f64| {
        if plain {
            return crate::number::short(v, 4);
        }
        let exponent = (v.log10() + 1e-9).floor() as i32;
        let mantissa = v / 10f64.powi(exponent);
        let power = format!("10^{{{exponent}}}");
        if (mantissa - 1.0).abs() < 1e-6 {
            format!("${power}$")
        } else {
            format!("${} \\times {power}$", crate::number::short(mantissa, 4))
        }
    };
    let minor =
        grid(&every).into_iter().filter(|v| !major.iter().any(|m| (m / v - 1.0).abs() < 1e-6)).collect();
    Ticks { major: major.into_iter().map(|v| (v, label(v))).collect(), minor }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in [0, 1) from a fixed seed.
    fn uniform(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    /// The number a tick label states.
    fn stated(label: &str) -> f64 {
        let text = label.replace(['$', '{', '}'], "").replace('\u{2212}', "-").replace(" \\times 10^", "e");
        let text = text.strip_prefix("10^").map_or(text.clone(), |power| format!("1e{power}"));
        text.parse().unwrap_or_else(|_| panic!("label {label}"))
    }

    fn check(ticks: &Ticks, lo: f64, hi: f64, most: usize) {
        let slack = 1e-6 * (hi - lo);
        assert!((2..=most).contains(&ticks.major.len()), "{} ticks in {lo}..{hi}", ticks.major.len());
        for pair in ticks.major.windows(2) {
            assert!(pair[0].0 < pair[1].0);
            assert_ne!(pair[0].1, pair[1].1, "two ticks with one label in {lo}..{hi}");
        }
        for (value, label) in &ticks.major {
            assert!((lo - slack..=hi + slack).contains(value));
            assert!((stated(label) - value).abs() <= 1e-6 * (hi - lo), "{label} at {value} in {lo}..{hi}");
        }
        assert!(ticks.minor.iter().all(|v| (lo - slack..=hi + slack).contains(v)));
        assert!(ticks.minor.iter().all(|v| ticks.major.iter().all(|(m, _)| (m - v).abs() > 1e-12 * m.abs())));
    }

    #[test]
    fn linear_ticks_are_few_round_and_truthful() {
        let mut u = uniform(1);
        for _ in 0..5000 {
            let width = 10f64.powf(16.0 * u() - 8.0);
            let lo = (u() - 0.5) * width * 20.0;
            let count = 3 + (5.0 * u()) as usize;
            let ticks = Scale::Linear.ticks(lo, lo + width, count);
            check(&ticks, lo, lo + width, count + 1);
            let steps: Vec<f64> = ticks.major.windows(2).map(|p| p[1].0 - p[0].0).collect();
            assert!(steps.iter().all(|s| (s / steps[0] - 1.0).abs() < 1e-6));
        }
    }

    #[test]
    fn log_ticks_are_few_and_truthful() {
        let mut u = uniform(2);
        for _ in 0..5000 {
            let lo = 10f64.powf(20.0 * u() - 10.0);
            let hi = lo * 10f64.powf(0.05 + 8.0 * u() * u());
            let count = 3 + (5.0 * u()) as usize;
            check(&Scale::Log.ticks(lo, hi, count), lo, hi, 2 * count + 1);
        }
    }

    #[test]
    fn familiar_axes() {
        let labels = |t: Ticks| t.major.into_iter().map(|(_, l)| l).collect::<Vec<_>>();
        assert_eq!(labels(Scale::Linear.ticks(0.0, 1.0, 5)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(Scale::Linear.ticks(-1.0, 60.0, 4)), ["0", "20", "40", "60"]);
        assert_eq!(labels(Scale::Log.ticks(0.045, 0.45, 4)), ["0.05", "0.1", "0.2"]);
        assert_eq!(
            labels(Scale::Log.ticks(1e-4, 1e2, 6)),
            ["$10^{-4}$", "$10^{-3}$", "$10^{-2}$", "$10^{-1}$", "$10^{0}$", "$10^{1}$", "$10^{2}$"]
        );
    }

    #[test]
    fn impossible_ranges_have_no_ticks() {
        for (lo, hi) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert!(Scale::Linear.ticks(lo, hi, 5).major.is_empty());
        }
        assert!(Scale::Log.ticks(0.0, 1.0, 5).major.is_empty());
        assert!(Scale::Log.ticks(-1.0, 1.0, 5).major.is_empty());
    }

    #[test]
    fn ranges_hold_their_values() {
        assert_eq!(Scale::Linear.range([f64::NAN].into_iter()), None);
        assert_eq!(Scale::Log.range([-1.0, 0.0].into_iter()), None);
        for scale in [Scale::Linear, Scale::Log] {
            for values in [[1.0, 1.0], [1.0, 8.0], [3e-9, 1e12]] {
                let (lo, hi) = scale.range(values.into_iter()).expect("a range");
                assert!(values.iter().all(|v| (0.0..=1.0).contains(&scale.fraction(*v, lo, hi))));
                assert!(lo < hi);
            }
        }
        assert!(Scale::Linear.range([0.0].into_iter()).is_some_and(|(lo, hi)| lo < 0.0 && hi > 0.0));
    }
}
