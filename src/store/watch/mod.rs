//! How those who wait for a change learn that there may be one.

mod glance;
#[cfg(target_os = "linux")]
mod notices;
mod pace;
#[cfg(target_os = "linux")]
mod readiness;

use std::sync::Arc;
use std::time::Instant;

pub(crate) use glance::Glance;
#[cfg(target_os = "linux")]
pub(crate) use readiness::Readiness;

#[cfg(target_os = "linux")]
use notices::Notices;
use pace::Pace;

use crate::store::engine::Engine;

/// By what means to learn of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// The best there is.
    Best,
    /// By looking again and again, as where there is nothing better.
    #[cfg(test)]
    Polling,
}

/// A listener: begins with the moment at which it is made.
#[derive(Debug)]
pub(crate) struct Waking {
    engine: Arc<Engine>,
    ear: Ear,
    /// How often the bell had been rung when it was last listened to.
    rung: u64,
}

/// Who tells of commits.
#[derive(Debug)]
enum Ear {
    /// This handle, which alone makes any.
    Bell,
    /// The operating system.
    #[cfg(target_os = "linux")]
    Notices(Notices),
    /// Nobody.
    Pace(Pace),
}

impl Waking {
    pub(super) fn of(engine: &Arc<Engine>, means: Means) -> Self {
        Self {
            rung: engine.bell().times(),
            ear: Ear::of(engine, means),
            engine: Arc::clone(engine),
        }
    }

    /// Waits until there may be something to see, at the latest until the time comes.
    pub(crate) fn wait(&mut self, until: Instant) {
        match &self.ear {
            #[cfg(target_os = "linux")]
            Ear::Notices(notices) => notices.wait(until),
            Ear::Bell | Ear::Pace(_) => self.rung = self.engine.bell().wait(self.rung, until),
        }
    }

    /// Takes note of all that woke so far; what comes later wakes again. Returns whether an owner may have died.
    pub(crate) fn drain(&mut self) -> bool {
        match &mut self.ear {
            #[cfg(target_os = "linux")]
            Ear::Notices(notices) => notices.drain(),
            Ear::Bell | Ear::Pace(_) => {
                self.rung = self.engine.bell().times();
                false
            }
        }
    }

    /// Listens for the deaths of owners too, once that is possible. Returns whether it has just become so.
    pub(crate) fn listen_for_deaths(&mut self) -> bool {
        match &mut self.ear {
            #[cfg(target_os = "linux")]
            Ear::Notices(notices) => notices.look_for_folder(),
            Ear::Bell | Ear::Pace(_) => false,
        }
    }

    /// Notes that something has changed just now.
    pub(crate) fn note_change(&mut self, now: Instant) {
        if let Ear::Pace(pace) = &mut self.ear {
            pace.note_change(now);
        }
    }

    /// Returns when to look again after a look at `now`, where nobody tells.
    pub(crate) fn next_look(&self, now: Instant) -> Option<Instant> {
        match &self.ear {
            Ear::Pace(pace) => Some(pace.next(now)),
            _ => None,
        }
    }

    /// Returns a descriptor that becomes ready when this would wake.
    #[cfg(target_os = "linux")]
    pub(crate) fn readiness(&self) -> crate::error::Result<Readiness> {
        use crate::error::{Error, StorageError};

        let readiness = match &self.ear {
            Ear::Notices(notices) => Readiness::over(&notices.descriptors(), &self.engine),
            Ear::Bell | Ear::Pace(_) => Readiness::over(&[], &self.engine),
        };
        readiness.map_err(|error| {
            let error = std::io::Error::from(error);
            Error::Storage(StorageError::new("watch", self.engine.path(), error))
        })
    }
}

impl Ear {
    fn of(engine: &Engine, means: Means) -> Self {
        if !engine.is_shared() {
            return Self::Bell;
        }
        #[cfg(target_os = "linux")]
        if means == Means::Best
            && let Some(path) = engine.path()
            && let Ok(notices) = Notices::of(path, engine.bell())
        {
            return Self::Notices(notices);
        }
        let _ = means;
        Self::Pace(Pace::default())
    }
}
