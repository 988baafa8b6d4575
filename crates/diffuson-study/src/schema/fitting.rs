//! Keys of kinds that fit a file of measurements.

use super::key::{Choice, Dimension, Form, Key, Range, choice, key};

/// The section of the measurements with its sentence.
pub(super) const DATA: (&str, &str) =
    ("data", "The measurements. Errors in the file go before errors stated here.");

/// The lower end of the window of temperatures.
pub(super) const fn from(example: &'static str) -> Key {
    key("data.from", "Lower temperatures are left out.")
        .number(Range::above(0.0), Dimension::Kelvin)
        .optional("no limit", example)
}

/// Its upper end.
pub(super) const fn to(example: &'static str) -> Key {
    key("data.to", "Higher temperatures are left out.")
        .number(Range::above(0.0), Dimension::Kelvin)
        .optional("no limit", example)
}

/// A relative error for a column without errors.
pub(super) const fn relative_error(path: &'static str, doc: &'static str, example: &'static str) -> Key {
    key(path, doc)
        .number(Range::between(0.0, 1.0), Dimension::Pure)
        .optional("errors must be in the file", example)
}

/// What becomes of a term that a law may have.
pub(super) const TERM: &[Choice] =
    &[choice("none", "it is not"), choice("fitted", "it is, with one more parameter")];

/// The section of the Monte Carlo with its sentence.
pub(super) const POSTERIOR: (&str, &str) =
    ("posterior", "The distribution of the parameters by Monte Carlo.");

/// Its keys.
pub(super) const POSTERIOR_KEYS: &[Key] = &[
    key("posterior.steps", "Steps of every walker that are kept; zero for no Monte Carlo.")
        .takes(Form::Integer(Range::within(0.0, 1e6)))
        .default("400"),
    key("posterior.seed", "Seed of the random numbers.").takes(Form::Integer(Range::from(0.0))).default("1"),
];
