//! A list of the open sessions that follows what any process does, without asking again and again.
//!
//! List first, from a snapshot, and then watch from the revision of that snapshot: nothing is missed in between.
//! Each change names a session; what is to be shown of it is asked for then. A watch that has missed changes, or is
//! told that everything may have changed, lists again.
//!
//! `cargo run --example live_list` shows it in a registry that goes with the program;
//! `cargo run --example live_list -- FILE` follows the one in FILE until it is interrupted.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;
use std::error::Error as StdError;

use session_registry::{
    Change, ChangeKind, Changes, Error, ProjectPath, Result, Session, SessionId, SessionName,
    SessionRegistry, Watch,
};

fn main() -> Result<(), Box<dyn StdError>> {
    match std::env::args_os().nth(1) {
        Some(file) => {
            let registry = SessionRegistry::options().create(false).open(file)?;
            Ok(follow(&registry)?)
        }
        None => demonstrate(),
    }
}

/// Prints what changes, until the registry can no longer be read.
fn follow(registry: &SessionRegistry) -> Result<()> {
    let (mut list, watch) = LiveList::begin(registry)?;
    print(
        list.shown
            .values()
            .map(|session| format!("+ {}", session.name())),
    );
    for happened in watch {
        match happened {
            Ok(happened) => print(list.take(&happened)?),
            // A file put in the place of this one is a registry of its own.
            Err(Error::FileReplaced { path, .. }) => println!("{} was replaced", path.display()),
            // The watch has ended, or asks again after a second.
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn print(lines: impl IntoIterator<Item = String>) {
    lines.into_iter().for_each(|line| println!("{line}"));
}

/// The open sessions, as they were when a change of them was told.
struct LiveList {
    registry: SessionRegistry,
    shown: BTreeMap<SessionId, Session>,
}

impl LiveList {
    /// Returns the list as it is now, and a watch of what comes after it.
    fn begin(registry: &SessionRegistry) -> Result<(Self, Watch)> {
        // Let go at once: a snapshot keeps pages of the file.
        let snapshot = registry.snapshot()?;
        let list = Self {
            registry: registry.clone(),
            shown: by_id(snapshot.list_all()?),
        };
        Ok((list, registry.watch_from(snapshot.revision()?)?))
    }

    /// Takes up what happened, and returns a line for each session that it shows differently.
    fn take(&mut self, happened: &Changes) -> Result<Vec<String>> {
        let is_all =
            |change: &Change| matches!(change.kind, ChangeKind::Everything | ChangeKind::Cleared);
        if happened.lost || happened.changes.iter().any(is_all) {
            return self.list_again();
        }
        let mut lines = Vec::new();
        for change in &happened.changes {
            let Some(id) = change.id else { continue };
            if change.kind == ChangeKind::OwnerGone {
                let name = self.shown.get(&id).map(Session::name);
                lines.extend(name.map(|name| format!("! {name} (its owner is gone)")));
                continue;
            }
            // It may have changed again since; then its next change will find nothing new.
            let now = self.registry.lookup(id)?;
            lines.extend(self.show(id, now.filter(|session| session.state().is_open())));
        }
        Ok(lines)
    }

    fn list_again(&mut self) -> Result<Vec<String>> {
        let now = by_id(self.registry.list_all()?);
        let gone: Vec<_> = self
            .shown
            .keys()
            .filter(|id| !now.contains_key(*id))
            .copied()
            .collect();
        let mut lines: Vec<_> = gone
            .into_iter()
            .filter_map(|id| self.show(id, None))
            .collect();
        lines.extend(
            now.into_iter()
                .filter_map(|(id, session)| self.show(id, Some(session))),
        );
        Ok(lines)
    }

    /// Shows a session as it is now, if at all.
    fn show(&mut self, id: SessionId, now: Option<Session>) -> Option<String> {
        let before = match &now {
            Some(session) => self.shown.insert(id, session.clone()),
            None => self.shown.remove(&id),
        };
        match (before, now) {
            (None, Some(now)) => Some(format!("+ {}", now.name())),
            (Some(before), None) => Some(format!("- {}", before.name())),
            (Some(before), Some(now)) if before.name() != now.name() => {
                Some(format!("~ {} (was {})", now.name(), before.name()))
            }
            (Some(before), Some(now)) if before != now => Some(format!("* {}", now.name())),
            _ => None,
        }
    }
}

fn by_id(sessions: Vec<Session>) -> BTreeMap<SessionId, Session> {
    let sessions = sessions.into_iter();
    sessions.map(|session| (session.id(), session)).collect()
}

/// Follows changes that another handle makes, as another process would.
fn demonstrate() -> Result<(), Box<dyn StdError>> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("sessions.redb");
    let others = SessionRegistry::open(&file)?;
    let registry = SessionRegistry::open(&file)?;
    let (mut list, mut watch) = LiveList::begin(&registry)?;
    let mut look = || -> Result<()> {
        while let Some(happened) = watch.try_next()? {
            print(list.take(&happened)?);
        }
        Ok(())
    };

    let path = ProjectPath::new(directory.path().join("app"))?;
    let session = others.register(Session::builder(path).build())?;
    look()?;
    others.rename(session.id(), SessionName::new("backend")?)?;
    look()?;
    others.close_session(session.id())?;
    look()?;
    Ok(())
}
