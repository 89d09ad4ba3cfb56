//! I/O failures, whose causes are of other crates' types.

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An I/O failure: what was attempted, on which file, and the cause as
/// [`source`](std::error::Error::source).
///
/// ```
/// use session_registry::{Error, SessionRegistry};
///
/// # #[cfg(target_os = "linux")]
/// if let Err(Error::Storage(error)) = SessionRegistry::open("/proc/none.redb") {
///     let path = error.path().unwrap();
///     assert!(error.action().starts_with("create") && path.ends_with("none.redb"));
///     assert_eq!(error.io_kind(), Some(std::io::ErrorKind::NotFound));
/// }
/// ```
#[derive(Clone, Debug)]
pub struct StorageError {
    action: &'static str,
    object: Object,
    source: Arc<dyn StdError + Send + Sync + 'static>,
}

/// What an action was attempted on.
#[derive(Clone, Debug)]
enum Object {
    File(PathBuf),
    Memory,
    /// Something the caller handed over; the action names it.
    Stream,
}

impl StorageError {
    pub(crate) fn new(
        action: &'static str,
        path: Option<&Path>,
        source: impl Into<Box<dyn StdError + Send + Sync + 'static>>,
    ) -> Self {
        Self {
            action,
            object: path.map_or(Object::Memory, |path| Object::File(path.to_path_buf())),
            source: Arc::from(source.into()),
        }
    }

    /// Reading or writing what the caller handed over failed.
    pub(crate) fn of_stream(
        action: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync + 'static>>,
    ) -> Self {
        Self {
            action,
            object: Object::Stream,
            source: Arc::from(source.into()),
        }
    }

    /// Returns what was attempted, as a verb phrase such as `commit to`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// Returns the file it was attempted on; `None` for a registry in memory, and for a reader that the caller
    /// handed over.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.object {
            Object::File(path) => Some(path),
            Object::Memory | Object::Stream => None,
        }
    }

    /// Returns the kind of the I/O error at the bottom of the causes, where there is one.
    #[must_use]
    pub fn io_kind(&self) -> Option<std::io::ErrorKind> {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(self.source.as_ref());
        while let Some(error) = cause {
            if let Some(io) = error.downcast_ref::<std::io::Error>() {
                return Some(io.kind());
            }
            cause = error.source();
        }
        None
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.object {
            Object::File(path) => write!(f, "could not {} {}", self.action, path.display()),
            Object::Memory => write!(f, "could not {} the registry in memory", self.action),
            Object::Stream => write!(f, "could not {}", self.action),
        }
    }
}

impl StdError for StorageError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}
