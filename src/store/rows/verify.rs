//! Whether rows and indexes agree, entry by entry and in both directions.

use redb::{ReadableTable, TableHandle};

use super::indexed::whole;
use super::lists::Lists;
use super::read::Reads;
use super::sums::rows_in_agreement;
use super::verification::{Inconsistency, Verification};
use super::verify_log::check_log;
use super::waiters::waiter;
use crate::store::fault::{Fault, damage};
use crate::store::format::claim_row::ClaimRow;
use crate::store::format::entries;
use crate::store::format::head::MetadataPlace;
use crate::store::format::keys;
use crate::store::format::session_row;
use crate::store::format::tables::{Index, SESSION_EXTRA, Tables};

/// Looks at every row, every index entry and every setting.
pub(in crate::store) fn verify<T: Tables>(tables: &T) -> Result<Verification, Fault> {
    let mut found = Verification::default();
    check_settings(tables, &mut found)?;
    match rows_in_agreement(tables)? {
        Some(rows) => found.sessions = rows,
        None => search(tables, &mut found)?,
    }
    check_claims(tables, &mut found)?;
    check_waiters(tables, &mut found)?;
    check_log(tables, &mut found)?;
    Ok(found)
}

/// Looks for what is wrong, and where: for each entry of each row, and for the row of each entry.
pub(in crate::store) fn search<T: Tables>(
    tables: &T,
    found: &mut Verification,
) -> Result<(), Fault> {
    check_rows(tables, found)?;
    for index in Index::TABLES {
        check_index(tables, index, found)?;
    }
    check_extra(tables, found)
}

/// Looks for metadata that lies apart without a row that says so. The other way round the row is unreadable.
fn check_extra<T: Tables>(tables: &T, found: &mut Verification) -> Result<(), Fault> {
    for row in tables.extra()?.iter()? {
        let (key, _) = row?;
        if is_stray_extra(tables, key.value())? {
            found.inconsistencies.push(Inconsistency::StrayEntry {
                index: SESSION_EXTRA.name(),
                key: key.value().escape_ascii().to_string(),
            });
        }
    }
    Ok(())
}

/// Whether no row says that this metadata is its own.
pub(super) fn is_stray_extra<T: Tables>(tables: &T, key: &[u8]) -> Result<bool, Fault> {
    let Ok(id) = <[u8; 16]>::try_from(key).map(keys::id) else {
        return Ok(true);
    };
    Ok(match damage(tables.head(id))? {
        (Some(Some(head)), _) => head.place() == MetadataPlace::InRow,
        (Some(None), _) => true,
        // The row is reported as unreadable; nobody can say whose the metadata is.
        (None, _) => false,
    })
}

fn check_claims<T: Tables>(tables: &T, found: &mut Verification) -> Result<(), Fault> {
    for row in tables.claims()?.iter()? {
        let (key, value) = row?;
        if let Some(detail) = stray_claim(tables, key.value(), value.value())? {
            found
                .inconsistencies
                .push(Inconsistency::StrayClaim { detail });
        }
    }
    Ok(())
}

fn check_waiters<T: Tables>(tables: &T, found: &mut Verification) -> Result<(), Fault> {
    for row in tables.waiters()?.iter()? {
        let (key, value) = row?;
        if let Some(detail) = damaged_waiter(key.value(), value.value())? {
            found
                .inconsistencies
                .push(Inconsistency::DamagedWaiter { detail });
        }
    }
    Ok(())
}

/// Returns what is wrong with the row of one who waits, if anything is.
pub(super) fn damaged_waiter(key: &[u8], value: &[u8]) -> Result<Option<String>, Fault> {
    Ok(damage(waiter(key, value))?.1)
}

/// Returns what is wrong with a claim, if anything is.
pub(super) fn stray_claim<T: Tables>(
    tables: &T,
    key: &[u8],
    value: &[u8],
) -> Result<Option<String>, Fault> {
    let Ok(id) = <[u8; 16]>::try_from(key).map(keys::id) else {
        return Ok(Some(format!("a claim has the key {}", key.escape_ascii())));
    };
    if let (None, detail) = damage(ClaimRow::decode(id, value))? {
        return Ok(detail);
    }
    Ok(match damage(tables.session(id))? {
        (Some(Some(session)), _) if session.state().is_open() => None,
        // Unreadable rows are reported as such.
        (None, _) => None,
        _ => Some(format!("session {id} is claimed, but not open")),
    })
}

fn check_settings<T: Tables>(tables: &T, found: &mut Verification) -> Result<(), Fault> {
    for limit in [tables.max_sessions(), tables.max_sessions_per_project()] {
        if let Some(detail) = damage(limit)?.1 {
            found
                .inconsistencies
                .push(Inconsistency::DamagedSetting { detail });
        }
    }
    match damage(tables.chosen_default())? {
        (Some(Some(id)), _) if !tables.contains(id)? => {
            found
                .inconsistencies
                .push(Inconsistency::StrayDefault { id });
        }
        (_, Some(detail)) => found
            .inconsistencies
            .push(Inconsistency::DamagedSetting { detail }),
        _ => {}
    }
    Ok(())
}

fn check_rows<T: Tables>(tables: &T, found: &mut Verification) -> Result<(), Fault> {
    for row in tables.sessions()?.iter()? {
        found.sessions += 1;
        let (key, value) = row?;
        let Ok(id) = <[u8; 16]>::try_from(key.value()).map(keys::id) else {
            let detail = format!("a row has the key {}", key.value().escape_ascii());
            found
                .inconsistencies
                .push(Inconsistency::UnreadableRow { id: None, detail });
            continue;
        };
        let row = session_row::decode(id, value.value()).and_then(|head| whole(tables, head));
        let session = match damage(row)? {
            (Some(session), _) => session,
            (None, detail) => {
                let (id, detail) = (Some(id), detail.unwrap_or_default());
                found
                    .inconsistencies
                    .push(Inconsistency::UnreadableRow { id, detail });
                continue;
            }
        };
        for entry in entries::of(&session) {
            let stored = tables.index(entry.index)?.get(entry.key.as_slice())?;
            if stored.is_none_or(|stored| stored.value() != entry.value_bytes()) {
                let index = entry.index.table();
                found
                    .inconsistencies
                    .push(Inconsistency::MissingEntry { index, id });
            }
        }
    }
    Ok(())
}

/// Looks at every entry of the table that `index` is in.
fn check_index<T: Tables>(tables: &T, index: Index, found: &mut Verification) -> Result<(), Fault> {
    let table = index.table();
    for entry in tables.index(index)?.iter()? {
        let (key, value) = entry?;
        let (key, value) = (key.value(), value.value());
        let belongs = match Index::of_entry(table, key) {
            Some(index) => belongs(tables, index, key, value)?,
            None => false,
        };
        if !belongs {
            found.inconsistencies.push(Inconsistency::StrayEntry {
                index: table,
                key: key.escape_ascii().to_string(),
            });
        }
    }
    Ok(())
}

fn belongs<T: Tables>(tables: &T, index: Index, key: &[u8], value: &[u8]) -> Result<bool, Fault> {
    let (Some(id), _) = damage(entries::session_of(index, key, value))? else {
        return Ok(false);
    };
    Ok(match damage(tables.session(id))? {
        (Some(Some(session)), _) => entries::of(&session).iter().any(|expected| {
            expected.index == index && expected.key == key && expected.value_bytes() == value
        }),
        (Some(None), _) => false,
        // The row is reported as unreadable; nobody can say whether the entry is right.
        (None, _) => true,
    })
}
