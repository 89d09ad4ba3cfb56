//! Closed sessions in pieces: the same whatever the size of the pieces, and pruned in commits of some each.

use super::group::staged::commits;
use super::path;
use crate::registry::{PrunePlan, PrunePolicy, SessionRegistry};
use crate::session::{Session, SessionId, Timestamp};
use crate::shared::soak;
use crate::store::ClosedInOrder;

/// Sessions that were closed one after the other on some paths, as they stand in the order of path and closing.
fn closed(count: u16, paths: u16, random: &mut fastrand::Rng) -> (SessionRegistry, Vec<Session>) {
    let registry = SessionRegistry::in_memory().unwrap();
    registry.set_max_sessions(u32::MAX).unwrap();
    registry.set_max_sessions_per_project(u32::MAX).unwrap();
    let mut sessions: Vec<_> = (0..count)
        .map(|number| {
            let session = Session::builder(path(&format!("/work/{}", random.u16(..paths))))
                .id(numbered(number))
                .created_at(Timestamp::from_micros(1))
                .build();
            let registered = registry.register(session);
            registry.close_session(registered.unwrap().id()).unwrap()
        })
        .collect();
    sessions.sort_by(|one, other| {
        one.project_path()
            .as_str()
            .cmp(other.project_path().as_str())
    });
    (registry, sessions)
}

fn numbered(number: u16) -> SessionId {
    let mut bytes = [1; 16];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    SessionId::from(uuid::Uuid::from_bytes(bytes))
}

fn ids(sessions: &[Session]) -> Vec<SessionId> {
    sessions.iter().map(Session::id).collect()
}

/// All but the last `keep` of each path.
fn given_up(sessions: &[Session], keep: usize) -> Vec<SessionId> {
    sessions
        .chunk_by(|one, other| one.project_path() == other.project_path())
        .flat_map(|group| ids(&group[..group.len().saturating_sub(keep)]))
        .collect()
}

#[test]
fn the_pieces_come_to_the_same_whatever_their_size() {
    let mut random = soak::rng("the_pieces_come_to_the_same_whatever_their_size");
    for _ in 0..soak::share(4, 100) {
        let (count, paths) = (random.u16(..40), random.u16(1..8));
        let (registry, sessions) = closed(count, paths, &mut random);
        for keep in [0, 1, 2, 5, 39, 40, usize::MAX] {
            for at_most in [1, 2, 3, 7, 40, 41] {
                let (mut found, mut behind, mut pieces) = (Vec::new(), None, 0);
                loop {
                    let piece = registry.store().call().read("look", |view| {
                        view.reads()
                            .closed_behind(behind.as_ref(), keep as u64, at_most)
                    });
                    let piece = piece.unwrap();
                    found.extend(piece.entries.iter().map(|entry| entry.id));
                    pieces += 1;
                    assert!(piece.entries.len() <= at_most && pieces <= sessions.len() + 1);
                    if piece.next.is_none() {
                        break;
                    }
                    behind = piece.next;
                }
                assert_eq!(found, given_up(&sessions, keep), "{keep} kept, {at_most}");
            }
        }
    }
}

#[test]
fn a_prune_is_several_commits_of_which_each_is_short() {
    let mut random = soak::rng("a_prune_is_several_commits_of_which_each_is_short");
    let (registry, sessions) = closed(600, 3, &mut random);
    let policy = PrunePolicy::new().keep_last(0);
    let plan = registry.plan_prune(&policy).unwrap();
    assert_eq!(plan.total, 600);
    assert_eq!(ids(&plan.sessions), ids(&sessions[..PrunePlan::PAGE]));
    let before = commits(&registry);
    assert_eq!(registry.prune(&policy).unwrap().removed, 600);
    assert_eq!(commits(&registry) - before, 3);
    assert_eq!(registry.stats().unwrap().closed_sessions, 0);
    assert!(registry.verify().unwrap().is_clean());
}

#[test]
fn what_changed_since_it_was_given_up_stays() {
    let mut random = soak::rng("what_changed_since_it_was_given_up_stays");
    let (registry, sessions) = closed(6, 1, &mut random);
    let piece = registry
        .store()
        .call()
        .read("look", |view| view.reads().closed_behind(None, 0, 10));
    let entries = piece.unwrap().entries;
    registry.reopen(sessions[0].id()).unwrap();
    registry.unregister(sessions[1].id()).unwrap();
    registry.reopen(sessions[2].id()).unwrap();
    registry.close_session(sessions[2].id()).unwrap();
    let still = registry.store().call().read("look", |view| {
        let still = entries.iter().map(|entry| view.reads().still_closed(entry));
        still.collect::<Result<Vec<_>, _>>()
    });
    let still: Vec<_> = still
        .unwrap()
        .into_iter()
        .map(|s| s.map(|s| s.id()))
        .collect();
    let expected = [3, 4, 5].map(|at: usize| Some(sessions[at].id()));
    assert_eq!(still, [[None; 3], expected].concat());
}
