//! Handles that only read: where they work, beside whom, and what they leave alone.

mod beside;
mod options;
#[cfg(unix)]
mod places;
#[cfg(unix)]
mod stopped;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use session_registry::{Access, RegistryOptions, SessionRegistry};
use tempfile::TempDir;

use crate::support::child::HANG;
use crate::support::values::session;

pub(crate) use beside::dweller;
#[cfg(unix)]
pub(crate) use places::onlooker;
#[cfg(unix)]
pub(crate) use stopped::{header_holder, sleeper};

/// Reading only; nobody is busy for as long as this waits on a machine that works.
fn reading() -> RegistryOptions {
    SessionRegistry::options()
        .access(Access::ReadOnly)
        .busy_timeout(HANG)
}

/// A folder with a registry of sessions 1 to 3, closed.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().canonicalize().unwrap().join("r.redb");
    let registry = SessionRegistry::open(&file).unwrap();
    for number in 1..=3 {
        registry.register(session(number)).unwrap();
    }
    registry.close().unwrap();
    (directory, file)
}

/// Everything that a writer would have left a trace in: the names in the folder, and of each file its bytes and
/// when it was changed.
fn traces(folder: &Path) -> Vec<(String, Vec<u8>, SystemTime)> {
    let mut traces: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap_or_default();
            let changed = fs::metadata(&path).unwrap().modified().unwrap();
            (path.display().to_string(), bytes, changed)
        })
        .collect();
    traces.sort();
    traces
}
