//! Smoke.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
use session_registry::*;
#[test]
fn smoke() {
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let d = tempfile::tempdir().unwrap();
        let f = d.path().join("a.redb");
        let r = SessionRegistry::options()
            .sharing(sharing)
            .open(&f)
            .unwrap();
        let s = r.register(Session::for_project(".").unwrap()).unwrap();
        let snap = r.snapshot().unwrap();
        if sharing == Sharing::Shared {
            let r2 = SessionRegistry::open(&f).unwrap();
            assert_eq!(r2.lookup(s.id()).unwrap(), Some(s.clone()));
        } else {
            assert_eq!(SessionRegistry::open(&f).unwrap_err().code(), "in_use");
        }
        let t = std::time::Instant::now();
        for _ in 0..100 {
            r.modify(s.id(), |s| {
                s.metadata_mut().insert("a".into(), uuid_like());
            })
            .unwrap();
        }
        eprintln!("{:?} write {:?}", sharing, t.elapsed() / 100);
        let t = std::time::Instant::now();
        for _ in 0..1000 {
            r.lookup(s.id()).unwrap();
        }
        eprintln!("{:?} lookup {:?}", sharing, t.elapsed() / 1000);
        assert_eq!(snap.list_all().unwrap().len(), 1);
        drop(snap);
        r.close().unwrap();
        let t = std::time::Instant::now();
        let r = SessionRegistry::open(&f).unwrap();
        eprintln!("open {:?} {:?}", t.elapsed(), r.open_report());
    }
}
fn uuid_like() -> String {
    SessionId::random().to_string()
}

#[cfg(feature = "cli")]
mod command_line;
