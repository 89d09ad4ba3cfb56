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
    path: Option<PathBuf>,
    source: Arc<dyn StdError + Send + Sync + 'static>,
}

impl StorageError {
    pub(crate) fn new(
        action: &'static str,
        path: Option<&Path>,
        source: impl Into<Box<dyn StdError + Send + Sync + 'static>>,
    ) -> Self {
        Self {
            action,
            path: path.map(Path::to_path_buf),
            source: Arc::from(source.into()),
        }
    }

    /// Returns what was attempted, as a verb phrase such as `commit to`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// Returns the file it was attempted on; `None` for a registry in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
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
        match &self.path {
            Some(path) => write!(f, "could not {} {}", self.action, path.display()),
            None => write!(f, "could not {} the registry in memory", self.action),
        }
    }
}

impl StdError for StorageError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}
