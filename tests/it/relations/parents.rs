//! Parents, children, and sessions that are kept.

use session_registry::{PrunePolicy, Relation, Session, SessionProblem};

use crate::support::place::{Place, in_every_registry};
use crate::support::records::{assert_clean, ids, prune, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, path, session};

in_every_registry![
    whatever_happens_to_a_parent_happens_to_no_child,
    nobody_is_their_own_parent,
    what_is_pinned_is_never_pruned,
];

fn child(number: u32, of: u128, relation: Relation) -> Session {
    Session::builder(path(&format!("/work/p{number}")))
        .id(id(number.into()))
        .parent(id(of), relation)
        .created_at(session(number).created_at())
        .build()
}

fn whatever_happens_to_a_parent_happens_to_no_child(mut place: Place) {
    let registry = place.registry.clone();
    // The parent need not be there.
    let early = registry.register(child(2, 1, Relation::Child)).unwrap();
    registry.register(session(1)).unwrap();
    let late = registry
        .register(child(3, 1, Relation::Continuation))
        .unwrap();
    let children = [early, late];
    registry.close_session(id(1)).unwrap();
    registry.prune(&PrunePolicy::new().keep_last(0)).unwrap();
    assert!(!registry.contains(id(1)).unwrap());
    assert_eq!(registry.list_all().unwrap(), children);
    place.reopen();
    assert_eq!(place.registry.list_all().unwrap(), children);
    assert_clean(&place.registry);
}

fn nobody_is_their_own_parent(mut place: Place) {
    let own = child(1, 1, Relation::Fork);
    let expected = Refusal::Invalid(vec![SessionProblem::OwnParent]);
    assert_eq!(refused(&mut place, |r| r.register(own.clone())), expected);
    assert_eq!(refused(&mut place, |r| r.get_or_register(own)), expected);
}

fn what_is_pinned_is_never_pruned(place: Place) {
    let registry = &place.registry;
    // Three on one project, closed one after the other.
    for number in 1..=3 {
        let session = Session::builder(path("/work/app"))
            .id(id(number))
            .pinned(number == 1)
            .build();
        registry.register(session).unwrap();
        registry.close_session(id(number)).unwrap();
    }
    let policy = PrunePolicy::new().keep_last(1);
    assert_eq!(ids(&prune(registry, &policy)), [id(2)]);
    let everything = PrunePolicy::new().keep_last(0);
    assert_eq!(ids(&prune(registry, &everything)), [id(3)]);
    registry
        .modify(id(1), |session| session.set_pinned(false))
        .unwrap();
    assert_eq!(ids(&prune(registry, &everything)), [id(1)]);
    assert_clean(registry);
}
