//! Indexes made anew from the rows, for a file in which they do not agree.

use redb::ReadableTable;

use super::read::{Reads, path_entry};
use super::verify;
use super::write::WriteTx;
use crate::session::{Session, SessionState};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::tables::{Index, Tables};

/// Makes every index anew from the rows that can be read.
pub(in crate::store) fn rebuild_indexes(tx: &mut WriteTx<'_>) -> Result<(), Fault> {
    tx.clear_indexes()?;
    for id in tx.row_ids()? {
        match tx.session(id) {
            // Of two rows with one path the older keeps it, as it would have when it was registered.
            Ok(Some(session)) => {
                let held = match session.state() {
                    SessionState::Open => match path_entry(tx, session.project_path())? {
                        Some(id) => tx.session(id)?,
                        None => None,
                    },
                    _ => None,
                };
                let wins = held.is_none_or(|held| older(&session, &held));
                let mut wanted = entries::of(&session);
                wanted.retain(|entry| wins || entry.index != Index::Path);
                tx.add_entries(&wanted)?;
            }
            Ok(None) | Err(Fault::Damaged(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    remove_stray_claims(tx)
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
        tx.remove_claim_row(&key)?;
    }
    Ok(())
}

fn older(one: &Session, other: &Session) -> bool {
    (one.created_at(), one.id()) < (other.created_at(), other.id())
}
