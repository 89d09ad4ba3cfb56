//! What may happen, drawn from small pools so that ids, paths and names clash and limits are met.

use proptest::option;
use proptest::prelude::*;
use session_registry::{ProjectPath, Session, SessionConfig, SessionId, SessionName};

use crate::shared::rules::row::Row;
use crate::support::values::{START, at, id, name, path};

const IDS: u128 = 6;
const PATHS: u8 = 5;
const NAMES: [&str; 3] = ["a", "a b", "A"];

pub(super) fn ids() -> impl Iterator<Item = SessionId> {
    (0..IDS).map(id)
}

pub(super) fn paths() -> impl Iterator<Item = ProjectPath> {
    (0..PATHS).map(|number| path(&format!("/w/{number}")))
}

pub(super) fn names() -> impl Iterator<Item = SessionName> {
    NAMES.into_iter().map(name)
}

/// What a caller changes in a copy.
#[derive(Clone, Debug)]
pub(super) struct Change {
    name: Option<SessionName>,
    path: Option<ProjectPath>,
    /// 0 is against the rules.
    max_tokens: Option<u32>,
    metadata: Option<u8>,
}

impl Change {
    pub(super) fn apply_to_row(&self, row: &mut Row) {
        if let Some(name) = &self.name {
            row.name = name.clone();
        }
        if let Some(path) = &self.path {
            row.path = path.clone();
        }
        if let Some(max_tokens) = self.max_tokens {
            row.config = SessionConfig::new().max_tokens(max_tokens);
        }
        if let Some(value) = self.metadata {
            row.metadata.insert("value".into(), value.to_string());
        }
    }

    pub(super) fn apply(&self, session: &mut Session) {
        if let Some(name) = &self.name {
            session.set_name(name.clone());
        }
        if let Some(path) = &self.path {
            session.set_project_path(path.clone());
        }
        if let Some(max_tokens) = self.max_tokens {
            session.set_config(SessionConfig::new().max_tokens(max_tokens));
        }
        if let Some(value) = self.metadata {
            session
                .metadata_mut()
                .insert("value".into(), value.to_string());
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Register(Session),
    GetOrRegister(Session),
    /// Of a copy that was handed out earlier, so many calls ago.
    Update(usize, Change),
    /// Perhaps with a renaming from inside the first run of the closure.
    Modify(SessionId, Option<SessionName>, Change),
    Rename(SessionId, SessionName),
    CloseSession(SessionId),
    ReopenSession(SessionId),
    Unregister(SessionId),
    Clear,
    SetLimit(u32),
    SetDefault(Option<SessionId>),
    /// Sets the clock, also back.
    SetClock(i64),
    /// Closes the file and opens it again.
    Reopen,
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => session().prop_map(Step::Register),
        4 => session().prop_map(Step::GetOrRegister),
        6 => (0..8_usize, change()).prop_map(|(ago, change)| Step::Update(ago, change)),
        4 => (any_id(), option::of(any_name()), change())
            .prop_map(|(id, name, change)| Step::Modify(id, name, change)),
        3 => (any_id(), any_name()).prop_map(|(id, name)| Step::Rename(id, name)),
        3 => any_id().prop_map(Step::CloseSession),
        3 => any_id().prop_map(Step::ReopenSession),
        4 => any_id().prop_map(Step::Unregister),
        1 => Just(Step::Clear),
        3 => (0..6_u32).prop_map(Step::SetLimit),
        3 => option::of(any_id()).prop_map(Step::SetDefault),
        3 => (-9..9_i64).prop_map(|offset| Step::SetClock(START + offset)),
        2 => Just(Step::Reopen),
    ]
}

fn any_id() -> impl Strategy<Value = SessionId> {
    (0..IDS).prop_map(id)
}

fn any_name() -> impl Strategy<Value = SessionName> {
    prop::sample::select(names().collect::<Vec<_>>())
}

fn any_path() -> impl Strategy<Value = ProjectPath> {
    prop::sample::select(paths().collect::<Vec<_>>())
}

fn any_tokens() -> impl Strategy<Value = u32> {
    prop_oneof![1 => Just(0), 9 => 1..3_u32]
}

fn change() -> impl Strategy<Value = Change> {
    (
        option::of(any_name()),
        option::of(any_path()),
        option::of(any_tokens()),
        option::of(0..2_u8),
    )
        .prop_map(|(name, path, max_tokens, metadata)| Change {
            name,
            path,
            max_tokens,
            metadata,
        })
}

fn session() -> impl Strategy<Value = Session> {
    (any_id(), any_path(), any_name(), any_tokens(), -3..3_i64).prop_map(
        |(id, path, name, max_tokens, age)| {
            Session::builder(path)
                .id(id)
                .name(name)
                .config(SessionConfig::new().max_tokens(max_tokens))
                .created_at(at(START + age))
                .build()
        },
    )
}
