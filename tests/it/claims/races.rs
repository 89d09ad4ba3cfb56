//! Many processes, or threads, want one session at once.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use session_registry::{Error, Liveness, Sharing};

use super::driver::{Driver, open};
use crate::support::owners::{dead_owner_beside, liveness, owner_files};
use crate::support::place::{Kind, Place};
use crate::support::records::assert_clean;
use crate::support::soak;
use crate::support::values::id;

const CLAIMANTS: usize = 8;
const ROUNDS: usize = 50;

/// How a round begins.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Round {
    Unclaimed,
    AfterADeadOwner,
}

#[test]
fn exactly_one_claims_what_nobody_does() {
    race(Round::Unclaimed);
}

#[test]
fn exactly_one_claims_what_a_dead_owner_did() {
    race(Round::AfterADeadOwner);
}

fn race(round: Round) {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let registry = open(place.file(), Sharing::Shared);
    let mut claimants: Vec<_> = (0..CLAIMANTS)
        .map(|_| Driver::start(&place.file(), Sharing::Shared))
        .collect();
    let mut epochs = BTreeSet::new();
    let mut claims_made = 0;
    for number in 0..ROUNDS * soak::factor() {
        if round == Round::AfterADeadOwner {
            dead_owner_beside(&place.file(), id(1));
            assert_eq!(liveness(&registry, id(1)), Some(Liveness::Dead));
            claims_made += 1;
        }
        for claimant in &mut claimants {
            claimant.tell("claim", id(1));
        }
        let said: Vec<_> = claimants.iter().map(|claimant| claimant.0.line()).collect();
        let won = |said: &String| said.starts_with("claimed ");
        let winner = said.iter().position(won).expect("a winner");
        claims_made += 1;
        assert_eq!(
            said[winner],
            format!("claimed {claims_made}"),
            "refusals raise no epoch"
        );
        assert!(epochs.insert(said[winner].clone()));
        // The losers learn of the winner, and of nobody else.
        let refusal = format!("already_claimed {} ", claimants[winner].pid());
        for (loser, said) in said.iter().enumerate() {
            let told = said.starts_with(&refusal) && said.ends_with(" Alive");
            assert!(loser == winner || told, "round {number}: {said}");
        }
        assert_eq!(owner_files(&place.file()).len(), 1, "round {number}");
        assert_eq!(claimants[winner].ask("check", id(1)), "done");
        if number % 10 == 9 {
            // It dies, and the next round begins with its row.
            claimants[winner].0.kill();
            claimants[winner] = Driver::start(&place.file(), Sharing::Shared);
        } else {
            assert_eq!(claimants[winner].ask("release", id(1)), "done");
        }
    }
    claimants
        .into_iter()
        .for_each(|claimant| claimant.0.finish());
    assert_clean(&registry);
}

#[test]
fn exactly_one_thread_of_a_handle_claims() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let registry = open(place.file(), Sharing::Shared);
    for round in 1..=ROUNDS * soak::factor() {
        let start = Barrier::new(CLAIMANTS);
        let claims: Vec<_> = thread::scope(|scope| {
            let claimants: Vec<_> = (0..CLAIMANTS)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        registry.claim(id(1))
                    })
                })
                .collect();
            let claims = claimants.into_iter().map(|thread| thread.join().unwrap());
            claims.collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) = claims.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, CLAIMANTS - 1));
        for refusal in lost {
            let refused = matches!(refusal, Err(Error::AlreadyClaimed { .. }));
            assert!(refused, "{refusal:?}");
        }
        for claim in won {
            let claim = claim.unwrap();
            assert_eq!(claim.epoch(), round as u64, "refusals raise no epoch");
            claim.release().unwrap();
        }
        assert_eq!(owner_files(&place.file()), [""; 0]);
    }
    assert_clean(&registry);
}

/// Dropping never waits, not even for another thread of the same handle.
#[test]
fn claims_that_many_threads_drop_at_once_hold_nothing() {
    let sessions = u32::try_from(CLAIMANTS).unwrap();
    let place = Place::new(Kind::Shared).with_sessions(sessions);
    let registry = open(place.file(), Sharing::Shared);
    for _ in 0..10 * soak::factor() {
        let claims: Vec<_> = (1..=sessions)
            .map(|number| registry.claim(id(number.into())).unwrap())
            .collect();
        let start = Barrier::new(CLAIMANTS);
        thread::scope(|scope| {
            for claim in claims {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    drop(claim);
                });
            }
        });
        for number in 1..=sessions {
            let verdict = liveness(&place.registry, id(number.into()));
            assert!(
                matches!(verdict, None | Some(Liveness::Dead)),
                "{verdict:?}"
            );
            let theirs = place.registry.claim(id(number.into())).unwrap();
            theirs.release().unwrap();
        }
        assert_eq!(owner_files(&place.file()), [""; 0]);
    }
    assert_clean(&registry);
}
