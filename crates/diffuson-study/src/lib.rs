//! The study file: a question about a conductor, stated in TOML, validated before anything is computed.
//!
//! | module | holds |
//! |---|---|
//! | [`schema`] | the keys of every kind of study, in one table per kind, and what is generated from it: a commented study file, the JSON Schema, the reference |
//! | [`study`] | [`Study`]: a validated study file, its sweep points, and errors that point at its lines |
//! | [`settings`] | the typed settings of one sweep point |
//! | [`diagnostic`] | [`Diagnostic`]: one error, with the key, the value, the line, what is allowed and what to do |
//! | [`run`](mod@run) | from a study to its record: run, interrupt, resume; costs in advance |
//! | [`forecast()`] | the time, memory and disk a run will need |
//! | [`measurements`] | a file of measurements put into a study that fits a model to it |
//! | [`reproduce`] | the ledger of published statements and their verdicts |
//! | [`units`] | the units a study file may use and their conversion |
//!
//! ```
//! use diffuson_study::{Study, settings::Settings};
//!
//! let text = r#"
//! kind = "local-heat"
//! [conductor]
//! length = 60
//! width  = 20
//! energy = -1.3
//! [disorder]
//! kind  = "box"
//! width = 2.5
//! [probes]
//! coupling = 0.1
//! [sweep]
//! "disorder.width" = [2.0, 3.0]
//! "#;
//! let study = Study::parse("study.toml", text, &[]).unwrap();
//! assert_eq!(study.points().len(), 2);
//! let Settings::LocalHeat(point) = &study.points()[1].settings else { unreachable!() };
//! assert_eq!(point.conductor.sites(), 1200);
//!
//! let error = Study::parse("study.toml", &text.replace("0.1", "-0.1"), &[]).unwrap_err();
//! assert_eq!(error.key, "probes.coupling");
//! assert_eq!(error.line(), 11);
//! ```

pub mod diagnostic;
pub mod measurements;
pub mod reproduce;
pub mod run;
pub mod schema;
pub mod settings;
pub mod study;
pub mod units;

mod census;
mod defect_dynamics;
mod droplets;
mod droplets_fit;
mod exact;
mod examination;
mod fitting;
mod fluctuators;
mod forecast;
mod local_heat;
mod mobility_edge;
mod mobility_edge_fit;
mod noise;
mod number_variance;
mod parse;
mod point_contact;
mod results;
mod scaling;
mod spin_fluctuations;
mod strip;
mod task;
mod thermoelectric;
mod zero_bias_anomaly;
mod zero_bias_anomaly_fit;

pub use diagnostic::Diagnostic;
pub use forecast::{Forecast, forecast};
pub use results::{Fit, PointEstimate, Results, WorstLaw, audits};
pub use run::{Options, Outcome, RunError, run};
pub use strip::Deviations;
pub use study::{Point, Study};
pub use task::Cost;
