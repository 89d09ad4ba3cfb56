//! What an agent does when it starts in a directory: finds the session of that project or makes one, makes
//! sure that it is the only program that drives it, and says which sessions lost their program.
//!
//! `cargo run --example agent_start` uses a registry that goes with the program;
//! `cargo run --example agent_start -- FILE` uses the one in FILE.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error as StdError;
use std::path::PathBuf;

use session_registry::{Error, ProjectPath, Session, SessionRegistry};

fn main() -> Result<(), Box<dyn StdError>> {
    let temporary = tempfile::tempdir()?;
    let file = std::env::args_os()
        .nth(1)
        .map_or_else(|| temporary.path().join("sessions.redb"), PathBuf::from);
    let registry = SessionRegistry::open(file)?;

    let session = session_of_this_directory(&registry)?;
    println!("session {} of {}", session.name(), session.project_path());

    // The claim ends with its value or with this process, however that ends.
    let claim = match registry.claim(session.id()) {
        Ok(claim) => claim,
        Err(Error::AlreadyClaimed { owner, .. }) => {
            return Err(format!("the session is in use by {owner}").into());
        }
        Err(error) => return Err(error.into()),
    };

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

/// The session of this directory or of a project around it, or else a new one.
fn session_of_this_directory(registry: &SessionRegistry) -> Result<Session, Error> {
    let here = ProjectPath::resolve(".")?;
    if let Some(session) = registry.lookup_containing(&here)? {
        return Ok(session);
    }
    // Another process may have been faster: then this is its session.
    let registration = registry.get_or_register(Session::for_project(".")?)?;
    Ok(registration.into_session())
}
