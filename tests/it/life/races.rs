//! Many processes want one session at once.

use std::collections::BTreeSet;

use session_registry::{Liveness, Sharing};

use super::driver::{Driver, open};
use super::{assert_clean, dead_owner_beside, liveness, owner_files};
use crate::support::place::{Kind, Place};
use crate::support::soak;
use crate::support::values::id;

const CLAIMANTS: usize = 8;
const ROUNDS: usize = 50;

/// How a round begins and how its winner ends.
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
