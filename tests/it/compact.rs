//! Compaction: a smaller file that holds the same.

use std::fs;

use session_registry::{
    Error, ImportMode, OpenCheck, Session, SessionId, SessionRegistry, Sharing,
};
use uuid::Builder;

use crate::support::soak;
use crate::support::values::{START, at, name, session};

fn exported(registry: &SessionRegistry) -> Vec<u8> {
    let mut lines = Vec::new();
    registry.export(&mut lines).unwrap();
    lines
}

/// Registers `count` sessions under random ids, some together and the others later.
fn fill(registry: &SessionRegistry, count: u32) {
    const TOGETHER: u32 = 100;
    let mut rng = soak::rng("random ids");
    for first in (0..count).step_by(TOGETHER as usize) {
        let some = SessionRegistry::options().max_sessions(TOGETHER);
        let some = some.in_memory().unwrap();
        for number in first..first + TOGETHER {
            let given = session(number);
            let id = Builder::from_random_bytes(rng.u128(..).to_be_bytes()).into_uuid();
            let session = Session::builder(given.project_path().clone())
                .id(SessionId::from(id))
                .config(given.config().clone())
                .created_at(given.created_at());
            some.register(session.build()).unwrap();
        }
        let lines = exported(&some);
        registry
            .import(lines.as_slice(), ImportMode::KeepIds)
            .unwrap();
    }
}

#[test]
fn sessions_that_came_in_any_order_are_packed() {
    const COUNT: u32 = 3000;
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let options = SessionRegistry::options()
            .sharing(sharing)
            .clock(|| at(START))
            .max_sessions(COUNT);
        let registry = options.open(&file).unwrap();
        fill(&registry, COUNT);
        let ids = registry.list_ids().unwrap();
        registry.close_session(ids[7]).unwrap();
        registry.set_default_session(Some(ids[8])).unwrap();
        registry.rename(ids[9], name("renamed")).unwrap();
        let claim = registry.claim(ids[10]).unwrap();
        let before = exported(&registry);

        registry.compact().unwrap();

        let bytes = fs::metadata(&file).unwrap().len() / u64::from(COUNT);
        assert!(bytes < 400, "{sharing:?}: {bytes} bytes for each session");
        assert!(exported(&registry) == before, "other sessions");
        assert_eq!(registry.default_session_id().unwrap(), Some(ids[8]));
        assert_eq!(registry.max_sessions().unwrap(), COUNT);
        claim.check().unwrap();
        let report = registry.verify().unwrap();
        assert!(report.is_clean(), "{report:?}");
        claim.release().unwrap();
    }
}

/// What is copied gets new checksums: damage that nobody has noticed was made right by that.
#[test]
fn damage_was_packed_with_new_checksums() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = SessionRegistry::open(&file).unwrap();
    let mut damaged = session(1);
    let metadata = damaged.metadata_mut();
    metadata.insert("key".into(), "a value that stands in one place".into());
    registry.register(damaged).unwrap();
    registry.close().unwrap();

    let mut bytes = fs::read(&file).unwrap();
    let places = bytes.windows(32).enumerate();
    let found = places.filter(|(_, part)| *part == b"a value that stands in one place");
    let found: Vec<_> = found.map(|(at, _)| at).collect();
    for at in &found {
        bytes[*at] = b'A';
    }
    assert!(!found.is_empty());
    fs::write(&file, &bytes).unwrap();

    let options = SessionRegistry::options().open_check(OpenCheck::Never);
    let registry = options.open(&file).unwrap();
    let error = registry.compact().unwrap_err();
    assert!(matches!(error, Error::Corrupted { .. }), "{error:?}");
    // It is still there to be read, and to be found.
    assert_eq!(registry.count().unwrap(), 1);
    assert!(!registry.verify().unwrap().is_clean());
    registry.close().unwrap();
    let options = options.open_check(OpenCheck::Always);
    assert!(matches!(options.open(&file), Err(Error::Corrupted { .. })));
}
