//! A project that was moved, and a link left behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Ran, Shell};

/// `app` is registered, then moved to `new/app`; `app` is a link to it. With the id of the session.
fn moved() -> (Shell, String, PathBuf) {
    let shell = Shell::with_projects(&["app"]);
    shell.project("app/src");
    let id = shell.id("app");
    shell.done(&["rename", "app", "x"]);
    shell.project("new");
    fs::rename(shell.home.join("app"), shell.home.join("new/app")).unwrap();
    symlink(shell.home.join("new/app"), shell.home.join("app")).unwrap();
    (shell, id, PathBuf::from("new/app"))
}

/// In the real directory, with what a shell would say where it is.
fn run(shell: &Shell, directory: &Path, shown: Option<&Path>, arguments: &[&str]) -> Ran {
    let mut command = shell.command(arguments);
    command
        .current_dir(shell.home.join(directory))
        .env_remove("PWD");
    if let Some(shown) = shown {
        command.env("PWD", shell.home.join(shown));
    }
    Ran::new(command.output().unwrap())
}

#[test]
fn a_moved_project_was_not_found() {
    let (shell, id, real) = moved();
    for shown in [Some(Path::new("app")), Some(Path::new("new/app")), None] {
        for arguments in [&["show", ".", "--json"][..], &["which", "--json"]] {
            let session: Value =
                serde_json::from_str(&run(&shell, &real, shown, arguments).done()).unwrap();
            assert_eq!(session["id"], id.as_str(), "{shown:?} {arguments:?}");
        }
        let inside = shown.map(|shown| shown.join("src"));
        let ran = run(
            &shell,
            &real.join("src"),
            inside.as_deref(),
            &["which", "--json"],
        );
        let session: Value = serde_json::from_str(&ran.done()).unwrap();
        assert_eq!(session["id"], id.as_str(), "{shown:?}");
    }
    for path in ["app", "./app", "new/app", "./new/app/"] {
        assert_eq!(shell.id(path), id, "{path}");
        assert_eq!(shell.json(&["which", path])["id"], id.as_str(), "{path}");
    }
    let shown = Some(Path::new("app"));
    run(&shell, &real, shown, &["close", "."]).done();
    assert_eq!(shell.json(&["show", &id])["state"]["status"], "closed");
}

#[test]
fn a_second_session_was_made_on_a_moved_project() {
    let (shell, id, real) = moved();
    for (directory, shown) in [("app", "app"), ("new/app", "new/app"), (".", "new/app")] {
        let ran = run(
            &shell,
            &real,
            Some(Path::new(shown)),
            &["register", &format!("{}/{directory}", shell.home.display())],
        );
        if directory == "." {
            ran.done();
            continue;
        }
        let error = ran.failed(1);
        let home = shell.home.display();
        let expected = format!(
            "error: {home}/new/app is the same directory as {home}/app, which is open in session {id} \
             [project_already_open]\nhint: "
        );
        assert!(error.starts_with(&expected), "{error}");
    }
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 2);
    let existing = shell.json(&["register", "new/app", "--or-existing"]);
    assert_eq!(existing["id"], id.as_str());
    let error: Value =
        serde_json::from_str(&shell.refused(&["--json", "register", "app"])).unwrap();
    assert_eq!(error["details"]["holder"], id.as_str());
    // A closed one holds nothing.
    shell.done(&["close", &id]);
    shell.done(&["register", "app"]);
}

#[test]
fn the_wrong_one_of_two_sessions_on_a_directory_was_closed() {
    let shell = Shell::with_projects(&["new/app"]);
    // As earlier versions let it be.
    let registry = session_registry::SessionRegistry::open(shell.registry()).unwrap();
    symlink(shell.home.join("new/app"), shell.home.join("app")).unwrap();
    let path = session_registry::ProjectPath::new(shell.home.join("app")).unwrap();
    let old = registry
        .register(session_registry::Session::builder(path).build())
        .unwrap();
    registry.close().unwrap();
    let error = shell.refused(&["close", "./app"]);
    assert!(
        error.starts_with("error: \"./app\" fits 2 sessions [ambiguous]\n"),
        "{error}"
    );
    assert!(error.contains(&old.id().to_string()), "{error}");
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 2);
    shell.done(&["close", &old.id().to_string()]);
    assert_ne!(
        shell.id("./app"),
        old.id().to_string(),
        "the open one is meant"
    );
}

#[test]
fn another_place_that_the_shell_shows_counts_for_nothing() {
    let shell = Shell::with_projects(&["app", "other"]);
    let shown = Some(Path::new("other"));
    let ran = run(&shell, Path::new("app"), shown, &["show", ".", "--json"]);
    let session: Value = serde_json::from_str(&ran.done()).unwrap();
    assert_eq!(session["name"], "app");
}
