//! Which sessions are listed, page by page, and which one a path is in.

use serde_json::{Value, json};
use session_registry::{Query, SessionRegistry};

use super::{Ran, Shell};

fn names(list: &Value) -> Vec<&str> {
    let sessions = list.as_array().unwrap();
    sessions
        .iter()
        .map(|session| session["name"].as_str().unwrap())
        .collect()
}

/// Four sessions, of which `work/b` is closed.
fn shell() -> Shell {
    let shell = Shell::new();
    for (path, meta) in [
        ("work/c", "team=x"),
        ("work/b", "team=y"),
        ("home/d", "team=x"),
        ("work/A1", "team=x"),
    ] {
        shell.project(path);
        shell.done(&["register", path, "--meta", meta]);
    }
    shell.done(&["close", "b"]);
    shell
}

#[test]
fn filters_and_orders_are_those_of_the_library() {
    let shell = shell();
    for (args, expected) in [
        (&[][..], &["c", "d", "A1"][..]),
        (&["--state", "closed"], &["b"]),
        (&["--state", "any"], &["c", "b", "d", "A1"]),
        (
            &["--state", "any", "--order", "name"],
            &["A1", "b", "c", "d"],
        ),
        (&["--order", "name", "--desc"], &["d", "c", "A1"]),
        (
            &["--state", "any", "--order", "updated", "--desc"],
            &["b", "A1", "d", "c"],
        ),
        (&["--order", "active"], &["c", "d", "A1"]),
        (&["--under", "work"], &["c", "A1"]),
        (&["--under", "work/../work/c/"], &["c"]),
        (&["--under", "gone"], &[]),
        (&["--name", "a"], &["A1"]),
        (&["--meta", "team=x", "--under", "./work"], &["c", "A1"]),
        (&["--meta", "team=x", "--meta", "team=y"], &[]),
    ] {
        let list = shell.sessions(&[&["list"], args].concat());
        assert_eq!(names(&list), expected, "{args:?}");
    }
}

#[test]
fn people_get_the_most_recently_active_first() {
    let shell = shell();
    let names = |args: &[&str]| shell.done(&[&["list", "--format", "{name}"], args].concat());
    assert_eq!(names(&[]), "A1\nd\nc\n");
    shell.done(&["touch", "c"]);
    assert_eq!(names(&[]), "c\nA1\nd\n");
    assert_eq!(names(&["--order", "created"]), "c\nd\nA1\n");
    let ran = shell.run(&[
        "list", "--format", "{name}", "--state", "all", "--limit", "1",
    ]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "c\n"));
}

#[test]
fn a_template_has_the_fields_that_columns_have() {
    let shell = shell();
    let line = shell.done(&[
        "list",
        "--name",
        "d",
        "--format",
        r"{{{name}}}\t{state}\t{project}",
    ]);
    let project = shell.home.join("home/d");
    assert_eq!(line, format!("{{d}}\topen\t{}\n", project.display()));
    for template in ["{nothing}", "{name", "}"] {
        let refused = shell.run(&["list", "--format", template]).failed(2);
        assert!(refused.contains("--format"), "{refused}");
    }
    shell
        .run(&["list", "--format", "{id}", "--columns", "id"])
        .failed(2);
}

#[test]
fn people_get_the_cursor_on_standard_error() {
    let shell = shell();
    let page = |args: &[&str]| {
        let ran = shell.run(&[&["list", "--order", "name"], args].concat());
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let rows: Vec<_> = ran.stdout.lines().skip(1).collect();
        let names: Vec<_> = rows
            .iter()
            .map(|row| row.split('\t').nth(2).unwrap().to_owned())
            .collect();
        (names, ran.stderr)
    };
    let (names, more) = page(&["--limit", "2"]);
    assert_eq!(names, ["A1", "c"]);
    let (_, cursor) = more.trim_end().split_once(" --limit 2 --after ").unwrap();
    let (names, more) = page(&["--limit", "1", "--after", cursor]);
    assert_eq!((names, more.as_str()), (vec!["d".to_owned()], ""));
    let (names, more) = page(&["--after", cursor]);
    assert_eq!((names, more.as_str()), (vec!["d".to_owned()], ""));
    let (names, more) = page(&["--limit", "3"]);
    assert_eq!((names.len(), more.as_str()), (3, ""), "nothing is left");
}

#[test]
fn programs_get_the_cursor_in_an_object() {
    let shell = shell();
    assert_eq!(names(&shell.sessions(&["list", "--limit", "1"])), ["c"]);
    let mut args = vec!["list", "--page", "--limit", "2"];
    let first = shell.json(&args);
    assert_eq!(names(&first["sessions"]), ["c", "d"]);
    args.extend(["--after", first["next"].as_str().unwrap()]);
    let second = shell.json(&args);
    assert_eq!(names(&second["sessions"]), ["A1"]);
    assert_eq!(second["next"], Value::Null);
    let all = shell.json(&["list", "--page"]);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let revision = registry.revision().unwrap();
    assert_eq!(
        all,
        json!({ "sessions": shell.sessions(&["list"]), "next": null, "revision": revision })
    );
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let shell = shell();
    let first = shell.json(&["list", "--page", "--limit", "1"]);
    let cursor = first["next"].as_str().unwrap();
    for args in [
        &["list", "--desc", "--after", cursor][..],
        &["list", "--after", "nonsense"],
    ] {
        let error = shell.refused(args);
        assert!(error.ends_with(" [invalid_cursor]\n"), "{error}");
    }
}

#[test]
fn a_list_is_whole_however_long_it_is() {
    let shell = Shell::with_many(1100);
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 1100);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let page = registry.list(&Query::new()).unwrap();
    let sessions = serde_json::to_value(page.items).unwrap();
    let next = page.next.unwrap().to_string();
    let revision = registry.revision().unwrap();
    let expected = json!({ "sessions": sessions, "next": next, "revision": revision });
    assert_eq!(shell.json(&["list", "--page"]), expected);
    let text = shell.done(&["list"]);
    assert_eq!(text.lines().count(), 1101);
}

#[test]
fn which_finds_the_project_around_a_path() {
    let shell = Shell::with_projects(&["app", "app/inner"]);
    let inside = shell.project("app/src/deep");
    std::fs::write(inside.join("file"), "").unwrap();
    let line = |name: &str, path: &str| {
        let path = shell.home.join(path);
        format!("{}  {name}  {}\n", shell.id(name), path.display())
    };
    for path in ["app", "app/src/deep/file", "app/src/gone", "./app/inner/.."] {
        assert_eq!(shell.done(&["which", path]), line("app", "app"), "{path}");
    }
    assert_eq!(
        shell.done(&["which", "app/inner/"]),
        line("inner", "app/inner")
    );
    let mut command = shell.command(&["which"]);
    let text = Ran::new(command.current_dir(&inside).output().unwrap()).done();
    assert_eq!(text, line("app", "app"));
    assert_eq!(shell.json(&["which", "app"]), shell.json(&["show", "app"]));

    let expected = format!(
        "error: no session contains {} [no_match]\n",
        shell.home.display()
    );
    assert_eq!(shell.refused(&["which"]), expected);
    shell.done(&["close", "inner"]);
    assert_eq!(
        shell.done(&["which", "app/inner"]),
        line("app", "app"),
        "open ones only"
    );
}

#[test]
fn a_program_gets_what_a_session_is_up_to() {
    let shell = Shell::with_projects(&["app", "other"]);
    let missing = shell.home.join("app");
    std::fs::remove_dir(missing).unwrap();
    let list = shell.seen(&["list"]);
    let told = |session: &Value| {
        let told = ["name", "condition", "owner", "activity"].map(|field| session[field].clone());
        Value::from(told.to_vec())
    };
    assert_eq!(
        told(&list["sessions"][0]),
        json!(["app", "gone", null, null])
    );
    assert_eq!(
        told(&list["sessions"][1]),
        json!(["other", "open", null, null])
    );
    assert_eq!(shell.seen(&["show", "other"]), list["sessions"][1]);
    let gone = shell.seen(&["list", "--state", "gone"]);
    assert_eq!(gone["sessions"], json!([list["sessions"][0]]));
}
