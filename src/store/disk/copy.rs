//! A consistent copy of every table, taken inside a read transaction while others go on writing.

use std::path::{Path, PathBuf};

use redb::{ReadTransaction, ReadableTable, TableDefinition, TableHandle, WriteTransaction};

use super::create::create_file;
use crate::session::Timestamp;
use crate::store::fault::Fault;
use crate::store::format::tables::Bytes;

pub(in crate::store) fn copy_tables(
    from: &ReadTransaction,
    to: &WriteTransaction,
) -> Result<(), Fault> {
    for handle in from.list_tables()? {
        let definition: TableDefinition<'_, Bytes, Bytes> = TableDefinition::new(handle.name());
        let source = from.open_table(definition)?;
        let mut target = to.open_table(definition)?;
        for entry in source.iter()? {
            let (key, value) = entry?;
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
        if create_file(&target, |to| copy_tables(from, to))? {
            return Ok(target);
        }
    }
    Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into())
}
