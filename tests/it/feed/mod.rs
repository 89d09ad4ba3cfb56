//! What is told of changes: which, in which order, for how long, and to whom.

mod bounds;
mod copies;
mod damaged;
mod deaths;
pub(crate) mod kills;
pub(crate) mod mirror;
#[cfg(target_os = "linux")]
mod pollable;
mod told;
mod watch;
pub(crate) mod writer;

use session_registry::{Change, ChangeKind, SessionId, SessionRegistry};

/// What a change tells, without its number: kind, session, and the revision of that.
type Told = (ChangeKind, Option<SessionId>, Option<u64>);

fn told(changes: &[Change]) -> Vec<Told> {
    let tell = |change: &Change| (change.kind, change.id, change.session_revision);
    changes.iter().map(tell).collect()
}

/// What was told since, which must be all of it.
fn since(registry: &SessionRegistry, position: u64) -> Vec<Told> {
    let since = registry.changes_since(position).unwrap();
    assert!(!since.lost);
    assert_eq!(since.revision, registry.revision().unwrap());
    let numbers: Vec<_> = since.changes.iter().map(|change| change.revision).collect();
    let expected: Vec<_> = (position + 1..=since.revision).collect();
    assert_eq!(numbers, expected, "without a gap, in order");
    told(&since.changes)
}
