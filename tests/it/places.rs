//! Sessions of places that are no local directory, in a registry on any system.

use session_registry::{
    Error, ImportMode, MatchedBy, ProjectPath, Query, Session, SessionRegistry, StateFilter,
};

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{id, path};

in_every_registry![
    every_form_is_registered_and_found,
    one_place_has_one_open_session_however_it_is_spelled,
    what_is_elsewhere_contains_and_lists_what_lies_in_it,
    a_session_moves_from_place_to_place,
];

/// One of every form, and another spelling of it.
const PLACES: [(&str, &str, &str); 5] = [
    ("/work/app", "//work/./app/", "app"),
    (r"C:\work\app", r"\\?\c:\work\app", "app"),
    (r"\\server\share\app", r"\\?\UNC\server\share\app\", "app"),
    ("ssh://dev1/work/app", "SSH://dev1/work/app/", "app"),
    ("scratch://notes", "scratch://notes/", "notes"),
];

fn register_all(place: &Place) -> Vec<Session> {
    let sessions = (1..).zip(PLACES).map(|(number, (text, _, _))| {
        let session = place.registry.session(path(text)).id(id(number)).build();
        place.registry.register(session).unwrap()
    });
    sessions.collect()
}

fn every_form_is_registered_and_found(mut place: Place) {
    let sessions = register_all(&place);
    place.reopen();
    let registry = &place.registry;
    assert_eq!(registry.list_all().unwrap(), sessions);
    for (session, (text, spelling, name)) in sessions.iter().zip(PLACES) {
        assert_eq!(session.project_path(), text);
        assert_eq!(session.name(), name);
        for text in [text, spelling] {
            let found = registry.lookup_by_path(&path(text)).unwrap();
            assert_eq!(found.as_ref(), Some(session), "{text}");
            let found = registry.find(text).unwrap();
            assert_eq!((&found.session, found.by), (session, MatchedBy::Path));
        }
    }
    assert!(registry.verify().unwrap().is_clean());
}

fn one_place_has_one_open_session_however_it_is_spelled(mut place: Place) {
    let sessions = register_all(&place);
    for (session, (text, spelling, _)) in sessions.iter().zip(PLACES) {
        let again = Session::builder(path(spelling)).build();
        let refusal = place.refused(|registry| registry.register(again.clone()));
        let holder = session.id();
        let expected = Refusal::PathTaken {
            open: 1,
            most: 1,
            project_path: path(text),
            holder,
        };
        assert_eq!(refusal, expected);
        let found = place.registry.get_or_register(again).unwrap();
        assert!(!found.is_new());
        assert_eq!(found.session(), session);
    }
}

fn what_is_elsewhere_contains_and_lists_what_lies_in_it(place: Place) {
    let sessions = register_all(&place);
    let containing = |text| {
        let registry = &place.registry;
        let found = registry.lookup_containing(&path(text)).unwrap();
        found.map(|session| session.project_path().to_string())
    };
    for (text, project) in [
        ("/work/app/src", Some("/work/app")),
        ("C:/work/app/src/x", Some(r"C:\work\app")),
        (r"C:\work\apps", None),
        (r"D:\work\app", None),
        (r"\\server\share\app\x", Some(r"\\server\share\app")),
        (r"\\server\share", None),
        ("ssh://dev1/work/app//src/x", Some("ssh://dev1/work/app")),
        ("ssh://dev2/work/app", None),
        ("ssh://dev1/work", None),
        ("scratch://notes/a/b", Some("scratch://notes")),
        ("scratch://notes2", None),
    ] {
        assert_eq!(containing(text).as_deref(), project, "{text}");
    }

    let under = |text| {
        let page = place.registry.list(&Query::new().under(path(text)));
        page.unwrap().items
    };
    for (text, expected) in [
        ("/", &sessions[..1]),
        (r"C:\", &sessions[1..2]),
        (r"\\server\share", &sessions[2..3]),
        ("ssh://dev1", &sessions[3..4]),
        ("scratch://notes", &sessions[4..]),
        ("ssh://", &[]),
        (r"\\server\other", &[]),
    ] {
        assert_eq!(under(text), expected, "{text}");
    }
}

fn a_session_moves_from_place_to_place(mut place: Place) {
    let sessions = register_all(&place);
    let moving = sessions[0].id();
    let moved = |place: &Place, text| {
        let change = |session: &mut Session| session.set_project_path(path(text));
        place.registry.modify(moving, change)
    };
    let taken = Refusal::from(moved(&place, "SSH://dev1/work/app").unwrap_err());
    let expected = Refusal::PathTaken {
        open: 1,
        most: 1,
        project_path: path("ssh://dev1/work/app"),
        holder: sessions[3].id(),
    };
    assert_eq!(taken, expected);
    moved(&place, "ssh://dev2/work/app/").unwrap();
    place.registry.close_session(moving).unwrap();
    place.reopen();
    let closed = place.registry.find("ssh://dev2/work/app").unwrap();
    assert_eq!((closed.session.id(), closed.by), (moving, MatchedBy::Path));
    let reopened = place.registry.reopen(moving).unwrap();
    assert_eq!(reopened.project_path(), "ssh://dev2/work/app");
    assert!(place.registry.verify().unwrap().is_clean());
}

#[test]
fn what_was_exported_on_one_system_is_imported_on_another() {
    let place = Place::new(Kind::Shared);
    let sessions = register_all(&place);
    place.registry.close_session(sessions[3].id()).unwrap();
    let all = Query::new().state(StateFilter::Any);
    let mut exported = Vec::new();
    place.registry.export(&mut exported).unwrap();
    let other = SessionRegistry::in_memory().unwrap();
    let report = other.import(exported.as_slice(), ImportMode::KeepIds);
    assert_eq!(report.unwrap().sessions.len(), sessions.len());
    assert_eq!(
        other.list(&all).unwrap(),
        place.registry.list(&all).unwrap()
    );
}

/// A registry that Windows filled before had the paths that its system library resolves.
#[test]
fn an_import_writes_other_spellings_in_their_one_text() {
    let registry = SessionRegistry::in_memory().unwrap();
    registry
        .register(Session::builder(path(r"C:\work\app")).build())
        .unwrap();
    let mut lines = Vec::new();
    registry.export(&mut lines).unwrap();
    let text = String::from_utf8(lines).unwrap();
    let verbatim = text.replace(r#""C:\\work\\app""#, r#""\\\\?\\c:\\work\\app""#);
    assert_ne!(verbatim, text);
    let other = SessionRegistry::in_memory().unwrap();
    other
        .import(verbatim.as_bytes(), ImportMode::KeepIds)
        .unwrap();
    assert_eq!(other.list_all().unwrap(), registry.list_all().unwrap());

    let elsewhere = text.replace(r#""C:\\work\\app""#, r#""\\\\.\\c:""#);
    let error = registry.import(elsewhere.as_bytes(), ImportMode::KeepIds);
    let error = error.unwrap_err();
    assert!(matches!(error, Error::InvalidImport { .. }), "{error}");
    let expected = "it names no directory on a drive or a share";
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn a_place_is_its_text_as_json() {
    for (text, spelling, _) in PLACES {
        let json = serde_json::to_string(&path(text)).unwrap();
        assert_eq!(json, serde_json::to_string(text).unwrap());
        let spelling = serde_json::to_string(spelling).unwrap();
        let read: ProjectPath = serde_json::from_str(&spelling).unwrap();
        assert_eq!(read, path(text));
    }
}
