//! What may happen, drawn from small pools so that ids, paths and names clash and limits are met.

use std::collections::BTreeSet;

use proptest::option;
use proptest::prelude::*;
use session_registry::{
    Alias, ProjectPath, Relation, Session, SessionConfig, SessionId, SessionName, Tag,
};

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
    /// To be added, or taken away.
    alias: Option<(Alias, bool)>,
    tag: Option<(Tag, bool)>,
    pinned: Option<bool>,
}

impl Change {
    pub(super) fn apply_to_row(&self, row: &mut Row) {
        if let Some(name) = &self.name {
            row.rename(name.clone());
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
        put(&mut row.aliases, self.alias.as_ref());
        put(&mut row.tags, self.tag.as_ref());
        row.pinned = self.pinned.unwrap_or(row.pinned);
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
        if self.alias.is_some() {
            put(session.aliases_mut(), self.alias.as_ref());
        }
        if self.tag.is_some() {
            put(session.tags_mut(), self.tag.as_ref());
        }
        if let Some(pinned) = self.pinned {
            session.set_pinned(pinned);
        }
    }
}

fn put<T: Clone + Ord>(set: &mut BTreeSet<T>, change: Option<&(T, bool)>) {
    match change {
        Some((value, true)) => _ = set.insert(value.clone()),
        Some((value, false)) => _ = set.remove(value),
        None => {}
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
    SetPerProject(u32),
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
        2 => (1..4_u32).prop_map(Step::SetPerProject),
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

pub(super) fn aliases() -> impl Iterator<Item = Alias> {
    ["acp:a", "acp:b", "claude:a"]
        .into_iter()
        .map(|text| Alias::new(text).unwrap())
}

fn any_alias() -> impl Strategy<Value = Alias> {
    prop::sample::select(aliases().collect::<Vec<_>>())
}

fn any_tag() -> impl Strategy<Value = Tag> {
    prop::sample::select(vec!["review", "urgent"]).prop_map(|text| Tag::new(text).unwrap())
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
        option::weighted(0.2, (any_alias(), any::<bool>())),
        option::weighted(0.2, (any_tag(), any::<bool>())),
        option::weighted(0.1, any::<bool>()),
    )
        .prop_map(
            |(name, path, max_tokens, metadata, alias, tag, pinned)| Change {
                name,
                path,
                max_tokens,
                metadata,
                alias,
                tag,
                pinned,
            },
        )
}

fn session() -> impl Strategy<Value = Session> {
    let relations = (
        option::weighted(0.3, any_alias()),
        option::weighted(0.3, any_tag()),
        option::weighted(0.3, any_id()),
        option::weighted(0.7, any_name()),
    );
    (any_id(), any_path(), any_tokens(), -3..3_i64, relations).prop_map(
        |(id, path, max_tokens, age, (alias, tag, parent, name))| {
            let mut builder = Session::builder(path);
            if let Some(name) = name {
                builder = builder.name(name);
            }
            if let Some(alias) = alias {
                builder = builder.alias(alias);
            }
            if let Some(tag) = tag {
                builder = builder.tag(tag);
            }
            // Its own parent is against the rules, and tried elsewhere.
            if let Some(parent) = parent.filter(|parent| *parent != id) {
                builder = builder.parent(parent, Relation::Fork);
            }
            builder
                .id(id)
                .config(SessionConfig::new().max_tokens(max_tokens))
                .created_at(at(START + age))
                .build()
        },
    )
}
