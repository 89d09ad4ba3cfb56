//! What is refused, with which status, code and words.

use std::fs;

use super::Shell;

#[test]
fn a_project_can_be_open_once() {
    let shell = Shell::with_projects(&["app"]);
    let (id, path) = (shell.id("app"), shell.home.join("app"));
    let path = path.display();
    assert_eq!(
        shell.refused(&["register", "./app"]),
        format!(
            "error: project {path} is already open in session {id} [project_already_open]\n\
             hint: session-registry register --or-existing ./app\n      session-registry show {}\n",
            &id[..8]
        )
    );
}

#[test]
fn the_limit_is_kept() {
    let shell = Shell::with_projects(&["app"]);
    shell.done(&["limit", "1"]);
    assert_eq!(
        shell.refused(&["register", "."]),
        "error: cannot open another session: 1 of at most 1 are open [session_limit_reached]\n\
         hint: session-registry list --order active\n      session-registry limit 2\n"
    );
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_project_is_an_existing_directory() {
    let shell = Shell::new();
    fs::write(shell.home.join("file"), "").unwrap();
    for (dir, problem) in [
        ("file", "it is not a directory"),
        ("missing", "it does not exist"),
    ] {
        assert_eq!(
            shell.refused(&["register", dir]),
            format!(
                "error: \"{dir}\" cannot be a project path: {problem} [invalid_project_path]\n"
            )
        );
    }
}

#[test]
fn every_problem_of_a_session_is_told_at_once() {
    let shell = Shell::new();
    let settings = [
        "--temperature",
        "-0.1",
        "--max-tokens",
        "0",
        "--provider",
        "",
    ];
    assert_eq!(
        shell.refused(&[&["register", "."], &settings[..]].concat()),
        "error: invalid session: config.provider has 0 bytes; 1 to 256 are allowed; \
         config.temperature is -0.1; 0 to 2 is allowed; \
         config.max_tokens is 0; at least 1 is needed [invalid_session]\n"
    );
    shell.done(&["register", ".", "--name", "app"]);
    let before = shell.json(&["show", "app"]);
    for temperature in ["NaN", "2.1", "inf"] {
        let error = shell.refused(&["set", "app", "--temperature", temperature]);
        assert!(error.ends_with(" [invalid_session]\n"), "{error}");
    }
    let error = shell.refused(&["set", "app", "--meta", "=value"]);
    assert!(error.contains("metadata key \"\" has 0 bytes"), "{error}");
    assert_eq!(shell.json(&["show", "app"]), before);
}

#[test]
fn a_name_follows_the_rules_of_names() {
    let shell = Shell::with_projects(&["app"]);
    let long = "x".repeat(201);
    for name in ["", "  ", &long, "a\u{1b}[31m", "a\u{202e}b"] {
        for args in [&["rename", "app", name][..], &["register", "--name", name]] {
            let error = shell.refused(args);
            assert!(error.ends_with(" [invalid_session_name]\n"), "{error}");
        }
    }
    assert_eq!(shell.sessions(&["list"])[0]["name"], "app");
}

#[test]
fn what_is_no_registry_is_left_as_it_was() {
    let shell = Shell::new();
    for content in ["", "not a registry\n"] {
        fs::write(shell.registry(), content).unwrap();
        for args in [&["list"][..], &["register", "."], &["clear", "--yes"]] {
            assert_eq!(
                shell.refused(args),
                format!(
                    "error: {} is not a session registry [not_a_registry]\n",
                    shell.registry().display()
                )
            );
            assert_eq!(fs::read_to_string(shell.registry()).unwrap(), content);
        }
    }
    let error = shell.refused(&["list", "--registry", "."]);
    assert!(error.ends_with(" [not_a_registry]\n"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_no_empty_registry() {
    let shell = Shell::new();
    std::os::unix::fs::symlink("nothing", shell.registry()).unwrap();
    for args in [&["list"][..], &["register", "."]] {
        let error = shell.refused(args);
        assert!(error.ends_with(" [missing_file]\n"), "{error}");
    }
}

#[test]
fn clear_without_a_terminal_needs_a_yes() {
    let shell = Shell::with_projects(&["app"]);
    assert_eq!(
        shell.run(&["clear"]).failed(2),
        "error: there is no terminal to ask at: pass --yes to remove every session [usage]\n"
    );
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 1);
}

#[test]
fn wrong_usage_is_status_2() {
    let shell = Shell::with_projects(&["app"]);
    let before = shell.sessions(&["list"]);
    for args in [
        &[][..],
        &["unheard-of"],
        &["list", "more"],
        &["list", "--unheard-of"],
        &["show"],
        &["rename", "app"],
        &["set", "app"],
        &["set", "app", "--meta", "no-value"],
        &["set", "app", "--model", "m", "--unset-model"],
        &["set", "app", "--provider", "p", "--unset-provider"],
        &["set", "app", "--temperature", "warm"],
        &["set", "app", "--max-tokens", "-1"],
        &["default", "app", "--unset"],
        &["limit", "many"],
        &["limit", "-1"],
        &["limit", "4294967296"],
        &["list", "--registry", ""],
        &["list", "--limit", "0"],
        &["list", "--limit", "1001"],
        &["list", "--order", "size"],
        &["list", "--meta", "no-value"],
        &["prune"],
        &["prune", "--dry-run"],
        &["prune", "--older-than", "30"],
        &["prune", "--keep-last", "-1"],
        &["resume", "app"],
        &["resume", "app", "true"],
        &["completions", "tcsh"],
        &["import"],
        &["backup"],
    ] {
        let error = shell.run(args).failed(2);
        assert!(
            error.contains("Usage: ") || error.contains("--help"),
            "{error}"
        );
    }
    assert_eq!(shell.sessions(&["list"]), before);
}
