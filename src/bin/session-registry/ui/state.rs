//! What the view shows.

use std::path::PathBuf;
use std::time::Duration;

use session_registry::{Session, SessionId, Timestamp};

use super::event::Figures;
use super::layout::Layout;
use super::line::Line;
use super::rows::{Item, MOMENT, Rows};
use crate::glyphs::Glyphs;

/// What Enter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Drive the session.
    Resume,
    /// Choose it, for somebody else.
    Pick,
}

/// What keys are for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mode {
    /// Letters narrow the list.
    List,
    Help,
    Edit {
        of: SessionId,
        what: Edit,
        line: Line,
    },
    /// Whether to remove it.
    Confirm {
        of: SessionId,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    Name,
    Tags,
}

/// What the last line says until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Done(String),
    Refused(String),
}

/// Everything that is on the screen, and nothing of how it got there.
#[derive(Debug)]
pub(super) struct View {
    pub(super) purpose: Purpose,
    pub(super) mode: Mode,
    pub(super) rows: Rows,
    pub(super) figures: Figures,
    /// Which registry it is.
    pub(super) place: String,
    pub(super) typed: Line,
    pub(super) said: Option<Said>,
    /// Why the registry cannot be read.
    pub(super) lost: Option<String>,
    pub(super) is_loaded: bool,
    pub(super) size: (u16, u16),
    /// The first line of the list.
    pub(super) offset: usize,
    pub(super) now: Timestamp,
    pub(super) glyphs: Glyphs,
    /// What was asked to be looked for, and is not answered yet.
    pub(super) asked: Vec<(SessionId, u64)>,
}

impl View {
    pub(super) fn new(
        purpose: Purpose,
        place: String,
        home: Option<PathBuf>,
        glyphs: Glyphs,
        size: (u16, u16),
        now: Timestamp,
    ) -> Self {
        Self {
            purpose,
            mode: Mode::List,
            rows: Rows::new(home),
            figures: Figures::default(),
            place,
            typed: Line::default(),
            said: None,
            lost: None,
            is_loaded: false,
            size,
            offset: 0,
            now,
            glyphs,
            asked: Vec::new(),
        }
    }

    pub(super) fn layout(&self) -> Layout {
        Layout::of(self.size)
    }

    /// The lines of the list that are on the screen.
    pub(super) fn visible(&self) -> impl Iterator<Item = &Item> {
        self.rows.lines(self.offset, self.layout().list())
    }

    /// Those on the screen whose directory nobody looked for.
    pub(super) fn unlooked(&self) -> Vec<Session> {
        let items = self
            .visible()
            .filter(|item| !item.is_looked_at && !item.is_removed);
        let sessions = items.map(|item| &item.sight.status.session);
        let is_asked = |session: &&Session| {
            let asked = (session.id(), session.revision());
            !self.asked.contains(&asked)
        };
        sessions.filter(is_asked).cloned().collect()
    }

    /// When the screen changes although nothing happens: a mark fades, a minute passes.
    pub(super) fn rests(&self) -> Duration {
        let is_marked = self.visible().any(|item| item.is_new(self.now));
        if is_marked {
            MOMENT / 3
        } else {
            Duration::from_secs(20)
        }
    }

    /// Moves the list so that the selection is on the screen.
    pub(super) fn follow(&mut self) {
        let (at, height) = (self.rows.at(), self.layout().list().max(1));
        let last = self.rows.len().saturating_sub(height);
        self.offset = self
            .offset
            .clamp((at + 1).saturating_sub(height), at)
            .min(last);
    }
}
