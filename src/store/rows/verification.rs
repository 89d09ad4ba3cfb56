//! What can be wrong with a file, and how it is told.

use std::fmt;

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use crate::session::SessionId;

/// What verifying a registry, or rebuilding its indexes, found.
///
/// Serde writes it as an object with the fields `clean`, `sessions`, `pages_checked` and `inconsistencies`.
///
/// ```
/// use session_registry::SessionRegistry;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let found = SessionRegistry::in_memory()?.verify()?;
/// assert!(found.is_clean());
/// let json = serde_json::to_string(&found)?;
/// assert_eq!(json, r#"{"clean":true,"sessions":0,"pages_checked":true,"inconsistencies":[]}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "only `is_clean` tells whether anything is wrong"]
#[non_exhaustive]
pub struct Verification {
    /// How many rows were looked at, readable or not.
    pub sessions: u64,
    /// Whether the checksum of every page was compared. Not by rebuilding the indexes, nor by a handle that only
    /// reads while somebody else has the file open for writing: it takes a writer to keep others out.
    pub pages_checked: bool,
    /// Everything that is not as it should be, in the order in which it was found.
    pub inconsistencies: Vec<Inconsistency>,
}

impl Verification {
    /// Returns whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.inconsistencies.is_empty()
    }
}

/// Something in the file that is not as this crate writes it.
///
/// Serde writes it as an object: `kind`, which is [`code`](Inconsistency::code); `message`, which is what
/// `Display` prints; and every field of the variant.
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
    /// The log of changes lacks some, or has one that does not decode.
    #[non_exhaustive]
    DamagedLog {
        /// What is wrong with it.
        detail: String,
    },
    /// The row of somebody who waits for a slot does not decode, or its key is no number.
    #[non_exhaustive]
    DamagedWaiter {
        /// What is wrong with it.
        detail: String,
    },
    /// A session is not as the last change of it in the log left it.
    #[non_exhaustive]
    StrayChange {
        /// The session.
        id: SessionId,
        /// What is wrong with it.
        detail: String,
    },
}

impl Inconsistency {
    /// Returns a stable, machine-readable name of the variant, in `snake_case`.
    ///
    /// ```
    /// use session_registry::{SessionRegistry, Verification};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let found: Verification = SessionRegistry::in_memory()?.verify()?;
    /// let damaged = found.inconsistencies.iter().any(|found| found.code() == "damaged_pages");
    /// assert!(!damaged);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DamagedPages { .. } => "damaged_pages",
            Self::UnreadableRow { .. } => "unreadable_row",
            Self::MissingEntry { .. } => "missing_entry",
            Self::StrayEntry { .. } => "stray_entry",
            Self::DamagedSetting { .. } => "damaged_setting",
            Self::StrayClaim { .. } => "stray_claim",
            Self::StrayDefault { .. } => "stray_default",
            Self::DamagedLog { .. } => "damaged_log",
            Self::DamagedWaiter { .. } => "damaged_waiter",
            Self::StrayChange { .. } => "stray_change",
        }
    }
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
            Self::DamagedSetting { detail }
            | Self::StrayClaim { detail }
            | Self::DamagedLog { detail }
            | Self::DamagedWaiter { detail }
            | Self::StrayChange { detail, .. } => f.write_str(detail),
            Self::StrayDefault { id } => write!(f, "the default session {id} is not registered"),
        }
    }
}

impl Serialize for Verification {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            sessions,
            pages_checked,
            inconsistencies,
        } = self;
        let mut fields = serializer.serialize_struct("Verification", 4)?;
        fields.serialize_field("clean", &self.is_clean())?;
        fields.serialize_field("sessions", sessions)?;
        fields.serialize_field("pages_checked", pages_checked)?;
        fields.serialize_field("inconsistencies", inconsistencies)?;
        fields.end()
    }
}

impl Serialize for Inconsistency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("kind", self.code())?;
        fields.serialize_entry("message", &self.to_string())?;
        match self {
            Self::DamagedPages { detail }
            | Self::DamagedSetting { detail }
            | Self::StrayClaim { detail }
            | Self::DamagedLog { detail }
            | Self::DamagedWaiter { detail } => fields.serialize_entry("detail", detail)?,
            Self::StrayChange { id, detail } => {
                fields.serialize_entry("id", id)?;
                fields.serialize_entry("detail", detail)?;
            }
            Self::UnreadableRow { id, detail } => {
                fields.serialize_entry("id", id)?;
                fields.serialize_entry("detail", detail)?;
            }
            Self::MissingEntry { index, id } => {
                fields.serialize_entry("index", index)?;
                fields.serialize_entry("id", id)?;
            }
            Self::StrayEntry { index, key } => {
                fields.serialize_entry("index", index)?;
                fields.serialize_entry("key", key)?;
            }
            Self::StrayDefault { id } => fields.serialize_entry("id", id)?,
        }
        fields.end()
    }
}

#[cfg(test)]
mod tests;
