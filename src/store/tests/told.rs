//! The log of changes as bytes, and a check of it that shares no code with the store's.

use std::collections::{BTreeMap, BTreeSet};

use super::raw::{self, Dump};
use crate::session::Session;

const CLOSED: u8 = 3;
const REMOVED: u8 = 5;
const CLEARED: u8 = 9;
const EVERYTHING: u8 = 12;
const KINDS: u8 = 13;

/// What is told: kind, session, revision of the session.
type Told = (u8, Option<[u8; 16]>, Option<u64>);

/// Every row of the log, by revision.
fn log(dump: &Dump) -> BTreeMap<u64, Told> {
    let rows = dump["changes"].iter();
    rows.map(|(key, row)| {
        assert_eq!(row[0], 1, "the format of a change");
        let told: Told = postcard::from_bytes(&row[1..]).unwrap();
        assert!(told.0 < KINDS);
        (u64::from_be_bytes(key.as_slice().try_into().unwrap()), told)
    })
    .collect()
}

/// Fails unless the log has no gap, and every session is as it was left by what was told of it last.
pub(super) fn check_log(dump: &Dump) {
    let log = log(dump);
    if let (Some((first, _)), Some((last, _))) = (log.first_key_value(), log.last_key_value()) {
        assert_eq!(last - first + 1, log.len() as u64, "the log has a gap");
    }
    let rows: BTreeMap<[u8; 16], Session> = raw::sessions(dump)
        .map(|session| (*session.id().as_uuid().as_bytes(), session))
        .collect();
    let mut last: BTreeMap<[u8; 16], Told> = BTreeMap::new();
    for told in log.values() {
        match told {
            (CLEARED | EVERYTHING, ..) => last.clear(),
            // Of a default session no revision is told.
            (_, Some(id), revision) if revision.is_some() || told.0 == REMOVED => {
                last.insert(*id, *told);
            }
            _ => {}
        }
    }
    for (id, told) in last {
        let stored = rows.get(&id);
        assert_eq!(stored.is_none(), told.0 == REMOVED, "{told:?}");
        if let Some(session) = stored {
            assert_eq!(Some(session.revision()), told.2, "{told:?}");
            assert!(session.state().is_open() || [CLOSED, 1].contains(&told.0));
        }
    }
}

/// Fails unless what is new in the log is what became of the sessions and their claims between two states: one
/// word, or two where a session was opened and claimed, of each that is different, and none of any other.
pub(super) fn check_told(before: &Dump, after: &Dump) {
    let version = |dump: &Dump| dump["meta"][b"schema_version".as_slice()].clone();
    if version(before) != version(after) {
        // A migration is told to nobody.
        return assert_eq!(before["changes"], after["changes"]);
    }
    let old = log(before);
    let position = old.last_key_value().map_or(0, |(revision, _)| *revision);
    let new: Vec<Told> = log(after)
        .split_off(&(position + 1))
        .into_values()
        .collect();
    let is_same = before.iter().all(|(name, rows)| {
        // Of those who wait nothing is told.
        let written = ["changes", "meta", "waiters"].contains(&name.as_str());
        written || after[name] == *rows
    });
    if new.is_empty() {
        assert!(
            is_same && before["meta"] == after["meta"],
            "a change was not told"
        );
    }
    if new
        .iter()
        .any(|told| [CLEARED, EVERYTHING].contains(&told.0))
    {
        return;
    }
    let mut told: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for (_, id, revision) in new
        .iter()
        .filter(|told| told.2.is_some() || told.0 == REMOVED)
    {
        assert!(id.is_some() || revision.is_none());
        *told.entry(id.unwrap().to_vec()).or_default() += 1;
    }
    let mut different = BTreeSet::new();
    for table in ["sessions", "session_extra", "claims"] {
        let keys = before[table].keys().chain(after[table].keys());
        let differs = |key: &&Vec<u8>| before[table].get(*key) != after[table].get(*key);
        different.extend(keys.filter(differs).cloned());
    }
    assert!(
        told.keys().eq(&different),
        "told {told:?}, different are {different:?}"
    );
    assert!(told.values().all(|words| *words <= 2));
}
