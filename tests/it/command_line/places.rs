//! Places that are no local directory.

use serde_json::json;

use super::Shell;

/// Every command that looks for a place, asked for one that has no session.
const ASKING: [&[&str]; 4] = [&["show"], &["which"], &["close"], &["owner"]];

#[test]
fn a_uri_is_registered_found_and_listed() {
    let shell = Shell::with_projects(&["app"]);
    let local = shell.id("app");
    let text = shell.done(&["register", "SSH://dev1/work/api/"]);
    let id = shell.id("ssh://dev1/work/api");
    assert_eq!(
        text,
        format!("registered session {id}\n  name     api\n  project  ssh://dev1/work/api\n")
    );
    for query in ["api", "SSH://dev1/work/api", "ssh://dev1/work/api/"] {
        assert_eq!(shell.id(query), id, "{query}");
    }
    let session = shell.json(&["show", "api"]);
    assert_eq!(session["project_path"], "ssh://dev1/work/api");
    assert_eq!(shell.json(&["which", "ssh://dev1/work/api/src/x"]), session);
    let under = |place: &str| shell.sessions(&["list", "--under", place]);
    assert_eq!(under("ssh://dev1"), json!([session]));
    assert_eq!(under("ssh://dev2"), json!([]));
    assert_eq!(under(".")[0]["id"], local.as_str());

    let error = shell.refused(&["register", "ssh://dev1/work/api"]);
    assert!(error.contains("[project_already_open]"), "{error}");
    let answer = shell.json(&["register", "--or-existing", "ssh://dev1/work/api/"]);
    assert_eq!(answer["outcome"], "found");
    assert_eq!(answer["id"], session["id"]);

    shell.done(&["close", "ssh://dev1/work/api"]);
    assert_eq!(shell.id("SSH://dev1/work/api"), id, "closed, and found");
    assert_eq!(
        shell.refused(&["which", "ssh://dev1/work/api/src"]),
        "error: no session contains ssh://dev1/work/api/src [no_match]\n"
    );
    shell.done(&["reopen", "ssh://dev1/work/api"]);
    shell.done(&["unregister", "ssh://dev1/work/api"]);
    assert_eq!(shell.sessions(&["list"])[0]["id"], local.as_str());
}

#[test]
fn a_uri_was_looked_for_on_the_disk() {
    let shell = Shell::new();
    shell.project("ssh:/dev1/work");
    shell.done(&["register", "ssh://dev1/work"]);
    shell.done(&["register", "./ssh:/dev1/work", "--name", "local"]);
    let project = |query: &str| shell.json(&["show", query])["project_path"].clone();
    let local = shell.home.join("ssh:/dev1/work");
    let local = local.to_str().unwrap();
    assert_eq!(project("ssh://dev1/work"), "ssh://dev1/work");
    assert_eq!(project("./ssh:/dev1/work"), local);
    assert_eq!(project("ssh:/dev1/work"), local);
    let inside = |path: &str| shell.json(&["which", path])["project_path"].clone();
    assert_eq!(inside("ssh://dev1/work/x"), "ssh://dev1/work");
    assert_eq!(inside("./ssh:/dev1/work/x"), local);
    assert_eq!(
        shell.sessions(&["list", "--under", "./ssh:"])[0]["name"],
        "local"
    );
    assert_eq!(
        shell.sessions(&["list", "--under", "ssh://dev1"])[0]["name"],
        "work"
    );

    shell.done(&["unregister", "ssh://dev1/work"]);
    for asking in ASKING {
        let error = shell.refused(&[asking, &["ssh://dev1/work"]].concat());
        assert!(error.ends_with("[no_match]\n"), "{asking:?}: {error}");
    }
    assert_eq!(project("local"), local);
}

#[cfg(target_os = "linux")]
#[test]
fn a_uri_needs_no_current_directory() {
    let shell = Shell::new();
    let run = |args: &[&str]| shell.run_in_deleted("gone", args);
    run(&["register", "scratch://notes"]).done();
    for args in [
        &["which", "scratch://notes/a"][..],
        &["show", "scratch://notes"],
        &["list", "--under", "scratch://notes"],
    ] {
        let text = run(args).done();
        assert!(text.contains("scratch://notes"), "{args:?}: {text}");
    }
    let error = run(&["show", "scratch://other"]).failed(1);
    let expected = "error: no session fits \"scratch://other\" [no_match]\n";
    assert_eq!(error, expected);
}

#[test]
fn what_is_no_uri_is_refused_before_a_registry_is_made() {
    let shell = Shell::new();
    for (text, problem) in [
        (
            "file:///work/app",
            "it is a `file:` URI; the path itself is wanted",
        ),
        ("ssh://dev1/../app", "it has a `..` component"),
        ("ssh://dev1//", "it ends in several `/`"),
        (
            "ssh://a\u{1b}b",
            "it has control character U+001B at byte 7",
        ),
        ("my_app://x", "it does not exist"),
        (r"\\.\pipe\x", "it does not exist"),
    ] {
        for command in ["register", "which", "show"] {
            let error = shell.refused(&[command, text]);
            let expected = match command {
                "register" => format!("{problem} [invalid_project_path]\n"),
                "which" if text.contains("://") && !text.starts_with("my_") => {
                    format!("{problem} [invalid_project_path]\n")
                }
                _ => "[no_match]\n".to_owned(),
            };
            assert!(error.ends_with(&expected), "{command} {text}: {error}");
        }
    }
    let error = shell.refused(&["list", "--under", "file:///work"]);
    assert!(error.ends_with("[invalid_project_path]\n"), "{error}");
    assert!(!shell.registry().exists());
}

#[cfg(unix)]
#[test]
fn a_path_of_another_system_is_taken_where_the_disk_has_nothing() {
    let shell = Shell::new();
    let project = |query: &str| shell.json(&["show", query])["project_path"].clone();
    shell.done(&["register", "c:/work/app"]);
    for query in [r"C:\work\app", "c:/work/app/", r"\\?\C:\work\app"] {
        assert_eq!(project(query), r"C:\work\app", "{query}");
    }
    let inside = shell.json(&["which", r"C:\work\app\src"]);
    assert_eq!(inside["project_path"], r"C:\work\app");
    assert_eq!(
        shell.sessions(&["list", "--under", "c:/"])[0]["name"],
        "app"
    );

    // A directory of that name comes first, and is its own.
    let local = shell.project(r"D:\x");
    shell.done(&["register", r"D:\x"]);
    assert_eq!(project(r"D:\x"), local.to_str().unwrap());
}

#[cfg(unix)]
#[test]
fn resume_of_a_place_elsewhere_ran_in_a_directory_of_that_name() {
    let shell = Shell::new();
    shell.project("ssh:/dev1/work");
    for place in ["ssh://dev1/work", r"C:\work\app"] {
        shell.done(&["register", place]);
        shell.done(&["close", place]);
        let before = shell.json(&["show", place]);
        let refused = ["resume", place, "--", "sh", "-c", "touch ran"];
        let error = shell.run(&refused).failed(125);
        let expected = format!(
            "error: the project {place} is not in the files of this system: \
             give --here to run the command where you are [project_elsewhere]\n"
        );
        assert_eq!(error, expected);
        let json = shell.run(&[&["--json"], &refused[..]].concat()).failed(125);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["code"], "project_elsewhere");
        assert_eq!(json["details"], json!({ "project_path": place }));
        assert_eq!(shell.json(&["show", place]), before);

        let script = "printf '%s\\n' \"$SESSION_PROJECT\" \"$PWD\" \"$(pwd -P)\"";
        let text = shell.done(&["resume", place, "--here", "--", "sh", "-c", script]);
        let home = shell.home.display();
        assert_eq!(text, format!("{place}\n{home}\n{home}\n"));
    }
    assert!(!shell.home.join("ssh:/dev1/work/ran").exists());
    assert!(!shell.home.join("ran").exists());
}

#[test]
fn an_export_of_places_goes_back_in() {
    let shell = Shell::new();
    for place in ["ssh://dev1/work/app", r"\\server\share", "scratch://notes"] {
        shell.done(&["register", place]);
    }
    shell.done(&["export", "all.jsonl"]);
    let before = shell.sessions(&["list"]);
    shell.done(&["clear", "--yes"]);
    shell.done(&["import", "all.jsonl"]);
    assert_eq!(shell.sessions(&["list"]), before);
}
