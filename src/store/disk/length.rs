//! Whether a file can be as long as it says. The engine keeps books about every page that the length
//! makes room for, so a hole of terabytes behind a small registry costs it gigabytes of memory and of
//! disk. Never refused is what the engine itself may have left behind: a file that was being grown.

use redb::StorageBackend;

use super::header::{HEADER, laid_out};
use super::medium::Medium;
use crate::store::fault::Fault;

/// One commit does not grow a file by more than this beyond its double: two of the engine's regions.
const MOST_GROWTH: u64 = 8 * 1024 * 1024 * 1024;
/// At least this part of what was grown has been written, however well the file system packs it.
const LEAST_WRITTEN: u64 = 64;

/// Fails when the file is far longer than its header accounts for, and nearly all of it is a hole.
pub(super) fn check(storage: &dyn StorageBackend, medium: &Medium) -> Result<(), Fault> {
    let length = storage.len()?;
    if length <= MOST_GROWTH {
        return Ok(());
    }
    let mut header = [0; HEADER];
    storage.read(0, &mut header)?;
    let Some(laid_out) = laid_out(&header) else {
        // Not a layout at all, which is for the engine to say.
        return Ok(());
    };
    let grown_at_most = 2 * laid_out + u128::from(MOST_GROWTH);
    let is_hole = medium
        .written()?
        .is_some_and(|written| written < length / LEAST_WRITTEN);
    if u128::from(length) > grown_at_most && is_hole {
        return Err(Fault::Damaged(format!(
            "the file is {length} bytes long, of which its header accounts for {laid_out}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::sync::Arc;

    use super::*;
    use crate::store::disk::create::initialise;

    /// Whether the header's layout is where this file looks for it, whatever the engine's version.
    #[test]
    fn the_header_of_a_closed_file_accounts_for_all_of_it() {
        for rows in [0, 50_000_u32] {
            let memory = Arc::new(redb::backends::InMemoryBackend::new());
            let medium = Medium::Memory(memory);
            initialise(medium.open().unwrap(), |transaction| {
                let table = redb::TableDefinition::<u32, [u8; 100]>::new("rows");
                let mut table = transaction.open_table(table)?;
                for row in 0..rows {
                    table.insert(row, [7; 100])?;
                }
                Ok(())
            })
            .unwrap();
            let storage = medium.open().unwrap();
            let mut header = [0; HEADER];
            storage.read(0, &mut header).unwrap();
            let length = u128::from(storage.len().unwrap());
            assert_eq!(laid_out(&header), Some(length), "{rows} rows");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_length_that_growth_explains_passes_and_a_hole_does_not() {
        use crate::store::disk::header::PAGE;

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        crate::store::disk::create::create_file(
            &path,
            crate::store::disk::create::Unlasting::Stays,
            |_| Ok(()),
        )
        .unwrap();
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let medium = crate::store::opening::find(&path, crate::store::Access::ReadWrite)
            .unwrap()
            .unwrap();
        let checked = |length: u64| {
            file.set_len(length).unwrap();
            check(medium.open().unwrap().as_ref(), &medium)
        };
        for length in [MOST_GROWTH, MOST_GROWTH + PAGE] {
            assert!(checked(length).is_ok(), "{length}");
        }
        for length in [3 * MOST_GROWTH, 1 << 40, 1 << 43] {
            assert!(
                matches!(checked(length), Err(Fault::Damaged(_))),
                "{length}"
            );
        }
    }
}
