//! Writing an export: oldest first, and past what is damaged.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use serde::Serialize;

use super::{FORMAT, FORMAT_VERSION, Header, Trailer};
use crate::error::{Error, Result, StorageError};
use crate::registry::{SessionRegistry, Snapshot};
use crate::session::SessionId;
use crate::store::{Lists, Reads, Walks, place_by_creation};

/// So many index entries are read at once.
const PIECE: usize = 1024;

impl SessionRegistry {
    /// Writes every session, open or closed, as JSON Lines: a header with the format version, one session
    /// per line (as serde writes a [`Session`](crate::Session)), and a last line with their number. The
    /// oldest comes first, of equally old ones the lower id, so that the exports of one state are the same
    /// byte for byte, and those of two can be compared line by line. All come from one moment, which
    /// [`Snapshot`] says the price of; hand over a writer that does not wait for people.
    /// Returns how many sessions were written.
    ///
    /// # Errors
    ///
    /// [`Storage`](Error::Storage) when `to` fails. [`Corrupted`](Error::Corrupted), which names the rows,
    /// when some cannot be read; all others have then been written, those that no index names at the end. And
    /// what [every read](crate#errors) can answer.
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
        let mut export = Export {
            registry: self,
            snapshot: self.snapshot()?,
            lines: BufWriter::new(to),
            written: Vec::new(),
            damaged: BTreeMap::new(),
        };
        export.write_line(&Header {
            format: FORMAT.into(),
            version: FORMAT_VERSION,
        })?;
        export.write_listed()?;
        export.write_unlisted()?;
        export.finish()
    }
}

struct Export<'r, W: Write> {
    registry: &'r SessionRegistry,
    snapshot: Snapshot,
    lines: BufWriter<W>,
    written: Vec<SessionId>,
    /// What is wrong with the rows that cannot be read.
    damaged: BTreeMap<SessionId, String>,
}

impl<W: Write> Export<'_, W> {
    /// What the indexes by creation name, in their order, for as long as they can be read.
    fn write_listed(&mut self) -> Result<()> {
        let mut after = None;
        loop {
            let asked = self
                .snapshot
                .ask(|view| view.reads().oldest_first(after.clone(), PIECE));
            let piece = match asked {
                Err(Error::Corrupted { .. }) => return Ok(()),
                asked => asked?,
            };
            let Some((last, _)) = piece.last() else {
                return Ok(());
            };
            let last = last.clone();
            for (place, id) in piece {
                self.write(id, Some(&place))?;
            }
            after = Some(last);
        }
    }

    /// The rows that no index named, in the order of their ids; none in a sound registry.
    fn write_unlisted(&mut self) -> Result<()> {
        let rows = self.snapshot.ask(|view| view.reads().row_count())?;
        if rows == (self.written.len() + self.damaged.len()) as u64 {
            return Ok(());
        }
        let mut written = self.written.clone();
        written.sort_unstable();
        for id in self.snapshot.ask(|view| view.reads().row_ids())? {
            if written.binary_search(&id).is_err() && !self.damaged.contains_key(&id) {
                self.write(id, None)?;
            }
        }
        Ok(())
    }

    /// Writes a session, if this is its place.
    fn write(&mut self, id: SessionId, place: Option<&[u8]>) -> Result<()> {
        match self.snapshot.ask(|view| view.reads().session(id)) {
            Ok(Some(session)) => {
                if place.is_none_or(|place| place == place_by_creation(&session)) {
                    self.write_line(&session)?;
                    self.written.push(id);
                }
            }
            Ok(None) => {}
            Err(Error::Corrupted { detail, .. }) => {
                self.damaged.insert(id, detail);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<u64> {
        let exported = self.written.len() as u64;
        self.write_line(&Trailer { exported })?;
        self.lines
            .flush()
            .map_err(|error| export_failed(self.registry, error))?;
        if self.damaged.is_empty() {
            return Ok(exported);
        }
        let damaged: Vec<_> = self.damaged.into_values().collect();
        Err(Error::Corrupted {
            path: self.registry.path().map(Into::into),
            detail: format!("{exported} sessions were exported; {}", damaged.join("; ")),
        })
    }

    fn write_line(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.lines, line)
            .map_err(std::io::Error::from)
            .and_then(|()| self.lines.write_all(b"\n"))
            .map_err(|error| export_failed(self.registry, error))
    }
}

fn export_failed(registry: &SessionRegistry, error: std::io::Error) -> Error {
    Error::Storage(StorageError::new(
        "write the export of",
        registry.path(),
        error,
    ))
}
