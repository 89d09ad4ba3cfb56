//! What must be true of an import whatever is registered, line by line.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::io::BufRead;

use super::lines::{Line, Lines, refused};
use super::{FORMAT, FORMAT_VERSION, Header, Trailer, foreign};
use crate::error::Result;
use crate::registry::change::LAST_REVISION;
use crate::session::{Session, SessionId};

/// Hands over every session with the number of its line, and returns which there were.
pub(super) fn read(
    from: impl BufRead,
    mut visit: impl FnMut(u64, Session) -> Result<()>,
) -> Result<Seen> {
    let mut lines = Lines::new(from);
    let first = lines.next()?;
    check_header(&first.ok_or_else(|| refused(1, "is missing: there is nothing to import"))?)?;
    let mut seen = Seen::default();
    while let Some(line) = lines.next()? {
        line.check_length()?;
        if let Ok(trailer) = serde_json::from_slice::<Trailer>(&line.text) {
            check_end(&line, &trailer, seen.count())?;
            return match lines.next()? {
                Some(line) => Err(line.refused("comes after the end of the export")),
                None => Ok(seen),
            };
        }
        let session = read_session(&line)?;
        seen.add(&line, &session)?;
        visit(line.number, session)?;
    }
    Err(refused(lines.number(), "is missing: the export is cut off"))
}

fn check_header(line: &Line) -> Result<()> {
    if let Some(problem) = foreign::recognise(&line.text) {
        return Err(line.refused(problem));
    }
    line.check_length()?;
    let header = serde_json::from_slice::<Header>(&line.text);
    let Some(header) = header.ok().filter(|header| header.format == FORMAT) else {
        return Err(line.refused("is not the header of a session-registry export"));
    };
    if header.version > FORMAT_VERSION {
        let version = header.version;
        return Err(line.refused(format!(
            "has format version {version}; this program reads up to {FORMAT_VERSION}"
        )));
    }
    Ok(())
}

fn check_end(line: &Line, trailer: &Trailer, found: u64) -> Result<()> {
    let said = trailer.exported;
    if said == found {
        return Ok(());
    }
    Err(line.refused(format!("says {said} sessions, but there are {found}")))
}

fn read_session(line: &Line) -> Result<Session> {
    let session: Session = serde_json::from_slice(&line.text)
        .map_err(|error| line.refused(format!("is not a session: {error}")))?;
    let revision = session.revision();
    if revision > LAST_REVISION {
        return Err(line.refused(format!(
            "has revision {revision}; at most {LAST_REVISION} can be imported"
        )));
    }
    Ok(session)
}

/// Which ids and aliases there were, and on which line. Of an alias there are two keyed hashes, because an import
/// may have millions: that two aliases of a million have the same ones has a chance of 1 in 10^26. In trees, which
/// grow by a few entries and never need the room for all of them twice.
#[derive(Default)]
pub(super) struct Seen {
    ids: BTreeMap<SessionId, u64>,
    aliases: BTreeMap<[u64; 2], u64>,
    hashers: [RandomState; 2],
}

impl Seen {
    /// How many sessions there were.
    pub(super) fn count(&self) -> u64 {
        self.ids.len() as u64
    }

    pub(super) fn has(&self, id: SessionId) -> bool {
        self.ids.contains_key(&id)
    }

    /// Fails if an earlier line has the id or an alias.
    fn add(&mut self, line: &Line, session: &Session) -> Result<()> {
        if let Some(first) = self.ids.insert(session.id(), line.number) {
            return Err(line.refused(format!("has the id of line {first}")));
        }
        for alias in session.aliases() {
            let fingerprint = self.fingerprint(alias);
            if let Some(first) = self.aliases.insert(fingerprint, line.number) {
                return Err(line.refused(format!("has the alias {alias} of line {first}")));
            }
        }
        Ok(())
    }

    fn fingerprint(&self, value: impl Hash) -> [u64; 2] {
        self.hashers
            .each_ref()
            .map(|hasher| hasher.hash_one(&value))
    }
}
