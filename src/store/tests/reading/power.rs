//! What a reader was shown just before the power failed is still there after it, whatever the disk kept; the log of
//! changes is among what it is shown, so nobody is told of what a cut can take back.

use std::sync::Arc;

use super::super::disk::Disk;
use super::super::golden::fixture;
use super::super::power::{Cut, Walk};
use super::super::raw::{self, Dump};
use super::super::recording::{
    Recording, open_with_its_program, programs, record, record_migrations,
};
use super::super::{Case, WAYS, Way};
use super::open_to_read;
use crate::error::Result;
use crate::shared::soak;
use crate::store::{OpenCheck, Sharing};

/// How many moments are tried.
const MOMENTS: usize = 400;

/// What a reader is shown of a file, opened by the oldest program that can.
fn shown(image: &[u8], check: OpenCheck) -> Result<Dump> {
    let mut refused = None;
    for steps in programs() {
        let disk = Arc::new(Disk::holding(image.to_vec()));
        match open_to_read(Arc::<Disk>::clone(&disk), check, steps) {
            Err(error) if error.code() == "schema_too_new" => refused = Some(error),
            Err(error) => return Err(error),
            Ok(registry) => {
                let dump = raw::dump(&registry)?;
                registry.close()?;
                assert!(disk.events().is_empty(), "a reader wrote");
                return Ok(dump);
            }
        }
    }
    Err(refused.unwrap())
}

#[derive(Default)]
struct Figures {
    moments: usize,
    /// How many readers were shown a commit before it was acknowledged.
    shown_early: usize,
    images: usize,
}

fn run(way: Way, recording: &Recording, random: &mut fastrand::Rng) {
    let total = recording.events.len();
    let usual = MOMENTS.min(total);
    let wanted = soak::share(usual, total);
    let mut walk = Walk::new(recording.start.clone(), &recording.events);
    let mut figures = Figures::default();
    let mut at = 0;
    while walk.step(random) {
        at += 1;
        if random.usize(..total) >= wanted {
            continue;
        }
        let _case = Case(format!("moment {at} of {total}, {way:?}"));
        // A file that is being made has no name yet.
        let Some(before) = recording.states[walk.acknowledged].as_ref() else {
            continue;
        };
        let after = recording.states.get(walk.acknowledged + 1);
        let after = after.and_then(Option::as_ref);
        let live = walk.image(Cut::Everything, random);
        let check = random
            .choice([OpenCheck::Auto, OpenCheck::Always, OpenCheck::Never])
            .unwrap();
        let seen = shown(&live, check).unwrap();
        figures.moments += 1;
        let early = seen != *before;
        assert!(
            !early || Some(&seen) == after,
            "neither the state before nor the one after"
        );
        figures.shown_early += usize::from(early);
        // An exclusive holder's commit in the middle of its syncs is the stated exception.
        if early && way.sharing == Sharing::Exclusive {
            continue;
        }
        for cut in Cut::ALL {
            let image = walk.image(cut, random);
            let disk = Arc::new(Disk::holding(image));
            let opened = open_with_its_program(&disk, way).unwrap();
            let left = raw::dump(&opened.registry).unwrap();
            // Nothing that was shown is lost; what comes after it may be there already.
            assert!(
                left == seen || !early && Some(&left) == after,
                "{cut:?} takes back what a reader was shown"
            );
            figures.images += 1;
        }
    }
    let Figures {
        moments,
        shown_early,
        images,
    } = figures;
    eprintln!(
        "{way:?}: readers at {moments} moments, {shown_early} shown what was not acknowledged yet, \
         {images} images after them"
    );
    assert!(moments > 0 && images > 0);
}

#[test]
fn what_a_reader_was_shown_outlasts_a_power_cut() {
    let mut random = soak::rng("readers and power cuts");
    for way in WAYS {
        run(way, &record(way), &mut random);
    }
}

#[test]
fn what_a_reader_was_shown_beside_a_migration_outlasts_a_power_cut() {
    let mut random = soak::rng("readers and power cuts");
    let golden = std::fs::read(fixture(1, "redb")).unwrap();
    for way in WAYS {
        let recording = record_migrations(way, golden.clone(), &programs()[1..]);
        run(way, &recording, &mut random);
    }
}

/// What a kill leaves at any moment is readable, as it is or in memory, and verified or not.
#[test]
fn what_a_kill_leaves_at_any_moment_can_be_read() {
    let mut random = soak::rng("readers and power cuts");
    for way in WAYS {
        let recording = record(way);
        let mut walk = Walk::new(recording.start.clone(), &recording.events);
        let (mut before, mut read) = (None, 0);
        while walk.step(&mut random) {
            let image = walk.image(Cut::Everything, &mut random);
            let is_new = before.as_ref() != Some(&image);
            if is_new && recording.states[walk.acknowledged].is_some() {
                let states = &recording.states[walk.acknowledged..];
                let seen = shown(&image, OpenCheck::Never).unwrap();
                let states = states.iter().take(2).flatten();
                assert!(states.into_iter().any(|state| *state == seen));
                read += 1;
            }
            before = Some(image);
        }
        eprintln!("{way:?}: {read} files read");
        assert!(read > 0);
    }
}
