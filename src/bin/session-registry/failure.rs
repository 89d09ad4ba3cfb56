//! What can go wrong, and how it is told.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Value, json};
use session_registry::{Error, Owner, ProjectPath, Session};

use crate::current_dir;
use crate::describe;
use crate::escape::Escaped;
use crate::hint::{USE_AN_ID, hint};

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
    #[error(
        "the project directory {project} does not exist: give --here to run the command where you are"
    )]
    ProjectGone { project: ProjectPath },
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
    #[error("{}", current_dir::problem(.0))]
    NoCurrentDirectory(#[source] io::Error),
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

/// What `--json` prints for a failure: the library's form of an error, and what this program said before
/// there was one.
#[derive(Serialize)]
struct Report<'a> {
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
            Self::NoCurrentDirectory(_) => "no_current_directory",
            Self::NoDataDirectory => "no_data_directory",
            Self::DataDirectory { .. } | Self::File { .. } => "storage",
            Self::Output(_) => "output",
            Self::Question(_) => "question",
            Self::Cancelled => "cancelled",
            Self::Usage(_) => "usage",
        }
    }

    /// Which sessions may have been meant, oldest first.
    fn candidates(&self) -> Vec<&Session> {
        let sessions = match self {
            Self::Refused(Error::Ambiguous { matches, .. }) => matches,
            Self::Ambiguous { candidates, .. } => candidates,
            Self::Inexact { session, .. } => std::slice::from_ref(session.as_ref()),
            _ => &[],
        };
        let mut sessions: Vec<_> = sessions.iter().collect();
        sessions.sort_by_key(|session| (session.created_at(), session.id()));
        sessions
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

    /// The texts of what lies below it.
    fn causes(&self) -> Vec<String> {
        let own = match self {
            Self::Refused(error) => return error.causes(),
            Self::Start { source, .. }
            | Self::File { source, .. }
            | Self::DataDirectory { source, .. }
            | Self::NoCurrentDirectory(source)
            | Self::Wait(source)
            | Self::Output(source)
            | Self::Question(source) => Some(source),
            _ => None,
        };
        own.map(ToString::to_string).into_iter().collect()
    }

    /// The fields of one of its own.
    fn details(&self) -> Value {
        match self {
            Self::Inexact { query, .. } | Self::Ambiguous { query, .. } => {
                json!({ "query": query, "matches": self.candidates() })
            }
            Self::ProjectGone { project } => json!({ "project_path": project }),
            Self::Outside { path }
            | Self::TargetExists { path }
            | Self::DataDirectory { path, .. } => json!({ "path": path.to_string_lossy() }),
            Self::File { action, path, .. } => {
                json!({ "action": action, "path": path.to_string_lossy() })
            }
            Self::Start { command, .. } => json!({ "command": command.to_string_lossy() }),
            _ => json!({}),
        }
    }

    fn as_json(&self) -> Report<'_> {
        let form = match self {
            Self::Refused(error) => Form::Library(error),
            _ => Form::Own {
                code: self.code(),
                message: self.to_string(),
                details: self.details(),
                causes: self.causes(),
                retryable: false,
            },
        };
        Report {
            error: self.code(),
            form,
            caused_by: self.causes(),
            candidates: self.candidates(),
            owner: self.owner(),
        }
    }

    fn as_text(&self) -> String {
        let mut text = format!("error: {} [{}]\n", Escaped(self), self.code());
        let candidates = self.candidates();
        // A single one is named in the message.
        if candidates.len() > 1 {
            for session in candidates {
                text += &format!("  {}\n", describe::line(session));
            }
        }
        for cause in self.causes() {
            text += &format!("caused by: {}\n", Escaped(cause));
        }
        if let Some(hint) = self.hint() {
            text += &format!("hint: {hint}\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_on_its_line() {
        let path = "\u{1b}[2J\nerror: x".into();
        assert_eq!(
            Failure::Outside { path }.as_text(),
            "error: no session contains \\u{1b}[2J\\u{a}error: x [no_match]\n"
        );
    }
}
