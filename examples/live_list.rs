//! A list of the most recently active sessions that shows what changes, whichever process changes it.
//!
//! A page costs what it returns, however many sessions there are, so it is cheap to ask for it again and
//! compare. Each page is one committed state: no change is seen in halves.
//!
//! `cargo run --example live_list` shows it in a registry that goes with the program;
//! `cargo run --example live_list -- FILE` follows the one in FILE until it is interrupted.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::thread;
use std::time::Duration;

use session_registry::{
    Error, Order, ProjectPath, Query, Result, Session, SessionId, SessionName, SessionRegistry,
};

const PAUSE: Duration = Duration::from_millis(250);

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
    let mut list = LiveList::default();
    loop {
        match list.look(registry) {
            Ok(changes) => changes.iter().for_each(|change| println!("{change}")),
            // Somebody kept the file locked for the whole busy timeout: the next look may succeed.
            Err(error) if error.is_retryable() => {}
            // A file put in the place of this one is a registry of its own.
            Err(Error::FileReplaced { path, .. }) => {
                println!("{} was replaced", path.display());
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        thread::sleep(PAUSE);
    }
}

/// What was on the page when it was last looked at.
#[derive(Default)]
struct LiveList {
    shown: BTreeMap<SessionId, Session>,
}

impl LiveList {
    /// Returns what differs from the last look, a line for each session.
    fn look(&mut self, registry: &SessionRegistry) -> Result<Vec<String>> {
        let query = Query::new().order(Order::LastActive).descending().limit(20);
        let page = registry.list(&query)?;
        let now: BTreeMap<_, _> = page
            .into_iter()
            .map(|session| (session.id(), session))
            .collect();

        let mut changes = Vec::new();
        for (id, session) in &now {
            match self.shown.get(id) {
                None => changes.push(format!("+ {}", session.name())),
                Some(before) if before.revision() != session.revision() => {
                    changes.push(format!("~ {} (was {})", session.name(), before.name()));
                }
                // Activity alone raises no revision.
                Some(before) if before != session => {
                    changes.push(format!("* {}", session.name()));
                }
                Some(_) => {}
            }
        }
        for (id, session) in &self.shown {
            if !now.contains_key(id) {
                changes.push(format!("- {}", session.name()));
            }
        }
        self.shown = now;
        Ok(changes)
    }
}

/// Looks after each change that another handle makes, as another process would.
fn demonstrate() -> Result<(), Box<dyn StdError>> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("sessions.redb");
    let others = SessionRegistry::open(&file)?;
    let registry = SessionRegistry::open(&file)?;
    let mut list = LiveList::default();
    let mut look = || -> Result<()> {
        for change in list.look(&registry)? {
            println!("{change}");
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
