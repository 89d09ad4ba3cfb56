//! Smoke.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
use session_registry::*;
#[test]
fn life() {
    let d = tempfile::tempdir().unwrap();
    let f = d.path().join("a.redb");
    let r = SessionRegistry::options().max_sessions(2).open(&f).unwrap();
    let s = |p: &str| Session::builder(ProjectPath::new(p).unwrap()).build();
    let a = r.register(s("/a")).unwrap();
    let b = r.register(s("/b")).unwrap();
    let claim = r.claim(a.id()).unwrap();
    let r2 = SessionRegistry::open(&f).unwrap();
    assert_eq!(r2.claim(a.id()).unwrap_err().code(), "already_claimed");
    assert_eq!(
        r2.close_session(a.id()).unwrap_err().code(),
        "already_claimed"
    );
    let c2 = r2.take_over(a.id()).unwrap();
    assert_eq!(claim.check().unwrap_err().code(), "ownership_lost");
    drop(claim);
    c2.check().unwrap();
    c2.touch().unwrap();
    assert!(r.verify().unwrap().is_clean(), "{:?}", r.verify());
    c2.release().unwrap();
    r.close_session(b.id()).unwrap();
    assert!(r.verify().unwrap().is_clean(), "{:?}", r.verify());
    println!(
        "{:?}",
        r.list(&Query::new().state(StateFilter::Any).order(Order::Updated))
            .unwrap()
    );
    println!("{:?}", r.stats().unwrap());
    assert_eq!(
        std::fs::read_dir(d.path().join("a.redb.owners"))
            .unwrap()
            .count(),
        0
    );
}
