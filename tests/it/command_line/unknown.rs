//! Owners of whom nobody can tell whether they live.

use serde_json::json;
use session_registry::SessionRegistry;

use super::Shell;
use crate::support::owners::dead_owner_beside;
use crate::support::raw::edit_claim;

/// A session whose owner was another machine's, for all that can be seen.
fn shell() -> Shell {
    let shell = Shell::with_projects(&["app", "other"]);
    let id = shell.id("app").parse().unwrap();
    dead_owner_beside(&shell.registry(), id);
    edit_claim(&shell.registry(), id, |claim| {
        claim.machine = Some("another".into());
        claim.boot = Some("another".into());
    });
    shell
}

/// The command that a refusal prints.
fn printed(error: &str) -> &str {
    let (_, command) = error.split_once(": session-registry ").unwrap();
    command.trim_end()
}

/// It said "end that process first", and nothing freed the session.
#[test]
fn a_session_of_an_unknown_owner_is_freed_by_what_the_refusal_prints() {
    let shell = shell();
    let id = shell.id("app");
    let force = format!("close --force {}", &id[..8]);
    for args in [["close", "app"], ["unregister", "app"]] {
        let error = shell.refused(&args);
        let told = "nobody can tell whether that still runs";
        assert!(error.contains(told), "{error}");
        assert_eq!(printed(&error), force);
    }
    let error = shell.refused(&["resume", "app", "--", "sh", "-c", "echo 'it runs'"]);
    let expected = format!(
        r"resume --take-over {} -- sh -c 'echo '\''it runs'\'''",
        &id[..8]
    );
    assert_eq!(printed(&error), expected);

    let words: Vec<_> = force.split(' ').collect();
    shell.done(&words);
    assert_eq!(shell.json(&["show", "app"])["state"]["status"], "closed");
    shell.done(&["unregister", "app"]);
}

#[test]
fn a_session_is_taken_over_by_what_the_refusal_prints() {
    let shell = shell();
    let error = shell.refused(&["resume", "app", "--here", "--", "echo", "it runs"]);
    let script = format!("\"$0\" {}", printed(&error));
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_session-registry")])
        .current_dir(&shell.home)
        .env("SESSION_REGISTRY", shell.registry());
    let ran = super::Ran::new(command.output().unwrap());
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "it runs\n"));
}

#[test]
fn interrupted_lists_unknown_owners_when_it_is_asked_to() {
    let shell = shell();
    assert_eq!(shell.sessions(&["interrupted"]), json!([]));
    let app = shell.json(&["show", "app"]);
    assert_eq!(shell.sessions(&["interrupted", "--unknown"]), json!([app]));
    dead_owner_beside(&shell.registry(), shell.id("other").parse().unwrap());
    let other = shell.json(&["show", "other"]);
    assert_eq!(
        shell.sessions(&["interrupted", "--unknown"]),
        json!([other, app])
    );
}

#[test]
fn no_force_closes_what_somebody_drives() {
    let shell = Shell::with_projects(&["app"]);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let claim = registry.claim(shell.id("app").parse().unwrap()).unwrap();
    let error = shell.refused(&["close", "app", "--force"]);
    assert!(error.contains(" is driven by process "), "{error}");
    claim.check().unwrap();
}
