//! A clock that goes back makes nothing go back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use session_registry::{ProjectPath, Session, SessionConfig, SessionRegistry, Timestamp};

#[test]
fn times_of_a_session_never_go_back() {
    let directory = tempfile::tempdir().unwrap();
    let now = Arc::new(AtomicI64::new(1_000));
    let clock = Arc::clone(&now);
    let registry = SessionRegistry::options()
        .clock(move || Timestamp::from_micros(clock.load(Ordering::Relaxed)))
        .open(directory.path().join("sessions.redb"))
        .unwrap();
    let path = ProjectPath::new("/clock").unwrap();
    let session = Session::builder(path).created_at(Timestamp::from_micros(900));
    let mut session = registry.register(session.build()).unwrap();
    for (now_is, expected) in [(1_000, 1_000), (500, 1_000), (-5, 1_000), (2_000, 2_000)] {
        now.store(now_is, Ordering::Relaxed);
        let tokens = session.config().max_tokens + 1;
        session.set_config(SessionConfig::new().max_tokens(tokens));
        session = registry.update(session).unwrap();
        assert_eq!(session.updated_at().as_micros(), expected);
        assert_eq!(session.created_at().as_micros(), 900);
    }
    assert_eq!(session.revision(), 4);
    assert_eq!(registry.list_all().unwrap(), [session]);
}

#[test]
fn a_session_from_before_the_others_is_listed_before_them() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = SessionRegistry::open(&file).unwrap();
    let at = |micros: i64| {
        let path = ProjectPath::new(format!("/clock/{}", micros.unsigned_abs())).unwrap();
        Session::builder(path).created_at(Timestamp::from_micros(micros))
    };
    let times = [5_000, -7, 0, i64::MAX, 5_001, i64::MIN];
    for micros in times {
        registry.register(at(micros).build()).unwrap();
    }
    drop(registry);
    let registry = SessionRegistry::open(&file).unwrap();
    let listed = registry.list_all().unwrap();
    let mut expected = times.map(Timestamp::from_micros);
    expected.sort();
    let order: Vec<_> = listed.iter().map(Session::created_at).collect();
    assert_eq!(order, expected);
    let oldest = registry.default_session_id().unwrap();
    assert_eq!(oldest, Some(listed[0].id()));
    assert!(registry.verify().unwrap().is_clean());
}
