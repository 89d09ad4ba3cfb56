//! Which file is the registry, and what it takes to create it.

use std::fs;

use super::{ASKING_FOR_X, Ran, Shell};

#[test]
fn the_flag_comes_before_the_variable() {
    let shell = Shell::new();
    let flag = shell.home.join("flag.redb");
    shell.done(&["--registry", "flag.redb", "register", "."]);
    assert!(flag.is_file() && !shell.registry().exists());
    let path = shell.done(&["path", "--registry", "flag.redb"]);
    assert_eq!(path, format!("{}\n", flag.display()));
    assert_eq!(shell.done(&["list"]), "no sessions\n");
}

#[test]
fn the_variable_comes_before_the_data_directory() {
    let shell = Shell::new();
    shell.done(&["register", "."]);
    assert!(shell.registry().is_file() && !shell.home.join("data").exists());
    let path = shell.done(&["path"]);
    assert_eq!(path, format!("{}\n", shell.registry().display()));
}

#[cfg(target_os = "linux")]
#[test]
fn without_either_it_is_in_a_private_data_directory() {
    use std::os::unix::fs::PermissionsExt;

    let shell = Shell::new();
    for empty in [true, false] {
        let run = |args: &[&str]| {
            let mut command = shell.command(args);
            command.env_remove("SESSION_REGISTRY");
            if empty {
                command.env("SESSION_REGISTRY", "");
            }
            Ran::new(command.output().unwrap()).done()
        };
        let directory = shell.home.join("data/session-registry");
        let file = directory.join("registry.redb");
        assert_eq!(run(&["path"]), format!("{}\n", file.display()));
        assert!(!shell.home.join("data").exists(), "asking creates nothing");
        run(&["register", "."]);
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(&directory), 0o700);
        assert_eq!(mode(&shell.home.join("data")), 0o700);
        fs::remove_dir_all(shell.home.join("data")).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_existing_data_directory_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;

    let shell = Shell::new();
    let data = shell.project("data");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = shell.command(&["register", "."]);
    command.env_remove("SESSION_REGISTRY");
    Ran::new(command.output().unwrap()).done();
    assert_eq!(
        fs::metadata(data).unwrap().permissions().mode() & 0o777,
        0o755
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let shell = Shell::new();
    fs::write(shell.home.join("data"), "a file").unwrap();
    let mut command = shell.command(&["register", "."]);
    command.env_remove("SESSION_REGISTRY");
    let error = Ran::new(command.output().unwrap()).failed(1);
    let directory = shell.home.join("data/session-registry");
    let expected = format!(
        "error: could not create the directory {} [storage]\ncaused by: ",
        directory.display()
    );
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn only_register_import_and_a_new_limit_create_a_registry() {
    let shell = Shell::new();
    assert_eq!(shell.done(&["list"]), "no sessions\n");
    assert_eq!(
        shell.done(&["list", "--json"]),
        "{\"version\":1,\"sessions\":[],\"next\":null,\"revision\":0}\n"
    );
    assert_eq!(shell.done(&["default"]), "no sessions\n");
    assert_eq!(shell.done(&["default", "--unset"]), "no sessions\n");
    assert_eq!(shell.done(&["limit"]), "10\n");
    assert_eq!(
        shell.done(&["unregister", "x", "--json"]),
        "{\"version\":1,\"sessions\":[]}\n"
    );
    assert_eq!(shell.done(&["clear", "--yes"]), "removed 0 sessions\n");
    assert_eq!(shell.done(&["interrupted"]), "no sessions\n");
    assert_eq!(
        shell.done(&["prune", "--keep-last", "0"]),
        "removed 0 sessions\n"
    );
    shell.done(&["completions", "bash"]);
    for args in ASKING_FOR_X.into_iter().chain([&["which"][..]]) {
        let error = shell.refused(args);
        assert!(error.ends_with(" [no_match]\n"), "{error}");
    }
    for args in [
        &["stats"][..],
        &["check"],
        &["compact"],
        &["export"],
        &["backup", "b"],
    ] {
        let error = shell.refused(args);
        assert!(error.ends_with(" [missing_file]\n"), "{error}");
    }
    shell.refused(&["register", ".", "--max-tokens", "0"]);
    shell.refused(&["register", "missing"]);
    assert_eq!(fs::read_dir(&shell.home).unwrap().count(), 0);
    shell.done(&["limit", "3"]);
    assert!(shell.registry().is_file());
}

#[test]
fn a_directory_the_caller_chose_is_not_created() {
    let shell = Shell::new();
    let file = "missing/registry.redb";
    assert_eq!(shell.done(&["list", "--registry", file]), "no sessions\n");
    let error = shell.refused(&["register", ".", "--registry", file]);
    let expected = "error: could not create missing/registry.redb [storage]\ncaused by: ";
    assert!(error.starts_with(expected), "{error}");
    assert!(!shell.home.join("missing").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn in_a_deleted_directory_a_path_was_called_not_absolute() {
    let shell = Shell::with_projects(&["app", "gone"]);
    shell.done(&["close", "gone"]);
    let run = |args: &[&str]| shell.run_in_deleted("gone", args);
    let expected =
        "error: the current directory no longer exists [no_current_directory]\ncaused by: ";
    for args in [
        &["which"][..],
        &["which", "."],
        &["which", "file"],
        &["register"],
        &["register", "../app"],
        &["show", "."],
        &["close", "./app"],
        &["resume", "..", "--", "true"],
        &["list", "--under", "."],
        &["list", "--registry", "other.redb"],
        &["path", "--registry", "other.redb"],
    ] {
        let status = if args[0] == "resume" { 125 } else { 1 };
        let error = run(args).failed(status);
        assert!(error.starts_with(expected), "{args:?}: {error}");
    }
    // What does not depend on it works.
    let app = shell.home.join("app");
    let app = app.to_str().unwrap();
    for args in [
        &["which", app][..],
        &["show", "app"],
        &["show", app],
        &["list"],
    ] {
        assert!(run(args).done().contains("app"), "{args:?}");
    }
}
