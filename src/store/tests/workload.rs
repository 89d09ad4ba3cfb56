//! Calls that meet every rule, every index and a file that grows and shrinks.

use super::content::compare;
use super::{NOW, id, name, path, session};
use crate::error::{Error, Result};
use crate::registry::{CloseAs, PrunePolicy, SessionRegistry};
use crate::session::{Alias, Relation, Session, SessionConfig, SessionId, Tag, Timestamp};
use crate::shared::rules::content::Content;
use crate::shared::rules::row::Row;
use crate::shared::rules::{Checked, Model};

/// The one handle. Of what it claims nobody asks whether the owner lives.
const ONLY: usize = 0;

/// What a new registry holds.
pub(super) fn model() -> Model {
    Model::empty(NOW)
}

/// One call on the registry.
#[derive(Clone, Debug)]
pub(super) enum Call {
    Register(Session),
    GetOrRegister(Session),
    Rename(SessionId, &'static str),
    Move(SessionId, &'static str),
    /// Updates the settings, and the metadata to so many bytes.
    Update(SessionId, usize),
    Unregister(SessionId),
    Clear,
    Limit(u32),
    PerProject(u32),
    Default(Option<SessionId>),
    Close(SessionId),
    Reopen(SessionId),
    /// Opens it again and claims it; the claim is never let go.
    Resume(SessionId),
    /// Closes it as the holder of a claim.
    CloseAsHolder(SessionId, u64),
    Touch(SessionId),
    /// A claim by an owner that is dead.
    Claim(SessionId),
    Prune,
    /// Adds an alias to a session.
    Alias(SessionId, &'static str),
    /// Adds a tag to a session.
    Tag(SessionId, &'static str),
    Pin(SessionId, bool),
    /// Asks every question.
    Read,
    Rebuild,
    Verify,
    Compact,
}

/// The calls, in the order of their numbers.
pub(super) fn calls() -> Vec<Call> {
    use Call::*;
    let mut large = session(4);
    large
        .metadata_mut()
        .insert("log".into(), "x".repeat(12_000));
    let second = Session::builder(path("/work/3"))
        .id(id(9))
        .created_at(NOW)
        .build();
    let same_path = Session::builder(path("/work/1")).id(id(9)).build();
    vec![
        Register(session(1)),
        Register(session(2)),
        GetOrRegister(session(3)),
        Rename(id(1), "renamed"),
        Move(id(2), "/work/moved"),
        Register(large),
        Register(session(1)),
        GetOrRegister(same_path.clone()),
        Register(same_path),
        Default(Some(id(2))),
        Alias(id(1), "acp:one"),
        Alias(id(2), "acp:one"),
        Tag(id(1), "review"),
        Tag(id(4), "review"),
        Read,
        Limit(5),
        Update(id(3), 15_000),
        Register(session(5)),
        Register(session(6)),
        Claim(id(1)),
        Claim(id(5)),
        Touch(id(1)),
        // Session 5 makes room.
        Register(session(6)),
        Close(id(1)),
        Alias(id(6), "acp:one"),
        Alias(id(6), "claude:one"),
        Register(
            Session::builder(path("/work/7"))
                .id(id(7))
                .name(name("renamed"))
                .created_at(NOW)
                .alias(alias("acp:seven"))
                .tag(tag("review"))
                .parent(id(1), Relation::Child)
                .build(),
        ),
        Reopen(id(1)),
        Limit(6),
        Reopen(id(1)),
        Close(id(1)),
        Resume(id(1)),
        Resume(id(2)),
        CloseAsHolder(id(1), 3),
        CloseAsHolder(id(2), 3),
        CloseAsHolder(id(2), 4),
        Reopen(id(1)),
        Rebuild,
        Unregister(id(2)),
        Unregister(id(2)),
        Update(id(4), 10),
        Update(id(4), 16_000),
        Close(id(3)),
        Close(id(7)),
        Verify,
        Pin(id(7), true),
        Prune,
        Pin(id(7), false),
        Prune,
        Compact,
        Register(session(8)),
        Clear,
        Compact,
        Register(session(3)),
        PerProject(2),
        Register(second.clone()),
        Touch(id(3)),
        Read,
        PerProject(1),
        Move(id(9), "/work/elsewhere"),
        Move(id(9), "/work/3"),
        Rename(id(3), "after all"),
    ]
}

/// What the registry's clock shows during call `number`.
pub(super) fn clock(number: usize) -> Timestamp {
    let seconds = i64::try_from(number).unwrap() * 10;
    Timestamp::from_micros(NOW.as_micros() + seconds * 1_000_000)
}

fn policy() -> PrunePolicy {
    PrunePolicy::new().keep_last(0)
}

impl Call {
    pub(super) fn run(&self, registry: &SessionRegistry, content: &Content) -> Result<()> {
        match self {
            Self::Register(session) => registry.register(session.clone()).map(drop),
            Self::GetOrRegister(session) => registry.get_or_register(session.clone()).map(drop),
            Self::Rename(id, to) => registry.rename(*id, name(to)).map(drop),
            Self::Move(id, to) => registry
                .modify(*id, |session| session.set_project_path(path(to)))
                .map(drop),
            Self::Update(id, size) => {
                let mut session = registry.lookup(*id)?.ok_or(Error::Closed)?;
                session.set_config(settings(*size));
                session.metadata_mut().insert("log".into(), log(*size));
                registry.update(session).map(drop)
            }
            Self::Unregister(id) => registry.unregister(*id).map(drop),
            Self::Clear => registry.clear().map(drop),
            Self::Limit(limit) => registry.set_max_sessions(*limit),
            Self::PerProject(limit) => registry.set_max_sessions_per_project(*limit),
            Self::Default(id) => registry.set_default_session(*id),
            Self::Close(id) => registry.close_session(*id).map(drop),
            Self::Reopen(id) => registry.reopen(*id).map(drop),
            Self::Resume(id) => registry.resume(*id).map(std::mem::forget),
            Self::CloseAsHolder(id, epoch) => registry
                .close_session_with(*id, CloseAs::Holder(*epoch))
                .map(drop),
            Self::Touch(id) => registry.touch(*id),
            Self::Claim(id) => claim(registry, *id),
            Self::Prune => registry.prune(&policy()).map(drop),
            Self::Alias(id, text) => registry
                .modify(*id, |session| _ = session.aliases_mut().insert(alias(text)))
                .map(drop),
            Self::Tag(id, text) => registry
                .modify(*id, |session| _ = session.tags_mut().insert(tag(text)))
                .map(drop),
            Self::Pin(id, pinned) => registry
                .modify(*id, |session| session.set_pinned(*pinned))
                .map(drop),
            Self::Read => compare(content, registry),
            Self::Rebuild => registry.rebuild_indexes().map(drop),
            Self::Verify => {
                assert!(registry.verify()?.is_clean());
                Ok(())
            }
            Self::Compact => registry.compact(),
        }
    }

    /// What the call does at `now`, or the rule that refuses it.
    pub(super) fn apply(&self, model: &mut Model, now: Timestamp) -> Checked<()> {
        model.now = now;
        match self {
            Self::Register(session) => model.register(ONLY, &Row::of(session)).map(drop),
            Self::GetOrRegister(session) => {
                model.get_or_register(ONLY, &Row::of(session)).map(drop)
            }
            Self::Rename(id, to) => model.change(*id, |row| row.rename(name(to))).map(drop),
            Self::Move(id, to) => model.change(*id, |row| row.path = path(to)).map(drop),
            Self::Update(id, size) => model
                .change(*id, |row| {
                    row.config = settings(*size);
                    row.metadata.insert("log".into(), log(*size));
                })
                .map(drop),
            Self::Unregister(id) => model.unregister(ONLY, *id).map(drop),
            Self::Clear => {
                model.clear();
                Ok(())
            }
            Self::Limit(limit) => {
                model.content.limit = *limit;
                Ok(())
            }
            Self::PerProject(limit) => {
                model.content.per_project = *limit;
                Ok(())
            }
            Self::Default(id) => model.set_default(*id),
            Self::Close(id) => model.close(ONLY, *id).map(drop),
            Self::Reopen(id) => model.reopen(ONLY, *id).map(drop),
            Self::Resume(id) => model.resume(ONLY, *id, false).map(drop),
            Self::CloseAsHolder(id, epoch) => model.close_with(ONLY, *id, Some(*epoch)).map(drop),
            Self::Touch(id) => model.touch(*id),
            Self::Claim(id) => {
                model.claim_by_the_dead(*id);
                Ok(())
            }
            Self::Prune => {
                model.prune(0);
                Ok(())
            }
            Self::Alias(id, text) => model
                .change(*id, |row| _ = row.aliases.insert(alias(text)))
                .map(drop),
            Self::Tag(id, text) => model
                .change(*id, |row| _ = row.tags.insert(tag(text)))
                .map(drop),
            Self::Pin(id, pinned) => model.change(*id, |row| row.pinned = *pinned).map(drop),
            Self::Read | Self::Rebuild | Self::Verify | Self::Compact => Ok(()),
        }
    }

    /// Whether the call commits something, when nothing is in its way.
    pub(super) fn commits(&self) -> bool {
        !matches!(
            self,
            Self::Read | Self::Verify | Self::Rebuild | Self::Compact
        )
    }
}

fn alias(text: &str) -> Alias {
    Alias::new(text).unwrap()
}

fn tag(text: &str) -> Tag {
    Tag::new(text).unwrap()
}

fn settings(size: usize) -> SessionConfig {
    SessionConfig::new().max_tokens(u32::try_from(size).unwrap())
}

fn log(size: usize) -> String {
    "l".repeat(size)
}

fn claim(registry: &SessionRegistry, id: SessionId) -> Result<()> {
    registry
        .store()
        .call()
        .write("claim a session in", move |tx| {
            let epoch = tx.raise_epoch()?;
            tx.put_claim(id, &super::claim_of_the_dead(epoch))
        })
}
