//! The engine's transactions: begun with a bounded wait, and committed so that what is known of it is told.

use std::collections::HashSet;

use redb::{ReadTransaction, TransactionError, WriteTransaction};

use super::Engine;
use super::bell::Ringing;
use super::commit_failure::CommitFailure;
use super::opening::OpenDatabase;
use super::slot::DatabaseGuard;
use super::stamp::Stamp;
use super::turn::Waiting;
use crate::error::Error;
use crate::session::SessionId;
use crate::store::disk::backend::bounded;
use crate::store::disk::recognition::too_new;
use crate::store::fault::{Fault, guarded};
use crate::store::format::read_tables::ReadTables;
use crate::store::format::schema;
use crate::store::format::tables::Tables;
use crate::store::open_settings::Sharing;
use crate::store::rows::touched::Touched;
use crate::store::rows::view::View;
use crate::store::wait::{Pause, Wait};

impl Engine {
    /// Begins a read transaction on a file whose schema this program may read.
    pub(super) fn view(&self, held: &OpenDatabase, wait: Wait) -> Result<View, Fault> {
        let tables = ReadTables::new(self.begin_read(held, wait)?);
        if self.opening.settings.sharing == Sharing::Shared {
            guarded(|| {
                let version = schema::read_version(tables.meta()?)?;
                if version.min_reader <= self.newest() {
                    return Ok(());
                }
                Err(too_new(self.path(), version, self.newest()))
            })?;
        }
        Ok(View::of(tables))
    }

    pub(in crate::store) fn begin_read(
        &self,
        held: &OpenDatabase,
        wait: Wait,
    ) -> Result<ReadTransaction, Fault> {
        self.opener.check()?;
        let _gate = match self.opening.settings.sharing {
            Sharing::Exclusive => None,
            Sharing::Shared => {
                let gate = self.header_gate.try_lock_until(wait.deadline);
                Some(gate.ok_or(Fault::TimedOut)?)
            }
        };
        guarded(|| held.begin_read(wait))
    }

    /// Takes the engine's write lock, waiting for peers without holding anything meanwhile.
    pub(in crate::store) fn begin_write(
        &self,
        wait: Wait,
    ) -> Result<(DatabaseGuard<'_>, WriteTransaction), Fault> {
        self.opener.check()?;
        // The view of the state that the commit replaces would pin its pages.
        self.present_view.let_go();
        let is_shared = self.opening.settings.sharing == Sharing::Shared;
        let mut pause = if is_shared {
            Pause::brief()
        } else {
            Pause::new()
        };
        let (mut healed, mut asked, mut waiting) = (false, false, None);
        loop {
            // Held for one try only: a closing or a healing must not wait for who waits for a peer.
            let held = self.hold(wait)?;
            if is_shared && !asked {
                self.turn.offer(held.storage.as_ref(), wait)?;
                asked = true;
            }
            match self.try_begin_write(&held, wait) {
                Ok(Some(transaction)) => {
                    self.turn.begin();
                    // Under the lock, so that nothing is written into a file that nobody finds any more.
                    self.check_place_now()?;
                    return Ok((held, transaction));
                }
                Ok(None) => {}
                Err(fault) => {
                    self.note(&fault);
                    // Reopened once: an engine that fails again at once has a reason.
                    if healed || !fault.is_stale_engine() {
                        return Err(fault);
                    }
                    healed = true;
                    continue;
                }
            }
            if is_shared && waiting.is_none() {
                waiting = Waiting::announce(&held.storage)?;
            }
            drop(held);
            if !wait.pause(&mut pause) {
                return Err(Fault::TimedOut);
            }
        }
    }

    /// Begins a write transaction; `None` while a peer has one.
    fn try_begin_write(
        &self,
        held: &OpenDatabase,
        wait: Wait,
    ) -> Result<Option<WriteTransaction>, Fault> {
        guarded(|| {
            let opened = held.database.writable(|| self.opening.open_writer(wait))?;
            let Some(database) = opened else {
                return Ok(None);
            };
            match bounded(wait, || database.try_begin_write()) {
                Ok(mut transaction) => {
                    transaction.set_two_phase_commit(true);
                    let is_large = held.storage.len()? >= self.opening.settings.quick_repair_from;
                    transaction.set_quick_repair(is_large);
                    Ok(Some(transaction))
                }
                Err(TransactionError::WouldBlock) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
    }

    /// Commits, and makes sure that what was committed is in the file at the path.
    pub(in crate::store) fn commit(
        &self,
        held: &OpenDatabase,
        transaction: WriteTransaction,
        touched: Touched,
    ) -> Result<(), CommitFailure> {
        // Behind the write lock: nobody commits before this does.
        let before = self.stamp(held);
        // Whether the new state may be in the file is known only by what is written from here on.
        self.opening.commit_point.arm();
        let span = self.commits.begin();
        let committed = guarded(|| Ok(transaction.commit()?));
        drop(span);
        self.turn.end();
        self.bell.ring(Ringing::Commit);
        if let Err(fault) = committed {
            self.own_changes.forget();
            self.note_broken();
            return Err(if self.opening.commit_point.passed() {
                CommitFailure::unknown(fault, self.path())
            } else {
                CommitFailure::not_done(fault, self.path())
            });
        }
        self.own_changes.note(before, self.stamp(held), touched);
        // A file that was replaced meanwhile took the commit with it.
        match self.check_place_now() {
            Ok(()) => Ok(()),
            Err(Fault::Rule(Error::FileReplaced { path })) => Err(CommitFailure::Replaced(path)),
            // It may have been replaced, but nobody can tell.
            Err(fault) => Err(CommitFailure::unknown(fault, self.path())),
        }
    }

    /// Returns the sessions that this handle touched between two states; `None` where others may have touched any.
    pub(in crate::store) fn touched_between(
        &self,
        from: &Stamp,
        to: &Stamp,
    ) -> Option<HashSet<SessionId>> {
        self.own_changes.between(from, to)
    }
}
