//! Indexes made anew from the rows, for a file in which they do not agree.

use redb::ReadableTable;

use super::happening::Happening;
use super::lists::Lists;
use super::read::Reads;
use super::verify;
use super::write::WriteTx;
use crate::session::Session;
use crate::store::fault::Fault;
use crate::store::format::entries::{self, Entry};
use crate::store::format::tables::{Index, Tables};

/// Makes every index anew from the rows that can be read, removes claims and metadata that belong to no row and
/// who waits in a row that cannot be read, and begins the log of changes anew.
pub(in crate::store) fn rebuild_indexes(tx: &mut WriteTx<'_>) -> Result<(), Fault> {
    tx.change(Happening::Mended).clear_indexes()?;
    for id in tx.row_ids()? {
        match tx.session(id) {
            Ok(Some(session)) => {
                let mut wanted = entries::of(&session);
                let taken = aliases_of_others(tx, &session, &wanted)?;
                wanted.retain(|entry| !taken.contains(&entry.key));
                tx.change(Happening::Mended).add_entries(&wanted)?;
            }
            Ok(None) | Err(Fault::Damaged(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    remove_stray_claims(tx)?;
    remove_stray_extra(tx)?;
    remove_damaged_waiters(tx)
}

/// Returns the keys of those aliases that another row says to have too: the older keeps them, as it would have
/// when the younger was registered.
fn aliases_of_others(
    tx: &impl Tables,
    session: &Session,
    wanted: &[Entry],
) -> Result<Vec<Vec<u8>>, Fault> {
    let mut taken = Vec::new();
    for entry in wanted.iter().filter(|entry| entry.index == Index::Alias) {
        let holder = match tx.index(Index::Alias)?.get(entry.key.as_slice())? {
            Some(id) => entries::session_of(Index::Alias, &[], id.value())?,
            None => continue,
        };
        if tx
            .session(holder)?
            .is_some_and(|holder| older(&holder, session))
        {
            taken.push(entry.key.clone());
        }
    }
    Ok(taken)
}

fn remove_stray_claims(tx: &mut WriteTx<'_>) -> Result<(), Fault> {
    let mut stray = Vec::new();
    for row in Tables::claims(tx)?.iter()? {
        let (key, value) = row?;
        if verify::stray_claim(tx, key.value(), value.value())?.is_some() {
            stray.push(key.value().to_vec());
        }
    }
    for key in stray {
        tx.change(Happening::Mended).remove_claim_row(&key)?;
    }
    Ok(())
}

fn remove_stray_extra(tx: &mut WriteTx<'_>) -> Result<(), Fault> {
    let mut stray = Vec::new();
    for row in Tables::extra(tx)?.iter()? {
        let key = row?.0.value().to_vec();
        if verify::is_stray_extra(tx, &key)? {
            stray.push(key);
        }
    }
    for key in stray {
        tx.change(Happening::Mended).remove_extra(&key)?;
    }
    Ok(())
}

fn remove_damaged_waiters(tx: &mut WriteTx<'_>) -> Result<(), Fault> {
    let mut damaged = Vec::new();
    for row in Tables::waiters(tx)?.iter()? {
        let (key, value) = row?;
        if verify::damaged_waiter(key.value(), value.value())?.is_some() {
            damaged.push(key.value().to_vec());
        }
    }
    for key in damaged {
        tx.remove_waiter_row(&key)?;
    }
    Ok(())
}

fn older(one: &Session, other: &Session) -> bool {
    (one.created_at(), one.id()) < (other.created_at(), other.id())
}
