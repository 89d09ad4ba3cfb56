//! A start that fails after the session was claimed: everything is as it was before.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use super::Shell;
use super::running::{Running, owner};

/// Sessions in every state: open, closed, open with a dead owner, closed because of that.
const SESSIONS: [&str; 4] = ["open", "closed", "dead", "reaped"];

fn shell() -> Shell {
    let shell = Shell::with_projects(&SESSIONS);
    shell.done(&["close", "closed"]);
    Running::start(&shell, &["reaped"]).die(&shell, "reaped");
    shell.done(&["limit", "3"]);
    shell.project("new");
    let ran = shell.run(&["register", "new"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    shell.done(&["limit", "9"]);
    Running::start(&shell, &["dead"]).die(&shell, "dead");
    assert_eq!(
        shell.sessions(&["interrupted"]).as_array().unwrap().len(),
        2
    );
    shell
}

/// What a start that failed may not have changed.
fn kept(shell: &Shell, session: &str) -> [Value; 5] {
    let now = shell.json(&["show", session]);
    let mut interrupted = shell.sessions(&["interrupted"]);
    for listed in interrupted.as_array_mut().unwrap() {
        *listed = json!([listed["id"], listed["state"]]);
    }
    [
        now["state"].clone(),
        now["last_active_at"].clone(),
        interrupted,
        owner(shell, session)["liveness"].clone(),
        shell.json(&["stats"])["claims"].clone(),
    ]
}

/// An executable that no program can run.
fn broken(shell: &Shell) -> String {
    let path = shell.home.join("broken");
    fs::write(&path, "#!/no/such/interpreter\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    text(&path)
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The close time moved, the reason was lost, and what a crash had left was forgotten.
#[test]
fn a_command_that_cannot_run_leaves_every_session_as_it_was() {
    let shell = shell();
    let data = shell.home.join("data-file");
    fs::write(&data, "no program").unwrap();
    let (broken, data, long) = (broken(&shell), text(&data), "x".repeat(3 << 20));
    let commands: [(&[&str], i32); 5] = [
        (&["no-such-command"], 127),
        (&[&data], 126),
        (&["/"], 126),
        // These are only found out when the session is claimed.
        (&[&broken], 127),
        (&["true", &long], 126),
    ];
    for session in SESSIONS {
        let before = kept(&shell, session);
        for (command, status) in &commands {
            let args = [&["resume", session, "--"], *command].concat();
            // What is too long for the system cannot even be given to us.
            let Ok(ran) = shell.command(&args).output() else {
                continue;
            };
            let error = super::Ran::new(ran).failed(*status);
            assert!(error.starts_with("error: could not run "), "{error}");
            assert!(error.contains(" [command]\ncaused by: "), "{error}");
            assert_eq!(kept(&shell, session), before, "{:?}", command[0]);
        }
    }
    assert_eq!(shell.json(&["check"])["clean"], true);
}

/// What can be known beforehand writes nothing at all.
#[test]
fn a_command_that_is_not_there_is_noticed_before_anything_is_written() {
    let shell = shell();
    let sessions = || shell.sessions(&["list", "--state", "any"]);
    let before = sessions();
    for session in SESSIONS {
        let args = ["resume", session, "--", "no-such-command"];
        shell.run(&args).failed(127);
    }
    assert_eq!(sessions(), before, "revision and all");
}

/// A refused resume of a closed session left it open, with its slot.
#[test]
fn a_refused_claim_leaves_a_closed_session_closed() {
    let shell = Shell::with_projects(&["app"]);
    shell.done(&["close", "app"]);
    let before = shell.json(&["show", "app"]);
    fs::write(shell.home.join("registry.redb.owners"), "in the way").unwrap();
    for more in [&[][..], &["--take-over"]] {
        shell.refused(&[&["resume", "app"], more, &["--", "true"]].concat());
        assert_eq!(shell.json(&["show", "app"]), before);
    }
}

#[test]
fn a_take_over_that_fails_is_undone_too() {
    let shell = shell();
    let broken = broken(&shell);
    for session in SESSIONS {
        let before = kept(&shell, session);
        let args = ["resume", session, "--take-over", "--", &broken];
        shell.run(&args).failed(127);
        assert_eq!(kept(&shell, session), before);
    }
}

/// No descriptor is left for what the command is to be given.
#[test]
fn a_start_without_room_for_descriptors_is_undone() {
    let shell = shell();
    for session in SESSIONS {
        let before = kept(&shell, session);
        let mut failed = 0;
        for limit in 4..40 {
            let script = format!("ulimit -n {limit}; exec \"$0\" resume {session} -- true");
            let mut command = std::process::Command::new("sh");
            command
                .args(["-c", &script, env!("CARGO_BIN_EXE_session-registry")])
                .current_dir(&shell.home)
                .env("SESSION_REGISTRY", shell.registry());
            let ran = super::Ran::new(command.output().unwrap());
            if ran.status == Some(0) {
                break;
            }
            assert!(matches!(ran.status, Some(125..=127)), "{limit}: {ran:?}");
            assert!(!ran.stderr.contains("warning"), "{limit}: {ran:?}");
            assert_eq!(kept(&shell, session), before, "{limit}: {ran:?}");
            failed += 1;
        }
        assert!(failed > 3, "{failed}");
    }
}
