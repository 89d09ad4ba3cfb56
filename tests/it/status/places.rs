//! Where an owner must have run so that a free lock proves its death, and where its number counts.

use session_registry::{Liveness, Owner, Sharing};

use crate::claims::driver::{Driver, open};
use crate::support::place::{Kind, Place};
use crate::support::raw::{ClaimRow, edit_claim};
use crate::support::values::id;

/// A killed owner, as it reads after a change of what its row says.
fn dead_with(change: impl FnOnce(&mut ClaimRow)) -> Owner {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    driver.claim(id(1));
    driver.0.kill();
    edit_claim(&place.file(), id(1), change);
    let registry = open(place.file(), Sharing::Shared);
    registry.owner(id(1)).unwrap().unwrap()
}

/// In containers there is no machine id, the host's name changes, and a killed owner was unknown for ever.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_owner_without_a_machine_id_was_unknown_for_ever() {
    let machines = [None, Some("another".to_owned())];
    for machine in machines {
        let owner = dead_with(|claim| claim.machine = machine);
        assert_eq!(owner.liveness, Liveness::Dead, "the kernel is the same");
    }
}

#[test]
fn a_killed_owner_of_an_earlier_start_of_this_machine_is_dead() {
    for boot in [None, Some("earlier".to_owned())] {
        let owner = dead_with(|claim| claim.boot = boot);
        assert_eq!(owner.liveness, Liveness::Dead);
    }
}

/// Locks of other machines may not be seen here, so that a free one proves nothing.
#[test]
fn a_free_lock_of_another_machine_proves_nothing() {
    for (machine, boot) in [
        (None, None),
        (Some("another".to_owned()), None),
        (None, Some("another".to_owned())),
        (Some("another".to_owned()), Some("another".to_owned())),
    ] {
        let owner = dead_with(|claim| {
            claim.machine = machine;
            claim.boot = boot;
        });
        assert_eq!(owner.liveness, Liveness::Unknown);
    }
}

/// The number of a process in a container means another process outside.
#[cfg(target_os = "linux")]
#[test]
fn an_owner_in_another_pid_namespace_seemed_to_be_a_process_here() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    driver.claim(id(1));
    let registry = open(place.file(), Sharing::Shared);
    let here = registry.owner(id(1)).unwrap().unwrap();
    assert_eq!(here.pid_namespace, None);

    let row = edit_claim(&place.file(), id(1), |claim| {
        claim.pid_namespace = claim.pid_namespace.map(|number| number + 1);
    });
    let there = registry.owner(id(1)).unwrap().unwrap();
    assert_eq!(there.pid_namespace, row.pid_namespace);
    assert_eq!(
        there.liveness,
        Liveness::Alive,
        "the lock is held all the same"
    );
    let text = format!(" of PID namespace {} on ", row.pid_namespace.unwrap());
    assert!(there.to_string().contains(&text), "{there}");
    let refused = registry.claim(id(1)).unwrap_err().to_string();
    assert!(refused.contains(&text), "{refused}");

    // Of another kernel the number of a namespace says nothing.
    edit_claim(&place.file(), id(1), |claim| {
        claim.boot = Some("another".into())
    });
    let elsewhere = registry.owner(id(1)).unwrap().unwrap();
    assert_eq!(elsewhere.pid_namespace, None);
}
