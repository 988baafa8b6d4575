//! The section `posterior` of kinds that fit.

use super::key::{Form, Key, Range, key};

/// The section with its sentence.
pub(super) const SECTION: (&str, &str) = ("posterior", "The distribution of the parameters by Monte Carlo.");

pub(super) const KEYS: &[Key] = &[
    key("posterior.steps", "Steps of every walker that are kept; zero for no Monte Carlo.")
        .takes(Form::Integer(Range::within(0.0, 1e6)))
        .default("400"),
    key("posterior.seed", "Seed of the random numbers.").takes(Form::Integer(Range::from(0.0))).default("1"),
];
