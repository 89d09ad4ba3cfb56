//! Places in a list, as values and as text.

use session_registry::{Cursor, Error, Order, Query, Session, SessionRegistry, StateFilter};

use super::pages::ORDERS;
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::ids;
use crate::support::values::{id, path};

in_every_registry![
    the_text_of_a_cursor_goes_on_where_it_was,
    a_cursor_of_another_query_is_refused,
    the_length_of_the_pages_may_change,
    a_place_stays_when_its_session_goes,
    places_that_nobody_was_told_harm_nothing,
    the_order_in_which_filters_were_set_does_not_matter,
];

fn first_page(registry: &SessionRegistry, query: &Query) -> Cursor {
    registry.list(query).unwrap().next.expect("a second page")
}

fn through_text(cursor: &Cursor) -> Cursor {
    let text = cursor.to_string();
    let read: Cursor = text.parse().unwrap();
    assert_eq!(&read, cursor);
    assert_eq!(read.to_string(), text);
    read
}

fn the_text_of_a_cursor_goes_on_where_it_was(place: Place) {
    let mut place = place.with_sessions(5);
    for order in ORDERS {
        let query = Query::new().order(order).limit(2);
        let cursor = through_text(&first_page(&place.registry, &query));
        assert!(
            cursor
                .to_string()
                .bytes()
                .all(|b| b.is_ascii_alphanumeric())
        );
        place.reopen();
        let second = place.registry.list(&query.clone().after(cursor)).unwrap();
        assert_eq!(ids(&second.items), [id(3), id(4)]);
        let cursor = through_text(&second.next.unwrap());
        let third = place.registry.list(&query.after(cursor)).unwrap();
        assert_eq!((ids(&third.items), third.next), (vec![id(5)], None));
    }
}

/// The query that the cursor comes from, and that query with each of its fields changed.
fn a_cursor_of_another_query_is_refused(place: Place) {
    let place = place.with_sessions(3);
    let query = || {
        Query::new()
            .state(StateFilter::Any)
            .under(path("/work"))
            .name_contains("s")
            .limit(1)
    };
    let cursor = first_page(&place.registry, &query());
    let others = [
        query().state(StateFilter::Open),
        query().state(StateFilter::Closed),
        query().under(path("/")),
        query().under(path("/work/p1")),
        query().name_contains("S"),
        query().name_contains(""),
        query().metadata("s", ""),
        query().metadata("", "s"),
        query().order(Order::Updated),
        query().order(Order::LastActive),
        query().order(Order::Name),
        query().descending(),
        Query::new().state(StateFilter::Any).limit(1),
        Query::new().state(StateFilter::Any).under(path("/work")),
        Query::new().state(StateFilter::Any).name_contains("s"),
    ];
    let snapshot = place.registry.snapshot().unwrap();
    for other in others {
        let other = other.after(cursor.clone());
        for answer in [place.registry.list(&other), snapshot.list(&other)] {
            let Err(Error::InvalidCursor { problem, .. }) = answer else {
                panic!("{other:?}: {answer:?}");
            };
            assert_eq!(problem, "it comes from another query");
        }
    }
    let pairs = |one: (&str, &str), two: (&str, &str)| {
        let query = Query::new().metadata(one.0, one.1);
        query.metadata(two.0, two.1).limit(1)
    };
    place
        .registry
        .modify(id(1), |s| {
            drop(s.metadata_mut().insert("a".into(), "b".into()))
        })
        .unwrap();
    let cursor = first_page(&place.registry, &Query::new().limit(1));
    for other in [pairs(("a", "b"), ("", "")), pairs(("", ""), ("a", "b"))] {
        let error = place
            .registry
            .list(&other.after(cursor.clone()))
            .unwrap_err();
        assert_eq!(error.code(), "invalid_cursor");
    }
    let same = query().after(first_page(&place.registry, &query()));
    assert_eq!(ids(&place.registry.list(&same).unwrap().items), [id(2)]);
}

fn the_length_of_the_pages_may_change(place: Place) {
    let place = place.with_sessions(6);
    let query = || Query::new().order(Order::Name).descending();
    let cursor = first_page(&place.registry, &query().limit(2));
    let rest = place
        .registry
        .list(&query().limit(3).after(cursor))
        .unwrap();
    assert_eq!(ids(&rest.items), [4, 3, 2].map(id));
    let rest = query().limit(1000).after(rest.next.unwrap());
    let rest = place.registry.list(&rest).unwrap();
    assert_eq!((ids(&rest.items), rest.next), (vec![id(1)], None));
}

fn a_place_stays_when_its_session_goes(place: Place) {
    let place = place.with_sessions(5);
    let query = || Query::new().limit(2);
    let cursor = first_page(&place.registry, &query());
    place.registry.unregister(id(2)).unwrap();
    place.registry.close_session(id(3)).unwrap();
    let rest = place.registry.list(&query().after(cursor)).unwrap();
    assert_eq!(ids(&rest.items), [id(4), id(5)]);
    place.registry.clear().unwrap();
    let again = query().after(first_page_of_nothing());
    assert_eq!(place.registry.list(&again).unwrap().items, []);
}

/// A cursor of the same query from another registry.
fn first_page_of_nothing() -> Cursor {
    let other = SessionRegistry::in_memory().unwrap();
    for number in 1..=3 {
        let session = crate::support::values::session(number);
        other.register(session).unwrap();
    }
    first_page(&other, &Query::new().limit(2))
}

/// Only their beginning is checked: what follows may be anything, and is only a place.
fn places_that_nobody_was_told_harm_nothing(place: Place) {
    let place = place.with_sessions(3);
    for order in ORDERS {
        for (descending, state) in [
            (false, StateFilter::Open),
            (true, StateFilter::Any),
            (true, StateFilter::Closed),
        ] {
            let query = Query::new().order(order).state(state);
            let query = super::pages::directed(query, descending);
            place.registry.set_max_sessions(9).unwrap();
            let told = {
                let two = SessionRegistry::in_memory().unwrap();
                for number in 4..=5 {
                    let session = crate::support::values::session(number);
                    let session = two.register(session).unwrap();
                    if state == StateFilter::Closed {
                        two.close_session(session.id()).unwrap();
                    }
                }
                first_page(&two, &query.clone().limit(1)).to_string()
            };
            for end in [
                "",
                "00",
                "ff",
                &"ff".repeat(100),
                &"00".repeat(16 * 1024 - 8),
            ] {
                let cursor: Cursor = format!("{}{end}", &told[..17]).parse().unwrap();
                let page = place.registry.list(&query.clone().after(cursor)).unwrap();
                assert!([0, 3].contains(&page.items.len()), "{order:?} {end}");
                assert_eq!(page.next, None);
            }
        }
    }
}

#[test]
fn malformed_text_is_refused() {
    let whole = format!("2{}", "0".repeat(16));
    whole.parse::<Cursor>().unwrap();
    for text in [
        "",
        "2",
        "2 ",
        "nonsense",
        &whole[..16],
        &format!("{whole}0"),
        &format!("{whole}0g"),
        &format!("{whole}+0"),
        &format!("{whole} 0"),
        &format!("1{}", &whole[1..]),
        &format!("3{}", &whole[1..]),
        &format!(" {whole}"),
        &format!("{whole}\n"),
        &format!("2{}", "+0".repeat(8)),
        &format!("2{}", "é".repeat(8)),
        &format!("{whole}{}", "00".repeat(16 * 1024)),
        &format!("{whole}{}", "00".repeat(1 << 20)),
        "\0",
    ] {
        let error = text.parse::<Cursor>().unwrap_err();
        assert_eq!(error.code(), "invalid_cursor");
        assert_eq!(error.to_string(), "invalid cursor: it is malformed");
    }
}

/// What was told once must be understood for ever: this text never changes.
#[test]
fn the_text_of_a_cursor_is_pinned() {
    let place = Place::new(Kind::Memory).with_sessions(2);
    let query = Query::new().limit(1);
    let golden = "244fa644d0429a20c800647484620400100000000000000000000000000000001";
    assert_eq!(first_page(&place.registry, &query).to_string(), golden);
    let rest = query.after(golden.parse().unwrap());
    assert_eq!(ids(&place.registry.list(&rest).unwrap().items), [id(2)]);

    let query = Query::new()
        .state(StateFilter::Any)
        .under(path("/work"))
        .name_contains("session")
        .order(Order::Name)
        .descending()
        .limit(1);
    let golden = "2e729239e04c4695573657373696f6e20320000000000000000000000000000000002";
    assert_eq!(first_page(&place.registry, &query).to_string(), golden);

    for number in [1, 2] {
        let both = |s: &mut Session| s.metadata_mut().extend(pairs());
        place.registry.modify(id(number), both).unwrap();
    }
    let query = Query::new().metadata("a", "1").metadata("b", "2").limit(1);
    let golden = "291de08c19746f768800647484620400100000000000000000000000000000001";
    assert_eq!(first_page(&place.registry, &query).to_string(), golden);
}

fn pairs() -> [(String, String); 2] {
    [("a", "1"), ("b", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()))
}

fn the_order_in_which_filters_were_set_does_not_matter(place: Place) {
    let place = place.with_sessions(2);
    for number in [1, 2] {
        let both = |s: &mut Session| s.metadata_mut().extend(pairs());
        place.registry.modify(id(number), both).unwrap();
    }
    let one = Query::new().metadata("a", "1").metadata("b", "2").limit(1);
    let other = Query::new().limit(1).metadata("b", "2").metadata("a", "1");
    let repeated = other.clone().metadata("a", "1");
    let cursor = first_page(&place.registry, &one);
    for same in [one, other, repeated] {
        let rest = place.registry.list(&same.after(cursor.clone())).unwrap();
        assert_eq!((ids(&rest.items), rest.next), (vec![id(2)], None));
    }
}
