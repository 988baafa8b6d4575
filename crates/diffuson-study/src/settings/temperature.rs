//! The temperatures of curves.

use super::conductor::rules::problem;
use super::{Missing, Problem};
use crate::study::View;

/// Temperatures from the lowest to the highest.
pub(super) fn temperatures(view: &View<'_>) -> Result<Vec<f64>, Missing> {
    let (from, to) = (view.number("temperature.from")?, view.number("temperature.to")?);
    let points = view.count("temperature.points")?;
    let logarithmic = view.word("temperature.spacing")? == "logarithmic";
    let at = |k: usize| {
        let part = k as f64 / (points - 1) as f64;
        if logarithmic { from * (to / from).powf(part) } else { from + (to - from) * part }
    };
    Ok((0..points).map(at).collect())
}

/// That they do not rise.
pub(super) fn order(temperatures: &[f64]) -> Option<Problem> {
    let rises = temperatures.windows(2).all(|pair| pair[0] < pair[1]);
    (!rises).then(|| {
        problem(
            "temperature.to",
            "is not above temperature.from",
            "a temperature above temperature.from",
            "curves run from the lowest to the highest temperature",
        )
    })
}
