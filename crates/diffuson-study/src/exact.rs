//! What kinds share whose points are exact: one sample each, of curves along one dimension.

use crate::diagnostic::Diagnostic;
use crate::results::{self, NO_ESTIMATE};
use crate::study::Study;
use crate::task::Column;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, Layout, POINT, Reader, SAMPLE, Status, StoreError};
use std::fmt::Display;

/// Name, unit and words of a curve.
pub(crate) type Curve = (&'static str, &'static str, &'static str);

/// The record of curves along dimensions of so many values, with audits and what is `fixed`.
pub(crate) fn layout(axes: &[(&str, usize, &[Curve])], laws: usize, fixed: &[(ArraySpec, Column)]) -> Layout {
    let mut arrays = Vec::new();
    for (dimension, _, curves) in axes {
        let curve = |(name, units, words): &Curve| {
            ArraySpec::new(name, Kind::Float, &[POINT, SAMPLE, dimension], units, words)
        };
        arrays.extend(curves.iter().map(curve));
    }
    arrays.extend(results::audit_arrays());
    arrays.extend(fixed.iter().map(|(spec, _)| spec.clone()));
    let axes = axes.iter().map(|(dimension, length, _)| ((*dimension).to_owned(), *length));
    Layout { dims: axes.chain([("audit".to_owned(), laws)]).collect(), arrays }
}

/// What is known before any sample: where the curves are taken, the names of the laws, what is swept.
pub(crate) fn fixed(study: &Study, axis: (ArraySpec, Column), laws: &[&str]) -> Vec<(ArraySpec, Column)> {
    let mut arrays = vec![axis, results::law_names(laws)];
    arrays.extend(results::swept_columns(study));
    arrays
}

/// Estimates of all points, and how many samples each has: `numbers` of those that are computed, none of the others.
pub(crate) fn estimates(
    record: &Reader,
    points: usize,
    count: usize,
    mut numbers: impl FnMut(usize) -> Result<Vec<Estimate>, StoreError>,
) -> Result<(Vec<Vec<Estimate>>, Vec<i64>), StoreError> {
    let (mut estimates, mut samples) = (Vec::with_capacity(points), Vec::with_capacity(points));
    for point in 0..points {
        let done = record.status(point)?.first() == Some(&Status::Done);
        samples.push(i64::from(done));
        estimates.push(if done { numbers(point)? } else { vec![NO_ESTIMATE; count] });
    }
    Ok((estimates, samples))
}

/// The error of a point that the physics refuses, blamed on a key.
pub(crate) fn refusal<E: Display>(
    study: &Study,
    point: usize,
    key: &'static str,
) -> impl Fn(E) -> Diagnostic {
    move |e| study.diagnostic(point, key, format!("`{key}`: {e}"), "not possible".to_owned(), String::new())
}

/// An estimate without error.
pub(crate) fn known(value: f64) -> Estimate {
    Estimate { value, standard_error: 0.0, samples: 1 }
}
