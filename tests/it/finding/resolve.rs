//! What a person means by what they typed: a table of cases.

use session_registry::{Error, Session, SessionId, SessionRegistry};

use crate::support::place::{Place, in_every_registry};
use crate::support::records::refused;
use crate::support::refusal::Refusal;
use crate::support::values::{at, name, path};

in_every_registry![
    the_first_stage_that_fits_decides,
    several_matches_are_told,
    no_more_than_ten_matches_are_told,
    nothing_is_created_and_nothing_is_told_when_nothing_fits,
];

#[derive(Debug, PartialEq)]
pub(super) enum Found {
    One(u8),
    Several(Vec<u8>),
    Nothing,
}

use Found::{Nothing, One, Several};

fn number(session: &Session) -> u8 {
    session.metadata()["number"].parse().unwrap()
}

pub(super) fn resolve(registry: &SessionRegistry, query: &str) -> Found {
    let found = match registry.resolve(query) {
        Ok(session) => One(number(&session)),
        Err(Error::Ambiguous {
            query: typed,
            matches,
            total,
            ..
        }) => {
            assert_eq!(typed, query);
            assert_eq!(matches.len() as u64, total.min(10));
            Several(matches.iter().map(number).collect())
        }
        Err(Error::NoMatch { query: typed, .. }) => {
            assert_eq!(typed, query);
            Nothing
        }
        Err(other) => panic!("{query:?}: {other:?}"),
    };
    let snapshot = registry.snapshot().unwrap();
    match (&found, snapshot.resolve(query)) {
        (One(one), Ok(session)) => assert_eq!(number(&session), *one),
        (Several(_), Err(Error::Ambiguous { .. })) | (Nothing, Err(Error::NoMatch { .. })) => {}
        other => panic!("{query:?}: {other:?}"),
    }
    found
}

/// Registers sessions 1, 2, ... with these ids, names and paths.
pub(super) fn register(registry: &SessionRegistry, sessions: &[(&str, &str, &str)]) {
    registry.set_max_sessions(1000).unwrap();
    for (number, (id, called, directory)) in (1..).zip(sessions) {
        let id: SessionId = id.parse().unwrap();
        let session = Session::builder(path(directory))
            .id(id)
            .name(name(called))
            .metadata("number", number.to_string())
            .created_at(at(number));
        registry.register(session.build()).unwrap();
    }
}

fn the_first_stage_that_fits_decides(place: Place) {
    let registry = &place.registry;
    register(
        registry,
        &[
            (
                "0f8fad5b-d9cb-469f-a165-70867728950e",
                "Backend",
                "/work/backend",
            ),
            (
                "0f8fad5b-0000-469f-a165-70867728950e",
                "backend api",
                "/work/api",
            ),
            (
                "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                "BACKEND",
                "/work/other",
            ),
            ("00000000-0000-0000-0000-0000deadbeef", "dead", "/work/dead"),
            (
                "11111111-0000-0000-0000-000000000000",
                "/work/api",
                "/work/named like a path",
            ),
            (
                "abcdef01-0000-0000-0000-000000000000",
                "7c9e",
                "/work/named like an id",
            ),
            (
                "22222222-0000-0000-0000-000000000000",
                "Ünïcödé ΟΔΟΣ",
                "/work/ünï",
            ),
            ("33333333-0000-0000-0000-000000000000", "straße", "/"),
            (
                "44444444-0000-0000-0000-000000000000",
                "100% _wild_ *",
                "/work/wild",
            ),
            (
                "55555555-0000-0000-0000-000000000000",
                "7C9E6679-7425-40DE-944B-E07FC1F90AE7",
                "/work/named like a whole id",
            ),
        ],
    );
    for (query, expected) in [
        // The whole id, in every spelling; before a name that reads the same.
        ("0f8fad5b-d9cb-469f-a165-70867728950e", One(1)),
        ("0F8FAD5BD9CB469FA16570867728950E", One(1)),
        ("7c9e6679-7425-40de-944b-e07fc1f90ae7", One(3)),
        ("7C9E6679-7425-40DE-944B-E07FC1F90AE7", One(3)),
        // The exact name, before other cases of it and before longer ones.
        ("Backend", One(1)),
        ("BACKEND", One(3)),
        ("backend api", One(2)),
        // The name before the path and before the beginning of an id.
        ("/work/api", One(5)),
        ("7c9e", One(6)),
        // The exact path, however it is written; not one inside it, nor one above it, which here is the
        // beginning of a name.
        ("/work/backend", One(1)),
        ("/work/backend/", One(1)),
        ("//work/./backend//", One(1)),
        ("/", One(8)),
        ("/work", One(5)),
        ("/work/backend/src", Nothing),
        ("/work/../work/backend", Nothing),
        ("work/backend", Nothing),
        ("/work/BACKEND", Nothing),
        // The beginning of an id: four digits or more, in any case, hyphens wherever.
        ("0f8", Nothing),
        ("7c9e6", One(3)),
        ("7C9E6", One(3)),
        ("0f8f", Several(vec![1, 2])),
        ("0f8fad5b", Several(vec![1, 2])),
        ("0f8fad5b-", Several(vec![1, 2])),
        ("0f8fad5b-d", One(1)),
        ("0f8f-ad5b-d9", One(1)),
        ("-0-f-8-f-a-d-5-b-d-", One(1)),
        ("0f8-", Nothing),
        ("0f8fad5bd9cb469fa16570867728950", One(1)),
        ("0f8fad5bd9cb469fa16570867728950e0", Nothing),
        ("0f8fad5b d9cb", Nothing),
        ("+f8fad", Nothing),
        // An id that begins so comes before a name that begins so.
        ("0000", One(4)),
        ("----", Nothing),
        // The name whatever its case.
        ("backend", Several(vec![1, 3])),
        ("bACKEND API", One(2)),
        ("üNÏCÖDÉ οδος", One(7)),
        ("ünïcödé ΟΔΟΣ", One(7)),
        ("STRASSE", Nothing),
        // The beginning of the name whatever its case.
        ("back", Several(vec![1, 2, 3])),
        ("Backend ", One(2)),
        ("BACKEND A", One(2)),
        ("ÜNÏ", One(7)),
        ("ünïcödé ΟΔ", One(7)),
        ("Ü", One(7)),
        ("U", Nothing),
        ("dea", One(4)),
        ("end", Nothing),
        (" Backend", Nothing),
        // Nothing has a special meaning.
        ("100%", One(9)),
        ("%", Nothing),
        ("*", Nothing),
        (".*", Nothing),
        ("100% _wild_ *", One(9)),
        ("", Nothing),
        (" ", Nothing),
        ("\0", Nothing),
        ("Backend\0", Nothing),
        ("\0Backend", Nothing),
        ("back\u{202e}", Nothing),
        ("\u{10ffff}", Nothing),
    ] {
        assert_eq!(resolve(registry, query), expected, "{query:?}");
    }
}

/// The beginning of a name was folded to something that the folded name did not begin with.
#[test]
fn a_final_sigma_is_a_sigma() {
    let place = Place::new(crate::support::place::Kind::Shared);
    register(
        &place.registry,
        &[
            ("11111111-0000-0000-0000-000000000000", "ΟΔΟΣΑ", "/work/a"),
            ("22222222-0000-0000-0000-000000000000", "άλλος", "/work/b"),
        ],
    );
    for (query, expected) in [
        ("ΟΔΟΣ", One(1)),
        ("οδος", One(1)),
        ("οδοσ", One(1)),
        ("ΆΛΛΟΣ", One(2)),
        ("άλλοσ", One(2)),
    ] {
        assert_eq!(resolve(&place.registry, query), expected, "{query:?}");
    }
    let query = session_registry::Query::new().name_contains("δος");
    assert_eq!(place.registry.list(&query).unwrap().items.len(), 1);
}

fn several_matches_are_told(place: Place) {
    let registry = &place.registry;
    let sessions = [
        ("0f8fad5b-0000-0000-0000-000000000003", "same", "/work/3"),
        ("0f8fad5b-0000-0000-0000-000000000001", "same", "/work/1"),
        ("0f8fad5b-0000-0000-0000-000000000002", "Same", "/work/2"),
    ];
    register(registry, &sessions);
    assert_eq!(resolve(registry, "same"), Several(vec![1, 2]));
    assert_eq!(resolve(registry, "SAME"), Several(vec![1, 2, 3]));
    let error = registry.resolve("SAME").unwrap_err();
    assert_eq!(error.code(), "ambiguous");
    assert_eq!(error.to_string(), "\"SAME\" fits 3 sessions");
}

fn no_more_than_ten_matches_are_told(place: Place) {
    let registry = &place.registry;
    let directories: Vec<_> = (10..40).map(|number| format!("/work/{number}")).collect();
    let ids: Vec<_> = (10..40)
        .map(|number| format!("abcdabcd-0000-0000-0000-0000000000{number}"))
        .collect();
    let sessions: Vec<_> = (0..30)
        .map(|number| (ids[number].as_str(), "many", directories[number].as_str()))
        .collect();
    register(registry, &sessions);
    for query in ["many", "MANY", "man", "abcd"] {
        let Err(Error::Ambiguous { matches, total, .. }) = registry.resolve(query) else {
            panic!("{query}");
        };
        assert_eq!((matches.len(), total), (10, 30), "{query}");
        let told: Vec<_> = matches.iter().map(|s| s.id().to_string()).collect();
        assert_eq!(told, ids[..10], "{query}");
    }
}

fn nothing_is_created_and_nothing_is_told_when_nothing_fits(mut place: Place) {
    register(
        &place.registry,
        &[("0f8fad5b-0000-0000-0000-000000000003", "name", "/work/3")],
    );
    let long = "n".repeat(1 << 16);
    let long_path = format!("/{}", "p/".repeat(1 << 16));
    let digits = "0f8f".repeat(1 << 14);
    let hyphens = format!("0f8f{}", "-".repeat(1 << 16));
    for query in ["nobody", &long, &long_path, &digits] {
        let refusal = refused(&mut place, |r| r.resolve(query));
        assert_eq!(refusal, Refusal::Other("no_match"));
    }
    assert_eq!(resolve(&place.registry, &hyphens), One(1));
}
