//! Random calls by two handles that claim sessions, lose them and die, compared with the model call by
//! call.

mod answers;
mod batches;
mod reports;
mod starts;
mod steps;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use session_registry::{ActivityReport, Claim, CloseReason, Liveness, SessionId, SessionRegistry};

use crate::shared::rules::Model;
use crate::shared::rules::row::Row;
use crate::support::place::{Kind, Place};
use crate::support::records::{assert_clean, ids, records};
use crate::support::soak;
use crate::support::values::{START, at};

const RUNS: usize = 4;
const STEPS: usize = 250;

#[test]
fn two_handles_do_what_the_model_does() {
    let mut rng = soak::rng("model of life");
    for _ in 0..RUNS * soak::factor() {
        let mut world = World::new(rng.fork());
        for _ in 0..STEPS {
            let step = world.step();
            world.log.push(step);
            world.compare();
        }
        world.end();
    }
}

/// A claim in the hands of the test, and what the model knows it by.
struct Hand {
    claim: Claim,
    handle: usize,
    id: SessionId,
    epoch: u64,
}

struct World {
    rng: fastrand::Rng,
    model: Model,
    hands: Vec<Hand>,
    handles: [SessionRegistry; 2],
    place: Place,
    log: Vec<String>,
}

impl World {
    fn new(rng: fastrand::Rng) -> Self {
        let place = Place::new(Kind::Shared);
        let open = || place.options().open(place.file()).unwrap();
        Self {
            rng,
            model: Model::empty(at(START)),
            hands: Vec::new(),
            handles: [open(), open()],
            place,
            log: Vec::new(),
        }
    }

    /// Everything there is to see, by both handles.
    fn compare(&mut self) {
        for viewer in 0..2 {
            let seen = &self.handles[viewer];
            let rows: BTreeMap<_, _> = records(seen)
                .iter()
                .map(|session| (session.id(), Row::of(session)))
                .collect();
            let content = &self.model.content;
            self.same(&rows, &content.rows, "records");
            let open = content.open_ids();
            self.same(&seen.list_ids().unwrap(), &open, "open sessions");
            self.same(&seen.count().unwrap(), &(open.len() as u64), "count");
            let default = content.default_session();
            self.same(&seen.default_session_id().unwrap(), &default, "default");
            self.same(&seen.max_sessions().unwrap(), &content.limit, "limit");
            for id in content.rows.keys() {
                let verdict = self.model.verdict(viewer, *id);
                let status = seen.status(*id).unwrap();
                let liveness = status.owner.map(|owner| owner.liveness);
                self.same(&liveness, &verdict, "owner");
                let told = |report: ActivityReport| (report.activity, report.note, report.since);
                let said = content
                    .said(*id)
                    .filter(|_| verdict != Some(Liveness::Dead));
                self.same(&status.activity.map(told).as_ref(), &said, "activity");
            }
            let interrupted = ids(&seen.interrupted().unwrap());
            self.same(&interrupted, &self.interrupted(viewer), "interrupted");
        }
        for hand in &self.hands {
            let holds = self.model.holds(hand.id, hand.epoch);
            self.same(&hand.claim.check().is_ok(), &holds, "a claim");
        }
        assert_clean(&self.handles[0]);
        self.ask();
    }

    /// Whose owner died, in the end or while they were open; the last active first.
    fn interrupted(&self, viewer: usize) -> Vec<SessionId> {
        let died = |row: &&Row| match row.closed {
            None => self.model.is_dead(viewer, row.id),
            Some((_, reason)) => reason == CloseReason::OwnerDied,
        };
        let mut found: Vec<_> = self.model.content.rows.values().filter(died).collect();
        found.sort_by_key(|row| Reverse((row.active, row.id)));
        found.into_iter().map(|row| row.id).collect()
    }

    fn same<T: PartialEq + std::fmt::Debug>(&self, found: &T, expected: &T, what: &str) {
        assert!(
            found == expected,
            "{what}: found {found:#?}, expected {expected:#?} after {:#?}",
            self.log
        );
    }

    /// The file says the same to whoever comes next.
    fn end(mut self) {
        for handle in 0..2 {
            self.die(handle);
        }
        self.compare();
    }
}
