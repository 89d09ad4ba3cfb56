//! What a worker has announced and what it was answered: which sessions of its own must be in the file.

use std::collections::BTreeMap;
use std::fmt;

use session_registry::{Session, SessionId};

pub(super) type Sessions = BTreeMap<SessionId, Session>;

/// What a call is about to do, told before it is made.
pub(super) enum Change {
    /// This session will be there, exactly so.
    Put(Box<Session>),
    /// This one will be gone.
    Drop(SessionId),
}

impl Change {
    pub(super) fn put(session: &Session) -> Self {
        Self::Put(Box::new(session.clone()))
    }

    pub(super) fn apply(&self, sessions: &mut Sessions) {
        match self {
            Self::Put(session) => drop(sessions.insert(session.id(), Session::clone(session))),
            Self::Drop(id) => drop(sessions.remove(id)),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(session) => write!(f, "put {}", serde_json::to_string(session).unwrap()),
            Self::Drop(id) => write!(f, "drop {id}"),
        }
    }
}

/// One worker's account.
#[derive(Default)]
pub(super) struct Ledger {
    acknowledged: Sessions,
    in_flight: Option<Change>,
    pub(super) acknowledgements: usize,
    pub(super) refusals: usize,
    /// Calls that a kill kept from answering, and those of them that were found in the file.
    pub(super) cut_off: usize,
    pub(super) cut_off_but_saved: usize,
}

impl Ledger {
    /// Takes down what the worker said; `true` for an acknowledgement.
    pub(super) fn note(&mut self, said: &str) -> bool {
        let (what, rest) = said.split_once(' ').unwrap_or((said, ""));
        match what {
            "put" => {
                let session = serde_json::from_str(rest).unwrap();
                self.in_flight = Some(Change::Put(Box::new(session)));
            }
            "drop" => self.in_flight = Some(Change::Drop(rest.parse().unwrap())),
            "refused" => {
                self.in_flight = None;
                self.refusals += 1;
            }
            "done" => {
                let change = self.in_flight.take().expect("an announced call");
                change.apply(&mut self.acknowledged);
                self.acknowledgements += 1;
                return true;
            }
            _ => panic!("a worker reports: {said}"),
        }
        false
    }

    /// Compares with what a reader is shown after the worker's end: no less than it was told, and of the call in
    /// flight all or nothing. Whether that is there.
    pub(super) fn allows(&self, seen: &Sessions) -> bool {
        let mut after = self.acknowledged.clone();
        if let Some(change) = &self.in_flight {
            change.apply(&mut after);
        }
        let is_after = *seen == after;
        assert!(
            is_after || *seen == self.acknowledged,
            "a reader is shown {seen:#?}\nacknowledged {:#?}",
            self.acknowledged
        );
        is_after
    }

    /// Compares with what is in the file after the worker's end: everything it was told is saved, and
    /// the call in flight wholly or not at all. From here on, what was found counts.
    pub(super) fn settle(&mut self, found: Sessions) {
        let before = self.acknowledged.clone();
        let mut after = before.clone();
        let change = self.in_flight.take();
        let in_flight = change.as_ref().map(ToString::to_string);
        change
            .into_iter()
            .for_each(|change| change.apply(&mut after));
        assert!(
            found == before || found == after,
            "found {found:#?}\nacknowledged {before:#?}\nin flight {in_flight:?}"
        );
        self.cut_off += usize::from(in_flight.is_some());
        self.cut_off_but_saved += usize::from(found != before);
        self.acknowledged = found;
    }
}
