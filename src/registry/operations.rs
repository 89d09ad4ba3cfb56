//! What calls do once they are in a transaction, be it a real one or a draft of it.

use super::change::{remove_whole, store_change, store_closed, store_open};
use super::reap::Reaper;
use super::room::Room;
use super::rules::{check_may_end, registered};
use super::{CloseAs, Opened};
use crate::session::{CloseReason, Session, SessionId, SessionName, Timestamp};
use crate::store::{Claims, Fault, Owners, Reads, Writes};

/// Registers a session, with room made for it.
pub(super) fn register(
    tx: &mut (impl Reads + Claims + Writes),
    reaper: &Reaper,
    session: &Session,
    now: Timestamp,
) -> Result<Opened, Fault> {
    let room = Room::for_new(tx, reaper, session)?;
    let reaped = room.make(tx, now)?;
    tx.insert(session)?;
    let session = session.clone();
    Ok(Opened { session, reaped })
}

/// Gives a session a name.
pub(super) fn rename(
    tx: &mut (impl Reads + Writes),
    id: SessionId,
    name: &SessionName,
    now: Timestamp,
) -> Result<Session, Fault> {
    let old = registered(tx, id)?;
    let mut new = old.clone();
    new.set_name(name.clone());
    store_change(tx, &old, new, now)
}

/// Closes a session, unless it is closed.
pub(super) fn close(
    tx: &mut (impl Reads + Claims + Writes),
    owners: &Owners,
    id: SessionId,
    by: CloseAs,
    now: Timestamp,
) -> Result<Session, Fault> {
    let session = registered(tx, id)?;
    if !session.state().is_open() {
        return Ok(session);
    }
    check_may_end(tx, owners, id, by)?;
    store_closed(tx, &session, CloseReason::Requested, now)
}

/// Opens a session, with room made for it, unless it is open.
pub(super) fn reopen(
    tx: &mut (impl Reads + Claims + Writes),
    reaper: &Reaper,
    id: SessionId,
    now: Timestamp,
) -> Result<Opened, Fault> {
    let session = registered(tx, id)?;
    let Some(room) = Room::for_opening(tx, reaper, &session)? else {
        let reaped = Vec::new();
        return Ok(Opened { session, reaped });
    };
    let reaped = room.make(tx, now)?;
    let session = store_open(tx, &session, now)?;
    Ok(Opened { session, reaped })
}

/// Removes a session, if it is there.
pub(super) fn unregister(
    tx: &mut (impl Reads + Claims + Writes),
    owners: &Owners,
    id: SessionId,
) -> Result<Option<Session>, Fault> {
    let Some(session) = tx.session(id)? else {
        return Ok(None);
    };
    check_may_end(tx, owners, id, CloseAs::Anybody)?;
    remove_whole(tx, &session)?;
    Ok(Some(session))
}
