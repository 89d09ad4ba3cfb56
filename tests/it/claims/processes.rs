//! Claims between processes: one wins, and what becomes of the claim when its process stops or dies.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use session_registry::{Liveness, SessionRegistry, Sharing, Timestamp};

use super::claim::in_the_way;
use super::driver::{Driver, open, who};
use crate::support::child::HANG;
use crate::support::owners::{dead_owner_beside, liveness, owner, owner_files};
use crate::support::place::{Kind, Place};
use crate::support::records::{assert_clean, ids, records};
use crate::support::system::end_process;
use crate::support::values::{id, session};

/// A file with sessions 1 to `count`, and nobody who has it open.
fn file_with_sessions(count: u32) -> Place {
    let place = Place::new(Kind::Shared).with_sessions(count);
    place.registry.clone().close().unwrap();
    place
}

#[test]
fn one_wins_and_the_other_learns_who() {
    let place = file_with_sessions(1);
    let mut winner = Driver::start(&place.file(), Sharing::Shared);
    let mut loser = Driver::start(&place.file(), Sharing::Shared);
    let before = Timestamp::now();
    winner.claim(id(1));
    let after = Timestamp::now();

    let registry = open(place.file(), Sharing::Shared);
    let named = in_the_way(registry.claim(id(1)));
    assert_eq!(named.pid, winner.pid());
    assert_eq!(named.host, gethostname::gethostname().to_string_lossy());
    assert!((before..=after).contains(&named.claimed_at), "{named:?}");
    assert_eq!(named.liveness, Liveness::Alive);
    let answer = loser.ask("claim", id(1));
    assert_eq!(answer, format!("already_claimed {}", who(&named)));
    assert_eq!(owner_files(&place.file()).len(), 1);

    assert_eq!(winner.ask("release", id(1)), "done");
    assert_eq!(loser.ask("claim", id(1)), "claimed 2");
    let answer = winner.ask("claim", id(1));
    let beginning = format!("already_claimed {} ", loser.pid());
    assert!(answer.starts_with(&beginning), "{answer}");
    winner.0.finish();
    loser.0.finish();
    assert_eq!(owner(&registry, id(1)), None, "let go at the end");
    assert_eq!(owner_files(&place.file()), [""; 0]);
}

#[test]
fn the_session_of_a_killed_owner_is_claimable_at_once_and_interrupted() {
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let place = file_with_sessions(2);
        let mut driver = Driver::start(&place.file(), sharing);
        driver.claim(id(1));
        driver.0.kill();

        let registry = open(place.file(), sharing);
        let named = owner(&registry, id(1)).unwrap();
        assert_eq!((named.pid, named.liveness), (driver.pid(), Liveness::Dead));
        assert_eq!(ids(&registry.interrupted().unwrap()), [id(1)]);
        assert_eq!(registry.count().unwrap(), 2, "it stays open");
        let claim = registry.claim(id(1)).unwrap();
        assert_eq!(claim.epoch(), 2);
        assert_eq!(registry.interrupted().unwrap(), []);
        assert_eq!(
            owner_files(&place.file()).len(),
            1,
            "the dead one's is swept"
        );
        claim.release().unwrap();
        assert_clean(&registry);
    }
}

#[cfg(unix)]
#[test]
fn a_stopped_owner_is_alive_and_learns_that_it_was_displaced() {
    let place = file_with_sessions(2);
    let registry = open(place.file(), Sharing::Shared);
    registry.set_max_sessions(2).unwrap();
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    driver.claim(id(1));
    driver.0.stop();

    assert_eq!(in_the_way(registry.claim(id(1))).liveness, Liveness::Alive);
    assert_eq!(registry.interrupted().unwrap(), []);
    let refused = registry.register(session(3)).unwrap_err();
    assert_eq!(refused.code(), "session_limit_reached", "not reaped");

    let claim = registry.take_over(id(1)).unwrap();
    let before = records(&registry);
    driver.0.go_on();
    let displaced = format!("ownership_lost {}", who(&owner(&registry, id(1)).unwrap()));
    for call in ["check", "modify", "touch", "release"] {
        assert_eq!(driver.ask(call, id(1)), displaced, "{call}");
    }
    assert_eq!(records(&registry), before);
    claim.check().unwrap();
    driver.0.finish();
    claim.check().unwrap();
    assert_clean(&registry);
}

#[test]
fn an_owner_that_exits_without_letting_go_is_dead() {
    let place = file_with_sessions(2);
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    driver.claim(id(1));
    driver.claim(id(2));
    assert_eq!(driver.ask("forget", id(1)), "done");
    driver.0.finish();
    let registry = open(place.file(), Sharing::Shared);
    assert_eq!(liveness(&registry, id(1)), Some(Liveness::Dead));
    assert_eq!(liveness(&registry, id(2)), None, "let go at the end");
    drop(registry.claim(id(1)).unwrap());
}

/// Agents start programs all the time, and some of those outlive them.
#[test]
fn a_child_of_the_owner_does_not_live_for_it() {
    let place = file_with_sessions(1);
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    driver.claim(id(1));
    let child: u32 = driver.ask("spawn", id(1)).parse().unwrap();
    driver.0.kill();
    let registry = open(place.file(), Sharing::Shared);
    let verdict = liveness(&registry, id(1));
    end_process(child);
    assert_eq!(verdict, Some(Liveness::Dead));
}

/// Ends somebody else's child, and waits until its owner counts as `verdict`.
#[cfg(unix)]
fn kill_until(child: u32, verdict: Liveness, registry: &SessionRegistry) {
    end_process(child);
    let begun = Instant::now();
    while liveness(registry, id(1)) != Some(verdict) {
        assert!(begun.elapsed() < HANG, "never {verdict:?}");
        thread::yield_now();
    }
}

/// A wrapper was killed, and its session given away beside the agent, which lived on.
#[cfg(unix)]
#[test]
fn a_killed_owner_lives_in_what_inherited_its_claim() {
    let place = file_with_sessions(1);
    let registry = open(place.file(), Sharing::Shared);
    // It may also exit without letting go.
    for is_killed in [true, false] {
        let mut driver = Driver::start(&place.file(), Sharing::Shared);
        driver.claim(id(1));
        let heir: u32 = driver.ask("bequeath", id(1)).parse().unwrap();
        if is_killed {
            driver.0.kill();
        } else {
            assert_eq!(driver.ask("forget", id(1)), "done");
            driver.0.finish();
        }
        let refused = in_the_way(registry.resume(id(1)));
        let verdict = liveness(&registry, id(1));
        kill_until(heir, Liveness::Dead, &registry);
        assert_eq!(
            (refused.liveness, verdict),
            (Liveness::Alive, Some(Liveness::Alive))
        );
        assert_eq!(ids(&registry.interrupted().unwrap()), [id(1)]);
        drop(registry.resume(id(1)).unwrap());
    }
    assert_eq!(owner_files(&place.file()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_release_ends_the_claim_whoever_inherited_it() {
    let place = file_with_sessions(2);
    let registry = open(place.file(), Sharing::Shared);
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    driver.claim(id(1));
    let heir: u32 = driver.ask("bequeath", id(1)).parse().unwrap();
    assert_eq!(driver.ask("release", id(1)), "done");
    assert_eq!(liveness(&registry, id(1)), None);
    assert_eq!(owner_files(&place.file()), [""; 0]);
    // A new claim has a proof of its own, of which the heir has nothing.
    driver.claim(id(1));
    driver.0.kill();
    let verdict = liveness(&registry, id(1));
    kill_until(heir, Liveness::Dead, &registry);
    assert_eq!(verdict, Some(Liveness::Dead));
}

/// The other order: what inherited the claim ends first.
#[cfg(unix)]
#[test]
fn an_heir_that_ends_takes_nothing_with_it() {
    let place = file_with_sessions(1);
    let registry = open(place.file(), Sharing::Shared);
    let claim = registry.claim(id(1)).unwrap();
    let mut command = Command::new("true");
    claim.inherit(&mut command).unwrap();
    for _ in 0..2 {
        assert!(command.status().unwrap().success());
        let other = open(place.file(), Sharing::Shared);
        assert_eq!(liveness(&other, id(1)), Some(Liveness::Alive));
    }
    claim.release().unwrap();
    // Nor does the command itself keep anything.
    let again = registry.claim(id(1)).unwrap();
    drop(command);
    again.check().unwrap();
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Between fork and exec a new program has everything that is open here, locks included.
#[test]
fn a_program_that_is_being_started_does_not_live_for_the_owner() {
    let place = file_with_sessions(1);
    let registry = open(place.file(), Sharing::Shared);
    let starting = AtomicBool::new(true);
    thread::scope(|scope| {
        scope.spawn(|| {
            while starting.load(Ordering::Relaxed) {
                assert!(Command::new("true").status().unwrap().success());
            }
        });
        // Also when what follows panics, or the scope would wait for ever.
        let _stop = Stop(&starting);
        let verdicts: Vec<_> = (0..100)
            .map(|_| {
                dead_owner_beside(&place.file(), id(1));
                liveness(&registry, id(1))
            })
            .collect();
        assert_eq!(verdicts, [Some(Liveness::Dead); 100]);
    });
}

#[test]
fn a_taken_over_owner_that_dies_takes_nothing_with_it() {
    let place = file_with_sessions(1);
    let mut displaced = Driver::start(&place.file(), Sharing::Shared);
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    displaced.claim(id(1));
    assert_eq!(driver.ask("take_over", id(1)), "claimed 2");
    displaced.0.kill();
    assert_eq!(driver.ask("check", id(1)), "done");
    let registry = open(place.file(), Sharing::Shared);
    assert_eq!(owner(&registry, id(1)).unwrap().pid, driver.pid());
    assert_eq!(registry.interrupted().unwrap(), []);
    driver.0.kill();
    assert_eq!(liveness(&registry, id(1)), Some(Liveness::Dead));
}

#[test]
fn room_is_made_from_killed_owners_alone() {
    let place = file_with_sessions(3);
    let registry = open(place.file(), Sharing::Shared);
    registry.set_max_sessions(3).unwrap();
    let mut living = Driver::start(&place.file(), Sharing::Shared);
    let mut killed = Driver::start(&place.file(), Sharing::Shared);
    living.claim(id(1));
    killed.claim(id(3));
    killed.0.kill();
    let registration = registry.get_or_register(session(4)).unwrap();
    assert_eq!(ids(registration.reaped()), [id(3)]);
    assert_eq!(ids(&registry.interrupted().unwrap()), [id(3)]);
    let refused = registry.register(session(5)).unwrap_err();
    assert_eq!(refused.code(), "session_limit_reached");
    assert_eq!(living.ask("check", id(1)), "done");
    assert_eq!(
        owner_files(&place.file()).len(),
        1,
        "the dead one's is swept"
    );
    assert_clean(&registry);
}
