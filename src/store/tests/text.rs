//! What a registry holds, as text that never changes its form: golden files are compared with it.

use std::fmt::Write as _;

use crate::registry::SessionRegistry;
use crate::session::Session;

/// Every session with every field that schema version 1 knew, the limit and the default.
pub(super) fn content_v1(registry: &SessionRegistry) -> String {
    let mut text = String::new();
    let default = registry.default_session_id().unwrap();
    writeln!(text, "max_sessions: {}", registry.max_sessions().unwrap()).unwrap();
    writeln!(text, "default_session: {}", shown(default)).unwrap();
    for session in registry.list_all().unwrap() {
        text.push_str(&session_v1(&session));
    }
    text
}

fn session_v1(session: &Session) -> String {
    let config = session.config();
    let mut lines = vec![
        format!("session {}", session.id()),
        format!("  name: {}", quoted(session.name().as_str())),
        format!(
            "  project_path: {}",
            quoted(session.project_path().as_str())
        ),
        format!(
            "  provider: {}",
            shown(config.provider.as_deref().map(quoted))
        ),
        format!("  model: {}", shown(config.model.as_deref().map(quoted))),
        format!("  temperature: {:?}", config.temperature),
        format!("  max_tokens: {}", config.max_tokens),
    ];
    for (key, value) in session.metadata() {
        lines.push(format!("  metadata {}: {}", quoted(key), quoted(value)));
    }
    lines.push(format!("  created_at: {}", session.created_at()));
    lines.push(format!("  updated_at: {}", session.updated_at()));
    lines.push(format!("  revision: {}", session.revision()));
    lines.join("\n") + "\n"
}

/// ASCII alone: what `{:?}` escapes differs from one Unicode version to the next.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}

fn shown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}
