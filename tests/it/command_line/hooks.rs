//! The hooks of `docs/hooks/`, run by a program that does what the agents do. One that lacks what they need is
//! not tried, and that is said.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::Shell;
use super::hold::until;
use super::running::owner;

/// Runs each line that it is told, and says so.
const AGENT: &str = "while read -r line; do eval \"$line\"; echo ran; done";

/// A program of that name, which tells its hooks of its events.
struct Agent {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Agent {
    fn start(shell: &Shell, name: &str, project: &str) -> Self {
        let program = shell.home.join(name);
        if !program.exists() {
            // It is called by the name that it is started by.
            symlink("/bin/sh", &program).unwrap();
        }
        let built = Path::new(env!("CARGO_BIN_EXE_session-registry"));
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", built.parent().unwrap().display());
        let mut process = Command::new(program)
            .args(["-c", AGENT])
            .env("PATH", path)
            .env("SESSION_REGISTRY", shell.registry())
            .env_remove("CLAUDE_PROJECT_DIR")
            .current_dir(shell.home.join(project))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = process.stdin.take().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        Self {
            process,
            stdin,
            stdout,
        }
    }

    /// Runs a command, which prints nothing.
    fn run(&mut self, command: &str) {
        writeln!(self.stdin, "{command}").unwrap();
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "ran\n", "a hook was not silent");
    }

    /// As Claude Code does: by a shell, with the event on standard input.
    fn claude(&mut self, event: &Value) {
        let (event, hook) = (event.to_string(), hook("claude-code.sh"));
        assert!(!event.contains('\''));
        self.run(&format!(
            "printf '%s' '{event}' | sh -c 'sh {}'",
            hook.display()
        ));
    }

    /// As Codex does: with the event as the last argument.
    fn codex(&mut self, event: &Value) {
        let (event, hook) = (event.to_string(), hook("codex.sh"));
        self.run(&format!("sh {} '{event}'", hook.display()));
    }

    fn die(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn hook(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/hooks")
        .join(name)
}

/// Whether what the hooks need is here; says so if it is not.
fn are_hooks_tried() -> bool {
    let asked = Command::new("ps")
        .args(["-o", "comm=", "-p", "1"])
        .stdout(Stdio::null())
        .status();
    let is_here = asked.is_ok_and(|status| status.success());
    if !is_here {
        eprintln!("NOT TRIED: hooks, which need ps");
    }
    is_here
}

fn event(session: &str, name: &str, more: Value) -> Value {
    let mut event = json!({
        "session_id": session, "transcript_path": "/none", "cwd": "/none", "hook_event_name": name,
    });
    let fields = event.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    event
}

fn activity(shell: &Shell, session: &str) -> (Value, Value) {
    let mut status = shell.json(&["status", session]);
    let activity = &mut status["activity"];
    (activity["activity"].take(), activity["note"].take())
}

#[test]
fn claude_code_keeps_the_registry_in_step() {
    if !are_hooks_tried() {
        return;
    }
    let shell = Shell::new();
    shell.project("app");
    let mut agent = Agent::start(&shell, "claude", "app");
    agent.claude(&event(
        "one",
        "SessionStart",
        json!({ "source": "startup" }),
    ));
    let session = shell.json(&["show", "--exact", "claude:one"]);
    assert_eq!(session["name"], "app");
    assert_eq!(session["tags"], json!(["claude"]));
    let driven = owner(&shell, "app");
    assert_eq!(
        driven["driver"],
        agent.process.id(),
        "not the shell between"
    );
    assert_eq!(
        (&driven["program"], &driven["liveness"]),
        (&json!("claude"), &json!("alive"))
    );

    let prompt = json!({ "prompt": "say \"session_id\": \"two\", \\ and\nmore" });
    agent.claude(&event("one", "UserPromptSubmit", prompt));
    assert_eq!(activity(&shell, "app"), (json!("working"), Value::Null));
    let message = json!({ "message": "Claude needs your permission to use Bash" });
    agent.claude(&event("one", "Notification", message.clone()));
    assert_eq!(
        activity(&shell, "app"),
        (json!("waiting"), message["message"].clone())
    );
    agent.claude(&event("one", "Stop", json!({ "stop_hook_active": false })));
    assert_eq!(activity(&shell, "app").0, "idle");

    // It tells so of the same session again when it has compacted it, and of another one after clearing it.
    agent.claude(&event(
        "one",
        "SessionStart",
        json!({ "source": "compact" }),
    ));
    assert_eq!(
        owner(&shell, "app")["epoch"],
        driven["epoch"],
        "held already"
    );
    agent.claude(&event("one", "SessionEnd", json!({ "reason": "clear" })));
    assert_eq!(
        shell.json(&["show", "claude:one"])["state"]["status"],
        "closed"
    );
    agent.claude(&event("two", "SessionStart", json!({ "source": "clear" })));
    assert_ne!(shell.json(&["show", "claude:two"])["id"], session["id"]);
    assert_eq!(owner(&shell, "claude:two")["liveness"], "alive");

    // What is killed tells nothing, and goes on with its session later.
    agent.die();
    until("its owner is dead", || {
        owner(&shell, "claude:two")["liveness"] == "dead"
    });
    assert_eq!(
        shell.sessions(&["interrupted"])[0]["aliases"],
        json!(["claude:two"])
    );
    let mut agent = Agent::start(&shell, "claude", "app");
    agent.claude(&event("two", "SessionStart", json!({ "source": "resume" })));
    assert_eq!(owner(&shell, "claude:two")["driver"], agent.process.id());
    assert_eq!(
        shell
            .sessions(&["list", "--state", "any"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    agent.die();
}

#[test]
fn a_second_agent_of_a_project_takes_nothing_from_the_first() {
    if !are_hooks_tried() {
        return;
    }
    let shell = Shell::new();
    shell.project("app");
    let mut first = Agent::start(&shell, "claude", "app");
    first.claude(&event(
        "one",
        "SessionStart",
        json!({ "source": "startup" }),
    ));
    let driven = owner(&shell, "app");
    let mut second = Agent::start(&shell, "claude", "app");
    second.claude(&event(
        "two",
        "SessionStart",
        json!({ "source": "startup" }),
    ));
    first.claude(&event("one", "UserPromptSubmit", json!({ "prompt": "go" })));
    let said = shell.json(&["status", "app"])["activity"].clone();
    assert_eq!(said["activity"], "working");
    // What it said of itself was said of the first.
    let rest = [
        ("Notification", json!({ "message": "may I?" })),
        ("Stop", json!({})),
    ];
    for (name, more) in rest {
        second.claude(&event("two", name, more));
    }
    second.claude(&event("two", "SessionEnd", json!({ "reason": "other" })));
    assert_eq!(owner(&shell, "app"), driven);
    assert_eq!(shell.json(&["status", "app"])["activity"], said);
    shell.done(&["limit", "--per-project", "2"]);
    second.claude(&event(
        "three",
        "SessionStart",
        json!({ "source": "startup" }),
    ));
    assert_eq!(owner(&shell, "claude:three")["driver"], second.process.id());
    assert_eq!(owner(&shell, "claude:one"), driven);
    first.die();
    second.die();
}

#[test]
fn codex_keeps_the_registry_in_step() {
    if !are_hooks_tried() {
        return;
    }
    let shell = Shell::new();
    let project = shell.project("app");
    let mut agent = Agent::start(&shell, "codex", ".");
    let turn = json!({
        "type": "agent-turn-complete", "thread-id": "t-1", "turn-id": "1", "cwd": project,
        "input-messages": ["hello"], "last-assistant-message": "done \"thread-id\": \"x\"",
    });
    agent.codex(&json!({ "type": "something-else", "thread-id": "t-1" }));
    assert_eq!(shell.done(&["list"]), "no sessions\n");
    for _ in 0..2 {
        agent.codex(&turn);
        assert_eq!(shell.id("codex:t-1"), shell.id("app"));
        assert_eq!(activity(&shell, "app").0, "idle");
    }
    let driven = owner(&shell, "app");
    assert_eq!(
        (&driven["driver"], &driven["program"]),
        (&json!(agent.process.id()), &json!("codex"))
    );
    agent.die();
    until("its owner is dead", || {
        owner(&shell, "app")["liveness"] == "dead"
    });
}
