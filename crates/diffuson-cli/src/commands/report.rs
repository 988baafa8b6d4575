//! `diffuson report`

use crate::args::RecordArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;
use diffuson_report::{Record, write_all};
use diffuson_store::Reader;

pub(crate) const HELP: &str = "Example:\n  diffuson report results/local-heat.zarr";

/// Writes the figures and the page of a record.
pub(crate) fn run(args: &RecordArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let record = Record::load(&Reader::open(&args.store).map_err(Failure::reading)?)?;
    let (figures, page) = write_all(&record, &args.folder())?;
    for path in figures.iter().chain([&page]) {
        terminal.say(&format!("{}\n", path.display()))?;
    }
    Ok(Exit::Done)
}
