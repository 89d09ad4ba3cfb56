//! How one session changes, inside a transaction: the stampings that calls share.

use super::rules::{
    check_aliases, check_move, check_revision, is_touch_due, registered, registered_head,
};
use crate::error::Error;
use crate::session::{Session, SessionId, SessionState, Timestamp};
use crate::store::{Call, Fault, Head, WriteTx};

/// Makes a change again for as long as somebody else's comes between, until the call is over. What an
/// attempt answers is the end of it, be it the caller's own refusal.
pub(super) fn until_stored<T, E: From<Error>>(
    call: Call<'_>,
    mut attempt: impl FnMut() -> Result<Result<T, E>, Error>,
) -> Result<T, E> {
    loop {
        match attempt() {
            Ok(answer) => return answer,
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
    tx: &mut WriteTx<'_>,
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
    tx: &mut WriteTx<'_>,
    old: &Session,
    new: Session,
    now: Timestamp,
) -> Result<Session, Fault> {
    if new.same_content(old) {
        return Ok(old.clone());
    }
    store_next(tx, old, new, now)
}

/// Stores another state, with the next revision.
pub(super) fn store_state(
    tx: &mut WriteTx<'_>,
    old: &Session,
    state: SessionState,
    now: Timestamp,
) -> Result<Session, Fault> {
    let mut new = old.clone();
    new.set_state(state);
    if state.is_open() {
        new.set_last_active_at(now.max(old.last_active_at()));
    }
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

fn store_next(
    tx: &mut WriteTx<'_>,
    old: &Session,
    mut new: Session,
    now: Timestamp,
) -> Result<Session, Fault> {
    new.set_revision(old.revision().saturating_add(1));
    new.set_updated_at(now.max(old.updated_at()));
    tx.replace(old, &new)?;
    Ok(new)
}
