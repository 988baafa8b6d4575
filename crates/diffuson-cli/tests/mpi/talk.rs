//! One program to its user: rank 0 alone prints, mistakes are told once, ranks that cannot take part are left out.

use super::launcher::{on_ranks, ran, through_script};
use super::workshop::{PROGRAM, STUDY, Workshop, assert_equal};

#[test]
fn only_rank_0_prints_and_all_commands_end_as_without_ranks() {
    let workshop = Workshop::with_study();
    workshop.run(&["run", "study.toml", "--no-report"]).well();
    let commands: [&[&str]; 8] = [
        &["--version"],
        &["show", "results/study.zarr"],
        &["new", "local-heat"],
        &["fly"],
        &["run", "study.toml", "--treads", "2"],
        &["run", "nowhere.toml"],
        &["show", "nowhere.zarr"],
        &["run", "study.toml", "--set", "disorder.width=-1"],
    ];
    for args in commands {
        let before = workshop.tree("");
        let (alone, all) = (workshop.run(args), ran(on_ranks(&workshop, 3, args)));
        assert_eq!((all.code, &all.stderr), (alone.code, &alone.stderr), "{args:?}");
        // the terminal of a launcher ends lines in its own way
        assert_eq!(all.stdout.replace("\r\n", "\n"), alone.stdout, "{args:?}");
        assert_equal(&workshop.tree(""), &before, &format!("{args:?}"));
    }
}

#[test]
fn the_record_of_another_study_is_refused_once() {
    let workshop = Workshop::with_study();
    let args = ["run", "study.toml", "--no-report"];
    workshop.run(&args).well();
    let before = workshop.tree("");
    let refused = ran(on_ranks(&workshop, 3, &[&args[..], &["--set", "disorder.width=3"]].concat()));
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(refused.stderr.matches("error: ").count(), 1, "{refused:?}");
    assert_equal(&workshop.tree(""), &before, "refused");
}

/// A run in which rank 1 is started as a script says: the others do without it, and say why.
fn without_rank_1(script: &str, reason: &str) {
    let workshop = Workshop::new();
    workshop.write("study.toml", STUDY.replace("samples = 2", "samples = 20"));
    let args = ["run", "study.toml", "--no-report", "--threads", "1", "--out"];
    workshop.run(&[&args[..], &["alone"]].concat()).well();
    let all = ran(through_script(&workshop, 3, script, &[&args[..], &["ranks"]].concat())).well();
    let warnings: Vec<&str> = all.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert_eq!(warnings.len(), 1, "{all:?}");
    assert!(
        warnings[0].starts_with("warning: rank 1 takes no part: ") && warnings[0].contains(reason),
        "{all:?}"
    );
    assert_equal(&workshop.tree("ranks"), &workshop.tree("alone"), "without rank 1");
}

#[test]
fn a_rank_that_cannot_read_the_study_is_left_out() {
    without_rank_1("test $rank = 1 && cd /; \"$@\"", "study.toml does not exist");
}

#[test]
fn a_rank_with_another_study_is_left_out() {
    without_rank_1("test $rank = 1 && set -- \"$@\" --set disorder.width=3; \"$@\"", "it has another study");
}

#[test]
fn a_rank_with_another_share_is_left_out() {
    without_rank_1("test $rank = 1 && set -- \"$@\" --shard 1/2; \"$@\"", "shard 1/2");
}

#[test]
fn the_launcher_of_another_library_is_recognised() {
    let workshop = Workshop::with_study();
    // what a launcher sets that this library knows nothing of
    let mut command = workshop.command(PROGRAM, &["run", "study.toml"]);
    command.envs([("MV2_COMM_WORLD_RANK", "0"), ("MV2_COMM_WORLD_SIZE", "3")]);
    let refused = ran(command);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{refused:?}");
    assert!(
        refused.stderr.starts_with("error: 3 ranks were launched, but each sees itself alone"),
        "{refused:?}"
    );
    assert_eq!(workshop.tree("").len(), 1, "nothing was written");
}
