//! One run of the workload on a simulated disk: what the disk saw, and what the registry held after each
//! call.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::content::content;
use super::disk::{Disk, Event};
use super::raw::{self, Dump};
use super::steps::NEWER;
use super::workload::{self, calls, clock};
use super::{NOW, Way, told};
use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::session::Timestamp;
use crate::shared::refusal::Refusal;
use crate::shared::rules::Model;
use crate::store::Store;
use crate::store::disk::create::initialise;
use crate::store::disk::medium::Medium;
use crate::store::format::schema::{self, STEPS, Step};

/// Opens what is on a disk, admission, recovery, migration and all.
pub(super) fn open(
    disk: &Arc<Disk>,
    way: impl Into<Way>,
    steps: &'static [Step],
) -> Result<SessionRegistry> {
    open_at(disk, way, steps, Arc::new(AtomicI64::new(NOW.as_micros())))
}

/// As [`open`]; the registry's clock shows `now`.
pub(super) fn open_at(
    disk: &Arc<Disk>,
    way: impl Into<Way>,
    steps: &'static [Step],
    now: Arc<AtomicI64>,
) -> Result<SessionRegistry> {
    let medium = Medium::Memory(Arc::<Disk>::clone(disk));
    let settings = way.into().settings();
    let (store, report) = Store::open_medium(medium, settings, NOW, steps, settings.start())?;
    let clock = move || Timestamp::from_micros(now.load(Ordering::Relaxed));
    Ok(SessionRegistry::from_store(store, report, Arc::new(clock)))
}

/// Makes a registry on an empty disk, as the creation of a file does.
pub(super) fn create(disk: &Arc<Disk>) {
    let storage = Arc::<Disk>::clone(disk);
    initialise(storage, |tx| schema::apply(tx, STEPS, 0)).unwrap();
}

/// The programs that a file may meet, oldest first.
pub(super) fn programs() -> [&'static [Step]; 4] {
    [&STEPS[..1], &STEPS[..2], STEPS, &NEWER]
}

/// Opens a disk with the oldest program that can, as the one that wrote it would have.
pub(super) fn open_with_its_program(
    disk: &Arc<Disk>,
    way: impl Into<Way> + Copy,
) -> Result<Opened> {
    let mut refused = None;
    for steps in programs() {
        match open(disk, way, steps) {
            Err(error) if error.code() == "schema_too_new" => refused = Some(error),
            other => return other.map(|registry| Opened { registry, steps }),
        }
    }
    Err(refused.unwrap())
}

pub(super) struct Opened {
    pub(super) registry: SessionRegistry,
    pub(super) steps: &'static [Step],
}

pub(super) struct Recording {
    pub(super) start: Vec<u8>,
    pub(super) events: Vec<Event>,
    /// What the registry held when so many calls had returned. Before the first return it may have been
    /// nothing yet.
    pub(super) states: Vec<Option<Dump>>,
}

/// Runs everything once: creation, the calls in two sittings, a migration, and calls after it.
pub(super) fn record(way: Way) -> Recording {
    let disk = Arc::new(Disk::default());
    let mut model = workload::model();
    create(&disk);
    disk.acknowledge();
    let copy = Arc::new(Disk::holding(disk.content()));
    let created = raw::dump(&open(&copy, way, STEPS).unwrap()).unwrap();
    let mut states = vec![None, Some(created)];
    let returned = |states: &mut Vec<Option<Dump>>, model: &Model, registry: &SessionRegistry| {
        disk.acknowledge();
        let state = raw::dump(registry).unwrap();
        raw::check_indexes(&state);
        told::check_log(&state);
        if let Some(before) = states.last().and_then(Option::as_ref) {
            told::check_told(before, &state);
        }
        assert!(content(&state) == model.content);
        states.push(Some(state));
    };
    let now = Arc::new(AtomicI64::new(0));
    let calls = calls();
    let sittings = [
        (STEPS, &calls[..20]),
        (STEPS, &calls[20..]),
        (&NEWER, &calls[..8]),
    ];
    for (steps, calls) in sittings {
        let registry = open_at(&disk, way, steps, Arc::clone(&now)).unwrap();
        returned(&mut states, &model, &registry);
        for (number, call) in calls.iter().enumerate() {
            now.store(clock(number).as_micros(), Ordering::Relaxed);
            let expected = call.apply(&mut model, clock(number));
            let found = call.run(&registry, &model.content).map_err(Refusal::from);
            assert_eq!(found, expected, "{call:?}");
            returned(&mut states, &model, &registry);
        }
        registry.close().unwrap();
    }
    Recording {
        start: Vec::new(),
        events: disk.events(),
        states,
    }
}

/// Opens a golden file with one newer program after the other.
pub(super) fn record_migrations(
    way: Way,
    golden: Vec<u8>,
    programs: &[&'static [Step]],
) -> Recording {
    let disk = Arc::new(Disk::holding(golden.clone()));
    let copy = Arc::new(Disk::holding(golden.clone()));
    let untouched = open_with_its_program(&copy, way).unwrap();
    let untouched = raw::dump(&untouched.registry).unwrap();
    let mut states = vec![Some(untouched)];
    for &steps in programs {
        let registry = open(&disk, way, steps).unwrap();
        states.push(Some(raw::dump(&registry).unwrap()));
        registry.close().unwrap();
        disk.acknowledge();
    }
    Recording {
        start: golden,
        events: disk.events(),
        states,
    }
}
