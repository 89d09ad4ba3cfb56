//! Files that come to be while somebody else is opening them.

use std::fs;

use crate::store::opening::is_link_to_nothing;

/// Whoever looked just before somebody else created the file was told that a link led nowhere.
#[test]
fn a_file_that_appears_meanwhile_is_no_link_to_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    assert!(!is_link_to_nothing(&at("absent")));
    fs::write(at("file"), "").unwrap();
    assert!(!is_link_to_nothing(&at("file")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(at("file"), at("link")).unwrap();
        symlink(at("absent"), at("dangling")).unwrap();
        assert!(!is_link_to_nothing(&at("link")));
        assert!(is_link_to_nothing(&at("dangling")));
    }
}
