//! Export and import: JSON Lines, a header first and a count last, so that a cut is noticed.

mod contents;
mod export;
mod foreign;
mod intake;
mod lines;

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use super::SessionRegistry;
use crate::error::Result;
use crate::session::{SessionId, choices};
use intake::Intake;

const FORMAT: &str = "session-registry-export";
const FORMAT_VERSION: u32 = 2;

/// What happens to the ids of imported sessions. Printed, read and written by serde as `keep_ids` or
/// `new_ids`.
///
/// ```
/// use session_registry::ImportMode;
///
/// assert_eq!("new_ids".parse(), Ok(ImportMode::NewIds));
/// assert_eq!(ImportMode::KeepIds.to_string(), "keep_ids");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImportMode {
    /// Sessions keep their id and revision; an id that is registered is a clash.
    KeepIds,
    /// Sessions get new random ids and revision 0, and lose their aliases. Of parents that are imported too, the
    /// children get the new ids.
    NewIds,
}

choices! { ImportMode, "a mode of import":
    KeepIds => "keep_ids",
    NewIds => "new_ids",
}

/// What an import did.
///
/// Serde writes it as an object with the field `sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImportReport {
    /// The ids of the imported sessions as they are registered now, in the order of the import.
    pub sessions: Vec<SessionId>,
}

/// The first line of an export.
#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
}

/// The last line of an export.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    exported: u64,
}

impl SessionRegistry {
    /// Registers every session of an export, all or nothing. They keep their times. The registry's own
    /// limit, default session and rules hold; the header of the export changes none of them. A byte order
    /// mark and blank lines, which editors add, do no harm.
    ///
    /// The whole import is read before anything is written. Until then its sessions are put aside, beyond a megabyte
    /// in a file without a name beside the registry: in memory is what tells their ids, aliases and paths apart, and
    /// in the end their ids, some 60 bytes for each. They are then registered in one transaction, which takes a
    /// minute for a million. Meanwhile others read, and open the registry, as if alone; who wants to write gets
    /// [`Busy`](crate::Error::Busy) in time.
    ///
    /// # Errors
    ///
    /// In this order, and nothing was imported: [`InvalidImport`](crate::Error::InvalidImport) with the number of
    /// the first line that is not what an export writes, or that breaks a rule by itself or with an earlier
    /// line (a revision above 2^53 does); [`ImportClash`](crate::Error::ImportClash) with every id and path that is
    /// taken in the registry; [`LimitReached`](crate::Error::LimitReached) when not all that are open fit.
    /// [`Storage`](crate::Error::Storage) when `from` fails, and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ImportMode, ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// let mut lines = Vec::new();
    /// registry.export(&mut lines)?;
    ///
    /// // The project is still open, whatever id the imported session would get.
    /// let refused = registry.import(lines.as_slice(), ImportMode::NewIds).unwrap_err();
    /// assert_eq!(refused.code(), "import_clash");
    /// registry.clear()?;
    /// let report = registry.import(lines.as_slice(), ImportMode::NewIds)?;
    /// assert_eq!(report.sessions, registry.list_ids()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn import(&self, from: impl BufRead, mode: ImportMode) -> Result<ImportReport> {
        self.inner.store.check_access()?;
        let mut intake = Intake::begin(self, mode)?;
        let seen = contents::read(from, |line, session| intake.take(line, session))?;
        intake.register(seen)
    }

    /// Reads what [`import`](Self::import) would, and returns how many sessions it holds. Looks at what is
    /// wrong with the lines only, and needs no registry: for a look before one is created.
    ///
    /// # Errors
    ///
    /// [`InvalidImport`](crate::Error::InvalidImport), and [`Storage`](crate::Error::Storage) when `from`
    /// fails.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// let mut lines = Vec::new();
    /// registry.export(&mut lines)?;
    /// assert_eq!(SessionRegistry::check_import(lines.as_slice())?, 1);
    ///
    /// let cut = SessionRegistry::check_import(&lines[..lines.len() - 1]);
    /// assert!(cut.is_ok(), "the last line end is no part of it");
    /// let cut = SessionRegistry::check_import(&lines[..lines.len() - 20]);
    /// assert_eq!(cut.unwrap_err().code(), "invalid_import");
    /// # Ok(())
    /// # }
    /// ```
    pub fn check_import(from: impl BufRead) -> Result<u64> {
        Ok(contents::read(from, |_, _| Ok(()))?.count())
    }
}
