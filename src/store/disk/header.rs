//! What the engine's files begin with, as far as it must be read without the engine.

use redb::StorageBackend;

use super::backend::{FLAGS_OFFSET, PRIMARY_SLOT_BIT};
use crate::store::fault::Fault;

/// The first bytes of every file of the engine.
pub(super) const MAGIC: &[u8; 9] = b"redb\x1A\x0A\xA9\x0D\x0A";
/// The files are whole pages of so many bytes.
pub(super) const PAGE: u64 = 4096;
/// The bytes of the header.
pub(in crate::store) const HEADER: usize = 320;

/// Nobody closed the file, or somebody has it open for writing.
const RECOVERY_BIT: u8 = 2;
/// The last commit synced what it names before it named it.
pub(in crate::store) const TWO_PHASE_BIT: u8 = 4;
/// The header itself may not have been synced since it names the last commit: others are shown the one
/// before.
const UNFLUSHED_BIT: u8 = 8;

/// Where the header says how the file is laid out: the page size, then, in pages, the head and the room of
/// a region, how many regions are full, and the pages of the last one; 4 bytes each, little-endian.
const LAYOUT_OFFSET: usize = 12;

/// Where the two slots begin that name a commit each, and how long they are.
const SLOTS_OFFSET: usize = 64;
const SLOT: usize = 128;

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
    pub(in crate::store) fn least_len(&self) -> u128 {
        // Not a layout at all, which is for the engine to say.
        laid_out(&self.0).unwrap_or(0)
    }
}

/// Returns the slot that names the commit which readers are shown: of a commit that is under way the one before.
pub(in crate::store) fn shown(header: &[u8; HEADER]) -> &[u8] {
    let flags = header.get(FLAGS_OFFSET).copied().unwrap_or(0);
    let is_second = (flags & PRIMARY_SLOT_BIT != 0) != (flags & UNFLUSHED_BIT != 0);
    let start = SLOTS_OFFSET + SLOT * usize::from(is_second);
    header.get(start..start + SLOT).unwrap_or(header)
}

/// Where the number of a commit stands in its slot: 8 bytes, little-endian.
const NUMBER_OFFSET: usize = 104;

/// The number of the commit that readers are shown. Each commit has the next.
pub(in crate::store) fn commit_number(header: &[u8; HEADER]) -> Option<u64> {
    let bytes = shown(header).get(NUMBER_OFFSET..NUMBER_OFFSET + 8)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// How many bytes the header accounts for.
pub(super) fn laid_out(header: &[u8; HEADER]) -> Option<u128> {
    let field = |number: usize| {
        let start = LAYOUT_OFFSET + 4 * number;
        let bytes = header.get(start..start + 4)?.try_into().ok()?;
        Some(u128::from(u32::from_le_bytes(bytes)))
    };
    let (page, head, room, full, last) = (field(0)?, field(1)?, field(2)?, field(3)?, field(4)?);
    if page != u128::from(PAGE) {
        return None;
    }
    let last = if last > 0 { head + last } else { 0 };
    Some(page * (1 + full * (head + room) + last))
}
