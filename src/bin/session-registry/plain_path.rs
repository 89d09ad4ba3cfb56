//! Paths as other programs know them.

use std::path::PathBuf;

/// A real path, as programs and people expect it: on Windows without the `\\?\` that real paths have there and that
/// few programs take, wherever the path means the same without it.
pub(crate) fn plain(real: PathBuf) -> PathBuf {
    if cfg!(windows)
        && let Ok(place) = session_registry::ProjectPath::new(&real)
        && let Some(path) = place.local_path()
        && path.canonicalize().is_ok_and(|same| same == real)
    {
        return path.to_path_buf();
    }
    real
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_plain_path_leads_to_the_same_file() {
        let directory = tempfile::tempdir().unwrap();
        let real = directory.path().canonicalize().unwrap();
        let path = plain(real.clone());
        assert_eq!(path.canonicalize().unwrap(), real);
        assert!(!path.to_str().unwrap().starts_with(r"\\?\"), "{path:?}");
        assert_eq!(path == real, cfg!(not(windows)));
        // What is not there cannot be compared, and stays as it is.
        let missing = real.join("missing");
        assert_eq!(plain(missing.clone()), missing);
    }
}
