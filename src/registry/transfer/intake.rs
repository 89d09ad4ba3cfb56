//! The sessions of an import on their way in.

use std::collections::HashMap;

use super::{ImportMode, ImportReport};
use crate::error::{ImportClash, Result};
use crate::registry::SessionRegistry;
use crate::registry::rules::{Limit, check_clashes, check_room, find_clashes};
use crate::session::{Session, SessionId};

/// Of an import that cannot be taken, so many sessions are held at once.
const PIECE: usize = 1024;

/// Holds the sessions of an import until they are registered. Once more are open than the limit allows, the
/// answer can only be an error: from then on it looks which of them clash, and lets them go.
pub(super) struct Intake<'r> {
    registry: &'r SessionRegistry,
    mode: ImportMode,
    /// As it was when the call began.
    limit: Limit,
    /// How many open ones were taken.
    opening: u64,
    held: Vec<(u64, Session)>,
    /// Of each that got a new id, by the old one.
    new_ids: HashMap<SessionId, SessionId>,
    /// Of those that were let go.
    clashes: Vec<ImportClash>,
}

impl<'r> Intake<'r> {
    pub(super) fn begin(registry: &'r SessionRegistry, mode: ImportMode) -> Result<Self> {
        Ok(Self {
            registry,
            mode,
            limit: registry.ask(|view| Limit::of(view.reads()))?,
            opening: 0,
            held: Vec::new(),
            new_ids: HashMap::new(),
            clashes: Vec::new(),
        })
    }

    pub(super) fn take(&mut self, line: u64, mut session: Session) -> Result<()> {
        if self.mode == ImportMode::NewIds {
            let new = SessionId::random();
            self.new_ids.insert(session.id(), new);
            session.set_id(new);
            session.set_revision(0);
            // The session that was exported goes by those, wherever it is.
            session.aliases_mut().clear();
        }
        session.say_all();
        self.opening += u64::from(session.state().is_open());
        self.held.push((line, session));
        if self.is_overfull() && self.held.len() >= PIECE {
            self.let_go()?;
        }
        Ok(())
    }

    fn is_overfull(&self) -> bool {
        self.opening > u64::from(self.limit.max_sessions)
    }

    fn let_go(&mut self) -> Result<()> {
        let held = std::mem::take(&mut self.held);
        let clashes = self
            .registry
            .ask(|view| find_clashes(view.reads(), &held))?;
        self.clashes.extend(clashes);
        Ok(())
    }

    /// Clashes come first, the limit last.
    /// Gives children the new ids of parents that are imported too, on whichever line.
    fn adopt(&mut self) {
        for (_, session) in &mut self.held {
            if let Some(mut parent) = session.parent()
                && let Some(new) = self.new_ids.get(&parent.id)
            {
                parent.id = *new;
                session.set_parent(Some(parent));
            }
        }
    }

    pub(super) fn register(mut self) -> Result<ImportReport> {
        if self.is_overfull() {
            self.let_go()?;
            check_clashes(self.clashes)?;
            return Err(self.limit.reached());
        }
        self.adopt();
        let (held, opening) = (self.held, self.opening);
        self.registry.call().write("import into", move |tx| {
            check_clashes(find_clashes(tx, &held)?)?;
            check_room(Limit::of(tx)?, opening)?;
            for (_, session) in &held {
                tx.take_in(session)?;
            }
            let sessions = held.iter().map(|(_, session)| session.id()).collect();
            Ok(ImportReport { sessions })
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::session::ProjectPath;

    #[test]
    fn an_import_far_beyond_the_limit_was_held_whole() {
        let registry = SessionRegistry::in_memory().unwrap();
        let mut intake = Intake::begin(&registry, ImportMode::KeepIds).unwrap();
        for number in 0..10_000 {
            let path = ProjectPath::new(format!("/work/{number}")).unwrap();
            intake.take(number, Session::builder(path).build()).unwrap();
            let most = if number < 10 { 10 } else { PIECE };
            assert!(intake.held.len() <= most, "line {number}");
        }
        let refused = intake.register().unwrap_err();
        assert_eq!(refused.code(), "session_limit_reached");
    }
}
