//! Clocks that are ahead, right and behind: what was closed last stays last, and only time that has passed
//! makes anything old.

use std::time::Duration;

use session_registry::{PrunePolicy, Session};

use crate::support::owners::leave_dead_owner;
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, closing, ids, prune, prune_nothing, records};
use crate::support::values::{at, id, path, second, session, with};

in_every_registry![
    what_was_closed_while_the_clock_said_1970_was_pruned_at_once,
    keep_last_removed_the_one_that_was_closed_last,
    a_clock_that_fell_behind_pruned_by_age,
    a_clock_that_jumped_ahead_shows_in_the_plan,
    no_session_is_closed_before_it_was_worked_in,
];

fn age(seconds: u64) -> PrunePolicy {
    PrunePolicy::new().closed_for_longer_than(Duration::from_secs(seconds))
}

fn keep(count: u64) -> PrunePolicy {
    PrunePolicy::new().keep_last(count)
}

/// Registers and closes session `number` on one path, at that second.
fn close_at(place: &Place, number: u32, seconds: i64) -> Session {
    place.clock.set(second(seconds));
    let given = with(&session(number), |s| s.set_project_path(path("/a")));
    let id = place.registry.register(given).unwrap().id();
    place.registry.close_session(id).unwrap()
}

fn what_was_closed_while_the_clock_said_1970_was_pruned_at_once(mut place: Place) {
    place.clock.set(second(100));
    place.registry.register(session(1)).unwrap();
    let changed = place
        .registry
        .modify(id(1), |session| session.metadata_mut().clear())
        .unwrap();
    place.clock.set(at(0));
    let closed = place.registry.close_session(id(1)).unwrap();
    let (closed_at, _) = closing(&closed).unwrap();
    assert_eq!(closed_at, changed.updated_at());
    place.clock.set(second(101));
    place.unchanged(|r| prune_nothing(r, &age(60)));
    place.clock.set(second(161));
    assert_eq!(prune(&place.registry, &age(60)), [closed]);
}

fn keep_last_removed_the_one_that_was_closed_last(place: Place) {
    // By the clock the third was closed first, and the last two with the second.
    let closed: Vec<_> = [(1, 50), (2, 90), (3, 10), (5, 90), (4, 90)]
        .map(|(number, seconds)| close_at(&place, number, seconds).id())
        .into();
    for kept in 0..=5_usize {
        let plan = place
            .registry
            .plan_prune(&keep(kept as u64))
            .unwrap()
            .sessions;
        assert_eq!(ids(&plan), closed[..5 - kept], "{kept} kept");
    }
    place.registry.prune(&keep(1)).unwrap();
    assert_eq!(ids(&records(&place.registry)), [id(4)]);
    assert_clean(&place.registry);
}

fn a_clock_that_fell_behind_pruned_by_age(mut place: Place) {
    close_at(&place, 1, 0);
    place.clock.set(second(1_000));
    place.registry.register(session(2)).unwrap();
    place
        .registry
        .modify(id(2), |session| session.metadata_mut().clear())
        .unwrap();
    for behind in [900, 500, 100] {
        place.clock.set(second(behind));
        for policy in [age(0), age(50), age(50).keep_last(0)] {
            assert_eq!(place.unchanged(|r| r.plan_prune(&policy).unwrap()).total, 0);
            place.unchanged(|r| prune_nothing(r, &policy));
        }
        let plan = place.registry.plan_prune(&keep(0)).unwrap().sessions;
        assert_eq!(ids(&plan), [id(1)], "a number needs no clock");
    }
    place.clock.set(second(1_000));
    assert_eq!(ids(&prune(&place.registry, &age(50))), [id(1)]);
}

fn a_clock_that_jumped_ahead_shows_in_the_plan(mut place: Place) {
    let closed = close_at(&place, 1, 10);
    place.clock.set(second(1_000_000));
    let plan = place
        .unchanged(|r| r.plan_prune(&age(86_400)).unwrap())
        .sessions;
    assert_eq!(plan, [closed]);
    place.clock.set(second(20));
    let plan = place
        .unchanged(|r| r.plan_prune(&age(86_400)).unwrap())
        .sessions;
    assert_eq!(plan, [], "and nothing of it stays");
}

fn no_session_is_closed_before_it_was_worked_in(place: Place) {
    let place = place.with_sessions(1);
    place.clock.set(second(500));
    place.registry.touch(id(1)).unwrap();
    place.clock.set(second(100));
    let closed = place.registry.close_session(id(1)).unwrap();
    assert_eq!(closing(&closed).map(|(at, _)| at), Some(second(500)));
}

/// Sessions of dead owners that make room are closed by the same rule.
#[test]
fn the_reaped_are_closed_in_order_too() {
    let mut place = Place::new(Kind::Shared);
    place.registry.set_max_sessions(1).unwrap();
    let closed = close_at(&place, 1, 100);
    place.clock.set(second(200));
    let given = with(&session(2), |s| s.set_project_path(path("/a")));
    place.registry.register(given).unwrap();
    leave_dead_owner(&mut place, id(2));
    place.clock.set(second(0));
    place.registry.register(session(3)).unwrap();
    let reaped = place.registry.lookup(id(2)).unwrap().unwrap();
    let when = |session| closing(session).map(|(at, _)| at);
    assert!(when(&reaped) > when(&closed), "{reaped:?}");
    assert_eq!(when(&reaped), Some(second(200)));
}
