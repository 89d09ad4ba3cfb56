//! Those who wait: whose turn it is, against the rules once more, and what a failing disk leaves of them.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::call::Call;
use super::content::content;
use super::disk::{Disk, Trouble};
use super::healing::{failing_sync, registry_with_one};
use super::recording::{create, open};
use super::{BOTH, NOW, code, id, path, raw, session};
use crate::error::Error;
use crate::registry::SessionRegistry;
use crate::session::{Liveness, ProjectPath, Session};
use crate::shared::refusal::Refusal;
use crate::shared::rules::Model;
use crate::shared::rules::row::Row;
use crate::shared::soak;
use crate::store::format::schema::STEPS;
use crate::store::{Aim, OwnLock, WaiterRow};

/// Far longer than anything here takes.
const HANG: Duration = Duration::from_secs(120);
const SHORT: Duration = Duration::from_millis(2);

fn until_waiting(registry: &SessionRegistry, count: u64) {
    let begun = Instant::now();
    while registry.waiting().unwrap() != count {
        assert!(begun.elapsed() < HANG, "never {count} who wait");
        thread::yield_now();
    }
}

fn rows(registry: &SessionRegistry) -> usize {
    raw::dump(registry).unwrap()["waiters"].len()
}

/// Somebody is admitted, or is not: never one without leaving the line, nor the other way round.
#[test]
fn an_admission_that_fails_is_whole_or_not_at_all() {
    let mut met = Vec::new();
    for sharing in BOTH {
        // The first syncs are those of the call that makes room.
        for after in 0..6 {
            let (disk, registry) = registry_with_one(sharing);
            registry.set_max_sessions(1).unwrap();
            let outcome = thread::scope(|scope| {
                let waiting = scope.spawn(|| registry.start_when_free(session(2), HANG));
                until_waiting(&registry, 1);
                disk.break_down(failing_sync(after));
                while registry.close_session(id(1)).is_err() {}
                waiting.join().unwrap()
            });
            disk.mend();
            let is_there = registry.contains(id(2)).unwrap();
            let owner = registry.owner(id(2)).ok().flatten();
            let liveness = owner.map(|owner| owner.liveness);
            match &outcome {
                Ok(started) => {
                    started.claim().check().unwrap();
                    assert!(is_there && liveness == Some(Liveness::Alive));
                    assert_eq!(rows(&registry), 0);
                }
                Err(error) => {
                    met.push(error.code());
                    assert_ne!(liveness, Some(Liveness::Alive));
                    assert!(!is_there || rows(&registry) == 0, "it never left the line");
                }
            }
            assert_eq!(registry.waiting().unwrap(), 0);
            // And the next one comes.
            if let Ok(started) = outcome {
                registry.close_session(started.session().id()).unwrap();
            }
            let next = registry.start_when_free(session(3), HANG).unwrap();
            next.claim().check().unwrap();
            assert_eq!(rows(&registry), 0);
            assert!(registry.verify().unwrap().is_clean());
        }
    }
    assert!(
        met.contains(&"storage") && met.contains(&"outcome_unknown"),
        "{met:?}"
    );
}

/// The lock of the handle is held by a claim, and so the row would seem to be somebody's who is alive.
#[test]
fn a_row_that_cannot_be_removed_is_nobodys() {
    for sharing in BOTH {
        let (disk, registry) = registry_with_one(sharing);
        registry.set_max_sessions(1).unwrap();
        let held = registry.claim(id(1)).unwrap();
        let patience = Duration::from_millis(300);
        let refused = thread::scope(|scope| {
            let waiting = scope.spawn(|| registry.start_when_free(session(2), patience));
            until_waiting(&registry, 1);
            disk.break_down(Trouble {
                lasting: true,
                ..failing_sync(0)
            });
            waiting.join().unwrap().unwrap_err()
        });
        assert_eq!(refused.code(), "session_limit_reached");
        assert!(disk.mend(), "no sync has failed");
        assert_eq!((rows(&registry), registry.waiting().unwrap()), (1, 0));
        registry.set_max_sessions(2).unwrap();
        let next = registry.start_when_free(session(3), HANG).unwrap();
        assert_eq!(rows(&registry), 0, "the next in the line tidies up");
        held.check().unwrap();
        next.claim().check().unwrap();
    }
}

/// As above, where the row was not yet acknowledged.
#[test]
fn a_place_of_unknown_outcome_is_nobodys() {
    for sharing in BOTH {
        for (after, answer) in [(0, "storage"), (1, "outcome_unknown")] {
            let (disk, registry) = registry_with_one(sharing);
            registry.set_max_sessions(1).unwrap();
            let held = registry.claim(id(1)).unwrap();
            // The file has grown by then.
            assert_eq!(
                code(registry.start_when_free(session(2), SHORT)),
                "session_limit_reached"
            );
            disk.break_down(failing_sync(after));
            assert_eq!(code(registry.start_when_free(session(2), HANG)), answer);
            assert_eq!(registry.waiting().unwrap(), 0);
            registry.close_session(id(1)).unwrap();
            drop(registry.start_when_free(session(3), HANG).unwrap());
            assert_eq!(rows(&registry), 0);
            drop(held);
        }
    }
}

/// A clock of the caller's that panics while the call is admitted.
#[test]
fn a_panic_in_the_line_leaves_nobody_there() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let panics = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&panics);
    let clock = move || {
        assert!(!told.load(Ordering::SeqCst), "the clock is broken");
        NOW
    };
    let registry = SessionRegistry::options()
        .max_sessions(1)
        .clock(clock)
        .in_memory()
        .unwrap();
    registry.register(session(1)).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| registry.start_when_free(session(2), HANG));
        until_waiting(&registry, 1);
        panics.store(true, Ordering::SeqCst);
        registry.set_max_sessions(2).unwrap();
        assert!(waiting.join().is_err());
    });
    panics.store(false, Ordering::SeqCst);
    assert_eq!((rows(&registry), registry.waiting().unwrap()), (0, 0));
    drop(registry.start_when_free(session(2), HANG).unwrap());
}

/// Places in the line, alive or dead, for whatever project.
fn any_waiter(random: &mut fastrand::Rng, lock: &OwnLock) -> WaiterRow {
    let aim = match random.u8(..3) {
        0 => Aim::Register,
        1 => Aim::Start,
        _ => Aim::resume(id(random.u8(1..6))),
    };
    WaiterRow {
        owner: if random.bool() { lock.id() } else { [7; 16] },
        machine: None,
        boot: None,
        project_path: any_path(random),
        aim,
    }
}

fn any_path(random: &mut fastrand::Rng) -> ProjectPath {
    path(&format!("/work/{}", random.u8(1..5)))
}

fn any_call(random: &mut fastrand::Rng) -> Call {
    let number = random.u8(1..6);
    match random.u8(..9) {
        0..3 => Call::Register(
            Session::builder(any_path(random))
                .id(id(number))
                .created_at(NOW)
                .build(),
        ),
        3 => Call::Close(id(number)),
        4 => Call::Claim(id(number)),
        5 => Call::Resume(id(number)),
        6 => Call::PerProject(random.u32(1..3)),
        7 => Call::Unregister(id(number)),
        _ => Call::Limit(random.u32(..5)),
    }
}

/// Whether one who waits could be admitted now.
fn could_go(model: &Model, waiter: &WaiterRow) -> bool {
    let mut model = model.clone();
    let new = Session::builder(waiter.project_path.clone()).build();
    let new = Row::of(&new);
    match waiter.aim {
        Aim::Register => model.register(0, &new).is_ok(),
        Aim::Start => model.start(0, &new).is_ok(),
        Aim::Resume(_) => {
            let id = waiter.aim.resumed().unwrap();
            model.resume(0, id, false).is_ok()
        }
    }
}

/// Who comes last is admitted exactly if nobody alive in the line could be; the model knows neither tables nor lines.
#[test]
fn it_is_the_turn_of_the_last_when_nobody_alive_before_could_go() {
    let mut random = soak::rng("it_is_the_turn_of_the_last_when_nobody_alive_before_could_go");
    let (mut admitted, mut passed_over, mut refused) = (0, 0, 0);
    for _ in 0..soak::share(60, 600) {
        let disk = Arc::new(Disk::default());
        create(&disk);
        let registry = open(&disk, BOTH[random.usize(..2)], STEPS).unwrap();
        let mut model = Model::empty(NOW);
        for _ in 0..random.usize(..16) {
            let call = any_call(&mut random);
            if matches!(call, Call::Claim(id) if !model.content.is_open(id)) {
                continue;
            }
            let answer = call.apply(&mut model, NOW);
            let found = call.run(&registry, &model.content).map_err(Refusal::from);
            assert_eq!(found, answer, "{call:?}");
        }
        let lock = registry.owners().acquire().unwrap();
        let line: Vec<_> = (0..random.usize(..4))
            .map(|_| any_waiter(&mut random, &lock))
            .collect();
        for row in line.clone() {
            let call = registry.store().call();
            call.write("wait", move |tx| tx.add_waiter(&row).map(drop))
                .unwrap();
        }
        let given = Session::builder(any_path(&mut random))
            .id(id(9))
            .created_at(NOW)
            .build();
        let answer = model.clone().start(0, &Row::of(&given)).map(drop);
        let waits = |row: &WaiterRow| row.owner == lock.id() && could_go(&model, row);
        let is_turn = !line.iter().any(waits);
        let outcome = registry.start_when_free(given.clone(), SHORT);
        // The claim is never let go.
        let outcome = outcome.map(std::mem::forget);
        match (answer, outcome) {
            (Ok(()), Ok(())) if is_turn => {
                admitted += 1;
                model.start(0, &Row::of(&given)).unwrap();
            }
            (Ok(()), Err(Error::Busy { .. })) if !is_turn => passed_over += 1,
            (Err(refusal), Err(error)) => {
                assert_eq!(Refusal::from(error), refusal);
                refused += 1;
            }
            other => panic!("{other:?}, turn: {is_turn}, in line: {line:?}"),
        }
        let mut left = content(&raw::dump(&registry).unwrap());
        let alive = line.iter().filter(|row| row.owner == lock.id());
        let alive: Vec<_> = alive.map(|row| row.project_path.clone()).collect();
        assert_eq!(std::mem::take(&mut left.line), alive, "the dead are gone");
        assert_eq!(left, model.content);
    }
    eprintln!("{admitted} admitted, {passed_over} came too early, {refused} refused");
    assert!(admitted > 0 && passed_over > 0 && refused > 0);
}
