//! Owners that let go while somebody asks: none seems to be another than it is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use session_registry::{Liveness, Query, Sharing};

use crate::claims::driver::open;
use crate::support::place::{Kind, Place};
use crate::support::values::id;

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// An owner removes its row first and its lock file then; who looked between the two saw nobody's lock.
#[test]
fn an_owner_that_let_go_meanwhile_seemed_to_be_unknown() {
    let place = Place::new(Kind::Shared).with_sessions(2);
    let (file, going) = (place.file(), AtomicBool::new(true));
    thread::scope(|scope| {
        scope.spawn(|| {
            let restless = open(&file, Sharing::Shared);
            while going.load(Ordering::Relaxed) {
                restless.claim(id(1)).unwrap().release().unwrap();
            }
        });
        // Also when what follows panics, or the scope would wait for ever.
        let stop = Stop(&going);
        let look = || {
            let registry = &place.registry;
            let listed = registry.list_status(&Query::new()).unwrap();
            let unknown = registry
                .list(&Query::new().driven(Liveness::Unknown))
                .unwrap();
            let status = registry.status(id(1)).unwrap();
            let owners = listed.items.into_iter().chain([status]).map(|s| s.owner);
            let mut verdicts = owners.flatten().map(|owner| owner.liveness);
            (
                verdicts.all(|verdict| verdict == Liveness::Alive),
                unknown.items,
            )
        };
        let seen: Vec<_> = (0..200).map(|_| look()).collect();
        drop(stop);
        for (all_alive, unknown) in seen {
            assert!(all_alive && unknown.is_empty(), "{unknown:?}");
        }
    });
}
