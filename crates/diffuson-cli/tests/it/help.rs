//! What the program says about itself.

use super::workshop::{Workshop, skipped};
use std::process::Command;

const COMMANDS: [&str; 12] = [
    "run",
    "merge",
    "fit",
    "check",
    "new",
    "schema",
    "reference",
    "show",
    "plot",
    "report",
    "reproduce",
    "completions",
];

#[test]
fn every_command_has_help_with_an_example() {
    let workshop = Workshop::new();
    let all = workshop.run(&["--help"]).well().stdout;
    assert!(
        all.contains("Exit codes:") && all.contains("130") && all.contains("Example:\n  diffuson run "),
        "{all}"
    );
    for command in COMMANDS {
        assert!(all.contains(&format!("\n  {command} ")), "{command} is not listed");
        let help = workshop.run(&[command, "--help"]).well().stdout;
        assert!(help.contains(&format!("Example:\n  diffuson {command}")), "{help}");
    }
}

#[test]
fn wrong_command_lines_exit_with_2() {
    let workshop = Workshop::with_study();
    let wrong: &[&[&str]] = &[
        &[],
        &["fly"],
        &["run"],
        &["run", "study.toml", "--treads", "2"],
        &["run", "study.toml", "--threads", "0"],
        &["run", "study.toml", "--samples", "many"],
        &["run", "study.toml", "--shard", "3"],
        &["run", "study.toml", "--shard", "0/3"],
        &["run", "study.toml", "--shard", "4/3"],
        &["new", "superconductor"],
        &["completions", "cobol"],
    ];
    for args in wrong {
        let ran = workshop.run(args);
        assert_eq!(ran.code, Some(2), "{args:?} {ran:?}");
        assert!(ran.stderr.contains("Usage:") || ran.stderr.contains("--help"), "{args:?} {ran:?}");
    }
    assert_eq!(workshop.tree("").len(), 1, "nothing was written");
}

#[test]
fn completions_are_scripts_that_know_the_commands() {
    let workshop = Workshop::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = workshop.run(&["completions", shell]).well().stdout;
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
    }
    let script = workshop.run(&["completions", "bash"]).well().stdout;
    match Command::new("bash").args(["-n", "-c", &script]).output() {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(_) => skipped("bash is not installed"),
    }
}

#[test]
fn the_template_of_every_kind_passes_the_check() {
    let workshop = Workshop::new();
    let template = workshop.run(&["new", "local-heat"]).well().stdout;
    assert!(
        template.contains("kind = \"local-heat\"") && template.lines().any(|line| line.starts_with("# "))
    );
    workshop.write("new.toml", &template);
    let ran = workshop.run(&["check", "new.toml"]).well();
    assert!(ran.stdout.starts_with("local-heat  60 x 20 sites, 1 point, 40 samples, seed 1992"), "{ran:?}");
}

#[test]
fn schema_and_reference_list_every_key() {
    let workshop = Workshop::new();
    let schema = workshop.run(&["schema", "local-heat"]).well().json();
    assert_eq!(schema["properties"]["conductor"]["properties"]["length"]["minimum"], 2);
    let reference = workshop.run(&["reference", "local-heat"]).well().stdout;
    assert!(reference.starts_with("## `local-heat`") && reference.contains("### `[probes]`"));
}
