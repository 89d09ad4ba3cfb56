#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Component;

use proptest::prelude::*;

use super::*;
use crate::shared::soak;

/// The accepted text, or the message of the refusal.
fn text(path: impl AsRef<Path>) -> Result<String, String> {
    ProjectPath::new(path)
        .map(|path| path.as_str().to_owned())
        .map_err(|error| error.to_string())
}

fn refused(quoted: &str, problem: &str) -> Result<String, String> {
    Err(format!("{quoted} cannot be a project path: {problem}"))
}

fn path(text: &str) -> ProjectPath {
    ProjectPath::new(text).unwrap()
}

#[test]
fn every_spelling_of_a_path_is_one_text() {
    for spelling in ["/a/b", "/a/b/", "/a//b", "//a/./b/.", "/./a/b/./"] {
        assert_eq!(text(spelling).as_deref(), Ok("/a/b"), "{spelling}");
    }
    assert_eq!(text("///./").as_deref(), Ok("/"));
    assert_eq!(
        text("/a..b/..c/d../...").as_deref(),
        Ok("/a..b/..c/d../...")
    );
    assert_eq!(text("/ é\n").as_deref(), Ok("/ é\n"));
}

#[test]
fn each_rule_has_its_refusal() {
    assert_eq!(text(""), refused(r#""""#, "it is empty"));
    assert_eq!(text("a\n/b"), refused(r#""a\n/b""#, "it is not absolute"));
    for inside in ["/..", "/a/../b", "/a/.."] {
        assert_eq!(
            text(inside),
            refused(&format!("{inside:?}"), "it has a `..` component")
        );
    }
    assert_eq!(text("/a\0b"), refused(r#""/a\u{0}b""#, "it has a NUL byte"));
    assert_eq!(
        text(OsStr::from_bytes(b"/a\xFF")),
        refused("\"/a\u{FFFD}\"", "it is not valid UTF-8")
    );
}

#[test]
fn the_normalised_text_has_at_most_4096_bytes() {
    let longest = format!("/{}", "x".repeat(4095));
    assert_eq!(text(&longest), Ok(longest.clone()));
    assert_eq!(text(format!("//.{longest}/")), Ok(longest.clone()));
    let quoted = format!("\"/{}…\"", "x".repeat(199));
    assert_eq!(
        text(format!("{longest}x")),
        refused(&quoted, "it has 4097 bytes; at most 4096 are allowed")
    );
}

#[test]
fn ancestors_are_compared_by_component() {
    let app = path("/work/app");
    for ancestor in ["/", "/work", "/work/app"] {
        assert!(app.starts_with(&path(ancestor)), "{ancestor}");
    }
    for other in ["/wo", "/work/ap", "/work/app/src", "/other"] {
        assert!(!app.starts_with(&path(other)), "{other}");
    }
    assert_eq!(app.parent(), Some(path("/work")));
    assert_eq!(path("/work").parent(), Some(path("/")));
    assert_eq!(path("/").parent(), None);
}

#[test]
fn the_default_name_is_the_last_component() {
    assert_eq!(path("/work/my app ").default_name().as_str(), "my app");
    assert_eq!(path("/work/a\nb\u{202E}").default_name().as_str(), "ab");
    assert_eq!(path("/").default_name().as_str(), "session");
    assert_eq!(path("/work/ \n").default_name().as_str(), "session");
    let long = path(&format!("/{}", "x".repeat(4000)));
    assert_eq!(long.default_name().as_str(), "x".repeat(200));
}

#[test]
fn resolve_follows_links_and_parents() {
    let root = tempfile::tempdir().unwrap();
    let real = root.path().canonicalize().unwrap().join("real");
    fs::create_dir(&real).unwrap();
    symlink(&real, root.path().join("link")).unwrap();
    let expected = ProjectPath::new(&real).unwrap();
    for spelling in ["real", "link", "real/../link/.", "link/"] {
        let resolved = ProjectPath::resolve(root.path().join(spelling)).unwrap();
        assert_eq!(resolved, expected, "{spelling}");
    }
    let here = std::env::current_dir().unwrap().canonicalize().unwrap();
    assert_eq!(
        ProjectPath::resolve(".").unwrap().local_path(),
        Some(here.as_path())
    );
}

#[test]
fn resolve_names_what_is_in_the_way() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    let dangling = root.path().join("dangling");
    symlink("nowhere", &dangling).unwrap();
    let foreign = root.path().join(OsStr::from_bytes(b"\xFF"));
    let resolve = |path: &Path| ProjectPath::resolve(path).unwrap_err();

    assert!(matches!(
        resolve(Path::new("")).problem(),
        ProjectPathProblem::Empty
    ));
    assert!(matches!(
        resolve(Path::new("/a\0")).problem(),
        ProjectPathProblem::NulByte
    ));
    assert!(matches!(
        resolve(&root.path().join("none")).problem(),
        ProjectPathProblem::Missing
    ));
    assert!(matches!(
        resolve(&dangling).problem(),
        ProjectPathProblem::Missing
    ));
    assert!(matches!(
        resolve(&file).problem(),
        ProjectPathProblem::NotADirectory
    ));
    assert!(matches!(
        resolve(&file.join("below")).problem(),
        ProjectPathProblem::NotADirectory
    ));
    if fs::create_dir(&foreign).is_ok() {
        assert!(matches!(
            resolve(&foreign).problem(),
            ProjectPathProblem::NotUtf8
        ));
    }
}

#[test]
fn refusals_are_the_same_where_path_and_rule_are() {
    let refused = |path: &str| ProjectPath::new(path).unwrap_err();
    assert_eq!(refused("a"), refused("a").clone());
    assert_ne!(refused("a"), refused("b"));
    let too_long = |bytes| ProjectPathProblem::TooLong { bytes };
    let control = |character, index| ProjectPathProblem::ControlCharacter { character, index };
    let io = |kind: std::io::ErrorKind| ProjectPathProblem::from_io(kind.into());
    let problems = [
        ProjectPathProblem::Empty,
        ProjectPathProblem::Relative,
        too_long(4097),
        too_long(4098),
        control('\n', 6),
        control('\n', 7),
        control('\r', 7),
        ProjectPathProblem::UnsupportedForm,
        ProjectPathProblem::Scheme,
        ProjectPathProblem::FileUri,
        ProjectPathProblem::TrailingSeparators,
        io(std::io::ErrorKind::PermissionDenied),
        io(std::io::ErrorKind::TimedOut),
        io(std::io::ErrorKind::NotFound),
    ];
    for (at, one) in problems.iter().enumerate() {
        for (other_at, other) in problems.iter().enumerate() {
            assert_eq!(one == &other.clone(), at == other_at, "{one}, {other}");
        }
    }
    assert_eq!("/work/app".parse(), Ok(path("/work/app")));
}

#[test]
fn an_io_error_is_the_source_and_printed_once() {
    let root = tempfile::tempdir().unwrap();
    let looped = root.path().join("loop");
    symlink(&looped, &looped).unwrap();
    let error = ProjectPath::resolve(&looped).unwrap_err();
    let source = error
        .source()
        .and_then(|source| source.downcast_ref::<std::io::Error>());
    let source = source.unwrap().to_string();
    assert!(
        error.to_string().ends_with("it could not be read"),
        "{error}"
    );
    assert!(!error.to_string().contains(&source), "{error}");
    assert!(ProjectPath::new("").unwrap_err().source().is_none());
}

proptest! {
    #![proptest_config(soak::property(module_path!()))]

    #[test]
    fn accepted_paths_obey_the_rules(text in "/(/|\\.|\\.\\.|\0|[a-c]|\\PC)*") {
        if let Ok(path) = ProjectPath::new(&text) {
            let normal = path.as_str();
            prop_assert!(normal.starts_with('/') && normal.len() <= 4096);
            prop_assert!(!normal.contains('\0'));
            let components = || normal.split('/').skip(1);
            prop_assert!(normal == "/" || components().all(|c| !["", ".", ".."].contains(&c)));
            prop_assert_eq!(&ProjectPath::new(normal).unwrap(), &path);
            prop_assert_eq!(path.local_path(), Some(Path::new(&text)), "same file");
        }
    }

    /// As the components of the standard library were put together again.
    #[test]
    fn what_was_stored_before_forms_had_names_keeps_its_text(text in r"/((/|\\|\.|\.\.|:|\?|\PC){0,3}/?){0,4}") {
        let mut stored = PathBuf::new();
        for component in Path::new(&text).components() {
            if !matches!(component, Component::CurDir) {
                stored.push(component);
            }
        }
        let has_parent = Path::new(&text).components().any(|c| c == Component::ParentDir);
        let stored = Some(stored.to_str().unwrap()).filter(|_| !has_parent);
        let path = ProjectPath::new(&text).ok();
        prop_assert_eq!(path.as_ref().map(ProjectPath::as_str), stored);
        if let Some(path) = path {
            let as_path = Path::new(path.as_str());
            let parent = path.parent();
            let expected = as_path.parent().and_then(Path::to_str);
            prop_assert_eq!(parent.as_ref().map(ProjectPath::as_str), expected);
            let last = as_path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            prop_assert_eq!(path.default_name(), SessionName::nearest(last));
        }
    }

    #[test]
    fn any_text_is_a_path_or_refused(text in any::<String>()) {
        let absolute = format!("/{text}");
        for text in [&text, &absolute] {
            if let Ok(path) = ProjectPath::new(text) {
                let name = path.default_name();
                prop_assert_eq!(SessionName::new(name.as_str()), Ok(name));
            }
        }
    }
}
