//! `diffuson reproduce`

use crate::args::ThreadArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt;
use crate::progress::Display;
use crate::terminal::{Terminal, tell};
use crate::words::count;
use clap::Args;
use diffuson_store::Reader;
use diffuson_study::Options;
use diffuson_study::reproduce::{Extent, LedgerError, Needed, Statement, Tested, needed, statements};
use serde_json::json;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
Runs the studies behind the statements of the ledger and compares: printed value, computed value, verdict.
The program ends with 3 if a verdict or a value differs from the ledger.

Example:
  diffuson reproduce 000/eq-12";

#[derive(Args)]
pub(crate) struct ReproduceArgs {
    /// A paper, or the beginning of PAPER/STATEMENT; the whole ledger without it
    id: Option<String>,
    /// The full size, as large as the numbers on record: hours in place of minutes
    #[arg(long)]
    full: bool,
    /// Where the records go
    #[arg(long, value_name = "DIR", default_value = "results/reproductions")]
    out: PathBuf,
    #[command(flatten)]
    threads: ThreadArgs,
    /// Discard the records that are there and start anew
    #[arg(long)]
    fresh: bool,
    /// List the statements without testing them
    #[arg(long)]
    list: bool,
    /// Print one JSON object on stdout
    #[arg(long)]
    json: bool,
}

/// Tests published statements.
pub(crate) fn run(args: &ReproduceArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let chosen = statements(args.id.as_deref()).map_err(ledger)?;
    if chosen.is_empty() {
        let id = args.id.as_deref().unwrap_or_default();
        return Err(Failure::new(
            Exit::Input,
            format!("the ledger has no statement `{id}`"),
            "`diffuson reproduce --list` names them all",
        ));
    }
    if args.list {
        for s in &chosen {
            terminal.say(&format!("{}/{:<32} {:<14} {}\n", s.paper, s.name, s.equation, s.verdict))?;
        }
        return Ok(Exit::Done);
    }
    let extent = if args.full { Extent::Full } else { Extent::Quick };
    let Some(records) = run_studies(args, &chosen, extent)? else {
        return Err(Failure::new(Exit::Interrupted, "interrupted", "the same command continues"));
    };
    let mut tested = Vec::with_capacity(chosen.len());
    for s in &chosen {
        tested.push(test(s, &records)?);
    }
    let confirmed = chosen.iter().zip(&tested).filter(|(s, t)| t.confirms(s)).count();
    if args.json {
        let entries: Vec<_> = chosen.iter().zip(&tested).map(|(s, t)| entry(s, t)).collect();
        terminal.say(&format!("{:#}\n", json!({ "statements": entries, "confirmed": confirmed })))?;
    } else {
        for (s, t) in chosen.iter().zip(&tested) {
            terminal.say(&lines(s, t))?;
        }
        let last = match (args.full, &args.id) {
            (true, _) => String::new(),
            (false, Some(id)) => format!("full size: diffuson reproduce {id} --full\n"),
            (false, None) => "full size: diffuson reproduce --full\n".to_owned(),
        };
        terminal.say(&format!(
            "{confirmed} of {} agree with the ledger\n{last}",
            count(chosen.len(), "statement")
        ))?;
    }
    if confirmed == chosen.len() {
        return Ok(Exit::Done);
    }
    let names: Vec<String> = chosen
        .iter()
        .zip(&tested)
        .filter(|(s, t)| !t.confirms(s))
        .map(|(s, _)| format!("{}/{}", s.paper, s.name))
        .collect();
    Err(Failure::new(
        Exit::AuditFailed,
        format!("other than on record: {}", names.join(", ")),
        "the quick form has few samples: try --full before drawing conclusions",
    ))
}

/// Runs every study that the statements need; `None` if interrupted.
fn run_studies(
    args: &ReproduceArgs,
    chosen: &[Statement],
    extent: Extent,
) -> Result<Option<Vec<(Needed, Reader)>>, Failure> {
    let mut records = Vec::new();
    let mut display = Display::new(false);
    let stop = interrupt::flag(display.announcer())?;
    for needed in needed(chosen, extent).map_err(ledger)? {
        let name = &needed.name;
        tell(&format!("{}/{name}: {}\n", needed.paper, needed.study.title()));
        let record = needed.record(&args.out);
        let options = Options { fresh: args.fresh, ..Options::new(&record, args.threads.count()) };
        let outcome = diffuson_study::run(&needed.study, options, &mut display, &stop);
        display.end();
        let outcome = outcome?;
        if outcome.interrupted {
            return Ok(None);
        }
        if !outcome.audit_passed() {
            let message = format!("the audit of {name} failed");
            return Err(Failure::new(
                Exit::AuditFailed,
                message,
                format!("see `diffuson show {}`", record.display()),
            ));
        }
        records.push((needed, Reader::open(&record)?));
    }
    Ok(Some(records))
}

fn test(s: &Statement, records: &[(Needed, Reader)]) -> Result<Tested, Failure> {
    s.test(records).map_err(|e| {
        Failure::new(
            Exit::Input,
            format!("{}/{}: {e}", s.paper, s.name),
            "compute the record anew with --fresh",
        )
    })
}

fn lines(s: &Statement, t: &Tested) -> String {
    let record = match (t.verdict == s.verdict, t.as_found, s.found) {
        (false, ..) => format!("   (on record: {})", s.verdict),
        (true, Some(false), Some(found)) => format!("   (on record: {} +- {})", found.value, found.tolerance),
        _ => String::new(),
    };
    let computed = if t.computed.standard_error == 0.0 {
        format!("{:.4}", Significant(t.computed.value))
    } else {
        t.computed.to_string()
    };
    let mut text = format!(
        "{:<13} {}\n              printed {}     computed {computed}     {}{record}\n",
        s.equation, s.statement, s.printed, t.verdict
    );
    if let Some(erratum) = &s.erratum {
        text.push_str(&format!("              erratum: {erratum}\n"));
    }
    text.push('\n');
    text
}

/// A number with a few significant digits, in scientific notation where it is far from one.
struct Significant(f64);

impl std::fmt::Display for Significant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = f.precision().unwrap_or(4);
        if self.0 != 0.0 && !(1e-3..1e5).contains(&self.0.abs()) {
            write!(f, "{:.*e}", digits.saturating_sub(1), self.0)
        } else {
            let whole = self.0.abs().max(1.0).log10().floor() as usize + 1;
            write!(f, "{:.*}", digits.saturating_sub(whole), self.0)
        }
    }
}

fn entry(s: &Statement, t: &Tested) -> serde_json::Value {
    let number = |x: f64| if x.is_finite() { json!(x) } else { json!(null) };
    json!({
        "paper": s.paper,
        "name": s.name,
        "equation": s.equation,
        "statement": s.statement,
        "printed": s.printed,
        "printed_value": s.printed_value,
        "computed": number(t.computed.value),
        "standard_error": number(t.computed.standard_error),
        "n": t.computed.samples,
        "verdict": t.verdict.to_string(),
        "erratum": s.erratum,
        "agrees_with_ledger": t.confirms(s),
    })
}

fn ledger(error: LedgerError) -> Failure {
    Failure::new(Exit::Input, error.to_string(), "this is a bug of diffuson: please report it")
}
