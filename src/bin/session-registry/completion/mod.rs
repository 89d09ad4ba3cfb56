//! Completing what is being typed in a shell.
//!
//! The script of a shell asks this program at every press of the key, through hidden options of `completions`:
//! `line.rs` reads what was typed as the shell would, `request.rs` finds out what is being asked for,
//! `values.rs` knows what could stand there, and `answer.rs` tells it in the form that the script of the
//! shell understands. Whatever goes wrong, nothing is offered and nothing is said.

mod answer;
mod line;
mod request;
mod values;

use std::ffi::OsString;

use serde_json::json;

use crate::help;

/// A shell that can be taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[allow(clippy::enum_variant_names, reason = "that shell is called so")]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Nushell,
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
}

/// What a shell tells about the line on which the key was pressed.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) shell: Shell,
    /// Of bash: the line up to the cursor.
    pub(crate) line: Option<OsString>,
    /// Of bash: the characters that end what it replaces.
    pub(crate) breaks: String,
    /// The words up to the one the cursor is in. Those of zsh are without their quotes, those of fish but for
    /// the last one, those of bash are as they were typed.
    pub(crate) words: Vec<OsString>,
    /// Whether the first word is the function that `init` defines.
    pub(crate) is_jump: bool,
}

/// The script that asks; `program` is asked where no `session-registry` is found.
pub(crate) fn script(shell: Shell, program: &str) -> String {
    const PLACE: &str = "@PROGRAM@";
    let (script, program) = match shell {
        Shell::Bash => (include_str!("script.bash"), posix_quoted(program)),
        Shell::Zsh => (include_str!("script.zsh"), posix_quoted(program)),
        Shell::Fish => (include_str!("script.fish"), fish_quoted(program)),
        Shell::Nushell => (include_str!("script.nu"), json!(program).to_string()),
        Shell::PowerShell => (
            include_str!("script.ps1"),
            format!("'{}'", program.replace('\'', "''")),
        ),
    };
    script.replace(PLACE, &program)
}

/// What the script reads.
pub(crate) fn answer(asked: &Asked) -> String {
    let mut typed = line::Typed::new(asked);
    if asked.is_jump {
        typed.jump();
    }
    let answer = request::Request::new(&help::command(), &typed.words).answer();
    let answer = if asked.is_jump && asked.words.len() == 2 {
        answer.with_run(&typed.last.value)
    } else {
        answer
    };
    answer::text(asked.shell, &typed, &answer)
}

pub(crate) fn posix_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub(crate) fn fish_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}
