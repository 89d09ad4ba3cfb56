//! Lists of one project, one parent, one tag: what the lists of all have of them, in every order.

use session_registry::{
    Order, ProjectPath, Query, Relation, Session, SessionId, SessionRegistry, StateFilter, Tag,
};

use crate::support::place::{Kind, Place};
use crate::support::soak;
use crate::support::values::{id, path, second};

const SESSIONS: u128 = 60;
const ORDERS: [Order; 4] = [
    Order::Created,
    Order::LastActive,
    Order::Updated,
    Order::Name,
];
const STATES: [StateFilter; 3] = [StateFilter::Open, StateFilter::Closed, StateFilter::Any];
const TAGS: [&str; 3] = ["a", "ab", "b"];

fn tag(text: &str) -> Tag {
    Tag::new(text).unwrap()
}

fn project(number: usize) -> ProjectPath {
    path(["/p", "/p/a", "/pa"][number])
}

/// Sessions on a few projects, with a few tags and parents, some of them closed.
fn fill(place: &Place, rng: &mut fastrand::Rng) {
    let registry = &place.registry;
    registry.set_max_sessions(1000).unwrap();
    registry.set_max_sessions_per_project(1000).unwrap();
    for number in 1..=SESSIONS {
        let mut builder = Session::builder(project(rng.usize(..3)))
            .id(id(number))
            .name(["x", "X", "y"][rng.usize(..3)].parse().unwrap())
            .created_at(second(rng.i64(0..20)));
        for text in TAGS {
            if rng.u8(..3) == 0 {
                builder = builder.tag(tag(text));
            }
        }
        // Some parents are registered, one never is.
        if rng.bool() {
            let parent = [1, 2, 999][rng.usize(..3)];
            if parent != number {
                builder = builder.parent(id(parent), Relation::Child);
            }
        }
        registry.register(builder.build()).unwrap();
    }
    for number in 1..=SESSIONS {
        place.clock.set(second(rng.i64(20..40)));
        match rng.u8(..4) {
            0 => drop(registry.close_session(id(number)).unwrap()),
            1 => registry.touch(id(number)).unwrap(),
            2 => drop(registry.rename(id(number), "z".parse().unwrap()).unwrap()),
            _ => {}
        }
    }
}

type Filter = (&'static str, fn(Query) -> Query, fn(&Session) -> bool);

fn parent(session: &Session) -> Option<SessionId> {
    session.parent().map(|parent| parent.id)
}

fn filters() -> Vec<Filter> {
    vec![
        (
            "path",
            |q| q.path(project(0)),
            |s| *s.project_path() == project(0),
        ),
        ("no such path", |q| q.path(path("/none")), |_| false),
        (
            "children",
            |q| q.children_of(id(1)),
            |s| parent(s) == Some(id(1)),
        ),
        (
            "orphans",
            |q| q.children_of(id(999)),
            |s| parent(s) == Some(id(999)),
        ),
        ("tag", |q| q.tag(tag("a")), |s| s.tags().contains("a")),
        ("no such tag", |q| q.tag(tag("none")), |_| false),
        (
            "tags",
            |q| q.tag(tag("b")).tag(tag("ab")),
            |s| s.tags().contains("b") && s.tags().contains("ab"),
        ),
        ("roots", Query::roots, |s| s.parent().is_none()),
        (
            "all of them",
            |q| {
                q.tag(tag("a"))
                    .path(project(1))
                    .children_of(id(2))
                    .name_contains("z")
            },
            |s| {
                s.tags().contains("a")
                    && *s.project_path() == project(1)
                    && parent(s) == Some(id(2))
                    && s.name() == "z"
            },
        ),
        (
            "roots of a project",
            |q| q.roots().path(project(2)),
            |s| s.parent().is_none() && *s.project_path() == project(2),
        ),
    ]
}

/// All pages of a query.
fn walk(registry: &SessionRegistry, query: &Query) -> Vec<Session> {
    let pages = registry.pages(query).map(Result::unwrap);
    pages.flat_map(|page| page.items).collect()
}

#[test]
fn filters_list_what_the_list_of_all_has_of_them() {
    let mut rng = soak::rng("filters_list_what_the_list_of_all_has_of_them");
    for kind in [Kind::Shared, Kind::Memory] {
        let place = Place::new(kind);
        fill(&place, &mut rng);
        let registry = &place.registry;
        for order in ORDERS {
            for state in STATES {
                for descending in [false, true] {
                    let mut all = Query::new().order(order).state(state);
                    if descending {
                        all = all.descending();
                    }
                    let sessions = walk(registry, &all.clone().limit(1000));
                    for (what, narrow, wanted) in filters() {
                        let expected: Vec<_> =
                            sessions.iter().filter(|s| wanted(s)).cloned().collect();
                        let limit = rng.u32(1..9);
                        let query = narrow(all.clone()).limit(limit);
                        assert!(walk(registry, &query) == expected, "{what}: {query:?}");
                        let snapshot = registry.snapshot().unwrap();
                        let first = snapshot.list(&query).unwrap().items;
                        let head = expected.iter().take(limit as usize);
                        assert!(first.iter().eq(head), "{what} in a snapshot");
                    }
                }
            }
        }
    }
}

#[test]
fn a_query_is_read_back_and_its_cursors_are_its_own() {
    let place = Place::new(Kind::Memory);
    fill(&place, &mut soak::rng("a_query_is_read_back"));
    let registry = &place.registry;
    let query = Query::new()
        .path(project(0))
        .children_of(id(1))
        .tag(tag("a"))
        .roots();
    let json = serde_json::to_value(&query).unwrap();
    assert_eq!(json["path"], "/p");
    assert_eq!(json["children_of"], serde_json::json!(id(1)));
    assert_eq!(
        (&json["tags"], &json["roots"]),
        (&serde_json::json!(["a"]), &true.into())
    );
    assert_eq!(serde_json::from_value::<Query>(json).unwrap(), query);
    let plain = serde_json::to_value(Query::new()).unwrap();
    for field in ["path", "children_of", "tags", "roots"] {
        assert!(plain.get(field).is_none(), "{field}");
    }

    let all = Query::new().limit(1);
    let next = registry.list(&all).unwrap().next.unwrap();
    let narrowed = [
        Query::new().path(project(0)),
        Query::new().children_of(id(1)),
        Query::new().tag(tag("a")),
        Query::new().roots(),
    ];
    for other in narrowed {
        let refused = registry
            .list(&other.limit(1).after(next.clone()))
            .unwrap_err();
        assert_eq!(refused.code(), "invalid_cursor");
    }
}
