//! Callers that wait together, and answers that cost no transaction.

mod failures;
mod memory;
mod panics;
mod sharing;
mod shortcuts;
mod staged;
mod waiting;

use super::{BOTH, NOW, code, id, name, open_file, path, session, settings};
