#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::PathBuf;

use super::*;
use crate::session::ProjectPath;

fn place(text: &str) -> ProjectPath {
    ProjectPath::new(text).unwrap()
}

fn refusal(text: &str) -> ProjectPathProblem {
    let refused = ProjectPath::new(text).unwrap_err();
    refused.problem().clone()
}

#[track_caller]
fn one_place(text: &str, form: Form, spellings: &[&str]) {
    for spelling in spellings.iter().chain([&text]) {
        assert_eq!(place(spelling).as_str(), text, "{spelling}");
    }
    assert_eq!(Form::of(text), form);
}

#[test]
fn only_slashes_separate_in_a_unix_path() {
    one_place(
        r"/a\b/C:\c",
        Form::Unix,
        &[r"//a\b/./C:\c/", r"///a\b//C:\c/."],
    );
    one_place(r"/?/C:", Form::Unix, &["//?/C:/"]);
    one_place("/server/share", Form::Unix, &["//server/share"]);
    one_place("/ssh:/dev1", Form::Unix, &["/ssh://dev1"]);
    assert_eq!(place(r"/a\b").parent(), Some(place("/")));
    assert_eq!(place(r"/a\b").default_name(), r"a\b");
}

#[test]
fn every_spelling_of_a_drive_is_one_place() {
    one_place(
        r"C:\work\app",
        Form::Drive,
        &[
            "C:/work/app",
            r"c:\work\app",
            r"c:\\work/./app\",
            r"\\?\C:\work\app",
            r"\\?\c:\work\app\.",
        ],
    );
    one_place(
        r"C:\",
        Form::Drive,
        &["c:/", r"C:\.\", r"\\?\c:\", "c://", "C:///"],
    );
    one_place(r"D:\a..b\é ", Form::Drive, &["d:/a..b/é "]);
    assert_ne!(place(r"C:\work"), place(r"C:\Work"));
}

#[test]
fn every_spelling_of_a_share_is_one_place() {
    one_place(
        r"\\server\share\app",
        Form::Share,
        &[
            r"\\server/share/app/",
            r"\\server\\share\.\app",
            r"\\?\UNC\server\share\app",
            r"\\?\unc\server\share\app\",
        ],
    );
    one_place(
        r"\\server\share",
        Form::Share,
        &[r"\\server\share\", r"\\?\UNC\server\share\"],
    );
    assert_ne!(place(r"\\server\share"), place(r"\\Server\share"));
}

#[test]
fn what_windows_takes_as_it_is_and_is_no_directory_is_refused() {
    for text in [
        r"\\?\",
        r"\\?\C:",
        r"\\?\C:/work",
        r"\\?\1:\work",
        r"\\?\work\app",
        r"\\?\Volume{b75e2c83-0000-0000-0000-602f00000000}\app",
        r"\\?\GLOBALROOT\Device",
        r"\\?\UNC",
        r"\\?\UNC\",
        r"\\?\UNC\server",
        r"\\?\UNC\?\share",
        r"\\.\",
        r"\\.\C:\work",
        r"\\./C:/work",
        r"\\.\pipe\x",
        r"\\?/C:/work",
        r"\\",
        r"\\\",
        r"\\server",
        r"\\server\",
        r"\\server\.\",
        r"\\\server\share",
        r"\\..\share\app",
    ] {
        let expected = ProjectPathProblem::UnsupportedForm;
        assert_eq!(refusal(text), expected, "{text}");
    }
    for text in [
        "C:",
        "C:work",
        r"\work",
        r"work\app",
        "1:/work",
        "é:/work",
        r"\/work",
    ] {
        assert_eq!(refusal(text), ProjectPathProblem::Relative, "{text}");
    }
}

#[test]
fn a_uri_is_kept_as_it_is() {
    one_place(
        "ssh://dev1/work/app",
        Form::Uri,
        &["ssh://dev1/work/app/", "SSH://dev1/work/app"],
    );
    one_place("scratch://notes", Form::Uri, &["Scratch://notes/"]);
    one_place("memfs://", Form::Uri, &["memfs:///"]);
    one_place("memfs:///a", Form::Uri, &["memfs:///a/"]);
    for text in [
        "ssh://me@Dev1:22/./a//b/%2E%2E/c?d=..#e f",
        r"vscode-remote://wsl+Ubuntu/home\x",
        "9p://host",
        "a.b+c-d://é",
        "ab://..b/a..",
        "file2://x",
        "profile://x",
    ] {
        one_place(text, Form::Uri, &[]);
    }
    let longest = "x".repeat(32);
    one_place(&format!("{longest}://y"), Form::Uri, &[]);
    assert_ne!(place("ssh://Dev1"), place("ssh://dev1"));
}

#[test]
fn each_rule_of_a_uri_has_its_refusal() {
    for text in [
        format!("{}://y", "x".repeat(33)),
        "my_app://x".into(),
        "1://x".into(),
        "://x".into(),
        "é€://x".into(),
        " ssh://x".into(),
        "c:ssh://x".into(),
    ] {
        assert_eq!(refusal(&text), ProjectPathProblem::Scheme, "{text}");
    }
    for text in [
        "ssh:x",
        "ssh:/x",
        "ssh",
        "./ssh://x",
        r"a\ssh://x",
        "a/b://",
    ] {
        assert_eq!(refusal(text), ProjectPathProblem::Relative, "{text}");
    }
    for text in [
        "file:///work/app",
        "FILE://x",
        "file:/work",
        "file:",
        "file://",
    ] {
        assert_eq!(refusal(text), ProjectPathProblem::FileUri, "{text}");
    }
    for text in ["ssh://x//", "ssh:////", "ssh://x/a///"] {
        let expected = ProjectPathProblem::TrailingSeparators;
        assert_eq!(refusal(text), expected, "{text}");
    }
    for text in ["ssh://..", "ssh://x/../y", "ssh://x/..", "ssh://x/../"] {
        let expected = ProjectPathProblem::ParentComponent;
        assert_eq!(refusal(text), expected, "{text}");
    }
    for (text, character, index) in [
        ("ssh://é\n", '\n', 8),
        ("ssh://a\u{7F}b", '\u{7F}', 7),
        ("ssh://\u{85}", '\u{85}', 6),
    ] {
        let expected = ProjectPathProblem::ControlCharacter { character, index };
        assert_eq!(refusal(text), expected, "{text:?}");
    }
    assert_eq!(refusal("ssh://a\0"), ProjectPathProblem::NulByte);
    assert_eq!(
        ProjectPath::new("ssh://é\n").unwrap_err().to_string(),
        r#""ssh://é\n" cannot be a project path: it has control character U+000A at byte 8"#
    );
}

#[test]
fn each_form_has_its_root() {
    for chain in [
        &[r"C:\work\app", r"C:\work", r"C:\"][..],
        &[
            r"\\server\share\a\b",
            r"\\server\share\a",
            r"\\server\share",
        ],
        &["ssh://dev1/work/app", "ssh://dev1/work", "ssh://dev1"],
        &["memfs:///a/b", "memfs:///a", "memfs://"],
        &["ab://c/.//d", "ab://c/.", "ab://c"],
        &["ab:////c", "ab://"],
        &["scratch://notes"],
        &["/a/b", "/a", "/"],
    ] {
        let path = place(chain.first().unwrap());
        let above = std::iter::successors(Some(path.clone()), ProjectPath::parent);
        assert_eq!(above.collect::<Vec<_>>(), chain);
        for ancestor in chain {
            assert!(path.starts_with(&place(ancestor)), "{ancestor}");
        }
    }
}

#[test]
fn no_place_lies_in_one_of_another_form_or_name() {
    for (path, other) in [
        (r"C:\work", "/"),
        (r"C:\work", r"C:\wor"),
        (r"C:\work", r"D:\"),
        (r"\\server\share2", r"\\server\share"),
        (r"\\server\share", r"C:\"),
        ("/C:/work", r"C:\"),
        ("/ssh:/dev1", "ssh://dev1"),
        ("ssh://dev1", "/"),
        ("ssh://dev10", "ssh://dev1"),
        ("ssh://dev1", "ssh://"),
        ("ssh://dev1/a?b", "ssh://dev1/a"),
        ("sshfs://dev1", "ssh://dev1"),
    ] {
        assert!(!place(path).starts_with(&place(other)), "{path} in {other}");
    }
}

#[test]
fn the_default_name_goes_by_the_separators_of_the_form() {
    for (path, name) in [
        (r"C:\work\my app", "my app"),
        (r"C:\", "session"),
        (r"\\server\share\app", "app"),
        (r"\\server\share", "share"),
        ("ssh://dev1/work/app", "app"),
        (r"ssh://dev1/a\b", r"a\b"),
        ("scratch://notes", "notes"),
        ("memfs://", "session"),
    ] {
        assert_eq!(place(path).default_name(), name, "{path}");
    }
}

#[test]
fn each_system_knows_its_own_paths_and_no_uri() {
    for (text, on_unix, on_windows) in [
        ("/work/app", true, false),
        (r"C:\work\app", false, true),
        (r"\\server\share", false, true),
        ("ssh://dev1/work/app", false, false),
    ] {
        let path = place(text);
        let here = |is_local| Some(std::path::Path::new(text)).filter(|_| is_local);
        assert_eq!(path.local_path_on(false), here(on_unix), "{text}");
        assert_eq!(path.local_path_on(true), here(on_windows), "{text}");
        let is_local = if cfg!(windows) { on_windows } else { on_unix };
        assert_eq!(path.local_path(), here(is_local), "{text}");
        match PathBuf::try_from(path) {
            Ok(path) => assert!(is_local && path.as_os_str() == text),
            Err(error) => {
                assert!(!is_local);
                assert_eq!(error.problem(), &ProjectPathProblem::NotLocal);
                let message =
                    format!("\"{text}\" cannot be a project path: it is no path of this system");
                assert_eq!(error.to_string(), message);
            }
        }
    }
}
