//! What follows from an ensemble: estimates, fits, the worst of every audit, warnings; as told to the user and as arrays of the record.

use crate::study::Study;
use crate::task::Column;
use diffuson::audit::Audit;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, POINT, Reader, SAMPLE, StoreError};

/// Results of an ensemble, as they are stored and as they are told.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Derived quantities at each point, by identifier, with units.
    pub estimates: Vec<PointEstimate>,
    /// Numbers fitted over the points.
    pub fits: Vec<Fit>,
    /// The worst residual of each law over all samples.
    pub audits: Vec<WorstLaw>,
    /// What the reader should know about the validity of the numbers.
    pub warnings: Vec<String>,
    /// What the data say, in a sentence, where a study decides between theories.
    pub verdict: Option<String>,
    pub(crate) arrays: Vec<(ArraySpec, Column)>,
    pub(crate) dims: Vec<(String, usize)>,
}

/// One derived quantity at one point.
#[derive(Clone, Debug)]
pub struct PointEstimate {
    /// The point of the sweep.
    pub point: usize,
    /// Identifier, as in the record.
    pub quantity: &'static str,
    /// Value, standard error, number of samples.
    pub estimate: Estimate,
    /// Unit.
    pub units: &'static str,
}

/// A number fitted over the points of the sweep.
#[derive(Clone, Debug)]
pub struct Fit {
    /// What was fitted.
    pub name: String,
    /// Value and standard error.
    pub estimate: Estimate,
    /// What a theory or the literature gives, if there is such a value.
    pub expected: Option<f64>,
    /// Which theory.
    pub reference: String,
    /// Number of points that entered.
    pub points: usize,
}

/// The worst case of one law of the audit.
#[derive(Clone, Debug)]
pub struct WorstLaw {
    /// Name of the law.
    pub name: String,
    /// Largest residual relative to what is allowed decides; this is that residual.
    pub residual: f64,
    /// What is allowed there.
    pub allowed: f64,
    /// Whether all samples passed.
    pub passed: bool,
    /// Point and sample of the worst residual.
    pub at: (usize, usize),
}

/// What a derived quantity is called and measured in.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    /// Identifier in the record.
    pub(crate) id: &'static str,
    pub(crate) units: &'static str,
    /// Label for tables and axes: text with LaTeX.
    pub(crate) label: String,
}

/// Thermopowers are stored in microvolts per kelvin.
pub(crate) const MICRO: f64 = 1e6;

/// The unit of estimates, which each have their own.
const MIXED: &str = "see quantity_units";

/// An estimate that is not there.
pub(crate) const NO_ESTIMATE: Estimate = Estimate { value: f64::NAN, standard_error: f64::NAN, samples: 0 };

/// The arrays of a record have these names whatever the kind of study: tables, figures and the ledger read them.
impl Results {
    /// Results with the estimates of each point, in the order of `quantities`, from so many samples.
    pub(crate) fn new(quantities: &[Described], by_point: &[Vec<Estimate>], samples: Vec<i64>) -> Self {
        let all: Vec<Estimate> = by_point.iter().flatten().copied().collect();
        let estimates = by_point
            .iter()
            .enumerate()
            .flat_map(|(point, row)| row.iter().zip(quantities).map(move |(e, q)| (point, *e, q)))
            .filter(|(_, e, _)| e.value.is_finite())
            .map(|(point, estimate, q)| PointEstimate { point, quantity: q.id, estimate, units: q.units })
            .collect();
        let of_quantities =
            |of: &dyn Fn(&Described) -> String| Column::Text(quantities.iter().map(of).collect());
        let by_quantity = [POINT, "quantity"];
        let mut results = Self { estimates, ..Self::default() };
        results.dimension("quantity", quantities.len());
        results.extend([
            (text("quantity", "quantity", "derived quantity"), of_quantities(&|q| q.id.to_owned())),
            (
                text("quantity_units", "quantity", "unit of the derived quantity"),
                of_quantities(&|q| q.units.to_owned()),
            ),
            (
                text("quantity_name", "quantity", "label of the derived quantity"),
                of_quantities(&|q| q.label.clone()),
            ),
            (float("estimate", &by_quantity, MIXED, "derived quantity"), values(&all)),
            (
                float("estimate_error", &by_quantity, MIXED, "one standard error, jackknife over samples"),
                errors(&all),
            ),
            (
                ArraySpec::new(
                    "estimate_samples",
                    Kind::Integer,
                    &[POINT],
                    "1",
                    "samples behind the estimates",
                ),
                Column::Integer(samples),
            ),
        ]);
        results
    }

    /// With numbers fitted over the points, and how their errors were found, in words.
    pub(crate) fn with_fits(mut self, fits: Vec<Fit>, how: &str, errors: &str) -> Self {
        if !fits.is_empty() {
            let numbers = |of: &dyn Fn(&Fit) -> f64| Column::Float(fits.iter().map(of).collect());
            self.dimension("fit", fits.len());
            self.extend([
                (
                    text("fit", "fit", "what was fitted"),
                    Column::Text(fits.iter().map(|f| f.name.clone()).collect()),
                ),
                (
                    float("fit_value", &["fit"], "1", "fitted value").describe(how),
                    numbers(&|f| f.estimate.value),
                ),
                (
                    float("fit_error", &["fit"], "1", "one standard error").describe(errors),
                    numbers(&|f| f.estimate.standard_error),
                ),
                (
                    float("fit_expected", &["fit"], "1", "value of the theory or the literature"),
                    numbers(&|f| f.expected.unwrap_or(f64::NAN)),
                ),
                (
                    text("fit_reference", "fit", "which theory"),
                    Column::Text(fits.iter().map(|f| f.reference.clone()).collect()),
                ),
                (
                    ArraySpec::new("fit_points", Kind::Integer, &["fit"], "1", "points that entered the fit"),
                    Column::Integer(fits.iter().map(|f| f.points as i64).collect()),
                ),
            ]);
        }
        self.fits = fits;
        self
    }

    /// With what the reader should know about the validity of the numbers.
    pub(crate) fn with_warnings(mut self, warnings: Vec<String>) -> Self {
        if !warnings.is_empty() {
            self.dimension("warning", warnings.len());
            self.extend([(
                text("warning", "warning", "limit of validity that was left"),
                Column::Text(warnings.clone()),
            )]);
        }
        self.warnings = warnings;
        self
    }

    /// With what the data say, in a sentence.
    pub(crate) fn with_verdict(mut self, verdict: String) -> Self {
        self.dimension("verdict", 1);
        self.extend([(text("verdict", "verdict", "what the data say"), Column::Text(vec![verdict.clone()]))]);
        self.verdict = Some(verdict);
        self
    }

    /// With the worst residual of each law over all samples of the record.
    pub(crate) fn with_audits(mut self, record: &Reader, laws: &[&str]) -> Result<Self, StoreError> {
        let found = worst(record, laws)?;
        let number = |name, words, of: &dyn Fn(&Checked) -> f64| {
            (float(name, &["audit"], "1", words), Column::Float(found.iter().map(of).collect()))
        };
        let whole = |name, words, of: &dyn Fn(&Checked) -> usize| {
            let numbers = found.iter().map(|law| of(law) as i64).collect();
            (ArraySpec::new(name, Kind::Integer, &["audit"], "1", words), Column::Integer(numbers))
        };
        let of_worst = |law: &Checked, of: fn(&WorstLaw) -> f64| law.worst.as_ref().map_or(f64::NAN, of);
        let place = |law: &Checked| law.worst.as_ref().map_or((0, 0), |worst| worst.at);
        self.extend([
            {
                let (spec, column) = number("audit_worst", "worst deviation from the law", &|law| {
                    of_worst(law, |w| w.residual)
                });
                (
                    spec.describe("against what is allowed, over all samples; NaN: the law never applied"),
                    column,
                )
            },
            number("audit_worst_allowed", "what is allowed there", &|law| of_worst(law, |w| w.allowed)),
            whole("audit_worst_point", "its point", &|law| place(law).0),
            whole("audit_worst_sample", "its sample", &|law| place(law).1),
            whole("audit_violations", "samples that violate the law", &|law| law.violations),
        ]);
        self.audits = found.into_iter().filter_map(|law| law.worst).collect();
        Ok(self)
    }

    /// A dimension of further arrays.
    pub(crate) fn dimension(&mut self, name: &str, length: usize) {
        self.dims.push((name.to_owned(), length));
    }

    /// Further arrays; their dimensions must be known.
    pub(crate) fn extend(&mut self, arrays: impl IntoIterator<Item = (ArraySpec, Column)>) {
        self.arrays.extend(arrays);
    }
}

/// An array of numbers.
pub(crate) fn float(name: &str, dims: &[&str], units: &str, words: &str) -> ArraySpec {
    ArraySpec::new(name, Kind::Float, dims, units, words)
}

/// An array of words.
pub(crate) fn text(name: &str, dim: &str, words: &str) -> ArraySpec {
    ArraySpec::new(name, Kind::Text, &[dim], "1", words)
}

/// The values of estimates.
pub(crate) fn values(of: &[Estimate]) -> Column {
    Column::Float(of.iter().map(|e| e.value).collect())
}

/// The standard errors of estimates.
pub(crate) fn errors(of: &[Estimate]) -> Column {
    Column::Float(of.iter().map(|e| e.standard_error).collect())
}

/// Names of the laws a sample may be audited for: the coordinate of the dimension `audit`.
pub(crate) fn law_names(laws: &[&str]) -> (ArraySpec, Column) {
    (text("audit", "audit", "law of the audit"), Column::Text(laws.iter().map(|l| (*l).to_owned()).collect()))
}

/// The per-sample arrays of the audit, to be filled by [`audit_rows`].
pub(crate) fn audit_arrays() -> [ArraySpec; 2] {
    let law = |name, words| ArraySpec::new(name, Kind::Float, &[POINT, SAMPLE, "audit"], "1", words);
    [
        law("audit_residual", "deviation from the law")
            .describe("NaN: the law does not apply; infinity: the deviation was not a number"),
        law("audit_allowed", "largest deviation allowed"),
    ]
}

/// Residuals and allowances in the order of `laws`; NaN for a law that does not apply, infinity for one that was not a number.
pub(crate) fn audit_rows(audit: &Audit, laws: &[&str]) -> [Vec<f64>; 2] {
    let find = |name: &str| audit.laws().iter().find(|l| l.name == name);
    let residual = |name: &&str| {
        find(name).map_or(f64::NAN, |l| if l.residual.is_nan() { f64::INFINITY } else { l.residual })
    };
    let allowed = |name: &&str| find(name).map_or(f64::NAN, |l| l.allowed);
    [laws.iter().map(residual).collect(), laws.iter().map(allowed).collect()]
}

/// The swept keys as coordinates of the points.
pub(crate) fn swept_columns(study: &Study) -> Vec<(ArraySpec, Column)> {
    let column = |key: &'static crate::schema::Key| {
        let at = |p: &crate::study::Point| {
            let found = p.swept.iter().find(|s| s.key.path == key.path);
            found.map_or(serde_json::Value::Null, |s| s.value.clone())
        };
        let values: Vec<serde_json::Value> = study.points().iter().map(at).collect();
        let numbers: Option<Vec<f64>> = values.iter().map(serde_json::Value::as_f64).collect();
        let (kind, column) = match numbers {
            Some(numbers) => (Kind::Float, Column::Float(numbers)),
            None => {
                let words = values.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
                (Kind::Text, Column::Text(words.collect()))
            }
        };
        let units = if key.unit().is_empty() { "1" } else { key.unit() };
        let spec = ArraySpec::new(&key.path.replace('.', "_"), kind, &[POINT], units, key.path)
            .with("key", key.path)
            .with("swept", true);
        (spec, column)
    };
    study.swept_keys().map(column).collect()
}

/// The worst residual of each law over all samples of a record, and whether all samples passed. A record whose run has ended says so itself; of others every sample is looked at.
///
/// # Errors
/// [`StoreError`] if the record cannot be read.
pub fn audits(record: &Reader) -> Result<Vec<WorstLaw>, StoreError> {
    let laws = match record.read::<String>("audit") {
        Ok(laws) => laws.data,
        // the run that makes the record has not come to its first sample
        Err(StoreError::NotWritten { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let laws: Vec<&str> = laws.iter().map(String::as_str).collect();
    match stored(record, &laws) {
        Ok(Some(found)) => Ok(found),
        Ok(None) | Err(StoreError::NoArray { .. } | StoreError::NotWritten { .. }) => {
            Ok(worst(record, &laws)?.into_iter().filter_map(|law| law.worst).collect())
        }
        Err(error) => Err(error),
    }
}

/// What the results of a record say of the audit, if they are those of all its samples.
fn stored(record: &Reader, laws: &[&str]) -> Result<Option<Vec<WorstLaw>>, StoreError> {
    let integers = |name: &str| Ok(record.read::<i64>(name)?.data);
    let counted = [integers("samples_done")?, integers("samples_failed")?];
    for point in 0..record.points() {
        let now = record.counts(point)?;
        if [now.done, now.failed].map(|n| Some(n as i64)) != [0, 1].map(|k| counted[k].get(point).copied()) {
            return Ok(None);
        }
    }
    let [residual, allowed] =
        [record.read::<f64>("audit_worst")?.data, record.read("audit_worst_allowed")?.data];
    let [point, sample] = [integers("audit_worst_point")?, integers("audit_worst_sample")?];
    let violations = integers("audit_violations")?;
    let lengths = [residual.len(), allowed.len(), point.len(), sample.len(), violations.len()];
    if lengths != [laws.len(); 5] {
        return Ok(None);
    }
    let law = |k: usize| WorstLaw {
        name: laws[k].to_owned(),
        residual: residual[k],
        allowed: allowed[k],
        passed: violations[k] == 0,
        at: (point[k] as usize, sample[k] as usize),
    };
    Ok(Some((0..laws.len()).filter(|&k| !residual[k].is_nan()).map(law).collect()))
}

/// One law over all samples.
#[derive(Clone, Default)]
struct Checked {
    /// Where it came closest to failing, or failed worst; none if it never applied.
    worst: Option<WorstLaw>,
    violations: usize,
}

/// Samples whose audits are read at a time.
const AT_ONCE: usize = 1 << 16;

fn worst(record: &Reader, laws: &[&str]) -> Result<Vec<Checked>, StoreError> {
    let mut checked = vec![Checked::default(); laws.len()];
    // a law that holds exactly is not closer to failing than another, whatever is allowed
    let severity = |residual: f64, allowed: f64| if residual == 0.0 { 0.0 } else { residual / allowed };
    for (point, first) in
        (0..record.points()).flat_map(|p| (0..record.samples()).step_by(AT_ONCE).map(move |first| (p, first)))
    {
        let samples = first..record.samples().min(first + AT_ONCE);
        let residuals = record.read_samples::<f64>("audit_residual", point, samples.clone())?.data;
        let allowances = record.read_samples::<f64>("audit_allowed", point, samples)?.data;
        for (i, (residual, allowed)) in residuals.into_iter().zip(allowances).enumerate() {
            let (sample, law) = (first + i / laws.len(), i % laws.len());
            if residual.is_nan() {
                continue;
            }
            let Checked { worst, violations } = &mut checked[law];
            let passed = residual <= allowed;
            *violations += usize::from(!passed);
            if worst.as_ref().is_none_or(|w| severity(residual, allowed) > severity(w.residual, w.allowed)) {
                let name = laws[law].to_owned();
                *worst = Some(WorstLaw { name, residual, allowed, passed, at: (point, sample) });
            }
        }
    }
    for law in &mut checked {
        if let Some(worst) = &mut law.worst {
            worst.passed = law.violations == 0;
        }
    }
    Ok(checked)
}
