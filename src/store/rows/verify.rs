//! Whether rows and indexes agree, entry by entry and in both directions.

use std::fmt;

use redb::ReadableTable;

use super::read::Reads;
use crate::session::SessionId;
use crate::store::fault::Fault;
use crate::store::format::claim_row::ClaimRow;
use crate::store::format::entries;
use crate::store::format::keys;
use crate::store::format::tables::{Index, Tables};

/// What verifying a registry, or rebuilding its indexes, found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// How many rows were looked at, readable or not.
    pub sessions: u64,
    /// Everything that is not as it should be, in the order in which it was found.
    pub inconsistencies: Vec<Inconsistency>,
}

impl Verification {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.inconsistencies.is_empty()
    }
}

/// Something in the file that is not as this crate writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inconsistency {
    /// Pages of the file do not have the checksum they were written with. Restore a backup.
    #[non_exhaustive]
    DamagedPages {
        /// What the engine says.
        detail: String,
    },
    /// A row does not decode, or breaks a rule of a session. Rebuilding cannot mend it.
    #[non_exhaustive]
    UnreadableRow {
        /// Its key; `None` when that is no session id either.
        id: Option<SessionId>,
        /// What is wrong with it.
        detail: String,
    },
    /// A session lacks an entry in an index, or the entry names another session.
    #[non_exhaustive]
    MissingEntry {
        /// The table of the index.
        index: &'static str,
        /// The session.
        id: SessionId,
    },
    /// An index entry belongs to no row.
    #[non_exhaustive]
    StrayEntry {
        /// The table of the index.
        index: &'static str,
        /// The key, with what is not printable escaped.
        key: String,
    },
    /// A stored setting is missing or malformed.
    #[non_exhaustive]
    DamagedSetting {
        /// What is wrong with it.
        detail: String,
    },
    /// A claim does not decode, or its session is not open.
    #[non_exhaustive]
    StrayClaim {
        /// What is wrong with it.
        detail: String,
    },
    /// The default session is not registered.
    #[non_exhaustive]
    StrayDefault {
        /// The id that was chosen.
        id: SessionId,
    },
}

impl fmt::Display for Inconsistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DamagedPages { detail } => write!(f, "pages of the file are damaged: {detail}"),
            Self::UnreadableRow { detail, .. } => f.write_str(detail),
            Self::MissingEntry { index, id } => write!(f, "{index} lacks session {id}"),
            Self::StrayEntry { index, key } => {
                write!(f, "{index} has an entry without a session: {key}")
            }
            Self::DamagedSetting { detail } | Self::StrayClaim { detail } => f.write_str(detail),
            Self::StrayDefault { id } => write!(f, "the default session {id} is not registered"),
        }
    }
}

/// Looks at every row, every index entry and every setting.
pub(in crate::store) fn verify<T: Tables>(tables: &T) -> Result<Verification, Fault> {
    let mut found = Verification::default();
    check_settings(tables, &mut found)?;
    check_rows(tables, &mut found)?;
    for index in [Index::Path, Index::Name, Index::Created, Index::LastActive] {
        check_index(tables, index, &mut found)?;
    }
    check_claims(tables, &mut found)?;
    Ok(found)
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

/// What is wrong with a claim, if anything is.
pub(in crate::store) fn stray_claim<T: Tables>(
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
    if let Some(detail) = damage(tables.max_sessions())?.1 {
        found
            .inconsistencies
            .push(Inconsistency::DamagedSetting { detail });
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
        let session = match damage(crate::store::format::session_row::decode(id, value.value()))? {
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

/// Takes damage for an answer, and any other fault for a failure.
fn damage<V>(result: Result<V, Fault>) -> Result<(Option<V>, Option<String>), Fault> {
    match result {
        Ok(value) => Ok((Some(value), None)),
        Err(Fault::Damaged(detail)) => Ok((None, Some(detail))),
        Err(fault) => Err(fault),
    }
}
