//! What a session says about itself: aliases, tags, a pin, where it comes from.

use serde_json::{Value, json};

use super::Shell;

const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// A session with everything, and three that come from it.
fn shell() -> Shell {
    let shell = Shell::new();
    for name in ["app", "child", "fork", "other"] {
        shell.project(name);
    }
    let labels = [
        "--alias",
        "claude:7f3a",
        "--tag",
        "review",
        "--tag",
        "parser",
    ];
    shell.done(&[&["register", "app", "--id", ID, "--pin"], &labels[..]].concat());
    shell.done(&["register", "child", "--parent", ID]);
    let labels = ["--parent", "claude:7f3a:fork", "--tag", "review"];
    shell.done(&[&["register", "fork"], &labels[..]].concat());
    shell.done(&["register", "other", "--parent", "child:continuation"]);
    shell
}

fn names(list: &Value) -> Vec<&str> {
    let sessions = list.as_array().unwrap().iter();
    sessions.map(|s| s["name"].as_str().unwrap()).collect()
}

#[test]
fn labels_are_kept_and_shown() {
    let shell = shell();
    let app = shell.json(&["show", "app"]);
    assert_eq!(app["id"], ID);
    assert_eq!(app["aliases"], json!(["claude:7f3a"]));
    assert_eq!(app["tags"], json!(["parser", "review"]));
    assert_eq!(
        (&app["pinned"], &app["parent"]),
        (&json!(true), &Value::Null)
    );
    for (name, parent, relation) in [
        ("child", ID.to_owned(), "child"),
        ("fork", ID.to_owned(), "fork"),
        ("other", shell.id("child"), "continuation"),
    ] {
        let parent = json!({ "id": parent, "relation": relation });
        assert_eq!(shell.json(&["show", name])["parent"], parent, "{name}");
    }
    let text = shell.done(&["show", "app"]);
    let labels =
        "\nalias        claude:7f3a\ntags         parser, review\npinned       yes\nprovider";
    assert!(text.contains(labels), "{text}");
    let text = shell.done(&["show", "fork"]);
    assert!(
        text.contains(&format!("\nparent       {ID} (fork)\n")),
        "{text}"
    );
    assert!(
        !text.contains("alias") && !text.contains("pinned"),
        "{text}"
    );
}

#[test]
fn an_alias_names_its_session() {
    let shell = shell();
    for query in ["claude:7f3a", "7f3a"] {
        assert_eq!(shell.json(&["show", query])["id"], ID, "{query}");
    }
    assert_eq!(shell.json(&["show", "claude:7f3a", "--exact"])["id"], ID);
    let ran = shell.run(&["rename", "7f3a", "app"]);
    assert!(
        ran.stderr
            .starts_with("note: \"7f3a\" is the value of an alias, taken for\n"),
        "{ran:?}"
    );
    assert_eq!(
        shell.json(&["close", "claude:7f3a"])["sessions"][0]["id"],
        ID
    );
    assert_eq!(shell.json(&["show", "claude:7f3a"])["id"], ID, "closed");
    let refused = shell.refused(&["unregister", "7f3a"]);
    assert!(
        refused.contains("[inexact]"),
        "a value alone removes nothing: {refused}"
    );
}

#[test]
fn labels_come_and_go() {
    let shell = shell();
    let changed = shell.json(&[
        "set", "app", "--untag", "parser", "--tag", "done", "--unpin",
    ]);
    assert_eq!(changed["tags"], json!(["done", "review"]));
    assert_eq!(changed["pinned"], false);
    assert_eq!(changed["aliases"], json!(["claude:7f3a"]), "left alone");
    let changed = shell.json(&[
        "set",
        "app",
        "--unalias",
        "claude:7f3a",
        "--alias",
        "acp:sess_1",
    ]);
    assert_eq!(changed["aliases"], json!(["acp:sess_1"]));
    assert_eq!(changed["revision"], 2);
    let changed = shell.json(&["set", "other", "--alias", "claude:7f3a", "--pin"]);
    assert_eq!(
        (&changed["aliases"], &changed["pinned"]),
        (&json!(["claude:7f3a"]), &json!(true))
    );
    shell.run(&["set", "app", "--pin", "--unpin"]).failed(2);
}

#[test]
fn a_list_is_narrowed_by_labels_and_lineage() {
    let shell = shell();
    for (args, expected) in [
        (&["--tag", "review"][..], &["app", "fork"][..]),
        (&["--tag", "review", "--tag", "parser"], &["app"]),
        (&["--tag", "none"], &[]),
        (&["--alias", "claude:7f3a"], &["app"]),
        (&["--alias", "claude:7f3a", "--tag", "none"], &[]),
        (&["--alias", "claude:7f3a", "--project", "fork"], &[]),
        (&["--alias", "claude:7f3a", "--state", "closed"], &[]),
        (&["--alias", "claude:none"], &[]),
        (&["--children-of", ID], &["child", "fork"]),
        (&["--children-of", "app", "--desc"], &["fork", "child"]),
        (
            &["--children-of", "claude:7f3a", "--tag", "review"],
            &["fork"],
        ),
        (&["--children-of", "fork"], &[]),
        (&["--roots"], &["app"]),
        (&["--project", "child"], &["child"]),
        (&["--project", "."], &[]),
    ] {
        let list = shell.sessions(&[&["list"], args].concat());
        assert_eq!(names(&list), expected, "{args:?}");
    }
    let refused = shell.refused(&["list", "--children-of", "chil"]);
    assert!(refused.contains("[inexact]"), "{refused}");
}

#[test]
fn a_table_has_the_columns_that_were_asked_for() {
    let shell = shell();
    let columns = "name,parent,pinned,tags,aliases";
    let text = shell.done(&["list", "--columns", columns, "--order", "name"]);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("NAME\tPARENT\tPINNED\tTAGS\tALIASES"));
    let app = lines.next().unwrap();
    assert_eq!(app, "app\t\tyes\tparser, review\tclaude:7f3a", "{text}");
    assert!(text.contains(&format!("{ID} (fork)")), "{text}");
    let refused = shell.run(&["list", "--columns", "name,nothing"]).failed(2);
    assert!(refused.contains("'nothing'"), "{refused}");
}

#[test]
fn somebody_who_was_quicker_is_told_of() {
    let shell = shell();
    shell.done(&["set", "app", "--tag", "x", "--if-revision", "0"]);
    let refused = shell.refused(&["set", "app", "--tag", "y", "--if-revision", "0", "--json"]);
    let refused: Value = serde_json::from_str(&refused).unwrap();
    assert_eq!(refused["code"], "conflict");
    assert_eq!(refused["retryable"], true);
    assert_eq!(
        refused["details"],
        json!({ "id": ID, "expected": 0, "found": 1 })
    );
    let app = shell.json(&["show", "app"]);
    assert_eq!(app["tags"], json!(["parser", "review", "x"]));
    // A revision alone is no change.
    shell.run(&["set", "app", "--if-revision", "1"]).failed(2);
}

#[test]
fn what_breaks_a_rule_changes_nothing() {
    let shell = shell();
    shell.project("new");
    let before = shell.sessions(&["list"]);
    for (args, code) in [
        (
            &["register", "new", "--alias", "nothing"][..],
            "invalid_alias",
        ),
        (
            &["register", "new", "--alias", "claude:/x"],
            "invalid_alias",
        ),
        (
            &["register", "new", "--alias", "claude:7f3a"],
            "alias_taken",
        ),
        (&["register", "new", "--tag", "a b"], "invalid_tag"),
        (&["register", "new", "--id", ID], "session_exists"),
        (&["register", "new", "--id", "x"], "invalid_session_id"),
        (&["register", "new", "--parent", "nobody"], "no_match"),
        (&["set", "other", "--alias", "claude:7f3a"], "alias_taken"),
        (
            &["set", "other", "--model", "m", "--untag", ""],
            "invalid_tag",
        ),
        (
            &["set", "other", "--model", "m", "--unalias", "x"],
            "invalid_alias",
        ),
        (&["list", "--tag", "a b"], "invalid_tag"),
        (&["list", "--alias", "x"], "invalid_alias"),
    ] {
        let refused = shell.refused(&[args, &["--json"]].concat());
        let refused: Value = serde_json::from_str(&refused).unwrap();
        assert_eq!(refused["code"], code, "{args:?}");
        assert_eq!(shell.sessions(&["list"]), before, "{args:?}");
    }
    let own = ["register", "new", "--id"];
    let id = "1f8fad5b-d9cb-469f-a165-70867728950e";
    let refused = shell.refused(&[&own[..], &[id, "--parent", id]].concat());
    assert!(
        refused.contains("[invalid_session]"),
        "its own parent: {refused}"
    );
    let refused = shell.refused(&["set", "other", "--alias", "claude:7f3a"]);
    let hint = format!("hint: session-registry show {}\n", &ID[..8]);
    assert!(refused.ends_with(&hint), "{refused}");
}

#[cfg(target_os = "linux")]
#[test]
fn labels_are_completed() {
    let shell = shell();
    let offered =
        |words: &[&str]| super::completion::bash(&shell, &[&["session-registry"], words].concat());
    assert_eq!(offered(&["list", "--tag", ""]), ["parser", "review"]);
    assert_eq!(offered(&["set", "app", "--untag", "r"]), ["review"]);
    assert_eq!(offered(&["list", "--alias", ""]), ["claude:7f3a"]);
    assert_eq!(offered(&["set", "app", "--unalias", "c"]), ["claude:7f3a"]);
    assert_eq!(offered(&["show", "cl"]), ["claude:7f3a"]);
    assert_eq!(offered(&["register", "--parent", "fo"]), ["fork"]);
    assert_eq!(offered(&["list", "--children-of", "ap"]), ["app"]);
    assert_eq!(
        offered(&["set", "app", "--alias", ""]),
        [""; 0],
        "a new one"
    );
}
