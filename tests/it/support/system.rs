//! What every system has, but each under a name of its own.

use std::ffi::OsString;
use std::fs::File;
use std::io;
#[cfg(unix)]
use std::path::Path;
use std::process::Command;

/// Writes all of `bytes` at a place of a file.
pub(crate) fn write_at(file: &File, bytes: &[u8], place: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, place);
    #[cfg(windows)]
    {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, place)?;
        assert_eq!(written, bytes.len(), "a short write");
        Ok(())
    }
}

/// Fills `bytes` from a place of a file.
pub(crate) fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, bytes, place);
    #[cfg(windows)]
    {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, place)?;
        assert_eq!(read, bytes.len(), "a short read");
        Ok(())
    }
}

/// A name that a file may have, and that is no text.
pub(crate) fn not_text() -> OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(b"\xff".to_vec());
    #[cfg(windows)]
    std::os::windows::ffi::OsStringExt::from_wide(&[0xd800])
}

/// Ends a process of any parent, whatever it is doing.
pub(crate) fn end_process(number: u32) {
    #[cfg(unix)]
    let mut command = {
        let mut command = Command::new("kill");
        command.args(["-KILL", &number.to_string()]);
        command
    };
    #[cfg(windows)]
    let mut command = {
        let mut command = Command::new("taskkill");
        command.args(["/F", "/PID", &number.to_string()]);
        command
    };
    assert!(command.output().unwrap().status.success());
}

/// A pipe with a name. By the program, because not every system has a safe call for it.
#[cfg(unix)]
pub(crate) fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo")
        .args(["-m", "666"])
        .arg(path)
        .status();
    assert!(made.unwrap().success());
}
