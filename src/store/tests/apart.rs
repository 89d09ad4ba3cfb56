//! What happens often costs the same beside metadata of every size: that lies apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::disk::{Disk, Event};
use super::recording::{create, open_at};
use super::{BOTH, NOW, id, make_room, session};
use crate::registry::SessionRegistry;
use crate::session::{Activity, Report, Session};
use crate::store::Sharing;
use crate::store::format::schema::STEPS;

/// What one call did to the disk.
#[derive(Debug, Default, PartialEq)]
struct Cost {
    writes: usize,
    bytes: usize,
    syncs: usize,
}

impl Cost {
    fn of(events: &[Event]) -> Self {
        let mut cost = Self::default();
        for event in events {
            match event {
                Event::Write { bytes, .. } => {
                    cost.writes += 1;
                    cost.bytes += bytes.len();
                }
                Event::Synced => cost.syncs += 1,
                _ => {}
            }
        }
        cost
    }
}

/// What is often done in a session with so many bytes of metadata, and what each of it costs.
fn costs(sharing: Sharing, bytes: usize) -> Vec<(&'static str, Cost)> {
    let (disk, clock) = (
        Arc::new(Disk::default()),
        Arc::new(AtomicI64::new(NOW.as_micros())),
    );
    create(&disk);
    let registry: SessionRegistry = open_at(&disk, sharing, STEPS, Arc::clone(&clock)).unwrap();
    make_room(&registry);
    let mut session: Session = session(1);
    session
        .metadata_mut()
        .insert("k".into(), "v".repeat(bytes - 1));
    registry.register(session).unwrap();

    let mut costs = Vec::new();
    for round in 0..4 {
        let mut measured = |what, call: &mut dyn FnMut()| {
            clock.fetch_add(10_000_000, Ordering::Relaxed);
            let before = disk.events().len();
            call();
            costs.push((what, Cost::of(&disk.events()[before..])));
        };
        let mut claim = None;
        measured("claim", &mut || {
            claim = Some(registry.claim(id(1)).unwrap())
        });
        let claim = claim.unwrap();
        measured("touch", &mut || registry.touch(id(1)).unwrap());
        measured("touch by the owner", &mut || claim.touch().unwrap());
        for activity in [Activity::Working, Activity::Waiting] {
            let report = Report::new(activity).note("n");
            measured("report", &mut || {
                registry.report(id(1), report.clone()).unwrap()
            });
            measured("the same report", &mut || {
                claim.report(report.clone()).unwrap()
            });
        }
        measured("who drives", &mut || {
            claim.driven_by(round, "agent").unwrap()
        });
        let mut claim = Some(claim);
        measured("release", &mut || claim.take().unwrap().release().unwrap());
    }
    costs
}

#[test]
fn what_happens_often_costs_the_same_beside_metadata_of_every_size() {
    for sharing in BOTH {
        let small = costs(sharing, 2);
        assert_eq!(
            small,
            costs(sharing, Session::MAX_METADATA_BYTES),
            "{sharing}"
        );
        for (what, cost) in &small {
            let is_free = *what == "the same report";
            assert_eq!(*cost == Cost::default(), is_free, "{what}: {cost:?}");
        }
    }
}
