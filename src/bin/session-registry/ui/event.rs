//! What the view hears of, and what it wants done.

use ratatui::crossterm::event::KeyEvent;
use session_registry::{Session, SessionId, SessionStatus, Tag};

/// What happened.
#[derive(Debug)]
pub(super) enum Event {
    Key(KeyEvent),
    /// The terminal has so many columns and lines now.
    Resized(u16, u16),
    /// All that the registry has.
    Loaded(Vec<SessionStatus>, Figures),
    /// What changed in it.
    Changed(Changed),
    /// The registry cannot be read, and why. It is tried again.
    Lost(String),
    /// Whether the directory of a session, which had this revision, is missing.
    Looked(Vec<(SessionId, u64, bool)>),
    /// What was wanted is done; or why it is not, and the command that would help.
    Acted(Result<String, String>),
    /// Time passed.
    Tick,
    /// No key will be heard any more.
    Deaf(String),
}

/// Some sessions as they are now.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub(super) statuses: Vec<SessionStatus>,
    pub(super) removed: Vec<SessionId>,
    pub(super) figures: Figures,
}

/// What is true of the registry as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) max_sessions: u32,
    pub(super) default: Option<SessionId>,
}

/// What is to be done outside of the view.
#[derive(Debug, PartialEq)]
pub(super) enum Effect {
    Act(Action),
    /// Look for the directories of these.
    Look(Vec<Session>),
    /// Give a text to the terminal's clipboard.
    Copy(String),
    End(Outcome),
}

/// A change of one session.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Action {
    pub(super) id: SessionId,
    /// As it was shown.
    pub(super) name: String,
    pub(super) kind: ActionKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ActionKind {
    Close,
    Reopen,
    Rename(String),
    Tag(Vec<Tag>),
    Pin(bool),
    Remove,
}

/// How the view ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Quit,
    /// By Ctrl-C.
    Interrupted,
    Chosen(Box<Session>),
    Resume {
        id: SessionId,
        take_over: bool,
    },
    Failed(String),
}
