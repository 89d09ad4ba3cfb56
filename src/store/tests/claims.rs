//! Claims whose commit fails: whatever became of their rows, they are nobody's.

use super::healing::{failing_sync, registry_with_one};
use super::{BOTH, code, id, session};
use crate::registry::SessionRegistry;
use crate::session::Liveness;

/// What a call answers when the first or the second sync of its commit fails.
const ANSWERS: [(u64, &str); 2] = [(0, "storage"), (1, "outcome_unknown")];

fn liveness(registry: &SessionRegistry, number: u8) -> Option<Liveness> {
    let owner = registry.owner(id(number)).unwrap();
    owner.map(|owner| owner.liveness)
}

/// The lock of the handle was held by another claim, and so the row seemed to have a living owner.
#[test]
fn a_claim_of_unknown_outcome_is_nobodys() {
    for sharing in BOTH {
        for (after, answer) in ANSWERS {
            let (disk, registry) = registry_with_one(sharing);
            registry.register(session(2)).unwrap();
            let held = registry.claim(id(1)).unwrap();
            disk.break_down(failing_sync(after));
            assert_eq!(code(registry.claim(id(2))), answer);
            assert_ne!(liveness(&registry, 2), Some(Liveness::Alive));
            // It may get the number that the failed one had, and is not mistaken for it.
            let claim = registry.claim(id(2)).unwrap();
            claim.check().unwrap();
            assert_eq!(liveness(&registry, 2), Some(Liveness::Alive));
            assert!(claim.epoch() > held.epoch());
            held.check().unwrap();
            drop((claim, held));
            assert_eq!(
                (liveness(&registry, 1), liveness(&registry, 2)),
                (None, None)
            );
        }
    }
}

#[test]
fn a_claim_whose_release_failed_is_nobodys() {
    for sharing in BOTH {
        for (after, answer) in ANSWERS {
            let (disk, registry) = registry_with_one(sharing);
            registry.register(session(2)).unwrap();
            let held = registry.claim(id(1)).unwrap();
            let claim = registry.claim(id(2)).unwrap();
            disk.break_down(failing_sync(after));
            assert_eq!(code(claim.release()), answer);
            assert_ne!(liveness(&registry, 2), Some(Liveness::Alive));
            held.release().unwrap();
            assert_eq!(liveness(&registry, 2), None, "the next release tidies up");
        }
    }
}
