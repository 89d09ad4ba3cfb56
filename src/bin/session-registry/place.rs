//! Places that are no local directory, as they are typed.

use std::io;
use std::path::Path;

use session_registry::{Error, InvalidProjectPath, ProjectPath};

use crate::current_dir;
use crate::failure::Failure;

/// The place that a text means if it means none on the disk: a text in the form of a URI, whatever the disk
/// has (a directory of such a name is typed as `./ssh:`), and a path of another system where the disk has
/// nothing by that name.
pub(crate) fn elsewhere(text: impl AsRef<Path>) -> Option<Result<ProjectPath, InvalidProjectPath>> {
    let text = text.as_ref();
    if has_form_of_uri(text) {
        return Some(ProjectPath::new(text));
    }
    let foreign = ProjectPath::new(text)
        .ok()
        .filter(|place| place.local_path().is_none())?;
    let here = text.symlink_metadata();
    let is_nothing = here.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    is_nothing.then_some(Ok(foreign))
}

/// The project that a text means: a place elsewhere, or a directory that exists.
pub(crate) fn of_project(text: &Path) -> Result<ProjectPath, Failure> {
    let place = match elsewhere(text) {
        Some(place) => place,
        None => {
            current_dir::check(text)?;
            ProjectPath::resolve(text)
        }
    };
    Ok(place.map_err(Error::from)?)
}

/// Whether it begins as a URI does, so that it is one even where it breaks a rule further on.
fn has_form_of_uri(text: &Path) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    let bytes = text.as_os_str().as_encoded_bytes();
    let scheme = bytes.iter().take_while(|byte| fits(**byte)).count();
    // One letter is a drive.
    (2..=32).contains(&scheme)
        && bytes
            .get(scheme..)
            .is_some_and(|rest| rest.starts_with(b"://"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn what_begins_as_a_uri_is_one_or_refused() {
        for text in ["ssh://dev1/work", "scratch://notes/", "ab://"] {
            let place = elsewhere(text).unwrap();
            assert_eq!(place, ProjectPath::new(text), "{text}");
        }
        for text in ["file:///work", "ssh://x/../y", "ssh://x//", "ab://\n"] {
            assert!(elsewhere(text).unwrap().is_err(), "{text}");
        }
        for text in [
            "",
            ".",
            "./ssh:",
            "./ssh://dev1",
            "/ssh://dev1",
            "my_app://x",
            "ssh:",
            "ssh:/x",
            "app",
        ] {
            assert_eq!(elsewhere(text), None, "{text}");
        }
    }

    #[test]
    fn a_path_of_another_system_is_one_where_the_disk_has_nothing() {
        let (foreign, own) = if cfg!(windows) {
            ("/no/such/directory", r"C:\no\such\directory")
        } else {
            (r"C:\no\such\directory", "/no/such/directory")
        };
        assert_eq!(elsewhere(foreign).unwrap(), ProjectPath::new(foreign));
        assert_eq!(elsewhere(own), None);
    }
}
