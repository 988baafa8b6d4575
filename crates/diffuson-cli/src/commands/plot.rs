//! `diffuson plot`

use crate::args::RecordArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;
use diffuson_report::{Record, write_figures};
use diffuson_store::Reader;

pub(crate) const HELP: &str = "Example:\n  diffuson plot results/local-heat.zarr --out figures";

/// Draws the figures of a record.
pub(crate) fn run(args: &RecordArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let record = Record::load(&Reader::open(&args.store).map_err(Failure::reading)?)?;
    for figure in write_figures(&record, &args.folder())? {
        terminal.say(&format!("{}\n", figure.display()))?;
        terminal.say(&format!("{}\n", figure.with_extension("png").display()))?;
    }
    Ok(Exit::Done)
}
