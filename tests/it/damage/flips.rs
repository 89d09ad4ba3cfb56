//! Single bytes that changed.

use std::env;
use std::fs;

use session_registry::SessionRegistry;

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
    let cases = cases(&image.bytes, "flips, closed file");
    judge("flips, closed file", &image, cases);
}

#[test]
fn of_a_file_left_by_a_kill() {
    let image = Image::killed();
    let mut cases = cases(&image.bytes, "flips, file left by a kill");
    cases.retain(|damage| !is_slot_bit(damage));
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
    let found = Content::of(&SessionRegistry::open(file).unwrap());
    let mut before = image.content;
    before.sessions[3] = image.before_last_call;
    assert_eq!(found, before);
}

const SLOT_BIT: Damage = Damage::Flip { at: 9, mask: 1 };

fn is_slot_bit(damage: &Damage) -> bool {
    damage.to_string() == SLOT_BIT.to_string()
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
