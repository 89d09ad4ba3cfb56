//! How one session changes, inside a transaction or a draft of one: the stampings that calls share.

use super::project::check_move;
use super::rules::{
    check_aliases, check_revision, closing_time, is_touch_due, registered, registered_head,
};
use crate::error::Error;
use crate::session::{CloseReason, Session, SessionId, SessionState, Timestamp};
use crate::store::{Call, Fault, Head, Reads, WriteTx, Writes};

/// Reads a session, has it changed, and stores it: again for as long as somebody else's change comes between, until
/// the call is over. A refusal of the change itself ends it.
pub(super) fn until_stored<T, E: From<Error>>(
    call: Call<'_>,
    read: impl Fn() -> Result<Session, Error>,
    mut change: impl FnMut(&mut Session) -> Result<T, E>,
    store: impl Fn(u64, Session) -> Result<Session, Error>,
) -> Result<(Session, T), E> {
    loop {
        let mut session = read()?;
        let revision = session.revision();
        let answer = change(&mut session)?;
        match store(revision, session) {
            Ok(stored) => return Ok((stored, answer)),
            Err(Error::Conflict { .. }) if !call.is_over() => {}
            Err(Error::Conflict { .. }) => {
                let waited = call.waited();
                return Err(Error::Busy { waited }.into());
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Stores the content of `wanted` in session `id`: not found, then conflict, then path.
pub(super) fn store_content(
    tx: &mut (impl Reads + Writes),
    id: SessionId,
    expected: u64,
    wanted: &Session,
    now: Timestamp,
) -> Result<Session, Fault> {
    let old = registered(tx, id)?;
    check_revision(&old, expected)?;
    check_move(tx, &old, wanted.project_path())?;
    let mut new = old.clone();
    new.take_content(wanted);
    check_aliases(tx, id, new.aliases())?;
    store_change(tx, &old, new, now)
}

/// Stores `new` over `old` with the next revision, unless they have the same content.
pub(super) fn store_change(
    tx: &mut (impl Reads + Writes),
    old: &Session,
    new: Session,
    now: Timestamp,
) -> Result<Session, Fault> {
    if new.same_content(old) {
        return Ok(old.clone());
    }
    store_next(tx, old, new, now)
}

/// Closes an open session, with the next revision.
pub(super) fn store_closed(
    tx: &mut (impl Reads + Writes),
    old: &Session,
    reason: CloseReason,
    now: Timestamp,
) -> Result<Session, Fault> {
    let at = closing_time(tx, old, now)?;
    let mut new = old.clone();
    new.set_state(SessionState::Closed { at, reason });
    store_next(tx, old, new, now)
}

/// Opens a closed session, with the next revision. That counts as activity.
pub(super) fn store_open(
    tx: &mut (impl Reads + Writes),
    old: &Session,
    now: Timestamp,
) -> Result<Session, Fault> {
    let mut new = old.clone();
    new.set_state(SessionState::Open);
    new.set_last_active_at(now.max(old.last_active_at()));
    store_next(tx, old, new, now)
}

/// Stores that somebody worked in the session, if a touch is due.
pub(super) fn store_touch(
    tx: &mut WriteTx<'_>,
    id: SessionId,
    now: Timestamp,
) -> Result<(), Fault> {
    if is_touch_due(tx, id, now)? {
        let head = registered_head(tx, id)?;
        store_activity(tx, &head, now)?;
    }
    Ok(())
}

/// Stores that somebody worked in the session: neither a revision nor an update.
pub(super) fn store_activity(
    tx: &mut WriteTx<'_>,
    old: &Head,
    now: Timestamp,
) -> Result<(), Fault> {
    if now <= old.last_active_at() {
        return Ok(());
    }
    tx.set_last_active(old, now)
}

/// As [`store_activity`], for those who answer with the session.
pub(super) fn store_work(
    tx: &mut WriteTx<'_>,
    old: &Session,
    now: Timestamp,
) -> Result<Session, Fault> {
    let mut new = old.clone();
    if now > old.last_active_at() {
        new.set_last_active_at(now);
        tx.replace(old, &new)?;
    }
    Ok(new)
}

/// Stores the state and the last activity of `before` again, after a start that had made `made` of it. An
/// activity that came later stays; another state makes a revision, another activity alone does not.
pub(super) fn store_back(
    tx: &mut WriteTx<'_>,
    stored: &Session,
    made: &Session,
    before: &Session,
    now: Timestamp,
) -> Result<Session, Fault> {
    let mut new = stored.clone();
    if stored.last_active_at() == made.last_active_at() {
        new.set_last_active_at(before.last_active_at());
    }
    if stored.state() != before.state() {
        new.set_state(before.state());
        return store_next(tx, stored, new, now);
    }
    if new.last_active_at() != stored.last_active_at() {
        tx.replace(stored, &new)?;
    }
    Ok(new)
}

/// Removes a session with its record, and forgets it as the default.
pub(super) fn remove_whole(tx: &mut (impl Reads + Writes), session: &Session) -> Result<(), Fault> {
    let was_default = tx.chosen_default()? == Some(session.id());
    tx.remove(session)?;
    if was_default {
        tx.set_default_session(None)?;
    }
    Ok(())
}

/// The highest revision there is. A session that changes every microsecond gets there in 285 years, and
/// beyond it readers of JSON do not tell one number from the next.
pub(super) const LAST_REVISION: u64 = 1 << 53;

fn store_next(
    tx: &mut (impl Reads + Writes),
    old: &Session,
    mut new: Session,
    now: Timestamp,
) -> Result<Session, Fault> {
    if old.revision() >= LAST_REVISION {
        // One that stayed the same would let two callers each believe that theirs was the last change.
        let counter = format!("the revision of session {}", old.id());
        return Err(Error::Exhausted { counter }.into());
    }
    new.set_revision(old.revision() + 1);
    new.set_updated_at(now.max(old.updated_at()));
    tx.replace(old, &new)?;
    Ok(new)
}
