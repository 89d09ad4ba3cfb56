//! Every command once, as a person sees it.

use session_registry::SessionRegistry;

use super::{Ran, Shell};

#[test]
fn register_names_the_session_after_its_directory() {
    let shell = Shell::new();
    let project = shell.project("app");
    let text = shell.done(&["register", "app"]);
    let id = shell.id("app");
    let project = project.display();
    assert_eq!(
        text,
        format!("registered session {id}\n  name     app\n  project  {project}\n")
    );
}

#[test]
fn register_without_a_directory_takes_the_current_one() {
    let shell = Shell::new();
    let project = shell.project("here");
    let mut command = shell.command(&["register", "--name", "it"]);
    Ran::new(command.current_dir(&project).output().unwrap()).done();
    assert_eq!(
        shell.json(&["show", "it"])["project_path"],
        project.to_str().unwrap()
    );
}

#[test]
fn register_or_existing_answers_the_open_session_at_the_limit_too() {
    let shell = Shell::with_projects(&["app"]);
    shell.done(&["limit", "1"]);
    let before = shell.json(&["show", "app"]);
    let args = ["register", "app", "--or-existing", "--name", "other"];
    let text = shell.done(&args);
    let expected = format!("already registered: session {}\n", shell.id("app"));
    assert!(text.starts_with(&expected), "{text}");
    let mut found = shell.json(&args);
    assert_eq!(found["outcome"].take(), "found");
    found.as_object_mut().unwrap().remove("outcome");
    assert_eq!(found, before);
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 1);
}

#[test]
fn list_is_a_table_of_whole_values_in_a_pipe() {
    let shell = Shell::with_projects(&["app", "library"]);
    shell.done(&["set", "library", "--tag", "review", "--tag", "docs"]);
    let text = shell.done(&["list"]);
    assert_eq!(shell.done(&["ls"]), text);
    let lines: Vec<Vec<_>> = text
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let titles = [
        "ID",
        "STATE",
        "NAME",
        "PROJECT",
        "DRIVEN BY",
        "ACTIVE",
        "TAGS",
    ];
    assert_eq!(lines[0], titles);
    let expected = |name: &str, tags: &str| {
        let session = shell.json(&["show", name]);
        let text = |field: &str| session[field].as_str().unwrap().to_owned();
        [
            text("id"),
            "open".to_owned(),
            name.to_owned(),
            text("project_path"),
            String::new(),
            text("last_active_at"),
            tags.to_owned(),
        ]
    };
    assert_eq!(lines[1], expected("library", "docs, review"));
    assert_eq!(lines[2], expected("app", ""));
    assert_eq!(lines.len(), 3, "{text}");
}

#[test]
fn show_tells_everything() {
    let shell = Shell::new();
    shell.project("app");
    let settings = ["--provider", "anthropic", "--model", "opus"];
    let numbers = ["--temperature", "0.25", "--max-tokens", "100"];
    let metadata = ["--meta", "b=2=3", "--meta", "a="];
    let register = ["register", "app", "--name", "The app"];
    shell.done(&[&register[..], &settings, &numbers, &metadata].concat());
    let text = shell.done(&["show", "The app"]);
    let fields: Vec<_> = text.lines().map(|line| line.split_at(13)).collect();
    let (id, project) = (shell.id("app"), shell.home.join("app"));
    let expected = [
        ("id           ", id.as_str()),
        ("name         ", "The app"),
        ("project      ", project.to_str().unwrap()),
        ("provider     ", "anthropic"),
        ("model        ", "opus"),
        ("temperature  ", "0.25"),
        ("max tokens   ", "100"),
    ];
    assert_eq!(fields[..7], expected);
    for (field, name) in fields[7..10].iter().zip(["created", "updated", "active"]) {
        assert_eq!(field.0.trim_end(), name);
        assert!(field.1.contains("Z ("), "date and distance: {text}");
    }
    let expected = [
        ("revision     ", "0"),
        ("state        ", "open"),
        ("metadata     ", "a="),
        ("metadata     ", "b=2=3"),
    ];
    assert_eq!(fields[10..], expected);
}

#[test]
fn show_tells_since_when_a_session_is_closed() {
    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    registry.close_session(id.parse().unwrap()).unwrap();
    let text = shell.done(&["show", &id]);
    let state = text
        .lines()
        .find(|line| line.starts_with("state "))
        .unwrap();
    assert!(state.starts_with("state        closed 2"), "{text}");
    assert!(state.ends_with("Z (just now) (requested)"), "{text}");
}

#[test]
fn rename_keeps_all_but_the_name() {
    let shell = Shell::with_projects(&["app"]);
    let mut expected = shell.json(&["show", "app"]);
    let id = shell.id("app");
    let text = shell.done(&["rename", "app", " new name "]);
    assert_eq!(text, format!("session {id} is named new name\n"));
    let renamed = shell.json(&["show", "new name"]);
    expected["name"] = "new name".into();
    expected["name_origin"] = "given".into();
    expected["revision"] = 1.into();
    expected["updated_at"] = renamed["updated_at"].clone();
    assert_eq!(renamed, expected);
}

#[test]
fn set_changes_what_is_named_and_prints_the_session() {
    let shell = Shell::with_projects(&["app"]);
    let changes = ["--provider", "p", "--model", "m", "--meta", "a=1"];
    shell.done(&[&["set", "app"], &changes[..]].concat());
    let more = ["--unset-model", "--temperature", "1", "--meta", "b=2"];
    let text = shell.done(&[&["set", "app", "--unset-meta", "a"], &more[..]].concat());
    assert_eq!(text, shell.done(&["show", "app"]));
    let session = shell.json(&["show", "app"]);
    let config = serde_json::json!({
        "provider": "p", "model": null, "temperature": 1.0, "max_tokens": 4096
    });
    assert_eq!(session["config"], config);
    assert_eq!(session["metadata"], serde_json::json!({ "b": "2" }));
    assert_eq!(session["revision"], 2);
}

#[test]
fn set_forgets_metadata_before_it_adds_some() {
    let shell = Shell::with_projects(&["app"]);
    let args = ["set", "app", "--meta", "a=1", "--unset-meta", "a"];
    assert_eq!(
        shell.json(&args)["metadata"],
        serde_json::json!({ "a": "1" })
    );
}

#[test]
fn unregister_twice_does_no_harm() {
    let shell = Shell::with_projects(&["app", "other"]);
    let (id, project) = (shell.id("app"), shell.home.join("app"));
    assert_eq!(
        shell.done(&["unregister", "app"]),
        format!("removed session {id} (app, {})\n", project.display())
    );
    assert_eq!(
        shell.done(&["unregister", "app"]),
        "nothing to remove: \"app\" is not registered\n"
    );
    assert!(project.is_dir(), "the project itself is left alone");
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 1);
}

#[test]
fn clear_removes_every_session_and_keeps_the_limit() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["limit", "7"]);
    assert_eq!(shell.done(&["clear", "--yes"]), "removed 2 sessions\n");
    assert_eq!(shell.done(&["clear", "-y"]), "removed 0 sessions\n");
    assert_eq!(shell.done(&["list"]), "no sessions\n");
    assert_eq!(shell.done(&["limit"]), "7\n");
}

#[test]
fn default_is_the_oldest_until_one_is_chosen() {
    let shell = Shell::with_projects(&["app", "other"]);
    let line = |name: &str| {
        let (id, path) = (shell.id(name), shell.home.join(name));
        format!("{id}  {name}  {}\n", path.display())
    };
    assert_eq!(shell.done(&["default"]), line("app"));
    assert_eq!(shell.done(&["default", "other"]), line("other"));
    assert_eq!(shell.done(&["default"]), line("other"));
    assert_eq!(shell.done(&["default", "--unset"]), line("app"));
    assert_eq!(shell.done(&["default"]), line("app"));
    shell.done(&["clear", "--yes"]);
    assert_eq!(shell.done(&["default"]), "no sessions\n");
}

#[test]
fn limit_is_kept_in_the_registry() {
    let shell = Shell::new();
    assert_eq!(shell.done(&["limit"]), "10\n");
    assert_eq!(shell.done(&["limit", "25"]), "25\n");
    assert_eq!(shell.done(&["limit"]), "25\n");
}

#[test]
fn help_has_examples_and_documents_the_json() {
    let shell = Shell::new();
    let long = shell.done(&["--help"]);
    for needed in [
        "Examples:",
        "SESSION_REGISTRY",
        "\"max_sessions\"",
        "Exit status:",
    ] {
        assert!(long.contains(needed), "{needed}");
    }
    let commands = [
        "register",
        "list",
        "show",
        "rename",
        "set",
        "unregister",
        "clear",
        "default",
        "limit",
        "path",
        "which",
        "resume",
        "status",
        "report",
        "owner",
        "interrupted",
        "close",
        "reopen",
        "prune",
        "stats",
        "check",
        "backup",
        "export",
        "import",
        "compact",
        "completions",
    ];
    for command in commands {
        let help = shell.done(&[command, "--help"]);
        assert!(help.contains("Examples:\n  session-registry"), "{command}");
    }
    let version = format!("session-registry {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(shell.done(&["--version"]), version);
}
