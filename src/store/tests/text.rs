//! What a registry holds, as text that never changes its form: golden files are compared with it.

use std::fmt::Write as _;

use crate::registry::{Order, Query, SessionRegistry, StateFilter};
use crate::session::{Session, SessionState};
use crate::store::Claims;

/// Every session with every field that schema `version` knows, the limit and the default.
pub(super) fn content(registry: &SessionRegistry, version: u32) -> String {
    let mut text = String::new();
    let default = registry.default_session_id().unwrap();
    writeln!(text, "max_sessions: {}", registry.max_sessions().unwrap()).unwrap();
    writeln!(text, "default_session: {}", shown(default)).unwrap();
    let sessions = match version {
        1 => registry.list_all().unwrap(),
        _ => everything(registry),
    };
    for session in sessions {
        let mut lines = version_1(&session);
        if version >= 2 {
            lines.extend(version_2(registry, &session));
        }
        text.push_str(&lines.join("\n"));
        text.push('\n');
    }
    text
}

fn everything(registry: &SessionRegistry) -> Vec<Session> {
    let query = Query::new().state(StateFilter::Any).order(Order::Created);
    registry.list(&query).unwrap().items
}

fn version_1(session: &Session) -> Vec<String> {
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
    lines
}

fn version_2(registry: &SessionRegistry, session: &Session) -> Vec<String> {
    let state = match session.state() {
        SessionState::Open => "open".to_owned(),
        SessionState::Closed { at, reason } => {
            // The golden texts were written before reasons had a text form of their own.
            let reason = reason.to_string().replace('_', " ");
            format!("closed {at}, {reason}")
        }
    };
    let mut lines = vec![
        format!("  last_active_at: {}", session.last_active_at()),
        format!("  state: {state}"),
    ];
    let claim = registry
        .store()
        .call()
        .read("read", |view| view.reads().claim(session.id()));
    if let Some(claim) = claim.unwrap() {
        lines.push(format!(
            "  claim owner: {}",
            uuid::Uuid::from_bytes(claim.owner)
        ));
        lines.push(format!("  claim epoch: {}", claim.epoch));
        lines.push(format!(
            "  claim process: {} on {}",
            claim.pid,
            quoted(&claim.host)
        ));
        lines.push(format!(
            "  claim machine: {}",
            quoted(claim.machine.as_deref().unwrap_or_default())
        ));
        lines.push(format!("  claimed_at: {}", claim.claimed_at()));
    }
    lines
}

/// ASCII alone: what `{:?}` escapes differs from one Unicode version to the next.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}

fn shown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}
