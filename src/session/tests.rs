#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;

pub(super) const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

pub(super) fn parts() -> SessionParts {
    SessionParts {
        id: ID.parse().unwrap(),
        name: SessionName::new("My app").unwrap(),
        name_origin: Said::new(NameOrigin::Given),
        project_path: path("/work/app"),
        config: SessionConfig::new().provider("anthropic"),
        metadata: [("branch".to_owned(), "main".to_owned())].into(),
        aliases: Said::new([Alias::new("acp:sess_42").unwrap()].into()),
        tags: Said::new([Tag::new("review").unwrap()].into()),
        pinned: Said::new(true),
        parent: Some(Parent::new(
            SessionId::from(uuid::Uuid::nil()),
            Relation::Fork,
        )),
        created_at: Timestamp::from_micros(0),
        updated_at: Timestamp::from_micros(1),
        last_active_at: Timestamp::from_micros(2),
        revision: 7,
        state: SessionState::Open,
    }
}

pub(super) fn session() -> Session {
    Session::from_parts(parts())
}

pub(super) fn path(text: &str) -> ProjectPath {
    ProjectPath::new(text).unwrap()
}

#[test]
fn parts_are_what_getters_show() {
    let session = session();
    let shown = SessionParts {
        id: session.id(),
        name: session.name().clone(),
        name_origin: Said::new(session.name_origin()),
        project_path: session.project_path().clone(),
        config: session.config().clone(),
        metadata: session.metadata().clone(),
        aliases: Said::new(session.aliases().clone()),
        tags: Said::new(session.tags().clone()),
        pinned: Said::new(session.is_pinned()),
        parent: session.parent(),
        created_at: session.created_at(),
        updated_at: session.updated_at(),
        last_active_at: session.last_active_at(),
        revision: session.revision(),
        state: session.state(),
    };
    assert_eq!(Session::from_parts(shown), session);
    assert_eq!(
        (
            session.revision(),
            session.updated_at(),
            session.last_active_at()
        ),
        (7, Timestamp::from_micros(1), Timestamp::from_micros(2))
    );
}

#[test]
fn a_built_session_is_what_was_set() {
    let expected = parts();
    let built = Session::builder(expected.project_path.clone())
        .id(expected.id)
        .name(expected.name.clone())
        .config(expected.config.clone())
        .metadata("branch", "replaced")
        .metadata("branch", "main")
        .alias(Alias::new("acp:sess_42").unwrap())
        .tag(Tag::new("review").unwrap())
        .pinned(true)
        .parent(SessionId::from(uuid::Uuid::nil()), Relation::Fork)
        .created_at(expected.updated_at)
        .build();
    let fresh = SessionParts {
        created_at: expected.updated_at,
        last_active_at: expected.updated_at,
        revision: 0,
        ..expected
    };
    assert_eq!(built, Session::from_parts(fresh));
}

#[test]
fn a_builder_fills_in_defaults_each_time() {
    let builder = Session::builder(path("/work/my app"));
    let before = Timestamp::now();
    let (first, second) = (builder.clone().build(), builder.build());
    assert_ne!(first.id(), second.id());
    assert_eq!(first.name().as_str(), "my app");
    assert_eq!(first.config(), &SessionConfig::new());
    assert!(first.metadata().is_empty());
    assert_eq!(first.created_at(), first.updated_at());
    assert!(before <= first.created_at() && first.created_at() <= Timestamp::now());
    assert_eq!(first.validate(), Ok(()));
}

#[test]
fn for_project_asks_the_disk() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("my app");
    std::fs::create_dir(&directory).unwrap();
    let session = Session::for_project(&directory).unwrap();
    assert_eq!(
        session.project_path(),
        &ProjectPath::resolve(&directory).unwrap()
    );
    assert_eq!(session.name().as_str(), "my app");
    let error = Session::for_project(root.path().join("none")).unwrap_err();
    assert_eq!(error.code(), "invalid_project_path");
}

#[test]
fn validate_finds_problems_of_settings_before_metadata() {
    let mut invalid = session();
    invalid.set_config(SessionConfig::new().max_tokens(0).provider(""));
    invalid
        .metadata_mut()
        .insert(String::new(), "x".repeat(65_536));
    let expected = [
        SessionProblem::NameLength {
            field: "config.provider",
            bytes: 0,
        },
        SessionProblem::NoTokens,
        SessionProblem::MetadataKeyLength {
            key: String::new(),
            bytes: 0,
        },
        SessionProblem::MetadataTooLarge { bytes: 65_546 },
    ];
    assert_eq!(invalid.validate().unwrap_err().problems(), expected);
    assert_eq!(session().validate(), Ok(()));
}

#[test]
fn same_content_ignores_identity_and_history() {
    let original = session();
    let mut other = Session::from_parts(SessionParts {
        id: SessionId::random(),
        created_at: Timestamp::MAX,
        ..parts()
    });
    other.set_updated_at(Timestamp::MIN);
    other.set_revision(u64::MAX);
    assert!(original.same_content(&other));

    let changes: [fn(&mut Session); 4] = [
        |s| s.set_name(SessionName::new("Other").unwrap()),
        |s| s.set_project_path(path("/other")),
        |s| s.set_config(SessionConfig::new()),
        |s| s.metadata_mut().clear(),
    ];
    for change in changes {
        let mut other = original.clone();
        change(&mut other);
        assert!(!original.same_content(&other), "{other:?}");
    }
}

/// Clones share their fields until one of them is changed.
#[test]
fn a_change_of_a_clone_is_its_own() {
    let changes: [fn(&mut Session); 10] = [
        |session| session.set_name(SessionName::new("other").unwrap()),
        |session| session.set_project_path(path("/other")),
        |session| session.set_config(SessionConfig::new()),
        |session| session.config_mut().max_tokens = 1,
        |session| session.metadata_mut().clear(),
        |session| session.set_id(SessionId::random()),
        |session| session.set_updated_at(Timestamp::from_micros(9)),
        |session| session.set_last_active_at(Timestamp::from_micros(9)),
        |session| session.set_revision(9),
        |session| {
            session.set_state(SessionState::Closed {
                at: Timestamp::from_micros(9),
                reason: CloseReason::Requested,
            });
        },
    ];
    let original = session();
    for (number, change) in changes.into_iter().enumerate() {
        let mut clone = original.clone();
        change(&mut clone);
        assert_ne!(clone, original, "change {number}");
        assert_eq!(original, session(), "change {number}");
    }
}

#[test]
fn a_session_shows_its_fields_when_debugged() {
    let shown = format!("{:?}", session());
    assert!(shown.starts_with("Session { id: SessionId("), "{shown}");
    for field in [
        "name: ",
        "project_path: ",
        "config: ",
        "metadata: ",
        "created_at: ",
        "updated_at: ",
        "last_active_at: ",
        "revision: 7",
        "state: Open }",
    ] {
        assert!(shown.contains(field), "{field:?} is not in {shown}");
    }
}
