//! A session without what lies beside its row.

use std::collections::BTreeMap;

use crate::session::{Session, SessionId, SessionState, Timestamp};

/// The most bytes that keys and values of metadata in a row have together.
const MOST_IN_ROW: usize = 1024;

/// Where the metadata of a session lies: its size decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum MetadataPlace {
    InRow,
    Apart,
}

impl MetadataPlace {
    pub(in crate::store) fn of(metadata: &BTreeMap<String, String>) -> Self {
        let bytes: usize = metadata.iter().map(|(k, v)| k.len() + v.len()).sum();
        if bytes > MOST_IN_ROW {
            Self::Apart
        } else {
            Self::InRow
        }
    }
}

/// What one row says: a session whole but for metadata that lies apart. Whatever goes by the rest needs no more.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(super) session: Session,
    pub(super) place: MetadataPlace,
}

impl Head {
    pub(crate) fn id(&self) -> SessionId {
        self.session.id()
    }

    pub(crate) fn state(&self) -> SessionState {
        self.session.state()
    }

    pub(crate) fn last_active_at(&self) -> Timestamp {
        self.session.last_active_at()
    }

    /// As if it had no metadata where that lies apart.
    pub(in crate::store) fn without_extra(&self) -> &Session {
        &self.session
    }

    /// The same, last active at another time.
    pub(in crate::store) fn active_at(&self, time: Timestamp) -> Self {
        let mut head = self.clone();
        head.session.set_last_active_at(time);
        head
    }

    pub(in crate::store) fn place(&self) -> MetadataPlace {
        self.place
    }
}
