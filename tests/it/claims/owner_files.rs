//! The files that prove who lives: made, swept, missing, misleading.

use std::fs::{self, File, FileTimes};
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process;
use std::time::{Duration, SystemTime};

use session_registry::{Error, Liveness, SessionRegistry};

use super::claim::in_the_way;
use crate::support::owners::{
    dead_owner_beside, files, leave_dead_owner, liveness, owner, owner_files,
};
use crate::support::place::{Kind, Place};
use crate::support::raw::{damage_claim, edit_claim};
use crate::support::records::{assert_clean, ids};
use crate::support::values::{id, session};

fn shared(sessions: u32) -> Place {
    Place::new(Kind::Shared).with_sessions(sessions)
}

fn folder(place: &Place) -> PathBuf {
    let mut folder = place.file().into_os_string();
    folder.push(".owners");
    folder.into()
}

#[cfg(unix)]
#[test]
fn they_are_their_users_alone() {
    for place in files() {
        let place = place.with_sessions(1);
        let _claim = place.registry.claim(id(1)).unwrap();
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder(&place)), 0o700);
        let file = owner_files(&place.file()).remove(0);
        let file = folder(&place).join(file);
        assert_eq!(mode(file.clone()), 0o600);
        assert_eq!(fs::metadata(file).unwrap().len(), 0);
    }
}

#[test]
fn those_of_dead_owners_are_swept_when_no_row_names_them() {
    for place in files() {
        let mut place = place.with_sessions(3);
        for number in 1..=3 {
            leave_dead_owner(&mut place, id(number));
        }
        let dead = owner_files(&place.file());
        assert_eq!(dead.len(), 3, "a row names each of them");
        let claims: Vec<_> = (1..=2)
            .map(|n| place.registry.claim(id(n)).unwrap())
            .collect();
        let left = owner_files(&place.file());
        assert_eq!(left.len(), 2, "of the living, and of the third");
        let third = dead.iter().filter(|name| left.contains(name));
        assert_eq!(third.count(), 1);
        assert_eq!(liveness(&place.registry, id(3)), Some(Liveness::Dead));
        assert_eq!(liveness(&place.registry, id(1)), Some(Liveness::Alive));
        drop(claims);
    }
}

#[test]
fn those_of_the_living_are_never_swept() {
    let place = shared(3);
    let other = SessionRegistry::open(place.file()).unwrap();
    let displaced = place.registry.claim(id(1)).unwrap();
    dead_owner_beside(&place.file(), id(2));
    // Its lock is held, although no row names it any more.
    let claim = other.take_over(id(1)).unwrap();
    let second = other.claim(id(2)).unwrap();
    assert_eq!(owner_files(&place.file()).len(), 2);
    drop(displaced);
    assert_eq!(owner_files(&place.file()).len(), 1);
    claim.check().unwrap();
    second.check().unwrap();
}

/// An owner killed while it made its lock left the unnamed file for ever.
#[test]
fn half_made_locks_are_swept_when_they_are_old() {
    let place = shared(1);
    place.registry.claim(id(1)).unwrap().release().unwrap();
    let aged = |name: &str, hours: u64| {
        let file = File::create(folder(&place).join(name)).unwrap();
        let time = SystemTime::now() - Duration::from_secs(hours * 60 * 60);
        file.set_times(FileTimes::new().set_modified(time)).unwrap();
        file
    };
    aged(".new-older1", 25);
    aged(".new-young1", 23);
    aged(".new-notes", 25);
    let locked = aged(".new-locked", 25);
    locked.lock().unwrap();
    aged("something else", 25);
    place.registry.claim(id(1)).unwrap().release().unwrap();
    let left = owner_files(&place.file());
    assert_eq!(
        left,
        [".new-locked", ".new-notes", ".new-young1", "something else"]
    );
}

#[test]
fn a_missing_one_proves_nothing() {
    for place in files() {
        let mut place = place.with_sessions(2);
        leave_dead_owner(&mut place, id(1));
        fs::remove_dir_all(folder(&place)).unwrap();

        assert_eq!(
            in_the_way(place.registry.claim(id(1))).liveness,
            Liveness::Unknown
        );
        assert_eq!(place.registry.interrupted().unwrap(), []);
        for refused in [
            place.registry.close_session(id(1)).map(drop),
            place.registry.unregister(id(1)).map(drop),
        ] {
            assert_eq!(refused.unwrap_err().code(), "already_claimed");
        }
        place.registry.set_max_sessions(2).unwrap();
        let refused = place.registry.register(session(3)).unwrap_err();
        assert_eq!(refused.code(), "session_limit_reached");
        let claim = place.registry.take_over(id(1)).unwrap();
        assert_eq!(liveness(&place.registry, id(1)), Some(Liveness::Alive));
        claim.release().unwrap();
        assert_clean(&place.registry);
    }
}

#[cfg(unix)]
#[test]
fn a_registry_reached_through_a_link_has_the_same_owners() {
    let place = shared(1);
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link.redb");
    symlink(place.file(), &link).unwrap();
    let linked = SessionRegistry::open(&link).unwrap();
    let claim = linked.claim(id(1)).unwrap();
    assert_eq!(
        in_the_way(place.registry.claim(id(1))).liveness,
        Liveness::Alive
    );
    assert_eq!(owner_files(&place.file()).len(), 1);
    assert_eq!(owner_files(&link), [""; 0]);
    linked.close().unwrap();
    drop(claim);
    assert_eq!(liveness(&place.registry, id(1)), Some(Liveness::Dead));
}

#[test]
fn a_process_number_that_belongs_to_another_program_now_fools_nothing() {
    let place = shared(1);
    dead_owner_beside(&place.file(), id(1));
    // The first process, and this one.
    for living in [1, process::id()] {
        edit_claim(&place.file(), id(1), |claim| claim.pid = living);
        let named = owner(&place.registry, id(1)).unwrap();
        assert_eq!((named.pid, named.liveness), (living, Liveness::Dead));
    }
    assert_eq!(ids(&place.registry.interrupted().unwrap()), [id(1)]);
    let claim = place.registry.claim(id(1)).unwrap();
    // The other way round: nobody has this number.
    edit_claim(&place.file(), id(1), |claim| claim.pid = u32::MAX);
    let other = SessionRegistry::open(place.file()).unwrap();
    let named = in_the_way(other.claim(id(1)));
    assert_eq!((named.pid, named.liveness), (u32::MAX, Liveness::Alive));
    claim.check().unwrap();
}

#[test]
fn a_free_lock_of_another_machine_proves_nothing() {
    let place = shared(2);
    place.registry.set_max_sessions(2).unwrap();
    dead_owner_beside(&place.file(), id(1));
    let row = edit_claim(&place.file(), id(1), |claim| {
        claim.machine.as_mut().unwrap().push_str("-other");
        claim.boot = Some("other".into());
    });
    let named = in_the_way(place.registry.claim(id(1)));
    assert_eq!(named.liveness, Liveness::Unknown);
    assert_eq!(place.registry.interrupted().unwrap(), []);
    let refused = place.registry.register(session(3)).unwrap_err();
    assert_eq!(refused.code(), "session_limit_reached");
    place.registry.claim(id(2)).unwrap().release().unwrap();
    assert!(owner_files(&place.file()).contains(&row.file()));

    // The name of the host is for people: two machines may have the same, and one may change its own.
    let own_machine = |claim: &mut crate::support::raw::ClaimRow| {
        let machine = claim.machine.as_mut().unwrap();
        machine.truncate(machine.len() - "-other".len());
        claim.host = "another name".to_owned();
    };
    edit_claim(&place.file(), id(1), own_machine);
    let named = owner(&place.registry, id(1)).unwrap();
    assert_eq!(named.host, "another name");
    assert_eq!(named.liveness, Liveness::Dead);

    // A lock that is held proves life wherever it is held.
    let claim = place.registry.claim(id(1)).unwrap();
    edit_claim(&place.file(), id(1), |claim| {
        claim.machine.as_mut().unwrap().push_str("-other");
        claim.boot = Some("other".into());
    });
    let other = SessionRegistry::open(place.file()).unwrap();
    assert_eq!(liveness(&other, id(1)), Some(Liveness::Alive));
    drop(claim);
}

#[test]
fn an_owner_whose_files_cannot_be_made_gets_no_claim() {
    let place = shared(1);
    // A file where the folder should be; root may write into any folder.
    fs::write(folder(&place), "").unwrap();
    let error = place.registry.claim(id(1)).unwrap_err();
    assert!(matches!(error, Error::OwnersFolder(_)), "{error:?}");
    assert_eq!(owner(&place.registry, id(1)), None);
    fs::remove_file(folder(&place)).unwrap();
    drop(place.registry.claim(id(1)).unwrap());
}

#[test]
fn a_damaged_claim_is_told_and_hides_no_session() {
    let place = shared(2);
    dead_owner_beside(&place.file(), id(1));
    damage_claim(&place.file(), id(1));
    let registry = &place.registry;
    for error in [
        registry.claim(id(1)).map(drop).unwrap_err(),
        registry.owner(id(1)).map(drop).unwrap_err(),
        registry.interrupted().map(drop).unwrap_err(),
        registry.close_session(id(1)).map(drop).unwrap_err(),
    ] {
        assert!(error.is_corruption(), "{error:?}");
    }
    assert_eq!(registry.list_all().unwrap().len(), 2);
    registry.claim(id(2)).unwrap().release().unwrap();
    assert_eq!(registry.verify().unwrap().inconsistencies.len(), 1);
    assert!(!registry.rebuild_indexes().unwrap().is_clean());
    assert_clean(registry);
    drop(registry.claim(id(1)).unwrap());
}
