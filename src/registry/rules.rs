//! The rules: what must be true before anything is written. Every one is asked of the read traits, never
//! of the engine, so that whatever can answer those can be held to them.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::close_as::CloseAs;
use crate::error::{Error, ImportClash, Result};
use crate::session::{Alias, Liveness, Owner, ProjectPath, Session, SessionId, Timestamp};
use crate::store::{ClaimRow, Claims, Fault, Head, Lists, Owners, Reads, Walks};

/// A touch this soon after the last activity writes nothing.
const TOUCH_INTERVAL: Duration = Duration::from_secs(1);

/// The smallest distance of two times.
const TICK: Duration = Duration::from_micros(1);

/// Returns the session as it is stored: it must be registered.
pub(super) fn registered(reads: &impl Reads, id: SessionId) -> Result<Session, Fault> {
    Ok(reads.session(id)?.ok_or(Error::NotFound { id })?)
}

/// As [`registered`], for those who need no metadata.
pub(super) fn registered_head(reads: &impl Lists, id: SessionId) -> Result<Head, Fault> {
    Ok(reads.head(id)?.ok_or(Error::NotFound { id })?)
}

pub(super) fn check_open(session: &Head) -> Result<()> {
    if session.state().is_open() {
        return Ok(());
    }
    Err(Error::SessionClosed { id: session.id() })
}

/// A new session's id must be nobody's, open or closed.
pub(super) fn check_new_id(reads: &impl Reads, id: SessionId) -> Result<(), Fault> {
    if reads.contains(id)? {
        return Err(Error::SessionExists { id }.into());
    }
    Ok(())
}

/// No other session may have an alias of the session `id`, be it open or closed.
pub(super) fn check_aliases(
    reads: &impl Reads,
    id: SessionId,
    aliases: &BTreeSet<Alias>,
) -> Result<(), Fault> {
    for alias in aliases {
        if let Some(holder) = reads.alias_holder(alias)?.filter(|holder| *holder != id) {
            let alias = alias.clone();
            return Err(Error::AliasTaken { alias, holder }.into());
        }
    }
    Ok(())
}

/// Nobody may have changed the session since the caller read it.
pub(super) fn check_revision(stored: &Session, expected: u64) -> Result<()> {
    let (id, found) = (stored.id(), stored.revision());
    if found == expected {
        return Ok(());
    }
    Err(Error::Conflict {
        id,
        expected,
        found,
    })
}

/// How many sessions may be open, and are.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) max_sessions: u32,
    open: u64,
}

impl Limit {
    pub(super) fn of(reads: &impl Reads) -> Result<Self, Fault> {
        Ok(Self {
            max_sessions: reads.max_sessions()?,
            open: reads.count()?,
        })
    }

    /// Returns how many sessions would have to close before `more` can open.
    pub(super) fn excess(self, more: u64) -> u64 {
        self.open
            .saturating_add(more)
            .saturating_sub(self.max_sessions.into())
    }

    pub(super) fn reached(self) -> Error {
        Error::LimitReached {
            max_sessions: self.max_sessions,
            open: self.open,
        }
    }
}

/// Why sessions of an import cannot be registered: every id and alias that is registered, and every path that would
/// have more open sessions than it may.
pub(super) struct Clashes {
    most: u64,
    /// Of paths that come again: how many open sessions there would be, and which of them holds it.
    on_paths: HashMap<ProjectPath, (u64, SessionId)>,
    found: Vec<ImportClash>,
}

impl Clashes {
    /// With what is registered, none being looked at yet.
    pub(super) fn with(reads: &impl Lists) -> Result<Self, Fault> {
        Ok(Self {
            most: reads.max_sessions_per_project()?.into(),
            on_paths: HashMap::new(),
            found: Vec::new(),
        })
    }

    pub(super) fn found(self) -> Vec<ImportClash> {
        self.found
    }

    /// Looks at the session of a line; `comes_again` tells whether another open one may have its path.
    pub(super) fn look(
        &mut self,
        reads: &impl Lists,
        line: u64,
        session: &Session,
        comes_again: bool,
    ) -> Result<(), Fault> {
        let id = session.id();
        if reads.contains(id)? {
            self.found.push(ImportClash::Id { line, id });
        }
        for alias in session.aliases() {
            if let Some(holder) = reads.alias_holder(alias)? {
                let alias = alias.clone();
                self.found.push(ImportClash::Alias {
                    line,
                    alias,
                    holder,
                });
            }
        }
        if !session.state().is_open() {
            return Ok(());
        }
        let path = session.project_path();
        let holder = match self.on_paths.get_mut(path) {
            Some((open, holder)) => {
                *open += 1;
                (*open > self.most).then_some(*holder)
            }
            None => {
                let open = 1 + reads.count_on_path(path, u64::MAX)?;
                let is_one_too_many = open > self.most;
                if !is_one_too_many && !comes_again {
                    return Ok(());
                }
                let holder = reads.path_holder(path)?.unwrap_or(id);
                if comes_again {
                    self.on_paths.insert(path.clone(), (open, holder));
                }
                is_one_too_many.then_some(holder)
            }
        };
        if let Some(holder) = holder {
            let project_path = path.clone();
            self.found.push(ImportClash::Path {
                line,
                project_path,
                holder,
            });
        }
        Ok(())
    }
}

/// No session of an import may clash.
pub(super) fn check_clashes(clashes: Vec<ImportClash>) -> Result<()> {
    if clashes.is_empty() {
        return Ok(());
    }
    Err(Error::ImportClash { clashes })
}

/// An import that opens so many sessions must fit. Lowering the limit evicts nobody, so one that is exceeded
/// already refuses no closed session.
pub(super) fn check_room(limit: Limit, opening: u64) -> Result<()> {
    if opening > 0 && limit.excess(opening) > 0 {
        return Err(limit.reached());
    }
    Ok(())
}

/// Returns the claim of a session that is driven, if `epoch` is known, by just that one.
pub(super) fn claimed(
    claims: &impl Claims,
    owners: &Owners,
    id: SessionId,
    epoch: Option<u64>,
) -> Result<ClaimRow, Fault> {
    let claim: ClaimRow = claims.claim(id)?.ok_or(Error::NotClaimed { id })?;
    if epoch.is_none_or(|epoch| epoch == claim.epoch) {
        return Ok(claim);
    }
    let owner = Some(owners.owner(id, &claim));
    Err(Error::OwnershipLost { id, owner }.into())
}

/// Whether a touch would write. The session must be open.
pub(super) fn is_touch_due(
    reads: &impl Lists,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let head = registered_head(reads, id)?;
    check_open(&head)?;
    Ok(is_activity_due(&head, now))
}

/// Whether the last activity is long enough ago.
pub(super) fn is_activity_due(session: &Head, now: Timestamp) -> bool {
    now.duration_since(session.last_active_at()) >= TOUCH_INTERVAL
}

/// Returns when a session that is closed now counts as closed: the clock may be wrong, but a session is not
/// closed before it was last changed or worked in, and it is closed after all others of its project.
pub(super) fn closing_time(
    reads: &impl Reads,
    session: &Session,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    let own = session.updated_at().max(session.last_active_at());
    let after_others = reads
        .newest_closing(session.project_path(), &[])?
        .map(|newest| newest.saturating_add(TICK));
    Ok(now.max(own).max(after_others.unwrap_or(Timestamp::MIN)))
}

/// Whether the clock can be right, as far as anybody can tell: nothing was changed later than now. The time
/// comes from before the transaction, for which the call may have waited while others made changes.
pub(super) fn can_be_now(
    reads: &impl Walks,
    now: Timestamp,
    waited: Duration,
) -> Result<bool, Fault> {
    let newest = reads.newest_update()?;
    Ok(newest.is_none_or(|newest| newest <= now.saturating_add(waited)))
}

/// No other handle that may be alive may drive a session that is to be closed or removed, unless `by` says
/// with which right it is ended all the same.
pub(super) fn check_may_end(
    claims: &impl Claims,
    owners: &Owners,
    id: SessionId,
    by: CloseAs,
) -> Result<(), Fault> {
    let claim = claims.claim(id)?;
    if let CloseAs::Holder(epoch) = by {
        return match claim {
            Some(claim) if claim.epoch == epoch => Ok(()),
            other => {
                let owner = other.map(|claim| owners.owner(id, &claim));
                Err(Error::OwnershipLost { id, owner }.into())
            }
        };
    }
    let Some(claim) = claim.filter(|claim| !owners.is_own(claim)) else {
        return Ok(());
    };
    let owner = owners.owner(id, &claim);
    match owner.liveness {
        Liveness::Dead => Ok(()),
        Liveness::Unknown if by == CloseAs::EvenUnknown => Ok(()),
        _ => Err(Error::AlreadyClaimed { id, owner }.into()),
    }
}

/// Whose claim a new one may replace.
#[derive(Clone, Copy)]
pub(super) enum Displacement {
    DeadOwner,
    AnyOwner,
}

impl Displacement {
    /// Only an owner that is proven dead makes way by itself, be it of this very handle.
    pub(super) fn check(self, id: SessionId, owner: Option<Owner>) -> Result<()> {
        match (self, owner) {
            (Self::DeadOwner, Some(owner)) if owner.liveness != Liveness::Dead => {
                Err(Error::AlreadyClaimed { id, owner })
            }
            _ => Ok(()),
        }
    }
}
