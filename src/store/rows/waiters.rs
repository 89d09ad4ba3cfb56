//! Rows of those who wait for a slot, in the order in which they came.

use redb::ReadableTable;

use super::happening::Happening;
use super::write::WriteTx;
use crate::error::Error;
use crate::store::fault::Fault;
use crate::store::format::tables::Tables;
use crate::store::format::waiter_row::WaiterRow;

/// What can be asked about those who wait.
pub(crate) trait Waiters {
    /// Everybody who waits, dead or alive, with their numbers: first come first.
    fn waiters(&self) -> Result<Vec<(u64, WaiterRow)>, Fault>;
    /// The row of one number.
    fn waiter(&self, number: u64) -> Result<Option<WaiterRow>, Fault>;
}

impl<T: Tables> Waiters for T {
    fn waiters(&self) -> Result<Vec<(u64, WaiterRow)>, Fault> {
        let mut found = Vec::new();
        for row in Tables::waiters(self)?.iter()? {
            let (key, value) = row?;
            found.push(waiter(key.value(), value.value())?);
        }
        Ok(found)
    }

    fn waiter(&self, number: u64) -> Result<Option<WaiterRow>, Fault> {
        match Tables::waiters(self)?.get(number.to_be_bytes().as_slice())? {
            Some(row) => WaiterRow::decode(number, row.value()).map(Some),
            None => Ok(None),
        }
    }
}

/// Reads a number and the row of it.
pub(super) fn waiter(key: &[u8], value: &[u8]) -> Result<(u64, WaiterRow), Fault> {
    let number = <[u8; 8]>::try_from(key).map(u64::from_be_bytes);
    let number = number
        .map_err(|_| Fault::Damaged(format!("a waiter has the key {}", key.escape_ascii())))?;
    Ok((number, WaiterRow::decode(number, value)?))
}

impl WriteTx<'_> {
    /// Adds one who waits behind all others, and returns the number.
    pub(crate) fn add_waiter(&mut self, waiter: &WaiterRow) -> Result<u64, Fault> {
        let row = waiter.encode()?;
        let last = match Tables::waiters(self)?.last()? {
            Some((key, value)) => self::waiter(key.value(), value.value())?.0,
            None => 0,
        };
        // No number comes twice while one before it waits.
        let number = last.checked_add(1).ok_or_else(|| Error::Exhausted {
            counter: "the number of those who wait".into(),
        })?;
        let key = number.to_be_bytes();
        let table = self.change(Happening::LineMoved).waiters_mut()?;
        table.insert(key.as_slice(), row.as_slice())?;
        Ok(number)
    }

    /// Removes one who waits, if it is there.
    pub(crate) fn remove_waiter(&mut self, number: u64) -> Result<(), Fault> {
        let key = number.to_be_bytes();
        if Tables::waiters(self)?.get(key.as_slice())?.is_none() {
            return Ok(());
        }
        self.remove_waiter_row(&key)
    }

    /// Removes one who waits by its key, be that a number or not.
    pub(super) fn remove_waiter_row(&mut self, key: &[u8]) -> Result<(), Fault> {
        let table = self.change(Happening::LineMoved).waiters_mut()?;
        table.remove(key)?;
        Ok(())
    }
}
