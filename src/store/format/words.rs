//! What stands in session rows for the words of a session. The order of fields and variants is the format.

use serde::{Deserialize, Serialize};

use super::keys;
use crate::session::{CloseReason, NameOrigin, Parent, Relation, SessionState, Timestamp};

/// Who chose the name.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum Origin {
    Given,
    Automatic,
}

impl From<NameOrigin> for Origin {
    fn from(origin: NameOrigin) -> Self {
        match origin {
            NameOrigin::Given => Self::Given,
            NameOrigin::Automatic => Self::Automatic,
        }
    }
}

impl From<Origin> for NameOrigin {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Given => Self::Given,
            Origin::Automatic => Self::Automatic,
        }
    }
}

/// The session it comes from, and how.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Origination {
    id: [u8; 16],
    relation: How,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum How {
    Child,
    Fork,
    Continuation,
}

impl From<Parent> for Origination {
    fn from(parent: Parent) -> Self {
        Self {
            id: *parent.id.as_uuid().as_bytes(),
            relation: match parent.relation {
                Relation::Child => How::Child,
                Relation::Fork => How::Fork,
                Relation::Continuation => How::Continuation,
            },
        }
    }
}

impl From<Origination> for Parent {
    fn from(origination: Origination) -> Self {
        let relation = match origination.relation {
            How::Child => Relation::Child,
            How::Fork => Relation::Fork,
            How::Continuation => Relation::Continuation,
        };
        Self::new(keys::id(origination.id), relation)
    }
}

/// When a session was closed, and why.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Closing {
    at: i64,
    reason: Reason,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Reason {
    Requested,
    OwnerDied,
}

impl Closing {
    pub(super) fn of(state: SessionState) -> Option<Self> {
        let SessionState::Closed { at, reason } = state else {
            return None;
        };
        Some(Self {
            at: at.as_micros(),
            reason: match reason {
                CloseReason::Requested => Reason::Requested,
                CloseReason::OwnerDied => Reason::OwnerDied,
            },
        })
    }

    pub(super) fn state(closed: Option<Self>) -> SessionState {
        closed.map_or(SessionState::Open, |closing| SessionState::Closed {
            at: Timestamp::from_micros(closing.at),
            reason: match closing.reason {
                Reason::Requested => CloseReason::Requested,
                Reason::OwnerDied => CloseReason::OwnerDied,
            },
        })
    }
}
