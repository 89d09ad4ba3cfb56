//! A registry of every kind, and what may change in it.

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use session_registry::{RegistryOptions, Result, Session, SessionId, SessionRegistry, Sharing};
use tempfile::TempDir;

use super::refusal::Refusal;
use super::values::{Clock, session};

/// Runs each test in a registry that is shared, in an exclusive one, and in one in memory.
macro_rules! in_every_registry {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use $crate::support::place::{Kind, Place};

            #[test]
            fn shared() {
                super::$test(Place::new(Kind::Shared));
            }

            #[test]
            fn exclusive() {
                super::$test(Place::new(Kind::Exclusive));
            }

            #[test]
            fn in_memory() {
                super::$test(Place::new(Kind::Memory));
            }
        }
    )+};
}
pub(crate) use in_every_registry;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Shared,
    Exclusive,
    Memory,
}

/// Everything there is to see in a registry.
#[derive(Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) sessions: Vec<Session>,
    pub(crate) ids: Vec<SessionId>,
    pub(crate) count: u64,
    pub(crate) limit: u32,
    pub(crate) default: Option<SessionId>,
    pub(crate) revision: u64,
}

pub(crate) fn state(registry: &SessionRegistry) -> State {
    State {
        sessions: registry.list_all().unwrap(),
        ids: registry.list_ids().unwrap(),
        count: registry.count().unwrap(),
        limit: registry.max_sessions().unwrap(),
        default: registry.default_session_id().unwrap(),
        revision: registry.revision().unwrap(),
    }
}

/// One registry under test, with a clock that stands still.
pub(crate) struct Place {
    pub(crate) registry: SessionRegistry,
    pub(crate) clock: Clock,
    kind: Kind,
    directory: TempDir,
}

impl Place {
    pub(crate) fn new(kind: Kind) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Clock::new();
        let registry = open(kind, directory.path(), &clock);
        Self {
            registry,
            clock,
            kind,
            directory,
        }
    }

    /// With sessions 1 to `count` registered.
    pub(crate) fn with_sessions(self, count: u32) -> Self {
        for number in 1..=count {
            self.registry.register(session(number)).unwrap();
        }
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn file(&self) -> PathBuf {
        file(self.directory.path())
    }

    /// The options this registry was opened with.
    pub(crate) fn options(&self) -> RegistryOptions {
        options(self.kind, &self.clock)
    }

    /// Closes the file and opens it again. A registry in memory would be another one, and stays.
    pub(crate) fn reopen(&mut self) {
        if self.kind != Kind::Memory {
            self.registry.clone().close().unwrap();
            self.registry = open(self.kind, self.directory.path(), &self.clock);
        }
    }

    pub(crate) fn state(&self) -> State {
        state(&self.registry)
    }

    /// The file as it is on disk; nothing for a registry in memory.
    fn bytes(&self) -> Vec<u8> {
        match self.kind {
            Kind::Memory => Vec::new(),
            Kind::Shared | Kind::Exclusive => fs::read(self.file()).unwrap(),
        }
    }

    /// Makes a call that must change nothing at all: no session, no setting, no byte of the file.
    pub(crate) fn unchanged<T: Debug>(&mut self, call: impl FnOnce(&SessionRegistry) -> T) -> T {
        let (state, bytes) = (self.state(), self.bytes());
        let answer = call(&self.registry);
        assert_eq!(self.state(), state, "after {answer:?}");
        assert!(self.bytes() == bytes, "the file changed by {answer:?}");
        self.reopen();
        assert_eq!(self.state(), state, "reopened after {answer:?}");
        answer
    }

    /// Makes a call that must fail and change nothing at all.
    pub(crate) fn refused<T: Debug>(
        &mut self,
        call: impl FnOnce(&SessionRegistry) -> Result<T>,
    ) -> Refusal {
        self.unchanged(call).unwrap_err().into()
    }
}

fn file(directory: &Path) -> PathBuf {
    directory.join("sessions.redb")
}

fn options(kind: Kind, clock: &Clock) -> RegistryOptions {
    let clock = clock.clone();
    let sharing = match kind {
        Kind::Shared => Sharing::Shared,
        Kind::Exclusive | Kind::Memory => Sharing::Exclusive,
    };
    SessionRegistry::options()
        .sharing(sharing)
        .clock(move || clock.now())
}

fn open(kind: Kind, directory: &Path, clock: &Clock) -> SessionRegistry {
    let options = options(kind, clock);
    match kind {
        Kind::Memory => options.in_memory().unwrap(),
        Kind::Shared | Kind::Exclusive => options.open(file(directory)).unwrap(),
    }
}

/// A directory in memory where there is one: more calls in the same time.
pub(crate) fn memory_directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let directory = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    directory.unwrap()
}
