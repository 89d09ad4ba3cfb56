//! Registry paths where there is no registry, or a damaged one.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::path::Path;

use session_registry::{Error, SessionRegistry};

use super::{directory, names, refused, registry_at};
#[cfg(unix)]
use crate::support::system::make_pipe;
use crate::support::system::write_at;

fn assert_no_registry(path: &Path) {
    let error = refused(path);
    let canonical = path.canonicalize().unwrap();
    assert!(
        matches!(&error, Error::NotARegistry { path: named, .. } if *named == canonical),
        "{error:?}"
    );
    assert!(!error.is_corruption() && !error.is_retryable());
}

#[test]
fn a_directory() {
    let (_keep, folder) = directory();
    let path = folder.join("r.redb");
    fs::create_dir(&path).unwrap();
    assert_no_registry(&path);
    assert!(names(&path).is_empty());
}

/// redb itself would make a database of it.
#[test]
fn an_empty_file() {
    let (_keep, folder) = directory();
    let path = folder.join("r.redb");
    fs::write(&path, "").unwrap();
    assert_no_registry(&path);
}

#[test]
fn a_text_file() {
    let (_keep, folder) = directory();
    for (number, text) in ["x", "some notes\n", &"notes\n".repeat(40_000)]
        .iter()
        .enumerate()
    {
        let path = folder.join(format!("{number}.txt"));
        fs::write(&path, text).unwrap();
        assert_no_registry(&path);
    }
}

#[test]
fn a_file_of_zeros() {
    let (_keep, folder) = directory();
    let path = folder.join("r.redb");
    fs::write(&path, vec![0; 73_728]).unwrap();
    assert_no_registry(&path);
}

/// Opening one for reading would wait for a writer.
#[cfg(unix)]
#[test]
fn a_pipe() {
    let (_keep, folder) = directory();
    let path = folder.join("pipe");
    make_pipe(&path);
    assert_no_registry(&path);
}

#[cfg(unix)]
#[test]
fn a_device() {
    let error = SessionRegistry::open("/dev/null").unwrap_err();
    assert!(matches!(error, Error::NotARegistry { .. }), "{error:?}");
}

#[cfg(unix)]
#[test]
fn a_dangling_link() {
    let (_keep, folder) = directory();
    let path = folder.join("r.redb");
    symlink(folder.join("nowhere"), &path).unwrap();
    let error = refused(&path);
    assert!(
        matches!(&error, Error::MissingFile { path: named, .. } if *named == path),
        "{error:?}"
    );
    assert_eq!(names(&folder), ["r.redb"], "its target was not created");
}

#[cfg(unix)]
#[test]
fn a_loop_of_links() {
    let (_keep, folder) = directory();
    let path = folder.join("r.redb");
    symlink(&path, &path).unwrap();
    let error = refused(&path);
    assert_eq!(error.code(), "storage", "{error:?}");
}

fn assert_storage(error: &Error, kind: ErrorKind) {
    let Error::Storage(storage) = error else {
        panic!("another error: {error:?}");
    };
    assert_eq!(storage.io_kind(), Some(kind), "{error:?}");
    assert!(storage.path().is_some());
}

#[test]
fn a_missing_folder() {
    let (_keep, folder) = directory();
    let path = folder.join("missing/r.redb");
    let error = SessionRegistry::open(&path).unwrap_err();
    assert_storage(&error, ErrorKind::NotFound);
    assert!(error.to_string().contains("missing/r.redb"), "{error}");
    assert!(names(&folder).is_empty(), "no folder is made");
}

#[test]
fn a_file_as_folder() {
    let (_keep, folder) = directory();
    fs::write(folder.join("file"), "text").unwrap();
    let error = SessionRegistry::open(folder.join("file/r.redb")).unwrap_err();
    assert_storage(&error, ErrorKind::NotADirectory);
    assert_eq!(fs::read(folder.join("file")).unwrap(), b"text");
}

/// Paths that name a directory, where there is none: nothing is made under another name.
#[test]
fn a_missing_folder_as_file() {
    let (_keep, folder) = directory();
    for path in ["new/", "new/.", "new/..", ""] {
        let path = format!("{}/{path}", folder.display());
        let error = SessionRegistry::open(&path).unwrap_err();
        assert!(!error.is_corruption(), "{path}: {error:?}");
        assert!(
            names(&folder).is_empty(),
            "{path} made {:?}",
            names(&folder)
        );
    }
    for path in ["", "nul\0byte"] {
        let error = SessionRegistry::open(path).unwrap_err();
        assert_eq!(error.code(), "storage", "{path:?}: {error:?}");
    }
}

#[test]
fn a_name_too_long_for_the_file_system() {
    let (_keep, folder) = directory();
    let error = SessionRegistry::open(folder.join("x".repeat(300))).unwrap_err();
    assert_eq!(error.code(), "storage", "{error:?}");
    assert!(names(&folder).is_empty());
}

/// Cut anywhere, it is refused as damaged; cut before the engine's magic, as no registry.
#[test]
fn a_truncated_registry() {
    let (_keep, folder) = directory();
    let whole = folder.join("whole.redb");
    registry_at(&whole);
    let bytes = fs::read(&whole).unwrap();
    let cut = folder.join("cut.redb");
    let pages = (1..bytes.len() / 4096).map(|page| page * 4096);
    for length in [1, 9, 10, 64, 319, 320, 4095, 5000, bytes.len() - 1]
        .into_iter()
        .chain(pages)
    {
        fs::write(&cut, &bytes[..length]).unwrap();
        let error = refused(&cut);
        let expected = if length < 10 {
            "not_a_registry"
        } else {
            "corrupted"
        };
        assert_eq!(error.code(), expected, "{length} bytes: {error:?}");
    }
}

#[test]
fn a_damaged_registry() {
    let (_keep, folder) = directory();
    let path = folder.join("r.redb");
    registry_at(&path);
    // A row, found by what is in it.
    let bytes = fs::read(&path).unwrap();
    let needle = b"anthropic";
    let found = bytes.windows(needle.len()).position(|w| w == needle);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    write_at(&file, b"anthropiC", found.unwrap() as u64).unwrap();
    let error = refused(&path);
    assert!(error.is_corruption() && !error.is_retryable(), "{error:?}");
    let Error::Corrupted { path: named, .. } = &error else {
        panic!("another error: {error:?}");
    };
    assert_eq!(named.as_deref(), Some(path.as_path()));
}
