//! Who does what the keys ask for, so that the view never waits.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use session_registry::{Error, Session, SessionName, SessionRegistry};

use super::event::{Action, ActionKind, Event};
use crate::describe;
use crate::escape::Escaped;
use crate::gone::is_gone;
use crate::hint::command_on;

/// How long a change may wait for others.
const PATIENCE: Duration = Duration::from_secs(3);

/// Something to do.
#[derive(Debug)]
pub(super) enum Task {
    Act(Action),
    Look(Vec<Session>),
}

/// Does the tasks one by one, until there will be no more. The commands that help say `flag` for the registry, if that
/// was typed.
pub(super) fn work(
    path: &Path,
    flag: Option<&Path>,
    tasks: &Receiver<Task>,
    events: &Sender<Event>,
) {
    for task in tasks {
        let event = match task {
            Task::Act(action) => Event::Acted(act(path, flag, &action)),
            Task::Look(sessions) => {
                let found = sessions.iter();
                let found = found.map(|s| (s.id(), s.revision(), is_gone(s)));
                Event::Looked(found.collect())
            }
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

/// What was done; or why it was not, and what would help.
fn act(path: &Path, flag: Option<&Path>, action: &Action) -> Result<String, String> {
    let done = change(path, action).map_err(|error| {
        let help = help(&error, flag).map(|command| format!(": {command}"));
        format!(
            "{} [{}]{}",
            Escaped(&error),
            error.code(),
            help.unwrap_or_default()
        )
    })?;
    Ok(format!("{done} “{}”", action.name))
}

fn change(path: &Path, action: &Action) -> Result<&'static str, Error> {
    let options = SessionRegistry::options().create(false);
    // Opened anew each time: the file at the path may be another one by now.
    let registry = options.busy_timeout(PATIENCE).open(path)?;
    let id = action.id;
    let done = match &action.kind {
        ActionKind::Close => registry.close_session(id).map(|_| "closed")?,
        ActionKind::Reopen => registry.reopen(id).map(|_| "opened")?,
        ActionKind::Rename(name) => {
            let name = SessionName::new(name)?;
            registry.rename(id, name).map(|_| "renamed")?
        }
        ActionKind::Tag(tags) => {
            let change = |session: &mut Session| {
                *session.tags_mut() = tags.iter().cloned().collect();
            };
            registry.modify(id, change).map(|_| "tagged")?
        }
        ActionKind::Pin(pin) => {
            registry.modify(id, |session| session.set_pinned(*pin))?;
            if *pin { "pinned" } else { "unpinned" }
        }
        ActionKind::Remove => registry.unregister(id).map(|_| "removed")?,
    };
    registry.close()?;
    Ok(done)
}

/// A command that helps against the error.
fn help(error: &Error, flag: Option<&Path>) -> Option<String> {
    let on = |words: &[&str]| command_on(flag, words);
    match error {
        Error::LimitReached {
            max_sessions, open, ..
        } => {
            let enough = u64::from(*max_sessions).max(*open).saturating_add(1);
            on(&["limit", &enough.to_string()])
        }
        Error::AlreadyClaimed { id, .. } => on(&[
            "resume",
            &describe::short(*id),
            "--take-over",
            "--here",
            "--",
            "true",
        ]),
        Error::ProjectAlreadyOpen { holder, .. } => on(&["show", &describe::short(*holder)]),
        Error::SessionClosed { id, .. } => on(&["reopen", &describe::short(*id)]),
        Error::Corrupted { .. } => on(&["check"]),
        _ => None,
    }
}
