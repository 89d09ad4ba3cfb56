//! The command line of the session registry, on the public API of the library alone.
//!
//! `args.rs` says what can be typed, each file of `commands/` answers one group of commands, `locate.rs`
//! finds the registry and `session_argument.rs` the session that is meant. What is printed goes through `output.rs`,
//! what went wrong through `failure.rs`; `progress.rs` draws how far a command is, and `child.rs` runs
//! somebody else's. A new command is a struct with a `run` in `commands/`, one variant and one line in
//! `commands/mod.rs`.

mod args;
mod child;
mod commands;
mod current_dir;
mod describe;
mod escape;
mod failure;
mod hint;
mod locate;
mod output;
mod progress;
mod session_argument;
mod size;
mod source;
mod table;
mod time;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::Args;
use escape::Escaped;
use locate::Locator;
use output::Output;

fn main() -> ExitCode {
    let Args {
        registry,
        json,
        command,
    } = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return answer_clap(&error),
    };
    let mut output = Output::new(json);
    let done = command.run(&Locator::new(registry, json), &mut output);
    match done.and_then(|code| output.finish().map(|()| code)) {
        Ok(code) => code,
        Err(failure) => failure.report(json),
    }
}

/// Prints help or the version to standard output, or what is wrong with the usage to standard error. A
/// stream that nobody reads is no error.
fn answer_clap(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let harmless = text.split('\n').all(|line| !escape::is_needed(line));
    let _ = if harmless {
        error.print()
    } else {
        let lines: Vec<_> = text.split('\n').map(|l| Escaped(l).to_string()).collect();
        std::io::stderr().write_all(lines.join("\n").as_bytes())
    };
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
