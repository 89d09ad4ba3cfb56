//! A directory in which names may be made, but not listed.

use std::fs;

use super::{Place, give, names_in, set_mode};
use crate::world::puppet::{NOBODY, Puppet, may_be_others};

/// The file was there, and the answer was that nothing had been changed; the next try was told that it
/// existed already.
#[test]
fn what_was_made_in_a_directory_that_may_not_be_listed_was_said_not_to_be() {
    if !may_be_others("what_was_made_in_a_directory_that_may_not_be_listed_was_said_not_to_be") {
        return;
    }
    let place = Place::new();
    let hidden = place.path("hidden");
    fs::create_dir(&hidden).unwrap();
    give(&hidden, NOBODY);
    set_mode(&hidden, 0o300);
    let mut puppet = Puppet::as_user(NOBODY, place.directory.path());
    let file = hidden.join("new.redb");
    puppet.opens(&file);
    assert_eq!(puppet.told("register /unlisted"), "ok");
    let ids = session_registry::SessionRegistry::open(&file)
        .unwrap()
        .list_ids()
        .unwrap();
    assert_eq!(puppet.told(format!("claim {}", ids[0])), "ok");
    let copy = hidden.join("copy");
    let backup = format!("backup {}", copy.display());
    assert_eq!(puppet.told(&backup), "ok");
    assert_eq!(puppet.told(&backup), "target_exists");
    puppet.finish();
    let expected = ["copy", "new.redb", "new.redb.owners"];
    assert_eq!(names_in(&hidden), expected);

    // Where nothing may be made, nothing is.
    set_mode(&hidden, 0o500);
    let mut puppet = Puppet::as_user(NOBODY, place.directory.path());
    puppet.opens(&file);
    let other = format!("backup {}", hidden.join("other").display());
    assert_eq!(puppet.told(other), "storage");
    puppet.finish();
    assert_eq!(names_in(&hidden), expected);
}
