//! Claims whose commit fails: whatever became of their rows, they are nobody's.

use super::disk::Trouble;
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

/// One failing sync left the session open, and nobody knew that its owner had died.
#[test]
fn one_failure_while_a_start_was_undone_left_it_there() {
    for sharing in BOTH {
        for (after, _) in ANSWERS {
            let (disk, registry) = registry_with_one(sharing);
            let closed = registry.close_session(id(1)).unwrap();
            let started = registry.resume(id(1)).unwrap();
            disk.break_down(failing_sync(after));
            let undone = started.undo().unwrap();
            assert!(disk.mend(), "no sync has failed");
            assert_eq!(undone.state(), closed.state());
            assert_eq!(undone.last_active_at(), closed.last_active_at());
            assert_eq!(registry.lookup(id(1)).unwrap(), Some(undone));
            assert_eq!(liveness(&registry, 1), None);
            assert!(registry.verify().unwrap().is_clean());
        }
    }
}

/// A start whose end fails to be saved is still there, or wholly undone, and its claim is nobody's.
#[test]
fn an_undoing_that_failed_is_whole_or_not_at_all() {
    for sharing in BOTH {
        for (after, answer) in ANSWERS {
            let (disk, registry) = registry_with_one(sharing);
            let closed = registry.close_session(id(1)).unwrap();
            let started = registry.resume(id(1)).unwrap();
            let resumed = started.session().clone();
            disk.break_down(Trouble {
                lasting: true,
                ..failing_sync(after)
            });
            assert_eq!(code(started.undo()), answer);
            disk.mend();
            assert_ne!(liveness(&registry, 1), Some(Liveness::Alive));
            let found = registry.lookup(id(1)).unwrap().unwrap();
            let is_undone = found.state() == closed.state()
                && found.last_active_at() == closed.last_active_at();
            assert!(is_undone || found == resumed, "{found:?}");
            assert!(registry.verify().unwrap().is_clean());
            let again = registry.resume(id(1)).unwrap();
            again.claim().check().unwrap();
        }
    }
}

/// As the two above, where there was no session before.
#[test]
fn a_start_that_registered_is_undone_whatever_fails_once() {
    for sharing in BOTH {
        for (after, answer) in ANSWERS {
            let (disk, registry) = registry_with_one(sharing);
            let started = registry.start(session(2)).unwrap();
            let made = started.session().clone();
            disk.break_down(failing_sync(after));
            assert_eq!(started.undo().unwrap(), made);
            assert!(disk.mend(), "no sync has failed");
            assert_eq!(registry.lookup(id(2)).unwrap(), None);

            let started = registry.start(session(2)).unwrap();
            disk.break_down(Trouble {
                lasting: true,
                ..failing_sync(after)
            });
            assert_eq!(code(started.undo()), answer);
            disk.mend();
            let found = registry.lookup(id(2)).unwrap();
            let claimed = found.as_ref().and_then(|_| liveness(&registry, 2));
            assert_eq!(claimed, found.as_ref().map(|_| Liveness::Dead));
            assert!(
                found.is_none_or(|found| found == made),
                "removed, or as it was"
            );
            assert!(registry.verify().unwrap().is_clean());
            registry.start(session(2)).unwrap().claim().check().unwrap();
        }
    }
}

#[test]
fn a_start_of_unknown_outcome_is_nobodys() {
    for sharing in BOTH {
        for (after, answer) in ANSWERS {
            let (disk, registry) = registry_with_one(sharing);
            // The file has grown by then.
            registry.start(session(2)).unwrap().undo().unwrap();
            disk.break_down(failing_sync(after));
            assert_eq!(code(registry.start(session(2))), answer);
            if registry.contains(id(2)).unwrap() {
                assert_eq!(liveness(&registry, 2), Some(Liveness::Dead));
            }
            let started = registry.start(session(2)).unwrap();
            started.claim().check().unwrap();
            assert_eq!(liveness(&registry, 2), Some(Liveness::Alive));
        }
    }
}

#[test]
fn a_resume_of_unknown_outcome_is_nobodys() {
    for sharing in BOTH {
        for (after, answer) in ANSWERS {
            let (disk, registry) = registry_with_one(sharing);
            registry.close_session(id(1)).unwrap();
            // The file has grown by then.
            let closed = registry.resume(id(1)).unwrap().undo().unwrap();
            disk.break_down(failing_sync(after));
            assert_eq!(code(registry.resume(id(1))), answer);
            let found = registry.lookup(id(1)).unwrap().unwrap();
            let is_open = found.state().is_open();
            assert!(is_open || found == closed, "{found:?}");
            let claimed = liveness(&registry, 1);
            assert_eq!(
                claimed,
                is_open.then_some(Liveness::Dead),
                "opened and claimed, or neither"
            );
            let started = registry.resume(id(1)).unwrap();
            started.claim().check().unwrap();
        }
    }
}
