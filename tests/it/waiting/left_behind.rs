//! What somebody who is gone has left in the line, and rows that nobody can read.

use std::thread;

use session_registry::Inconsistency;

use super::until_waiting;
use super::waiter::Waiter;
use crate::support::child::HANG;
use crate::support::owners::owner_files;
use crate::support::place::{Kind, Place};
use crate::support::raw::{damage_waiters, remove_waiters, waiters};
use crate::support::records::assert_clean;
use crate::support::values::{id, session};

fn full() -> Place {
    let place = Place::new(Kind::Shared).with_sessions(1);
    place.registry.set_max_sessions(1).unwrap();
    place
}

#[test]
fn the_next_one_takes_the_dead_out_of_the_line() {
    let place = full();
    let mut dead = Waiter::start(&place.file());
    dead.waits("/dead");
    until_waiting(&place.registry, 1);
    dead.0.kill();
    assert_eq!(place.registry.waiting().unwrap(), 0);
    assert_eq!(waiters(&place.file()), [1], "the row is there");
    assert_eq!(owner_files(&place.file()).len(), 1);

    let mut next = Waiter::start(&place.file());
    next.waits("/next");
    until_waiting(&place.registry, 1);
    assert_eq!(waiters(&place.file()), [2]);
    place.registry.close_session(id(1)).unwrap();
    next.0.expect("started 1");
    assert_eq!(waiters(&place.file()), [0; 0]);
    assert_eq!(owner_files(&place.file()).len(), 1, "that of the living");
    next.0.finish();
    assert_clean(&place.registry);
}

/// Nobody waits for a slot in a copy, and a number of the copy is nobody's.
#[test]
fn a_copy_has_nobody_in_line() {
    let place = full();
    let copy = place.file().with_extension("copy");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| place.registry.start_when_free(session(2), HANG));
        until_waiting(&place.registry, 1);
        place.registry.backup_to(&copy).unwrap();
        assert_eq!(waiters(&copy), [0; 0]);
        place.registry.close_session(id(1)).unwrap();
        drop(waiting.join().unwrap().unwrap());
    });
}

#[test]
fn rows_that_cannot_be_read_are_reported_and_mended() {
    let place = full();
    let registry = &place.registry;
    damage_waiters(&place.file());
    let found = registry.verify().unwrap().inconsistencies;
    let is_of_waiters =
        |found: &Inconsistency| matches!(found, Inconsistency::DamagedWaiter { .. });
    assert!(
        found.len() == 2 && found.iter().all(is_of_waiters),
        "{found:?}"
    );
    let refused = registry.start_when_free(session(2), HANG).unwrap_err();
    assert_eq!(refused.code(), "corrupted");
    assert_eq!(registry.waiting().unwrap_err().code(), "corrupted");
    let mended = registry.rebuild_indexes().unwrap().inconsistencies;
    assert_eq!(mended, found);
    assert_clean(registry);
    assert_eq!(waiters(&place.file()), [0; 0]);
}

/// A row that is gone is written again, behind the others.
#[test]
fn who_was_taken_out_of_the_line_joins_it_again() {
    let place = full();
    let mut waiter = Waiter::start(&place.file());
    waiter.waits("/again");
    until_waiting(&place.registry, 1);
    remove_waiters(&place.file());
    until_waiting(&place.registry, 1);
    place.registry.close_session(id(1)).unwrap();
    waiter.0.expect("started 1");
    waiter.0.finish();
    assert_eq!(waiters(&place.file()), [0; 0]);
}
