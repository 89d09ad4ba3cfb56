//! Driving a session by a command: what the command gets, and that its end is the end of the claim.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Value, json};

use super::{Ran, Shell};

/// Says that it runs, and ends with status 3 when it is told to, or when nobody can tell it any more.
const WAIT: &str = "echo ready; read line; exit 3";

/// A `resume` whose command has begun.
struct Running {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    fn start(shell: &Shell, args: &[&str]) -> Self {
        Self::spawn(shell.command(&[&["resume"], args, &["--", "sh", "-c", WAIT]].concat()))
    }

    fn spawn(mut command: std::process::Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let stdin = process.stdin.take().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self {
            process,
            stdin,
            stdout,
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    /// Tells the command to end.
    fn end(mut self) -> Ran {
        self.stdin.write_all(b"\n").unwrap();
        self.ended()
    }

    /// How it ended by itself.
    fn ended(self) -> Ran {
        let Self {
            process,
            stdin,
            stdout,
        } = self;
        let ran = Ran::new(process.wait_with_output().unwrap());
        drop((stdin, stdout));
        ran
    }
}

fn owner(shell: &Shell, session: &str) -> Value {
    shell.json(&["owner", session])["owner"].clone()
}

#[test]
fn the_command_learns_which_session_it_drives() {
    let shell = Shell::with_projects(&["app"]);
    let script = "printf '%s\\n' \"$SESSION_ID\" \"$SESSION_NAME\" \"$SESSION_PROJECT\" \
                  \"$SESSION_REGISTRY\" \"$(pwd -P)\" \"$@\"";
    let (id, project) = (shell.id("app"), shell.home.join("app"));
    let (project, registry) = (project.to_str().unwrap(), shell.registry());
    let registry = registry.to_str().unwrap();
    let run = |args: &[&str]| {
        let command = ["--", "sh", "-c", script, "sh", "--json", "b c"];
        shell.done(
            &[
                &["resume", "app", "--registry", "./registry.redb"],
                args,
                &command,
            ]
            .concat(),
        )
    };
    let lines = |pwd: &str| [&id, "app", project, registry, pwd, "--json", "b c", ""].join("\n");
    assert_eq!(run(&[]), lines(project));
    assert_eq!(run(&["--here"]), lines(shell.home.to_str().unwrap()));
}

#[test]
fn the_session_is_claimed_while_the_command_runs() {
    let shell = Shell::with_projects(&["app"]);
    let running = Running::start(&shell, &["app"]);
    let held = owner(&shell, "app");
    let expected = json!({
        "pid": running.process.id(),
        "host": held["host"],
        "claimed_at": held["claimed_at"],
        "liveness": "alive",
    });
    assert_eq!(held, expected);
    let process = format!("process {} on ", running.process.id());
    let text = shell.done(&["owner", "app"]);
    assert!(
        text.starts_with(&process) && text.ends_with(" (alive)\n"),
        "{text}"
    );
    assert!(
        shell
            .done(&["show", "app"])
            .contains(&format!("owner        {text}"))
    );

    for args in [
        &["resume", "app", "--", "true"][..],
        &["close", "app"],
        &["unregister", "app"],
    ] {
        let error = shell.refused(args);
        assert!(error.contains(&process), "{error}");
        assert!(
            error.contains("[already_claimed]\nhint: end that process first"),
            "{error}"
        );
        let json: Value =
            serde_json::from_str(&shell.refused(&[&["--json"], args].concat())).unwrap();
        assert_eq!(
            (&json["error"], &json["owner"]),
            (&"already_claimed".into(), &held)
        );
    }
    assert_eq!(shell.json(&["interrupted"]), json!([]));
    running.end().failed(3);
    assert_eq!(owner(&shell, "app"), Value::Null);
    assert_eq!(shell.done(&["owner", "app"]), "nobody\n");
    shell.done(&["resume", "app", "--", "true"]);
}

#[test]
fn a_closed_session_is_opened_again() {
    let shell = Shell::with_projects(&["app"]);
    shell.done(&["close", "app"]);
    shell.done(&["resume", "app", "--", "true"]);
    assert_eq!(shell.json(&["show", "app"])["state"]["status"], "open");

    shell.done(&["close", "app"]);
    shell.done(&["limit", "0"]);
    let error = shell.refused(&["resume", "app", "--", "true"]);
    assert!(error.contains("[session_limit_reached]"), "{error}");
}

#[test]
fn a_command_that_cannot_run_changes_nothing() {
    let shell = Shell::with_projects(&["app"]);
    shell.done(&["close", "app"]);
    for (command, status) in [("none-such", 127), ("/", 126)] {
        let error = shell.run(&["resume", "app", "--", command]).failed(status);
        let expected = format!("error: could not run \"{command}\" [command]\ncaused by: ");
        assert!(error.starts_with(&expected), "{error}");
        assert_eq!(shell.json(&["show", "app"])["state"]["status"], "closed");
        assert_eq!(owner(&shell, "app"), Value::Null);
    }
    std::fs::remove_dir(shell.home.join("app")).unwrap();
    let error = shell.refused(&["resume", "app", "--", "true"]);
    assert!(error.ends_with(" [project_gone]\n"), "{error}");
    assert_eq!(shell.json(&["show", "app"])["state"]["status"], "closed");
    shell.done(&["resume", "app", "--here", "--", "true"]);
}

#[test]
fn the_status_is_that_of_the_command() {
    let shell = Shell::with_projects(&["app"]);
    for (script, status) in [("exit 0", 0), ("exit 42", 42), ("kill -KILL $$", 137)] {
        let ran = shell.run(&["resume", "app", "--", "sh", "-c", script]);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(status), ""));
        assert_eq!(owner(&shell, "app"), Value::Null);
    }
}

#[test]
fn signals_to_end_are_passed_on_and_the_claim_is_released() {
    let shell = Shell::with_projects(&["app"]);
    for (signal, status) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let running = Running::start(&shell, &["app"]);
        running.signal(signal);
        running.ended().failed(status);
        assert_eq!(owner(&shell, "app"), Value::Null);
    }
    assert_eq!(shell.json(&["interrupted"]), json!([]));
}

#[test]
fn what_a_terminal_sends_ends_the_command_alone() {
    let shell = Shell::with_projects(&["app"]);
    let mut command = shell.command(&["resume", "app", "--", "sh", "-c", WAIT]);
    command.process_group(0);
    let running = Running::spawn(command);
    kill_process_group(Pid::from_child(&running.process), Signal::INT).unwrap();
    running.ended().failed(130);
    assert_eq!(owner(&shell, "app"), Value::Null);

    // Nor does the program end before the command does.
    let running = Running::start(&shell, &["app"]);
    running.signal(Signal::INT);
    running.signal(Signal::QUIT);
    running.end().failed(3);
    assert_eq!(owner(&shell, "app"), Value::Null);
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_ignored_before_stays_ignored() {
    let shell = Shell::with_projects(&["app"]);
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_session-registry"))
        .args(["resume", "app", "--", "sh", "-c", WAIT])
        .current_dir(&shell.home)
        .env("SESSION_REGISTRY", shell.registry())
        .process_group(0);
    let running = Running::spawn(command);
    kill_process_group(Pid::from_child(&running.process), Signal::HUP).unwrap();
    running.end().failed(3);
}

#[test]
fn a_killed_owner_leaves_an_interrupted_session() {
    let shell = Shell::with_projects(&["app", "other"]);
    let mut running = Running::start(&shell, &["app"]);
    running.process.kill().unwrap();
    running.process.wait().unwrap();
    let interrupted = shell.json(&["interrupted"]);
    assert_eq!(interrupted, json!([shell.json(&["show", "app"])]));
    assert_eq!(owner(&shell, "app")["liveness"], "dead");
    let text = shell.done(&["interrupted"]);
    assert!(text.lines().nth(1).unwrap().ends_with("  open"), "{text}");

    shell.done(&["resume", "app", "--", "true"]);
    assert_eq!(shell.json(&["interrupted"]), json!([]));
    drop(running);
}

#[test]
fn register_tells_who_had_to_make_room() {
    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    let mut running = Running::start(&shell, &["app"]);
    running.process.kill().unwrap();
    running.process.wait().unwrap();
    shell.done(&["limit", "1"]);
    let project = shell.project("new");
    let ran = shell.run(&["register", project.to_str().unwrap()]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.stdout.starts_with("registered session "), "{ran:?}");
    let expected = format!(
        "note: closed to make room, because their owners died:\n  {id}  app  {}  (closed)\n",
        shell.home.join("app").display()
    );
    assert_eq!(ran.stderr, expected);
    let text = shell.done(&["interrupted"]);
    assert!(text.contains("closed just now (owner died)"), "{text}");

    shell.done(&["unregister", "new"]);
    let mut running = Running::start(&shell, &["app"]);
    running.process.kill().unwrap();
    running.process.wait().unwrap();
    let ran = shell.run(&["register", "new", "--json"]);
    let notice: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(notice["notice"], "reaped");
    assert_eq!(notice["sessions"], json!([shell.json(&["show", &id])]));
    drop(running);
}

#[test]
fn who_is_displaced_is_told_at_the_end() {
    let shell = Shell::with_projects(&["app"]);
    let first = Running::start(&shell, &["app"]);
    let second = Running::start(&shell, &["app", "--take-over"]);
    let pid = second.process.id();
    let ran = first.end();
    assert_eq!(ran.status, Some(3));
    let expected = format!("warning: session app was taken over meanwhile by process {pid} on ");
    assert!(ran.stderr.starts_with(&expected), "{ran:?}");
    assert_eq!(owner(&shell, "app")["pid"], pid, "the new owner stays");

    shell.done(&["resume", "app", "--take-over", "--", "true"]);
    let ran = second.end();
    let expected = "warning: session app was taken over, closed or removed meanwhile\n";
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(3), expected));
}
