//! The schema version of the file, and the steps that raise it.

use redb::{ReadableTable, WriteTransaction};

use super::tables::{Bytes, META, meta, meta_u32};
use crate::store::fault::Fault;

#[path = "../../../migrations/v0001_initial.rs"]
mod v0001_initial;
#[path = "../../../migrations/v0002_life.rs"]
mod v0002_life;
#[path = "../../../migrations/v0003_projects.rs"]
mod v0003_projects;

/// Every step, in order: step n turns schema version n - 1 into n.
pub(in crate::store) const STEPS: &[Step] =
    &[v0001_initial::STEP, v0002_life::STEP, v0003_projects::STEP];

/// One frozen schema step.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Step {
    /// The schema version after the step.
    pub(in crate::store) version: u32,
    /// The oldest schema version whose code may still read the file after the step.
    pub(in crate::store) min_reader: u32,
    /// The change. Imports nothing live: it redeclares the tables and rows it knows.
    pub(in crate::store) run: fn(&WriteTransaction) -> Result<(), StepError>,
}

/// Why a step failed. The transaction is then dropped, and the file keeps the version it had.
#[derive(Debug)]
pub(in crate::store) enum StepError {
    Engine(redb::Error),
    /// A row the step could not carry over.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "the released steps leave such rows where they are; for the first that must refuse one"
        )
    )]
    Row(String),
}

impl<E: Into<redb::Error>> From<E> for StepError {
    fn from(error: E) -> Self {
        Self::Engine(error.into())
    }
}

impl From<StepError> for Fault {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Engine(error) => Self::Engine(error),
            StepError::Row(detail) => Self::Damaged(detail),
        }
    }
}

/// The versions a file carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Version {
    pub(in crate::store) schema: u32,
    pub(in crate::store) min_reader: u32,
}

/// Returns the schema version that `steps` lead to.
pub(in crate::store) fn latest(steps: &[Step]) -> u32 {
    steps.last().map_or(0, |step| step.version)
}

pub(in crate::store) fn read_version(
    meta: &impl ReadableTable<Bytes, Bytes>,
) -> Result<Version, Fault> {
    let schema = meta_u32(meta, meta::SCHEMA_VERSION)?
        .ok_or_else(|| Fault::Damaged("the schema version is missing".into()))?;
    let min_reader = meta_u32(meta, meta::MIN_READER)?.unwrap_or(schema);
    Ok(Version { schema, min_reader })
}

/// Runs every step after `from` and stamps the version they lead to. The caller commits, or drops the
/// transaction and has changed nothing.
pub(in crate::store) fn apply(
    transaction: &WriteTransaction,
    steps: &[Step],
    from: u32,
) -> Result<(), Fault> {
    for step in steps.iter().filter(|step| step.version > from) {
        (step.run)(transaction)?;
        let mut table = transaction.open_table(META)?;
        table.insert(meta::SCHEMA_VERSION, step.version.to_be_bytes().as_slice())?;
        table.insert(meta::MIN_READER, step.min_reader.to_be_bytes().as_slice())?;
    }
    Ok(())
}
