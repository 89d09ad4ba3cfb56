//! Beginning to work in a project: a session of it, open and claimed, in one commit.

use super::SessionRegistry;
use super::change::store_work;
use super::line::Gate;
use super::ownership::MOST_LOOKS;
use super::reap::Reaper;
use super::register::as_new;
use super::room::Room;
use super::started::{Begun, Started};
use crate::error::{Error, Result};
use crate::session::{Liveness, Session};
use crate::store::{Call, ClaimRow, Claims, Fault, Lists, Reads};

impl SessionRegistry {
    /// Begins to work in a project: an agent's first call. Answers a session of the project path of `session`,
    /// open and claimed, made so in one commit; [`Started::how`] tells which:
    ///
    /// 1. Of the project's open sessions that nobody claims, or whose owner is proven dead, the most recently
    ///    active ([`Found`](crate::StartedHow::Found)), as it is stored. The given session is dropped, its id
    ///    and its aliases unlooked at; no limit applies, and nobody is closed to make room.
    /// 2. Else, where the project may have no more sessions, none: `AlreadyClaimed`.
    /// 3. Else the given session, as [`register`](Self::register) stores it
    ///    ([`Registered`](crate::StartedHow::Registered)), active now.
    ///
    /// It never opens a closed session; [`resume`](Self::resume) does. A session that this very handle claims
    /// counts as driven. Should the program not be able to go on, [`Started::undo`] takes all of it back.
    ///
    /// # Errors
    ///
    /// In this order, the first that applies; nothing was changed, and no lock file is left:
    /// [`InvalidSession`](Error::InvalidSession) with every problem, before any I/O;
    /// [`AlreadyClaimed`](Error::AlreadyClaimed) with the most recently active session of the project and its
    /// owner, whatever the limit; [`LimitReached`](Error::LimitReached);
    /// [`SessionExists`](Error::SessionExists) for the id; [`AliasTaken`](Error::AliasTaken). Also what
    /// [`claim`](Self::claim) answers about the owner's lock file, and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry, StartedHow};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let session = || Ok::<_, session_registry::Error>(registry.session(ProjectPath::new("/work/app")?).build());
    /// let first = registry.start(session()?)?;
    /// assert_eq!(first.how(), StartedHow::Registered);
    /// assert_eq!(registry.start(session()?).unwrap_err().code(), "already_claimed");
    ///
    /// // The program ends, and leaves its session open for the next one.
    /// let (session_before, claim) = first.into_parts();
    /// claim.release()?;
    /// let second = registry.start(session()?)?;
    /// assert_eq!(second.how(), StartedHow::Found);
    /// assert_eq!(second.session().id(), session_before.id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(&self, session: Session) -> Result<Started> {
        self.inner.store.check_access()?;
        session.validate()?;
        self.begin_start(self.call(), as_new(session), Gate::Open)
    }

    /// Starts a session that was made new, if the gate lets the caller in.
    pub(super) fn begin_start(
        &self,
        call: Call<'_>,
        session: Session,
        gate: Gate,
    ) -> Result<Started> {
        // Looked at first, because a refused one should make no lock file.
        let corpse = self
            .look_for_start(call, &session)?
            .then(|| self.inner.owners.stillborn())
            .transpose()?;

        let (now, reaper) = (self.now(), self.reaper());
        let claimed = self.make_claim(call, "start a session in", move |tx, attempt| {
            let plan = StartPlan::of(tx, &reaper, &session)?;
            gate.check(tx, &reaper)?;
            gate.pass(tx, &reaper.owners)?;
            match plan {
                StartPlan::Find(before, dead) => {
                    let made = attempt.write(tx, before.id(), now)?;
                    let begun = Begun {
                        session: store_work(tx, &before, now)?,
                        reaped: Vec::new(),
                        before: Some(before),
                        dead,
                    };
                    Ok((made, begun))
                }
                StartPlan::Register(room) => {
                    let made = attempt.write(tx, session.id(), now)?;
                    let reaped = room.make(tx, now)?;
                    let mut session = session.clone();
                    session.set_last_active_at(now.max(session.last_active_at()));
                    tx.insert(&session)?;
                    let begun = Begun {
                        session,
                        reaped,
                        before: None,
                        dead: None,
                    };
                    Ok((made, begun))
                }
            }
        });
        let (claim, begun) = claimed?;
        Ok(Started::of(begun, claim, corpse))
    }

    /// Whether a start would claim the session of a dead owner, or the rule that would refuse it. An owner
    /// removes its row first and its lock file then, so one that lets go between the two looks here seems
    /// unknown: before it stands in the way, it is looked at again.
    fn look_for_start(&self, call: Call<'_>, session: &Session) -> Result<bool> {
        let reaper = self.reaper();
        let mut seen = Vec::new();
        let mut looks = 0;
        loop {
            let found = call.read("read", |view| {
                let reads = view.reads();
                match StartPlan::of(reads, &reaper, session) {
                    Ok(plan) => Ok(Ok(matches!(plan, StartPlan::Find(_, Some(_))))),
                    Err(Fault::Rule(refusal)) => {
                        let unknown = unknown_owners(reads, &reaper, session)?;
                        Ok(Err((refusal, unknown)))
                    }
                    Err(fault) => Err(fault),
                }
            })?;
            let (refusal, unknown) = match found {
                Ok(is_dead) => return Ok(is_dead),
                Err(refused) => refused,
            };
            looks += 1;
            if unknown.is_empty() || unknown == seen || looks == MOST_LOOKS {
                return Err(refusal);
            }
            seen = unknown;
        }
    }
}

/// What a start makes of a project.
pub(super) enum StartPlan {
    /// An open session that nobody alive drives, and the claim of its dead owner.
    Find(Session, Option<ClaimRow>),
    /// The given session, with room for it.
    Register(Room),
}

impl StartPlan {
    /// Plans for a session that is given. Nothing is written.
    pub(super) fn of(
        reads: &(impl Lists + Claims),
        reaper: &Reaper,
        given: &Session,
    ) -> Result<Self, Fault> {
        let path = given.project_path();
        let mut driven = None;
        let mut open: u64 = 0;
        for session in reads.sessions_on_path(path)? {
            let id = session.id();
            let Some(claim) = reads.claim(id)? else {
                return Ok(Self::Find(session, None));
            };
            let owner = reaper.owners.owner(id, &claim);
            if owner.liveness == Liveness::Dead {
                return Ok(Self::Find(session, Some(claim)));
            }
            open += 1;
            driven.get_or_insert((id, owner));
        }
        if let Some((id, owner)) = driven
            && open >= reads.max_sessions_per_project()?.into()
        {
            return Err(Error::AlreadyClaimed { id, owner }.into());
        }
        Room::for_new(reads, reaper, given).map(Self::Register)
    }
}

/// The claims on a project's sessions of whose owners nobody can tell whether they live.
fn unknown_owners(
    reads: &(impl Reads + Claims),
    reaper: &Reaper,
    given: &Session,
) -> Result<Vec<ClaimRow>, Fault> {
    let mut unknown = Vec::new();
    for id in reads.on_path(given.project_path())? {
        if let Some(claim) = reads.claim(id)?
            && reaper.owners.liveness(id, &claim) == Liveness::Unknown
        {
            unknown.push(claim);
        }
    }
    Ok(unknown)
}
