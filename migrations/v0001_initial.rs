//! Schema version 1: the tables of the first release. Frozen.

use redb::{TableDefinition, WriteTransaction};

use super::{Step, StepError};

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

const META: Table = TableDefinition::new("meta");
const SESSIONS: Table = TableDefinition::new("sessions");
const SESSION_BY_PATH: Table = TableDefinition::new("session_by_path");
const SESSION_BY_NAME: Table = TableDefinition::new("session_by_name");
const SESSION_BY_CREATED: Table = TableDefinition::new("session_by_created");

pub(super) const STEP: Step = Step {
    version: 1,
    min_reader: 1,
    run,
};

/// Rows: format byte 1, then postcard of name, project path, provider, model, temperature, maximum
/// tokens, metadata, created, updated, revision.
fn run(transaction: &WriteTransaction) -> Result<(), StepError> {
    transaction.open_table(SESSIONS)?;
    transaction.open_table(SESSION_BY_PATH)?;
    transaction.open_table(SESSION_BY_NAME)?;
    transaction.open_table(SESSION_BY_CREATED)?;
    let mut meta = transaction.open_table(META)?;
    meta.insert(b"magic".as_slice(), b"session-registry".as_slice())?;
    meta.insert(b"max_sessions".as_slice(), 10_u32.to_be_bytes().as_slice())?;
    Ok(())
}
