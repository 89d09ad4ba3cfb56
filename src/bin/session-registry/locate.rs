//! Which file is the registry, and how to open it.

use std::env;
use std::fs::{self, DirBuilder};
use std::path::{self, Path, PathBuf};
use std::time::Duration;

use session_registry::{Access, Error, SessionRegistry};

use crate::current_dir;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::output;
use crate::plain_path::plain;

/// Names the registry when `--registry` does not; empty counts as not set.
const VARIABLE: &str = "SESSION_REGISTRY";

/// The longest wait while somebody is typing.
const GLANCE: Duration = Duration::from_millis(200);

/// Knows where the registry is.
#[derive(Debug)]
pub(crate) struct Locator {
    flag: Option<PathBuf>,
    given: Option<PathBuf>,
    json: bool,
}

impl Locator {
    /// `flag` is what `--registry` says, `json` who is told what is worth knowing about it.
    pub(crate) fn new(flag: Option<PathBuf>, json: bool) -> Self {
        let variable = env::var_os(VARIABLE).filter(|value| !value.is_empty());
        Self {
            flag: flag.clone(),
            given: flag.or_else(|| variable.map(PathBuf::from)),
            json,
        }
    }

    /// What `--registry` says.
    pub(crate) fn flag(&self) -> Option<&Path> {
        self.flag.as_deref()
    }

    /// Whether a program reads what is told.
    pub(crate) fn is_for_programs(&self) -> bool {
        self.json
    }

    /// The registry's absolute path, whether or not it exists.
    pub(crate) fn path(&self) -> Result<PathBuf, Failure> {
        let path = self.file()?;
        Ok(path
            .canonicalize()
            .map(plain)
            .or_else(|_| path::absolute(&path))
            .unwrap_or(path))
    }

    /// Creates the data directory too, but no directory that the caller chose.
    pub(crate) fn open_or_create(&self) -> Result<SessionRegistry, Failure> {
        let path = self.file()?;
        if self.given.is_none()
            && let Some(directory) = path.parent()
        {
            create_private(directory)?;
        }
        Ok(self.tell_of_strangers(SessionRegistry::open(path)?))
    }

    /// `None` where there is nothing yet; a link to nothing is an error.
    pub(crate) fn open_existing(&self) -> Result<Option<SessionRegistry>, Failure> {
        let path = self.file()?;
        match SessionRegistry::options().create(false).open(&path) {
            Err(Error::MissingFile { .. }) if fs::symlink_metadata(&path).is_err() => Ok(None),
            opened => Ok(Some(self.tell_of_strangers(opened?))),
        }
    }

    /// For those who would rather see nothing than wait or hear of a problem.
    pub(crate) fn glance(&self) -> Option<SessionRegistry> {
        let options = SessionRegistry::options()
            .access(Access::ReadOnly)
            .busy_timeout(GLANCE);
        options.open(self.file().ok()?).ok()
    }

    /// Nothing there is an error: for commands that are about the file itself.
    pub(crate) fn open(&self) -> Result<SessionRegistry, Failure> {
        let options = SessionRegistry::options().create(false);
        Ok(self.tell_of_strangers(options.open(self.file()?)?))
    }

    /// For commands that only look; as [`open_existing`](Self::open_existing).
    pub(crate) fn look_at_existing(&self) -> Result<Option<SessionRegistry>, Failure> {
        let path = self.file()?;
        match self.look_at(&path) {
            Err(Error::MissingFile { .. }) if fs::symlink_metadata(&path).is_err() => Ok(None),
            opened => Ok(Some(opened?)),
        }
    }

    /// For commands that only look; as [`open`](Self::open).
    pub(crate) fn look(&self) -> Result<SessionRegistry, Failure> {
        Ok(self.look_at(&self.file()?)?)
    }

    /// Writes nothing, unless there is something that only a writer can read. Where nothing may be written, that
    /// is the error.
    fn look_at(&self, path: &Path) -> Result<SessionRegistry, Error> {
        let reading = SessionRegistry::options().access(Access::ReadOnly);
        let opened = match reading.open(path) {
            Err(refused @ (Error::SchemaTooOld { .. } | Error::RecoveryNeeded { .. })) => {
                let writing = SessionRegistry::options().create(false);
                match writing.open(path) {
                    Ok(registry) => self.tell_of_migration(registry),
                    Err(Error::Storage(_)) => return Err(refused),
                    Err(error) => return Err(error),
                }
            }
            opened => opened?,
        };
        Ok(self.tell_of_strangers(opened))
    }

    /// Tells that looking has brought the registry to another schema.
    fn tell_of_migration(&self, registry: SessionRegistry) -> SessionRegistry {
        if let Some(from) = registry.open_report().migrated_from {
            let path = registry.path().unwrap_or(Path::new(""));
            let message = format!(
                "note: the registry was brought up to date from schema version {from}, and a copy of it as it was \
                 kept beside it: {}",
                Escaped(path.display())
            );
            output::notice(self.json, "migrated", &message, &[]);
        }
        registry
    }

    /// Tells of a registry in which anybody may have written what it says.
    fn tell_of_strangers(&self, registry: SessionRegistry) -> SessionRegistry {
        if let Some(owner) = stranger(&registry) {
            let path = registry.path().unwrap_or(Path::new(""));
            let message = format!(
                "note: everybody can change this registry, which is user {owner}'s: {}",
                Escaped(path.display())
            );
            output::notice(self.json, "writable_by_everybody", &message, &[]);
        }
        registry
    }

    fn file(&self) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.given {
            current_dir::check(path)?;
            return Ok(path.clone());
        }
        // Not what roams between the machines of a Windows domain: a registry is one machine's.
        let data = dirs::data_local_dir().ok_or(Failure::NoDataDirectory)?;
        Ok(data.join("session-registry").join("registry.redb"))
    }
}

/// The owner of a registry that everybody can change, unless that is this user or root.
#[cfg(unix)]
fn stranger(registry: &SessionRegistry) -> Option<u32> {
    let report = registry.open_report();
    let own = rustix::process::geteuid().as_raw();
    report
        .owner
        .filter(|owner| report.writable_by_everybody && *owner != own && *owner != 0)
}

#[cfg(not(unix))]
fn stranger(_: &SessionRegistry) -> Option<u32> {
    None
}

/// Every directory that is missing is made for its owner alone; those that exist stay as they are.
fn create_private(directory: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|source| {
        let path = directory.to_path_buf();
        Failure::DataDirectory { path, source }
    })
}
