//! How a store comes to be: a file is looked for, made where there is none, let in, opened and brought to
//! the newest schema.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::Store;
use super::answer::Lookups;
use super::disk::create::{self, Unlasting};
use super::disk::file::{self, Identity};
use super::disk::file_system;
use super::disk::medium::Medium;
use super::disk::recognition;
use super::disk::whose;
use super::engine::Engine;
use super::fault::{Context, Fault};
use super::format::schema::{self, STEPS, Step};
use super::group::Queue;
use super::open_settings::{Access, OpenReport, Settings, Sharing};
use super::wait::Wait;
use crate::error::{Error, Result};
use crate::session::Timestamp;

/// How often opening starts over because the file came or went meanwhile.
const OPEN_ATTEMPTS: usize = 16;

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

    pub(super) fn open_with_steps(
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
        let writes = settings.access == Access::ReadWrite;
        let mut created = false;
        for _ in 0..OPEN_ATTEMPTS {
            let Some(medium) =
                find(path, settings.access).map_err(|fault| fault.into_error(context("open")))?
            else {
                if !create || !writes || is_link_to_nothing(path) {
                    let path = path.to_path_buf();
                    return Err(Error::MissingFile { path });
                }
                check_shareable(path, settings)?;
                // Another process may be faster, and then its file is opened.
                created |=
                    create::create_file(path, Unlasting::Stays, |tx| schema::apply(tx, steps, 0))
                        .map_err(|fault| fault.into_error(context("create")))?;
                continue;
            };
            check_shareable(medium.path().unwrap_or(path), settings)?;
            let opened = Self::open_medium(medium, settings, now, steps, wait);
            // Gone or replaced between the look and the opening: look again.
            if matches!(opened, Err(Error::FileReplaced { .. })) {
                continue;
            }
            let (store, mut report) = opened?;
            report.created = created;
            if let Some(path) = store.path()
                && writes
            {
                if !created {
                    create::settle(path).map_err(|fault| fault.into_error(context("open")))?;
                }
                create::sweep_beside(path);
            }
            return Ok((store, report));
        }
        Err(context("open").busy())
    }

    /// Makes a registry that lives in memory and nowhere else.
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

    pub(super) fn open_medium(
        medium: Medium,
        settings: Settings,
        now: Timestamp,
        steps: &'static [Step],
        wait: Wait,
    ) -> Result<(Self, OpenReport)> {
        let settings = settings.in_keeping();
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
        // Opened first, then migrated: the steps need the write lock, and admission has let the version in.
        let migrated = store.engine.migrate(&admission, now, wait);
        let migrated_from = migrated.map_err(|fault| {
            store.engine.note(&fault);
            fault.into_error(store.engine.context("migrate", wait))
        })?;
        let (owner, writable_by_everybody) = match &path {
            Some(path) => whose::who_may_write(path),
            None => (None, false),
        };
        let report = OpenReport {
            created: false,
            recovered: admission.recovered,
            migrated_from,
            owner,
            writable_by_everybody,
        };
        Ok((store, report))
    }
}

/// Fails where whoever writes beside others would be alone with its locks. Who only reads harms nobody.
fn check_shareable(path: &Path, settings: Settings) -> Result<()> {
    let shares = settings.sharing == Sharing::Shared && settings.access == Access::ReadWrite;
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    if shares && file_system::keeps_locks_to_itself(folder) {
        let path = path.to_path_buf();
        return Err(Error::SharingUnsupported { path });
    }
    Ok(())
}

/// Whether there is a symbolic link that leads nowhere. A file that has just come to be is none: somebody
/// else was faster, and it is looked for again.
pub(super) fn is_link_to_nothing(path: &Path) -> bool {
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    is_link && fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Returns the file at `path`, by its canonical path; `None` where there is nothing.
pub(super) fn find(path: &Path, access: Access) -> Result<Option<Medium>, Fault> {
    let is_gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    let canonical = match fs::canonicalize(path) {
        Err(error) if is_gone(&error) => return Ok(None),
        found => found?,
    };
    let file = match file::open_file(&canonical, access) {
        Err(Fault::Engine(redb::Error::Io(error))) if is_gone(&error) => return Ok(None),
        opened => opened?,
    };
    match file {
        Some(file) if file.metadata()?.len() > 0 => Ok(Some(Medium::File {
            // A relative path would lead elsewhere as soon as somebody changes the working directory.
            given: std::path::absolute(path)
                .ok()
                .filter(|given| *given != canonical),
            path: canonical,
            identity: Identity::of_file(&file)?,
            access,
        })),
        _ => Err(recognition::not_a_registry(Some(&canonical))),
    }
}
