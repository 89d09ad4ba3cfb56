//! Many processes wait for a few slots, and some are killed: never more than fit are live, those who live come in the
//! order in which they came, and none is forgotten.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use session_registry::{Liveness, SessionRegistry};

use super::until_waiting;
use super::waiter::Waiter;
use crate::support::child::HANG;
use crate::support::owners::{liveness, owner_files};
use crate::support::place::memory_directory;
use crate::support::records::assert_clean;
use crate::support::soak;

const PROCESSES: usize = 30;
const SLOTS: u32 = 3;

/// How long room is left to who comes first: only then is it passed.
const GRACE: Duration = Duration::from_secs(1);

#[test]
fn every_live_one_of_thirty_has_its_turn() {
    let mut random = soak::rng("every_live_one_of_thirty_has_its_turn");
    let directory = memory_directory();
    let file = directory.path().join("sessions.redb");
    let options = SessionRegistry::options().busy_timeout(HANG);
    let registry = options.max_sessions(0).open(&file).unwrap();
    let mut line = Line {
        registry: &registry,
        waiting: VecDeque::new(),
        driving: Vec::new(),
        admitted: Vec::new(),
        tally: Tally::default(),
    };
    for number in 0..PROCESSES {
        let mut waiter = Waiter::start(&file);
        waiter.waits(format!("/line/{number}"));
        line.waiting.push_back((number, waiter));
        until_waiting(&registry, number as u64 + 1);
    }
    let freed = Instant::now();
    registry.set_max_sessions(SLOTS).unwrap();
    line.fill(freed);
    while !line.driving.is_empty() {
        let freed = Instant::now();
        // Several at once: who is killed may be about to take what another one frees.
        for _ in 0..random.usize(1..=2) {
            line.disturb(&mut random);
        }
        line.fill(freed);
    }
    assert!(line.waiting.is_empty());
    let overtaken = line.overtaken();
    eprintln!("{:?}, {overtaken} overtaken", line.tally);
    assert_eq!(registry.waiting().unwrap(), 0);
    assert_clean(&registry);
    // What the dead have left is tidied up by the next one.
    registry.clear().unwrap();
    drop(
        registry
            .start_when_free(
                registry.session("/line/last".parse().unwrap()).build(),
                HANG,
            )
            .unwrap(),
    );
    assert_eq!(owner_files(&file), [""; 0]);
}

#[derive(Debug, Default)]
struct Tally {
    closed: u32,
    killed_in_line: u32,
    killed_driving: u32,
}

/// One who had a slot.
struct Admitted {
    number: usize,
    epoch: u64,
    /// How long after the slot was free it was seen to be taken, at least as long as it was free.
    after: Duration,
}

/// The processes, as far as they live.
struct Line<'r> {
    registry: &'r SessionRegistry,
    /// First come first.
    waiting: VecDeque<(usize, Waiter)>,
    driving: Vec<Waiter>,
    admitted: Vec<Admitted>,
    tally: Tally,
}

impl Line<'_> {
    /// Kills one, or has one close its session.
    fn disturb(&mut self, random: &mut fastrand::Rng) {
        match random.u8(..3) {
            0 if !self.waiting.is_empty() => {
                let place = random.usize(..self.waiting.len());
                self.waiting.remove(place).unwrap().1.0.kill();
                self.tally.killed_in_line += 1;
            }
            1 if !self.driving.is_empty() => {
                let mut driver = self.take_driving(random);
                driver.0.kill();
                self.tally.killed_driving += 1;
            }
            _ if !self.driving.is_empty() => {
                let mut driver = self.take_driving(random);
                driver.closes();
                driver.0.finish();
                self.tally.closed += 1;
            }
            _ => {}
        }
    }

    fn take_driving(&mut self, random: &mut fastrand::Rng) -> Waiter {
        let place = random.usize(..self.driving.len());
        self.driving.swap_remove(place)
    }

    /// Waits until as many live ones have a slot as can. `freed` is before the first of the free slots was.
    fn fill(&mut self, freed: Instant) {
        let begun = Instant::now();
        while self.driving.len() < SLOTS as usize && !self.waiting.is_empty() {
            let Some((place, epoch)) = self.next_admitted() else {
                assert!(begun.elapsed() < HANG, "somebody is forgotten");
                continue;
            };
            let (number, driver) = self.waiting.remove(place).unwrap();
            self.driving.push(driver);
            self.admitted.push(Admitted {
                number,
                epoch,
                after: freed.elapsed(),
            });
            self.assert_few();
        }
    }

    /// Who was admitted: the place in the line, and the epoch of the claim.
    fn next_admitted(&self) -> Option<(usize, u64)> {
        let first = self.waiting[0].1.0.line_within(Duration::from_millis(20));
        let others = self.waiting.iter().enumerate().skip(1);
        let said = first.map(|line| (0, line)).or_else(|| {
            others
                .filter_map(|(place, waiter)| Some((place, waiter.1.0.lines_so_far().next()?)))
                .next()
        });
        said.map(|(place, line)| {
            let epoch = line.strip_prefix("started ").expect(&line);
            (place, epoch.parse().unwrap())
        })
    }

    /// Returns how many had a slot before somebody who came before them. They have seen it free for as long as it takes.
    fn overtaken(&mut self) -> usize {
        self.admitted.sort_by_key(|one| one.epoch);
        let mut overtaken = 0;
        for (place, one) in self.admitted.iter().enumerate() {
            let later = &self.admitted[place..];
            if later.iter().any(|other| other.number < one.number) {
                assert!(one.after >= GRACE, "{} has overtaken", one.number);
                overtaken += 1;
            }
        }
        overtaken
    }

    /// Never more live than there are slots, whatever the children say.
    fn assert_few(&self) {
        let snapshot = self.registry.list_all().unwrap();
        assert!(snapshot.len() <= SLOTS as usize, "{snapshot:?}");
        let alive = snapshot
            .iter()
            .filter(|session| liveness(self.registry, session.id()) == Some(Liveness::Alive));
        assert!(alive.count() >= self.driving.len());
    }
}
