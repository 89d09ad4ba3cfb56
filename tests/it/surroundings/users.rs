//! Two users and root on one registry.

use std::fs::{self, File};

use super::{Place, give, mode, names_in, owner_of, set_mode, some_lock_name};
use crate::world::puppet::{NOBODY, Puppet, may_be_others};

/// Whose the registry is; such a user need not exist.
const OWNER: u32 = 41_001;

/// One `sudo` made the folder root's, and its user could claim nothing ever again.
#[test]
fn what_root_made_locked_the_registrys_owner_out() {
    if !may_be_others("what_root_made_locked_the_registrys_owner_out") {
        return;
    }
    let place = Place::of(OWNER);
    let id = place.id;
    let mut root = Puppet::start();
    root.opens(&place.file);
    assert_eq!(root.told(format!("claim {id}")), "ok");
    let lock = place.only_lock();
    for (path, expected) in [(place.folder(), 0o700), (lock.clone(), 0o600)] {
        assert_eq!((owner_of(&path), mode(&path)), (OWNER, expected));
    }

    let mut user = Puppet::as_user(OWNER, place.directory.path());
    user.opens(&place.file);
    assert_eq!(user.told(format!("liveness {id}")), "Alive");
    assert_eq!(user.told(format!("claim {id}")), "already_claimed");
    root.kill();
    assert_eq!(user.told(format!("liveness {id}")), "Dead");
    assert_eq!(user.told(format!("claim {id}")), "ok");
    assert!(!lock.exists(), "and the user may sweep it");

    // The other way round.
    let mut root = Puppet::start();
    root.opens(&place.file);
    assert_eq!(root.told(format!("liveness {id}")), "Alive");
    assert_eq!(root.told(format!("take_over {id}")), "ok");
    assert_eq!(user.told("check"), "ownership_lost");
    assert_eq!(root.told("release"), "ok");
    assert_eq!(user.told(format!("claim {id}")), "ok");
    user.finish();
    root.finish();
    assert_eq!(owner_of(&place.folder()), OWNER);
}

#[test]
fn a_folder_that_root_left_behind_is_named_and_handed_over_by_root() {
    if !may_be_others("a_folder_that_root_left_behind_is_named_and_handed_over_by_root") {
        return;
    }
    let place = Place::of(OWNER);
    let claim = format!("claim {}", place.id);
    fs::create_dir(place.folder()).unwrap();
    set_mode(&place.folder(), 0o700);
    let old = place.folder().join(some_lock_name());
    File::create(&old).unwrap().lock().unwrap();
    let mut user = Puppet::as_user(OWNER, place.directory.path());
    user.opens(&place.file);
    assert_eq!(user.told(&claim), "owners_folder");

    let mut root = Puppet::start();
    root.opens(&place.file);
    assert_eq!(root.told(&claim), "ok");
    assert_eq!(root.told("release"), "ok");
    root.finish();
    assert_eq!(owner_of(&place.folder()), OWNER);
    assert_eq!(user.told(&claim), "ok");
    user.finish();
}

/// Somebody gives a private directory of root's the name of the folder, and waits for root to give it away.
#[test]
fn root_gives_away_nothing_but_locks() {
    if !may_be_others("root_gives_away_nothing_but_locks") {
        return;
    }
    let place = Place::of(OWNER);
    let secret = place.folder().join("secret");
    fs::create_dir(place.folder()).unwrap();
    set_mode(&place.folder(), 0o700);
    fs::write(&secret, "").unwrap();
    let mut root = Puppet::start();
    root.opens(&place.file);
    let claim = format!("claim {}", place.id);
    assert_eq!(root.told(&claim), "storage");
    assert_eq!((owner_of(&place.folder()), owner_of(&secret)), (0, 0));
    fs::remove_file(&secret).unwrap();
    assert_eq!(root.told(&claim), "ok");
    root.finish();
}

#[test]
fn others_read_and_write_as_they_may_but_claim_nothing() {
    if !may_be_others("others_read_and_write_as_they_may_but_claim_nothing") {
        return;
    }
    for place in [Place::of(OWNER), Place::of(0)] {
        set_mode(&place.file, 0o666);
        set_mode(place.directory.path(), 0o1777);
        let id = place.id;
        let mut other = Puppet::as_user(NOBODY, place.directory.path());
        other.opens(&place.file);
        assert_eq!(other.told("list"), "ok");
        assert_eq!(other.told("register /others"), "ok");
        for refused in ["claim", "take_over"] {
            assert_eq!(other.told(format!("{refused} {id}")), "owners_folder");
            assert_eq!(place.names(), ["sessions.redb"], "nothing is left behind");
        }
        // Whoever may not look at a lock knows nothing of its owner.
        place.leave_dead_owner();
        assert_eq!(other.told(format!("liveness {id}")), "Unknown");
        assert_eq!(other.told(format!("claim {id}")), "already_claimed");
        assert_eq!(other.told(format!("close_session {id}")), "already_claimed");
        other.finish();
        assert_eq!(names_in(&place.folder()).len(), 1);
    }
}

#[test]
fn a_registry_that_everybody_may_write_was_used_without_a_word() {
    let place = Place::new();
    let me = rustix::process::geteuid().as_raw();
    let answer = |place: &Place| {
        let report = place.open().open_report();
        (report.owner, report.writable_by_everybody)
    };
    for (file, directory, expected) in [
        (0o600, 0o755, false),
        (0o660, 0o770, false),
        (0o600, 0o1777, false),
        (0o602, 0o755, true),
        (0o666, 0o1777, true),
        (0o600, 0o777, true),
    ] {
        set_mode(&place.file, file);
        set_mode(place.directory.path(), directory);
        assert_eq!(
            answer(&place),
            (Some(me), expected),
            "{file:o} {directory:o}"
        );
    }
    let memory = session_registry::SessionRegistry::in_memory().unwrap();
    let report = memory.open_report();
    assert_eq!((report.owner, report.writable_by_everybody), (None, false));
    if may_be_others("whose it is") {
        set_mode(&place.file, 0o666);
        give(&place.file, OWNER);
        let mut other = Puppet::as_user(NOBODY, place.directory.path());
        other.opens(&place.file);
        assert_eq!(other.told("who_may_write"), format!("Some({OWNER}) true"));
        other.finish();
    }
}
