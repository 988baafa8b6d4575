//! How far a run has come: a bar on a terminal, a line now and then elsewhere.

use crate::terminal::tell;
use crate::words::{significant, time};
use diffuson_ensemble::schedule::{Observer, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

/// What the user sees of a run.
pub(crate) struct Display {
    view: View,
    /// Samples that an earlier run has left.
    found: u64,
    done: u64,
}

enum View {
    Silent,
    Bar(ProgressBar),
    Lines(Lines),
}

impl Display {
    /// A bar if stderr is a terminal, else lines; nothing if `quiet`.
    pub(crate) fn new(quiet: bool) -> Self {
        let view = if quiet {
            View::Silent
        } else if io::stderr().is_terminal() {
            // it appears with the first report
            View::Bar(ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()))
        } else {
            View::Lines(Lines::default())
        };
        Self { view, found: 0, done: 0 }
    }

    /// How another thread prints without spoiling the bar.
    pub(crate) fn announcer(&self) -> impl Fn(&dyn Fn()) + Send + 'static {
        let bar = if let View::Bar(bar) = &self.view { bar.clone() } else { ProgressBar::hidden() };
        move |print| bar.suspend(print)
    }

    /// Removes the bar; the number of samples that were computed.
    pub(crate) fn end(&self) -> u64 {
        if let View::Bar(bar) = &self.view {
            bar.finish_and_clear();
        }
        self.done - self.found
    }
}

impl Observer for Display {
    fn progress(&mut self, progress: &Progress) {
        self.done = progress.done;
        if progress.latest.is_none() {
            self.found = progress.done;
            if progress.done > 0 && progress.done < progress.total && !matches!(self.view, View::Silent) {
                tell(&format!("continuing: {} of {} samples are there\n", progress.done, progress.total));
            }
        }
        match &mut self.view {
            View::Silent => {}
            View::Bar(bar) => {
                if progress.latest.is_none() {
                    open(bar, progress.done);
                }
                bar.set_length(progress.total);
                bar.set_position(progress.done);
                if progress.failed > 0 {
                    bar.set_message(format!("   {} failed", progress.failed));
                }
            }
            View::Lines(lines) => {
                if progress.latest.is_none() {
                    *lines = Lines::default();
                }
                if let Some(line) = lines.line(progress, Instant::now()) {
                    tell(&line);
                }
            }
        }
    }

    fn notice(&mut self, words: &str) {
        let print = || tell(&format!("warning: {words}\n"));
        match &self.view {
            View::Silent => {}
            View::Bar(bar) => bar.suspend(print),
            View::Lines(_) => print(),
        }
    }
}

/// Shows the bar: `[=======>      ]  263/480 samples   18.4/s   12 s left`. Samples of an earlier run, `start`, say
/// nothing about the rate.
fn open(bar: &ProgressBar, start: u64) {
    let pace = move |state: &ProgressState, out: &mut dyn Write| {
        let left = state.len().unwrap_or(0).saturating_sub(state.pos());
        let words = pace(state.pos().saturating_sub(start), left, state.elapsed());
        // a formatter of text cannot fail
        let _ = out.write_str(&words);
    };
    // the template is a constant and has been tried
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style.with_key("pace", pace).progress_chars("=> "));
    }
    bar.reset();
    bar.set_message("");
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(Duration::from_millis(500));
}

const TEMPLATE: &str = "[{bar:26}]  {pos}/{len} samples{pace}{msg}";

/// Rate and time left, once there is something to reckon with.
fn pace(finished: u64, left: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    if finished == 0 || seconds <= 0.0 {
        return String::new();
    }
    let rate = finished as f64 / seconds;
    format!("   {}/s   {} left", significant(rate), time(left as f64 / rate))
}

/// Lines that are neither too many nor too few: at least [`SHORTEST`] apart, and one for every tenth of the run or
/// after [`LONGEST`].
#[derive(Default)]
struct Lines {
    start: Option<(Instant, u64)>,
    last: Option<(Instant, u64)>,
}

const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(300);

impl Lines {
    fn line(&mut self, progress: &Progress, now: Instant) -> Option<String> {
        let &mut (start, done) = self.start.get_or_insert((now, progress.done));
        let &mut (last, last_done) = self.last.get_or_insert((now, progress.done));
        let silent = now.duration_since(last);
        let a_tenth = 10 * (progress.done - last_done) >= progress.total;
        // the end is told by the command
        if progress.done == progress.total || silent < SHORTEST || (!a_tenth && silent < LONGEST) {
            return None;
        }
        self.last = Some((now, progress.done));
        let left = progress.total - progress.done;
        let failed =
            if progress.failed > 0 { format!("   {} failed", progress.failed) } else { String::new() };
        let pace = pace(progress.done - done, left, now.duration_since(start));
        Some(format!("  {}/{} samples{pace}{failed}\n", progress.done, progress.total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_of_the_bar_is_valid() {
        ProgressStyle::with_template(TEMPLATE).unwrap();
    }

    #[test]
    fn lines_come_every_tenth_but_not_too_often_and_not_too_rarely() {
        let start = Instant::now();
        let lines_of = |total: u64, per_sample: Duration| {
            let mut lines = Lines::default();
            (0..=total)
                .filter_map(|done| {
                    let latest = (done > 0).then_some((0, done));
                    let progress = Progress { done, failed: 0, total, latest };
                    lines.line(&progress, start + per_sample * done as u32)
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(lines_of(100, Duration::from_millis(10)), Vec::<String>::new());
        assert_eq!(lines_of(1000, Duration::from_millis(20)).len(), 3);
        let minutes = lines_of(100, Duration::from_secs(1));
        assert_eq!(minutes.len(), 9);
        assert_eq!(minutes[0], "  10/100 samples   1/s   1 min 30 s left\n");
        assert_eq!(lines_of(100, Duration::from_secs(100)).len(), 33);
    }

    #[test]
    fn the_rate_counts_this_run_only() {
        let start = Instant::now();
        let mut lines = Lines::default();
        let mut progress = Progress { done: 50, failed: 1, total: 100, latest: None };
        assert_eq!(lines.line(&progress, start), None);
        progress.done = 60;
        let line = lines.line(&progress, start + Duration::from_secs(5));
        assert_eq!(line.unwrap(), "  60/100 samples   2/s   20 s left   1 failed\n");
    }
}
