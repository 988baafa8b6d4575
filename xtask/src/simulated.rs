//! `cargo xtask simulate-ranks`: the code of rank 0 against up to 10^5 ranks in virtual time: what limits a run on many of them, and at what cost of a sample?

use diffuson_ensemble::schedule::{
    Checkpoint, Clock, Failure, Machine, Observer, Plan, Progress, Ranks, Share, Simulation, Status,
    Stopping, run_over,
};
use diffuson_study::{Options, Study, run};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

const HELP: &str = "\
usage: cargo xtask simulate-ranks [options]

Records how long samples of studies/local-heat.toml take on one thread here, then lets rank 0 of a run hand such samples out to simulated ranks, with the times scaled to each mean.
Rank 0's code is the real one, and what it takes is measured; the other ranks, the network and the file system are modelled. Prints for each number of ranks (one thread each) and
each mean time the efficiency (time computed over ranks x time of the run, 50 samples a rank, the end included) and how rank 0 spends its time: with messages and books, and saving.

  --ranks LIST       numbers of ranks [default: 100,1000,10000,100000]
  --seconds LIST     mean times of a sample [default: 0.01,0.1,1,10,100]
  --values N         numbers in the result of a sample [default: 30; fields of 60 x 20 sites: 10000]
  --samples N        samples per rank [default: 50]
  --latency US       of a message, in microseconds [default: 5]
  --overhead US      of the network layer on rank 0, per message [default: 1]
  --network GB       gigabytes per second that rank 0 receives [default: 5]
  --file MS          to write one file, milliseconds, with synchronisation [default: 5]
  --disk MB          megabytes per second that are written [default: 500]
  --help             this text
";

/// Files of a record with samples: arrays, status, reasons of failures.
const ARRAYS: usize = 10;
/// Bytes of one of these, at most, and samples.
const SHARD: (usize, usize) = (1 << 24, 1 << 16);
/// Bytes of samples that wait to be saved, at most.
const UNSAVED: usize = 1 << 28;
/// Seconds after which they are saved.
const WAIT: f64 = 10.0;

struct Settings {
    ranks: Vec<usize>,
    seconds: Vec<f64>,
    values: usize,
    samples: u64,
    latency: f64,
    overhead: f64,
    network: f64,
    file: f64,
    disk: f64,
}

/// Runs the command.
pub(crate) fn simulate(root: &Path, words: &[&str]) -> Result<(), String> {
    let Some(settings) = Settings::parse(words)? else {
        print!("{HELP}");
        return Ok(());
    };
    let times = record(root)?;
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let spread = (times.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / times.len() as f64).sqrt() / mean;
    println!(
        "{} samples recorded: mean {:.1} ms, standard deviation {:.1} %, longest {:.2} of the mean",
        times.len(),
        1e3 * mean,
        100.0 * spread,
        times.iter().copied().fold(0.0, f64::max) / mean
    );
    println!("each sample yields {} numbers; {} samples a rank\n", settings.values, settings.samples);
    println!(
        "{:>7} {:>9} {:>12} {:>12} {:>11} {:>9} {:>15}",
        "ranks", "sample s", "run s", "samples/s", "efficiency", "saving", "messages, books"
    );
    for &ranks in &settings.ranks {
        for &seconds in &settings.seconds {
            let scaled: Vec<Duration> =
                times.iter().map(|t| Duration::from_secs_f64(t * seconds / mean)).collect();
            let found = settings.run(ranks, seconds, scaled)?;
            println!(
                "{ranks:>7} {seconds:>9} {:>12.1} {:>12.0} {:>9.1} % {:>7.1} % {:>13.1} %",
                found.run,
                found.samples as f64 / found.run,
                100.0 * found.computed / (found.run * ranks as f64),
                100.0 * found.saving / found.run,
                100.0 * (found.busy - found.saving) / found.run,
            );
        }
        println!();
    }
    Ok(())
}

struct Found {
    samples: u64,
    run: f64,
    computed: f64,
    saving: f64,
    busy: f64,
}

impl Settings {
    fn parse(words: &[&str]) -> Result<Option<Self>, String> {
        let mut settings = Self {
            ranks: vec![100, 1000, 10_000, 100_000],
            seconds: vec![0.01, 0.1, 1.0, 10.0, 100.0],
            values: 30,
            samples: 50,
            latency: 5.0,
            overhead: 1.0,
            network: 5.0,
            file: 5.0,
            disk: 500.0,
        };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            if word == "--help" {
                return Ok(None);
            }
            let value = words.next().ok_or_else(|| format!("{word} needs a value; see --help"))?;
            let wrong = || format!("{word} {value}: not a number greater than 0");
            let number =
                |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite() && *x > 0.0).ok_or_else(wrong);
            let whole = |text: &str| text.parse::<usize>().ok().filter(|n| *n > 0).ok_or_else(wrong);
            match word {
                "--ranks" => settings.ranks = value.split(',').map(whole).collect::<Result<_, _>>()?,
                "--seconds" => settings.seconds = value.split(',').map(number).collect::<Result<_, _>>()?,
                "--values" => settings.values = whole(value)?,
                "--samples" => settings.samples = whole(value)? as u64,
                "--latency" => settings.latency = number(value)?,
                "--overhead" => settings.overhead = number(value)?,
                "--network" => settings.network = number(value)?,
                "--file" => settings.file = number(value)?,
                "--disk" => settings.disk = number(value)?,
                _ => return Err(format!("no option {word}; see --help")),
            }
        }
        if settings.ranks.contains(&1) {
            return Err("--ranks: rank 0 computes nothing, so at least two are wanted".to_owned());
        }
        Ok(Some(settings))
    }

    fn run(&self, ranks: usize, seconds: f64, times: Vec<Duration>) -> Result<Found, String> {
        let machine = Machine {
            ranks,
            threads: 1,
            times,
            latency: Duration::from_secs_f64(1e-6 * self.latency),
            overhead: Duration::from_secs_f64(1e-6 * self.overhead),
            bandwidth: 1e9 * self.network,
        };
        let mut simulation = Simulation::new(machine, "", vec![vec![0.5; self.values]]);
        let clock = simulation.clock();
        let samples = self.samples * ranks as u64;
        let in_time = WAIT * ranks as f64 / seconds;
        let unsaved = (UNSAVED / (8 * self.values)).min(in_time as usize).max(1) as u64;
        let mut files = Files { clock: clock.clone(), settings: self, saving: Duration::ZERO };
        let stopping = Stopping::Samples { samples, share: Share::WHOLE };
        let plan = Plan { points: 1, threads: 0, leaders: Vec::new(), unsaved, stopping };
        let work = |_: usize, _: u64| Ok::<Vec<Vec<f64>>, String>(Vec::new());
        let stop = AtomicBool::new(false);
        {
            let mut all = Ranks::new(&mut simulation, "");
            run_over(plan, &mut files, work, &mut all, &mut (), &stop).map_err(|e| e.to_string())?;
        }
        Ok(Found {
            samples,
            run: clock.now().as_secs_f64(),
            computed: simulation.computed().as_secs_f64(),
            saving: files.saving.as_secs_f64(),
            busy: simulation.busy().as_secs_f64(),
        })
    }
}

/// How long samples of the local heat take on one thread, one after the other, in seconds.
fn record(root: &Path) -> Result<Vec<f64>, String> {
    struct Stopwatch {
        last: Instant,
        times: Vec<f64>,
    }
    impl Observer for Stopwatch {
        fn progress(&mut self, progress: &Progress) {
            let now = Instant::now();
            if progress.latest.is_some() {
                self.times.push((now - self.last).as_secs_f64());
            }
            self.last = now;
        }
    }
    let overrides = ["sweep.probes.coupling=[0.1]", "sweep.disorder.width=[2.5]", "ensemble.samples=64"];
    let study = Study::read(&root.join("studies/local-heat.toml"), &overrides.map(str::to_owned))
        .map_err(|e| e.to_string())?;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut watch = Stopwatch { last: Instant::now(), times: Vec::new() };
    let record = folder.path().join("recorded.zarr");
    run(&study, Options::new(&record, 1), &mut watch, &AtomicBool::new(false)).map_err(|e| e.to_string())?;
    Ok(watch.times)
}

/// The record of a simulated run: nothing is written, but the clock of rank 0 goes on.
struct Files<'s> {
    clock: Clock,
    settings: &'s Settings,
    saving: Duration,
}

impl Checkpoint for Files<'_> {
    type Sample = Vec<Vec<f64>>;
    type Error = std::io::Error;

    fn status(&self, _: usize, _: u64) -> Status {
        Status::Missing
    }

    fn save(
        &mut self,
        _: usize,
        samples: Vec<(u64, Result<Self::Sample, Failure>)>,
    ) -> Result<(), Self::Error> {
        let Settings { values, file, disk, .. } = self.settings;
        let bytes = 8 * values;
        // every file that has one of the samples is written again, half full on average
        let per_file = (SHARD.0 * ARRAYS / bytes).clamp(1, SHARD.1) as u64;
        let mut files: Vec<u64> = samples.iter().map(|(sample, _)| sample / per_file).collect();
        files.dedup();
        let written = files.len() as f64 * (bytes as u64 * per_file) as f64 / 2.0;
        let took = files.len() as f64 * ARRAYS as f64 * 1e-3 * file + written / (1e6 * disk);
        let took = Duration::from_secs_f64(took);
        self.clock.spend(took);
        self.saving += took;
        Ok(())
    }
}
