//! The record of a run, by meaning instead of by array name.
//!
//! Checks every shape once, so that figures, page and table may index without fear.

use crate::error::ReportError;
use crate::number;
use crate::record::{Array, Data, Record};
use crate::symbols;

/// A checked view of a record.
pub(crate) struct Run<'a> {
    pub(crate) record: &'a Record,
    pub(crate) points: usize,
    pub(crate) samples: usize,
    /// The first so many of them are here.
    loaded: usize,
    pub(crate) sweeps: Vec<Sweep<'a>>,
}

/// One swept key of the study.
pub(crate) struct Sweep<'a> {
    pub(crate) key: &'a str,
    pub(crate) units: &'a str,
    values: &'a Data,
}

/// A value with one standard error; NaN where not there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) value: f64,
    pub(crate) error: f64,
}

/// What became of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Missing,
    Done,
    Failed,
}

/// One conservation audit over all finished samples.
pub(crate) struct Audit<'a> {
    pub(crate) name: &'a str,
    /// The check that came closest to failing, or failed worst; none if the law never applied.
    pub(crate) worst: Option<Check>,
    /// Number of samples that violate the law.
    pub(crate) violations: usize,
}

/// One law checked in one sample. The residual is infinite if it was not a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Check {
    pub(crate) residual: f64,
    pub(crate) allowed: f64,
    pub(crate) point: usize,
    pub(crate) sample: usize,
}

/// A fitted exponent.
pub(crate) struct Fit<'a> {
    pub(crate) name: &'a str,
    pub(crate) result: Estimate,
    pub(crate) expected: f64,
    pub(crate) reference: &'a str,
    /// Number of points that entered, if recorded.
    pub(crate) points: Option<usize>,
}

impl<'a> Run<'a> {
    /// The view of `record`.
    pub(crate) fn new(record: &'a Record) -> Result<Self, ReportError> {
        for (name, array) in &record.arrays {
            let entries = match &array.data {
                Data::Real(values) => values.len(),
                Data::Text(values) => values.len(),
            };
            let product = array.shape.iter().try_fold(1usize, |p, n| p.checked_mul(*n));
            if array.dims.len() != array.shape.len() || product != Some(entries) {
                return Err(ReportError::Shape {
                    array: name.clone(),
                    found: array.shape.clone(),
                    expected: format!("{} dimensions and {entries} entries", array.dims.len()),
                });
            }
        }
        let status =
            record.array("status").ok_or_else(|| ReportError::Missing { array: "status".to_owned() })?;
        let &[points, loaded] = status.shape.as_slice() else {
            return Err(ReportError::Shape {
                array: "status".to_owned(),
                found: status.shape.clone(),
                expected: "(point, sample)".to_owned(),
            });
        };
        let samples = record.samples.max(loaded);
        for (name, array) in &record.arrays {
            let lengths = array.dims.iter().zip(&array.shape);
            let wrong = |(dim, n): (&String, &usize)| match dim.as_str() {
                "point" => *n != points,
                // They may be loaded for the first samples only.
                "sample" => *n > samples,
                _ => false,
            };
            if lengths.into_iter().any(wrong) {
                return Err(ReportError::Shape {
                    array: name.clone(),
                    found: array.shape.clone(),
                    expected: format!("{points} points and at most {samples} samples"),
                });
            }
        }
        let mut sweeps: Vec<Sweep> = record
            .arrays
            .values()
            .filter(|array| {
                array.attributes.get("swept").is_some_and(|v| v.as_bool() == Some(true) || v == 1)
            })
            .filter(|array| array.dims == ["point"] && !array.text_attribute("key").is_empty())
            .map(|array| Sweep {
                key: array.text_attribute("key"),
                units: array.text_attribute("units"),
                values: &array.data,
            })
            .collect();
        sweeps.sort_by_key(|sweep| (sweep.key != "probes.coupling", sweep.key));
        Ok(Self { record, points, samples, loaded, sweeps })
    }

    pub(crate) fn sweep(&self, key: &str) -> Option<&Sweep<'a>> {
        self.sweeps.iter().find(|sweep| sweep.key == key)
    }

    /// `Gamma = 0.1 t, W = 3 t`: what distinguishes a point, as text with LaTeX.
    pub(crate) fn point_label(&self, point: usize) -> String {
        if self.sweeps.is_empty() {
            return format!("point {point}");
        }
        self.sweeps.iter().map(|sweep| sweep.assignment(point)).collect::<Vec<_>>().join(", ")
    }

    /// `sample 7` or `sample 7 of point 2 (W = 3 t)`, with LaTeX.
    pub(crate) fn sample_label(&self, point: usize, sample: usize) -> String {
        if self.points == 1 && self.sweeps.is_empty() {
            format!("sample {sample}")
        } else {
            format!("sample {sample} of point {point} ({})", self.point_label(point))
        }
    }

    pub(crate) fn status(&self, point: usize, sample: usize) -> Status {
        let row = self.record.array("status").and_then(|array| array.row(&[point])).unwrap_or(&[]);
        match row.get(sample) {
            Some(1.0) => Status::Done,
            Some(2.0) => Status::Failed,
            _ => Status::Missing,
        }
    }

    /// Samples of a point that are done, of those that are here.
    pub(crate) fn done(&self, point: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.loaded).filter(move |sample| self.status(point, *sample) == Status::Done)
    }

    /// How many samples of a point are done, here or not.
    pub(crate) fn done_count(&self, point: usize) -> usize {
        let counted = self.record.reals("samples_done").get(point);
        counted.map_or_else(|| self.done(point).count(), |n| *n as usize)
    }

    /// How many samples failed.
    pub(crate) fn failed_count(&self) -> usize {
        match self.record.reals("samples_failed") {
            [] => self.failures().len(),
            counted => counted.iter().sum::<f64>() as usize,
        }
    }

    /// The first failed samples: point, sample, reason.
    pub(crate) fn failures(&self) -> Vec<(usize, usize, &'a str)> {
        let told =
            |reason: &'a String| if reason.is_empty() { "no reason recorded" } else { reason.as_str() };
        if self.record.array("samples_failed").is_some() {
            let number = |name: &str| self.record.reals(name).iter().map(|n| *n as usize);
            let places = number("first_failure_point").zip(number("first_failure_sample"));
            let reasons = self.record.texts("first_failure");
            let all = places.zip(reasons).map(|((point, sample), reason)| (point, sample, told(reason)));
            return all.filter(|(point, ..)| *point < self.points).collect();
        }
        let reasons = self.record.texts("failure");
        (0..self.points)
            .flat_map(|point| (0..self.loaded).map(move |sample| (point, sample)))
            .filter(|(point, sample)| self.status(*point, *sample) == Status::Failed)
            .map(|(point, sample)| {
                (point, sample, reasons.get(point * self.loaded + sample).map_or("no reason recorded", told))
            })
            .collect()
    }

    /// A field over the sites of one sample; none if it was not measured or is not loaded.
    pub(crate) fn field(&self, name: &str, point: usize, sample: usize) -> Option<&'a [f64]> {
        let row = self.record.array(name)?.row(&[point, sample])?;
        row.iter().any(|v| v.is_finite()).then_some(row)
    }

    /// Coordinates or other integers of the sites of one point.
    pub(crate) fn sites(&self, name: &str, point: usize) -> Option<&'a [f64]> {
        self.record.array(name)?.row(&[point])
    }

    /// Ids of the estimated quantities.
    pub(crate) fn quantities(&self) -> &'a [String] {
        self.record.texts("quantity")
    }

    /// One estimated quantity at one point.
    pub(crate) fn estimate(&self, id: &str, point: usize) -> Estimate {
        let at = self.quantities().iter().position(|q| q == id);
        let entry = |name: &str| {
            at.and_then(|at| self.record.array(name)?.row(&[point])?.get(at).copied()).unwrap_or(f64::NAN)
        };
        Estimate { value: entry("estimate"), error: entry("estimate_error") }
    }

    /// Label (text with LaTeX) and units of a quantity.
    pub(crate) fn quantity_label(&self, id: &str) -> (String, &'a str) {
        let at = self.quantities().iter().position(|q| q == id);
        let entry = |name: &str| at.and_then(|at| self.record.texts(name).get(at)).map_or("", String::as_str);
        let name = entry("quantity_name");
        (if name.is_empty() { id.replace('_', " ") } else { name.to_owned() }, entry("quantity_units"))
    }

    /// Number of samples in the estimates of a point.
    pub(crate) fn sample_count(&self, point: usize) -> usize {
        let stored = self.record.reals("estimate_samples").get(point).copied();
        stored.filter(|n| n.is_finite()).map_or_else(|| self.done_count(point), |n| n as usize)
    }

    /// Whether what the samples obey is known: that of many samples is when the run has ended.
    pub(crate) fn audits_are_known(&self) -> bool {
        let here = |name| self.record.array(name).is_some();
        self.record.texts("audit").is_empty() || here("audit_worst") || here("audit_residual")
    }

    pub(crate) fn audits(&self) -> Vec<Audit<'a>> {
        let names = self.record.texts("audit").iter().enumerate();
        if self.record.array("audit_worst").is_some() {
            let entry = |name: &str, i: usize| self.record.reals(name).get(i).copied().unwrap_or(f64::NAN);
            let of = |(i, name): (usize, &'a String)| Audit {
                name,
                worst: Some(Check {
                    residual: entry("audit_worst", i),
                    allowed: entry("audit_worst_allowed", i),
                    point: entry("audit_worst_point", i) as usize,
                    sample: entry("audit_worst_sample", i) as usize,
                })
                .filter(|check| !check.residual.is_nan() && check.point < self.points),
                violations: entry("audit_violations", i) as usize,
            };
            return names.map(of).collect();
        }
        names
            .map(|(i, name)| {
                let checks = || {
                    (0..self.points)
                        .flat_map(|point| self.done(point).map(move |sample| (point, sample)))
                        .filter_map(|(point, sample)| self.check(i, point, sample))
                };
                // The first of equals.
                let worst = checks().reduce(|a, b| if b.severity() > a.severity() { b } else { a });
                Audit { name, worst, violations: checks().filter(|check| !check.passed()).count() }
            })
            .collect()
    }

    /// The check of one law in one sample; none where the law does not apply.
    fn check(&self, law: usize, point: usize, sample: usize) -> Option<Check> {
        let residual = self.record.array("audit_residual")?.row(&[point, sample])?.get(law)?.abs();
        // Allowed deviations belong to samples; a record may also state one per law.
        let allowed = self.record.array("audit_allowed");
        let allowed = allowed.and_then(|array| array.row(&[point, sample]).or_else(|| array.row(&[])));
        let allowed = allowed.and_then(|row| row.get(law).copied()).unwrap_or(f64::NAN);
        (!residual.is_nan()).then_some(Check { residual, allowed, point, sample })
    }

    pub(crate) fn fits(&self) -> Vec<Fit<'a>> {
        let entry = |name: &str, i: usize| self.record.reals(name).get(i).copied().unwrap_or(f64::NAN);
        let names = self.record.texts("fit").iter().enumerate();
        names
            .map(|(i, name)| Fit {
                name,
                result: Estimate { value: entry("fit_value", i), error: entry("fit_error", i) },
                expected: entry("fit_expected", i),
                reference: self.record.texts("fit_reference").get(i).map_or("", String::as_str),
                points: self.record.reals("fit_points").get(i).map(|n| *n as usize),
            })
            .collect()
    }

    /// The fitted exponent of `quantity` in `variable`.
    pub(crate) fn exponent(&self, quantity: &str, variable: &str) -> Option<Estimate> {
        let name = format!("{quantity}: exponent in {variable}");
        self.fits().into_iter().find(|fit| fit.name == name).map(|f| f.result).filter(|e| e.value.is_finite())
    }

    /// What the data say, where a study decides between theories.
    pub(crate) fn verdict(&self) -> Option<&'a str> {
        self.record.texts("verdict").first().map(String::as_str)
    }

    /// Limits of validity that the run left.
    pub(crate) fn warnings(&self) -> &'a [String] {
        self.record.texts("warning")
    }

    pub(crate) fn array(&self, name: &str) -> Option<&'a Array> {
        self.record.array(name)
    }
}

impl Fit<'_> {
    /// `exponent of <quantity> in <variable>`, in words with LaTeX.
    pub(crate) fn label(&self, run: &Run) -> String {
        let Some((quantity, variable)) = self.name.split_once(": exponent in ") else {
            return self.name.to_owned();
        };
        format!("exponent of {} in {}", run.quantity_label(quantity).0, symbols::words(variable))
    }
}

impl Sweep<'_> {
    /// The value at a point as a number; NaN for text.
    pub(crate) fn value(&self, point: usize) -> f64 {
        match self.values {
            Data::Real(values) => values.get(point).copied().unwrap_or(f64::NAN),
            Data::Text(_) => f64::NAN,
        }
    }

    /// The value at a point as printed.
    pub(crate) fn text(&self, point: usize) -> String {
        match self.values {
            Data::Real(_) => number::short(self.value(point), 6),
            Data::Text(values) => values.get(point).cloned().unwrap_or_default(),
        }
    }

    /// `W = 3 t`, with LaTeX.
    pub(crate) fn assignment(&self, point: usize) -> String {
        let unit = symbols::unit_label(self.units);
        let text = self.text(point);
        // words keep their hyphens
        let value = if matches!(self.values, Data::Real(_)) { number::typeset(&text) } else { text };
        let space = if unit.is_empty() { "" } else { "\u{a0}" };
        format!("{} = {value}{space}{unit}", symbols::symbol(self.key))
    }
}

impl Estimate {
    /// Value with its error in parentheses.
    pub(crate) fn text(&self) -> String {
        number::with_error(self.value, self.error)
    }
}

impl Check {
    pub(crate) fn passed(&self) -> bool {
        self.residual <= self.allowed
    }

    /// Residual in units of what is allowed.
    fn severity(&self) -> f64 {
        if self.residual == 0.0 { 0.0 } else { self.residual / self.allowed.max(0.0) }
    }
}
