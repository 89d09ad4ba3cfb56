//! Dozens of processes start in one project again and again, and are killed at random meanwhile.

use std::path::Path;
use std::thread;
use std::time::Duration;

use session_registry::{
    Error, Liveness, Query, Session, SessionRegistry, Sharing, StartedHow, StateFilter,
};

use super::driver::open;
use super::restless::drive;
use crate::support::child::{Child, Parent};
use crate::support::owners::owner;
use crate::support::place::{Kind, Place};
use crate::support::records::assert_clean;
use crate::support::soak;
use crate::support::values::path;

const STARTERS: usize = 32;
/// How many of the killed must have driven the project.
const DEAD: usize = 24;
/// Far more kills than it takes.
const MOST_KILLS: usize = 2_000;

/// Never two live claims, and whatever a killed one had opened was dead as soon as it had been waited for.
#[test]
fn killed_starters_leave_dead_owners_and_nobody_drives_beside_another() {
    let mut rng = soak::rng("killed starters");
    let place = Place::new(Kind::Shared);
    let file = place.file();
    let registry = open(&file, Sharing::Shared);
    let recruit = |seed: u32| Child::start("starter", &[&file.display(), &seed]);
    let mut starters: Vec<_> = (0..STARTERS).map(|_| recruit(rng.u32(..))).collect();
    starters.iter().for_each(|starter| starter.expect("open"));
    let (mut starts, mut dead, mut kills) = (0, 0, 0);
    while dead < DEAD * soak::factor() {
        kills += 1;
        assert!(
            kills < MOST_KILLS * soak::factor(),
            "{dead} only drove the project"
        );
        // Mostly who drives just now, as far as that can be known.
        let drivers: Vec<_> = on_the_project(&registry)
            .iter()
            .filter_map(|session| owner_if_there(&registry, session))
            .collect();
        let driving = (0..STARTERS).find(|at| {
            let starter = starters[*at].pid();
            drivers.iter().any(|(owner, _)| *owner == starter)
        });
        let any = rng.usize(..STARTERS);
        let victim = driving.filter(|_| rng.u8(..4) > 0).unwrap_or(any);
        // Not to wait for anything: so that every moment of a call has its turn.
        thread::sleep(Duration::from_micros(rng.u64(..300)));
        let killed = starters[victim].pid();
        starters[victim].kill();
        for session in on_the_project(&registry) {
            if let Some(owner) = owner_if_there(&registry, &session)
                && owner.0 == killed
            {
                assert_eq!(owner.1, Liveness::Dead, "of a killed process");
                dead += 1;
            }
        }
        while let Some(line) = starters[victim].next_line() {
            starts += usize::from(assert_started(&line));
        }
        starters[victim] = recruit(rng.u32(..));
    }
    for starter in &mut starters {
        starter.kill();
        while let Some(line) = starter.next_line() {
            starts += usize::from(assert_started(&line));
        }
    }
    // Whoever comes next can begin.
    let started = registry.start(new()).unwrap();
    started.claim().check().unwrap();
    assert_eq!(registry.count().unwrap(), 1);
    assert_clean(&registry);
    assert!(starts > 0);
    eprintln!("{kills} kills, {starts} starts, {dead} sessions of the killed seen dead");
}

/// Whether it tells of a start; anything but what may happen is a failure.
fn assert_started(line: &str) -> bool {
    assert!(
        line == "open" || line.starts_with("started "),
        "a starter said: {line}"
    );
    line != "open"
}

fn new() -> Session {
    Session::builder(path("/work/race")).build()
}

fn on_the_project(registry: &SessionRegistry) -> Vec<Session> {
    let query = Query::new()
        .path(path("/work/race"))
        .state(StateFilter::Open);
    registry.list(&query).unwrap().items
}

/// Who claims a session, and whether that is alive; others may close or remove it meanwhile.
fn owner_if_there(registry: &SessionRegistry, session: &Session) -> Option<(u32, Liveness)> {
    match registry.owner(session.id()) {
        Ok(owner) => owner.map(|owner| (owner.pid, owner.liveness)),
        Err(Error::NotFound { .. }) => None,
        Err(other) => panic!("{other:?}"),
    }
}

/// The role: starts in the project, and ends that in one of the ways there are, for ever.
pub(crate) fn starter(parent: &Parent) {
    let file: &Path = parent.argument(0).as_ref();
    let mut rng = soak::rng_of(parent.argument(1).parse().unwrap());
    let registry = open(file, Sharing::Shared);
    parent.say("open");
    loop {
        let started = match registry.start(new()) {
            Ok(started) => started,
            Err(Error::AlreadyClaimed { owner, .. }) if owner.liveness == Liveness::Alive => {
                continue;
            }
            Err(other) => return parent.say(format!("unexpected: {other:?}")),
        };
        let Some(driving) = drive(file, 0) else {
            return parent.say("two drive the project");
        };
        parent.say(format!("started {}", started.how()));
        let id = started.session().id();
        let alone = on_the_project(&registry).len() == 1;
        let mine = owner(&registry, id).is_some_and(|owner| owner.liveness == Liveness::Alive);
        if !alone || !mine {
            return parent.say(format!("alone: {alone}, mine: {mine}"));
        }
        drop(driving);
        let is_new = started.how() == StartedHow::Registered;
        let ended = match rng.u8(..4) {
            0 => started.undo().map(drop),
            1 if is_new || rng.bool() => {
                let (session, _claim) = started.into_parts();
                registry.close_session(session.id()).map(drop)
            }
            2 => {
                drop(started);
                Ok(())
            }
            _ => started.into_parts().1.release(),
        };
        if let Err(other) = ended {
            return parent.say(format!("unexpected: {other:?}"));
        }
    }
}
