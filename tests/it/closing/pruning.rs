//! Pruning: which closed records a policy gives up.

use std::time::Duration;

use session_registry::{PrunePolicy, Session, SessionId};

use crate::support::owners::leave_dead_owner;
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, ids, prune, prune_nothing, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, path, second, session, with};

in_every_registry![
    every_policy_gives_up_what_it_says,
    an_empty_policy_is_refused,
    open_sessions_are_never_removed,
    a_pruned_default_is_forgotten,
];

/// Sessions 1 to 9, of which 1 to 4 were closed on one path and 5 to 7 on another, at as many seconds;
/// 8 and 9 are open, each on one of those paths.
fn closed(place: Place) -> Place {
    let register = |number: u32| {
        let on = if [1, 2, 3, 4, 8].contains(&number) {
            "/a"
        } else {
            "/b"
        };
        let given = with(&session(number), |s| s.set_project_path(path(on)));
        place.registry.register(given).unwrap().id()
    };
    // Not closed in the order of their ids.
    for (number, when) in [2, 4, 1, 3, 6, 7, 5].into_iter().zip(1..) {
        let id = register(number);
        place.clock.set(second(when));
        place.registry.close_session(id).unwrap();
    }
    register(8);
    register(9);
    place.clock.set(second(10));
    place
}

fn policy() -> PrunePolicy {
    PrunePolicy::new()
}

fn age(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn every_policy_gives_up_what_it_says(place: Place) {
    // By path, the longest closed first: 2, 4, 1, 3 at seconds 1 to 4 on /a; 6, 7, 5 at 5 to 7 on /b.
    let cases: [(PrunePolicy, &[u128]); 14] = [
        (
            policy().closed_for_longer_than(age(0)),
            &[2, 4, 1, 3, 6, 7, 5],
        ),
        (policy().closed_for_longer_than(age(6)), &[2, 4, 1]),
        (policy().closed_for_longer_than(age(5)), &[2, 4, 1, 3]),
        (
            policy().closed_for_longer_than(age(6) - Duration::from_micros(1)),
            &[2, 4, 1, 3],
        ),
        (policy().closed_for_longer_than(age(9)), &[]),
        (policy().closed_for_longer_than(Duration::MAX), &[]),
        (policy().keep_last(0), &[2, 4, 1, 3, 6, 7, 5]),
        (policy().keep_last(1), &[2, 4, 1, 6, 7]),
        (policy().keep_last(3), &[2]),
        (policy().keep_last(4), &[]),
        (policy().keep_last(u64::MAX), &[]),
        // Both: only what both give up.
        (
            policy().closed_for_longer_than(age(6)).keep_last(2),
            &[2, 4],
        ),
        (policy().closed_for_longer_than(age(8)).keep_last(2), &[2]),
        (
            policy().closed_for_longer_than(age(4)).keep_last(1),
            &[2, 4, 1, 6],
        ),
    ];
    let mut place = place;
    for (policy, expected) in cases {
        let numbers: Vec<SessionId> = expected.iter().map(|number| id(*number)).collect();
        place = closed(place);
        let before = records(&place.registry);
        let plan = place.unchanged(|r| r.plan_prune(&policy).unwrap());
        assert_eq!(ids(&plan.sessions), numbers, "{policy:?}");
        assert_eq!(plan.total, plan.sessions.len() as u64);
        let plan = plan.sessions;
        let stored = |session: &Session| before.contains(session);
        assert!(plan.iter().all(stored), "as they are");
        if plan.is_empty() {
            place.unchanged(|r| prune_nothing(r, &policy));
        } else {
            assert_eq!(prune(&place.registry, &policy), plan);
        }
        place.reopen();
        let left: Vec<_> = before.into_iter().filter(|s| !plan.contains(s)).collect();
        assert_eq!(records(&place.registry), left);
        place.unchanged(|r| prune_nothing(r, &policy));
        assert_clean(&place.registry);
        place.registry.clear().unwrap();
    }
}

fn an_empty_policy_is_refused(place: Place) {
    let mut place = closed(place);
    for empty in [PrunePolicy::new(), PrunePolicy::default()] {
        let refusal = refused(&mut place, |r| r.plan_prune(&empty));
        assert_eq!(refusal, Refusal::Other("empty_prune_policy"));
        let refusal = refused(&mut place, |r| r.prune(&empty));
        assert_eq!(refusal, Refusal::Other("empty_prune_policy"));
    }
}

fn open_sessions_are_never_removed(place: Place) {
    let mut place = place.with_sessions(3);
    place.clock.set(second(1_000_000));
    let all = policy().keep_last(0);
    place.unchanged(|r| prune_nothing(r, &all));
    place.registry.close_session(id(2)).unwrap();
    place.registry.close_session(id(3)).unwrap();
    place.registry.reopen(id(3)).unwrap();
    assert_eq!(ids(&prune(&place.registry, &all)), [id(2)]);
    assert_eq!(ids(&records(&place.registry)), [id(1), id(3)]);
    // Not even one that was closed in the future, by a clock that went back.
    place.registry.close_session(id(3)).unwrap();
    place.clock.set(second(0));
    let old = policy().closed_for_longer_than(Duration::ZERO);
    place.unchanged(|r| prune_nothing(r, &old));
}

fn a_pruned_default_is_forgotten(place: Place) {
    let place = place.with_sessions(2);
    place.registry.set_default_session(Some(id(2))).unwrap();
    place.registry.close_session(id(2)).unwrap();
    place.registry.prune(&policy().keep_last(0)).unwrap();
    place.registry.register(session(2)).unwrap();
    assert_eq!(place.registry.default_session_id().unwrap(), Some(id(1)));
    assert_clean(&place.registry);
}

#[test]
fn the_interrupted_are_pruned_like_others() {
    let mut place = Place::new(Kind::Shared).with_sessions(1);
    place.registry.set_max_sessions(1).unwrap();
    leave_dead_owner(&mut place, id(1));
    place.registry.register(session(2)).unwrap();
    assert_eq!(ids(&place.registry.interrupted().unwrap()), [id(1)]);
    let pruned = prune(&place.registry, &policy().keep_last(0));
    assert_eq!(ids(&pruned), [id(1)]);
    assert_eq!(place.registry.interrupted().unwrap(), []);
    assert_clean(&place.registry);
}
