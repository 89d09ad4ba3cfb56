//! What a person means by what they typed: one stage of `resolve` at a time, on the indexes.

use std::collections::BTreeSet;

use redb::ReadableTable;

use super::indexed::{for_each, indexed, rowless, whole};
use super::lists::Lists;
use super::read::Reads;
use crate::session::{Alias, ProjectPath, Session, SessionId, SessionState};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::keys;
use crate::store::format::tables::{Index, Tables};

/// Whether open or closed sessions are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StateKind {
    Open,
    Closed,
}

impl StateKind {
    fn state(self) -> u8 {
        match self {
            Self::Open => keys::OPEN,
            Self::Closed => keys::CLOSED,
        }
    }

    /// What the keys of folded names begin with.
    fn names(self) -> Vec<u8> {
        Index::FoldedName.key(&[self.state()])
    }

    fn includes(self, state: SessionState) -> bool {
        keys::state(state) == self.state()
    }
}

/// The first matches, and how many there are in all.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    pub(crate) first: Vec<Session>,
    pub(crate) total: u64,
}

impl Matches {
    /// How many matches are kept.
    const KEPT: u64 = 10;

    fn add(&mut self, load: impl FnOnce() -> Result<Session, Fault>) -> Result<(), Fault> {
        if self.total < Self::KEPT {
            self.first.push(load()?);
        }
        self.total += 1;
        Ok(())
    }
}

/// The stages.
pub(crate) trait Finds {
    fn with_alias(&self, among: StateKind, alias: &Alias) -> Result<Matches, Fault>;
    /// Whatever the namespace; a session of two such aliases counts once.
    fn with_alias_value(&self, among: StateKind, value: &str) -> Result<Matches, Fault>;
    fn named(&self, among: StateKind, name: &str) -> Result<Matches, Fault>;
    fn at_path(&self, among: StateKind, path: &ProjectPath) -> Result<Matches, Fault>;
    /// `digits` are lower-case hexadecimal, at most 32.
    fn with_id_prefix(&self, among: StateKind, digits: &str) -> Result<Matches, Fault>;
    fn with_folded_name(&self, among: StateKind, name: &str) -> Result<Matches, Fault>;
    fn with_name_prefix(&self, among: StateKind, prefix: &str) -> Result<Matches, Fault>;
    /// The open session of the nearest project directory at or above `path`.
    fn containing(&self, path: &ProjectPath) -> Result<Option<Session>, Fault>;
}

impl<T: Tables> Finds for T {
    fn with_alias(&self, among: StateKind, alias: &Alias) -> Result<Matches, Fault> {
        let found = self.session_by_alias(alias)?;
        let mut matches = Matches::default();
        if let Some(session) = found.filter(|session| among.includes(session.state())) {
            matches.add(|| Ok(session))?;
        }
        Ok(matches)
    }

    fn with_alias_value(&self, among: StateKind, value: &str) -> Result<Matches, Fault> {
        let mut matches = Matches::default();
        if value.len() > Alias::MAX_VALUE_BYTES {
            return Ok(matches);
        }
        let (first, end) = keys::text_range(&[], value);
        let holders: BTreeSet<SessionId> = self
            .index(Index::Alias)?
            .range::<&[u8]>(first.as_slice()..end.as_slice())?
            .map(|entry| entries::session_of(Index::Alias, &[], entry?.1.value()))
            .collect::<Result<_, _>>()?;
        for id in holders {
            let head = self.head(id)?.ok_or_else(|| rowless(id, Index::Alias))?;
            if among.includes(head.state()) {
                matches.add(|| whole(self, head))?;
            }
        }
        Ok(matches)
    }

    fn named(&self, among: StateKind, name: &str) -> Result<Matches, Fault> {
        if among == StateKind::Open {
            let (first, end) = keys::text_range(&[], name);
            return all(self, Index::Name, &first, Some(&end));
        }
        let folded = keys::folded(name);
        let (first, end) = keys::text_range(&among.names(), &folded);
        // Case decides only here, so the rows decide.
        matching(self, Index::FoldedName, &first, Some(&end), |session| {
            session.name().as_str() == name
        })
    }

    fn at_path(&self, among: StateKind, path: &ProjectPath) -> Result<Matches, Fault> {
        if among == StateKind::Closed {
            let (first, end) = keys::text_range(&Index::ClosedPath.key(&[]), path.as_str());
            return all(self, Index::ClosedPath, &first, Some(&end));
        }
        if self.session_by_path(path)?.is_none() {
            return Ok(Matches::default());
        }
        let (first, end) = keys::text_range(&[], path.as_str());
        all(self, Index::Path, &first, Some(&end))
    }

    fn with_id_prefix(&self, among: StateKind, digits: &str) -> Result<Matches, Fault> {
        let bound = |filler: char| {
            let padded: String = digits
                .chars()
                .chain(std::iter::repeat(filler))
                .take(32)
                .collect();
            u128::from_str_radix(&padded, 16).map(u128::to_be_bytes)
        };
        let mut matches = Matches::default();
        let (Ok(first), Ok(last)) = (bound('0'), bound('f')) else {
            return Ok(matches);
        };
        let rows = self
            .sessions()?
            .range::<&[u8]>(first.as_slice()..=last.as_slice())?;
        for row in rows {
            let (key, value) = row?;
            let Ok(id) = <[u8; 16]>::try_from(key.value()).map(keys::id) else {
                continue;
            };
            let head = crate::store::format::session_row::decode(id, value.value())?;
            if among.includes(head.state()) {
                matches.add(|| whole(self, head))?;
            }
        }
        Ok(matches)
    }

    fn with_folded_name(&self, among: StateKind, name: &str) -> Result<Matches, Fault> {
        let (first, end) = keys::text_range(&among.names(), &keys::folded(name));
        all(self, Index::FoldedName, &first, Some(&end))
    }

    fn with_name_prefix(&self, among: StateKind, prefix: &str) -> Result<Matches, Fault> {
        let first = [&among.names(), keys::folded(prefix).as_bytes()].concat();
        let end = keys::prefix_end(&first);
        all(self, Index::FoldedName, &first, end.as_deref())
    }

    fn containing(&self, path: &ProjectPath) -> Result<Option<Session>, Fault> {
        let mut at = Some(path.clone());
        while let Some(directory) = at {
            if let Some(session) = self.session_by_path(&directory)? {
                return Ok(Some(session));
            }
            at = directory.parent();
        }
        Ok(None)
    }
}

/// Returns the sessions of every entry from `first` up to `end`.
fn all<T: Tables>(
    tables: &T,
    index: Index,
    first: &[u8],
    end: Option<&[u8]>,
) -> Result<Matches, Fault> {
    let mut matches = Matches::default();
    for_each(tables, index, first, end, |id| {
        matches.add(|| indexed(tables, id, index))
    })?;
    Ok(matches)
}

/// As [`all`], of those that are `wanted`.
fn matching<T: Tables>(
    tables: &T,
    index: Index,
    first: &[u8],
    end: Option<&[u8]>,
    wanted: impl Fn(&Session) -> bool,
) -> Result<Matches, Fault> {
    let mut matches = Matches::default();
    for_each(tables, index, first, end, |id| {
        let session = indexed(tables, id, index)?;
        if wanted(&session) {
            matches.add(|| Ok(session))?;
        }
        Ok(())
    })?;
    Ok(matches)
}
