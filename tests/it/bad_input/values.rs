//! Paths, names, settings, times and ids that are none.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use session_registry::{
    Error, InvalidSessionName, ProjectPath, ProjectPathProblem, Session, SessionConfig, SessionId,
    SessionName, SessionProblem, Timestamp,
};

use super::directory;
use crate::support::place::{Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::system::not_text;
use crate::support::values::{id, session, with};

in_every_registry![every_bad_setting_is_refused_by_every_write];

/// The problem of a refused path, in its own words and as the crate's error.
fn path_problem(error: impl Into<Error>) -> String {
    let error = error.into();
    assert_eq!(error.code(), "invalid_project_path");
    let Error::InvalidProjectPath(invalid) = error else {
        panic!("another error: {error}");
    };
    let problem = invalid.problem().to_string();
    assert!(invalid.to_string().ends_with(&problem), "{invalid}");
    problem
}

#[test]
fn paths_that_are_no_project_paths() {
    let long = format!("/{}", "p".repeat(ProjectPath::MAX_BYTES));
    for (path, problem) in [
        ("", "it is empty"),
        ("work/app", "it is not absolute"),
        ("./app", "it is not absolute"),
        ("/work/../etc", "it has a `..` component"),
        ("/..", "it has a `..` component"),
        ("/work\0", "it has a NUL byte"),
        (&long, "it has 4097 bytes; at most 4096 are allowed"),
    ] {
        assert_eq!(path_problem(ProjectPath::new(path).unwrap_err()), problem);
    }
    let not_text = Path::new("/work").join(not_text());
    assert_eq!(
        path_problem(ProjectPath::new(&not_text).unwrap_err()),
        "it is not valid UTF-8"
    );
    for fine in ["/a..b", "/..a", "/a..", "/...", "/a/./b", "/a//b/"] {
        assert!(ProjectPath::new(fine).is_ok(), "{fine}");
    }
}

#[test]
fn directories_that_are_none() {
    let (_keep, folder) = directory();
    fs::write(folder.join("file"), "").unwrap();
    fs::create_dir(folder.join(not_text())).unwrap();
    let problem = |name: &OsStr| path_problem(Session::for_project(folder.join(name)).unwrap_err());
    assert_eq!(problem("missing".as_ref()), "it does not exist");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", folder.join("dangling")).unwrap();
        assert_eq!(problem("dangling".as_ref()), "it does not exist");
    }
    assert_eq!(problem("file".as_ref()), "it is not a directory");
    assert_eq!(problem("file/below".as_ref()), "it is not a directory");
    assert_eq!(problem(&not_text()), "it is not valid UTF-8");
    let missing = Session::for_project("no/such/directory").unwrap_err();
    assert!(matches!(
        &missing,
        Error::InvalidProjectPath(invalid)
            if matches!(invalid.problem(), ProjectPathProblem::Missing)
    ));
}

#[test]
fn names_that_are_none() {
    let too_long = "é".repeat(201);
    let too_many_bytes = "x".repeat(2049);
    let forbidden = |character, index| InvalidSessionName::ForbiddenCharacter { character, index };
    for (text, expected) in [
        ("", InvalidSessionName::Empty),
        (" \t\u{a0}\n ", InvalidSessionName::Empty),
        (&too_long, InvalidSessionName::TooLong { graphemes: 201 }),
        (
            &too_many_bytes,
            InvalidSessionName::TooManyBytes { bytes: 2049 },
        ),
        ("a\0b", forbidden('\0', 1)),
        ("a\u{1b}[2Jb", forbidden('\u{1b}', 1)),
        ("a\nb", forbidden('\n', 1)),
        ("a\u{7f}b", forbidden('\u{7f}', 1)),
        ("a\u{85}b", forbidden('\u{85}', 1)),
        ("ab\u{202e}c", forbidden('\u{202e}', 2)),
        ("\u{2066}c", forbidden('\u{2066}', 0)),
    ] {
        let error = SessionName::new(text).unwrap_err();
        assert_eq!(error, expected, "{text:?}");
        let error = Error::from(error);
        assert_eq!(error.code(), "invalid_session_name");
        assert!(
            !error.to_string().contains('\u{1b}'),
            "nothing raw: {error}"
        );
    }
    assert!(SessionName::new("é".repeat(200)).is_ok());
}

/// Each bad setting, and the problem it is.
fn bad_settings() -> Vec<(Session, SessionProblem)> {
    let fine = SessionConfig::new;
    let bad = |config| with(&session(1), |s| s.set_config(config));
    let meta = |key: String, value: String| {
        with(&session(1), |s| {
            s.metadata_mut().clear();
            s.metadata_mut().insert(key, value);
        })
    };
    let length = |field, bytes| SessionProblem::NameLength { field, bytes };
    let (provider, model) = ("config.provider", "config.model");
    let long = "x".repeat(257);
    let key = "k".repeat(65);
    vec![
        (
            bad(fine().temperature(-0.1)),
            SessionProblem::Temperature { value: -0.1 },
        ),
        (
            bad(fine().temperature(2.1)),
            SessionProblem::Temperature { value: 2.1 },
        ),
        (
            bad(fine().temperature(f64::INFINITY)),
            SessionProblem::Temperature {
                value: f64::INFINITY,
            },
        ),
        (bad(fine().max_tokens(0)), SessionProblem::NoTokens),
        (bad(fine().provider("")), length(provider, 0)),
        (bad(fine().provider(&long)), length(provider, 257)),
        (bad(fine().model("")), length(model, 0)),
        (bad(fine().model(&long)), length(model, 257)),
        (
            meta(String::new(), "v".into()),
            SessionProblem::MetadataKeyLength {
                key: String::new(),
                bytes: 0,
            },
        ),
        (
            meta(key, "v".into()),
            SessionProblem::MetadataKeyLength {
                key: format!("{}…", "k".repeat(64)),
                bytes: 65,
            },
        ),
        (
            meta("k".into(), "v".repeat(64 * 1024)),
            SessionProblem::MetadataTooLarge { bytes: 65_537 },
        ),
    ]
}

fn every_bad_setting_is_refused_by_every_write(place: Place) {
    let mut place = place.with_sessions(1);
    for (bad, problem) in bad_settings() {
        let expected = Refusal::Invalid(vec![problem]);
        // As a new session, on an id and a path that are free.
        let new = with(&bad, |s| {
            s.set_project_path(session(2).project_path().clone())
        });
        assert_eq!(place.refused(|r| r.register(new.clone())), expected);
        assert_eq!(place.refused(|r| r.get_or_register(new)), expected);
        assert_eq!(place.refused(|r| r.update(bad.clone())), expected);
        assert_eq!(
            place.refused(|r| r.modify(id(1), |s| *s = bad.clone())),
            expected
        );
    }
    // NaN equals nothing, so it is asked for by name.
    let nan = with(&session(2), |s| {
        s.set_config(SessionConfig::new().temperature(f64::NAN));
    });
    let Refusal::Invalid(problems) = place.refused(|r| r.register(nan)) else {
        panic!("another refusal");
    };
    assert!(
        matches!(problems.as_slice(), [SessionProblem::Temperature { value }] if value.is_nan()),
        "{problems:?}"
    );
}

#[test]
fn times_outside_the_years_1_to_9999_are_clamped() {
    assert_eq!(Timestamp::from_micros(i64::MIN), Timestamp::MIN);
    assert_eq!(Timestamp::from_micros(i64::MAX), Timestamp::MAX);
    for text in [
        "0000-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "yesterday",
        "",
    ] {
        let error = text.parse::<Timestamp>().unwrap_err();
        assert!(error.to_string().contains("is not a valid time"), "{error}");
    }
    let wild = Session::builder(session(1).project_path().clone())
        .created_at(Timestamp::from_micros(i64::MAX))
        .build();
    assert_eq!(wild.validate(), Ok(()));
}

#[test]
fn ids_that_are_none() {
    let fine = id(1).to_string();
    for text in [
        "",
        "1",
        "nonsense",
        &fine[1..],
        &format!("{fine}0"),
        &format!("{fine}\n"),
    ] {
        let error = Error::from(text.parse::<SessionId>().unwrap_err());
        assert_eq!(error.code(), "invalid_session_id", "{text:?}");
        assert!(error.to_string().contains("is not a session id"), "{error}");
    }
    assert_eq!(fine.parse(), Ok(id(1)));
}
