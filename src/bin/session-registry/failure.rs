//! What can go wrong, and how it is told.

use std::error::Error as StdError;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use session_registry::{Error, Owner, Session};

use crate::describe;
use crate::escape::Escaped;
use crate::owner::{self, OwnerReport};

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The library refused it.
    #[error(transparent)]
    Refused(#[from] Error),
    /// Something would be taken from a session that was not named outright.
    #[error(
        "\"{query}\" is not the id, name or path of a session: did you mean {}?",
        describe::named(session)
    )]
    Inexact {
        query: String,
        session: Box<Session>,
    },
    /// Several closed sessions have the name, and open ones fit it loosely.
    #[error("{query:?} fits {} closed sessions", candidates.len())]
    Ambiguous {
        query: String,
        candidates: Vec<Session>,
    },
    #[error("no session contains {}", path.display())]
    Outside { path: PathBuf },
    #[error("the project directory {} does not exist: give --here to run the command where you are", path.display())]
    ProjectGone { path: PathBuf },
    #[error("could not run \"{}\"", command.display())]
    Start {
        command: OsString,
        source: io::Error,
    },
    #[error("could not learn how the command ended")]
    Wait(#[source] io::Error),
    #[error("{} exists already", path.display())]
    TargetExists { path: PathBuf },
    #[error("could not {action} {}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<OwnerReport<'a>>,
}

impl Failure {
    /// Tells it on standard error, as well as that can be done, and answers the exit status.
    pub(crate) fn report(&self, json: bool) -> ExitCode {
        let text = if json {
            serde_json::to_string(&self.as_json()).unwrap_or_default() + "\n"
        } else {
            self.as_text()
        };
        let _ = io::stderr().write_all(text.as_bytes());
        ExitCode::from(self.status())
    }

    /// For a command that could not be started, what `env` and shells answer.
    fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Start { source, .. } if source.kind() == io::ErrorKind::NotFound => 127,
            Self::Start { .. } => 126,
            _ => 1,
        }
    }

    /// The library's code, or one in the same style.
    fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::Inexact { .. } => "inexact",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Outside { .. } => "no_match",
            Self::ProjectGone { .. } => "project_gone",
            Self::Start { .. } | Self::Wait(_) => "command",
            Self::TargetExists { .. } => "target_exists",
            Self::NoDataDirectory => "no_data_directory",
            Self::DataDirectory { .. } | Self::File { .. } => "storage",
            Self::Output(_) => "output",
            Self::Question(_) => "question",
            Self::Cancelled => "cancelled",
            Self::Usage(_) => "usage",
        }
    }

    fn candidates(&self) -> &[Session] {
        match self {
            Self::Refused(Error::Ambiguous { matches, .. }) => matches,
            Self::Ambiguous { candidates, .. } => candidates,
            Self::Inexact { session, .. } => std::slice::from_ref(session),
            _ => &[],
        }
    }

    fn owner(&self) -> Option<&Owner> {
        match self {
            Self::Refused(Error::AlreadyClaimed { owner, .. }) => Some(owner),
            _ => None,
        }
    }

    /// What a person can do about it.
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Refused(error) => hint(error),
            Self::Ambiguous { .. } => Some(USE_AN_ID),
            _ => None,
        }
    }

    fn as_json(&self) -> Report<'_> {
        Report {
            error: self.code(),
            message: self.to_string(),
            caused_by: causes(self),
            candidates: self.candidates(),
            owner: self.owner().map(owner::report),
        }
    }

    fn as_text(&self) -> String {
        let mut text = format!("error: {} [{}]\n", Escaped(self), self.code());
        // A single one is named in the message.
        for session in self
            .candidates()
            .iter()
            .filter(|_| self.candidates().len() > 1)
        {
            text += &format!("  {}\n", describe::line(session));
        }
        for cause in causes(self) {
            text += &format!("caused by: {}\n", Escaped(cause));
        }
        if let Some(hint) = self.hint() {
            text += &format!("hint: {hint}\n");
        }
        text
    }
}

const USE_AN_ID: &str = "use an id, or the first digits of one";

fn hint(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::LimitReached { .. } => {
            "close or unregister a session, or raise the limit: session-registry limit N"
        }
        Error::AlreadyClaimed { .. } => {
            "end that process first, or take the session over: session-registry resume --take-over"
        }
        Error::Ambiguous { .. } => USE_AN_ID,
        Error::InUse { .. } => "try again when the other programs that use it have ended",
        Error::SessionClosed { .. } => "open it again: session-registry reopen",
        Error::Corrupted { .. } => {
            "session-registry check tells what is damaged; a backup may be needed"
        }
        _ => return None,
    })
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
        let path = "\u{1b}[2J\nerror: x".into();
        assert_eq!(
            Failure::Outside { path }.as_text(),
            "error: no session contains \\u{1b}[2J\\u{a}error: x [no_match]\n"
        );
    }
}
