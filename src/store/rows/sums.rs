//! Whether rows and indexes agree, told by two walks from end to end instead of a search for each entry.
//!
//! The entries that the rows should have and those that the indexes have are summed up, each by a keyed hash.
//! The key is new each time: whatever is in the file, that two different heaps of entries have the same sum has
//! a chance of 1 in 2^64. Sums that differ say nothing about where, which the precise walk finds out.

use std::hash::{BuildHasher, RandomState};

use redb::{ReadableTable, ReadableTableMetadata};

use crate::session::Session;
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::head::{Head, MetadataPlace};
use crate::store::format::keys;
use crate::store::format::session_row;
use crate::store::format::tables::{Bytes, Index, Tables};

/// Returns how many rows there are, if every one of them is readable and has exactly its entries and its metadata.
pub(in crate::store) fn rows_in_agreement<T: Tables>(tables: &T) -> Result<Option<u64>, Fault> {
    let key = RandomState::new();
    let mut expected = [Sum::default(); Index::TABLES.len()];
    let Some(rows) = sum_rows(tables, &key, &mut expected)? else {
        return Ok(None);
    };
    for (index, expected) in Index::TABLES.into_iter().zip(expected) {
        let table = tables.index(index)?;
        // Told at once where entries are missing or left over.
        if table.len()? != expected.entries || sum_index(table, &key)? != expected {
            return Ok(None);
        }
    }
    Ok(Some(rows))
}

/// What a heap of entries comes to, in whatever order they were added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    entries: u64,
    hashes: u64,
}

impl Sum {
    fn add(&mut self, key: &RandomState, entry: (&[u8], &[u8])) {
        self.entries += 1;
        self.hashes = self.hashes.wrapping_add(key.hash_one(entry));
    }
}

/// Adds the entries that every row should have to the sum of their table; `None` where a row, or the metadata beside
/// the rows, is not as it should be.
fn sum_rows<T: Tables>(
    tables: &T,
    key: &RandomState,
    sums: &mut [Sum; Index::TABLES.len()],
) -> Result<Option<u64>, Fault> {
    let mut rows = 0;
    // In the same order as the rows.
    let mut extra = tables.extra()?.iter()?;
    for row in tables.sessions()?.iter()? {
        let (id, value) = row?;
        let Ok(id) = <[u8; 16]>::try_from(id.value()) else {
            return Ok(None);
        };
        let Ok(head) = session_row::decode(keys::id(id), value.value()) else {
            return Ok(None);
        };
        let Some(session) = whole(head, &id, &mut extra)? else {
            return Ok(None);
        };
        rows += 1;
        for entry in entries::of(&session) {
            if let Some(sum) = sums.get_mut(entry.index.slot()) {
                sum.add(key, (entry.key.as_slice(), entry.value_bytes()));
            }
        }
    }
    // Metadata behind the last row is nobody's.
    Ok(extra.next().transpose()?.is_none().then_some(rows))
}

/// Returns the session with the metadata that lies apart, which is the next of all that does; `None` where it is not.
fn whole(
    head: Head,
    id: &[u8; 16],
    extra: &mut redb::Range<'_, Bytes, Bytes>,
) -> Result<Option<Session>, Fault> {
    if head.place() == MetadataPlace::InRow {
        return Ok(head.with_extra(None).ok());
    }
    let Some(next) = extra.next() else {
        return Ok(None);
    };
    let (of, value) = next?;
    if of.value() != id {
        return Ok(None);
    }
    Ok(head.with_extra(Some(value.value())).ok())
}

fn sum_index(table: &impl ReadableTable<Bytes, Bytes>, key: &RandomState) -> Result<Sum, Fault> {
    let mut sum = Sum::default();
    for entry in table.iter()? {
        let (name, value) = entry?;
        sum.add(key, (name.value(), value.value()));
    }
    Ok(sum)
}
