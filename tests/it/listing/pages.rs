//! Lists, page by page, against a sorted model.

use session_registry::{Order, Query, Session, SessionRegistry, StateFilter};

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, ids, records, refused};
use crate::support::refusal::Refusal;
use crate::support::soak;
use crate::support::values::{at, id, name, path, second, session, with};

in_every_registry![
    an_empty_registry_has_one_empty_page,
    a_limit_out_of_range_is_refused,
    the_last_page_says_so,
    filters_combine,
];

pub(crate) const ORDERS: [Order; 4] = [
    Order::Created,
    Order::LastActive,
    Order::Updated,
    Order::Name,
];
pub(crate) const STATES: [StateFilter; 3] =
    [StateFilter::Open, StateFilter::Closed, StateFilter::Any];

pub(crate) fn directed(query: Query, descending: bool) -> Query {
    if descending {
        query.descending()
    } else {
        query
    }
}

/// Every page of a query, `limit` sessions at a time, one after another.
pub(crate) fn walk(registry: &SessionRegistry, query: &Query, limit: u32) -> Vec<Session> {
    let mut found = Vec::new();
    let mut query = query.clone().limit(limit);
    loop {
        let page = registry.list(&query).unwrap();
        let full = page.items.len() == limit as usize;
        assert!(full || page.next.is_none(), "a short page is the last one");
        found.extend(page.items);
        assert!(found.len() < 1000, "the pages have no end");
        let Some(next) = page.next else {
            return found;
        };
        query = query.after(next);
    }
}

/// A registry with 60 sessions in which times and names come more than once.
fn crowded(rng: &mut fastrand::Rng) -> Place {
    let place = Place::new(Kind::Shared);
    place.registry.set_max_sessions(u32::MAX).unwrap();
    let names = [
        "a", "A", "b", "B c", "b d", "é", "É", "z", "ΟΔΟΣ", "οδος", "0",
    ];
    for number in 1..=60_u32 {
        let given = Session::builder(path(&format!("/{}/{number}", rng.u8(..3))))
            .id(id(rng.u128(..)))
            .name(name(names[rng.usize(..names.len())]))
            .metadata("parity", if number % 2 == 0 { "even" } else { "odd" })
            .created_at(at(rng.i64(-3..4)))
            .build();
        let given = place.registry.register(given).unwrap();
        place.clock.set(second(rng.i64(-5..5)));
        match rng.u8(..4) {
            0 => drop(place.registry.close_session(given.id()).unwrap()),
            1 => place.registry.touch(given.id()).unwrap(),
            2 => drop(place.registry.rename(given.id(), name("renamed")).unwrap()),
            _ => {}
        }
    }
    place
}

/// What a query should answer, by looking at everything.
pub(crate) fn sorted(
    all: &[Session],
    state: StateFilter,
    order: Order,
    descending: bool,
) -> Vec<Session> {
    let mut found: Vec<_> = all
        .iter()
        .filter(|session| match state {
            StateFilter::Open => session.state().is_open(),
            StateFilter::Closed => !session.state().is_open(),
            _ => true,
        })
        .cloned()
        .collect();
    found.sort_by_key(|session| {
        let folded = session.name().as_str().to_lowercase().replace('ς', "σ");
        match order {
            Order::Created => (session.created_at(), String::new(), session.id()),
            Order::LastActive => (session.last_active_at(), String::new(), session.id()),
            Order::Updated => (session.updated_at(), String::new(), session.id()),
            _ => (at(0), folded, session.id()),
        }
    });
    if descending {
        found.reverse();
    }
    found
}

#[test]
fn every_order_direction_and_state_is_that_of_a_sorted_model() {
    let mut rng = soak::rng("listing");
    for _ in 0..3 * soak::factor() {
        let place = crowded(&mut rng);
        let all = records(&place.registry);
        assert_eq!(all.len(), 60);
        for order in ORDERS {
            for state in STATES {
                for descending in [false, true] {
                    let query = Query::new().state(state).order(order);
                    let query = directed(query, descending);
                    let expected = sorted(&all, state, order, descending);
                    for limit in [1, 7, 60, Query::MAX_LIMIT] {
                        let found = walk(&place.registry, &query, limit);
                        assert_eq!(
                            ids(&found),
                            ids(&expected),
                            "{order:?} {state:?} {descending} {limit}"
                        );
                        assert_eq!(found, expected);
                    }
                    let filtered = query.name_contains("B").metadata("parity", "odd");
                    let wanted = expected.iter().filter(|session| {
                        session.name().as_str().to_lowercase().contains('b')
                            && session.metadata()["parity"] == "odd"
                    });
                    let wanted: Vec<_> = wanted.cloned().collect();
                    assert_eq!(walk(&place.registry, &filtered, 2), wanted);
                }
            }
        }
        assert_clean(&place.registry);
    }
}

fn an_empty_registry_has_one_empty_page(place: Place) {
    for order in ORDERS {
        for state in STATES {
            let page = place.registry.list(&Query::new().order(order).state(state));
            assert_eq!(page.unwrap(), session_registry::Page::default());
        }
    }
}

fn a_limit_out_of_range_is_refused(place: Place) {
    let mut place = place.with_sessions(1);
    for limit in [0, 1001, u32::MAX] {
        let refusal = refused(&mut place, |r| r.list(&Query::new().limit(limit)));
        assert_eq!(refusal, Refusal::Other("invalid_query"));
        let snapshot = place.registry.snapshot().unwrap();
        let refusal = snapshot.list(&Query::new().limit(limit)).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!("invalid query: the limit {limit} is not between 1 and 1000")
        );
    }
    for limit in [1, 1000] {
        let page = place.registry.list(&Query::new().limit(limit)).unwrap();
        assert_eq!(page.items, [session(1)]);
    }
}

fn the_last_page_says_so(place: Place) {
    let place = place.with_sessions(4);
    let page = |limit| place.registry.list(&Query::new().limit(limit)).unwrap();
    assert_eq!(page(5).next, None);
    assert_eq!(page(4).next, None, "exactly full, and nothing behind it");
    assert!(page(3).next.is_some());
    // What is behind it must fit, too.
    place.registry.rename(id(1), name("wanted")).unwrap();
    let wanted = Query::new().name_contains("wanted").limit(1);
    assert_eq!(place.registry.list(&wanted).unwrap().next, None);
    // The default is 50.
    place.registry.set_max_sessions(100).unwrap();
    let place = (5..=51).fold(place, |place, number| {
        place.registry.register(session(number)).unwrap();
        place
    });
    let page = place.registry.list(&Query::new()).unwrap();
    assert_eq!(page.items.len(), 50);
    let rest = place.registry.list(&Query::new().after(page.next.unwrap()));
    assert_eq!(ids(&rest.unwrap().items), [id(51)]);
}

fn filters_combine(place: Place) {
    let place = place.with_sessions(4);
    let registry = &place.registry;
    let moved = with(&registry.lookup(id(3)).unwrap().unwrap(), |s| {
        s.set_project_path(path("/workshop/p3"));
        s.metadata_mut().insert("a".into(), "1".into());
        s.metadata_mut().insert("b".into(), "2".into());
    });
    registry.update(moved).unwrap();
    let found = |query: Query| ids(&registry.list(&query).unwrap().items);
    let all = || Query::new();
    assert_eq!(found(all().under(path("/work"))), [1, 2, 4].map(id));
    assert_eq!(found(all().under(path("/work/p2"))), [id(2)], "itself");
    assert_eq!(found(all().under(path("/work/p"))), []);
    assert_eq!(found(all().under(path("/"))), [1, 2, 3, 4].map(id));
    assert_eq!(found(all().name_contains("ION 2")), [id(2)]);
    assert_eq!(found(all().name_contains("")), [1, 2, 3, 4].map(id));
    assert_eq!(found(all().name_contains("none")), []);
    assert_eq!(found(all().metadata("number", "4")), [id(4)]);
    assert_eq!(found(all().metadata("number", "")), []);
    assert_eq!(found(all().metadata("a", "1").metadata("b", "2")), [id(3)]);
    assert_eq!(found(all().metadata("a", "1").metadata("b", "1")), []);
    assert_eq!(found(all().metadata("a", "1").metadata("a", "2")), []);
    let both = all().under(path("/work")).metadata("number", "3");
    assert_eq!(found(both), []);
    let every = all()
        .under(path("/workshop"))
        .name_contains("session")
        .metadata("a", "1")
        .state(StateFilter::Any)
        .order(Order::Name)
        .descending();
    assert_eq!(found(every), [id(3)]);
}
