//! Processes killed while they create a registry leave none, or a good one.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use session_registry::{SessionId, SessionRegistry};

use super::{assert_in_step, patient, reopen_and_check, session_at};
use crate::support::child::{Child, Parent};
use crate::support::soak;

#[test]
fn a_killed_creation_leaves_no_registry_or_a_good_one() {
    let mut rng = soak::rng("kills during creation");
    let whole = time_of_a_creation();
    let (mut kills, mut absent, mut leftovers, mut kept) = (0, 0, 0, 0);
    while kills < 100 * soak::factor() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let mut creators: Vec<_> = (0..rng.u8(1..=3)).map(|_| ready_creator(&file)).collect();
        creators.iter_mut().for_each(|creator| creator.say("go"));
        let mut acknowledged: Vec<SessionId> = Vec::new();
        for creator in &mut creators {
            // Not to wait for anything: so that every moment of a creation has its turn.
            thread::sleep(whole.mul_f64(rng.f64().powi(2)));
            creator.kill();
            kills += 1;
        }
        for creator in &creators {
            let said = std::iter::from_fn(|| creator.next_line());
            acknowledged.extend(said.map(|id| id.parse::<SessionId>().unwrap()));
        }
        absent += usize::from(!SessionRegistry::exists(&file));
        kept += acknowledged.len();
        if SessionRegistry::exists(&file) {
            let sessions = reopen_and_check(&file);
            let found: Vec<_> = sessions.iter().map(|session| session.id()).collect();
            assert!(acknowledged.iter().all(|id| found.contains(id)));
        } else {
            assert!(acknowledged.is_empty(), "acknowledged, and gone");
        }
        leftovers += assert_the_next_can_work(&file);
    }
    eprintln!(
        "{kills} kills: {absent} times no registry, {leftovers} temporary files left, \
         {kept} registrations acknowledged"
    );
}

/// Nothing that a kill left is in the way of the next program; how many temporary files there are.
fn assert_the_next_can_work(file: &Path) -> usize {
    let registry = patient().open(file).unwrap();
    registry.register(session_at("/creation/next")).unwrap();
    assert_in_step(&registry);
    registry.close().unwrap();
    let names = fs::read_dir(file.parent().unwrap()).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name != "sessions.redb");
    let temporary = |name: &String| name.starts_with(".sessions.redb-") && name.ends_with(".tmp");
    assert!(names.iter().all(temporary), "left behind: {names:?}");
    names.len()
}

fn ready_creator(file: &Path) -> Child {
    let creator = Child::start("creator", &[&file.display()]);
    creator.expect("ready");
    creator
}

/// From the word to the acknowledgement, undisturbed.
fn time_of_a_creation() -> Duration {
    let directory = tempfile::tempdir().unwrap();
    let mut creator = ready_creator(&directory.path().join("sessions.redb"));
    let started = Instant::now();
    creator.say("go");
    creator.line();
    started.elapsed()
}

/// Creates the registry when told, registers a session, and tells its id.
pub(super) fn creator(parent: &Parent) {
    parent.say("ready");
    parent.hear();
    let registry = patient().open(parent.argument(0)).unwrap();
    let path = format!("/creation/{}", std::process::id());
    let session = registry.register(session_at(&path)).unwrap();
    parent.say(session.id());
    parent.stay();
}
