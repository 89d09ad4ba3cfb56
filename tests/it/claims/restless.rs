//! Owners are killed at random while they claim and let go, and others want their sessions at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use session_registry::{Claim, CloseAs, Error, Liveness, Result, SessionRegistry, Sharing};

use super::driver::open;
use crate::support::child::{Child, Parent};
use crate::support::owners::{liveness, owner_files};
use crate::support::place::{Kind, Place};
use crate::support::records::assert_clean;
use crate::support::soak;
use crate::support::values::id;

const OWNERS: usize = 4;
const SESSIONS: u32 = 6;

#[test]
fn killed_owners_hold_nothing_and_nobody_drives_beside_another() {
    Crowd::new("polite", soak::rng("killed owners")).kill(200 * soak::factor());
}

#[test]
fn killed_owners_hold_nothing_where_claims_are_taken_over() {
    Crowd::new("rude", soak::rng("killed owners, taking over")).kill(60 * soak::factor());
}

#[test]
fn killed_owners_leave_whole_starts_or_none() {
    Crowd::new("starting", soak::rng("killed owners, starting")).kill(100 * soak::factor());
}

/// Claims a session; with some manners it may be closed.
fn take(registry: &SessionRegistry, manners: &str, number: u32) -> Result<Claim> {
    let id = id(number.into());
    if manners == "starting" {
        let (_, claim) = registry.resume(id)?.into_parts();
        return Ok(claim);
    }
    registry.claim(id)
}

struct Crowd {
    manners: &'static str,
    rng: fastrand::Rng,
    owners: Vec<Child>,
    epochs: BTreeSet<u64>,
    registry: SessionRegistry,
    place: Place,
}

impl Crowd {
    fn new(manners: &'static str, rng: fastrand::Rng) -> Self {
        let place = Place::new(Kind::Shared).with_sessions(SESSIONS);
        let registry = open(place.file(), Sharing::Shared);
        let mut crowd = Self {
            manners,
            rng,
            owners: Vec::new(),
            epochs: BTreeSet::new(),
            registry,
            place,
        };
        crowd.owners = (0..OWNERS).map(|_| crowd.recruit()).collect();
        crowd
    }

    fn recruit(&mut self) -> Child {
        let seed = self.rng.u32(..);
        Child::start(
            "restless",
            &[&self.place.file().display(), &self.manners, &seed],
        )
    }

    fn kill(mut self, kills: usize) {
        let mut refusals = 0;
        for _ in 0..kills {
            let victim = self.rng.usize(..OWNERS);
            let mut last = 1;
            for _ in 0..self.rng.usize(1..4) {
                let line = self.owners[victim].line();
                last = self.note(&line);
            }
            // Not to wait for anything: so that every moment of a call has its turn.
            thread::sleep(Duration::from_micros(self.rng.u64(..3000)));
            self.owners[victim].kill();
            while let Some(line) = self.owners[victim].next_line() {
                last = self.note(&line);
            }
            let any = self.rng.u32(1..=SESSIONS);
            for number in [last, any] {
                refusals += usize::from(!self.claim(number, victim));
            }
            self.owners[victim] = self.recruit();
        }
        for victim in 0..OWNERS {
            self.owners[victim].kill();
        }
        self.epilogue(kills, refusals);
    }

    /// Wants a session right after a kill: it is had (`true`), or somebody living has it.
    fn claim(&mut self, number: u32, killed: usize) -> bool {
        match take(&self.registry, self.manners, number) {
            Ok(claim) => {
                assert!(self.epochs.insert(claim.epoch()), "an epoch came again");
                let driving = drive(&self.place.file(), number);
                assert!(self.manners == "rude" || driving.is_some(), "two drive");
                drop(driving);
                let released = claim.release();
                assert!(self.manners == "rude" || released.is_ok(), "{released:?}");
                true
            }
            Err(Error::AlreadyClaimed { owner, .. }) => {
                assert_eq!(owner.liveness, Liveness::Alive, "{owner:?}");
                let living = |at: &usize| *at != killed && self.owners[*at].pid() == owner.pid;
                assert!((0..OWNERS).any(|at| living(&at)), "{owner:?}");
                false
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Takes down a claim, and answers of which session.
    fn note(&mut self, line: &str) -> u32 {
        let claimed = line.strip_prefix("claimed ");
        let claimed = claimed.and_then(|claimed| claimed.split_once(' '));
        let (number, epoch) = claimed.unwrap_or_else(|| panic!("{line}"));
        assert!(self.epochs.insert(epoch.parse().unwrap()), "again: {line}");
        number.parse().unwrap()
    }

    fn epilogue(self, kills: usize, refusals: usize) {
        let mut dead = 0;
        for number in 1..=SESSIONS {
            let verdict = liveness(&self.registry, id(number.into()));
            assert!(
                matches!(verdict, None | Some(Liveness::Dead)),
                "{verdict:?}"
            );
            dead += usize::from(verdict.is_some());
            let claim = take(&self.registry, self.manners, number).unwrap();
            claim.release().unwrap();
        }
        let left = owner_files(&self.place.file());
        let half_made = left.iter().filter(|name| name.starts_with(".new-"));
        assert_eq!(half_made.count(), left.len(), "not swept: {left:?}");
        assert_eq!(self.registry.stats().unwrap().claims, 0);
        assert_clean(&self.registry);
        eprintln!(
            "{}: {kills} kills, {} claims, {refusals} refused by the living, {dead} left by the \
             dead, {} locks half made",
            self.manners,
            self.epochs.len(),
            left.len()
        );
    }
}

/// A second proof that nobody else drives the session, by other means; it also goes with its process.
pub(super) fn drive(registry: &Path, number: u32) -> Option<File> {
    let wheel: PathBuf = registry.with_file_name(format!("wheel-{number}"));
    let wheel = File::options().create(true).append(true).open(wheel);
    let wheel = wheel.unwrap();
    wheel.try_lock().is_ok().then_some(wheel)
}

/// The role: claims and lets go for ever.
pub(crate) fn restless(parent: &Parent) {
    let file: &Path = parent.argument(0).as_ref();
    let manners = parent.argument(1);
    let polite = manners != "rude";
    let mut rng = soak::rng_of(parent.argument(2).parse().unwrap());
    let registry = open(file, Sharing::Shared);
    loop {
        let number = rng.u32(1..=SESSIONS);
        let taking = if polite || rng.u8(..4) > 0 {
            take(&registry, manners, number)
        } else {
            registry.take_over(id(number.into()))
        };
        let claim = match taking {
            Ok(claim) => claim,
            Err(Error::AlreadyClaimed { owner, .. }) if owner.liveness == Liveness::Alive => {
                continue;
            }
            other => return parent.say(format!("unexpected: {other:?}")),
        };
        let driving = drive(file, number);
        if polite && driving.is_none() {
            return parent.say(format!("two drive session {number}"));
        }
        parent.say(format!("claimed {number} {}", claim.epoch()));
        let driven = claim.modify(|s| {
            let turns = s.metadata_mut().entry("turns".to_owned()).or_default();
            *turns = (turns.parse::<u64>().unwrap_or(0) + 1).to_string();
        });
        match driven {
            Ok(_) => {}
            Err(Error::OwnershipLost { .. }) if !polite => {}
            other => return parent.say(format!("unexpected: {other:?}")),
        }
        drop(driving);
        if manners == "starting" && rng.bool() {
            if let Err(error) = start_and_end(&registry, claim, rng.bool()) {
                return parent.say(format!("unexpected: {error:?}"));
            }
        } else if rng.bool() {
            drop(claim);
        } else {
            let released = claim.release();
            if polite && released.is_err() {
                return parent.say(format!("unexpected: {released:?}"));
            }
        }
    }
}

/// Closes the session, lets somebody else have it for a moment, and begins again what comes to nothing.
fn start_and_end(registry: &SessionRegistry, claim: Claim, closes: bool) -> Result<()> {
    let (id, epoch) = (claim.session_id(), claim.epoch());
    if closes {
        registry.close_session_with(id, CloseAs::Holder(epoch))?;
    }
    drop(claim);
    match registry.resume(id) {
        Err(Error::AlreadyClaimed { owner, .. }) if owner.liveness == Liveness::Alive => Ok(()),
        started => started?.undo().map(drop),
    }
}
