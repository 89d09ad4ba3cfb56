//! A backend that reads a file and keeps every write in memory, so that the engine can recover and
//! verify a file without touching it.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use parking_lot::Mutex;
use redb::StorageBackend;

use super::locks::grant_locks;

const PAGE: usize = 4096;

type Page = Box<[u8; PAGE]>;

#[derive(Debug)]
pub(in crate::store) struct Overlay {
    base: Arc<dyn StorageBackend>,
    base_len: u64,
    changes: Mutex<Changes>,
}

#[derive(Debug)]
struct Changes {
    len: u64,
    pages: HashMap<u64, Page>,
}

impl Overlay {
    pub(in crate::store) fn over(base: Arc<dyn StorageBackend>) -> io::Result<Self> {
        let base_len = base.len()?;
        Ok(Self {
            base,
            base_len,
            changes: Mutex::new(Changes {
                len: base_len,
                pages: HashMap::new(),
            }),
        })
    }

    /// Page `number` as it is now; past the end of the file it is zeros.
    fn page(&self, changes: &Changes, number: u64) -> io::Result<Page> {
        if let Some(page) = changes.pages.get(&number) {
            return Ok(page.clone());
        }
        let mut page = Box::new([0; PAGE]);
        let start = number * PAGE as u64;
        let stored = self.base_len.saturating_sub(start).min(PAGE as u64);
        if let Ok(stored) = usize::try_from(stored)
            && let Some(part) = page.get_mut(..stored)
            && !part.is_empty()
        {
            self.base.read(start, part)?;
        }
        Ok(page)
    }
}

/// The parts of pages that `length` bytes at `offset` touch: page, first byte in it, how many.
fn parts(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, usize)> {
    let end = offset + length as u64;
    let mut at = offset;
    std::iter::from_fn(move || {
        (at < end).then(|| {
            let page = at / PAGE as u64;
            let next = end.min((page + 1) * PAGE as u64);
            let within = usize::try_from(at % PAGE as u64).unwrap_or(0);
            let count = usize::try_from(next - at).unwrap_or(0);
            at = next;
            (page, within, count)
        })
    })
}

fn out_of_range() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.changes.lock().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let changes = self.changes.lock();
        let end = offset
            .checked_add(out.len() as u64)
            .ok_or_else(out_of_range)?;
        if end > changes.len {
            return Err(out_of_range());
        }
        if changes.pages.is_empty() && end <= self.base_len {
            return self.base.read(offset, out);
        }
        let mut rest = out;
        for (number, within, count) in parts(offset, rest.len()) {
            let page = self.page(&changes, number)?;
            let source = page.get(within..within + count).ok_or_else(out_of_range)?;
            let (target, after) = rest.split_at_mut_checked(count).ok_or_else(out_of_range)?;
            target.copy_from_slice(source);
            rest = after;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut changes = self.changes.lock();
        if len > changes.len {
            // Grown space reads as zeros, also where the file had bytes before it was shrunk here.
            for (number, within, count) in parts(
                changes.len,
                usize::try_from(len - changes.len).map_err(|_| out_of_range())?,
            ) {
                let starts_in_file = number * (PAGE as u64) < self.base_len;
                if !starts_in_file && !changes.pages.contains_key(&number) {
                    continue;
                }
                let mut page = self.page(&changes, number)?;
                if let Some(part) = page.get_mut(within..within + count) {
                    part.fill(0);
                }
                changes.pages.insert(number, page);
            }
        }
        changes.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut changes = self.changes.lock();
        let mut rest = data;
        for (number, within, count) in parts(offset, data.len()) {
            let mut page = self.page(&changes, number)?;
            let (source, after) = rest.split_at_checked(count).ok_or_else(out_of_range)?;
            page.get_mut(within..within + count)
                .ok_or_else(out_of_range)?
                .copy_from_slice(source);
            changes.pages.insert(number, page);
            rest = after;
        }
        Ok(())
    }

    // Nobody else can reach this memory.
    grant_locks!();
}
