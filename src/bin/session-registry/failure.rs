//! What can go wrong.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};
use session_registry::{Error, Owner, ProjectPath, Session, SessionId};

use crate::commands::Unmet;
use crate::current_dir;
use crate::describe;

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
    /// Nothing fits.
    #[error("no session fits {query:?}{}", near_miss(*is_short_id, similar))]
    Unknown {
        query: String,
        /// Whether it is the beginning of an id, but too little of it.
        is_short_id: bool,
        similar: Vec<Session>,
    },
    /// Another path leads to the same directory.
    #[error(
        "{project} is the same directory as {}, which is open in session {}",
        session.project_path(),
        session.id()
    )]
    SameDirectory {
        project: ProjectPath,
        session: Box<Session>,
    },
    /// Several sessions are meant equally well: closed ones that have the name while open ones fit it
    /// loosely, or those to which the readings of a path lead.
    #[error("{query:?} fits {}", how_many(candidates))]
    Ambiguous {
        query: String,
        candidates: Vec<Session>,
    },
    /// Somebody was quicker.
    #[error("session {id} is at revision {found}, not {expected}: it was changed meanwhile")]
    Conflict {
        id: SessionId,
        expected: u64,
        found: u64,
    },
    #[error("no session contains {}", path.display())]
    Outside { path: PathBuf },
    #[error(
        "the project directory {project} does not exist: say where it is now with `set --project DIR`, or give --here to run the command where you are"
    )]
    ProjectGone { project: ProjectPath },
    /// A URI, or a path of another system.
    #[error(
        "the project {project} is not in the files of this system: give --here to run the command where you are"
    )]
    ProjectElsewhere { project: ProjectPath },
    #[error("could not run \"{}\"", command.display())]
    Start {
        command: OsString,
        source: io::Error,
    },
    #[error("could not watch process {pid}")]
    Process { pid: u32, source: io::Error },
    #[error("could not look after the command")]
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
    /// The view could not have it, or lost it.
    #[error("could not use the terminal")]
    Screen(#[source] io::Error),
    #[error("could not ask")]
    Question(#[source] io::Error),
    /// A person answered no.
    #[error("cancelled: nothing was changed")]
    Cancelled,
    /// What was waited for has not come.
    #[error("{0}")]
    Unmet(Box<Unmet>),
    /// It should have been called differently.
    #[error("{0}")]
    Usage(&'static str),
}

fn near_miss(is_short_id: bool, similar: &[Session]) -> String {
    let names: Vec<_> = similar
        .iter()
        .map(|s| format!("\"{}\"", s.name()))
        .collect();
    match (is_short_id, names.as_slice()) {
        (true, _) => ": the beginning of an id has at least 4 digits".to_owned(),
        (false, []) => String::new(),
        (false, names) => format!(": did you mean {}?", names.join(" or ")),
    }
}

fn how_many(sessions: &[Session]) -> String {
    let are_closed = sessions.iter().all(|session| !session.state().is_open());
    format!(
        "{} {}sessions",
        sessions.len(),
        if are_closed { "closed " } else { "" }
    )
}

impl Failure {
    /// For a command that could not be started, what `env` and shells answer.
    pub(crate) fn status_of_start(&self) -> Option<u8> {
        match self {
            Self::Start { source, .. } if source.kind() == io::ErrorKind::NotFound => Some(127),
            Self::Start { .. } => Some(126),
            _ => None,
        }
    }

    /// The library's code, or one in the same style.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::Inexact { .. } => "inexact",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Conflict { .. } => "conflict",
            Self::Outside { .. } | Self::Unknown { .. } => "no_match",
            Self::SameDirectory { .. } => "project_already_open",
            Self::ProjectGone { .. } => "project_gone",
            Self::ProjectElsewhere { .. } => "project_elsewhere",
            Self::Start { .. } | Self::Wait(_) => "command",
            Self::Process { .. } => "process",
            Self::TargetExists { .. } => "target_exists",
            Self::NoCurrentDirectory(_) => "no_current_directory",
            Self::NoDataDirectory => "no_data_directory",
            Self::DataDirectory { .. } | Self::File { .. } => "storage",
            Self::Output(_) => "output",
            Self::Question(_) => "question",
            Self::Screen(_) => "terminal",
            Self::Cancelled => "cancelled",
            Self::Unmet(unmet) => unmet.code(),
            Self::Usage(_) => "usage",
        }
    }

    /// Whether the same request may well be done when it is made anew.
    pub(crate) fn is_retryable(&self) -> bool {
        match self {
            Self::Refused(error) => error.is_retryable(),
            Self::Unmet(unmet) => unmet.is_timeout(),
            _ => matches!(self, Self::Conflict { .. }),
        }
    }

    /// Which sessions may have been meant, oldest first.
    pub(crate) fn candidates(&self) -> Vec<&Session> {
        let sessions = match self {
            Self::Refused(Error::Ambiguous { matches, .. }) => matches,
            Self::Ambiguous { candidates, .. } => candidates,
            Self::Unknown { similar, .. } => similar,
            Self::Inexact { session, .. } => std::slice::from_ref(session.as_ref()),
            _ => &[],
        };
        let mut sessions: Vec<_> = sessions.iter().collect();
        sessions.sort_by_key(|session| (session.created_at(), session.id()));
        sessions
    }

    pub(crate) fn owner(&self) -> Option<&Owner> {
        match self {
            Self::Refused(Error::AlreadyClaimed { owner, .. }) => Some(owner),
            _ => None,
        }
    }

    /// The texts of what lies below it.
    pub(crate) fn causes(&self) -> Vec<String> {
        match self {
            Self::Refused(error) => error.causes(),
            _ => self
                .source_of_io()
                .map(ToString::to_string)
                .into_iter()
                .collect(),
        }
    }

    /// What the system said.
    fn source_of_io(&self) -> Option<&io::Error> {
        match self {
            Self::Start { source, .. }
            | Self::File { source, .. }
            | Self::DataDirectory { source, .. }
            | Self::Process { source, .. }
            | Self::NoCurrentDirectory(source)
            | Self::Wait(source)
            | Self::Output(source)
            | Self::Screen(source)
            | Self::Question(source) => Some(source),
            _ => None,
        }
    }

    /// The fields of one of its own; of an I/O failure its kind too.
    pub(crate) fn details(&self) -> Value {
        let mut details = self.own_details();
        if let (Some(source), Some(fields)) = (self.source_of_io(), details.as_object_mut()) {
            let kind = snake_case(&format!("{:?}", source.kind()));
            fields.insert("io_kind".to_owned(), json!(kind));
        }
        details
    }

    fn own_details(&self) -> Value {
        match self {
            Self::Unknown { query, similar, .. } if similar.is_empty() => json!({ "query": query }),
            Self::Inexact { query, .. }
            | Self::Ambiguous { query, .. }
            | Self::Unknown { query, .. } => {
                json!({ "query": query, "matches": self.candidates() })
            }
            Self::SameDirectory { project, session } => {
                json!({ "project_path": project, "holder": session.id() })
            }
            Self::Conflict {
                id,
                expected,
                found,
            } => json!({ "id": id, "expected": expected, "found": found }),
            Self::ProjectGone { project } | Self::ProjectElsewhere { project } => {
                json!({ "project_path": project })
            }
            Self::Outside { path }
            | Self::TargetExists { path }
            | Self::DataDirectory { path, .. } => json!({ "path": path.to_string_lossy() }),
            Self::File { action, path, .. } => {
                json!({ "action": action, "path": path.to_string_lossy() })
            }
            Self::Unmet(unmet) => unmet.details(),
            Self::Process { pid, .. } => json!({ "pid": pid }),
            Self::Start { command, .. } => json!({ "command": command.to_string_lossy() }),
            _ => json!({}),
        }
    }
}

/// `storage_full` for `StorageFull`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(character.to_lowercase());
    }
    text
}
