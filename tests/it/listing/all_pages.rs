//! Every page of a list, one after the other.

use session_registry::{Query, Session, SessionId, StateFilter};

use crate::support::place::{Place, in_every_registry};
use crate::support::records::ids;
use crate::support::values::{id, session};

in_every_registry![
    all_pages_are_the_whole_list,
    pages_of_a_registry_are_reads_of_their_own,
    pages_of_a_snapshot_are_one_state,
    the_first_error_is_the_last_page,
];

fn all_pages_are_the_whole_list(place: Place) {
    let place = place.with_sessions(5);
    place.registry.close_session(id(2)).unwrap();
    let whole: Vec<SessionId> = [1, 3, 4, 5].map(id).into();
    for (limit, lengths) in [
        (1, vec![1, 1, 1, 1]),
        (3, vec![3, 1]),
        (4, vec![4]),
        (9, vec![4]),
    ] {
        let query = Query::new().limit(limit);
        let snapshot = place.registry.snapshot().unwrap();
        for pages in [place.registry.pages(&query), snapshot.pages(&query)] {
            let pages: Vec<_> = pages.map(Result::unwrap).collect();
            let found: Vec<_> = pages.iter().map(|page| page.items.len()).collect();
            assert_eq!(found, lengths);
            let borrowed: Vec<_> = pages.iter().flatten().map(Session::id).collect();
            assert_eq!(borrowed, whole);
            let owned: Vec<Session> = pages.into_iter().flatten().collect();
            assert_eq!(owned, place.registry.list_all().unwrap());
        }
    }
    let none = Query::new().under(crate::support::values::path("/nowhere"));
    let pages: Vec<_> = place.registry.pages(&none).map(Result::unwrap).collect();
    assert_eq!(pages.len(), 1, "an empty list has one page");
    assert!(pages.iter().flatten().next().is_none());
    let from = place.registry.list(&Query::new().limit(2)).unwrap().next;
    let rest = Query::new().limit(2).after(from.unwrap());
    let rest: Vec<_> = place.registry.pages(&rest).map(Result::unwrap).collect();
    assert_eq!(
        ids(&rest[0].items),
        [4, 5].map(id),
        "from where the query begins"
    );
}

fn pages_of_a_registry_are_reads_of_their_own(place: Place) {
    let place = place.with_sessions(2);
    let query = Query::new().state(StateFilter::Any).limit(1);
    let mut pages = place.registry.pages(&query);
    assert_eq!(ids(&pages.next().unwrap().unwrap().items), [id(1)]);
    place.registry.unregister(id(2)).unwrap();
    place.registry.register(session(3)).unwrap();
    assert_eq!(ids(&pages.next().unwrap().unwrap().items), [id(3)]);
    assert!(pages.next().is_none());
}

fn pages_of_a_snapshot_are_one_state(place: Place) {
    let place = place.with_sessions(2);
    let query = Query::new().state(StateFilter::Any).limit(1);
    let snapshot = place.registry.snapshot().unwrap();
    let mut pages = snapshot.pages(&query);
    assert_eq!(ids(&pages.next().unwrap().unwrap().items), [id(1)]);
    place.registry.unregister(id(2)).unwrap();
    place.registry.register(session(3)).unwrap();
    assert_eq!(ids(&pages.next().unwrap().unwrap().items), [id(2)]);
    assert!(pages.next().is_none());
}

fn the_first_error_is_the_last_page(place: Place) {
    let place = place.with_sessions(2);
    let query = Query::new().limit(1);
    let mut pages = place.registry.pages(&query);
    drop(pages.next().unwrap().unwrap());
    place.registry.clone().close().unwrap();
    assert_eq!(pages.next().unwrap().unwrap_err().code(), "closed");
    assert!(pages.next().is_none());
    assert!(pages.next().is_none());
}
