//! The default session is remembered while its record lives, and counts while it is open.

use super::refused;
use crate::support::place::{Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{id, session};

in_every_registry![
    the_default_survives_a_close,
    a_closed_session_cannot_become_the_default,
    unregister_forgets_the_default_open_or_closed,
    clear_forgets_the_default,
];

fn the_default_survives_a_close(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.set_default_session(Some(id(3))).unwrap();
    place.registry.close_session(id(3)).unwrap();
    place.reopen();
    let default = |place: &Place| place.registry.default_session_id().unwrap();
    assert_eq!(default(&place), Some(id(1)), "the oldest open one");
    place.registry.close_session(id(1)).unwrap();
    assert_eq!(default(&place), Some(id(2)));
    place.registry.close_session(id(2)).unwrap();
    assert_eq!(default(&place), None);
    place.registry.reopen(id(2)).unwrap();
    place.registry.reopen(id(3)).unwrap();
    assert_eq!(default(&place), Some(id(3)));
}

fn a_closed_session_cannot_become_the_default(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.close_session(id(2)).unwrap();
    let refusal = refused(&mut place, |r| r.set_default_session(Some(id(2))));
    assert_eq!(refusal, Refusal::Other("session_closed"));
    let refusal = refused(&mut place, |r| r.set_default_session(Some(id(7))));
    assert_eq!(refusal, Refusal::NotFound(id(7)));
}

fn unregister_forgets_the_default_open_or_closed(mut place: Place) {
    place.registry.register(session(1)).unwrap();
    for close in [false, true] {
        place.registry.register(session(2)).unwrap();
        place.registry.set_default_session(Some(id(2))).unwrap();
        if close {
            place.registry.close_session(id(2)).unwrap();
        }
        place.registry.unregister(id(2)).unwrap();
        place.registry.register(session(2)).unwrap();
        place.reopen();
        let default = place.registry.default_session_id().unwrap();
        assert_eq!(default, Some(id(1)), "closed first: {close}");
        place.registry.unregister(id(2)).unwrap();
    }
}

fn clear_forgets_the_default(place: Place) {
    let place = place.with_sessions(2);
    place.registry.set_default_session(Some(id(2))).unwrap();
    place.registry.close_session(id(2)).unwrap();
    assert_eq!(place.registry.clear().unwrap(), 2);
    let place = place.with_sessions(2);
    assert_eq!(place.registry.default_session_id().unwrap(), Some(id(1)));
}
