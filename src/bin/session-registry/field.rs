//! What lists can tell of a session, each under its name.

use std::path::Path;

use anstyle::Style;
use clap::ValueEnum;
use session_registry::{Parent, SessionState, Timestamp};

use crate::describe;
use crate::escape::Escaped;
use crate::glyphs::Glyphs;
use crate::sight::Sight;
use crate::table::{Cell, Column, Cut, Stays};
use crate::time::ago;

/// The column of a table, or a field of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Field {
    /// The whole id
    Id,
    /// The first 8 digits of the id
    ShortId,
    /// What it is up to
    State,
    /// The name
    Name,
    /// The project directory or URI
    Project,
    /// Who drives it
    DrivenBy,
    /// When somebody last worked in it
    Active,
    /// The tags
    Tags,
    /// What its owner said about what it does
    Note,
    /// What other systems call it
    Aliases,
    /// The provider of the model
    Provider,
    /// The model
    Model,
    /// When it was registered
    Created,
    /// When it was last changed
    Updated,
    /// When and why it was closed
    Closed,
    /// Whether it is pinned
    Pinned,
    /// Whether it is the default session
    Default,
    /// The session that it comes from
    Parent,
    /// How often it was changed
    Revision,
}

/// How people see it: now, at home, with these marks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Eye<'a> {
    pub(crate) now: Timestamp,
    pub(crate) home: Option<&'a Path>,
    pub(crate) glyphs: Glyphs,
}

impl Field {
    /// The whole value, as a program wants it; nothing where there is none.
    pub(crate) fn value(self, sight: &Sight) -> String {
        let session = &sight.status.session;
        let flag = |is: bool| if is { "yes" } else { "" }.to_owned();
        let text = |text: Option<&str>| Escaped(text.unwrap_or_default()).to_string();
        match self {
            Self::Id => session.id().to_string(),
            Self::ShortId => describe::short(session.id()),
            Self::State => sight.condition.word().to_owned(),
            Self::Name => Escaped(session.name()).to_string(),
            Self::Project => Escaped(session.project_path()).to_string(),
            Self::DrivenBy => sight.driver().unwrap_or_default(),
            Self::Active => session.last_active_at().to_string(),
            Self::Tags => describe::tags(session),
            Self::Note => text(sight.note()),
            Self::Aliases => describe::aliases(session),
            Self::Provider => text(session.config().provider.as_deref()),
            Self::Model => text(session.config().model.as_deref()),
            Self::Created => session.created_at().to_string(),
            Self::Updated => session.updated_at().to_string(),
            Self::Closed => match session.state() {
                SessionState::Closed { at, reason, .. } => {
                    format!("{at} ({})", describe::reason(reason))
                }
                _ => String::new(),
            },
            Self::Pinned => flag(session.is_pinned()),
            Self::Default => flag(sight.is_default),
            Self::Parent => match session.parent() {
                Some(Parent { id, relation, .. }) => format!("{id} ({relation})"),
                None => String::new(),
            },
            Self::Revision => session.revision().to_string(),
        }
    }

    /// As a person wants it.
    pub(crate) fn seen(self, sight: &Sight, eye: Eye<'_>) -> Cell {
        let session = &sight.status.session;
        let text = match self {
            Self::State => {
                let condition = sight.condition;
                let text = format!("{} {}", condition.mark(eye.glyphs), condition.word());
                let style = condition.style();
                return Cell { text, style };
            }
            Self::Name => {
                let mut name = self.value(sight);
                if session.is_pinned() {
                    name = format!("{name} {}", eye.glyphs.pin());
                }
                if sight.is_default {
                    name = format!("{name} {}", eye.glyphs.star());
                }
                name
            }
            Self::Project => sight.project(eye.home),
            Self::DrivenBy => sight.driver().unwrap_or_else(|| "-".to_owned()),
            Self::Active => ago(session.last_active_at(), eye.now),
            Self::Created => ago(session.created_at(), eye.now),
            Self::Updated => ago(session.updated_at(), eye.now),
            Self::Closed => match session.state() {
                SessionState::Closed { at, reason, .. } => {
                    format!("{} ({})", ago(at, eye.now), describe::reason(reason))
                }
                _ => String::new(),
            },
            Self::Parent => match session.parent() {
                Some(Parent { id, relation, .. }) => {
                    format!("{} ({relation})", describe::short(id))
                }
                None => String::new(),
            },
            _ => self.value(sight),
        };
        let style = if session.state().is_open() {
            Style::new()
        } else {
            Style::new().dimmed()
        };
        Cell { text, style }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Id | Self::ShortId => "ID",
            Self::State => "STATE",
            Self::Name => "NAME",
            Self::Project => "PROJECT",
            Self::DrivenBy => "DRIVEN BY",
            Self::Active => "ACTIVE",
            Self::Tags => "TAGS",
            Self::Note => "NOTE",
            Self::Aliases => "ALIASES",
            Self::Provider => "PROVIDER",
            Self::Model => "MODEL",
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Closed => "CLOSED",
            Self::Pinned => "PINNED",
            Self::Default => "DEFAULT",
            Self::Parent => "PARENT",
            Self::Revision => "REVISION",
        }
    }

    /// The column on a terminal. One that was asked for is not left out.
    pub(crate) fn column(self, is_asked_for: bool) -> Column {
        let (least, comfortable) = match self {
            Self::Name => (8, 14),
            Self::Project => (10, 16),
            Self::Id => (36, 36),
            Self::State => (13, 13),
            Self::DrivenBy => (8, 16),
            Self::Tags | Self::Aliases | Self::Note => (6, 10),
            _ => (8, 10),
        };
        Column {
            // Over the word, not over its mark.
            title: if self == Self::State {
                "  STATE"
            } else {
                self.title()
            },
            least,
            comfortable,
            cut: if self == Self::Project {
                Cut::Path
            } else {
                Cut::End
            },
            stays: match self {
                _ if is_asked_for => Stays::Always,
                Self::Tags => Stays::WithRoom,
                Self::DrivenBy => Stays::Mostly,
                _ => Stays::Always,
            },
        }
    }
}
