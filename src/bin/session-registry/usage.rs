//! What is answered to words that are no command: help, the version, or what is wrong with them.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::{Map, Value, json};

use crate::escape::{self, Escaped};
use crate::failure::snake_case;
use crate::output::VERSION;

/// Prints help or the version to standard output, or what is wrong with the usage to standard error, as JSON if
/// that was asked for. A stream that nobody reads is no error.
pub(crate) fn answer(error: &clap::Error) -> ExitCode {
    let status = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    let is_wrong = !matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if is_wrong && is_for_programs() {
        let _ = io::stderr().write_all(format!("{}\n", refusal(error)).as_bytes());
        return status;
    }
    let text = error.render().to_string();
    let harmless = text.split('\n').all(|line| !escape::is_needed(line));
    let _ = if harmless {
        error.print()
    } else {
        let lines: Vec<_> = text.split('\n').map(|l| Escaped(l).to_string()).collect();
        io::stderr().write_all(lines.join("\n").as_bytes())
    };
    status
}

/// Whether JSON is asked for, as far as that can be told of words that are wrong.
fn is_for_programs() -> bool {
    let mut own = std::env::args_os().skip(1).take_while(|word| word != "--");
    own.any(|word| word == "--json" || word == "--ndjson")
}

fn refusal(error: &clap::Error) -> Value {
    json!({
        "version": VERSION,
        "error": "usage",
        "code": "usage",
        "message": message(error),
        "details": details(error),
        "causes": [],
        "retryable": false,
    })
}

/// What is wrong, without the usage that people get below it.
fn message(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::MissingSubcommand {
        return "there is no command".to_owned();
    }
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = first.split_whitespace().collect();
    let message = words.join(" ");
    message
        .strip_prefix("error: ")
        .unwrap_or(&message)
        .to_owned()
}

/// The rule that is broken, and what it is about.
fn details(error: &clap::Error) -> Value {
    let mut details = Map::new();
    let rule = snake_case(&format!("{:?}", error.kind()));
    details.insert("rule".to_owned(), json!(rule));
    if error.kind() == ErrorKind::MissingSubcommand {
        // What it is about is this program.
        return Value::Object(details);
    }
    for (kind, value) in error.context() {
        if let (Some(name), Some(value)) = (name(kind), plain(value)) {
            details.insert(name.to_owned(), value);
        }
    }
    Value::Object(details)
}

fn name(kind: ContextKind) -> Option<&'static str> {
    Some(match kind {
        ContextKind::InvalidArg => "argument",
        ContextKind::PriorArg => "conflicts_with",
        ContextKind::InvalidSubcommand => "command",
        ContextKind::InvalidValue => "value",
        ContextKind::ValidValue => "possible",
        ContextKind::SuggestedArg
        | ContextKind::SuggestedSubcommand
        | ContextKind::SuggestedValue => "similar",
        _ => return None,
    })
}

/// Always an array where there may be several.
fn plain(value: &ContextValue) -> Option<Value> {
    match value {
        ContextValue::String(text) => Some(json!(text)),
        ContextValue::Strings(texts) => Some(json!(texts)),
        ContextValue::Number(number) => Some(json!(number)),
        ContextValue::Bool(truth) => Some(json!(truth)),
        _ => None,
    }
}
