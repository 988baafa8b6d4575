//! A value with its standard error.

use std::fmt;

/// A number with one standard error, and how many samples stand behind it.
///
/// Prints the error in units of the last digit shown, rounded to one digit: `6.68(4)` is 6.68 +- 0.04, `1230(40)` is
/// 1230 +- 40 and `3.2(1)e-7` is (3.2 +- 0.1) 10^-7. An unknown error prints as `6.68(?)`, an error of exactly zero
/// as `6.68(0)`, a value that is not a number as `nan`. Width and alignment of the format are respected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value, in the unit of the quantity.
    pub value: f64,
    /// One standard error, same unit; NaN where it is unknown (fewer than two samples).
    pub standard_error: f64,
    /// The number of independent samples (of groups of samples, for a joint jackknife).
    pub samples: usize,
}

impl Estimate {
    /// Standard error over modulus of the value: NaN or infinite where that has no meaning.
    pub fn relative_error(&self) -> f64 {
        self.standard_error / self.value.abs()
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&text(self.value, self.standard_error))
    }
}

fn text(value: f64, error: f64) -> String {
    if !value.is_finite() {
        value.to_string().to_lowercase()
    } else if error == 0.0 {
        let exponent = exponent_of(value);
        if (-5..15).contains(&exponent) {
            format!("{value}(0)")
        } else {
            with_exponent(&format!("{value:e}"), "0")
        }
    } else if error.is_finite() && error > 0.0 {
        rounded(value, error)
    } else {
        // Six significant digits, for want of an error that says how many there are.
        let exponent = exponent_of(value);
        if (-5..6).contains(&exponent) {
            format!("{value:.*}(?)", (5 - exponent) as usize)
        } else {
            with_exponent(&format!("{value:.5e}"), "?")
        }
    }
}

/// `value` rounded to the first significant digit of `error`; both finite, `error > 0`.
fn rounded(value: f64, error: f64) -> String {
    let last = format!("{error:.0e}"); // one digit, correctly rounded: "4e-2"
    let (digit, place) = last.split_once('e').unwrap_or((&last, "0"));
    let place: i32 = place.parse().unwrap_or(0);
    let top = exponent_of(value).max(place);
    if place <= 0 && (-5..7).contains(&top) {
        return format!("{value:.*}({digit})", -place as usize);
    }
    if (1..7).contains(&top) {
        let unit = 10f64.powi(place);
        return format!("{:.0}({digit}{})", (value / unit).round() * unit, "0".repeat(place as usize));
    }
    // Dividing in two steps keeps the powers of ten representable.
    let mantissa = |top: i32| {
        let scaled = value / 10f64.powi(top / 2) / 10f64.powi(top - top / 2);
        format!("{scaled:.*}", (top - place) as usize)
    };
    let carried = mantissa(top).trim_start_matches('-').starts_with("10");
    let top = if carried { top + 1 } else { top };
    format!("{}({digit})e{top}", mantissa(top))
}

fn with_exponent(scientific: &str, error: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    format!("{mantissa}({error})e{exponent}")
}

/// The decimal exponent of a finite number; 0 for zero.
fn exponent_of(value: f64) -> i32 {
    format!("{value:e}").split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn errors_print_in_the_last_digit() {
        for (value, error, expected) in [
            (6.6812, 0.0431, "6.68(4)"),
            (0.3098, 0.0121, "0.31(1)"),
            (-0.4712, 0.0204, "-0.47(2)"),
            (3.0, 0.96, "3(1)"),
            (0.12, 0.096, "0.1(1)"),
            (1234.0, 42.0, "1230(40)"),
            (996.0, 42.0, "1000(40)"),
            (0.3, 42.0, "0(40)"),
            (3.2e-7, 1.1e-8, "3.2(1)e-7"),
            (1e-9, 3e-7, "0(3)e-7"),
            (9.996e9, 1e8, "1.00(1)e10"),
            (-1.2345e300, 4e296, "-1.2345(4)e300"),
            (1.2345e-300, 4e-304, "1.2345(4)e-300"),
            (0.00012345, 1e-8, "0.00012345(1)"),
            (0.0, 0.02, "0.00(2)"),
            (6.68123456, f64::NAN, "6.68123(?)"),
            (1.5e-9, f64::INFINITY, "1.50000(?)e-9"),
            (0.5, 0.0, "0.5(0)"),
            (1.5e-9, 0.0, "1.5(0)e-9"),
            (0.0, f64::NAN, "0.00000(?)"),
            (f64::NAN, 0.1, "nan"),
            (f64::NEG_INFINITY, 0.1, "-inf"),
        ] {
            assert_eq!(Estimate { value, standard_error: error, samples: 2 }.to_string(), expected);
        }
    }

    #[test]
    fn width_and_alignment_are_respected() {
        let estimate = Estimate { value: 6.68, standard_error: 0.04, samples: 40 };
        assert_eq!(format!("[{estimate:>9}] [{estimate:<9}]"), "[  6.68(4)] [6.68(4)  ]");
    }

    proptest! {
        #[test]
        fn the_printed_value_is_within_half_a_digit(mantissa in -10.0..10.0f64, power in -40..40i32, error_power in -8..4i32) {
            let value = mantissa * 10f64.powi(power);
            let error = 2.5 * 10f64.powi(power + error_power);
            let text = Estimate { value, standard_error: error, samples: 9 }.to_string();
            let (number, rest) = text.split_once('(').unwrap();
            let (digits, exponent) = rest.split_once(')').unwrap();
            let printed: f64 = format!("{number}{exponent}").parse().unwrap();
            prop_assert!((printed - value).abs() <= 0.51 * error / 2.5, "{value} {error} {text}");
            let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            let unit: f64 = format!("1e-{decimals}").parse::<f64>().unwrap() * format!("1{exponent}").parse::<f64>().unwrap();
            let printed_error = digits.parse::<f64>().unwrap() * unit;
            prop_assert!((printed_error / error - 1.0).abs() < 0.21, "{value} {error} {text}");
        }

        #[test]
        fn every_pair_of_numbers_prints(value in prop::num::f64::ANY, standard_error in prop::num::f64::ANY) {
            let text = Estimate { value, standard_error, samples: 9 }.to_string();
            prop_assert_eq!(text.contains('('), value.is_finite(), "{}", text);
        }
    }
}
