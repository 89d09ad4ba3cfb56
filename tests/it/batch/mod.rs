//! Several changes in one commit: all of them, or none.

mod made;
mod refusals;

use session_registry::{Alias, Session};

use crate::support::refusal::Refusal;
use crate::support::values::{id, session};

/// The refusal of an operation.
fn refusal(index: usize, refusal: Refusal) -> Refusal {
    Refusal::Batch(index, Box::new(refusal))
}

fn alias(text: &str) -> Alias {
    text.parse().unwrap()
}

fn with_alias(session: &Session, text: &str) -> Session {
    let mut session = session.clone();
    session.aliases_mut().insert(alias(text));
    session
}

/// A session of the project of session `number`, by another id.
fn like(number: u32, other: u32) -> Session {
    Session::builder(session(number).project_path().clone())
        .id(id(other.into()))
        .build()
}
