//! `diffuson fit`

use super::run::{OutputArgs, compute};
use crate::args::{ThreadArgs, Work};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;
use clap::Args;
use clap::builder::PossibleValuesParser;
use diffuson_ensemble::schedule::Share;
use diffuson_mpi::Mpi;
use diffuson_study::measurements::{self, Model, models};
use diffuson_study::{Diagnostic, Study};
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
DATA.csv names its columns and their units in the first line; errors are in columns NAME_error:

  sample, T [K], sigma [S/cm], sigma_error [S/cm], S [uV/K], S_error [uV/K]
  A,      4.2,   12.1,         0.2,                -31.5,    0.8

A zero-bias anomaly has one bias at one temperature in a line, with its conductance in e^2/h or S, or its resistance in Ohm:

  V [mV], T [K], G [e^2/h], G_error [e^2/h]
  0.25,   4.2,   318.4,     0.1

One sample whose susceptibility and dephasing are to have one crossover temperature has a temperature in each line, either quantity may be missing,
and the susceptibility may be in any unit:

  T [K], chi [emu/mol], chi_error [emu/mol], dephasing_rate [1/ns], dephasing_rate_error [1/ns]
  0.4,   14.6,          0.1,                 68.3,                  2.9

MODEL.toml is a study file whose `data.file` is replaced by DATA.csv: `diffuson new mobility-edge-fit`,
`diffuson new zero-bias-anomaly-fit` or `diffuson new droplets-fit` prints one with all keys. Record, figures and report are written as by `diffuson run`.

Example:
  diffuson fit studies/data/synthetic-mobility-edge.csv studies/mobility-edge-fit.toml
  diffuson fit studies/data/synthetic-zero-bias-kondo.csv --model zero-bias-anomaly
  diffuson fit studies/data/synthetic-droplets.csv --model droplets";

#[derive(Args)]
pub(crate) struct FitArgs {
    /// The measurements (CSV)
    data: PathBuf,
    /// The model (TOML), a study file of a kind that has the key data.file
    #[arg(value_name = "MODEL", required_unless_present = "model")]
    study: Option<PathBuf>,
    /// A model as it stands, without a file
    #[arg(long, value_name = "NAME", conflicts_with = "study", value_parser = PossibleValuesParser::new(models()))]
    model: Option<String>,
    /// Replace what the model says about a key: --set data.to=20, --set fit.method=\"conductivity\"
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    threads: ThreadArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl FitArgs {
    /// What a rank computes: the study that fits.
    pub(crate) fn work(&self) -> Work<'_> {
        Work { study: read(self).map_err(Box::new), share: Share::WHOLE, threads: &self.threads }
    }
}

/// Fits a model to measurements: runs the study that does.
pub(crate) fn run(args: &FitArgs, terminal: &mut Terminal, mpi: Option<&mut Mpi>) -> Result<Exit, Failure> {
    let study = read(args).map_err(Box::new)?;
    let named_after = args.study.as_ref().unwrap_or(&args.data);
    compute(&study, named_after, None, &args.threads, &args.output, terminal, mpi)
}

fn read(args: &FitArgs) -> Result<Study, Diagnostic> {
    let model = match (&args.study, &args.model) {
        (Some(study), _) => Model::File(study),
        (None, model) => Model::Named(model.as_deref().unwrap_or_default()),
    };
    measurements::fit(&args.data, model, &args.set)
}
