//! One call, made on the registry and on the model.

use std::time::Duration;

use super::content::compare;
use super::{name, path};
use crate::error::{Error, Result};
use crate::registry::{CloseAs, PrunePolicy, SessionRegistry};
use crate::session::{
    Activity, Alias, ProjectPath, Report, Session, SessionConfig, SessionId, Tag, Timestamp,
};
use crate::shared::rules::batch::{Operation, batch};
use crate::shared::rules::content::Content;
use crate::shared::rules::row::Row;
use crate::shared::rules::{Checked, Model};
use crate::store::{Aim, WaiterRow};

/// The one handle. Of what it claims nobody asks whether the owner lives.
const ONLY: usize = 0;

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
    /// As an agent's first call; the claim is never let go.
    Start(Session),
    /// Somebody dead stands in line for this project.
    Wait(&'static str),
    /// As [`Start`](Self::Start), and whoever is in line is dead; so for the next two.
    StartWhenFree(Session),
    RegisterWhenFree(Session),
    ResumeWhenFree(SessionId),
    /// Several operations, all or none.
    Apply(Vec<Operation>),
    /// Closes it as the holder of a claim.
    CloseAsHolder(SessionId, u64),
    Touch(SessionId),
    /// A claim by an owner that is dead.
    Claim(SessionId),
    /// What the owner of a session does, and of which claim that is said.
    Report(SessionId, Activity, &'static str, Option<u64>),
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
            Self::Wait(project) => wait(registry, path(project)),
            Self::StartWhenFree(session) => registry
                .start_when_free(session.clone(), PATIENCE)
                .map(std::mem::forget),
            Self::RegisterWhenFree(session) => registry
                .register_when_free(session.clone(), PATIENCE)
                .map(drop),
            Self::ResumeWhenFree(id) => registry
                .resume_when_free(*id, PATIENCE)
                .map(std::mem::forget),
            Self::Apply(operations) => registry.apply(batch(operations)).map(drop),
            Self::Start(session) => registry.start(session.clone()).map(std::mem::forget),
            Self::CloseAsHolder(id, epoch) => registry
                .close_session_with(*id, CloseAs::Holder(*epoch))
                .map(drop),
            Self::Touch(id) => registry.touch(*id),
            Self::Claim(id) => claim(registry, *id),
            Self::Report(id, activity, note, of) => {
                let mut report = Report::new(*activity).note(*note);
                if let Some(epoch) = of {
                    report = report.epoch(*epoch);
                }
                registry.report(*id, report)
            }
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
            Self::Wait(project) => {
                model.content.line.push(path(project));
                Ok(())
            }
            Self::StartWhenFree(session) => {
                let started = model.start(ONLY, &Row::of(session)).map(drop);
                model.leave_the_line(started)
            }
            Self::RegisterWhenFree(session) => {
                let registered = model.register(ONLY, &Row::of(session)).map(drop);
                model.leave_the_line(registered)
            }
            Self::ResumeWhenFree(id) => {
                let resumed = model.resume(ONLY, *id, false).map(drop);
                model.leave_the_line(resumed)
            }
            Self::Resume(id) => model.resume(ONLY, *id, false).map(drop),
            Self::Apply(operations) => model.apply(ONLY, operations).map(drop),
            Self::Start(session) => model.start(ONLY, &Row::of(session)).map(drop),
            Self::CloseAsHolder(id, epoch) => model.close_with(ONLY, *id, Some(*epoch)).map(drop),
            Self::Touch(id) => model.touch(*id),
            Self::Claim(id) => {
                model.claim_by_the_dead(*id);
                Ok(())
            }
            Self::Report(id, activity, note, of) => {
                let note = Some(*note).filter(|note| !note.is_empty());
                model.report(*id, (*activity, note), *of)
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

pub(super) fn alias(text: &str) -> Alias {
    Alias::new(text).unwrap()
}

pub(super) fn tag(text: &str) -> Tag {
    Tag::new(text).unwrap()
}

fn settings(size: usize) -> SessionConfig {
    SessionConfig::new().max_tokens(u32::try_from(size).unwrap())
}

fn log(size: usize) -> String {
    "l".repeat(size)
}

/// Longer than any of the calls takes.
const PATIENCE: Duration = Duration::from_secs(120);

fn wait(registry: &SessionRegistry, project_path: ProjectPath) -> Result<()> {
    let row = WaiterRow {
        owner: [7; 16],
        machine: None,
        boot: None,
        project_path,
        aim: Aim::Start,
    };
    let call = registry.store().call();
    call.write("wait for a slot in", move |tx| {
        tx.add_waiter(&row).map(drop)
    })
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
