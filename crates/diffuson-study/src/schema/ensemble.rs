//! The section `ensemble`: how many samples, or to which error, and the seed.

use super::Condition::{self, Given, NotGiven};
use super::key::{Choice, Dimension, Form, Key, Range, key};

const MOST_SAMPLES: f64 = 10_000_000.0;
const TO_AN_ERROR: &[Condition] = &[Given("ensemble.relative_error")];

/// The keys, for the observables whose error may decide, the one that does if none is named, and the number of samples (TOML).
pub(super) const fn keys(
    observables: &'static [Choice],
    observable: &'static str,
    samples: &'static str,
) -> [Key; 5] {
    [
        key("ensemble.relative_error", "Relative standard error of one observable at which sampling stops.")
            .number(Range::between(0.0, 1.0), Dimension::Pure)
            .optional("the number of samples is given", "0.02"),
        key("ensemble.of", "The observable whose error decides.")
            .takes(Form::Choice(observables))
            .when(TO_AN_ERROR)
            .default(observable),
        key("ensemble.max_samples", "Number of samples per point after which sampling stops in any case.")
            .takes(Form::Integer(Range::within(2.0, MOST_SAMPLES)))
            .when(TO_AN_ERROR)
            .default("1000"),
        key("ensemble.samples", "Number of samples per point.")
            .takes(Form::Integer(Range::within(1.0, MOST_SAMPLES)))
            .when(&[NotGiven("ensemble.relative_error")])
            .default(samples),
        key(
            "ensemble.seed",
            "Seed of the random numbers; sample n has the same disorder at every point of a sweep.",
        )
        .takes(Form::Integer(Range::from(0.0)))
        .default("1992"),
    ]
}
