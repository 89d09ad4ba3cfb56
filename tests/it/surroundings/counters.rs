//! Numbers that only ever rise, at their end.

use std::path::Path;

use redb::{Builder, ConcurrencyMode, TableDefinition};
use session_registry::{Error, ImportMode, SessionRegistry};

use super::Place;
use crate::world::session_at;

const LAST: u64 = 1 << 53;

/// An export of one session, with that revision.
fn export_with(revision: u64) -> String {
    let source = SessionRegistry::in_memory().unwrap();
    source.register(session_at("/counters")).unwrap();
    let mut lines = Vec::new();
    source.export(&mut lines).unwrap();
    let text = String::from_utf8(lines).unwrap();
    let changed = text.replace("\"revision\":0", &format!("\"revision\":{revision}"));
    assert!(changed != text || revision == 0);
    changed
}

/// Two callers with the same copy were both told that theirs was stored.
#[test]
fn compare_and_set_was_void_at_the_highest_revision() {
    let registry = SessionRegistry::in_memory().unwrap();
    for revision in [LAST + 1, u64::MAX] {
        for mode in [ImportMode::KeepIds, ImportMode::NewIds] {
            match registry.import(export_with(revision).as_bytes(), mode) {
                Err(Error::InvalidImport { line, problem, .. }) => {
                    assert_eq!(line, 2);
                    assert!(problem.contains(&revision.to_string()), "{problem}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    let export = export_with(LAST - 1);
    registry
        .import(export.as_bytes(), ImportMode::KeepIds)
        .unwrap();
    let session = registry.list_all().unwrap().remove(0);
    let id = session.id();
    let with_step = |step: &str| {
        let mut copy = session.clone();
        copy.metadata_mut().insert("step".into(), step.into());
        copy
    };
    let last = registry.update(with_step("1")).unwrap();
    assert_eq!(last.revision(), LAST);
    let conflict = registry.update(with_step("2")).unwrap_err();
    assert_eq!(conflict.code(), "conflict");

    let step = |registry: &SessionRegistry| {
        registry.modify(id, |session| {
            session.metadata_mut().insert("step".into(), "3".into());
        })
    };
    let refused = step(&registry).unwrap_err();
    assert_eq!(refused.code(), "exhausted");
    assert!(refused.to_string().contains(&id.to_string()), "{refused}");
    assert_eq!(registry.close_session(id).unwrap_err().code(), "exhausted");
    assert_eq!(registry.lookup(id).unwrap(), Some(last));
    registry.touch(id).unwrap();
    registry.claim(id).unwrap().release().unwrap();
    assert!(registry.verify().unwrap().is_clean());

    // What was exported goes in again, and what cannot change can still go.
    let mut lines = Vec::new();
    registry.export(&mut lines).unwrap();
    registry.unregister(id).unwrap().unwrap();
    registry
        .import(lines.as_slice(), ImportMode::KeepIds)
        .unwrap();
    assert_eq!(registry.lookup(id).unwrap().unwrap().revision(), LAST);
}

fn set_claims_made(file: &Path, made: u64) {
    let meta: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("meta");
    let database = Builder::new()
        .set_concurrency_mode(ConcurrencyMode::MultiWriter)
        .open(file)
        .unwrap();
    let mut transaction = database.begin_write().unwrap();
    transaction.set_two_phase_commit(true);
    transaction
        .open_table(meta)
        .unwrap()
        .insert(b"claims_made".as_slice(), made.to_be_bytes().as_slice())
        .unwrap();
    transaction.commit().unwrap();
}

/// Two owners had one epoch, and each believed that the claim was its own.
#[test]
fn epochs_were_given_out_twice_at_their_end() {
    let place = Place::new();
    set_claims_made(&place.file, u64::MAX - 1);
    let registry = place.open();
    let last = registry.claim(place.id).unwrap();
    assert_eq!(last.epoch(), u64::MAX);
    let refused = registry.take_over(place.id).unwrap_err();
    assert_eq!(refused.code(), "exhausted");
    last.check().unwrap();
    last.release().unwrap();
    let refused = registry.claim(place.id).unwrap_err();
    assert_eq!(refused.code(), "exhausted");
    assert_eq!(registry.owner(place.id).unwrap(), None);
    assert_eq!(super::names_in(&place.folder()), [""; 0]);
    assert!(registry.verify().unwrap().is_clean());
}
