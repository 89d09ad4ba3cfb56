//! Sessions, paths and names that differ by a number, and a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use session_registry::{ProjectPath, Session, SessionConfig, SessionId, SessionName, Timestamp};
use uuid::Uuid;

/// When the clock of a test begins: 2026-01-01T00:00:00Z.
pub(crate) const START: i64 = 1_767_225_600_000_000;

pub(crate) fn id(number: u128) -> SessionId {
    SessionId::from(Uuid::from_u128(number))
}

pub(crate) fn path(text: &str) -> ProjectPath {
    ProjectPath::new(text).unwrap()
}

pub(crate) fn name(text: &str) -> SessionName {
    SessionName::new(text).unwrap()
}

pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

/// Seconds after the clock of a test began.
pub(crate) fn second(seconds: i64) -> Timestamp {
    at(START + seconds * 1_000_000)
}

/// Session `number`: its own id, path and name, and younger than those with lower numbers.
pub(crate) fn session(number: u32) -> Session {
    Session::builder(path(&format!("/work/p{number}")))
        .id(id(number.into()))
        .name(name(&format!("session {number}")))
        .config(SessionConfig::new().provider("anthropic").temperature(0.2))
        .metadata("number", number.to_string())
        .created_at(at(START + i64::from(number)))
        .build()
}

/// `session` with one change.
pub(crate) fn with(session: &Session, change: impl FnOnce(&mut Session)) -> Session {
    let mut session = session.clone();
    change(&mut session);
    session
}

/// Adds a problem that no call may accept.
pub(crate) fn spoil(session: &mut Session) {
    session.set_config(SessionConfig::new().max_tokens(0));
}

/// A clock that moves only when told to, and counts how often it is read.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    micros: Arc<AtomicI64>,
    reads: Arc<AtomicI64>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            micros: Arc::new(AtomicI64::new(START)),
            reads: Arc::default(),
        }
    }

    pub(crate) fn set(&self, time: Timestamp) {
        self.micros.store(time.as_micros(), Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.reads.fetch_add(1, Ordering::SeqCst);
        at(self.micros.load(Ordering::SeqCst))
    }

    /// How often it has been read.
    pub(crate) fn reads(&self) -> i64 {
        self.reads.load(Ordering::SeqCst)
    }
}
