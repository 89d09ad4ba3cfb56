//! The answers that both sides give.

use session_registry::{Registration, Session, SessionId};

use crate::shared::rules::Checked;
use crate::shared::rules::row::Row;
use crate::support::records::ids;

/// What a call answers when it is not refused.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    Done,
    Count(u64),
    Session(Row),
    Removed(Option<Row>),
    Registration {
        is_new: bool,
        session: Row,
        reaped: Vec<SessionId>,
    },
}

pub(super) type Outcome = Checked<Answer>;

impl From<()> for Answer {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl From<u64> for Answer {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<Row> for Answer {
    fn from(row: Row) -> Self {
        Self::Session(row)
    }
}

impl From<Session> for Answer {
    fn from(session: Session) -> Self {
        Self::Session(Row::of(&session))
    }
}

impl From<Option<Session>> for Answer {
    fn from(session: Option<Session>) -> Self {
        Self::Removed(session.as_ref().map(Row::of))
    }
}

impl From<Registration> for Answer {
    fn from(registration: Registration) -> Self {
        Self::Registration {
            is_new: registration.is_new(),
            session: Row::of(registration.session()),
            reaped: ids(registration.reaped()),
        }
    }
}
