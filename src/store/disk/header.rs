//! The engine's header, as far as it must be read without the engine.

use redb::StorageBackend;

use super::admission::HEADER;
use super::backend::{FLAGS_OFFSET, PRIMARY_SLOT_BIT};
use crate::store::fault::Fault;

/// Nobody closed the file, or somebody has it open for writing.
const RECOVERY_BIT: u8 = 2;
/// The last commit synced what it names before it named it.
pub(in crate::store) const TWO_PHASE_BIT: u8 = 4;
/// The header itself may not have been synced since it names the last commit: others are shown the one
/// before.
const UNFLUSHED_BIT: u8 = 8;

/// Where the header says how large the file is.
const PAGE_SIZE: usize = 12;
const HEAD_PAGES: usize = 16;
const REGION_PAGES: usize = 20;
const FULL_REGIONS: usize = 24;
const LAST_REGION_PAGES: usize = 28;

/// One reading of it. Whoever commits changes it first of all, to what it never was before: when it is the same
/// before and after something was read, then no page of the commit that it shows was written meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Header([u8; HEADER]);

impl Header {
    pub(in crate::store) fn read(storage: &dyn StorageBackend) -> Result<Self, Fault> {
        let mut bytes = [0; HEADER];
        storage.read(0, &mut bytes)?;
        Ok(Self(bytes))
    }

    pub(in crate::store) fn bytes(&self) -> &[u8; HEADER] {
        &self.0
    }

    fn flags(&self) -> u8 {
        self.0.get(FLAGS_OFFSET).copied().unwrap_or(0)
    }

    fn number(&self, at: usize) -> u64 {
        let bytes = self.0.get(at..).and_then(<[u8]>::first_chunk::<4>);
        bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
    }

    /// Makes the header of a copy name the commit that readers are shown.
    pub(in crate::store) fn publish(&self, copy: &dyn StorageBackend) -> Result<(), Fault> {
        if self.flags() & UNFLUSHED_BIT != 0 {
            // How large the file is by this header, it may be by the commit that is not shown.
            let flags = (self.flags() ^ PRIMARY_SLOT_BIT) & !UNFLUSHED_BIT | RECOVERY_BIT;
            copy.write(FLAGS_OFFSET as u64, &[flags])?;
        }
        Ok(())
    }

    /// How long a file with this header is, at least: it grows before the header says so, and shrinks after.
    pub(in crate::store) fn least_len(&self) -> u64 {
        let number = |at| self.number(at);
        let last = match number(LAST_REGION_PAGES) {
            0 => 0,
            pages => number(HEAD_PAGES) + pages,
        };
        let full = (number(HEAD_PAGES) + number(REGION_PAGES)).saturating_mul(number(FULL_REGIONS));
        let pages = full.saturating_add(last).saturating_add(1);
        pages.saturating_mul(number(PAGE_SIZE))
    }
}
