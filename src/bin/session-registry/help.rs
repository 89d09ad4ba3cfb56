//! The help, as wide as the place it is shown in.

use std::env;

use clap::{Command, CommandFactory};

use crate::args::Args;
use crate::prose;
use crate::table;

/// Lines longer than this are hard to read, however wide the terminal is.
const WIDEST: usize = 100;
/// In a pipe or a file.
const USUAL: usize = 80;
const NARROWEST: usize = 40;

/// The options that every command takes stand under this heading.
pub(crate) const GLOBAL: &str = "Global options";

/// Everything that can be typed, with a help that fits where it is shown.
pub(crate) fn command() -> Command {
    fitting(Args::command(), width())
}

/// As wide as `COLUMNS` says; else as the terminal that is written to.
fn width() -> usize {
    let said = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let width = said
        .filter(|width| *width > 0)
        .or_else(table::terminal_width);
    width.unwrap_or(USUAL).clamp(NARROWEST, WIDEST)
}

fn fitting(mut command: Command, width: usize) -> Command {
    command = command.term_width(width);
    command.build();
    fit(command, width)
}

fn fit(mut command: Command, width: usize) -> Command {
    let text = command
        .get_after_help()
        .map(|text| prose::filled(&text.to_string(), width));
    let long = command
        .get_after_long_help()
        .map(|text| prose::filled(&text.to_string(), width));
    if let Some(text) = text {
        command = command.after_help(text);
    }
    if let Some(text) = long {
        command = command.after_long_help(text);
    }
    if let Some(usage) = shorter_usage(&mut command, width) {
        command = command.override_usage(usage);
    }
    command
        .mut_args(|argument| match argument.get_id().as_str() {
            "help" | "version" => argument.help_heading(GLOBAL),
            _ => argument,
        })
        .mut_subcommands(|command| fit(command, width))
}

/// The usage in several lines, if one is too long.
fn shorter_usage(command: &mut Command, width: usize) -> Option<String> {
    const TITLE: &str = "Usage: ";
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix(TITLE)?.trim();
    if usage.contains('\n') || TITLE.len() + usage.len() <= width {
        return None;
    }
    let hanging = " ".repeat(TITLE.len() + 2);
    // What comes after the two hyphens stays with them.
    let usage = usage.replace(" -- ", " --\u{a0}");
    let lines = prose::fill(TITLE, &hanging, &usage, width).join("\n");
    let lines = lines.replace('\u{a0}', " ");
    lines.strip_prefix(TITLE).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    /// The long and the short help of a command and of those below it.
    fn helps(command: &mut Command) -> Vec<String> {
        let mut found = vec![
            command.render_help().to_string(),
            command.render_long_help().to_string(),
        ];
        for below in command.get_subcommands_mut() {
            found.extend(helps(below));
        }
        found
    }

    #[test]
    fn help_was_ragged_in_narrow_places() {
        for width in [NARROWEST, 60, 80, 100] {
            let helps = helps(&mut fitting(Args::command(), width));
            assert!(helps.len() > 50);
            for help in helps {
                for line in help.lines().filter(|line| line.width() > width) {
                    // One word too long for any line, within its margin, or nothing to break.
                    let words = line.split_whitespace().count();
                    assert!(words == 1, "{} of {width} cells: {line}", line.width());
                }
            }
        }
    }
}
