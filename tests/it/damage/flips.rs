//! Single bytes that changed.

use std::env;
use std::fs;

use session_registry::{Access, SessionRegistry};

use super::examiner::Damage;
use super::image::{Content, Image};
use super::verdicts::judge;
use crate::support::soak;

/// The engine's header, which every sample contains, bit by bit.
const HEADER: usize = 320;
const SAMPLE: usize = 1200;

#[test]
fn of_a_closed_file() {
    let image = Image::closed();
    let mut cases = cases(&image.bytes, "flips, closed file");
    // The commit before the last is no longer whole in a closed file, so a reader refuses to be shown it.
    cases.retain(|damage| damage.to_string() != UNSYNCED_BIT.to_string());
    judge("flips, closed file", &image, cases);
}

#[test]
fn of_a_file_left_by_a_kill() {
    let image = Image::killed();
    let mut cases = cases(&image.bytes, "flips, file left by a kill");
    cases.retain(|damage| !names_another_commit(damage));
    judge("flips, file left by a kill", &image, cases);
}

/// The engine keeps its last two commits, and one bit says which of them counts. In a file that nobody
/// closed, a flip of that bit makes exactly the file of a kill between the two phases of the last commit:
/// nothing can tell them apart, and the state before that commit is what opens.
#[test]
fn of_the_bit_that_names_the_last_commit_undoes_that_commit() {
    let image = Image::killed();
    let mut bytes = image.bytes.clone();
    SLOT_BIT.apply(&mut bytes);
    let file = image.path("undone");
    fs::write(&file, bytes).unwrap();
    let reader = SessionRegistry::options().access(Access::ReadOnly);
    let seen = Content::of(&reader.open(&file).unwrap());
    let found = Content::of(&SessionRegistry::open(file).unwrap());
    let mut before = image.content;
    before.sessions[3] = image.before_last_call;
    assert_eq!([found, seen], [before.clone(), before]);
}

/// Another bit says that the last commit is being synced. A flip of it makes exactly the file of a kill in the
/// middle of that: who only reads is shown the commit before, and a writer brings back the last.
#[test]
fn of_the_bit_that_marks_an_unsynced_commit_hides_that_commit_from_readers() {
    let image = Image::killed();
    let mut bytes = image.bytes.clone();
    UNSYNCED_BIT.apply(&mut bytes);
    let file = image.path("hidden");
    fs::write(&file, bytes).unwrap();
    let reader = SessionRegistry::options().access(Access::ReadOnly);
    let reader = reader.open(&file).unwrap();
    let mut before = image.content.clone();
    before.sessions[3] = image.before_last_call;
    assert_eq!(Content::of(&reader), before);
    let writer = SessionRegistry::open(file).unwrap();
    assert_eq!(Content::of(&writer), image.content);
    assert_eq!(Content::of(&reader), image.content);
}

const SLOT_BIT: Damage = Damage::Flip { at: 9, mask: 1 };
const UNSYNCED_BIT: Damage = Damage::Flip { at: 9, mask: 8 };

fn names_another_commit(damage: &Damage) -> bool {
    let bits = [SLOT_BIT, UNSYNCED_BIT].map(|damage| damage.to_string());
    bits.contains(&damage.to_string())
}

/// Every byte when asked for (`SESSION_REGISTRY_FLIPS=all`, or a soak of 100 and more). Otherwise the
/// header and a sample, most of it where the file is not empty.
fn cases(bytes: &[u8], what: &str) -> Vec<Damage> {
    let mut rng = soak::rng(what);
    let all = soak::factor() >= 100
        || env::var("SESSION_REGISTRY_FLIPS").is_ok_and(|flips| flips == "all");
    let mut places: Vec<_> = (HEADER..bytes.len()).collect();
    if !all {
        let mut rest = std::mem::take(&mut places);
        rng.shuffle(&mut rest);
        let (mut used, mut empty): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|at| bytes[*at] != 0);
        used.truncate(SAMPLE * soak::factor());
        empty.truncate(SAMPLE * soak::factor() / 4);
        places.extend(used);
        places.extend(empty);
    }
    let bits = |at| (0..8).map(move |bit| Damage::Flip { at, mask: 1 << bit });
    let any = |at| {
        let mask = rng.u8(1..);
        Damage::Flip { at, mask }
    };
    let places = places.into_iter().map(any);
    (0..HEADER).flat_map(bits).chain(places).collect()
}
