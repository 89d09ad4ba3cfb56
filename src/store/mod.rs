//! How a registry is kept: the only code, with the migrations, that knows the engine and the bytes.

mod admission;
mod backend;
mod cache;
mod care;
mod claims;
mod codec;
mod copy;
mod create;
mod engine;
mod entries;
mod fault;
mod find;
mod keys;
mod medium;
mod ordered;
mod overlay;
mod owners;
mod queue;
mod read;
mod schema;
mod settings;
mod stamp;
mod tables;
mod verify;
mod view;
mod write;

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub(crate) use cache::Wanted;
pub use care::Stats;
pub(crate) use claims::{ClaimRow, Claims};
pub(crate) use fault::Fault;
pub(crate) use find::{Among, Finds, Matches};
pub(crate) use ordered::{By, Ordered, Walk};
pub(crate) use owners::{OwnLock, Owners};
pub(crate) use read::Reads;
pub use settings::{OpenCheck, OpenReport, Sharing};
pub(crate) use settings::{Settings, Wait};
pub use verify::{Inconsistency, Verification};
pub(crate) use view::{Pinned, View};
pub(crate) use write::WriteTx;

use admission::Admitted;
use cache::Cache;
use engine::Engine;
use fault::{Context, guarded};
use medium::{Identity, Medium};
use queue::{Batch, Call, Job, Queue, Ran};
use schema::{STEPS, Step};

use crate::error::{Error, Result, StorageError};
use crate::session::Timestamp;

/// How often opening starts over because the file came or went meanwhile.
const OPEN_ATTEMPTS: usize = 16;

/// One open registry file, shared by every clone of a handle.
pub(crate) struct Store {
    engine: Arc<Engine>,
    queue: Queue,
    cache: Cache,
}

impl Store {
    /// Opens the registry at `path`; with `create`, makes one where there is none.
    pub(crate) fn open(
        path: &Path,
        settings: Settings,
        create: bool,
        now: Timestamp,
    ) -> Result<(Self, OpenReport)> {
        Self::open_with_steps(path, settings, create, now, STEPS)
    }

    fn open_with_steps(
        path: &Path,
        settings: Settings,
        create: bool,
        now: Timestamp,
        steps: &'static [Step],
    ) -> Result<(Self, OpenReport)> {
        let wait = settings.start();
        let context = |action| Context {
            action,
            path: Some(path),
            wait,
        };
        let mut created = false;
        for _ in 0..OPEN_ATTEMPTS {
            let Some(medium) = find(path).map_err(|fault| fault.into_error(context("open")))?
            else {
                if !create || fs::symlink_metadata(path).is_ok() {
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
            return Ok((store, report));
        }
        Err(context("open").busy())
    }

    /// A registry that lives in memory and nowhere else.
    pub(crate) fn in_memory(settings: Settings, now: Timestamp) -> Result<Self> {
        let settings = Settings {
            sharing: Sharing::Exclusive,
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
        let (engine, admitted) = Engine::open(medium, settings, steps, wait)
            .map_err(|fault| fault.into_error(context))?;
        let store = Self {
            engine: Arc::new(engine),
            queue: Queue::default(),
            cache: Cache::default(),
        };
        let migrated_from = store.migrate(admitted, now, wait)?;
        let report = OpenReport {
            created: false,
            recovered: admitted.recovered,
            migrated_from,
        };
        Ok((store, report))
    }

    /// Brings the file to the newest schema version, once, whoever else is trying to.
    fn migrate(&self, admitted: Admitted, now: Timestamp, wait: Wait) -> Result<Option<u32>> {
        if admitted.version.schema >= self.engine.newest() {
            return Ok(None);
        }
        let migrated = self
            .engine
            .begin_write(wait)
            .and_then(|(held, transaction)| {
                let found =
                    guarded(|| schema::read_version(&transaction.open_table(tables::META)?))?;
                if found.schema >= self.engine.newest() {
                    transaction.abort()?;
                    return Ok(None);
                }
                if let Some(path) = self.engine.medium.path() {
                    let committed = self.engine.begin_read(&held.database, wait)?;
                    copy::keep_backup(&committed, path, found.schema, now)?;
                }
                guarded(|| schema::apply(&transaction, self.engine.steps, found.schema))?;
                guarded(|| Ok(transaction.commit()?))?;
                Ok(Some(found.schema))
            });
        migrated.map_err(|fault| {
            if fault.breaks_engine() {
                self.engine.note_broken();
            }
            fault.into_error(self.engine.context("migrate", wait))
        })
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        self.engine.medium.path()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.engine.settings
    }

    /// Closes the file for every clone; later calls get [`Error::Closed`].
    pub(crate) fn close(&self) -> Result<()> {
        let wait = self.engine.settings.start();
        self.engine
            .close(wait)
            .map_err(|fault| fault.into_error(self.engine.context("close", wait)))
    }

    /// Runs `operation` in a write transaction, perhaps together with other callers' and perhaps more
    /// than once; `Ok` means committed and synced. The operation checks first and writes then.
    pub(crate) fn write<T, F>(&self, action: &'static str, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.write_within(action, self.engine.settings.start(), operation)
    }

    /// As [`write`](Self::write), but only if no lock has to be waited for.
    pub(crate) fn try_write<T, F>(&self, action: &'static str, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let at_once = Settings {
            busy_timeout: std::time::Duration::ZERO,
            ..self.engine.settings
        };
        self.write_within(action, at_once.start(), operation)
    }

    fn write_within<T, F>(&self, action: &'static str, wait: Wait, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let context = self.engine.context(action, wait);
        let call = Call::new(operation);
        let job: Arc<dyn Job> = Arc::<Call<T, F>>::clone(&call);
        self.queue
            .run(job, wait, |queue| self.commit_waiting(queue, wait))
            .map_err(|fault| fault.into_error(context))?;
        match call.take_result() {
            Some(result) => result.map_err(|fault| fault.into_error(context)),
            None => Err(Error::OutcomeUnknown(StorageError::new(
                action,
                self.path(),
                "the call was not decided",
            ))),
        }
    }

    /// Leads one commit: decides every waiting call in one transaction.
    fn commit_waiting(&self, queue: &Queue, wait: Wait) -> Result<(), Fault> {
        self.engine.let_go();
        let (_held, transaction) = self.engine.begin_write(wait)?;
        let decided = self.decide_waiting(queue, &transaction);
        let Decided {
            batch,
            wrote,
            spoiled,
        } = decided.inspect_err(|fault| {
            if fault.breaks_engine() {
                self.engine.note_broken();
            }
        })?;
        if let Some(culprit) = spoiled {
            // Nothing was changed, for anybody: the culprit has its error, the others try again.
            let _ = guarded(|| Ok(transaction.abort()?));
            batch.finish(|position| position == culprit);
        } else if wrote.contains(&true) {
            self.commit(transaction, batch, &wrote);
        } else {
            let _ = guarded(|| Ok(transaction.abort()?));
            batch.finish(|_| true);
        }
        Ok(())
    }

    fn decide_waiting<'q>(
        &self,
        queue: &'q Queue,
        transaction: &redb::WriteTransaction,
    ) -> Result<Decided<'q>, Fault> {
        let mut tables = guarded(|| {
            let tables = WriteTx::open(transaction)?;
            self.check_writable(&tables)?;
            Ok(tables)
        })?;
        let batch = queue.take();
        let mut wrote = Vec::new();
        let mut spoiled = None;
        for (position, job) in batch.jobs().enumerate() {
            tables.forget_changes();
            match job.run(&mut tables) {
                Ran::Decided => wrote.push(tables.has_changed()),
                Ran::Spoiled { engine_broken } => {
                    if engine_broken {
                        self.engine.note_broken();
                    }
                    spoiled = Some(position);
                    break;
                }
            }
        }
        Ok(Decided {
            batch,
            wrote,
            spoiled,
        })
    }

    /// Commits, and answers the calls of the batch; `wrote` tells which of them changed something.
    fn commit(&self, transaction: redb::WriteTransaction, batch: Batch<'_>, wrote: &[bool]) {
        let wrote = |position: usize| wrote.get(position).copied().unwrap_or(false);
        self.engine.commit_point.arm();
        let committing = self.engine.committing();
        let committed = guarded(|| Ok(transaction.commit()?));
        drop(committing);
        let fail_writers = |fault: &dyn Fn() -> Fault| {
            for (position, job) in batch.jobs().enumerate() {
                if wrote(position) {
                    job.fail(fault());
                }
            }
        };
        match committed {
            Ok(()) => match self.engine.check_place_now() {
                Ok(()) => batch.finish(|_| true),
                // What was committed went into a file that nobody finds any more.
                Err(_) => {
                    fail_writers(&|| {
                        let path = self.path().map(Path::to_path_buf).unwrap_or_default();
                        Error::FileReplaced { path }.into()
                    });
                    batch.finish(|_| true);
                }
            },
            Err(fault) => {
                self.engine.note_broken();
                let undecided = self.engine.commit_point.passed();
                let error = self.commit_error(fault);
                fail_writers(&|| {
                    let error = error.clone();
                    Fault::Rule(if undecided {
                        Error::OutcomeUnknown(error)
                    } else {
                        Error::Storage(error)
                    })
                });
                // What the others were told may rest on changes that did not happen.
                batch.finish(wrote);
            }
        }
    }

    fn commit_error(&self, fault: Fault) -> StorageError {
        let source: Box<dyn std::error::Error + Send + Sync> = match fault {
            Fault::Engine(redb::Error::Io(error)) => error.into(),
            Fault::Engine(error) => error.into(),
            Fault::Panicked(detail) | Fault::Damaged(detail) => detail.into(),
            Fault::Rule(error) => error.into(),
            Fault::TimedOut => io::Error::from(io::ErrorKind::TimedOut).into(),
        };
        StorageError::new("commit to", self.path(), source)
    }

    /// Refuses to write into a file of a newer schema: another process may have migrated it.
    fn check_writable(&self, tables: &impl tables::Tables) -> Result<(), Fault> {
        let version = schema::read_version(tables.meta()?)?;
        if version.schema == self.engine.newest() {
            Ok(())
        } else {
            Err(admission::too_new(
                self.path(),
                version,
                self.engine.newest(),
            ))
        }
    }
}

/// What became of a batch before its commit.
struct Decided<'q> {
    batch: Batch<'q>,
    /// By position: whether the call changed something.
    wrote: Vec<bool>,
    /// The position of the call that made the transaction unfit to commit.
    spoiled: Option<usize>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("medium", &self.engine.medium)
            .field("settings", &self.engine.settings)
            .finish_non_exhaustive()
    }
}

/// The file at `path`, by its canonical path; `None` where there is nothing.
fn find(path: &Path) -> Result<Option<Medium>, Fault> {
    let canonical = match fs::canonicalize(path) {
        Ok(canonical) => canonical,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    admission::check_kind(&canonical)?;
    let opened = medium::open_file(&canonical).and_then(|file| Identity::of_file(&file));
    match opened {
        Ok(identity) => Ok(Some(Medium::File {
            path: canonical,
            identity,
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
