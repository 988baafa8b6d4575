//! `cargo xtask compare-kwant`: random conductors, their S matrices by every route of this library and by Kwant.
//!
//! A case is drawn as entries of H and matrices of leads; Kwant is given just these numbers (one site an orbital, no symmetries), so that
//! nothing is shared but the convention of what a lead's matrices mean.

mod draw;

use super::compare::{TOLERANCE, collect, not_less};
use super::environment;
use super::process::Worker;
use diffuson::Matrix;
use diffuson::conductor::Conductor;
use diffuson::leads::{Lead, PeriodicLead};
use diffuson::scattering::{Route, SMatrix, smatrix};
use draw::{Draw, KINDS, Kind, Sample};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const HELP: &str = "\
usage: cargo xtask compare-kwant [options]

Random conductors - lattices, discs, rings, constrictions, several orbitals, magnetic fields, two to four leads, disorder - and their
transmissions and transmission eigenvalues by every route of this library and by Kwant 1.5. A difference beyond 1e-9 is a failure.

  --cases N       cases [default: 225]
  --seed S        seed of all draws [default: 1]
  --case K        case number K of the seed alone, with all differences
  --python PATH   an interpreter that has Kwant already in place of target/peers-venv
  --help          this text
";

/// Draws a case takes before it counts as impossible.
const ATTEMPTS: u32 = 100;

/// Distance from the threshold of a lead mode, in t, within which a case is drawn anew: amplitudes have square-root singularities there.
const THRESHOLD: f64 = 1e-3;

struct Options {
    cases: std::ops::Range<u64>,
    verbose: bool,
    seed: u64,
    python: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let Some(options) = Options::parse(words)? else {
        print!("{HELP}");
        return Ok(());
    };
    let kwant = environment::kwant(root, options.python.as_deref(), false)?;
    let mut worker = kwant.start()?;
    let mut tally = Tally::default();
    for case in options.cases {
        let (kind, name) = KINDS[case as usize % KINDS.len()];
        let (sample, answer) = draw_until_possible(&mut worker, &mut tally, options.seed, case, kind)?;
        let kind = tally.kinds.entry(name).or_default();
        kind.count(&sample);
        for (route, s) in ours(&sample)? {
            let difference = s.as_ref().map_err(String::clone).and_then(|s| difference(s, &answer));
            if options.verbose {
                println!("{route}: {difference:?}");
            }
            if let Ok(s) = &s
                && !s.audit.passed()
            {
                tally.alarms.push(format!("case {case}, {name}, {route}: {:?}", s.audit.laws()));
            }
            match difference {
                Ok([t, tau]) => {
                    let worst = kind.worst.entry(route).or_default();
                    *worst = [not_less(worst[0], t), not_less(worst[1], tau)];
                    if !(t <= TOLERANCE && tau <= TOLERANCE) {
                        tally.misses.push(format!(
                            "case {case}, {name}, {route}: T by {t:.1e}, eigenvalues by {tau:.1e}"
                        ));
                    }
                }
                Err(error) => tally.misses.push(format!("case {case}, {name}, {route}: {error}")),
            }
        }
    }
    print!("{}", tally.table(options.seed));
    match tally.misses.len() {
        0 => Ok(()),
        misses => Err(format!("{misses} misses, seed {}:\n{}", options.seed, tally.misses.join("\n"))),
    }
}

/// Draws until there is a conductor between two leads with open modes, away from thresholds, that Kwant can solve; with Kwant's answer.
fn draw_until_possible(
    worker: &mut Worker,
    tally: &mut Tally,
    seed: u64,
    case: u64,
    kind: Kind,
) -> Result<(Sample, Value), String> {
    for attempt in 0..ATTEMPTS {
        let Some(sample) = Draw::new(seed, case, attempt).sample(kind) else {
            tally.redraw("a lead without sites".to_owned());
            continue;
        };
        let network = network(&sample)?;
        let around = network.singular_energies(sample.energy - THRESHOLD, sample.energy + THRESHOLD);
        if !around.map_err(|e| format!("case {case}: {e}"))?.is_empty() {
            tally.redraw(format!("a threshold within {THRESHOLD} t"));
            continue;
        }
        let answer = worker.ask(&request(&sample))?;
        if let Some(error) = answer["refused"].as_str() {
            tally.redraw(format!("Kwant: {error}"));
            continue;
        }
        let mut modes = Vec::new();
        collect(&answer["modes"], &mut modes);
        if modes.iter().filter(|n| **n > 0.0).count() < 2 {
            tally.redraw("fewer than two leads with open modes".to_owned());
            continue;
        }
        return Ok((sample, answer));
    }
    Err(format!("case {case} of seed {seed}: nothing possible in {ATTEMPTS} draws"))
}

/// What Kwant is told: orbitals, entries, leads.
fn request(sample: &Sample) -> Value {
    let h = &sample.hamiltonian;
    let entries: Vec<_> = h.entries().map(|(i, j, value)| json!([i, j, value.re, value.im])).collect();
    let levels: Vec<f64> =
        (0..h.sites()).flat_map(|site| h.orbitals_of(site).map(move |_| sample.onsite[site])).collect();
    let rows = |m: &Matrix| -> Value {
        let row = |i| (0..m.cols()).map(|j| json!([m[(i, j)].re, m[(i, j)].im])).collect::<Vec<_>>();
        (0..m.rows()).map(row).collect()
    };
    let lead =
        |lead: &draw::Cells| json!({"h": rows(&lead.h), "v": rows(&lead.v), "interface": lead.interface});
    let leads: Vec<_> = sample.leads.iter().map(lead).collect();
    json!({"do": "network", "energy": sample.energy, "entries": entries, "levels": levels, "leads": leads})
}

fn network(sample: &Sample) -> Result<Conductor, String> {
    let leads = sample.leads.iter().map(|lead| {
        let periodic = PeriodicLead::new(lead.h.clone(), lead.v.clone()).map_err(|e| e.to_string())?;
        Ok((Lead::Periodic(periodic), lead.interface.clone()))
    });
    let leads = leads.collect::<Result<_, String>>()?;
    Conductor::network(sample.hamiltonian.clone(), leads, vec![]).map_err(|e| e.to_string())
}

/// A way to S, and what it led to.
type Found = (&'static str, Result<SMatrix, String>);

/// S by every way there is to it.
fn ours(sample: &Sample) -> Result<Vec<Found>, String> {
    let solve = |conductor: &Conductor, route| {
        let dressed = conductor.at(sample.energy).map_err(|e| e.to_string())?;
        smatrix(&dressed, &sample.onsite, route).map_err(|e| e.to_string())
    };
    let network = network(sample)?;
    let mut found = vec![
        ("network, nested dissection", solve(&network, Route::NestedDissection)),
        ("network, dense", solve(&network, Route::Dense)),
    ];
    if let Some(lattice) = &sample.strip {
        let ends = [Some(Lead::Continuation), Some(Lead::Continuation)];
        let strip = Conductor::new(lattice.clone(), ends, vec![]).map_err(|e| e.to_string())?;
        found.extend([
            ("strip, nested dissection", solve(&strip, Route::NestedDissection)),
            ("strip, dense", solve(&strip, Route::Dense)),
            ("strip, recursive", solve(&strip, Route::Recursive)),
        ]);
    }
    Ok(found)
}

/// Largest differences: of T_ab and reflections, relative to 1 + T_ab, and of the eigenvalues of `t^+ t` and `r^+ r`.
fn difference(s: &SMatrix, answer: &Value) -> Result<[f64; 2], String> {
    let pairs = || (0..s.leads()).flat_map(|a| (0..s.leads()).map(move |b| (a, b)));
    let modes: Vec<f64> = (0..s.leads()).map(|lead| s.channels(lead).len() as f64).collect();
    let transmissions: Vec<f64> = pairs().map(|(a, b)| s.transmission(a, b)).collect();
    let mut eigenvalues = Vec::new();
    for (a, b) in pairs().filter(|&(a, b)| modes[a] * modes[b] > 0.0) {
        eigenvalues.extend(s.transmission_eigenvalues(a, b).map_err(|e| e.to_string())?);
    }
    let [mut their_modes, mut t, mut tau] = [const { Vec::new() }; 3];
    for (name, list) in [("modes", &mut their_modes), ("transmissions", &mut t), ("eigenvalues", &mut tau)] {
        collect(&answer[name], list);
    }
    if modes != their_modes {
        return Err(format!("{modes:?} modes, Kwant {their_modes:?}"));
    }
    if [t.len(), tau.len()] != [transmissions.len(), eigenvalues.len()] {
        return Err("not as many transmissions or eigenvalues as Kwant".to_owned());
    }
    let largest = |a: &[f64], b: &[f64], scale: fn(f64) -> f64| {
        a.iter().zip(b).map(|(a, b)| (a - b).abs() / scale(*b)).fold(0.0, not_less)
    };
    Ok([largest(&transmissions, &t, |t| 1.0 + t), largest(&eigenvalues, &tau, |_| 1.0)])
}

/// What was found so far.
#[derive(Default)]
struct Tally {
    kinds: BTreeMap<&'static str, OfKind>,
    /// Draws thrown away, by reason.
    redrawn: BTreeMap<String, usize>,
    misses: Vec<String>,
    /// Audits that did not pass.
    alarms: Vec<String>,
}

#[derive(Default)]
struct OfKind {
    cases: usize,
    /// With two, three, four leads.
    leads: [usize; 3],
    /// With complex entries.
    complex: usize,
    /// Most orbitals.
    orbitals: usize,
    /// Largest differences by route.
    worst: BTreeMap<&'static str, [f64; 2]>,
}

impl OfKind {
    fn count(&mut self, sample: &Sample) {
        self.cases += 1;
        self.leads[sample.leads.len() - 2] += 1;
        self.complex += usize::from(!sample.hamiltonian.is_real());
        self.orbitals = self.orbitals.max(sample.hamiltonian.orbitals());
    }
}

impl Tally {
    fn redraw(&mut self, reason: String) {
        *self.redrawn.entry(reason).or_default() += 1;
    }

    fn table(&self, seed: u64) -> String {
        let cases: usize = self.kinds.values().map(|kind| kind.cases).sum();
        let mut out = format!(
            "{cases} cases, seed {seed}; largest differences of T_ab and of transmission eigenvalues\n"
        );
        for (name, kind) in &self.kinds {
            let [two, three, four] = kind.leads;
            writeln!(
                out,
                "\n{name}: {} cases, {} of complex H, {two}/{three}/{four} with 2/3/4 leads, up to {} orbitals",
                kind.cases, kind.complex, kind.orbitals
            )
            .expect("a string takes all");
            for (route, [t, tau]) in &kind.worst {
                writeln!(out, "  {route:<28} {t:>8.1e} {tau:>8.1e}").expect("a string takes all");
            }
        }
        out += "\ndrawn anew:\n";
        for (reason, count) in &self.redrawn {
            writeln!(out, "  {count:>4}  {reason}").expect("a string takes all");
        }
        if !self.alarms.is_empty() {
            writeln!(out, "\naudits that did not pass:\n{}", self.alarms.join("\n"))
                .expect("a string takes all");
        }
        out
    }
}

impl Options {
    /// `None`: the help was asked for.
    fn parse(words: &[&str]) -> Result<Option<Self>, String> {
        let mut options = Self { cases: 0..225, verbose: false, seed: 1, python: None };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            let mut value = || words.next().copied().ok_or_else(|| format!("{word} needs a value"));
            let number = |text: &str| text.parse::<u64>().map_err(|_| format!("{word} {text}: not a number"));
            match word {
                "--help" | "-h" => return Ok(None),
                "--cases" => options.cases = 0..number(value()?)?,
                "--seed" => options.seed = number(value()?)?,
                "--case" => {
                    let case = number(value()?)?;
                    (options.cases, options.verbose) = (case..case.saturating_add(1), true);
                }
                "--python" => options.python = Some(value()?.into()),
                _ => return Err(format!("unknown option {word}\n\n{HELP}")),
            }
        }
        if options.cases.is_empty() {
            return Err("no cases".to_owned());
        }
        Ok(Some(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every way to S of a case says is compared with the first one's answer, and with that answer spoilt.
    #[test]
    fn ways_agree_and_a_wrong_answer_is_seen() {
        for (case, (kind, name)) in (0..).zip(KINDS) {
            let samples = (0..ATTEMPTS).filter_map(|attempt| Draw::new(3, case, attempt).sample(kind));
            let found = samples.filter_map(|sample| ours(&sample).ok());
            let open = |found: &Vec<Found>| matches!(&found[0].1, Ok(s) if s.transmission(1, 0) > 0.1 && s.audit.passed());
            let found: Vec<Found> = found.into_iter().find(open).expect("a conductor that conducts");
            let first = found[0].1.as_ref().unwrap();
            let pairs = || (0..first.leads()).flat_map(|a| (0..first.leads()).map(move |b| (a, b)));
            let modes: Vec<usize> = (0..first.leads()).map(|lead| first.channels(lead).len()).collect();
            let transmissions: Vec<f64> = pairs().map(|(a, b)| first.transmission(a, b)).collect();
            let open = pairs().filter(|&(a, b)| modes[a] * modes[b] > 0);
            let eigenvalues: Vec<Vec<f64>> =
                open.map(|(a, b)| first.transmission_eigenvalues(a, b).unwrap()).collect();
            let answer = json!({"modes": modes, "transmissions": transmissions, "eigenvalues": eigenvalues});
            for (route, s) in &found {
                let [t, tau] = difference(s.as_ref().unwrap(), &answer).unwrap();
                assert!(t <= TOLERANCE && tau <= TOLERANCE, "{name}, {route}: {t} {tau}");
            }
            let mut spoilt = answer.clone();
            spoilt["transmissions"][1] = json!(transmissions[1] + 1e-7);
            assert!(difference(first, &spoilt).unwrap()[0] > TOLERANCE);
            spoilt = answer.clone();
            spoilt["eigenvalues"][0][0] = json!(eigenvalues[0][0] - 1e-8);
            assert!(difference(first, &spoilt).unwrap()[1] > TOLERANCE);
            spoilt = answer.clone();
            spoilt["modes"][0] = json!(modes[0] + 1);
            assert!(difference(first, &spoilt).is_err());
        }
    }

    #[test]
    fn options_are_read_and_wrong_ones_refused() {
        let options = Options::parse(&["--seed", "7", "--case", "12"]).unwrap().unwrap();
        assert_eq!((options.cases, options.seed, options.verbose), (12..13, 7, true));
        assert_eq!(Options::parse(&[]).unwrap().unwrap().cases, 0..225);
        assert!(Options::parse(&["--help"]).unwrap().is_none());
        for wrong in [&["--cases", "0"][..], &["--cases"], &["--seed", "x"], &["--quick"]] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
