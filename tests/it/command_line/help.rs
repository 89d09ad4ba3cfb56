//! The help of every command, as it looks where there is room for 80 columns and for 60.
//!
//! What it should look like is in `tests/fixtures/help/`, one file per command. After a change of the help,
//! `SESSION_REGISTRY_WRITE_HELP=1 cargo test --all-features --test it command_line::help` writes the files
//! anew; look at what changed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Ran, Shell};

const WIDTHS: [usize; 2] = [80, 60];

fn help(shell: &Shell, arguments: &[&str], columns: Option<usize>) -> String {
    let mut command = shell.command(arguments);
    command.env_remove("COLUMNS");
    if let Some(columns) = columns {
        command.env("COLUMNS", columns.to_string());
    }
    Ran::new(command.output().unwrap()).done()
}

/// The commands that the help lists.
pub(super) fn commands(shell: &Shell) -> Vec<String> {
    let help = help(shell, &["--help"], Some(100));
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let names = commands.lines().filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' '));
    let names = names.filter_map(|line| line.split(' ').next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/help")
}

/// The help of a command at every width, the one of the program without a command.
fn at_every_width(shell: &Shell, command: Option<&str>) -> String {
    let mut text = String::new();
    for width in WIDTHS {
        let arguments: Vec<_> = command.into_iter().chain(["--help"]).collect();
        let help = help(shell, &arguments, Some(width));
        for line in help.lines() {
            assert!(line.chars().count() <= width, "over {width}: {line}");
        }
        text += &format!("{:=<width$}\n{help}", "");
    }
    text
}

#[test]
fn help_was_ragged_and_looks_as_it_should() {
    let shell = Shell::new();
    let names = commands(&shell);
    assert!(names.len() > 20, "{names:?}");
    let mut expected: Vec<_> = names.iter().map(|name| format!("{name}.txt")).collect();
    expected.push("program.txt".to_owned());
    expected.sort();

    let is_writing = env::var_os("SESSION_REGISTRY_WRITE_HELP").is_some();
    let commands = names.iter().map(|name| Some(name.as_str())).chain([None]);
    for command in commands {
        let file = format!("{}.txt", command.unwrap_or("program"));
        let file = fixtures().join(file);
        let text = at_every_width(&shell, command);
        if is_writing {
            fs::create_dir_all(fixtures()).unwrap();
            fs::write(&file, &text).unwrap();
        }
        let known = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(text, known, "{}", file.display());
    }
    let entries = fs::read_dir(fixtures()).unwrap();
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, expected, "a file for every command, and no other");
}

#[test]
fn help_in_a_pipe_has_80_columns() {
    let shell = Shell::new();
    for name in commands(&shell) {
        let arguments = [name.as_str(), "--help"];
        let piped = help(&shell, &arguments, None);
        assert_eq!(piped, help(&shell, &arguments, Some(80)), "{name}");
    }
    for nonsense in ["", "0", "wide", "-5"] {
        let mut command = shell.command(&["list", "--help"]);
        let ran = Ran::new(command.env("COLUMNS", nonsense).output().unwrap());
        assert_eq!(ran.done(), help(&shell, &["list", "--help"], None));
    }
}

#[test]
fn the_options_of_every_command_stood_among_its_own() {
    let shell = Shell::new();
    for name in commands(&shell) {
        let help = help(&shell, &[&name, "--help"], None);
        let (own, global) = help.split_once("Global options:\n").unwrap();
        for option in ["--registry <FILE>", "--json", "-h, --help"] {
            let is_listed = |text: &str| {
                let mut lines = text.lines();
                lines.any(|line| line.trim_start().starts_with(option))
            };
            assert!(is_listed(global) && !is_listed(own), "{name}: {option}");
        }
    }
}

#[test]
fn a_long_example_is_one_command_when_it_is_pasted() {
    let shell = Shell::with_projects(&["api"]);
    let help = help(&shell, &["list", "--help"], Some(60));
    let (_, examples) = help.split_once("Examples:\n").unwrap();
    assert!(examples.contains(" \\\n"), "{examples}");
    let commands = examples.replace(" \\\n", " ");
    let pasted = commands.lines().find(|line| line.contains("--limit 20"));
    let words: Vec<_> = pasted.unwrap().split_whitespace().skip(1).collect();
    shell.done(&words);
}
