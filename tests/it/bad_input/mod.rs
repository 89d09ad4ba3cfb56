//! Bad input, and the typed error it gets. What was refused is as it was, byte for byte.

mod files;
mod foreign;
mod newer;
#[cfg(unix)]
mod permission;
mod values;

use std::fs;
use std::path::{Path, PathBuf};

use session_registry::{Error, SessionRegistry, Sharing};
use tempfile::TempDir;

use crate::support::values::session;

fn directory() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap();
    (directory, path)
}

/// A registry with sessions 1 to 3, closed.
fn registry_at(file: &Path) {
    let registry = SessionRegistry::open(file).unwrap();
    for number in 1..=3 {
        registry.register(session(number)).unwrap();
    }
    registry.close().unwrap();
}

/// Every name in a directory.
fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Opens `file` in both modes, which must fail in the same way and leave every file in its folder, and
/// the list of them, as it was.
fn refused(file: &Path) -> Error {
    let folder = file.parent().unwrap();
    let before = contents(folder);
    let [shared, exclusive] = [Sharing::Shared, Sharing::Exclusive].map(|sharing| {
        let options = SessionRegistry::options().sharing(sharing);
        let error = options.open(file).unwrap_err();
        assert!(contents(folder) == before, "{error} changed a file");
        error
    });
    assert_eq!(shared.code(), exclusive.code());
    assert_eq!(shared.to_string(), exclusive.to_string());
    shared
}

/// Every regular file of a folder, by name.
fn contents(folder: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    names(folder)
        .into_iter()
        .map(|name| {
            let path = folder.join(&name);
            let is_file = fs::symlink_metadata(&path).unwrap().is_file();
            (name, is_file.then(|| fs::read(&path).unwrap()))
        })
        .collect()
}
