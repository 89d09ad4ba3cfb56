//! Export and import: JSON Lines, a header first and a count last, so that a cut is noticed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufWriter, Read, Write};

use serde::{Deserialize, Serialize};

use super::SessionRegistry;
use super::change::LAST_REVISION;
use super::rules::check_import;
use crate::error::{Error, Result, StorageError};
use crate::session::{Session, SessionId, Timestamp, choices};
use crate::store::Reads;

const FORMAT: &str = "session-registry-export";
const FORMAT_VERSION: u32 = 1;
/// No line of an export is longer, in bytes: 16 KiB of metadata escaped in full is 96 KiB.
const LONGEST_LINE: u64 = 1024 * 1024;

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
    /// Sessions get new random ids and revision 0.
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

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    exported_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    exported: u64,
}

impl SessionRegistry {
    /// Writes every session as JSON Lines: a header with the format version, one session per line (as
    /// serde writes a [`Session`]), and a last line with their number. All come from one moment, which
    /// [`Snapshot`](crate::Snapshot) says the price of; hand over a writer that does not wait for people.
    /// Returns how many sessions were written.
    ///
    /// # Errors
    ///
    /// [`Storage`](Error::Storage) when `to` fails. [`Corrupted`](Error::Corrupted), which names the rows,
    /// when some cannot be read; all others have then been written. And what
    /// [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ImportMode, ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// let mut lines = Vec::new();
    /// assert_eq!(registry.export(&mut lines)?, 1);
    ///
    /// let other = SessionRegistry::in_memory()?;
    /// other.import(lines.as_slice(), ImportMode::KeepIds)?;
    /// assert_eq!(other.list_all()?, registry.list_all()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn export(&self, to: impl Write) -> Result<u64> {
        let snapshot = self.snapshot()?;
        let mut lines = BufWriter::new(to);
        let header = Header {
            format: FORMAT.into(),
            version: FORMAT_VERSION,
            exported_at: self.now(),
        };
        self.write_line(&mut lines, &header)?;
        let mut damaged = Vec::new();
        let mut exported = 0;
        for id in snapshot.ask(|view| view.reads().row_ids())? {
            match snapshot.lookup(id) {
                Ok(Some(session)) => {
                    self.write_line(&mut lines, &session)?;
                    exported += 1;
                }
                Ok(None) => {}
                Err(Error::Corrupted { detail, .. }) => damaged.push(detail),
                Err(error) => return Err(error),
            }
        }
        self.write_line(&mut lines, &Trailer { exported })?;
        lines.flush().map_err(|error| self.export_failed(error))?;
        if damaged.is_empty() {
            return Ok(exported);
        }
        Err(Error::Corrupted {
            path: self.path().map(Into::into),
            detail: format!("{exported} sessions were exported; {}", damaged.join("; ")),
        })
    }

    /// Registers every session of an export, all or nothing. They keep their times. The registry's own
    /// limit, default session and rules hold; the header of the export changes none of them.
    ///
    /// # Errors
    ///
    /// Nothing was imported: [`InvalidImport`](Error::InvalidImport) with the number of the line that is
    /// not what an export writes, or that breaks a rule; [`LimitReached`](Error::LimitReached) when not
    /// all of them fit; [`ImportClash`](Error::ImportClash) with every id and path that is taken;
    /// [`Storage`](Error::Storage) when `from` fails. And what [every write](crate#errors) can answer.
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
        let mut sessions = self.read_lines(from)?;
        if mode == ImportMode::NewIds {
            for (_, session) in &mut sessions {
                session.set_id(SessionId::random());
                session.set_revision(0);
            }
        }
        self.call().write("import into", move |tx| {
            check_import(tx, &sessions)?;
            for (_, session) in &sessions {
                tx.insert(session)?;
            }
            let sessions = sessions.iter().map(|(_, session)| session.id()).collect();
            Ok(ImportReport { sessions })
        })
    }

    fn write_line(&self, to: &mut impl Write, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut *to, line)
            .map_err(std::io::Error::from)
            .and_then(|()| to.write_all(b"\n"))
            .map_err(|error| self.export_failed(error))
    }

    fn export_failed(&self, error: std::io::Error) -> Error {
        Error::Storage(StorageError::new("write the export of", self.path(), error))
    }

    /// The sessions of an export, each with its line number.
    fn read_lines(&self, from: impl BufRead) -> Result<Vec<(u64, Session)>> {
        let mut lines = Lines { from, number: 0 };
        let read_failed =
            |error| Error::Storage(StorageError::new("import into", self.path(), error));
        let header = lines.next().map_err(read_failed)?;
        check_header(&header)?;
        let mut sessions = Vec::new();
        let (mut ids, mut paths) = (BTreeMap::new(), BTreeMap::new());
        loop {
            let line = lines.next().map_err(read_failed)?;
            let number = lines.number;
            let refused = |problem: String| Error::InvalidImport {
                line: number,
                problem,
            };
            if line.is_empty() {
                return Err(refused("is missing: the export is cut off".into()));
            }
            if let Ok(trailer) = serde_json::from_slice::<Trailer>(&line) {
                if trailer.exported != sessions.len() as u64 {
                    let (said, found) = (trailer.exported, sessions.len());
                    return Err(refused(format!(
                        "says {said} sessions, but there are {found}"
                    )));
                }
                if !lines.next().map_err(read_failed)?.is_empty() {
                    return Err(Error::InvalidImport {
                        line: lines.number,
                        problem: "comes after the end of the export".into(),
                    });
                }
                return Ok(sessions);
            }
            let session: Session = serde_json::from_slice(&line)
                .map_err(|error| refused(format!("is not a session: {error}")))?;
            if session.revision() > LAST_REVISION {
                let revision = session.revision();
                return Err(refused(format!(
                    "has revision {revision}; at most {LAST_REVISION} is possible"
                )));
            }
            if let Some(first) = ids.insert(session.id(), number) {
                return Err(refused(format!("has the id of line {first}")));
            }
            if session.state().is_open()
                && let Some(first) = paths.insert(session.project_path().clone(), number)
            {
                return Err(refused(format!("has the project path of line {first}")));
            }
            sessions.push((number, session));
        }
    }
}

/// Reads line by line, and no line beyond the longest.
struct Lines<R> {
    from: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The next line; empty at the end, or when the rest is one line that was cut or is too long.
    fn next(&mut self) -> std::io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.number += 1;
        (&mut self.from)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?;
        Ok(line)
    }
}

fn check_header(line: &[u8]) -> Result<()> {
    let refused = |problem: String| Error::InvalidImport { line: 1, problem };
    let header: Header = serde_json::from_slice(line)
        .map_err(|_| refused("is not the header of a session-registry export".into()))?;
    if header.format != FORMAT {
        return Err(refused(
            "is not the header of a session-registry export".into(),
        ));
    }
    if header.version > FORMAT_VERSION {
        let version = header.version;
        return Err(refused(format!(
            "has format version {version}; this program reads up to {FORMAT_VERSION}"
        )));
    }
    Ok(())
}
