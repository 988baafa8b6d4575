//! Ranks that are killed, and jobs that are told to end: the same command continues to the bits of a run without.

use super::launcher::{ended, on_ranks, ran, ranks_of, send, wait_until};
use super::workshop::{Tree, Uniform, Workshop, assert_equal, long_study, samples};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::Instant;

/// A second or two on one thread.
pub(crate) const SAMPLES: usize = 25;

const ARGS: [&str; 6] = ["run", "long.toml", "--no-report", "--threads", "1", "--out"];

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("long.toml", long_study(SAMPLES));
    workshop
}

/// The record of a run on one process.
fn expected() -> &'static Tree {
    static EXPECTED: OnceLock<Tree> = OnceLock::new();
    EXPECTED.get_or_init(|| {
        let workshop = workshop();
        workshop.run(&[&ARGS[..], &["alone"]].concat()).well();
        workshop.tree("alone/long.zarr")
    })
}

/// Kills the ranks that `victims` chooses at random moments, so often, every other time soon after samples have been saved; continues every time, and starts anew whenever the run
/// came to its end first.
fn kill_and_resume(ranks: usize, kills: usize, victims: impl Fn(&mut Uniform, &[u32]) -> Vec<u32>) {
    let (workshop, expected) = (workshop(), expected());
    let start = Instant::now();
    ran(on_ranks(&workshop, ranks, &[&ARGS[..], &["undisturbed"]].concat())).well();
    let whole = start.elapsed();
    assert_equal(&workshop.tree("undisturbed/long.zarr"), expected, "undisturbed");
    let mut random = Uniform(2026);
    let (mut done, mut halfway, mut round) = (0, 0, 0);
    while done < kills {
        let out = format!("killed-{round}");
        let (args, store) = ([&ARGS[..], &[&out]].concat(), format!("{out}/long.zarr"));
        while done < kills {
            let mut launcher = on_ranks(&workshop, ranks, &args).spawn().expect("a launcher");
            let before = samples(&workshop, &store).map_or(0, |(done, _)| done);
            if done % 2 == 0 {
                wait_until("nothing was saved", || {
                    launcher.try_wait().expect("a status").is_some()
                        || samples(&workshop, &store).is_some_and(|(done, _)| done > before)
                });
                sleep(whole.mul_f64(0.05 * random.next()));
            } else {
                sleep(whole.mul_f64(random.next()));
            }
            let found = ranks_of(&launcher);
            if launcher.try_wait().expect("a status").is_some() {
                break;
            }
            if !found.is_empty() {
                send("-KILL", &victims(&mut random, &found));
                done += 1;
            }
            let ended = ended(launcher, &found);
            let saved = samples(&workshop, &store);
            assert!(ended.code != Some(0) || saved.is_some_and(|(_, missing)| missing == 0), "{ended:?}");
            halfway += usize::from(saved.is_some_and(|(done, missing)| done > 0 && missing > 0));
        }
        ran(on_ranks(&workshop, ranks, &args)).well();
        assert_equal(&workshop.tree(&store), expected, &format!("{done} kills"));
        round += 1;
    }
    println!(
        "{ranks} ranks: {done} kills in {round} runs of {whole:.1?}; {halfway} hit a run between its samples"
    );
    // a run may be so quick that it ends before it is killed
    assert!(4 * halfway >= done, "{halfway} of {done}");
}

/// How often ranks are killed; `cargo xtask ranks` asks for more.
fn kills() -> usize {
    std::env::var("DIFFUSON_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(3)
}

#[test]
fn a_rank_that_is_killed_costs_what_was_not_saved_and_no_more() {
    kill_and_resume(3, kills(), |random, ranks| {
        let victim = (random.next() * ranks.len() as f64) as usize;
        vec![ranks[victim]]
    });
}

#[test]
fn ranks_that_are_all_killed_leave_a_record_that_can_be_continued() {
    kill_and_resume(2, kills(), |_, ranks| ranks.to_vec());
}

/// USR1 the launcher passes on. On TERM and Ctrl-C it ends the ranks itself: Open MPI waits a second, tells them TERM, and kills them a second later.
#[test]
fn jobs_that_are_told_to_end_save_what_is_finished() {
    let workshop = Workshop::new();
    for signal in ["-TERM", "-USR1", "-INT"] {
        // a run that is over before the signal comes is followed by one that is twice as long
        let stopped = (0..6).find_map(|doublings| {
            let samples_each = SAMPLES << doublings;
            let (study, out) = (format!("long-{samples_each}.toml"), format!("stopped{signal}"));
            let store = format!("{out}/long-{samples_each}.zarr");
            workshop.write(&study, long_study(samples_each));
            let command = ["run", &study, "--no-report", "--threads", "1", "--out"].map(str::to_owned);
            let launcher = on_ranks(&workshop, 3, &words(&command, &out)).spawn().expect("a launcher");
            wait_until("no sample was saved", || {
                samples(&workshop, &store).is_some_and(|(done, _)| done > 0)
            });
            let before = samples(&workshop, &store).map(|(done, _)| done);
            let ranks = ranks_of(&launcher);
            send(signal, &[launcher.id()]);
            let ran = ended(launcher, &ranks);
            let (done, missing) = samples(&workshop, &store).expect("a record");
            assert!(Some(done) >= before, "{before:?} {done}");
            (missing > 0).then_some((command, out, store, 10 * samples_each, done, ran))
        });
        let (command, out, store, all, done, stopped) = stopped.expect("a run that was stopped");
        // the line may come too late if another rank has told rank 0 before
        let announced = stopped.stderr.matches("stopping when the running samples are finished").count();
        assert!(announced == 1 || announced == 0 && stopped.stderr.contains("interrupted: "), "{stopped:?}");
        if signal == "-USR1" {
            // no launcher gives it a meaning of its own
            let saved = format!("error: interrupted: {done} of {all} samples are saved in {store}");
            assert!(stopped.code == Some(130) && stopped.stderr.contains(&saved), "{stopped:?}");
        }
        let resumed = ran(on_ranks(&workshop, 3, &words(&command, &out))).well();
        let continued = format!("continuing: {done} of {all} samples are there");
        assert!(resumed.stderr.contains(&continued), "{resumed:?}");
        workshop.run(&words(&command, "alone")).well();
        let expected = workshop.tree(&store.replace(&out, "alone"));
        assert_equal(&workshop.tree(&store), &expected, &format!("stopped by {signal} and continued"));
    }
}

/// A command, with the folder that it writes to.
fn words<'w>(command: &'w [String], out: &'w str) -> Vec<&'w str> {
    command.iter().map(String::as_str).chain([out]).collect()
}
