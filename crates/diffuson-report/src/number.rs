//! Numbers as physicists print them: parentheses for errors, short scientific notation.

/// `value(error)`: the parentheses hold one standard error in units of the last digits.
///
/// The error keeps one significant digit, two when the first is a 1. Magnitudes outside
/// 1e-4 .. 1e6 get a power of ten, written `e-7`. An error below the rounding of the value
/// is shown as that rounding: there are no further digits. Without a finite positive error the value
/// alone is printed with four digits; a value that is not there is a dash.
#[must_use]
pub fn with_error(value: f64, error: f64) -> String {
    if value.is_nan() {
        return "\u{2013}".to_owned();
    }
    if !value.is_finite() || !error.is_finite() || error <= 0.0 {
        return short(value, 4);
    }
    let error = error.max(f64::EPSILON * value.abs());
    let scale = value.abs().max(error);
    let exponent = if (1e-4..1e6).contains(&scale) { 0 } else { decade(scale) };
    let unit = 10f64.powi(exponent);
    let (mantissa, error) = (value / unit, error / unit);

    let leading = decade(error);
    let one = rounded_digits(error, leading, 1);
    let (digits, shown) = if (10..20).contains(&rounded_digits(error, leading, 2)) {
        (2, rounded_digits(error, leading, 2))
    } else {
        (1, one)
    };
    let decimals = digits - 1 - leading;
    let body = if decimals > 0 {
        format!("{mantissa:.*}({shown})", decimals as usize)
    } else {
        let step = 10f64.powi(-decimals);
        format!("{:.0}({:.0})", (mantissa / step).round() * step + 0.0, f64::from(shown) * step)
    };
    if exponent == 0 { body } else { format!("{body}e{exponent}") }
}

/// A number with at most `digits` significant digits and no trailing zeros.
#[must_use]
pub fn short(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "\u{2013}".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = digits.max(1);
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        // Through the rounded value, so that 123456 with four digits is 123500.
        let rounded: f64 = scientific.parse().unwrap_or(value);
        trim_zeros(&format!("{rounded:.decimals$}"))
    } else {
        format!("{}e{exponent}", trim_zeros(mantissa))
    }
}

/// A printed number for a page or figure: true minus signs, and `1e-7` as 1 x 10^-7 in Unicode.
pub(crate) fn typeset(text: &str) -> String {
    let text = match text.split_once('e') {
        Some((mantissa, exponent)) if exponent.parse::<i32>().is_ok() => {
            format!("{mantissa}\u{d7}10{}", superscript(exponent))
        }
        _ => text.to_owned(),
    };
    text.replace('-', "\u{2212}").replace("inf", "\u{221e}")
}

/// Digits and signs as Unicode superscripts.
pub(crate) fn superscript(text: &str) -> String {
    const DIGITS: [char; 10] = [
        '\u{2070}', '\u{b9}', '\u{b2}', '\u{b3}', '\u{2074}', '\u{2075}', '\u{2076}', '\u{2077}', '\u{2078}',
        '\u{2079}',
    ];
    text.chars()
        .filter_map(|c| match c {
            '-' | '\u{2212}' => Some('\u{207b}'),
            '+' => None,
            c => c.to_digit(10).map(|d| DIGITS[d as usize]),
        })
        .collect()
}

pub(crate) fn trim_zeros(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

/// Exponent of the leading decimal digit of a positive number.
fn decade(x: f64) -> i32 {
    let text = format!("{x:.16e}");
    text.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0)
}

/// `x` in units of its `digits`-th significant digit, rounded.
fn rounded_digits(x: f64, leading: i32, digits: i32) -> u32 {
    (x / 10f64.powi(leading - digits + 1)).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_sit_in_the_last_digits() {
        let cases = [
            (6.684, 0.041, "6.68(4)"),
            (3.694, 0.0307, "3.69(3)"),
            (0.3104, 0.0121, "0.310(12)"),
            (-0.4712, 0.0213, "-0.47(2)"),
            (1.2, 0.0996, "1.20(10)"),
            (1.2, 0.196, "1.2(2)"),
            (1234.5, 56.0, "1230(60)"),
            (1234.5, 13.0, "1235(13)"),
            (0.0, 0.02, "0.00(2)"),
            (3.21e-7, 4.2e-9, "3.21(4)e-7"),
            (-4.5678e8, 1.5e5, "-4.5678(15)e8"),
            (0.001, 5.0, "0(5)"),
            (1.0, 1e-30, "1.0000000000000000(2)"),
            (0.0, 1e-30, "0.0(10)e-30"),
        ];
        for (value, error, text) in cases {
            assert_eq!(with_error(value, error), text, "{value} +- {error}");
        }
    }

    #[test]
    fn without_an_error_the_value_stands_alone() {
        assert_eq!(with_error(1.23456, f64::NAN), "1.235");
        assert_eq!(with_error(1.0, 0.0), "1");
        assert_eq!(with_error(f64::NAN, 0.1), "\u{2013}");
        assert_eq!(with_error(f64::INFINITY, 0.1), "inf");
    }

    #[test]
    fn short_numbers() {
        assert_eq!(short(123_456.0, 4), "123500");
        assert_eq!(short(-0.05, 4), "-0.05");
        assert_eq!(short(3.04e-16, 2), "3e-16");
        assert_eq!(short(0.0, 3), "0");
        assert_eq!(short(9.999_96, 4), "10");
    }

    #[test]
    fn pages_get_true_signs() {
        assert_eq!(typeset("-3.2(1)e-7"), "\u{2212}3.2(1)\u{d7}10\u{207b}\u{2077}");
        assert_eq!(typeset("-inf"), "\u{2212}\u{221e}");
    }

    #[test]
    fn printed_value_and_error_are_right_for_many_magnitudes() {
        let mut state = 7u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        for _ in 0..5000 {
            let value = (uniform() - 0.5) * 10f64.powf(12.0 * uniform() - 6.0);
            let error = value.abs() * 10f64.powf(-4.0 * uniform() + 1.0) + 1e-9;
            let text = with_error(value, error);
            let (mantissa, rest) = text.split_once('(').expect("parentheses");
            let (digits, power) = rest.split_once(')').expect("closed");
            let power: i32 = power.strip_prefix('e').map_or(0, |p| p.parse().expect("exponent"));
            let unit = 10f64.powi(power);
            let decimals = mantissa.split_once('.').map_or(0, |(_, d)| d.len() as i32);
            let shown_error = digits.parse::<f64>().expect("digits") * 10f64.powi(-decimals) * unit;
            let shown: f64 = mantissa.parse::<f64>().expect("number") * unit;
            assert!((shown_error / error - 1.0).abs() < 0.34, "{value} {error} {text}");
            assert!((shown - value).abs() <= 0.51 * error.max(shown_error), "{value} {error} {text}");
        }
    }
}
