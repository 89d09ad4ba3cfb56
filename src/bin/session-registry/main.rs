//! The command line of the session registry, on the public API of the library alone.
//!
//! `args.rs` says what can be typed and `help.rs` shows it, each file of `commands/` answers one group of commands, `locate.rs`
//! finds the registry and `finding.rs` the session that is meant. What is printed goes through `output.rs`,
//! what went wrong (`failure.rs`) through `report.rs`, with the commands of `hint.rs`; `completion/` answers shells; `ui/` is the view on a whole screen; `progress.rs` draws how far a command is, and `child.rs` runs
//! somebody else's. A new command is a struct with a `run` in `commands/`, one variant and one line in
//! `commands/mod.rs`.

mod args;
mod child;
mod commands;
mod completion;
mod condition;
mod current_dir;
mod describe;
mod entry;
mod escape;
mod failure;
mod field;
mod finding;
mod glyphs;
mod gone;
mod help;
mod hint;
mod inside;
mod lineage;
mod locate;
mod outcome;
mod output;
mod place;
mod plain_path;
mod process;
mod program;
mod progress;
mod prose;
mod report;
mod same_directory;
#[cfg(test)]
mod sample;
mod session_argument;
mod sight;
mod sign;
mod similar;
mod size;
mod source;
mod table;
mod time;
mod typed;
mod ui;
mod usage;

use std::process::ExitCode;

use clap::FromArgMatches;

use args::Args;
use locate::Locator;
use output::Output;

fn main() -> ExitCode {
    #[cfg(unix)]
    if child::is_witness() {
        return child::bear_witness();
    }
    let Args {
        registry,
        json,
        command,
    } = match parse() {
        Ok(args) => args,
        Err(error) => return usage::answer(&error),
    };
    let json = json || command.is_for_programs();
    let mut output = Output::new(json);
    let locator = Locator::new(registry, json);
    let done = command.run(&locator, &mut output);
    match done.and_then(|code| output.flush().map(|()| code)) {
        Ok(code) => code,
        Err(failure) => report::report(&failure, &locator),
    }
}

fn parse() -> Result<Args, clap::Error> {
    let mut command = help::command();
    let mut matches = command.try_get_matches_from_mut(std::env::args_os())?;
    let parsed = Args::from_arg_matches_mut(&mut matches);
    parsed.map_err(|error| error.format(&mut command))
}
