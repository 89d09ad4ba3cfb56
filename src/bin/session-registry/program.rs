//! Whether a command can be run, before anything depends on it.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::escape::Escaped;

/// What the program is called, as far as the registry keeps it: its file, in one line of at most 64 bytes.
pub(crate) fn name(program: &OsStr) -> String {
    const LONGEST: usize = 64;
    let file = Path::new(program).file_name().unwrap_or(program);
    let mut name = Escaped(file.to_string_lossy()).to_string();
    while name.len() > LONGEST {
        name.pop();
    }
    name
}

/// Fails as running the program in that directory would, where that can be told: it is not there, or not
/// executable.
pub(crate) fn find(program: &OsStr, directory: &Path) -> io::Result<()> {
    let mut found = Err(io::Error::from_raw_os_error(NOT_FOUND));
    if program.is_empty() {
        return found;
    }
    let Some(candidates) = candidates(program, directory) else {
        return Ok(());
    };
    for candidate in candidates {
        match check(&candidate) {
            Ok(()) => return Ok(()),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {}
                io::ErrorKind::PermissionDenied => found = Err(error),
                // Running it will tell.
                _ => return Ok(()),
            },
        }
    }
    found
}

/// `ENOENT`, on every system, and on Windows its own.
const NOT_FOUND: i32 = 2;

/// Where the system will look; `None` if that is not known.
#[cfg(unix)]
fn candidates(program: &OsStr, directory: &Path) -> Option<Vec<PathBuf>> {
    use std::os::unix::ffi::OsStrExt;

    if program.as_bytes().contains(&b'/') {
        return Some(vec![directory.join(program)]);
    }
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path);
    Some(
        folders
            .map(|folder| directory.join(folder).join(program))
            .collect(),
    )
}

#[cfg(not(unix))]
fn candidates(_: &OsStr, _: &Path) -> Option<Vec<PathBuf>> {
    None
}

#[cfg(unix)]
fn check(candidate: &Path) -> io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};

    let is_file = std::fs::metadata(candidate)?.is_file();
    accessat(CWD, candidate, Access::EXEC_OK, AtFlags::EACCESS)?;
    if is_file {
        return Ok(());
    }
    Err(rustix::io::Errno::ACCESS.into())
}

#[cfg(not(unix))]
fn check(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn what_can_be_told_beforehand_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let kind = |program: &str| {
            let found = find(OsStr::new(program), directory.path());
            found.map_err(|error| error.kind())
        };
        std::fs::write(directory.path().join("data"), "no program").unwrap();
        assert_eq!(kind("sh"), Ok(()));
        assert_eq!(kind("/bin/sh"), Ok(()));
        assert_eq!(kind("no-such-command"), Err(io::ErrorKind::NotFound));
        assert_eq!(kind("./nothing"), Err(io::ErrorKind::NotFound));
        assert_eq!(kind("./data"), Err(io::ErrorKind::PermissionDenied));
        assert_eq!(kind("/"), Err(io::ErrorKind::PermissionDenied));
        assert_eq!(kind(""), Err(io::ErrorKind::NotFound));
    }
}
