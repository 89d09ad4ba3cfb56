//! The line of those who wait for a slot: who may be admitted now, and whose turn it is.

use super::reap::Reaper;
use super::room::Room;
use crate::session::{Liveness, ProjectPath, SessionId};
use crate::store::{Aim, Claims, Fault, Owners, Reads, WaiterRow, Waiters, WriteTx};

/// Whose turn it is, as one who waits sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Mine,
    After(Before),
}

/// Those who came before and could be admitted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Before {
    /// The number of the first.
    pub(super) first: u64,
    pub(super) count: u64,
}

/// Returns whose turn it is for one who could be admitted, and has this number, or none yet and so is the last.
/// Only those count who could be admitted now too, and are proven alive.
pub(super) fn turn(
    reads: &(impl Reads + Claims + Waiters),
    reaper: &Reaper,
    number: Option<u64>,
) -> Result<Turn, Fault> {
    let (mut before, mut probe) = (None, reaper.owners.probe());
    for (other, waiter) in reads.waiters()? {
        if number.is_some_and(|own| own <= other) {
            break;
        }
        if could_go(reads, reaper, &waiter)?
            && probe.liveness_of_waiter(other, &waiter) == Liveness::Alive
        {
            let before = before.get_or_insert(Before {
                first: other,
                count: 0,
            });
            before.count += 1;
        }
    }
    Ok(before.map_or(Turn::Mine, Turn::After))
}

/// Whether one who waits could be admitted now, as far as the row tells.
fn could_go(
    reads: &(impl Reads + Claims),
    reaper: &Reaper,
    waiter: &WaiterRow,
) -> Result<bool, Fault> {
    let path = &waiter.project_path;
    let could = match waiter.aim.resumed() {
        Some(id) => could_resume(reads, reaper, id),
        None if waiter.aim == Aim::Start => could_start(reads, reaper, path),
        None => has_room(reads, reaper, path),
    };
    match could {
        // What is damaged for somebody else keeps nobody from going.
        Err(Fault::Damaged(_)) => Ok(false),
        could => could,
    }
}

fn has_room(
    reads: &(impl Reads + Claims),
    reaper: &Reaper,
    path: &ProjectPath,
) -> Result<bool, Fault> {
    Ok(Room::plan(reads, reaper, path)?.is_there())
}

fn could_start(
    reads: &(impl Reads + Claims),
    reaper: &Reaper,
    path: &ProjectPath,
) -> Result<bool, Fault> {
    for id in reads.on_path(path)? {
        if is_undriven(reads, reaper, id)? {
            return Ok(true);
        }
    }
    has_room(reads, reaper, path)
}

fn could_resume(
    reads: &(impl Reads + Claims),
    reaper: &Reaper,
    id: SessionId,
) -> Result<bool, Fault> {
    match reads.session(id)? {
        None => Ok(false),
        Some(session) if session.state().is_open() => is_undriven(reads, reaper, id),
        Some(session) => has_room(reads, reaper, session.project_path()),
    }
}

fn is_undriven(reads: &impl Claims, reaper: &Reaper, id: SessionId) -> Result<bool, Fault> {
    Ok(match reads.claim(id)? {
        Some(claim) => reaper.owners.liveness(id, &claim) == Liveness::Dead,
        None => true,
    })
}

/// What a call carries into its transaction to keep the line in order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gate {
    /// Whatever is free is taken, whoever waits.
    Open,
    /// The line is kept.
    Line {
        /// The caller's own number, if it has one already.
        number: Option<u64>,
        /// The first before the caller, if that one has left room untaken for too long: then nobody before the
        /// caller is waited for.
        passing: Option<u64>,
    },
}

impl Gate {
    /// Fails, as when a peer makes no way, while it is somebody else's turn. For those who could be admitted.
    pub(super) fn check(
        self,
        tx: &(impl Reads + Claims + Waiters),
        reaper: &Reaper,
    ) -> Result<(), Fault> {
        let Self::Line { number, passing } = self else {
            return Ok(());
        };
        match turn(tx, reaper, number)? {
            Turn::After(before) if passing != Some(before.first) => Err(Fault::TimedOut),
            _ => Ok(()),
        }
    }

    /// Leaves the line, and takes the dead out of it.
    pub(super) fn pass(self, tx: &mut WriteTx<'_>, owners: &Owners) -> Result<(), Fault> {
        match self {
            Self::Open => Ok(()),
            Self::Line { number, .. } => clear(tx, owners, number),
        }
    }
}

/// Removes the row of `number`, if it is this handle's, and those of the dead.
pub(super) fn clear(
    tx: &mut WriteTx<'_>,
    owners: &Owners,
    number: Option<u64>,
) -> Result<(), Fault> {
    let mut probe = owners.probe();
    for (other, waiter) in tx.waiters()? {
        let is_own = number == Some(other) && owners.is_own_waiter(&waiter);
        if is_own || probe.liveness_of_waiter(other, &waiter) == Liveness::Dead {
            tx.remove_waiter(other)?;
        }
    }
    Ok(())
}
