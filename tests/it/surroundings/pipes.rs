//! A pipe that nobody writes to, where a file is expected: who opens one plainly waits for ever.

use std::fs;
use std::os::unix::fs::symlink;

use super::{Place, make_pipe, some_lock_name};
use crate::world::puppet::Puppet;

#[test]
fn a_pipe_at_the_registrys_path_hung_nobody_and_still_does_not() {
    let place = Place::new();
    fs::remove_file(&place.file).unwrap();
    make_pipe(&place.file);
    let link = place.path("link.redb");
    symlink(&place.file, &link).unwrap();
    let mut puppet = Puppet::start();
    for path in [&place.file, &link] {
        let answer = puppet.told(format!("open {}", path.display()));
        assert_eq!(answer, "not_a_registry");
    }
    puppet.finish();
    assert_eq!(place.names(), ["link.redb", "sessions.redb"]);
}

#[test]
fn a_pipe_in_the_folder_of_owners_hung_every_claim() {
    let place = Place::new();
    let dead = place.leave_dead_owner();
    make_pipe(&place.folder().join(some_lock_name()));
    make_pipe(&place.folder().join(".new-abcdef"));
    let mut puppet = Puppet::start();
    puppet.opens(&place.file);
    assert_eq!(puppet.told(format!("claim {}", place.id)), "ok");
    assert_eq!(puppet.told("release"), "ok");
    puppet.finish();
    assert!(!dead.exists(), "what is ours is swept");
}

/// Under the name of a dead owner's lock it also hung whoever asked for the owner, and every writer of every
/// process behind the one that looked whom it might close.
#[test]
fn a_pipe_in_place_of_a_dead_owners_lock_hung_every_writer() {
    let place = Place::new();
    let dead = place.leave_dead_owner();
    let registry = place.open();
    registry.set_max_sessions(1).unwrap();
    fs::remove_file(&dead).unwrap();
    make_pipe(&dead);
    let mut puppet = Puppet::start();
    puppet.opens(&place.file);
    let id = place.id;
    assert_eq!(puppet.told(format!("liveness {id}")), "Unknown");
    assert_eq!(puppet.told("interrupted"), "0");
    assert_eq!(puppet.told(format!("claim {id}")), "already_claimed");
    assert_eq!(
        puppet.told(format!("close_session {id}")),
        "already_claimed"
    );
    assert_eq!(puppet.told("register /more"), "session_limit_reached");
    assert_eq!(puppet.told(format!("take_over {id}")), "ok");
    assert_eq!(puppet.told("release"), "ok");
    puppet.finish();
    assert!(dead.exists(), "a pipe is not ours to remove");
}

#[test]
fn links_to_pipes_and_devices_are_no_locks_either() {
    let place = Place::new();
    let dead = place.leave_dead_owner();
    let pipe = place.path("pipe");
    make_pipe(&pipe);
    for target in [pipe.to_str().unwrap(), "/dev/null", "/dev/zero", "."] {
        fs::remove_file(&dead).unwrap();
        symlink(target, &dead).unwrap();
        let mut puppet = Puppet::start();
        puppet.opens(&place.file);
        let answer = puppet.told(format!("liveness {}", place.id));
        assert_eq!(answer, "Unknown", "a link to {target}");
        puppet.finish();
    }
}

#[test]
fn a_pipe_at_a_backups_target_or_beside_it_is_left_alone() {
    let place = Place::new();
    let (target, temporary) = (place.path("copy"), place.path(".other-abcdef.tmp"));
    make_pipe(&target);
    make_pipe(&temporary);
    let mut puppet = Puppet::start();
    puppet.opens(&place.file);
    let answer = puppet.told(format!("backup {}", target.display()));
    assert_eq!(answer, "target_exists");
    let other = place.path("other");
    assert_eq!(puppet.told(format!("backup {}", other.display())), "ok");
    puppet.finish();
    assert!(temporary.exists() && target.exists());
}
