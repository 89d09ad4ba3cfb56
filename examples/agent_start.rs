//! What an agent does when it starts in a directory: finds the session of that project or makes one, makes
//! sure that it is the only program that drives it, and says which sessions lost their program.
//!
//! `cargo run --example agent_start` uses a registry that goes with the program;
//! `cargo run --example agent_start -- FILE` uses the one in FILE.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error as StdError;
use std::path::PathBuf;

use session_registry::{Error, ProjectPath, SessionRegistry};

fn main() -> Result<(), Box<dyn StdError>> {
    let temporary = tempfile::tempdir()?;
    let file = std::env::args_os()
        .nth(1)
        .map_or_else(|| temporary.path().join("sessions.redb"), PathBuf::from);
    let registry = SessionRegistry::open(file)?;

    // The session of this directory or of a project around it, or else a new one. The claim on it ends with its
    // value or with this process, however that ends.
    let started = match registry.start(registry.session(project(&registry)?).build()) {
        Ok(started) => started,
        Err(Error::AlreadyClaimed { owner, .. }) => {
            return Err(format!("the session is in use by {owner}").into());
        }
        Err(error) => return Err(error.into()),
    };
    let (session, claim) = started.into_parts();
    println!("session {} of {}", session.name(), session.project_path());

    for session in registry.interrupted()? {
        println!(
            "interrupted, worth resuming: {} ({})",
            session.name(),
            session.project_path()
        );
    }

    // The work. A change through the claim is refused once somebody has taken the session over.
    let session = claim.modify(|session| {
        session.metadata_mut().insert("step".into(), "1".into());
    })?;
    println!("saved revision {}", session.revision());

    claim.release()?;
    Ok(())
}

/// The nearest directory at or above this one that is a project with a session, or else this one.
fn project(registry: &SessionRegistry) -> Result<ProjectPath, Error> {
    let here = ProjectPath::resolve(".")?;
    let around = registry.lookup_containing(&here)?;
    Ok(around.map_or(here, |session| session.project_path().clone()))
}
