//! Ways to measure a statement from the record of a study.

use super::formulas;
use crate::study::Study;
use diffuson_ensemble::statistics::{Estimate, jackknife, power_law_fit};
use diffuson_store::{Reader, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How a value is measured. Quantities are those of the record (array `quantity`), and `coupling` for the swept strength of the probes;
/// `1 - X` is one minus a quantity.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Measure {
    /// The value of a formula.
    Formula {
        /// Its name, one of those of the paper.
        name: String,
        /// Its arguments.
        #[serde(default)]
        at: BTreeMap<String, f64>,
    },
    /// A fit of the study itself, with its error by jackknife.
    Fit {
        /// Its name in the record.
        name: String,
    },
    /// A derived quantity at one point, with its error over the samples; or over another one there, of independent errors.
    Estimate {
        /// The quantity.
        of: String,
        /// What it is divided by.
        over: Option<String>,
        /// The point.
        #[serde(default)]
        point: usize,
    },
    /// A derived quantity at one point over that at a point of another study, of independent errors.
    Quotient {
        /// The quantity.
        of: String,
        /// The point.
        #[serde(default)]
        point: usize,
        /// The other study, by its stem.
        reference: String,
        /// Its point.
        #[serde(default)]
        reference_point: usize,
    },
    /// A curve of the record, with its error over the samples, at an abscissa; it must be one of those of the record, to a thousandth.
    Curve {
        /// The curve.
        of: String,
        /// Its abscissae.
        along: String,
        /// The abscissa.
        at: f64,
        /// The point.
        #[serde(default)]
        point: usize,
    },
    /// The exponent of `against[which]` in `of = C prod against^a` over the points inside the window; the error is that of the scatter of the points.
    Exponent {
        /// Quantity fitted.
        of: String,
        /// Predictors.
        against: Vec<String>,
        /// Which predictor.
        #[serde(default)]
        which: usize,
        /// Points used.
        #[serde(default)]
        window: Window,
    },
    /// The mean of a quantity over the points inside the window; the error is that of the scatter of the points.
    Mean {
        /// The quantity.
        of: String,
        /// Points used.
        #[serde(default)]
        window: Window,
    },
    /// The correlation of the heat at a distance (in L_in), averaged over the points inside the window.
    Correlation {
        /// Distance: the centre of a bin.
        radius: f64,
        /// Points used.
        #[serde(default)]
        window: Window,
    },
    /// The worst residual of a law over all samples.
    Audit {
        /// The law.
        law: String,
    },
    /// The rms of a field over the middle third of the conductor, divided by the same for the same samples of another study; error by jackknife.
    Ratio {
        /// The field, a per-sample array over sites.
        field: String,
        /// The point.
        point: usize,
        /// The other study, by its stem; its point 0 is used.
        reference: String,
    },
    /// The mean square difference between positions of a per-sample array, divided by the same for the same samples at another point; error by jackknife.
    Suppression {
        /// The array, over positions.
        of: String,
        /// The point.
        point: usize,
        /// The other point.
        over: usize,
    },
    /// `f(0,0,0) = prefactor (L_in/c)^p sigma^s` of Eq. 8 over points and sizes of cells.
    Cells {
        /// `exponent` p, `conductivity` s, or `prefactor`.
        report: CellReport,
        /// Smallest cell used, in sites.
        at_least: f64,
    },
}

/// Which number of the fit to Eq. 8.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellReport {
    /// The exponent of L_in/c.
    Exponent,
    /// The exponent of the conductivity.
    Conductivity,
    /// The prefactor, with both exponents free.
    Prefactor,
}

/// Ranges of quantities: a point belongs to the window if all of them hold.
pub(crate) type Window = BTreeMap<String, [f64; 2]>;

/// What the studies of a statement gave.
#[derive(Debug, Default)]
pub struct Evidence<'e> {
    /// The study and its record.
    pub main: Option<(&'e Study, &'e Reader)>,
    /// Further records by the stem of the study.
    pub others: Vec<(String, &'e Reader)>,
}

/// A measurement that is impossible on this record.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The record cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something the measurement needs is not there.
    #[error("{0}")]
    Missing(String),
}

impl Measure {
    /// The stem of the second study, if one is needed.
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Ratio { reference, .. } | Self::Quotient { reference, .. } => Some(reference),
            _ => None,
        }
    }

    /// Measures, for a statement of a paper.
    pub(super) fn evaluate(&self, paper: &str, evidence: &Evidence<'_>) -> Result<Estimate, MeasureError> {
        let missing = |what: &str| MeasureError::Missing(what.to_owned());
        let table = || -> Result<Table, MeasureError> {
            let (study, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
            Table::new(study, record)
        };
        match self {
            Self::Formula { name, at } => {
                let value = formulas::value(paper, name, at)?;
                Ok(Estimate { value, standard_error: 0.0, samples: 0 })
            }
            Self::Fit { name } => {
                let (_, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let names = record.read::<String>("fit")?.data;
                let k = names
                    .iter()
                    .position(|n| n == name)
                    .ok_or_else(|| missing(&format!("no fit `{name}`")))?;
                let samples = record.read::<i64>("estimate_samples")?.data.into_iter().min().unwrap_or(0);
                Ok(Estimate {
                    value: record.read::<f64>("fit_value")?.data[k],
                    standard_error: record.read::<f64>("fit_error")?.data[k],
                    samples: samples as usize,
                })
            }
            Self::Estimate { of, over, point } => {
                let (_, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let found = estimate(record, of, *point)?;
                match over {
                    Some(over) => Ok(quotient(found, estimate(record, over, *point)?)),
                    None => Ok(found),
                }
            }
            Self::Quotient { of, point, reference, reference_point } => {
                let (_, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let other = evidence.others.iter().find(|(stem, _)| stem == reference);
                let (_, other) = other.ok_or_else(|| missing("the second study was not run"))?;
                Ok(quotient(estimate(record, of, *point)?, estimate(other, of, *reference_point)?))
            }
            Self::Curve { of, along, at, point } => {
                let (_, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let abscissae = record.read::<f64>(along)?.data;
                let k = abscissae.iter().position(|x| (x - at).abs() <= 1e-3 * at.abs());
                let k = k.ok_or_else(|| missing(&format!("`{along}` has no {at}")))?;
                let of_point = |array: &str| -> Result<f64, MeasureError> {
                    let all = record.read::<f64>(array)?.data;
                    let value = all.get(point * abscissae.len() + k).copied();
                    value.ok_or_else(|| missing(&format!("no point {point}")))
                };
                let samples = record.read::<i64>("estimate_samples")?.data[*point] as usize;
                let standard_error = of_point(&format!("{of}_error"))?;
                Ok(Estimate { value: of_point(of)?, standard_error, samples })
            }
            Self::Exponent { of, against, which, window } => {
                let table = table()?;
                let points = table.inside(window)?;
                let y = table.column(of, &points)?;
                let columns: Vec<Vec<f64>> =
                    against.iter().map(|a| table.column(a, &points)).collect::<Result<_, _>>()?;
                let x: Vec<Vec<f64>> =
                    (0..points.len()).map(|p| columns.iter().map(|c| c[p]).collect()).collect();
                exponent(&x, &y, Some(*which), table.samples)
            }
            Self::Mean { of, window } => {
                let table = table()?;
                let points = table.inside(window)?;
                Ok(mean(&table.column(of, &points)?, table.samples))
            }
            Self::Correlation { radius, window } => {
                let table = table()?;
                let points = table.inside(window)?;
                let (_, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let radii = record.read::<f64>("radius")?.data;
                let bin = radii.iter().position(|r| (r - radius).abs() < 1e-9);
                let bin = bin.ok_or_else(|| missing(&format!("no bin at r = {radius} L_in")))?;
                let all = record.read::<f64>("correlation")?.data;
                let values: Vec<f64> = points.iter().map(|p| all[p * radii.len() + bin]).collect();
                Ok(mean(&values, table.samples))
            }
            Self::Audit { law } => {
                let (_, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let laws = record.read::<String>("audit")?.data;
                let k =
                    laws.iter().position(|l| l == law).ok_or_else(|| missing(&format!("no law `{law}`")))?;
                let residuals = record.read::<f64>("audit_residual")?.data;
                let of_law = residuals.iter().skip(k).step_by(laws.len()).filter(|r| !r.is_nan());
                let samples = of_law.clone().count();
                Ok(Estimate { value: of_law.copied().fold(0.0, f64::max), standard_error: 0.0, samples })
            }
            Self::Ratio { field, point, reference } => {
                let (_, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let other = evidence.others.iter().find(|(stem, _)| stem == reference);
                let (_, other) = other.ok_or_else(|| missing("the second study was not run"))?;
                let (above, below) = (mean_squares(record, field, *point)?, mean_squares(other, field, 0)?);
                ratio_of_means(above, below, f64::sqrt)
            }
            Self::Suppression { of, point, over } => {
                let (_, record) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let [one, other] = [point, over].map(|p| square_differences(record, of, *p));
                ratio_of_means(one?, other?, |ratio| ratio)
            }
            Self::Cells { report, at_least } => {
                let table = table()?;
                let (study, _) = evidence.main.ok_or_else(|| missing("no study was run"))?;
                let settings = study.settings();
                let sizes: Vec<f64> = settings["observables"]["cells"]
                    .as_array()
                    .map(|list| list.iter().filter_map(serde_json::Value::as_f64).collect())
                    .unwrap_or_default();
                let points: Vec<usize> = (0..table.points).collect();
                let length = table.column("inelastic_length", &points)?;
                let sigma = table.column("conductivity", &points)?;
                let (mut x, mut y) = (Vec::new(), Vec::new());
                for (k, c) in sizes.iter().enumerate().filter(|(_, c)| **c >= *at_least) {
                    let f = table.column(&format!("cell_fluctuation_{}", k + 1), &points)?;
                    for p in &points {
                        x.push(vec![length[*p] / c, sigma[*p]]);
                        y.push(f[*p]);
                    }
                }
                let which = match report {
                    CellReport::Exponent => Some(0),
                    CellReport::Conductivity => Some(1),
                    CellReport::Prefactor => None,
                };
                exponent(&x, &y, which, table.samples)
            }
        }
    }
}

/// A derived quantity at a point.
fn estimate(record: &Reader, of: &str, point: usize) -> Result<Estimate, MeasureError> {
    let names = record.read::<String>("quantity")?.data;
    let k = names.iter().position(|n| n == of);
    let k = k.ok_or_else(|| MeasureError::Missing(format!("no quantity `{of}`")))?;
    let at = |array: &str| -> Result<f64, MeasureError> {
        let all = record.read::<f64>(array)?.data;
        let value = all.get(point * names.len() + k).copied();
        value.ok_or_else(|| MeasureError::Missing(format!("no point {point}")))
    };
    let (value, standard_error) = (at("estimate")?, at("estimate_error")?);
    let samples = record.read::<i64>("estimate_samples")?.data[point] as usize;
    Ok(Estimate { value, standard_error, samples })
}

/// The quotient of two estimates of independent errors.
fn quotient(above: Estimate, below: Estimate) -> Estimate {
    let value = above.value / below.value;
    let error = above.relative_error().hypot(below.relative_error()) * value.abs();
    Estimate { value, standard_error: error, samples: above.samples.min(below.samples) }
}

/// Estimates of a record by quantity and point.
struct Table {
    points: usize,
    samples: usize,
    columns: BTreeMap<String, Vec<f64>>,
}

impl Table {
    fn new(study: &Study, record: &Reader) -> Result<Self, MeasureError> {
        let names = record.read::<String>("quantity")?.data;
        let values = record.read::<f64>("estimate")?.data;
        let points = record.points();
        let pick = |all: &[f64], k: usize| (0..points).map(|p| all[p * names.len() + k]).collect::<Vec<_>>();
        let mut columns: BTreeMap<_, _> =
            names.iter().enumerate().map(|(k, n)| (n.clone(), pick(&values, k))).collect();
        let swept = study.swept_keys().any(|k| k.path == "probes.coupling");
        if swept {
            columns.insert("coupling".to_owned(), record.read::<f64>("probes_coupling")?.data);
        }
        let samples = record.read::<i64>("estimate_samples")?.data.into_iter().min().unwrap_or(0) as usize;
        Ok(Self { points, samples, columns })
    }

    fn column(&self, expression: &str, points: &[usize]) -> Result<Vec<f64>, MeasureError> {
        let (name, complement) = match expression.strip_prefix("1 - ") {
            Some(name) => (name, true),
            None => (expression, false),
        };
        let column =
            self.columns.get(name).ok_or_else(|| MeasureError::Missing(format!("no quantity `{name}`")))?;
        Ok(points.iter().map(|&p| if complement { 1.0 - column[p] } else { column[p] }).collect())
    }

    fn inside(&self, window: &Window) -> Result<Vec<usize>, MeasureError> {
        let mut points: Vec<usize> = (0..self.points).collect();
        for (name, [low, high]) in window {
            let all: Vec<usize> = (0..self.points).collect();
            let column = self.column(name, &all)?;
            points.retain(|&p| (*low..=*high).contains(&column[p]));
        }
        if points.is_empty() {
            Err(MeasureError::Missing("no point lies inside the window".to_owned()))
        } else {
            Ok(points)
        }
    }
}

/// A function of the mean over samples of one number, divided by that of another of the same samples; error by jackknife.
fn ratio_of_means(
    above: Vec<f64>,
    below: Vec<f64>,
    of: impl Fn(f64) -> f64,
) -> Result<Estimate, MeasureError> {
    let pairs: Vec<Vec<f64>> = above.into_iter().zip(below).map(|(a, b)| vec![a, b]).collect();
    let ratio = jackknife(&pairs, |mean| vec![of(mean[0] / mean[1])]);
    Ok(ratio.map_err(|e| MeasureError::Missing(e.to_string()))?.estimates()[0])
}

/// Mean square difference between two positions, for each sample.
fn square_differences(record: &Reader, array: &str, point: usize) -> Result<Vec<f64>, MeasureError> {
    let samples = record.samples();
    let values = record.read_samples::<f64>(array, point, 0..samples)?.data;
    let of_sample = |sample: &[f64]| {
        let known: Vec<f64> = sample.iter().copied().filter(|x| !x.is_nan()).collect();
        let n = known.len() as f64;
        let mean = known.iter().sum::<f64>() / n;
        2.0 * known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)
    };
    Ok(values.chunks_exact((values.len() / samples.max(1)).max(1)).map(of_sample).collect())
}

/// Mean square of a field over the middle third of the slices, for each sample.
fn mean_squares(record: &Reader, field: &str, point: usize) -> Result<Vec<f64>, MeasureError> {
    let samples = record.samples();
    let values = record.read_samples::<f64>(field, point, 0..samples)?.data;
    let slices = record.read::<i64>("slice")?;
    let sites = values.len() / samples.max(1);
    let slices = &slices.data[point * sites..(point + 1) * sites];
    let last = slices.iter().copied().max().unwrap_or(0);
    let middle: Vec<usize> =
        (0..sites).filter(|&i| 3 * slices[i] >= last && 3 * slices[i] <= 2 * last).collect();
    let of_sample = |sample: &[f64]| {
        let known = middle.iter().map(|&i| sample[i]).filter(|q| !q.is_nan());
        known.clone().map(|q| q * q).sum::<f64>() / known.count() as f64
    };
    Ok(values.chunks_exact(sites.max(1)).map(of_sample).collect())
}

fn mean(values: &[f64], samples: usize) -> Estimate {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    Estimate { value: mean, standard_error: (variance / n).sqrt(), samples }
}

/// One exponent of a power law (or its prefactor), with the error that the scatter of the points gives: jackknife over the points.
fn exponent(
    x: &[Vec<f64>],
    y: &[f64],
    which: Option<usize>,
    samples: usize,
) -> Result<Estimate, MeasureError> {
    let fit = |without: Option<usize>| -> Result<f64, MeasureError> {
        let kept: Vec<usize> = (0..y.len()).filter(|p| Some(*p) != without).collect();
        let x: Vec<Vec<f64>> = kept.iter().map(|&p| x[p].clone()).collect();
        let y: Vec<f64> = kept.iter().map(|&p| y[p]).collect();
        let law =
            power_law_fit(&x, &y, &vec![1.0; y.len()]).map_err(|e| MeasureError::Missing(e.to_string()))?;
        Ok(which.map_or(law.prefactor, |k| law.exponents[k]))
    };
    let value = fit(None)?;
    let n = y.len() as f64;
    let left_out: Vec<f64> = (0..y.len()).map(|p| fit(Some(p))).collect::<Result<_, _>>()?;
    let centre = left_out.iter().sum::<f64>() / n;
    let spread = left_out.iter().map(|v| (v - centre).powi(2)).sum::<f64>();
    Ok(Estimate { value, standard_error: ((n - 1.0) / n * spread).sqrt(), samples })
}
