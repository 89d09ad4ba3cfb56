//! Schema version 2: closed sessions, last activity, claims, and the indexes their reads need. Frozen.
//!
//! Every session of version 1 is open and was last active when it was last updated. Its rows change from
//! format 1 to format 2, which adds the last activity and the closing at the end; the three indexes of
//! version 1 stay as they are, and are about open sessions from now on.

use redb::{ReadableTable, TableDefinition, WriteTransaction};

use super::{Step, StepError};

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

const SESSIONS: Table = TableDefinition::new("sessions");
const CLAIMS: Table = TableDefinition::new("claims");
/// Several orders in one table: number of the order, state, what it goes by, id.
const SESSION_ORDER: Table = TableDefinition::new("session_order");

const LAST_ACTIVE: u8 = 5;
const UPDATED: u8 = 6;
const FOLDED_NAME: u8 = 7;
const OPEN: u8 = 0;

pub(super) const STEP: Step = Step {
    version: 2,
    min_reader: 2,
    run,
};

/// A row of format 1, as far as this step must understand it: the fields stand in this order, and
/// postcard writes a struct as its fields.
#[derive(serde::Deserialize)]
struct Row<'a> {
    name: &'a str,
    _project_path: &'a str,
    _provider: Option<&'a str>,
    _model: Option<&'a str>,
    _temperature: f64,
    _max_tokens: u32,
    _metadata: std::collections::BTreeMap<&'a str, &'a str>,
    _created_at: i64,
    updated_at: i64,
    _revision: u64,
}

fn run(transaction: &WriteTransaction) -> Result<(), StepError> {
    transaction.open_table(CLAIMS)?;
    let mut order = transaction.open_table(SESSION_ORDER)?;
    let mut sessions = transaction.open_table(SESSIONS)?;

    let mut at: Option<Vec<u8>> = None;
    while let Some((id, old)) = next_row(&sessions, at.as_deref())? {
        // A row that cannot be read stays as it is: it is reported as damaged, and hides no other.
        if let Some((new, name, updated_at)) = carry_over(&old) {
            sessions.insert(id.as_slice(), new.as_slice())?;
            let updated = (updated_at.cast_unsigned() ^ (1 << 63)).to_be_bytes();
            for number in [LAST_ACTIVE, UPDATED] {
                let key = [&[number, OPEN], updated.as_slice(), &id].concat();
                order.insert(key.as_slice(), [].as_slice())?;
            }
            let folded = folded(name);
            let key = [&[FOLDED_NAME, OPEN], folded.as_bytes(), &[0], &id].concat();
            order.insert(key.as_slice(), [].as_slice())?;
        }
        at = Some(id);
    }
    Ok(())
}

/// Lower case, character by character, with one sigma.
fn folded(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ς' { 'σ' } else { c })
        .collect()
}

/// The row in format 2, with what the new indexes need of it.
fn carry_over(old: &[u8]) -> Option<(Vec<u8>, &str, i64)> {
    let (_, row) = old.split_first().filter(|(format, _)| **format == 1)?;
    let (row, rest) = postcard::take_from_bytes::<Row<'_>>(row).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let mut new = old.to_vec();
    *new.first_mut()? = 2;
    let no_closing: Option<()> = None;
    let new = postcard::to_extend(&(row.updated_at, no_closing), new).ok()?;
    Some((new, row.name, row.updated_at))
}

/// A key and its value.
type Pair = (Vec<u8>, Vec<u8>);

/// The first row after `at`.
fn next_row(
    sessions: &impl ReadableTable<&'static [u8], &'static [u8]>,
    at: Option<&[u8]>,
) -> Result<Option<Pair>, redb::StorageError> {
    use std::ops::Bound;

    let from = at.map_or(Bound::Unbounded, Bound::Excluded);
    let mut rows = sessions.range::<&[u8]>((from, Bound::Unbounded))?;
    let row = rows.next().transpose()?;
    Ok(row.map(|(id, row)| (id.value().to_vec(), row.value().to_vec())))
}
