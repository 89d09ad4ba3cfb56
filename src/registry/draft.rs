//! What a transaction would read if what is planned had been written: rules are asked of a draft as they are of the
//! transaction, and nothing is written before all of them have passed.

use std::collections::BTreeMap;

use crate::session::{Alias, ProjectPath, Session, SessionId, SessionState, Timestamp};
use crate::store::{ClaimRow, Claims, Fault, Reads, WriteTx, Writes};

/// Changes, laid over what a transaction reads.
pub(super) struct Draft<'a, R> {
    reads: &'a R,
    changed: BTreeMap<SessionId, Changed>,
    /// The default session, where it was set.
    default: Option<Option<SessionId>>,
    /// What was written, in this order.
    writes: Vec<Write>,
}

/// What becomes of one session.
struct Changed {
    stored: Option<Session>,
    drafted: Option<Session>,
    /// Whether a claim that is stored is over.
    is_released: bool,
}

/// One thing to be written.
pub(super) enum Write {
    Insert(Session),
    Replace { old: Session, new: Session },
    Remove(Session),
    SetDefault(Option<SessionId>),
}

impl Write {
    pub(super) fn carry_out(&self, tx: &mut WriteTx<'_>) -> Result<(), Fault> {
        match self {
            Self::Insert(session) => tx.insert(session),
            Self::Replace { old, new } => tx.replace(old, new),
            Self::Remove(session) => tx.remove(session),
            Self::SetDefault(id) => tx.set_default_session(*id),
        }
    }
}

impl<'a, R: Reads + Claims> Draft<'a, R> {
    pub(super) fn over(reads: &'a R) -> Self {
        Self {
            reads,
            changed: BTreeMap::new(),
            default: None,
            writes: Vec::new(),
        }
    }

    pub(super) fn into_writes(self) -> Vec<Write> {
        self.writes
    }

    /// Notes what becomes of a session that is stored as `stored`, if it is; what was noted of it before says better
    /// how it is stored.
    fn note(&mut self, id: SessionId, stored: Option<&Session>, drafted: Option<&Session>) {
        let changed = self.changed.entry(id).or_insert_with(|| Changed {
            stored: stored.cloned(),
            drafted: None,
            is_released: false,
        });
        changed.drafted = drafted.cloned();
        // As in the file: a session that is closed or removed has no claim.
        changed.is_released |= !drafted.is_some_and(is_open);
    }

    fn drafted(&self) -> impl Iterator<Item = &Session> {
        self.changed
            .values()
            .filter_map(|changed| changed.drafted.as_ref())
    }

    /// The open sessions on a path that were changed, as they are now, or as they are stored.
    fn changed_on<'s>(
        &'s self,
        path: &'s ProjectPath,
        which: fn(&Changed) -> Option<&Session>,
    ) -> impl Iterator<Item = &'s Session> {
        let changed = self.changed.values().filter_map(which);
        changed.filter(move |session| is_open(session) && session.project_path() == path)
    }
}

impl Changed {
    fn stored(&self) -> Option<&Session> {
        self.stored.as_ref()
    }

    fn drafted(&self) -> Option<&Session> {
        self.drafted.as_ref()
    }
}

fn is_open(session: &Session) -> bool {
    session.state().is_open()
}

impl<R: Reads + Claims> Reads for Draft<'_, R> {
    fn session(&self, id: SessionId) -> Result<Option<Session>, Fault> {
        match self.changed.get(&id) {
            Some(changed) => Ok(changed.drafted.clone()),
            None => self.reads.session(id),
        }
    }

    fn contains(&self, id: SessionId) -> Result<bool, Fault> {
        match self.changed.get(&id) {
            Some(changed) => Ok(changed.drafted.is_some()),
            None => self.reads.contains(id),
        }
    }

    fn count_on_path(&self, path: &ProjectPath, at_most: u64) -> Result<u64, Fault> {
        let gone = self.changed_on(path, Changed::stored).count() as u64;
        let come = self.changed_on(path, Changed::drafted).count() as u64;
        let stored = self
            .reads
            .count_on_path(path, at_most.saturating_add(gone))?;
        Ok(at_most.min(stored.saturating_sub(gone).saturating_add(come)))
    }

    fn on_path(&self, path: &ProjectPath) -> Result<Vec<SessionId>, Fault> {
        let mut found = Vec::new();
        for id in self.reads.on_path(path)? {
            if !self.changed.contains_key(&id)
                && let Some(session) = self.reads.session(id)?
            {
                found.push((session.last_active_at(), id));
            }
        }
        let come = self.changed_on(path, Changed::drafted);
        found.extend(come.map(|session| (session.last_active_at(), session.id())));
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    fn session_by_path(&self, path: &ProjectPath) -> Result<Option<Session>, Fault> {
        match self.on_path(path)?.last() {
            Some(id) => self.session(*id),
            None => Ok(None),
        }
    }

    fn alias_holder(&self, alias: &Alias) -> Result<Option<SessionId>, Fault> {
        let holder = self.drafted().find(|s| s.aliases().contains(alias));
        if let Some(session) = holder {
            return Ok(Some(session.id()));
        }
        let stored = self.reads.alias_holder(alias)?;
        Ok(stored.filter(|id| !self.changed.contains_key(id)))
    }

    fn newest_closing(
        &self,
        path: &ProjectPath,
        besides: &[SessionId],
    ) -> Result<Option<Timestamp>, Fault> {
        let drafted = self
            .drafted()
            .filter(|session| session.project_path() == path && !besides.contains(&session.id()))
            .filter_map(|session| match session.state() {
                SessionState::Closed { at, .. } => Some(at),
                SessionState::Open => None,
            });
        let besides: Vec<_> = self.changed.keys().chain(besides).copied().collect();
        let stored = self.reads.newest_closing(path, &besides)?;
        Ok(drafted.chain(stored).max())
    }

    fn count(&self) -> Result<u64, Fault> {
        let number = |which: fn(&Changed) -> Option<&Session>| {
            let changed = self.changed.values().filter_map(which);
            changed.filter(|session| is_open(session)).count() as u64
        };
        let stored = self.reads.count()?;
        let left = stored.saturating_sub(number(Changed::stored));
        Ok(left.saturating_add(number(Changed::drafted)))
    }

    fn max_sessions(&self) -> Result<u32, Fault> {
        self.reads.max_sessions()
    }

    fn max_sessions_per_project(&self) -> Result<u32, Fault> {
        self.reads.max_sessions_per_project()
    }

    fn chosen_default(&self) -> Result<Option<SessionId>, Fault> {
        match self.default {
            Some(set) => Ok(set),
            None => self.reads.chosen_default(),
        }
    }
}

impl<R: Reads + Claims> Claims for Draft<'_, R> {
    fn claim(&self, id: SessionId) -> Result<Option<ClaimRow>, Fault> {
        match self.changed.get(&id) {
            Some(changed) if changed.is_released => Ok(None),
            _ => self.reads.claim(id),
        }
    }

    fn claims(&self) -> Result<Vec<(SessionId, ClaimRow)>, Fault> {
        let mut claims = self.reads.claims()?;
        claims.retain(|(id, _)| {
            let changed = self.changed.get(id);
            !changed.is_some_and(|changed| changed.is_released)
        });
        Ok(claims)
    }
}

impl<R: Reads + Claims> Writes for Draft<'_, R> {
    fn insert(&mut self, session: &Session) -> Result<(), Fault> {
        self.note(session.id(), None, Some(session));
        self.writes.push(Write::Insert(session.clone()));
        Ok(())
    }

    fn replace(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
        self.note(new.id(), Some(old), Some(new));
        let (old, new) = (old.clone(), new.clone());
        self.writes.push(Write::Replace { old, new });
        Ok(())
    }

    fn remove(&mut self, session: &Session) -> Result<(), Fault> {
        self.note(session.id(), Some(session), None);
        self.writes.push(Write::Remove(session.clone()));
        Ok(())
    }

    fn set_default_session(&mut self, id: Option<SessionId>) -> Result<(), Fault> {
        self.default = Some(id);
        self.writes.push(Write::SetDefault(id));
        Ok(())
    }
}
