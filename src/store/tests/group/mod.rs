//! Callers that wait together, and answers that cost no transaction.

mod batches;
mod failures;
mod histories;
mod memory;
mod outliving;
mod panics;
mod replaced;
mod sharing;
mod shortcuts;
mod snapshots;
pub(super) mod staged;
mod waiting;

use super::{BOTH, NOW, code, id, make_room, name, open_file, path, session, settings};
