//! The registry behind an async service: many requests at once, none of them blocks the others.
//!
//! Calls block, if only for the disk to sync, so each runs where blocking is allowed. Calls that write at
//! the same time share one commit, so sixteen registrations cost far less than sixteen syncs.
//!
//! `cargo run --example async_service` uses a registry that goes with the program;
//! `cargo run --example async_service -- FILE` uses the one in FILE.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error as StdError;
use std::path::PathBuf;

use session_registry::{Error, ProjectPath, Result, Session, SessionRegistry};
use tokio::task::{self, JoinSet};

/// What the handlers of a service share. Clones are cheap and use one open file.
#[derive(Clone)]
struct Sessions {
    registry: SessionRegistry,
}

impl Sessions {
    /// Runs one call of the registry on a thread that may block.
    async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&SessionRegistry) -> Result<T> + Send + 'static,
    ) -> Result<T, Box<dyn StdError + Send + Sync>> {
        let registry = self.registry.clone();
        let answer = task::spawn_blocking(move || call(&registry)).await?;
        Ok(answer?)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError + Send + Sync>> {
    let temporary = tempfile::tempdir()?;
    let file = std::env::args_os()
        .nth(1)
        .map_or_else(|| temporary.path().join("sessions.redb"), PathBuf::from);
    let open = move || SessionRegistry::open(file);
    let sessions = Sessions {
        registry: task::spawn_blocking(open).await??,
    };

    // Sixteen requests, of which the limit of ten lets some fail.
    let mut requests = JoinSet::new();
    for number in 0..16 {
        let sessions = sessions.clone();
        let project = ProjectPath::new(temporary.path().join(format!("project-{number}")))?;
        requests.spawn(async move {
            let session = Session::builder(project).build();
            sessions.call(|registry| registry.register(session)).await
        });
    }
    let (mut registered, mut refused) = (0, 0);
    while let Some(answer) = requests.join_next().await {
        match answer? {
            Ok(_) => registered += 1,
            Err(error) => match error.downcast_ref() {
                Some(Error::LimitReached { .. }) => refused += 1,
                _ => return Err(error),
            },
        }
    }
    println!("{registered} registered, {refused} refused by the limit");

    let open = sessions.call(|registry| registry.count()).await?;
    println!("{open} sessions are open");

    // Waits for calls under way, and ends the handle for all its clones.
    task::spawn_blocking(move || sessions.registry.close()).await??;
    Ok(())
}
