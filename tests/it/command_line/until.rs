//! `wait`: until a session is as it should be, or cannot be any more.

use std::process::{Child, Stdio};

use serde_json::{Value, json};
use session_registry::{Activity, Report, SessionId, SessionRegistry};

use super::running::until;
use super::{Ran, Shell};
use crate::support::owners::dead_owner_beside;

const PROGRAM: &str = env!("CARGO_BIN_EXE_session-registry");

/// A `wait` that runs.
struct Waiting(Child);

impl Waiting {
    /// Of `app`; on Linux it has found the session, and hears of everything that happens.
    fn start(shell: &Shell, state: &str) -> Self {
        let mut command = shell.command(&["wait", "app", "--until", state]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let waiting = Self(command.spawn().unwrap());
        #[cfg(target_os = "linux")]
        until(|| {
            let fds = std::fs::read_dir(format!("/proc/{}/fd", waiting.0.id())).unwrap();
            let mut links = fds.filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok());
            links.any(|link| link.to_string_lossy().contains("inotify"))
        });
        waiting
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    fn ended(self) -> Ran {
        Ran::new(self.0.wait_with_output().unwrap())
    }
}

/// A registry with the session `app`.
fn place() -> (Shell, SessionRegistry, SessionId) {
    let shell = Shell::with_projects(&["app"]);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let id = shell.id("app").parse().unwrap();
    (shell, registry, id)
}

/// Looks once, in the place of the claim with this number.
fn once(shell: &Shell, state: &str, claim: Option<u64>) -> Ran {
    let mut command =
        shell.command(&["wait", "app", "--until", state, "--timeout", "0s", "--json"]);
    if let Some(epoch) = claim {
        command.env("SESSION_ID", shell.id("app"));
        command.env("SESSION_EPOCH", epoch.to_string());
    }
    Ran::new(command.output().unwrap())
}

/// Why a wait is over, which is told with its status.
#[track_caller]
fn reason(ran: Ran) -> String {
    let status = ran.status;
    let refusal: Value = serde_json::from_str(&ran.failed(status.unwrap())).unwrap();
    let expected = match status {
        Some(124) => ("timed_out", true),
        Some(3) => ("wait_over", false),
        status => panic!("{status:?}: {refusal}"),
    };
    let (code, retryable) = expected;
    assert_eq!(
        (&refusal["code"], &refusal["retryable"]),
        (&json!(code), &json!(retryable))
    );
    refusal["details"]["reason"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_true_already_is_said_at_once() {
    let (shell, registry, id) = place();
    let at_once = |state: &str| {
        let answer: Value = serde_json::from_str(&once(&shell, state, None).done()).unwrap();
        assert_eq!(answer["until"], state);
        assert_eq!(answer["session"], shell.json(&["show", "app"]));
        answer
    };
    at_once("unclaimed");
    let claim = registry.claim(id).unwrap();
    for activity in [Activity::Waiting, Activity::Idle, Activity::Failed] {
        claim.report(Report::new(activity)).unwrap();
        let answer = at_once(activity.as_str());
        assert_eq!(answer["activity"]["activity"], activity.as_str());
        assert_eq!(answer["owner"]["epoch"], claim.epoch());
    }
    assert_eq!(reason(once(&shell, "unclaimed", None)), "timed_out");
    assert_eq!(reason(once(&shell, "dead", None)), "timed_out");
    claim.release().unwrap();
    dead_owner_beside(&shell.registry(), id);
    assert_eq!(at_once("dead")["owner"]["liveness"], "dead");
    registry.close_session(id).unwrap();
    at_once("closed");
    let told = shell.done(&["wait", "app", "--until", "closed"]);
    assert!(
        told.starts_with(&format!("closed: session {id} (app, ")),
        "{told}"
    );
    registry.unregister(id).unwrap();
    let gone = shell.json(&["wait", "app", "--until", "removed"]);
    let expected = json!({ "until": "removed", "session": null, "owner": null, "activity": null });
    assert_eq!(gone, expected);
}

#[test]
fn what_becomes_true_ends_the_wait() {
    let (shell, registry, id) = place();
    // Nobody drives it when it begins: it is about the next one who does.
    for activity in [Activity::Waiting, Activity::Idle, Activity::Failed] {
        let waiting = Waiting::start(&shell, activity.as_str());
        let claim = registry.claim(id).unwrap();
        claim.report(Report::new(Activity::Working)).unwrap();
        claim.report(Report::new(activity).note("see")).unwrap();
        let told = waiting.ended().done();
        let expected = format!("{activity}: session {id} (app, ");
        assert!(
            told.starts_with(&expected) && told.ends_with(": see\n"),
            "{told}"
        );
        claim.release().unwrap();
    }
    let claim = registry.claim(id).unwrap();
    let waiting = Waiting::start(&shell, "unclaimed");
    claim.release().unwrap();
    assert!(waiting.ended().done().starts_with("unclaimed: "));

    let claim = registry.claim(id).unwrap();
    let waiting = Waiting::start(&shell, "dead");
    claim.abandon().unwrap();
    assert!(waiting.ended().done().starts_with("dead: "));

    let waiting = Waiting::start(&shell, "closed");
    registry.close_session(id).unwrap();
    assert!(waiting.ended().done().starts_with("closed: "));

    let waiting = Waiting::start(&shell, "removed");
    registry.unregister(id).unwrap();
    assert!(waiting.ended().done().starts_with("removed: "));
}

/// Both happened between two looks, and it was told that the session would never be closed.
#[cfg(target_os = "linux")]
#[test]
fn a_session_that_is_closed_and_removed_at_once_was_closed() {
    let (shell, registry, id) = place();
    let waiting = Waiting::start(&shell, "closed");
    registry.close_session(id).unwrap();
    registry.unregister(id).unwrap();
    assert!(waiting.ended().done().starts_with("closed: "));
}

#[test]
fn a_wait_that_is_too_short_has_the_status_of_its_own() {
    let (shell, _registry, id) = place();
    let args = ["wait", "app", "--until", "idle", "--timeout", "1s"];
    let error = shell.run(&args).failed(124);
    let lines: Vec<_> = error.lines().collect();
    let home = shell.home.display();
    let expected =
        format!("error: session {id} (app, {home}/app) was not idle within 1 s [timed_out]");
    assert_eq!(lines[0], expected);
    let hint = format!("hint: session-registry status {}", &id.to_string()[..8]);
    assert_eq!(lines[1..], [hint]);
}

/// Whoever takes the session over has nothing to do with what the one before was waited for.
#[test]
fn a_wait_went_over_to_the_next_claim() {
    let (shell, registry, id) = place();
    let first = registry.claim(id).unwrap();
    // With a number it is told, whenever it looks.
    let second = registry.take_over(id).unwrap();
    second.report(Report::new(Activity::Idle)).unwrap();
    for state in ["waiting", "idle", "failed", "dead", "unclaimed"] {
        assert_eq!(
            reason(once(&shell, state, Some(first.epoch()))),
            "claimed",
            "{state}"
        );
    }
    let own = once(&shell, "idle", Some(second.epoch()));
    assert_eq!(own.status, Some(0), "{own:?}");
    // Without one, it is about the claim that it sees first.
    let mut waiting = Waiting::start(&shell, "dead");
    let mut claims = vec![second];
    until_ended(&mut waiting, || {
        claims.push(registry.take_over(id).unwrap())
    });
    let error = waiting.ended().failed(3);
    let expected = "will not be dead: somebody else drives it by now [wait_over]\nhint: ";
    assert!(error.contains(expected), "{error}");
}

fn until_ended(waiting: &mut Waiting, mut act: impl FnMut()) {
    let begun = std::time::Instant::now();
    while !waiting.has_ended() {
        assert!(begun.elapsed() < crate::support::child::HANG, "it waits on");
        act();
    }
}

#[test]
fn a_wait_ends_when_it_is_in_vain() {
    let (shell, registry, id) = place();
    let claim = registry.claim(id).unwrap();
    let epoch = claim.epoch();
    claim.release().unwrap();
    for state in ["waiting", "idle", "failed", "dead"] {
        assert_eq!(reason(once(&shell, state, None)), "timed_out", "{state}");
        assert_eq!(
            reason(once(&shell, state, Some(epoch))),
            "released",
            "{state}"
        );
    }
    dead_owner_beside(&shell.registry(), id);
    assert_eq!(reason(once(&shell, "idle", None)), "died");
    registry.close_session(id).unwrap();
    assert_eq!(reason(once(&shell, "idle", Some(epoch))), "closed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_wait_ends_when_its_session_is_removed() {
    let (shell, registry, id) = place();
    for state in ["idle", "closed", "dead"] {
        let waiting = Waiting::start(&shell, state);
        let removed = registry.unregister(id).unwrap().unwrap();
        let error = waiting.ended().failed(3);
        let expected = format!("will not be {state}: it was removed [wait_over]\n");
        assert!(error.ends_with(&expected), "{error}");
        registry.register(removed).unwrap();
    }
}

#[test]
fn inside_of_a_session_it_is_the_default() {
    let (shell, _registry, id) = place();
    let script = "\"$0\" report idle >/dev/null && \"$0\" wait --until idle";
    let told = shell.done(&["resume", "app", "--", "sh", "-c", script, PROGRAM]);
    assert!(
        told.starts_with(&format!("idle: session {id} (app, ")),
        "{told}"
    );
    let error = shell.run(&["wait", "--until", "idle"]).failed(2);
    assert!(error.contains("[usage]"), "{error}");
}

#[test]
fn a_mistyped_name_is_not_removed() {
    let shell = Shell::with_projects(&["project"]);
    let error = shell.refused(&["wait", "projcet", "--until", "removed"]);
    assert!(error.contains("did you mean \"project\"?"), "{error}");
    let told = shell.done(&["wait", "x", "--until", "removed"]);
    assert_eq!(told, "removed: \"x\" is not registered\n");
    shell
        .run(&["wait", "project", "--until", "tired"])
        .failed(2);
    shell.run(&["wait", "project"]).failed(2);
}

#[cfg(target_os = "linux")]
#[test]
fn what_can_be_waited_for_is_offered() {
    let shell = Shell::with_projects(&["app"]);
    let offered = |words: &[&str]| {
        let words = [&["session-registry", "wait"], words].concat();
        super::completion::bash(&shell, &words)
    };
    assert_eq!(offered(&[""]), ["app"]);
    let states = [
        "waiting",
        "idle",
        "failed",
        "closed",
        "unclaimed",
        "dead",
        "removed",
    ];
    assert_eq!(offered(&["app", "--until", ""]), states);
    assert_eq!(offered(&["app", "--t"]), ["--timeout"]);
}
