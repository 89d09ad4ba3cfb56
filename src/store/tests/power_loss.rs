//! The power fails at every operation of the workload. Whatever subset of the unsynced writes the disk
//! kept, the registry opens to the state before or after the call that was under way, and the log of changes with it:
//! every change that was acknowledged is told, and none that was not.

use std::sync::Arc;

use super::disk::{Disk, Fails, Loss, Operations, Trouble};
use super::golden::fixture;
use super::power::{Cut, Walk};
use super::raw::{self, Dump};
use super::recording::{
    Opened, Recording, create, open, open_with_its_program, programs, record, record_migrations,
};
use super::steps::NEWER;
use super::{Case, WAYS, Way, code, id, session, told};
use crate::shared::soak;
use crate::store::Sharing;
use crate::store::format::schema::{STEPS, latest};

/// How many images of one moment are tried: `SESSION_REGISTRY_SOAK` of these.
const CASES: usize = 4 * Cut::ALL.len();

struct Trial<'a> {
    way: Way,
    recording: &'a Recording,
    random: fastrand::Rng,
    moments: u64,
    images: u64,
    refused: u64,
}

impl Trial<'_> {
    /// Tries `cases` images of every moment.
    fn run(&mut self, cases: usize) {
        let recording = self.recording;
        let mut walk = Walk::new(recording.start.clone(), &recording.events);
        while walk.step(&mut self.random) {
            self.moments += 1;
            // Of a moment without unsynced writes there is but one image.
            let cases = if walk.is_synced() {
                cases.min(1)
            } else {
                cases
            };
            for case in 0..cases {
                let case = if cases < CASES {
                    self.random.usize(..CASES)
                } else {
                    case
                };
                let cut = Cut::ALL[case % Cut::ALL.len()];
                let image = walk.image(cut, &mut self.random);
                let again = case / Cut::ALL.len() % 2 == 1;
                let image = if again { self.cut_again(image) } else { image };
                let _case = Case(format!("moment {}, {cut:?}, again: {again}", self.moments));
                self.judge(&image, walk.acknowledged);
                self.images += 1;
            }
        }
        assert_eq!(walk.acknowledged + 1, recording.states.len());
    }

    /// The power fails once more while the image is opened.
    fn cut_again(&mut self, image: Vec<u8>) -> Vec<u8> {
        let disk = Arc::new(Disk::holding(image.clone()));
        disk.break_down(Trouble {
            after: self.random.u64(..60),
            of: Operations::All,
            lasting: true,
            error: Fails::Io,
            loss: Loss::FromDisk,
        });
        drop(open_with_its_program(&disk, self.way));
        let events = disk.events();
        let mut walk = Walk::new(image, &events);
        walk.walk_to_the_end(&mut self.random);
        walk.image(Cut::Half, &mut self.random)
    }

    fn judge(&mut self, image: &[u8], acknowledged: usize) {
        let disk = Arc::new(Disk::holding(image.to_vec()));
        let states = &self.recording.states;
        let before = states[acknowledged].as_ref();
        let after = states.get(acknowledged + 1).and_then(Option::as_ref);
        let opened = match open_with_its_program(&disk, self.way) {
            Ok(opened) => opened,
            Err(error) => {
                // Half-made registries never get a name; they are refused without being touched.
                assert_eq!(before, None, "{error}");
                assert!(
                    ["not_a_registry", "corrupted"].contains(&error.code()),
                    "{error}"
                );
                assert!(disk.content() == image, "a refused file is left as it was");
                self.refused += 1;
                return;
            }
        };
        let state = raw::dump(&opened.registry).unwrap();
        assert!(
            Some(&state) == before || Some(&state) == after,
            "neither the state before nor the one after"
        );
        self.write_once_more(image, &disk, opened, &state);
    }

    /// One more write works, and outlasts another cut.
    fn write_once_more(&mut self, start: &[u8], disk: &Arc<Disk>, opened: Opened, state: &Dump) {
        let Opened {
            mut registry,
            mut steps,
        } = opened;
        if latest(steps) < latest(STEPS) {
            registry.close().unwrap();
            steps = if self.random.bool() { STEPS } else { &NEWER };
            registry = open(disk, self.way, steps).unwrap();
        }
        registry.set_max_sessions(1_000).unwrap();
        registry.register(session(200)).unwrap();
        let written = raw::dump(&registry).unwrap();
        raw::check_indexes(&written);
        told::check_log(&written);
        assert_eq!(written["sessions"].len(), state["sessions"].len() + 1);
        let events = disk.events();
        let mut walk = Walk::new(start.to_vec(), &events);
        walk.walk_to_the_end(&mut self.random);
        let image = Arc::new(Disk::holding(walk.image(Cut::Half, &mut self.random)));
        drop(registry);
        let registry = open(&image, self.way, steps).unwrap();
        assert_eq!(raw::dump(&registry).unwrap(), written);
        assert!(registry.verify().unwrap().is_clean());
        assert_eq!(code(registry.register(session(200))), "session_exists");
        assert!(registry.unregister(id(200)).unwrap().is_some());
    }
}

/// Answers how many images were tried, and how many of them refused.
fn try_all(test: &str, record: impl Fn(Way) -> Recording, cases: usize) -> (u64, u64) {
    let (mut images, mut refused) = (0, 0);
    for way in WAYS {
        let recording = record(way);
        let mut trial = Trial {
            way,
            recording: &recording,
            random: soak::rng(test),
            moments: 0,
            images: 0,
            refused: 0,
        };
        trial.run(cases);
        eprintln!(
            "{way:?}: {} moments, {} images",
            trial.moments, trial.images
        );
        images += trial.images;
        refused += trial.refused;
    }
    (images, refused)
}

#[test]
fn every_moment_of_the_workload_survives_a_power_cut() {
    let (images, refused) = try_all("power cuts in the workload", record, soak::share(1, CASES));
    eprintln!("{refused} images of half-made registries were refused");
    assert!(images >= 1_000);
}

#[test]
fn every_moment_of_a_migration_survives_a_power_cut() {
    let [_, second, third, newer] = programs();
    // One version after the other, and several at once.
    for (version, programs) in [
        (1, vec![second, third, newer]),
        (1, vec![third]),
        (2, vec![newer]),
    ] {
        let golden = std::fs::read(fixture(version, "redb")).unwrap();
        let record = |way| record_migrations(way, golden.clone(), &programs);
        let test = format!("power cuts in a migration from {version}");
        let (images, refused) = try_all(&test, record, soak::share(2, CASES));
        assert!(images >= 100);
        assert_eq!(refused, 0);
    }
}

/// What the real creation gives a name to is synced before that: a cut right then leaves it whole.
#[test]
fn a_new_registry_is_durable_before_it_gets_its_name() {
    let disk = Arc::new(Disk::default());
    create(&disk);
    let events = disk.events();
    let mut walk = Walk::new(Vec::new(), &events);
    let mut random = soak::rng("a_new_registry_is_durable_before_it_gets_its_name");
    walk.walk_to_the_end(&mut random);
    assert!(walk.is_synced());
    let image = walk.image(Cut::Nothing, &mut random);
    assert!(image == disk.content());
    let disk = Arc::new(Disk::holding(image));
    let registry = open(&disk, Sharing::Shared, STEPS).unwrap();
    assert!(!registry.open_report().recovered && registry.is_empty().unwrap());
}
