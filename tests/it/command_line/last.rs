//! Driving the session that was worked in last.

use std::fs;

use super::running::Running;
use super::{Ran, Shell};

/// The name of the session that a `resume --last` drives, run in a directory.
fn last(shell: &Shell, directory: &str, args: &[&str]) -> Ran {
    let name = ["--", "sh", "-c", "echo \"$SESSION_NAME\""];
    let mut command = shell.command(&[&["resume", "--last"], args, &name].concat());
    Ran::new(
        command
            .current_dir(shell.home.join(directory))
            .output()
            .unwrap(),
    )
}

#[track_caller]
fn is_last(ran: &Ran, name: &str) {
    assert_eq!(
        (ran.status, ran.stdout.trim_end()),
        (Some(0), name),
        "{ran:?}"
    );
    assert!(
        ran.stderr.starts_with("note: the last session here is\n"),
        "{ran:?}"
    );
}

/// Three sessions of one project, the second active last and closed; and one of a project around it.
fn shell() -> Shell {
    let shell = Shell::new();
    shell.project("around/app/src");
    shell.done(&["limit", "--per-project", "3"]);
    shell.done(&["register", "around"]);
    for name in ["first", "second", "third"] {
        shell.done(&["register", "around/app", "--name", name]);
    }
    shell.done(&["resume", "third", "--", "true"]);
    shell.done(&["resume", "second", "--", "true"]);
    shell.done(&["close", "second"]);
    shell
}

#[test]
fn the_last_session_of_the_project_is_driven_again() {
    let shell = shell();
    is_last(&last(&shell, "around/app", &[]), "second");
    assert_eq!(shell.json(&["show", "second"])["state"]["status"], "open");
    is_last(&last(&shell, "around/app/src", &[]), "second");
    is_last(&last(&shell, "around", &[]), "around");
    is_last(&last(&shell, ".", &["around/app"]), "second");
    is_last(&last(&shell, ".", &["around/app/none", "--here"]), "second");
    let refused = last(&shell, ".", &[]).failed(125);
    assert!(refused.contains("[no_match]"), "{refused}");
    shell
        .run(&["resume", "first", "--last", ".", "--", "true"])
        .failed(2);
    shell.run(&["resume", "--", "true"]).failed(125);
}

#[test]
fn one_that_somebody_drives_is_passed_over() {
    let shell = shell();
    let running = Running::start(&shell, &["second"]);
    is_last(&last(&shell, "around/app", &[]), "third");
    is_last(&last(&shell, "around/app", &["--take-over"]), "third");
    let others = ["first", "third"].map(|name| Running::start(&shell, &[name]));
    let ran = last(&shell, "around/app", &[]);
    assert_eq!(ran.status, Some(125), "{ran:?}");
    assert!(ran.stderr.contains("[already_claimed]"), "{ran:?}");
    for running in others.into_iter().chain([running]) {
        running.end();
    }
}

#[test]
fn a_link_leads_to_the_project_too() {
    let shell = shell();
    let link = shell.home.join("link");
    std::os::unix::fs::symlink(shell.home.join("around/app"), &link).unwrap();
    is_last(&last(&shell, ".", &["link/src"]), "second");
    fs::remove_file(link).unwrap();
}

#[test]
fn a_project_without_a_session_gets_one() {
    let shell = Shell::new();
    shell.project("new/deep");
    shell.project("other");
    let register = |args: &[&str], directory: &str| {
        let script = [
            "--",
            "sh",
            "-c",
            "echo \"$SESSION_NAME $SESSION_EPOCH $PWD\"",
        ];
        let mut command = shell.command(&[&["resume", "--register"], args, &script].concat());
        Ran::new(
            command
                .current_dir(shell.home.join(directory))
                .output()
                .unwrap(),
        )
    };
    let (new, other) = (shell.home.join("new"), shell.home.join("other"));
    let (new, other) = (new.display(), other.display());
    assert_eq!(register(&[], "new").done(), format!("new 1 {new}\n"));
    assert_eq!(
        register(&[], "new").done(),
        format!("new 2 {new}\n"),
        "the same"
    );
    shell.done(&["close", "new"]);
    assert_eq!(
        register(&["new"], ".").done(),
        format!("new 3 {new}\n"),
        "again"
    );
    // The beginning of a name is no reason to take that session for a directory.
    shell.done(&["rename", "new", "otherwise"]);
    assert_eq!(
        register(&["other"], ".").done(),
        format!("other 4 {other}\n")
    );
    let refused = register(&["otherw"], ".").failed(125);
    assert!(refused.contains("[inexact]"), "{refused}");
    let refused = register(&["nowhere"], ".").failed(125);
    assert!(refused.contains("[no_match]"), "{refused}");
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 2);
}

#[test]
fn a_command_that_cannot_run_leaves_no_new_session() {
    let shell = Shell::new();
    let project = shell.project("new");
    let run = |command: &str| {
        let args = ["resume", "--register", "new", "--", command];
        shell.run(&args)
    };
    run("no-such-command").failed(127);
    assert_eq!(
        shell.sessions(&["list", "--state", "any"]),
        serde_json::json!([])
    );
    // One that is found, and cannot be run all the same.
    let broken = project.join("broken");
    fs::write(&broken, "#!/no/such/interpreter\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&broken, mode).unwrap();
    run("./broken").failed(127);
    assert_eq!(
        shell.sessions(&["list", "--state", "any"]),
        serde_json::json!([])
    );
}
