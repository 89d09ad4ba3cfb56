//! Any session, valid and however odd.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::session::{
    Alias, CloseReason, NameOrigin, Parent, ProjectPath, Relation, Said, Session, SessionConfig,
    SessionId, SessionName, SessionParts, SessionState, Tag, Timestamp,
};

pub(super) fn any_id() -> impl Strategy<Value = SessionId> {
    any::<[u8; 16]>().prop_map(|bytes| SessionId::from(uuid::Uuid::from_bytes(bytes)))
}

pub(super) fn any_time() -> impl Strategy<Value = Timestamp> {
    let edges = select(vec![i64::MIN, -1, 0, 1, i64::MAX]);
    prop_oneof![edges, any::<i64>()].prop_map(Timestamp::from_micros)
}

pub(super) fn any_name() -> impl Strategy<Value = SessionName> {
    let valid = |text: String| SessionName::new(text).ok();
    "\\PC{1,50}".prop_filter_map("no session name", valid)
}

pub(super) fn any_path() -> impl Strategy<Value = ProjectPath> {
    let valid = |text: String| ProjectPath::new(text).ok();
    "(/[^/\\x00]{0,20}){1,6}".prop_filter_map("no project path", valid)
}

pub(super) fn any_config() -> impl Strategy<Value = SessionConfig> {
    let text = || option::of("\\PC{1,60}");
    (text(), text(), 0.0..=2.0_f64, 1_u32..).prop_map(
        |(provider, model, temperature, max_tokens)| SessionConfig {
            provider,
            model,
            temperature,
            max_tokens,
        },
    )
}

pub(super) fn any_state() -> impl Strategy<Value = SessionState> {
    let reason = select(vec![CloseReason::Requested, CloseReason::OwnerDied]);
    option::of((any_time(), reason)).prop_map(|closed| {
        closed.map_or(SessionState::Open, |(at, reason)| SessionState::Closed {
            at,
            reason,
        })
    })
}

pub(super) fn any_metadata() -> impl Strategy<Value = BTreeMap<String, String>> {
    let value = prop_oneof![
        4 => any::<String>(),
        1 => any::<String>().prop_map(|text| text.repeat(100)),
    ];
    btree_map("[a-zà-ü.]{1,20}", value, 0..6)
}

pub(super) fn any_relations()
-> impl Strategy<Value = (BTreeSet<Alias>, BTreeSet<Tag>, bool, Option<Parent>)> {
    let aliases = btree_set("[a-z0-9_.-]{2,32}:[^/\\\\\\pC]\\PC{0,60}", 0..4);
    let tags = btree_set("[^\\pC\\pZ]{1,16}", 0..4);
    let relation = select(vec![
        Relation::Child,
        Relation::Fork,
        Relation::Continuation,
    ]);
    let parent = option::of((any_id(), relation));
    (aliases, tags, any::<bool>(), parent).prop_map(|(aliases, tags, pinned, parent)| {
        (
            aliases
                .iter()
                .filter_map(|text| Alias::new(text).ok())
                .collect(),
            tags.iter().filter_map(|text| Tag::new(text).ok()).collect(),
            pinned,
            parent.map(|(id, relation)| Parent::new(id, relation)),
        )
    })
}

pub(super) fn any_origin() -> impl Strategy<Value = NameOrigin> {
    select(vec![NameOrigin::Given, NameOrigin::Automatic])
}

pub(super) fn any_session() -> impl Strategy<Value = Session> {
    let times = (any_time(), any_time(), any_time());
    let values = (
        any_id(),
        any_name(),
        any_path(),
        any_config(),
        any_metadata(),
    );
    let relations = (any_relations(), any_origin());
    (values, times, any::<u64>(), any_state(), relations)
        .prop_map(|(values, times, revision, state, relations)| {
            let ((aliases, tags, pinned, parent), name_origin) = relations;
            let (id, name, project_path, config, metadata) = values;
            let (created_at, updated_at, last_active_at) = times;
            Session::from_parts(SessionParts {
                id,
                name,
                name_origin: Said::new(name_origin),
                project_path,
                config,
                metadata,
                aliases: Said::new(aliases),
                tags: Said::new(tags),
                pinned: Said::new(pinned),
                parent,
                created_at,
                updated_at,
                last_active_at,
                revision,
                state,
            })
        })
        .prop_filter("no valid session", |session| session.validate().is_ok())
}
