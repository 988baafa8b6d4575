//! The ledger of reproductions: published statements, put to the test by studies that anyone can rerun.
//!
//! `reproductions/PAPER/STATEMENT/statement.toml` holds what a paper says and how it is measured ([`Statement`]); beside them,
//! `reproductions/PAPER/studies/NAME-quick.toml` and `NAME-full.toml` are ordinary study files. Adding a statement is adding a folder;
//! adding a way to measure is a variant of [`Measure`] and an arm in `measure.rs`.

mod formulas;
mod measure;

use crate::diagnostic::Diagnostic;
use crate::study::Study;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::Reader;
use serde::Deserialize;
use std::path::{Path, PathBuf};

pub use measure::{Evidence, Measure, MeasureError};

/// Everything in the ledger: (path below `reproductions/`, text).
static LEDGER: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/ledger.rs"));

/// A published statement and the way to test it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Number of the paper in the ledger; the folder.
    #[serde(skip)]
    pub paper: String,
    /// Name of the statement; the folder.
    #[serde(skip)]
    pub name: String,
    /// Where it is printed.
    pub equation: String,
    /// What it says, in one sentence.
    pub statement: String,
    /// The printed value, as text.
    pub printed: String,
    /// The printed value as a number, if there is one.
    pub printed_value: Option<f64>,
    /// The printed value is a bound that the computed one keeps, not its value.
    pub bound: Option<Bound>,
    /// How far, beyond two standard errors, the computed value may be from the printed one; an order of magnitude if `factor` is set.
    #[serde(default)]
    pub tolerance: f64,
    /// The printed value holds up to this factor: for statements of order of magnitude.
    pub factor: Option<f64>,
    /// Why this tolerance or factor.
    pub reason: String,
    /// How the print must be corrected or read for the comparison to make sense.
    pub erratum: Option<String>,
    /// The verdict on record.
    pub verdict: Verdict,
    /// The value on record, from the equation sheet, and how far a run may be from it.
    pub found: Option<Found>,
    /// The study, by the stem of its files in `studies/`; none for statements about formulas.
    pub study: Option<String>,
    /// How the value is measured.
    pub measure: Measure,
}

/// Sides of a printed bound.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The computed value is not larger.
    Upper,
    /// The computed value is not smaller.
    Lower,
}

/// A value measured before, with the deviation that is still agreement.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// The value.
    pub value: f64,
    /// Deviation allowed beyond two standard errors.
    pub tolerance: f64,
}

/// What became of a statement.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The computed value agrees with the print.
    Reproduced,
    /// It agrees once a misprint or a loose definition is mended.
    ReproducedWithErratum,
    /// It does not agree.
    NotReproduced,
    /// The paper gives no value; here is one.
    Extended,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Reproduced => "reproduced",
            Self::ReproducedWithErratum => "reproduced with erratum",
            Self::NotReproduced => "not reproduced",
            Self::Extended => "extended",
        })
    }
}

/// A statement put to the test.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The computed value; the error is zero for formulas.
    pub computed: Estimate,
    /// The verdict of this run.
    pub verdict: Verdict,
    /// Whether the value agrees with the one on record, where there is one.
    pub as_found: Option<bool>,
}

impl Tested {
    /// Whether this run confirms the ledger: verdict and value on record.
    pub fn confirms(&self, statement: &Statement) -> bool {
        self.verdict == statement.verdict && self.as_found != Some(false)
    }
}

/// The extent of a reproduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Minutes.
    Quick,
    /// As large as the numbers on record.
    Full,
}

/// A ledger file that cannot be read: a mistake of ours.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A statement is not in the form of [`Statement`].
    #[error("reproductions/{path}: {message}")]
    Statement {
        /// The file.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A study of the ledger is missing or wrong.
    #[error("reproductions/{path}: {message}")]
    Study {
        /// The file.
        path: String,
        /// What is wrong.
        message: String,
    },
}

/// All statements whose paper is `id`, or whose `paper/name` begins with it; all without one.
///
/// # Errors
/// [`LedgerError`] if a statement cannot be read.
pub fn statements(id: Option<&str>) -> Result<Vec<Statement>, LedgerError> {
    let mut found = Vec::new();
    for (path, text) in LEDGER {
        let Some((paper, name)) = path.strip_suffix("/statement.toml").and_then(|p| p.split_once('/')) else {
            continue;
        };
        if id.is_some_and(|id| !format!("{paper}/{name}").starts_with(id)) {
            continue;
        }
        let mut statement: Statement = toml::from_str(text)
            .map_err(|e| LedgerError::Statement { path: (*path).to_owned(), message: e.to_string() })?;
        statement.paper = paper.to_owned();
        statement.name = name.to_owned();
        found.push(statement);
    }
    Ok(found)
}

/// A study of the ledger: its name (the stem of its file) and the study.
///
/// # Errors
/// [`LedgerError`] if there is none of that name or it does not validate.
pub fn study(paper: &str, stem: &str, extent: Extent) -> Result<(String, Study), LedgerError> {
    let size = if extent == Extent::Full { "full" } else { "quick" };
    let name = format!("{stem}-{size}");
    let path = format!("{paper}/studies/{name}.toml");
    let failed = |message: String| LedgerError::Study { path: path.clone(), message };
    let (_, text) =
        LEDGER.iter().find(|(p, _)| *p == path).ok_or_else(|| failed("no such study".to_owned()))?;
    let shown = format!("reproductions/{path}");
    let study = Study::parse(&shown, text, &[]).map_err(|d: Diagnostic| failed(d.to_string()))?;
    Ok((name, study))
}

/// A study behind statements of the ledger.
#[derive(Clone, Debug)]
pub struct Needed {
    /// The paper of the statements.
    pub paper: String,
    /// What statements call it: the stem of its files.
    pub stem: String,
    /// The name of the file of this extent, without ending, and of its record.
    pub name: String,
    /// The study.
    pub study: Study,
}

impl Needed {
    /// Its record in the folder `out`.
    pub fn record(&self, out: &Path) -> PathBuf {
        out.join(&self.paper).join(format!("{}.zarr", self.name))
    }
}

/// The studies whose records the statements need, each once, in the order of the statements.
///
/// # Errors
/// [`LedgerError`] if one is missing or does not validate.
pub fn needed(chosen: &[Statement], extent: Extent) -> Result<Vec<Needed>, LedgerError> {
    let mut all: Vec<Needed> = Vec::new();
    for s in chosen {
        for stem in s.study.iter().map(String::as_str).chain(s.measure.reference()) {
            if all.iter().any(|n| n.paper == s.paper && n.stem == stem) {
                continue;
            }
            let (name, study) = study(&s.paper, stem, extent)?;
            all.push(Needed { paper: s.paper.clone(), stem: stem.to_owned(), name, study });
        }
    }
    Ok(all)
}

impl Statement {
    /// Puts the statement to the test with the records of the studies that [`needed`] names.
    ///
    /// # Errors
    /// [`MeasureError`] if a record does not hold what is needed.
    pub fn test(&self, records: &[(Needed, Reader)]) -> Result<Tested, MeasureError> {
        let find = |stem: &str| records.iter().find(|(n, _)| n.paper == self.paper && n.stem == stem);
        let main = self.study.as_deref().and_then(find);
        let other = self.measure.reference().and_then(|stem| find(stem).map(|(_, r)| (stem.to_owned(), r)));
        let evidence = Evidence {
            main: main.map(|(needed, reader)| (&needed.study, reader)),
            others: other.into_iter().collect(),
        };
        Ok(self.judge(self.compute(&evidence)?))
    }

    /// Measures.
    ///
    /// # Errors
    /// [`MeasureError`] if the record does not hold what is needed.
    pub fn compute(&self, evidence: &Evidence<'_>) -> Result<Estimate, MeasureError> {
        self.measure.evaluate(&self.paper, evidence)
    }

    /// Compares the computed value with the print and with the value on record.
    pub fn judge(&self, computed: Estimate) -> Tested {
        let error = if computed.standard_error.is_finite() { computed.standard_error } else { 0.0 };
        let close = |to: f64, tolerance: f64| (computed.value - to).abs() <= 2.0 * error + tolerance;
        let beyond = 2.0 * error + self.tolerance;
        let agrees = self.printed_value.map(|printed| match (self.bound, self.factor) {
            (Some(Bound::Upper), _) => computed.value <= printed + beyond,
            (Some(Bound::Lower), _) => computed.value >= printed - beyond,
            (None, Some(factor)) => {
                let ratio = computed.value / printed;
                ratio.max(1.0 / ratio) <= factor
            }
            (None, None) => close(printed, self.tolerance),
        });
        let verdict = match (agrees, &self.erratum) {
            (None, _) => Verdict::Extended,
            (Some(false), _) => Verdict::NotReproduced,
            (Some(true), Some(_)) => Verdict::ReproducedWithErratum,
            (Some(true), None) => Verdict::Reproduced,
        };
        Tested { computed, verdict, as_found: self.found.map(|f| close(f.value, f.tolerance)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_of_the_ledger_is_complete() {
        let all = statements(None).unwrap();
        assert!(all.len() >= 120, "only {} statements", all.len());
        for s in &all {
            assert!(!s.reason.is_empty(), "{}: a tolerance needs a reason", s.name);
            if let Some(stem) = &s.study {
                for extent in [Extent::Quick, Extent::Full] {
                    study(&s.paper, stem, extent).unwrap();
                }
            }
        }
    }

    #[test]
    fn statements_about_formulas_have_the_verdict_on_record() {
        let (mut tested, mut differ) = (0, Vec::new());
        for s in statements(None).unwrap().iter().filter(|s| s.study.is_none()) {
            match s.compute(&Evidence::default()) {
                Ok(computed) if s.judge(computed).confirms(s) => {}
                Ok(computed) => differ.push(format!(
                    "{}/{}: {:e}, {:?}",
                    s.paper,
                    s.name,
                    computed.value,
                    s.judge(computed)
                )),
                Err(error) => differ.push(format!("{}/{}: {error}", s.paper, s.name)),
            }
            tested += 1;
        }
        assert!(differ.is_empty(), "{differ:#?}");
        assert!(tested >= 100, "only {tested}");
    }
}
