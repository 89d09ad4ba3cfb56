//! How it is told what went wrong.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;
use session_registry::{Error, Owner, Session};

use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::hint::hints;
use crate::locate::Locator;
use crate::output::VERSION;

/// What `--json` prints for a failure: the library's form of an error, and what only this program knows.
#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    error: &'a str,
    #[serde(flatten)]
    form: Form<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caused_by: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<&'a Session>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a Owner>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Form<'a> {
    Library(&'a Error),
    /// The same for a failure of this program's own.
    Own {
        code: &'a str,
        message: String,
        details: Value,
        causes: Vec<String>,
        retryable: bool,
    },
}

/// Tells it on standard error, as well as that can be done, and answers the exit status.
pub(crate) fn report(failure: &Failure, locator: &Locator) -> ExitCode {
    let status = match failure {
        Failure::Usage(_) => 2,
        Failure::Unmet(unmet) => unmet.status(),
        _ => 1,
    };
    report_as(failure, locator, status)
}

/// As [`report`], with a status of the command's own.
pub(crate) fn report_as(failure: &Failure, locator: &Locator, status: u8) -> ExitCode {
    let text = if locator.is_for_programs() {
        serde_json::to_string(&as_json(failure)).unwrap_or_default() + "\n"
    } else {
        as_text(failure, &hints(failure, locator))
    };
    let _ = io::stderr().write_all(text.as_bytes());
    ExitCode::from(status)
}

fn as_json(failure: &Failure) -> Report<'_> {
    let form = match failure {
        Failure::Refused(error) => Form::Library(error),
        _ => Form::Own {
            code: failure.code(),
            message: failure.to_string(),
            details: failure.details(),
            causes: failure.causes(),
            retryable: failure.is_retryable(),
        },
    };
    Report {
        version: VERSION,
        error: failure.code(),
        form,
        caused_by: failure.causes(),
        candidates: failure.candidates(),
        owner: failure.owner(),
    }
}

fn as_text(failure: &Failure, hints: &[String]) -> String {
    let mut text = format!("error: {} [{}]\n", Escaped(failure), failure.code());
    let candidates = failure.candidates();
    // A single one is named in the message.
    if candidates.len() > 1 {
        for session in candidates {
            text += &format!("  {}\n", describe::line(session));
        }
    }
    for cause in failure.causes() {
        text += &format!("caused by: {}\n", Escaped(cause));
    }
    for (number, hint) in hints.iter().enumerate() {
        let title = if number == 0 { "hint: " } else { "      " };
        text += &format!("{title}{hint}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_on_its_line() {
        let path = "\u{1b}[2J\nerror: x".into();
        assert_eq!(
            as_text(&Failure::Outside { path }, &[]),
            "error: no session contains \\u{1b}[2J\\u{a}error: x [no_match]\n"
        );
    }
}
