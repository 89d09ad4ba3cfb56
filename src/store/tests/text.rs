//! What a registry holds, as text that never changes its form: golden files are compared with it.

use std::fmt::Write as _;

use crate::registry::{Order, Query, SessionRegistry, StateFilter};
use crate::session::{Parent, Session, SessionState};
use crate::store::format::claim_row::ActivityRow;
use crate::store::{ClaimRow, Claims, Waiters};

/// Every session with every field that schema `version` knows, the limit and the default.
pub(super) fn content(registry: &SessionRegistry, version: u32) -> String {
    let mut text = String::new();
    let default = registry.default_session_id().unwrap();
    writeln!(text, "max_sessions: {}", registry.max_sessions().unwrap()).unwrap();
    writeln!(text, "default_session: {}", shown(default)).unwrap();
    if version >= 3 {
        let most = registry.max_sessions_per_project().unwrap();
        writeln!(text, "max_sessions_per_project: {most}").unwrap();
    }
    let sessions = match version {
        1 => registry.list_all().unwrap(),
        _ => everything(registry),
    };
    for session in sessions {
        let mut lines = version_1(&session);
        if version >= 2 {
            lines.extend(version_2(registry, &session));
        }
        if version >= 3 {
            lines.extend(version_3(registry, &session));
        }
        text.push_str(&lines.join("\n"));
        text.push('\n');
    }
    if version >= 3 {
        text.push_str(&log_and_line(registry));
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
    if let Some(claim) = claim(registry, session) {
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

fn version_3(registry: &SessionRegistry, session: &Session) -> Vec<String> {
    let mut lines = vec![
        format!("  name_origin: {}", session.name_origin()),
        format!("  pinned: {}", session.is_pinned()),
    ];
    for alias in session.aliases() {
        lines.push(format!("  alias: {}", quoted(alias.as_str())));
    }
    for tag in session.tags() {
        lines.push(format!("  tag: {}", quoted(tag.as_str())));
    }
    if let Some(Parent { id, relation }) = session.parent() {
        lines.push(format!("  parent: {id} {relation}"));
    }
    if let Some(claim) = claim(registry, session) {
        lines.push(format!("  claim boot: {}", shown(claim.boot)));
        lines.push(format!("  claim driver: {}", shown(claim.driver)));
        let program = claim.program.as_deref().map(quoted);
        lines.push(format!("  claim program: {}", shown(program)));
        let namespace = shown(claim.pid_namespace);
        lines.push(format!("  claim pid namespace: {namespace}"));
        if let Some(ActivityRow { kind, note, since }) = claim.activity {
            let note = shown(note.as_deref().map(quoted));
            lines.push(format!("  claim activity: {kind:?} since {since}: {note}"));
        }
    }
    lines
}

/// Every change that is logged, and all who wait.
fn log_and_line(registry: &SessionRegistry) -> String {
    let mut text = String::new();
    for change in registry.changes_since(0).unwrap().changes {
        let (id, revision) = (shown(change.id), shown(change.session_revision));
        let (number, kind) = (change.revision, change.kind);
        writeln!(text, "change {number}: {kind} {id} {revision}").unwrap();
    }
    let waiters = registry
        .store()
        .call()
        .read("read", |view| view.reads().waiters());
    for (number, waiter) in waiters.unwrap() {
        let (owner, boot) = (uuid::Uuid::from_bytes(waiter.owner), shown(waiter.boot));
        let place = quoted(waiter.project_path.as_str());
        let (machine, aim) = (shown(waiter.machine), waiter.aim);
        writeln!(
            text,
            "waiter {number}: {owner} {machine} {boot} {place} {aim:?}"
        )
        .unwrap();
    }
    text
}

fn claim(registry: &SessionRegistry, session: &Session) -> Option<ClaimRow> {
    let claim = registry
        .store()
        .call()
        .read("read", |view| view.reads().claim(session.id()));
    claim.unwrap()
}

/// ASCII alone: what `{:?}` escapes differs from one Unicode version to the next.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}

fn shown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}
