//! The sessions of an import on their way in.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::contents::Seen;
use super::{ImportMode, ImportReport};
use crate::error::{ImportClash, Result};
use crate::registry::SessionRegistry;
use crate::registry::rules::{Clashes, Limit, check_clashes, check_room};
use crate::session::{ProjectPath, Session, SessionId};
use crate::store::{Fault, Lists, Spool};

/// Puts the sessions of an import aside until all of them are there.
pub(super) struct Intake<'r> {
    registry: &'r SessionRegistry,
    /// As it was when the call began.
    limit: Limit,
    /// How many open ones were taken.
    opening: u64,
    set_aside: Spool,
    paths: OpenPaths,
    renaming: Option<Renaming>,
}

impl<'r> Intake<'r> {
    pub(super) fn begin(registry: &'r SessionRegistry, mode: ImportMode) -> Result<Self> {
        Ok(Self {
            registry,
            limit: registry.ask(|view| Limit::of(view.reads()))?,
            opening: 0,
            set_aside: Spool::beside(registry.path()),
            paths: OpenPaths::default(),
            renaming: (mode == ImportMode::NewIds).then(Renaming::default),
        })
    }

    pub(super) fn take(&mut self, line: u64, mut session: Session) -> Result<()> {
        if let Some(renaming) = &mut self.renaming {
            renaming.rename(&mut session);
        }
        session.say_all();
        if session.state().is_open() {
            self.opening += 1;
            self.paths.add(session.project_path());
        }
        self.set_aside.put(line, &session)
    }

    /// Clashes come first, the limit last.
    pub(super) fn register(mut self, seen: Seen) -> Result<ImportReport> {
        if let Some(renaming) = &mut self.renaming {
            renaming.keep_parents(&seen);
        }
        let count = usize::try_from(seen.count()).unwrap_or(usize::MAX);
        // The most of what an import needs by now.
        drop(seen);
        self.paths.keep_repeated();
        let Self {
            registry,
            limit,
            opening,
            set_aside,
            paths,
            renaming,
        } = self;
        // Nothing that is written makes room for them, so nobody is kept from writing to find that out.
        if opening > u64::from(limit.max_sessions) {
            let clashes = registry.ask(|view| find_clashes(view.reads(), &set_aside, &paths))?;
            check_clashes(clashes)?;
            return Err(limit.reached());
        }
        registry.call().write_alone("import into", move |tx| {
            check_clashes(find_clashes(tx, &set_aside, &paths)?)?;
            check_room(Limit::of(tx)?, opening)?;
            let mut sessions = Vec::with_capacity(count);
            set_aside.read(|_, mut session| {
                if let Some(renaming) = &renaming {
                    renaming.rename_parent(&mut session);
                }
                tx.take_in(&session)?;
                sessions.push(session.id());
                Ok(())
            })?;
            Ok(ImportReport { sessions })
        })
    }
}

fn find_clashes(
    reads: &impl Lists,
    sessions: &Spool,
    paths: &OpenPaths,
) -> Result<Vec<ImportClash>, Fault> {
    let mut clashes = Clashes::with(reads)?;
    sessions.read(|line, session| {
        let comes_again = paths.is_repeated(session.project_path());
        clashes.look(reads, line, &session, comes_again)
    })?;
    Ok(clashes.found())
}

/// Which paths have more than one open session in an import: told by hashes, of which two that are the same by
/// chance cost a little memory and nothing else.
#[derive(Default)]
struct OpenPaths {
    hasher: RandomState,
    hashes: Vec<u64>,
}

impl OpenPaths {
    fn add(&mut self, path: &ProjectPath) {
        self.hashes.push(self.hasher.hash_one(path));
    }

    /// Called once all are there.
    fn keep_repeated(&mut self) {
        self.hashes.sort_unstable();
        let mut last = None;
        let mut repeated: Vec<u64> = self
            .hashes
            .iter()
            .copied()
            .filter(|hash| last.replace(*hash) == Some(*hash))
            .collect();
        repeated.dedup();
        self.hashes = repeated;
    }

    fn is_repeated(&self, path: &ProjectPath) -> bool {
        !self.hashes.is_empty()
            && self
                .hashes
                .binary_search(&self.hasher.hash_one(path))
                .is_ok()
    }
}

/// New ids that follow from the old ones, by a key that is new for each import: nobody has to remember them.
#[derive(Default)]
struct Renaming {
    hashers: [RandomState; 2],
    /// The old ids of those that are parents.
    parents: HashSet<SessionId>,
}

impl Renaming {
    fn new_id(&self, old: SessionId) -> SessionId {
        let halves = self.hashers.each_ref().map(|hasher| hasher.hash_one(old));
        SessionId::of_bits(halves)
    }

    fn rename(&mut self, session: &mut Session) {
        session.set_id(self.new_id(session.id()));
        session.set_revision(0);
        // The session that was exported goes by those, wherever it is.
        session.aliases_mut().clear();
        self.parents
            .extend(session.parent().map(|parent| parent.id));
    }

    /// Forgets those that are not imported, whose children keep the ids they have of them.
    fn keep_parents(&mut self, seen: &Seen) {
        self.parents.retain(|parent| seen.has(*parent));
    }

    /// Gives a child the new id of a parent that is imported too, on whichever line.
    fn rename_parent(&self, session: &mut Session) {
        if let Some(mut parent) = session.parent()
            && self.parents.contains(&parent.id)
        {
            parent.id = self.new_id(parent.id);
            session.set_parent(Some(parent));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn path(number: u32) -> ProjectPath {
        ProjectPath::new(format!("/work/{number}")).unwrap()
    }

    #[test]
    fn paths_are_repeated_from_their_second_session_on() {
        let mut paths = OpenPaths::default();
        for number in [1, 2, 3, 2, 4, 4, 4] {
            paths.add(&path(number));
        }
        paths.keep_repeated();
        let repeated = (1..6).filter(|number| paths.is_repeated(&path(*number)));
        assert_eq!(repeated.collect::<Vec<_>>(), [2, 4]);
        assert_eq!(paths.hashes.len(), 2);
    }

    #[test]
    fn new_ids_are_random_ones_that_follow_from_the_old() {
        let (one, other) = (Renaming::default(), Renaming::default());
        let old = SessionId::random();
        let new = one.new_id(old);
        assert_eq!(new, one.new_id(old));
        assert_eq!(new.as_uuid().get_version_num(), 4);
        let others = [old, other.new_id(old), one.new_id(SessionId::random())];
        assert!(!others.contains(&new));
    }
}
