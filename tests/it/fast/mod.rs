//! Group commit and the read shortcuts, from outside: whatever the timing, the answers are those of some
//! serial order, and no lookup is older than what was acknowledged before it.

mod calls;
mod checker;
mod crowd;
pub(crate) mod fresh;
mod histories;
mod model;

use std::path::Path;

use tempfile::TempDir;

/// A directory in memory where there is one: more calls in the same time.
fn memory_directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let directory = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    directory.unwrap()
}
