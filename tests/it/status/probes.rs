//! How often owners are asked whether they live.

use std::collections::BTreeMap;
use std::mem::MaybeUninit;

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use session_registry::{Liveness, Query};

use crate::support::place::{Kind, Place};
use crate::support::values::{id, session};

/// Counts how often each lock file is opened.
struct Opens(rustix::fd::OwnedFd);

impl Opens {
    fn of(place: &Place) -> Self {
        let mut folder = place.file().into_os_string();
        folder.push(".owners");
        let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).unwrap();
        inotify::add_watch(&events, folder, WatchFlags::OPEN).unwrap();
        Self(events)
    }

    /// Since the last time.
    fn count(&self) -> BTreeMap<String, usize> {
        let mut buffer = [MaybeUninit::uninit(); 1 << 16];
        let mut events = Reader::new(&self.0, &mut buffer);
        let mut counts = BTreeMap::new();
        while let Ok(event) = events.next() {
            if let Some(name) = event.file_name() {
                *counts.entry(name.to_str().unwrap().to_owned()).or_default() += 1;
            }
        }
        counts
    }
}

#[test]
fn each_owner_is_asked_once_however_many_sessions_it_drives() {
    let place = Place::new(Kind::Shared);
    place.registry.set_max_sessions(100).unwrap();
    let mut handles = Vec::new();
    for handle in 0..3 {
        let registry = place.options().open(place.file()).unwrap();
        let mut claims = Vec::new();
        for number in 0..10 {
            let number = handle * 10 + number + 1;
            registry.register(session(number)).unwrap();
            claims.push(registry.claim(id(number.into())).unwrap());
        }
        handles.push((registry, claims));
    }
    place.registry.register(session(100)).unwrap();
    let looker = place.options().open(place.file()).unwrap();
    let snapshot = looker.snapshot().unwrap();
    let opens = Opens::of(&place);
    let calls: [(&str, &dyn Fn() -> usize); 4] = [
        ("list_status", &|| {
            looker.list_status(&Query::new()).unwrap().items.len()
        }),
        ("snapshot", &|| {
            snapshot.list_status(&Query::new()).unwrap().items.len()
        }),
        ("driven", &|| {
            let alive = Query::new().driven(Liveness::Alive);
            looker.list(&alive).unwrap().items.len() + 1
        }),
        ("driven statuses", &|| {
            let alive = Query::new().driven(Liveness::Alive);
            looker.list_status(&alive).unwrap().items.len() + 1
        }),
    ];
    for (what, call) in calls {
        assert_eq!(call(), 31, "{what}");
        let counts = opens.count();
        assert_eq!(counts.len(), 3, "{what}");
        assert!(
            counts.values().all(|count| *count == 1),
            "{what}: {counts:?}"
        );
    }
    // One session has one owner, and one that is unclaimed nobody to ask.
    looker.status(id(1)).unwrap();
    assert_eq!(opens.count().values().sum::<usize>(), 1);
    looker.status(id(100)).unwrap();
    let unclaimed = looker.list(&Query::new().unclaimed()).unwrap();
    assert_eq!(unclaimed.items.len(), 1);
    assert!(opens.count().is_empty());
}
