//! Schema steps that exist in tests only, on top of the real ones.

use std::sync::LazyLock;

use redb::{ReadableTable, TableDefinition, WriteTransaction};

use crate::store::format::schema::{STEPS, Step, StepError};

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

const META: Table = TableDefinition::new("meta");
const SESSIONS: Table = TableDefinition::new("sessions");
const SESSIONS_COPIED: Table = TableDefinition::new("sessions_copied");
const ROW_SIZES: Table = TableDefinition::new("row_sizes");

/// Where the test steps leave their version, in the order in which they ran.
const TRAIL: &[u8] = b"trail";

/// The version of the program that a release has.
pub(super) const BASE: u32 = STEPS[STEPS.len() - 1].version;

/// Adds a table with a row for every session.
const ADD: Step = Step {
    version: BASE + 1,
    min_reader: BASE + 1,
    run: |transaction| {
        leave_trail(transaction, BASE + 1)?;
        let sessions = transaction.open_table(SESSIONS)?;
        let mut sizes = transaction.open_table(ROW_SIZES)?;
        for row in sessions.iter()? {
            let (id, row) = row?;
            let size = u32::try_from(row.value().len())
                .map_err(|_| StepError::Row("a row is larger than 4 GiB".into()))?;
            sizes.insert(id.value(), size.to_be_bytes().as_slice())?;
        }
        Ok(())
    },
};

/// Rewrites every row of that table, and moves all sessions through a table that is then renamed.
const REWRITE: Step = Step {
    version: BASE + 2,
    min_reader: BASE + 2,
    run: |transaction| {
        leave_trail(transaction, BASE + 2)?;
        {
            let sessions = transaction.open_table(SESSIONS)?;
            let mut copied = transaction.open_table(SESSIONS_COPIED)?;
            let mut sizes = transaction.open_table(ROW_SIZES)?;
            for row in sessions.iter()? {
                let (id, row) = row?;
                copied.insert(id.value(), row.value())?;
                let size = row.value().len().to_string();
                sizes.insert(id.value(), size.as_bytes())?;
            }
        }
        transaction.delete_table(SESSIONS)?;
        transaction.rename_table(SESSIONS_COPIED, SESSIONS)?;
        Ok(())
    },
};

fn leave_trail(transaction: &WriteTransaction, version: u32) -> Result<(), StepError> {
    let mut meta = transaction.open_table(META)?;
    let mut trail = meta
        .get(TRAIL)?
        .map_or_else(Vec::new, |old| old.value().to_vec());
    trail.extend_from_slice(format!("{version} ").as_bytes());
    meta.insert(TRAIL, trail.as_slice())?;
    Ok(())
}

fn and(more: &[Step]) -> Vec<Step> {
    [STEPS, more].concat()
}

/// A program two schema versions ahead.
pub(super) static NEWER: LazyLock<Vec<Step>> = LazyLock::new(|| and(&[ADD, REWRITE]));

/// A program one version ahead.
pub(super) static NEXT: LazyLock<Vec<Step>> = LazyLock::new(|| and(&[ADD]));

/// One version ahead, in a way that older programs can read.
pub(super) static READABLE: LazyLock<Vec<Step>> = LazyLock::new(|| {
    and(&[Step {
        min_reader: BASE,
        ..ADD
    }])
});

/// Two versions ahead; the second step meets a row that it cannot carry over, halfway.
pub(super) static FAILING: LazyLock<Vec<Step>> = LazyLock::new(|| {
    and(&[
        ADD,
        Step {
            run: |transaction| {
                (REWRITE.run)(transaction)?;
                Err(StepError::Row("session 7 has no place in version 3".into()))
            },
            ..REWRITE
        },
    ])
});

/// Two versions ahead; the second step panics, halfway.
pub(super) static PANICKING: LazyLock<Vec<Step>> = LazyLock::new(|| {
    and(&[
        ADD,
        Step {
            run: |transaction| {
                (REWRITE.run)(transaction)?;
                panic!("a step with a bug");
            },
            ..REWRITE
        },
    ])
});
