//! Bringing a file of an older schema to the newest, with a copy of it kept beside it.

use super::Engine;
use crate::session::Timestamp;
use crate::store::disk::admission::Admission;
use crate::store::disk::copy;
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema;
use crate::store::format::tables::META;
use crate::store::rows::touched::Touched;
use crate::store::wait::Wait;

impl Engine {
    /// Brings the file to the newest schema version, once, whoever else is trying to; returns the version
    /// it had, if this call was the one.
    pub(in crate::store) fn migrate(
        &self,
        admission: &Admission,
        now: Timestamp,
        wait: Wait,
    ) -> Result<Option<u32>, Fault> {
        if admission.version.schema >= self.newest() {
            return Ok(None);
        }
        let (held, transaction) = self.begin_write(wait)?;
        // What admission saw is old by now: another process may have migrated since.
        let found = guarded(|| schema::read_version(&transaction.open_table(META)?))?;
        if found.schema >= self.newest() {
            transaction.abort()?;
            return Ok(None);
        }
        // Under the write lock, so that the copy is the very state that the steps start from.
        if let Some(path) = self.path() {
            let committed = self.begin_read(&held, wait)?;
            copy::keep_backup(&committed, path, found.schema, now)?;
        }
        // All steps in one transaction: whatever fails, the file keeps the version it had.
        guarded(|| schema::apply(&transaction, self.opening.steps, found.schema))?;
        let committed = self.commit(&held, transaction, Touched::All);
        committed.map_err(|failure| failure.fault())?;
        Ok(Some(found.schema))
    }
}
