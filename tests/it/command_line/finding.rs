//! Which session is meant.

use std::fs;

use super::{ASKING_FOR_X, Shell};

#[test]
fn a_session_is_named_by_id_name_or_path() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["rename", "app", "The App"]);
    let id = shell.id("The App");
    let path = shell.home.join("app");
    let queries = [
        id.clone(),
        id.to_uppercase(),
        id.replace('-', ""),
        id[..8].to_owned(),
        id[..13].to_owned(),
        "The App".to_owned(),
        path.to_str().unwrap().to_owned(),
        "app".to_owned(),
        "./app/".to_owned(),
        "other/../app".to_owned(),
    ];
    for query in queries {
        assert_eq!(shell.id(&query), id, "{query}");
    }
}

#[test]
fn near_misses_name_nobody() {
    let shell = Shell::with_projects(&["my-project"]);
    shell.project("my-project/inside");
    let id = shell.id("my-project");
    let misses = [
        "",
        " ",
        "y-project",
        "my-project-",
        "my-project/inside",
        "./my",
        ".",
        "..",
        "/",
        &id[..3],
        &id[1..],
        "00000000-0000-4000-8000-000000000000",
    ];
    for query in misses {
        let error = shell.refused(&["show", query]);
        let expected = format!("error: no session fits {query:?}");
        assert!(error.starts_with(&expected), "{error}");
        assert!(error.contains(" [no_match]\n"), "{error}");
    }
}

#[test]
fn a_name_comes_before_a_path_and_an_id_before_both() {
    let shell = Shell::with_projects(&["first", "second", "third"]);
    let (first, third) = (shell.id("first"), shell.id("third"));
    shell.done(&["rename", "third", "first"]);
    shell.done(&["rename", "./first", &third]);
    assert_eq!(shell.id("first"), third, "the name, not the directory");
    assert_eq!(shell.id("./first"), first);
    assert_eq!(shell.id(&third), third, "the id, not the name");
}

#[test]
fn a_name_of_several_lists_them_and_does_nothing() {
    let shell = Shell::with_projects(&["a", "b"]);
    let (a, b) = (shell.id("a"), shell.id("b"));
    shell.done(&["rename", "a", "same"]);
    shell.done(&["rename", "b", "same"]);
    let home = shell.home.display();
    let expected = format!(
        "error: \"same\" fits 2 sessions [ambiguous]\n  {a}  same  {home}/a\n  {b}  same  {home}/b\n\
         hint: session-registry "
    );
    let before = shell.sessions(&["list"]);
    for args in [
        &["show", "same"][..],
        &["rename", "same", "x"],
        &["set", "same", "--model", "x"],
        &["unregister", "same"],
        &["default", "same"],
        &["close", "same"],
        &["reopen", "same"],
        &["owner", "same"],
        &["resume", "same", "--", "true"],
    ] {
        let error = shell.refused(args);
        assert!(error.starts_with(&expected), "{args:?}: {error}");
    }
    assert_eq!(shell.sessions(&["list"]), before);
}

#[test]
fn every_command_that_needs_a_session_refuses_an_unknown_one() {
    let shell = Shell::with_projects(&["app"]);
    let expected = "error: no session fits \"x\" [no_match]\n";
    for args in ASKING_FOR_X {
        assert_eq!(shell.refused(args), expected, "{args:?}");
    }
}

#[test]
fn a_session_whose_directory_is_gone_is_still_found_by_path() {
    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    shell.done(&["rename", "app", "x"]);
    fs::remove_dir(shell.home.join("app")).unwrap();
    let path = shell.home.join("app");
    for query in ["app", "./app", path.to_str().unwrap()] {
        assert_eq!(shell.id(query), id, "{query}");
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_lead_to_the_project() {
    let shell = Shell::new();
    shell.project("real/app");
    std::os::unix::fs::symlink(shell.home.join("real"), shell.home.join("link")).unwrap();
    let session = shell.json(&["register", "link/app", "--name", "x"]);
    let real = shell.home.join("real/app");
    assert_eq!(session["project_path"], real.to_str().unwrap());
    let id = shell.id("link/app");
    fs::remove_dir(real).unwrap();
    assert_eq!(shell.id("link/app"), id, "below its real parent");
}

#[test]
fn the_beginning_of_a_name_will_do_but_not_to_take_something_away() {
    let shell = Shell::with_projects(&["my-project"]);
    let id = shell.id("my-project");
    let path = shell.home.join("my-project");
    for query in ["my", "MY-PROJECT"] {
        assert_eq!(shell.id(query), id, "{query}");
        for command in ["unregister", "close"] {
            let expected = format!(
                "error: \"{query}\" is not the id, name or path of a session: \
                 did you mean session {id} (my-project, {})? [inexact]\n\
                 hint: session-registry {command} {}\n",
                path.display(),
                &id[..8]
            );
            assert_eq!(shell.refused(&[command, query]), expected);
        }
    }
    assert!(shell.json(&["show", &id])["state"]["status"] == "open");
    shell.done(&["close", &id[..8]]);
    shell.done(&["unregister", "./my-project"]);
    assert_eq!(shell.done(&["list", "--state", "any"]), "no sessions\n");
}

#[test]
fn an_exact_name_of_a_closed_session_comes_before_a_loose_one() {
    let shell = Shell::with_projects(&["a", "b", "c"]);
    shell.done(&["rename", "c", "application"]);
    assert_eq!(shell.id("app"), shell.id("./c"));
    shell.done(&["rename", "a", "app"]);
    let id = shell.id("app");
    shell.done(&["close", "app"]);
    assert_eq!(shell.id("app"), id);
    assert_eq!(shell.id("a"), id, "by its path");
    assert_eq!(shell.id("appl"), shell.id("./c"));

    shell.done(&["rename", "b", "app"]);
    assert_eq!(shell.id("app"), shell.id("./b"), "open ones come first");
    shell.done(&["close", "app"]);
    let error = shell.refused(&["show", "app"]);
    assert!(
        error.starts_with("error: \"app\" fits 2 closed sessions [ambiguous]\n"),
        "{error}"
    );
    assert!(error.contains(&id), "{error}");
}

#[test]
fn what_was_printed_escaped_could_not_be_pasted_back() {
    let shell = Shell::with_projects(&["a", "b", "c"]);
    // Two look alike, one runs from right to left, and one spells out an escape.
    shell.done(&["rename", "a", "app\u{200B}"]);
    shell.done(&["rename", "b", "app"]);
    shell.done(&["rename", "c", "a\u{200F}z"]);
    let list = shell.done(&["list"]);
    for (name, printed) in [
        ("app\u{200B}", r"app\u{200b}"),
        ("app", "app"),
        ("a\u{200F}z", r"a\u{200f}z"),
    ] {
        assert!(list.contains(&format!("\t{printed}\t")), "{list}");
        assert_eq!(shell.id(printed), shell.id(name), "{printed}");
        let session = shell.json(&["show", printed]);
        assert_eq!(session["name"], name);
    }
    // What is literally there comes first.
    shell.done(&["rename", "b", r"app\u{200b}"]);
    assert_eq!(shell.id(r"app\u{200b}"), shell.id("./b"));
    let error = shell.refused(&["show", r"x\u{200b}"]);
    assert!(
        error.starts_with("error: no session fits \"x\\\\u{200b}\""),
        "{error}"
    );
    assert!(error.contains(" [no_match]\n"), "{error}");
    shell.done(&["close", r"a\u{200f}z"]);
    assert_eq!(shell.json(&["show", "c"])["state"]["status"], "closed");
}

#[cfg(unix)]
#[test]
fn a_path_that_was_printed_escaped_could_not_be_pasted_back() {
    let shell = Shell::with_projects(&["a\nb"]);
    shell.done(&["rename", "./a\nb", "it"]);
    let printed = format!(r"{}/a\u{{a}}b", shell.home.display());
    let text = shell.done(&["show", "it"]);
    assert!(text.contains(&printed), "{text}");
    assert_eq!(shell.id(&printed), shell.id("it"));
    assert_eq!(shell.id(r"./a\u{a}b"), shell.id("it"));
}

#[test]
fn a_name_of_nothing_visible_is_refused() {
    let shell = Shell::with_projects(&["app"]);
    for name in ["\u{200B}", "\u{FEFF} \u{3164}"] {
        let expected = "error: the session name shows nothing: all of its characters are invisible \
                        [invalid_session_name]\n";
        assert_eq!(shell.refused(&["rename", "app", name]), expected);
        let args = ["register", ".", "--name", name];
        assert_eq!(shell.refused(&args), expected);
    }
}
