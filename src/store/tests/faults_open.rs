//! The n-th operation of the disk fails while a registry is created, opened, migrated or closed.

use std::sync::Arc;

use super::disk::Disk;
use super::faults::troubles;
use super::golden::fixture;
use super::power::{Cut, Walk};
use super::raw::{self, Dump};
use super::recording::{create, open, open_with_its_program};
use super::steps::NEWER;
use super::{Case, WAYS, Way, session};
use crate::shared::soak;
use crate::store::disk::create::initialise;
use crate::store::format::schema::{self, STEPS, Step};

struct Opening {
    way: Way,
    steps: &'static [Step],
    file: Vec<u8>,
    before: Dump,
    after: Dump,
}

impl Opening {
    fn of(file: Vec<u8>, way: Way, steps: &'static [Step]) -> Self {
        let disk = Arc::new(Disk::holding(file.clone()));
        let before = open_with_its_program(&disk, way).unwrap();
        let before = raw::dump(&before.registry).unwrap();
        let registry = open(&disk, way, steps).unwrap();
        let after = raw::dump(&registry).unwrap();
        Self {
            way,
            steps,
            file,
            before,
            after,
        }
    }

    /// What the disk holds is one of `allowed`.
    fn assert_holds(&self, disk: &Arc<Disk>, allowed: &[&Dump]) {
        let opened = open_with_its_program(disk, self.way).unwrap();
        let found = raw::dump(&opened.registry).unwrap();
        assert!(
            allowed.contains(&&found),
            "another state than the answer says"
        );
        opened.registry.close().unwrap();
        let registry = open(disk, self.way, self.steps).unwrap();
        assert!(raw::dump(&registry).unwrap() == self.after);
        registry.register(session(200)).unwrap();
        registry.close().unwrap();
    }

    fn cut_power(&self, disk: &Disk, allowed: &[&Dump], random: &mut fastrand::Rng) {
        let events = disk.events();
        let mut walk = Walk::new(self.file.clone(), &events);
        walk.walk_to_the_end(random);
        let cut = Cut::ALL[random.usize(..Cut::ALL.len())];
        self.assert_holds(&Arc::new(Disk::holding(walk.image(cut, random))), allowed);
    }

    /// Fails every operation, in `kinds` ways; answers how often, and how often the outcome was unknown.
    fn fail(&self, kinds: usize, random: &mut fastrand::Rng) -> (u64, u64) {
        let (mut faults, mut unknown) = (0, 0);
        for after in 0.. {
            let mut troubles = troubles(after);
            random.shuffle(&mut troubles);
            for trouble in troubles.into_iter().take(kinds) {
                let _case = Case(format!("{:?}, {trouble:?}", self.way));
                let disk = Arc::new(Disk::holding(self.file.clone()));
                disk.break_down(trouble);
                let answer = open(&disk, self.way, self.steps);
                if !disk.has_struck() {
                    return (faults, unknown);
                }
                faults += 1;
                let migrates = self.before != self.after;
                let allowed = match answer.map(drop).map_err(|error| error.code()) {
                    Ok(()) => vec![&self.after],
                    Err("storage") => vec![&self.before],
                    Err("outcome_unknown") if migrates => {
                        unknown += 1;
                        vec![&self.before, &self.after]
                    }
                    other => panic!("{other:?} is not what opening may answer"),
                };
                self.cut_power(&disk, &allowed, random);
                disk.mend();
                self.assert_holds(&disk, &allowed);
            }
        }
        unreachable!("opening ends")
    }
}

/// Once the commit of a migration was answered with `Storage`, which says that nothing changed.
#[test]
fn every_failing_operation_of_an_opening_is_survived() {
    let mut random = soak::rng("every_failing_operation_of_an_opening_is_survived");
    let golden = |version| std::fs::read(fixture(version, "redb")).unwrap();
    for way in WAYS {
        // Left by a program that was killed.
        let killed = Arc::new(Disk::holding(golden(2)));
        let registry = open(&killed, way, STEPS).unwrap();
        registry.register(session(100)).unwrap();
        let killed = killed.content();
        let closed = Arc::new(Disk::holding(killed.clone()));
        open(&closed, way, STEPS).unwrap().close().unwrap();
        for (file, steps) in [
            (golden(2), STEPS),
            (killed, STEPS),
            (closed.content(), STEPS),
            (golden(1), STEPS),
            (golden(1), NEWER.as_slice()),
        ] {
            let opening = Opening::of(file, way, steps);
            let (faults, unknown) = opening.fail(soak::share(1, 8), &mut random);
            eprintln!("{way:?}: {faults} faults, {unknown} with unknown outcome");
            assert_eq!(unknown > 0, opening.before != opening.after);
        }
    }
}

/// Nothing but the creating call sees a half-made registry, so all it owes is a typed error.
#[test]
fn every_failing_operation_of_a_creation_is_told() {
    for after in 0.. {
        for trouble in troubles(after) {
            let disk = Arc::new(Disk::default());
            disk.break_down(trouble);
            let storage = Arc::<Disk>::clone(&disk);
            let answer = initialise(storage, |tx| schema::apply(tx, STEPS, 0));
            if !disk.has_struck() {
                assert!(answer.is_ok());
                return;
            }
            assert!(answer.is_err(), "{trouble:?}");
        }
    }
}

#[test]
fn every_failing_operation_of_a_close_loses_nothing() {
    let mut random = soak::rng("every_failing_operation_of_a_close_loses_nothing");
    for way in WAYS {
        let disk = Arc::new(Disk::default());
        create(&disk);
        let empty = disk.content();
        let mut after = 0;
        'operations: loop {
            for trouble in troubles(after) {
                let _case = Case(format!("{way:?}, {trouble:?}"));
                let disk = Arc::new(Disk::holding(empty.clone()));
                let registry = open(&disk, way, STEPS).unwrap();
                registry.register(session(1)).unwrap();
                let expected = raw::dump(&registry).unwrap();
                disk.break_down(trouble);
                let answer = registry.close().map_err(|error| error.code());
                if !disk.has_struck() {
                    break 'operations;
                }
                assert!(matches!(answer, Ok(()) | Err("storage")), "{answer:?}");
                let events = disk.events();
                let mut walk = Walk::new(empty.clone(), &events);
                walk.walk_to_the_end(&mut random);
                for cut in Cut::ALL {
                    let image = Arc::new(Disk::holding(walk.image(cut, &mut random)));
                    let registry = open(&image, way, STEPS).unwrap();
                    assert!(raw::dump(&registry).unwrap() == expected);
                }
            }
            after += 1;
        }
    }
}
