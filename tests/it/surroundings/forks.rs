//! A fork has the same open files as the process it came from, and with them the same locks.
#![allow(clippy::exit, reason = "a fork must not run on as a test")]

use std::process;

use fork::{Fork, fork, waitpid};
use session_registry::{Liveness, Session, SessionRegistry, Sharing};

use super::Place;
use crate::support::child::{Child, Parent};
use crate::world::session_at;

/// Both wrote, each over the pages of the other: of 120 acknowledged changes up to 42 were gone, and nothing
/// was found wrong with the file.
#[test]
fn after_a_fork_both_processes_wrote_and_lost_each_others_changes() {
    for sharing in ["shared", "exclusive"] {
        let place = Place::new();
        let forker = Child::start("forker", &[&place.file.display(), &sharing]);
        forker.expect("forked");
        if sharing == "shared" {
            // The claim is still the first process's.
            let owner = place.open().owner(place.id).unwrap().unwrap();
            assert_eq!(owner.liveness, Liveness::Alive);
            assert_eq!(super::names_in(&place.folder()).len(), 1);
        }
        forker.finish();
        let registry = place.open();
        assert!(registry.verify().unwrap().is_clean());
        assert_eq!(registry.count().unwrap(), 2);
        assert_eq!(registry.owner(place.id).unwrap(), None);
    }
}

pub(crate) fn forker(parent: &Parent) {
    let sharing = match parent.argument(1) {
        "exclusive" => Sharing::Exclusive,
        _ => Sharing::Shared,
    };
    let registry = SessionRegistry::options()
        .sharing(sharing)
        .open(parent.argument(0))
        .unwrap();
    let session = registry.list_all().unwrap().remove(0);
    // Asked often enough to be answered from memory.
    for _ in 0..3 {
        registry.lookup(session.id()).unwrap();
    }
    let claim = registry.claim(session.id()).unwrap();
    let snapshot = registry.snapshot().unwrap();
    match fork().unwrap() {
        Fork::Child => {
            let refused = in_the_fork(&registry, &session, claim, snapshot);
            drop(registry);
            process::exit(i32::from(!refused));
        }
        Fork::Parent(child) => {
            assert_eq!(waitpid(child).unwrap(), 0, "the fork went wrong");
        }
    }
    assert_eq!(snapshot.list_all().unwrap().len(), 1);
    drop(snapshot);
    claim.check().unwrap();
    registry.register(session_at("/forks")).unwrap();
    claim
        .modify(|session| {
            session.metadata_mut().insert("after".into(), "fork".into());
        })
        .unwrap();
    parent.say("forked");
    parent.stay();
    claim.release().unwrap();
    registry.close().unwrap();
}

/// Whether every call is refused there; everything is dropped there too, which must harm nobody.
fn in_the_fork(
    registry: &SessionRegistry,
    session: &Session,
    claim: session_registry::Claim,
    snapshot: session_registry::Snapshot,
) -> bool {
    // An answer from memory may come for a moment.
    let started = std::time::Instant::now();
    while registry.lookup(session.id()).is_ok() || snapshot.list_all().is_ok() {
        if started.elapsed() > crate::support::child::HANG {
            return false;
        }
    }
    let answers = [
        registry.lookup(session.id()).map(drop),
        registry.list_all().map(drop),
        registry.register(session_at("/lost")).map(drop),
        registry.touch(session.id()),
        registry.set_max_sessions(3),
        registry.verify().map(drop),
        registry.compact(),
        registry.snapshot().map(drop),
        registry.claim(session.id()).map(drop),
        registry.owner(session.id()).map(drop),
        registry.interrupted().map(drop),
        snapshot.list_all().map(drop),
        claim.check(),
        claim.modify(|_| {}).map(drop),
        registry.clone().close(),
    ];
    let mut codes: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().map_or_else(|error| error.code(), |()| "ok"))
        .collect();
    codes.push(claim.release().map_or_else(|error| error.code(), |()| "ok"));
    drop(snapshot);
    if codes.iter().any(|code| *code != "forked") {
        eprintln!("in the fork: {codes:?}");
    }
    codes.iter().all(|code| *code == "forked")
}

/// What a fork may do: open the registry for itself.
#[test]
fn a_fork_can_open_the_registry_again() {
    let place = Place::new();
    Child::start("reopener", &[&place.file.display()]).finish();
    assert_eq!(place.open().count().unwrap(), 3);
}

pub(crate) fn reopener(parent: &Parent) {
    let open = || SessionRegistry::open(parent.argument(0)).unwrap();
    let registry = open();
    match fork().unwrap() {
        Fork::Child => {
            let own = open();
            let registered = own.register(session_at("/forks/child")).is_ok();
            let claimed = own.claim(own.list_ids().unwrap()[0]).is_ok();
            drop((own, registry));
            process::exit(i32::from(!(registered && claimed)));
        }
        Fork::Parent(child) => assert_eq!(waitpid(child).unwrap(), 0),
    }
    registry.register(session_at("/forks/parent")).unwrap();
    assert_eq!(registry.count().unwrap(), 3);
}

/// Memory is each process's own.
#[test]
fn a_registry_in_memory_survives_a_fork() {
    Child::start("rememberer", &[]).finish();
}

pub(crate) fn rememberer(_: &Parent) {
    let registry = SessionRegistry::in_memory().unwrap();
    match fork().unwrap() {
        Fork::Child => {
            let went_well = registry.register(session_at("/forks")).is_ok();
            process::exit(i32::from(!went_well));
        }
        Fork::Parent(child) => assert_eq!(waitpid(child).unwrap(), 0),
    }
    assert!(registry.is_empty().unwrap());
}

/// The lock goes with the program: what it is replaced with has no open file of ours.
#[test]
fn exec_ends_a_claim() {
    let place = Place::new();
    let replaced = Child::start("replaced", &[&place.file.display()]);
    replaced.expect("claimed");
    let registry = place.open();
    let started = std::time::Instant::now();
    while registry.owner(place.id).unwrap().unwrap().liveness != Liveness::Dead {
        assert!(started.elapsed() < crate::support::child::HANG);
    }
    drop(replaced);
}

pub(crate) fn replaced(parent: &Parent) {
    use std::os::unix::process::CommandExt;

    let registry = SessionRegistry::open(parent.argument(0)).unwrap();
    let id = registry.list_ids().unwrap()[0];
    let _claim = registry.claim(id).unwrap();
    parent.say("claimed");
    // Reads what the parent says, which is nothing, for as long as the parent wants.
    panic!("{}", process::Command::new("cat").exec());
}
