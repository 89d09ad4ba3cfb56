//! What one read transaction sees.

use super::claims::Claims;
use super::closed::ClosedInOrder;
use super::lists::Lists;
use super::log::Log;
use super::read::Reads;
use super::resolve::Finds;
use super::scan::Scans;
use super::waiters::Waiters;
use super::walk::Walks;
use crate::session::{ProjectPath, Session, SessionId};
use crate::store::fault::Fault;
use crate::store::format::read_tables::ReadTables;

/// A question for one session.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) enum LookupKey<'a> {
    Id(SessionId),
    Path(&'a ProjectPath),
    Name(&'a str),
}

/// What one read transaction sees.
pub(crate) struct View(ReadTables);

impl View {
    pub(in crate::store) fn of(tables: ReadTables) -> Self {
        Self(tables)
    }

    pub(crate) fn reads(
        &self,
    ) -> &(impl Lists + Claims + Finds + Walks + Scans + ClosedInOrder + Log + Waiters) {
        &self.0
    }

    pub(crate) fn find(&self, key: LookupKey<'_>) -> Result<Option<Session>, Fault> {
        match key {
            LookupKey::Id(id) => self.0.session(id),
            LookupKey::Path(path) => self.0.session_by_path(path),
            LookupKey::Name(name) => Ok(self.0.sessions_by_name(name, 1)?.pop()),
        }
    }

    pub(in crate::store) fn tables(&self) -> &ReadTables {
        &self.0
    }
}
