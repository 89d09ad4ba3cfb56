//! Lists with owners: each session's status, page by page, and of snapshots too.

use std::collections::BTreeMap;

use session_registry::{
    Activity, Claim, Liveness, Order, Page, Query, Report, Result, SessionId, SessionRegistry,
    SessionStatus, StateFilter,
};

use crate::support::place::{Place, in_every_registry};
use crate::support::soak;
use crate::support::values::{id, path, second};

in_every_registry![
    lists_are_the_statuses_of_their_sessions,
    filters_list_what_the_statuses_say
];

const SESSIONS: u128 = 24;

/// Sessions on a few projects: closed, unclaimed, driven, or left by the dead.
fn fill(place: &Place, rng: &mut fastrand::Rng) -> BTreeMap<SessionId, Claim> {
    let registry = &place.registry;
    registry.set_max_sessions(1000).unwrap();
    registry.set_max_sessions_per_project(1000).unwrap();
    let mut claims = BTreeMap::new();
    for number in 1..=SESSIONS {
        place.clock.set(second(rng.i64(20..40)));
        let project = path(["/p", "/q"][rng.usize(..2)]);
        let session = session_registry::Session::builder(project)
            .id(id(number))
            .name(["x", "X", "y"][rng.usize(..3)].parse().unwrap())
            .created_at(second(rng.i64(0..20)))
            .build();
        registry.register(session).unwrap();
        match rng.u8(..5) {
            0 => drop(registry.close_session(id(number)).unwrap()),
            1 => {}
            2 => registry.claim(id(number)).unwrap().abandon().unwrap(),
            _ => {
                let claim = registry.claim(id(number)).unwrap();
                if rng.bool() {
                    let note = format!("n {number}");
                    claim
                        .report(Report::new(Activity::Waiting).note(note))
                        .unwrap();
                }
                claims.insert(id(number), claim);
            }
        }
    }
    claims
}

/// All pages of a query.
fn walk(query: &Query, list: impl Fn(&Query) -> Result<Page<SessionStatus>>) -> Vec<SessionStatus> {
    let mut found = Vec::new();
    let mut query = query.clone();
    loop {
        let page = list(&query).unwrap();
        found.extend(page.items);
        match page.next {
            Some(next) => query = query.after(next),
            None => return found,
        }
    }
}

fn queries(rng: &mut fastrand::Rng) -> Vec<Query> {
    let mut queries = Vec::new();
    for order in [
        Order::Created,
        Order::LastActive,
        Order::Updated,
        Order::Name,
    ] {
        for state in [StateFilter::Open, StateFilter::Closed, StateFilter::Any] {
            let query = Query::new().order(order).state(state).limit(rng.u32(1..9));
            queries.push(query.clone());
            queries.push(query.descending());
        }
    }
    queries
}

fn lists_are_the_statuses_of_their_sessions(place: Place) {
    let mut rng = soak::rng("lists_are_the_statuses_of_their_sessions");
    let claims = fill(&place, &mut rng);
    let registry = &place.registry;
    let snapshot = registry.snapshot().unwrap();
    for query in queries(&mut rng) {
        let listed = walk(&query, |query| registry.list_status(query));
        let sessions = registry.pages(&query).flat_map(|page| page.unwrap().items);
        let statuses: Vec<_> = sessions
            .map(|session| registry.status(session.id()).unwrap())
            .collect();
        assert_eq!(listed, statuses, "{query:?}");
        let pinned = walk(&query, |query| snapshot.list_status(query));
        assert_eq!(pinned, statuses, "{query:?} of a snapshot");
        for status in listed {
            let id = status.session.id();
            assert_eq!(status.owner, registry.owner(id).unwrap());
            let is_driven = claims.contains_key(&id);
            let is_alive = status.owner.is_some_and(|o| o.liveness == Liveness::Alive);
            assert_eq!(is_alive, is_driven);
            assert!(is_driven || status.activity.is_none());
        }
    }
}

type Filter = (&'static str, fn(Query) -> Query, fn(&SessionStatus) -> bool);

fn has(status: &SessionStatus, liveness: Liveness) -> bool {
    status
        .owner
        .as_ref()
        .is_some_and(|owner| owner.liveness == liveness)
}

const FILTERS: [Filter; 6] = [
    (
        "alive",
        |q| q.driven(Liveness::Alive),
        |s| has(s, Liveness::Alive),
    ),
    (
        "dead",
        |q| q.driven(Liveness::Dead),
        |s| has(s, Liveness::Dead),
    ),
    ("unknown", |q| q.driven(Liveness::Unknown), |_| false),
    ("unclaimed", Query::unclaimed, |s| s.owner.is_none()),
    (
        "alive in a project",
        |q| {
            q.driven(Liveness::Alive)
                .path(path("/p"))
                .name_contains("x")
        },
        |s| {
            let is_there = *s.session.project_path() == path("/p");
            is_there && has(s, Liveness::Alive) && s.session.name() != "y"
        },
    ),
    (
        "alive and unclaimed",
        |q| q.driven(Liveness::Alive).unclaimed(),
        |_| false,
    ),
];

fn filters_list_what_the_statuses_say(place: Place) {
    let mut rng = soak::rng("filters_list_what_the_statuses_say");
    let _claims = fill(&place, &mut rng);
    let registry = &place.registry;
    let snapshot = registry.snapshot().unwrap();
    for query in queries(&mut rng) {
        let all = walk(&query, |query| registry.list_status(query));
        for (what, narrow, wanted) in FILTERS {
            let narrowed = narrow(query.clone());
            let expected: Vec<_> = all.iter().filter(|s| wanted(s)).cloned().collect();
            let listed = walk(&narrowed, |query| registry.list_status(query));
            assert_eq!(listed, expected, "{what}: {narrowed:?}");
            let pinned = walk(&narrowed, |query| snapshot.list_status(query));
            assert_eq!(pinned, expected, "{what} of a snapshot: {narrowed:?}");
            let pages = registry.pages(&narrowed);
            let sessions: Vec<_> = pages.flat_map(|page| page.unwrap().items).collect();
            assert!(
                sessions.iter().eq(expected.iter().map(|s| &s.session)),
                "{what}"
            );
        }
    }
}

#[test]
fn filters_by_drivers_are_read_back_and_their_cursors_are_their_own() {
    let query = Query::new().driven(Liveness::Dead).unclaimed();
    let json = serde_json::to_value(&query).unwrap();
    assert_eq!(
        (&json["driven"], &json["unclaimed"]),
        (&"dead".into(), &true.into())
    );
    assert_eq!(serde_json::from_value::<Query>(json).unwrap(), query);
    let plain = serde_json::to_value(Query::new()).unwrap();
    assert!(plain.get("driven").is_none() && plain.get("unclaimed").is_none());

    let registry = SessionRegistry::in_memory().unwrap();
    for place in ["/a", "/b"] {
        registry
            .register(registry.session(path(place)).build())
            .unwrap();
    }
    let all = Query::new().limit(1);
    let next = registry.list(&all).unwrap().next.unwrap();
    let narrowed = [
        all.clone().driven(Liveness::Alive),
        all.clone().driven(Liveness::Dead),
        all.clone().unclaimed(),
    ];
    for other in narrowed {
        let other = other.after(next.clone());
        for refused in [
            registry.list(&other).unwrap_err(),
            registry.list_status(&other).unwrap_err(),
        ] {
            assert_eq!(refused.code(), "invalid_cursor");
        }
    }
    let unclaimed = registry
        .list(&all.clone().unclaimed())
        .unwrap()
        .next
        .unwrap();
    let alive = all.driven(Liveness::Alive).after(unclaimed);
    assert_eq!(registry.list(&alive).unwrap_err().code(), "invalid_cursor");
}
