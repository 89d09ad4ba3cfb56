//! A consistent copy of every table, taken inside a read transaction while others go on writing.

use std::convert::identity;
use std::path::{Path, PathBuf};

use redb::{ReadTransaction, ReadableTable, TableDefinition, TableHandle, WriteTransaction};

use super::create::{Unlasting, create_file};
use crate::session::Timestamp;
use crate::store::fault::Fault;
use crate::store::format::tables::Bytes;

/// Copies every table; what goes wrong with `from` becomes what `blame` makes of it, so that nobody takes
/// it for a fault of the copy.
pub(in crate::store) fn copy_tables(
    from: &ReadTransaction,
    to: &WriteTransaction,
    blame: impl Fn(Fault) -> Fault,
) -> Result<(), Fault> {
    let tables = from.list_tables().map_err(|error| blame(error.into()))?;
    for handle in tables {
        let definition: TableDefinition<'_, Bytes, Bytes> = TableDefinition::new(handle.name());
        let source = from
            .open_table(definition)
            .map_err(|error| blame(error.into()))?;
        let mut target = to.open_table(definition)?;
        for entry in source.iter().map_err(|error| blame(error.into()))? {
            let (key, value) = entry.map_err(|error| blame(error.into()))?;
            target.insert(key.value(), value.value())?;
        }
    }
    Ok(())
}

/// Copies the state that `from` sees to `<path>.v<version>-<utc>.bak`, never over anything.
pub(in crate::store) fn keep_backup(
    from: &ReadTransaction,
    path: &Path,
    version: u32,
    now: Timestamp,
) -> Result<PathBuf, Fault> {
    let stamp: String = now
        .to_string()
        .chars()
        .take_while(|c| *c != '.' && *c != 'Z')
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    for attempt in 1_u32.. {
        let mut name = path.as_os_str().to_os_string();
        name.push(format!(".v{version}-{stamp}Z"));
        if attempt > 1 {
            name.push(format!("-{attempt}"));
        }
        name.push(".bak");
        let target = PathBuf::from(name);
        if create_file(&target, Unlasting::Goes, |to| {
            copy_tables(from, to, identity)
        })? {
            return Ok(target);
        }
    }
    Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into())
}
