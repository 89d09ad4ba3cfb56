//! How a registry is kept: the only code, with the migrations, that knows the engine and the bytes.

mod answer;
mod call;
mod care;
mod disk;
mod engine;
mod fault;
mod format;
mod group;
mod open_settings;
mod owners;
mod rows;
#[cfg(test)]
mod tests;
mod wait;

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use call::Call;
pub use care::Stats;
pub(crate) use engine::PinnedView;
pub(crate) use fault::Fault;
pub(crate) use format::claim_row::ClaimRow;
pub(crate) use open_settings::Settings;
pub use open_settings::{OpenCheck, OpenReport, Sharing};
pub(crate) use owners::{OwnLock, Owners};
pub(crate) use rows::claims::Claims;
pub(crate) use rows::find::{Among, Finds, Matches};
pub(crate) use rows::ordered::{By, Ordered, Walk, place_by_creation};
pub(crate) use rows::read::Reads;
pub use rows::verification::{Inconsistency, Verification};
pub(crate) use rows::view::{View, Wanted};
pub(crate) use rows::write::WriteTx;
pub(crate) use wait::Wait;

use answer::Lookups;
use disk::admission;
use disk::create;
use disk::file::{self, Identity};
use disk::medium::Medium;
use engine::Engine;
use fault::Context;
use format::schema::{self, STEPS, Step};
use group::Queue;

use crate::error::{Error, Result};
use crate::session::{Session, Timestamp};

/// How often opening starts over because the file came or went meanwhile.
const OPEN_ATTEMPTS: usize = 16;

/// One open registry file, shared by every clone of a handle.
pub(crate) struct Store {
    engine: Arc<Engine>,
    queue: Queue,
    lookups: Lookups,
}

impl Store {
    /// Opens the registry at `path`; with `create`, makes one where there is none.
    pub(crate) fn open(
        path: &Path,
        settings: Settings,
        create: bool,
        now: Timestamp,
        wait: Wait,
    ) -> Result<(Self, OpenReport)> {
        Self::open_with_steps(path, settings, create, now, STEPS, wait)
    }

    fn open_with_steps(
        path: &Path,
        settings: Settings,
        create: bool,
        now: Timestamp,
        steps: &'static [Step],
        wait: Wait,
    ) -> Result<(Self, OpenReport)> {
        let context = |action| Context {
            action,
            path: Some(path),
            wait,
        };
        let mut created = false;
        for _ in 0..OPEN_ATTEMPTS {
            let Some(medium) = find(path).map_err(|fault| fault.into_error(context("open")))?
            else {
                if !create || is_link_to_nothing(path) {
                    let path = path.to_path_buf();
                    return Err(Error::MissingFile { path });
                }
                created |= create::create_file(path, |tx| schema::apply(tx, steps, 0))
                    .map_err(|fault| fault.into_error(context("create")))?;
                continue;
            };
            let opened = Self::open_medium(medium, settings, now, steps, wait);
            // Gone or replaced between the look and the opening: look again.
            if matches!(opened, Err(Error::FileReplaced { .. })) {
                continue;
            }
            let (store, mut report) = opened?;
            report.created = created;
            if let Some(path) = store.path() {
                create::sweep_beside(path);
            }
            return Ok((store, report));
        }
        Err(context("open").busy())
    }

    /// A registry that lives in memory and nowhere else.
    pub(crate) fn in_memory(settings: Settings, now: Timestamp) -> Result<Self> {
        let settings = Settings {
            sharing: Sharing::Exclusive,
            // Nothing is left after a kill.
            quick_repair_from: u64::MAX,
            ..settings
        };
        let wait = settings.start();
        let context = Context {
            action: "create",
            path: None,
            wait,
        };
        let medium = Medium::in_memory();
        medium
            .open()
            .and_then(|storage| create::initialise(storage, |tx| schema::apply(tx, STEPS, 0)))
            .map_err(|fault| fault.into_error(context))?;
        let (store, _) = Self::open_medium(medium, settings, now, STEPS, wait)?;
        Ok(store)
    }

    fn open_medium(
        medium: Medium,
        settings: Settings,
        now: Timestamp,
        steps: &'static [Step],
        wait: Wait,
    ) -> Result<(Self, OpenReport)> {
        let path = medium.path().map(Path::to_path_buf);
        let context = Context {
            action: "open",
            path: path.as_deref(),
            wait,
        };
        let (engine, admission) = Engine::open(medium, settings, steps, wait)
            .map_err(|fault| fault.into_error(context))?;
        let store = Self {
            engine: Arc::new(engine),
            queue: Queue::default(),
            lookups: Lookups::default(),
        };
        let migrated = store.engine.migrate(&admission, now, wait);
        let migrated_from = migrated.map_err(|fault| {
            store.engine.note(&fault);
            fault.into_error(store.engine.context("migrate", wait))
        })?;
        let report = OpenReport {
            created: false,
            recovered: admission.recovered,
            migrated_from,
        };
        Ok((store, report))
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        self.engine.path()
    }

    /// Begins a call: whatever it waits for, it waits for until one deadline.
    pub(crate) fn call(&self) -> Call<'_> {
        Call::new(self, self.engine.start())
    }

    /// Begins a call that waits for nothing.
    pub(crate) fn call_at_once(&self) -> Call<'_> {
        Call::new(self, Wait::of(Duration::ZERO))
    }

    /// Goes on with a call that began before the store was there.
    pub(crate) fn call_until(&self, wait: Wait) -> Call<'_> {
        Call::new(self, wait)
    }

    /// As [`Call::find`], in the state that a pinned view sees.
    pub(crate) fn find_pinned(
        &self,
        pinned: &PinnedView,
        wanted: Wanted<'_>,
    ) -> Result<Option<Session>> {
        self.lookups.find_pinned(pinned, wanted)
    }

    /// Closes the file for every clone; later calls get [`Error::Closed`].
    pub(crate) fn close(&self) -> Result<()> {
        let wait = self.engine.start();
        self.engine
            .close(wait)
            .map_err(|fault| fault.into_error(self.engine.context("close", wait)))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

/// Whether there is a symbolic link that leads nowhere. A file that has just come to be is none: somebody
/// else was faster, and it is looked for again.
fn is_link_to_nothing(path: &Path) -> bool {
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    is_link && fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// The file at `path`, by its canonical path; `None` where there is nothing.
fn find(path: &Path) -> Result<Option<Medium>, Fault> {
    let canonical = match fs::canonicalize(path) {
        Ok(canonical) => canonical,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    admission::check_kind(&canonical)?;
    let opened = file::open_file(&canonical).and_then(|file| Identity::of_file(&file));
    match opened {
        Ok(identity) => Ok(Some(Medium::File {
            path: canonical,
            identity,
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
