//! What figures, page and table know of each kind of study.
//!
//! # Adding a kind of study
//! A module with its figures, like `local_heat/`, and an entry in [`KINDS`]. Estimates, fits, audits, warnings and failed samples are the same for all kinds.

use crate::defect_dynamics;
use crate::droplets;
use crate::droplets_fit;
use crate::error::ReportError;
use crate::figure::Figure;
use crate::fluctuators;
use crate::local_heat;
use crate::mobility_edge;
use crate::mobility_edge_fit;
use crate::noise;
use crate::number_variance;
use crate::point_contact;
use crate::record::Record;
use crate::run::Run;
use crate::scaling;
use crate::spin_fluctuations;
use crate::thermoelectric;
use crate::zero_bias_anomaly;
use crate::zero_bias_anomaly_fit;

/// A kind of study, as it is drawn and told.
pub(crate) struct Kind {
    /// The value of the key `kind`.
    pub(crate) name: &'static str,
    /// Columns of the table on the terminal after the swept keys: quantity, and its heading.
    pub(crate) columns: &'static [(&'static str, &'static str)],
    /// Per-sample arrays that figures and page show; others are not loaded.
    pub(crate) shown: &'static [&'static str],
    /// The figures.
    pub(crate) figures: fn(&Run<'_>) -> Vec<Figure>,
    /// What was computed, in one paragraph of text with LaTeX.
    pub(crate) question: fn(&Run<'_>) -> String,
    /// The part of the page that shows single samples, as HTML; empty if there is none.
    pub(crate) explorer: fn(&Run<'_>) -> String,
}

/// All kinds.
const KINDS: &[&Kind] = &[
    &defect_dynamics::KIND,
    &droplets::KIND,
    &droplets_fit::KIND,
    &fluctuators::KIND,
    &local_heat::KIND,
    &mobility_edge::KIND,
    &mobility_edge_fit::KIND,
    &noise::KIND,
    &number_variance::KIND,
    &point_contact::KIND,
    &scaling::KIND,
    &spin_fluctuations::KIND,
    &thermoelectric::KIND,
    &zero_bias_anomaly::KIND,
    &zero_bias_anomaly_fit::KIND,
];

impl Kind {
    /// The kind of a record.
    pub(crate) fn of(record: &Record) -> Result<&'static Self, ReportError> {
        let kind = record.text_attribute("kind");
        Self::named(kind).ok_or_else(|| ReportError::Kind {
            kind: kind.to_owned(),
            known: KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", "),
        })
    }

    /// The kind of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().copied().find(|kind| kind.name == name)
    }
}
