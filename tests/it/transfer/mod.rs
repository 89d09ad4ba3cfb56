//! Export and import, as an embedding program sees them.

mod contents;
mod damaged;
mod intake;
mod order;

use session_registry::{ImportMode, Session, SessionRegistry};

/// An export of these sessions, as this crate writes it.
pub(crate) fn export(sessions: &[Session]) -> String {
    let mut text = header();
    for session in sessions {
        text += &serde_json::to_string(session).unwrap();
        text.push('\n');
    }
    text + &format!("{{\"exported\":{}}}\n", sessions.len())
}

fn header() -> String {
    let empty = exported(&SessionRegistry::in_memory().unwrap());
    empty.lines().next().unwrap().to_owned() + "\n"
}

fn exported(registry: &SessionRegistry) -> String {
    let mut text = Vec::new();
    registry.export(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// What an import into a new registry is refused with: the message, which names the line.
fn refused(text: impl AsRef<[u8]>) -> String {
    let registry = SessionRegistry::in_memory().unwrap();
    let error = registry
        .import(text.as_ref(), ImportMode::KeepIds)
        .unwrap_err();
    assert_eq!(error.code(), "invalid_import", "{error}");
    let checked = SessionRegistry::check_import(text.as_ref()).unwrap_err();
    assert_eq!(checked.to_string(), error.to_string());
    error.to_string()
}
