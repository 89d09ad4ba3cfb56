//! What a handle does after an error made the engine refuse further work.

use std::sync::Arc;

use super::disk::{Disk, Fails, Loss, Operations, Trouble};
use super::recording::{create, open};
use super::{BOTH, code, id, make_room, name, session};
use crate::registry::SessionRegistry;
use crate::store::format::schema::STEPS;
use crate::store::rows::view::LookupKey;
use crate::store::{Reads, Sharing};

/// Fails the `after`th sync from now on.
pub(super) fn failing_sync(after: u64) -> Trouble {
    Trouble {
        after,
        of: Operations::Syncs,
        lasting: false,
        error: Fails::Io,
        loss: Loss::FromDisk,
    }
}

pub(super) fn registry_with_one(sharing: Sharing) -> (Arc<Disk>, SessionRegistry) {
    let disk = Arc::new(Disk::default());
    create(&disk);
    let registry = open(&disk, sharing, STEPS).unwrap();
    make_room(&registry);
    registry.register(session(1)).unwrap();
    (disk, registry)
}

#[test]
fn snapshots_of_a_failed_engine_are_lost() {
    for sharing in BOTH {
        let (disk, registry) = registry_with_one(sharing);
        let snapshot = registry.snapshot().unwrap();
        disk.break_down(failing_sync(0));
        assert_eq!(code(registry.register(session(2))), "storage");
        assert_eq!(registry.count().unwrap(), 1, "the handle heals");
        assert_eq!(code(snapshot.count()), "snapshot_lost");
        assert_eq!(code(snapshot.lookup(id(1))), "snapshot_lost");
        let fresh = registry.snapshot().unwrap();
        drop(snapshot);
        assert_eq!(fresh.list_all().unwrap(), [session(1)]);
        registry.clone().close().unwrap();
        assert_eq!(code(fresh.count()), "closed");
    }
}

#[test]
fn a_handle_heals_as_often_as_it_must() {
    for sharing in BOTH {
        let (disk, registry) = registry_with_one(sharing);
        for number in 2..=9 {
            disk.break_down(failing_sync(u64::from(number % 2)));
            let refused = code(registry.register(session(number)));
            assert_eq!(
                refused,
                ["storage", "outcome_unknown"][usize::from(number % 2)]
            );
            match registry
                .register(session(number))
                .map_err(|error| error.code())
            {
                Ok(_) | Err("session_exists") => {}
                other => panic!("{other:?}"),
            }
        }
        let expected: Vec<_> = (1..=9).map(session).collect();
        assert_eq!(registry.list_all().unwrap(), expected);
        assert!(registry.verify().unwrap().is_clean());
    }
}

/// While the disk fails, every call fails; none of them closes the handle for good.
#[test]
fn a_handle_outlasts_any_number_of_failures() {
    for sharing in BOTH {
        let (disk, registry) = registry_with_one(sharing);
        disk.break_down(Trouble {
            of: Operations::All,
            lasting: true,
            ..failing_sync(0)
        });
        for _ in 0..5 {
            assert_eq!(code(registry.rename(id(1), name("new"))), "storage");
            assert_eq!(code(registry.list_all()), "storage");
            assert_eq!(code(registry.snapshot()), "storage");
            assert_eq!(code(registry.compact()), "storage");
            assert_eq!(code(registry.verify()), "storage");
        }
        disk.mend();
        assert_eq!(registry.list_all().unwrap(), [session(1)]);
        registry.rename(id(1), name("new")).unwrap();
    }
}

/// In exclusive mode nothing in the file tells one state from another, so answers are kept by a count of
/// commits. A reader that began before a commit failed once left its answer for those who came after the
/// healing, which may have brought the commit back.
#[test]
fn answers_of_a_failed_engine_are_forgotten() {
    let (disk, registry) = registry_with_one(Sharing::Exclusive);
    let store = registry.store();
    let wait = store.engine.start();

    let held = store.engine.hold(wait).unwrap();
    disk.break_down(failing_sync(1));
    assert_eq!(code(registry.rename(id(1), name("new"))), "outcome_unknown");
    let stamp = store.engine.stamp(&held).unwrap();
    let transaction = store.engine.begin_read(&held, wait).unwrap();
    let tables = crate::store::format::read_tables::ReadTables::new(transaction);
    let answer = tables.session(id(1)).unwrap();
    assert_eq!(
        answer,
        Some(session(1)),
        "the engine still shows the state before"
    );
    store.lookups.cache().turn_to(&stamp);
    store
        .lookups
        .cache()
        .put(LookupKey::Id(id(1)), answer.as_ref(), &stamp);
    drop(tables);
    drop(held);

    let listed = registry.list_all().unwrap();
    assert_eq!(
        listed[0].name(),
        &name("new"),
        "the healed engine shows the commit"
    );
    assert_eq!(registry.lookup(id(1)).unwrap(), listed.first().cloned());
}
