//! Commands that only look leave no trace, and work where nothing may be written.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::SystemTime;

use session_registry::SessionRegistry;

use super::{Ran, Shell};
use crate::support::child::Child;

/// Every command that only looks, on a registry with the session `app`.
const LOOKS: [&[&str]; 22] = [
    &["prune", "--keep-last", "0", "--dry-run"],
    &["list"],
    &["list", "--state", "any", "--page", "--json"],
    &["show", "app"],
    &["show", "app", "--json"],
    &["which", "app"],
    &["which", "-q", "app"],
    &["show", "app", "--print", "path"],
    &["owner", "app"],
    &["status"],
    &["status", "--json"],
    &["status", "app"],
    &["wait", "app", "--until", "unclaimed"],
    &["interrupted"],
    &["stats"],
    &["check"],
    &["check", "--json"],
    &["export"],
    &["path"],
    &["default"],
    &["limit"],
    &["list", "--json"],
];

type Trace = (std::ffi::OsString, Option<Vec<u8>>, SystemTime);

/// What a writer would have changed: the names in the home directory, and each file's bytes and time.
fn traces(shell: &Shell) -> Vec<Trace> {
    let mut traces: Vec<_> = fs::read_dir(&shell.home)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let changed = fs::metadata(&path).unwrap().modified().unwrap();
            (path.clone().into(), fs::read(path).ok(), changed)
        })
        .collect();
    traces.sort();
    traces
}

#[test]
fn looking_leaves_no_trace() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["close", "other"]);
    let before = traces(&shell);
    for look in LOOKS {
        shell.done(look);
        assert!(traces(&shell) == before, "{look:?}");
    }
    // A missing session changes nothing either.
    shell.refused(&["show", "none"]);
    assert!(traces(&shell) == before);
}

#[test]
fn looking_leaves_to_a_writer_what_a_kill_left() {
    let shell = Shell::with_projects(&["app"]);
    let registry = shell.registry();
    let mut dweller = Child::start("dweller", &[&registry.display(), &"shared"]);
    dweller.expect("open");
    dweller.kill();
    let before = traces(&shell);
    for look in LOOKS {
        shell.done(look);
        assert!(traces(&shell) == before, "{look:?}");
    }
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 2);
    let writer = SessionRegistry::open(registry).unwrap();
    assert!(writer.open_report().recovered);
}

#[test]
fn others_may_look_where_they_may_not_write() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can be two users");
        return;
    }
    let shell = Shell::with_projects(&["app"]);
    let mode = |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode));
    mode(&shell.registry(), 0o444).unwrap();
    mode(&shell.home, 0o555).unwrap();
    // The program itself must be in reach.
    let program = Path::new(env!("CARGO_BIN_EXE_session-registry"));
    let place = tempfile::tempdir().unwrap();
    mode(place.path(), 0o755).unwrap();
    let copy = place.path().join("session-registry");
    fs::copy(program, &copy).unwrap();
    let as_nobody = |args: &[&str]| {
        let own = shell.command(args);
        let mut command = std::process::Command::new(&copy);
        command.args(own.get_args()).current_dir(&shell.home);
        for (name, value) in own.get_envs() {
            command.env(name, value.unwrap());
        }
        command.uid(65_534).gid(65_534);
        Ran::new(command.output().unwrap())
    };
    for look in LOOKS {
        let (seen, expected) = (as_nobody(look).done(), shell.done(look));
        let lines = |text: &str| text.lines().count();
        assert_eq!(lines(&seen), lines(&expected), "{look:?}: {seen}");
    }
    let error = as_nobody(&["rename", "app", "x"]).failed(1);
    assert!(error.contains("[storage]"), "{error}");

    // Nor can they bring it up to date.
    mode(&shell.home, 0o755).unwrap();
    fs::remove_file(shell.registry()).unwrap();
    fs::copy(golden(), shell.registry()).unwrap();
    mode(&shell.registry(), 0o444).unwrap();
    let before = traces(&shell);
    let error = as_nobody(&["list"]).failed(1);
    assert!(error.contains("[schema_too_old]"), "{error}");
    assert!(traces(&shell) == before);
}

fn golden() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1.redb")
}

#[test]
fn looking_at_an_older_registry_brings_it_up_to_date_and_says_so() {
    let shell = Shell::new();
    fs::copy(golden(), shell.registry()).unwrap();
    let first = shell.run(&["list"]);
    assert_eq!(first.status, Some(0), "{first:?}");
    assert_eq!(first.stderr.lines().count(), 1, "{first:?}");
    let expected = "note: the registry was brought up to date from schema version 1, and a copy of it as it was \
                    kept beside it: ";
    assert!(first.stderr.starts_with(expected), "{first:?}");
    assert_eq!(shell.done(&["list"]), first.stdout);

    fs::copy(golden(), shell.registry()).unwrap();
    let noticed = shell.run(&["stats", "--json"]).stderr;
    let notice: serde_json::Value = serde_json::from_str(&noticed).unwrap();
    assert_eq!(notice["notice"], "migrated");
}

#[test]
fn a_check_beside_a_writer_says_what_it_did_not_look_at() {
    let shell = Shell::with_projects(&["app"]);
    assert_eq!(shell.json(&["check"])["pages_checked"], true);
    let writer = SessionRegistry::open(shell.registry()).unwrap();
    let report = shell.json(&["check"]);
    assert_eq!(
        (&report["pages_checked"], &report["clean"]),
        (&false.into(), &true.into())
    );
    let told = shell.done(&["check"]);
    assert!(
        told.starts_with("checked 1 session: nothing is wrong\n"),
        "{told}"
    );
    assert!(told.contains("pages were not compared"), "{told}");
    assert_eq!(shell.json(&["check", "--repair"])["pages_checked"], true);
    writer.close().unwrap();
}
