//! Keys of the section `temperature` of kinds that draw curves over temperature.

use super::key::{Choice, Dimension, Form, Key, Range, choice, key};

/// The keys, for temperatures in kelvin or as kT, from the lowest to the highest (TOML), so many, spaced so.
pub(super) const fn keys(
    dimension: Dimension,
    [from, to]: [&'static str; 2],
    points: &'static str,
    spacing: &'static str,
) -> [Key; 4] {
    [
        key("temperature.from", "Lowest temperature.").number(Range::above(0.0), dimension).default(from),
        key("temperature.to", "Highest temperature.").number(Range::above(0.0), dimension).default(to),
        key("temperature.points", "Number of temperatures.")
            .takes(Form::Integer(Range::within(2.0, 100_000.0)))
            .default(points),
        key("temperature.spacing", "How temperatures are spaced.")
            .takes(Form::Choice(SPACINGS))
            .default(spacing),
    ]
}

const SPACINGS: &[Choice] = &[choice("linear", "equal differences"), choice("logarithmic", "equal ratios")];
