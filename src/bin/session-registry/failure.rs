//! What can go wrong, and how it is told.

use std::error::Error as StdError;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use session_registry::{Error, Session};

use crate::escape::Escaped;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The library refused it.
    #[error(transparent)]
    Refused(#[from] Error),
    /// No session is known by what was typed, in a registry that need not exist.
    #[error("no session with the id, name or path \"{query}\" is registered")]
    NoMatch { query: String },
    /// Several sessions are known by what was typed.
    #[error("\"{query}\" means {} sessions: use an id", candidates.len())]
    Ambiguous {
        query: String,
        candidates: Vec<Session>,
    },
    #[error(
        "there is no data directory to keep the registry in: give --registry FILE or set SESSION_REGISTRY"
    )]
    NoDataDirectory,
    #[error("could not create the directory {}", path.display())]
    DataDirectory { path: PathBuf, source: io::Error },
    #[error("could not write the output")]
    Output(#[source] io::Error),
    #[error("could not ask")]
    Question(#[source] io::Error),
    /// A person answered no.
    #[error("cancelled: nothing was changed")]
    Cancelled,
    /// It should have been called differently.
    #[error("{0}")]
    Usage(&'static str),
}

/// What `--json` prints for a failure.
#[derive(Serialize)]
struct Report<'a> {
    error: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caused_by: Vec<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [Session],
}

impl Failure {
    /// Tells it on standard error, as well as that can be done, and answers the exit status.
    pub(crate) fn report(&self, json: bool) -> ExitCode {
        if matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        let text = if json {
            serde_json::to_string(&self.as_json()).unwrap_or_default() + "\n"
        } else {
            self.as_text()
        };
        let _ = io::stderr().write_all(text.as_bytes());
        ExitCode::from(if matches!(self, Self::Usage(_)) { 2 } else { 1 })
    }

    /// The library's code, or one in the same style.
    fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::NoMatch { .. } => "no_match",
            Self::Ambiguous { .. } => "ambiguous",
            Self::NoDataDirectory => "no_data_directory",
            Self::DataDirectory { .. } => "storage",
            Self::Output(_) => "output",
            Self::Question(_) => "question",
            Self::Cancelled => "cancelled",
            Self::Usage(_) => "usage",
        }
    }

    fn candidates(&self) -> &[Session] {
        match self {
            Self::Ambiguous { candidates, .. } => candidates,
            _ => &[],
        }
    }

    fn as_json(&self) -> Report<'_> {
        Report {
            error: self.code(),
            message: self.to_string(),
            caused_by: causes(self),
            candidates: self.candidates(),
        }
    }

    fn as_text(&self) -> String {
        let mut text = format!("error: {} [{}]\n", Escaped(self), self.code());
        for session in self.candidates() {
            let (id, path) = (session.id(), Escaped(session.project_path()));
            text += &format!("  {id}  {path}\n");
        }
        for cause in causes(self) {
            text += &format!("caused by: {}\n", Escaped(cause));
        }
        text
    }
}

/// The causes below an error, leaving out those that what is above already says.
fn causes(error: &dyn StdError) -> Vec<String> {
    let mut above = error.to_string();
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !above.contains(&text) {
            above.clone_from(&text);
            causes.push(text);
        }
        next = cause.source();
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Link>>,
    }

    fn chain(texts: &[&'static str]) -> Option<Box<Link>> {
        let (text, rest) = texts.split_first()?;
        let source = chain(rest);
        Some(Box::new(Link { text, source }))
    }

    #[test]
    fn no_text_is_told_twice() {
        let told = |texts: &[&'static str]| chain(texts).map(|link| causes(link.as_ref()));
        assert_eq!(told(&["a"]), Some(vec![]));
        assert_eq!(told(&["a", "b", "c"]), Some(vec!["b".into(), "c".into()]));
        assert_eq!(told(&["a: b", "b", "b", "c"]), Some(vec!["c".into()]));
    }

    #[test]
    fn hostile_text_stays_on_its_line() {
        let query = "\u{1b}[2J\nerror: x".to_owned();
        assert_eq!(
            Failure::NoMatch { query }.as_text(),
            "error: no session with the id, name or path \"\\u{1b}[2J\\u{a}error: x\" is \
             registered [no_match]\n"
        );
    }
}
