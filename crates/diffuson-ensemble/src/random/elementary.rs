//! Logarithm, sine and cosine from IEEE arithmetic alone: the same bits on every platform.
//!
//! Plain series on reduced arguments, summed until the first neglected term is below 1e-18; errors stay within a few
//! units of the last place, which is all that random numbers need.

use std::f64::consts::{FRAC_PI_2, LN_2, SQRT_2};

/// Natural logarithm of a positive normal number.
///
/// `x = 2^k m` with `m` in [1/sqrt 2, sqrt 2], and `ln m = 2 artanh s` with `s = (m - 1)/(m + 1)`, `|s| < 0.172`.
pub(super) fn ln(x: f64) -> f64 {
    let mut exponent = (x.to_bits() >> 52) as i64 - 1023;
    let mut mantissa = f64::from_bits(x.to_bits() & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
    if mantissa > SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let series = (1..=10).rev().fold(0.0, |sum, n| (sum + 1.0 / f64::from(2 * n + 1)) * square);
    exponent as f64 * LN_2 + (2.0 * s + 2.0 * s * series)
}

/// Sine and cosine of `2 pi turns`, for `turns` in [0, 1).
///
/// The nearest quarter is split off exactly, so that the series see at most a quarter of pi.
pub(super) fn sin_cos_turns(turns: f64) -> (f64, f64) {
    let quarter = (4.0 * turns).round();
    let angle = (4.0 * turns - quarter) * FRAC_PI_2;
    let square = -angle * angle;
    // x - x^3/3! + ... + x^17/17! and 1 - x^2/2! + ... - x^18/18!
    let sine = angle
        + angle * (1..=8).rev().fold(0.0, |sum, n| (sum + 1.0) * square / f64::from(2 * n * (2 * n + 1)));
    let cosine =
        1.0 + (1..=9).rev().fold(0.0, |sum, n| (sum + 1.0) * square / f64::from((2 * n - 1) * 2 * n));
    match quarter as u8 & 3 {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exact_points() {
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(ln(0.5), -LN_2);
        assert_eq!(sin_cos_turns(0.0), (0.0, 1.0));
        assert_eq!(sin_cos_turns(0.25), (1.0, 0.0));
        assert_eq!(sin_cos_turns(0.5), (0.0, -1.0));
        assert_eq!(sin_cos_turns(0.75), (-1.0, 0.0));
    }

    /// Where the series converge worst.
    #[test]
    fn the_series_are_long_enough() {
        for x in [0.7072, 0.7073, 0.7075] {
            assert!((ln(x) - f64::ln(x)).abs() < 1.5e-16);
        }
        for turns in [0.12499, 0.12501, 0.37499, 0.37501] {
            let (sine, cosine) = sin_cos_turns(turns);
            let angle = 2.0 * std::f64::consts::PI * turns;
            assert!((sine - angle.sin()).abs() < 2.5e-16 && (cosine - angle.cos()).abs() < 2.5e-16);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_logarithm_agrees_with_the_library(mantissa in 1.0..2.0f64, exponent in -53..=0i32) {
            let x = mantissa * 2f64.powi(exponent);
            prop_assert!((ln(x) - x.ln()).abs() <= 4.0 * f64::EPSILON * x.ln().abs().max(f64::MIN_POSITIVE));
        }

        #[test]
        fn sine_and_cosine_agree_with_the_library(turns in 0.0..1.0f64) {
            let (sine, cosine) = sin_cos_turns(turns);
            let angle = 2.0 * std::f64::consts::PI * turns;
            prop_assert!((sine - angle.sin()).abs() < 2e-15);
            prop_assert!((cosine - angle.cos()).abs() < 2e-15);
            prop_assert!((sine * sine + cosine * cosine - 1.0).abs() < 1e-15);
        }
    }
}
