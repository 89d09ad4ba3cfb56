//! A process that only reads, beside others that write and are killed: whatever it is shown is whole.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use session_registry::{Access, SessionRegistry};

use super::{assert_in_step, patient};
use crate::support::child::Parent;

/// How often it looks before it says so.
const LOOKS: usize = 20;

/// Looks until it is told to end, so often in each handle as it is told.
pub(super) fn bystander(parent: &Parent) {
    let often: usize = parent.argument(1).parse().unwrap();
    let wanted = AtomicBool::new(true);
    thread::scope(|scope| {
        scope.spawn(|| {
            parent.stay();
            wanted.store(false, Ordering::Relaxed);
        });
        let mut looks = 0;
        while wanted.load(Ordering::Relaxed) {
            let registry = open(parent.argument(0));
            for _ in 0..often {
                assert_in_step(&registry);
                looks += 1;
                if looks % LOOKS == 0 {
                    parent.say("looked");
                }
            }
            registry.close().unwrap();
        }
    });
}

pub(super) fn open(file: impl AsRef<std::path::Path>) -> SessionRegistry {
    patient().access(Access::ReadOnly).open(file).unwrap()
}
