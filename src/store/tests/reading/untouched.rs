//! Nothing is written, and every write is refused before anything is read.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use redb::StorageBackend;

use super::super::{id, name, path, session};
use super::counted::Counted;
use super::left_behind::{closed, killed, killed_before_the_last_sync, left_in_one_phase};
use super::open_to_read;
use crate::error::{Error, Result};
use crate::registry::{
    Batch, CloseAs, ImportMode, PrunePolicy, Query, SessionRegistry, StateFilter,
};
use crate::session::{Activity, Report, Session};
use crate::store::OpenCheck;
use crate::store::format::schema::STEPS;

/// Asks everything, and closes.
fn ask_all(registry: SessionRegistry) {
    for _ in 0..3 {
        let first = registry.lookup(id(1)).unwrap().unwrap();
        assert_eq!(first.name().as_str(), "1");
        assert_eq!(
            registry.lookup_by_path(&path("/work/2")).unwrap(),
            registry.lookup_by_name("2").unwrap()
        );
        assert_eq!(
            (
                registry.count().unwrap(),
                registry.list_ids().unwrap().len()
            ),
            (2, 2)
        );
        let any = Query::new().state(StateFilter::Any);
        assert_eq!(registry.list(&any).unwrap().items.len(), 3);
    }
    assert_eq!(registry.resolve("1").unwrap().id(), id(1));
    assert_eq!(registry.owner(id(1)).unwrap(), None);
    assert!(registry.interrupted().unwrap().is_empty());
    assert_eq!(registry.waiting().unwrap(), 0);
    assert_eq!(registry.status(id(1)).unwrap().owner, None);
    let statuses = registry.list_status(&Query::new().unclaimed()).unwrap();
    assert_eq!(statuses.items.len(), 2);
    assert_eq!(registry.default_session_id().unwrap(), Some(id(1)));
    assert_eq!(
        registry
            .plan_prune(&PrunePolicy::new().keep_last(0))
            .unwrap()
            .total,
        1
    );
    assert_eq!(registry.stats().unwrap().open_sessions, 2);
    let snapshot = registry.snapshot().unwrap();
    assert_eq!(snapshot.list_all().unwrap(), registry.list_all().unwrap());
    let mut lines = Vec::new();
    assert_eq!(registry.export(&mut lines).unwrap(), 3);
    let found = registry.verify().unwrap();
    assert!(found.is_clean() && found.pages_checked, "{found:?}");
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy");
    registry.backup_to(&copy).unwrap();
    let copy = SessionRegistry::open(copy).unwrap();
    assert_eq!(copy.list_all().unwrap(), registry.list_all().unwrap());
    drop(snapshot);
    registry.close().unwrap();
}

#[test]
fn nothing_is_written_synced_or_locked_for_itself() {
    let states = [
        ("closed", closed()),
        ("left by a kill", killed()),
        ("left by a kill in a commit", killed_before_the_last_sync()),
        ("left in one phase", left_in_one_phase(0)),
    ];
    for (what, disk) in states {
        for check in [OpenCheck::Auto, OpenCheck::Always, OpenCheck::Never] {
            let before = disk.content();
            let counted = Counted::over(&disk);
            let storage: Arc<dyn StorageBackend> = Arc::<Counted>::clone(&counted);
            ask_all(open_to_read(storage, check, STEPS).unwrap());
            assert_eq!(counted.trespasses(), 0, "{what}, {check:?}");
            assert!(counted.operations() > 0);
            assert!(disk.content() == before, "{what}, {check:?}");
            assert!(disk.events().is_empty() || what == "closed");
        }
    }
}

/// Every call that writes.
type Write = (&'static str, fn(&SessionRegistry) -> Result<()>);

const WRITES: &[Write] = &[
    ("register", |r| r.register(session(9)).map(drop)),
    ("get_or_register", |r| {
        r.get_or_register(session(1)).map(drop)
    }),
    ("update", |r| r.update(session(1)).map(drop)),
    ("modify", |r| {
        r.modify(id(1), |_| panic!("called")).map(drop)
    }),
    ("rename", |r| r.rename(id(9), name("x")).map(drop)),
    ("unregister", |r| r.unregister(id(9)).map(drop)),
    ("clear", |r| r.clear().map(drop)),
    ("close_session", |r| r.close_session(id(9)).map(drop)),
    ("close_session_with", |r| {
        r.close_session_with(id(9), CloseAs::EvenUnknown).map(drop)
    }),
    ("reopen", |r| r.reopen(id(9)).map(drop)),
    ("resume", |r| r.resume(id(9)).map(drop)),
    ("resume_taking_over", |r| {
        r.resume_taking_over(id(9)).map(drop)
    }),
    ("start", |r| r.start(session(9)).map(drop)),
    ("start_when_free", |r| {
        r.start_when_free(session(9), Duration::MAX).map(drop)
    }),
    ("resume_when_free", |r| {
        r.resume_when_free(id(9), Duration::MAX).map(drop)
    }),
    ("register_when_free", |r| {
        r.register_when_free(session(9), Duration::MAX).map(drop)
    }),
    ("apply", |r| r.apply(Batch::new()).map(drop)),
    ("touch", |r| r.touch(id(9))),
    ("report", |r| {
        r.report(id(9), Report::new(Activity::Idle).note("two\nlines"))
    }),
    ("register_opened", |r| {
        r.register_opened(session(9)).map(drop)
    }),
    ("reopen_opened", |r| r.reopen_opened(id(9)).map(drop)),
    ("try_modify", |r| {
        let call = |_: &mut Session| -> Result<()> { panic!("called") };
        r.try_modify(id(1), call).map(drop)
    }),
    ("claim", |r| r.claim(id(9)).map(drop)),
    ("take_over", |r| r.take_over(id(9)).map(drop)),
    ("set_max_sessions", |r| r.set_max_sessions(10)),
    ("set_default_session", |r| r.set_default_session(None)),
    ("prune", |r| {
        r.prune(&PrunePolicy::new().keep_last(0)).map(drop)
    }),
    ("rebuild_indexes", |r| r.rebuild_indexes().map(drop)),
    ("compact", SessionRegistry::compact),
    ("import", |r| {
        r.import(Unread, ImportMode::KeepIds).map(drop)
    }),
];

/// An import that must not be read.
struct Unread;

impl io::Read for Unread {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("read");
    }
}

impl io::BufRead for Unread {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        panic!("read");
    }

    fn consume(&mut self, _: usize) {}
}

#[test]
fn every_write_is_refused_before_anything_is_read() {
    let disk = closed();
    let counted = Counted::over(&disk);
    let storage: Arc<dyn StorageBackend> = Arc::<Counted>::clone(&counted);
    let registry = open_to_read(storage, OpenCheck::Auto, STEPS).unwrap();
    let before = counted.operations();
    for (what, write) in WRITES {
        let refused = write(&registry);
        assert!(
            matches!(refused, Err(Error::ReadOnly)),
            "{what}: {refused:?}"
        );
    }
    assert_eq!(counted.operations(), before);
    ask_all(registry);
}
