//! No lookup is older than what was acknowledged before it, by anybody.
//!
//! Each writer takes its session through numbered states and publishes, beside the registry, which state
//! it is about to write and which was acknowledged. A reader reads the acknowledged number, looks up, and
//! reads the number that was begun: what it found must lie between.
//!
//! Tried by hand, each made the tests it can concern fail: `Cache::get` without the comparison of stamps;
//! a header's stamp without its commit slots (all but the exclusive one); calls answered before their commit
//! and a stamp in the midst of a commit that is that of its end (the exclusive one).

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::thread;

use session_registry::{ProjectPath, Session, SessionId, SessionName, SessionRegistry, Sharing};

use crate::support::child::{Child, HANG, Parent};
use crate::support::place::memory_directory;
use crate::support::soak;
use crate::support::system::{read_at, write_at};

const WRITERS: u64 = 3;
const READERS: usize = 3;

/// Where writers publish; eight aligned bytes are read and written whole.
struct Board(File);

#[derive(Clone, Copy)]
enum Mark {
    Begun = 0,
    Acknowledged = 8,
}

impl Board {
    fn open(path: &Path) -> Self {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .unwrap();
        file.set_len(16 * WRITERS).unwrap();
        Self(file)
    }

    fn publish(&self, writer: u64, mark: Mark, state: u64) {
        let place = 16 * writer + mark as u64;
        write_at(&self.0, &state.to_ne_bytes(), place).unwrap();
    }

    fn read(&self, writer: u64, mark: Mark) -> u64 {
        let mut bytes = [0; 8];
        let place = 16 * writer + mark as u64;
        read_at(&self.0, &mut bytes, place).unwrap();
        u64::from_ne_bytes(bytes)
    }
}

fn open(file: &Path, sharing: Sharing) -> SessionRegistry {
    SessionRegistry::options()
        .busy_timeout(HANG)
        .sharing(sharing)
        .open(file)
        .unwrap()
}

/// Sessions of even writers come and go: they are there in odd states. The others stay, from state 1.
fn comes_and_goes(writer: u64) -> bool {
    writer.is_multiple_of(2)
}

fn session(writer: u64, state: u64) -> Session {
    Session::builder(ProjectPath::new(format!("/work/{writer}")).unwrap())
        .id(SessionId::from(uuid::Uuid::from_u128(writer.into())))
        .name(SessionName::new(format!("session {writer}")).unwrap())
        .metadata("state", state.to_string())
        .build()
}

fn write_states(registry: &SessionRegistry, board: &Board, writer: u64, states: u64) {
    let id = session(writer, 0).id();
    for state in 1..=states {
        board.publish(writer, Mark::Begun, state);
        if state == 1 || (comes_and_goes(writer) && state % 2 == 1) {
            registry.register(session(writer, state)).unwrap();
        } else if comes_and_goes(writer) {
            assert!(registry.unregister(id).unwrap().is_some());
        } else {
            let set = |session: &mut Session| {
                session
                    .metadata_mut()
                    .insert("state".into(), state.to_string());
            };
            registry.modify(id, set).unwrap();
        }
        board.publish(writer, Mark::Acknowledged, state);
    }
}

/// Looks up until every writer is through with `states`; how often it looked.
fn read_states(registry: &SessionRegistry, board: &Board, seed: u64, states: u64) -> u64 {
    let mut rng = soak::rng_of(seed);
    let mut looks = 0;
    let is_done = |writer| board.read(writer, Mark::Acknowledged) == states;
    while !(0..WRITERS).all(is_done) {
        let writer = rng.u64(..WRITERS);
        let wanted = session(writer, 0);
        // The same again, so that the answer may come from memory.
        for _ in 0..rng.u8(1..4) {
            let least = board.read(writer, Mark::Acknowledged);
            let form = rng.u8(..3);
            let found = if rng.u8(..8) == 0 {
                look_in_snapshot(registry, &wanted)
            } else {
                let found = match form {
                    0 => registry.lookup(wanted.id()),
                    1 => registry.lookup_by_path(wanted.project_path()),
                    _ => registry.lookup_by_name(wanted.name().as_str()),
                };
                found.unwrap()
            };
            let most = board.read(writer, Mark::Begun);
            check(writer, form, found, least, most);
            looks += 1;
        }
    }
    looks
}

/// In one snapshot everybody sees the same, however it is asked, and whatever is written meanwhile.
fn look_in_snapshot(registry: &SessionRegistry, wanted: &Session) -> Option<Session> {
    let snapshot = registry.snapshot().unwrap();
    let all = snapshot.list_all().unwrap();
    let listed = all.into_iter().find(|session| session.id() == wanted.id());
    for _ in 0..3 {
        let found = [
            snapshot.lookup(wanted.id()),
            snapshot.lookup_by_path(wanted.project_path()),
            snapshot.lookup_by_name(wanted.name().as_str()),
        ];
        for found in found {
            assert_eq!(found.unwrap(), listed);
        }
    }
    listed
}

fn check(writer: u64, form: u8, found: Option<Session>, least: u64, most: u64) {
    let state = match found {
        Some(found) => found.metadata()["state"].parse().unwrap(),
        // The first state between in which it is absent.
        None if comes_and_goes(writer) => least + least % 2,
        None => 0,
    };
    assert!(
        (least..=most).contains(&state),
        "writer {writer}, form {form}: found state {state}, but {least} was acknowledged before \
         and {most} begun after"
    );
}

pub(crate) fn writer(parent: &Parent) {
    let registry = open(Path::new(parent.argument(0)), Sharing::Shared);
    let board = Board::open(Path::new(parent.argument(1)));
    let writer = parent.argument(2).parse().unwrap();
    let states = parent.argument(3).parse().unwrap();
    parent.say("ready");
    parent.hear();
    write_states(&registry, &board, writer, states);
}

pub(crate) fn reader(parent: &Parent) {
    let registry = open(Path::new(parent.argument(0)), Sharing::Shared);
    let board = Board::open(Path::new(parent.argument(1)));
    let seed: u64 = parent.argument(2).parse().unwrap();
    let states = parent.argument(3).parse().unwrap();
    parent.say("ready");
    parent.hear();
    let looks: u64 = thread::scope(|scope| {
        let threads = [0, 1].map(|thread| {
            let (registry, board) = (&registry, &board);
            scope.spawn(move || read_states(registry, board, seed + thread, states))
        });
        threads.map(|thread| thread.join().unwrap()).iter().sum()
    });
    parent.say(looks);
}

fn check_processes(directory: &Path, states: u64) {
    let file = directory.join("sessions.redb");
    let board = directory.join("board");
    drop(open(&file, Sharing::Shared));
    let mut rng = soak::rng("fresh");
    let mut children: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (file, board) = (file.display(), board.display());
            Child::start("fresh_writer", &[&file, &board, &writer, &states])
        })
        .collect();
    let readers = children.len();
    children.extend((0..READERS).map(|_| {
        let (file, board, seed) = (file.display(), board.display(), rng.u32(..));
        Child::start("fresh_reader", &[&file, &board, &seed, &states])
    }));
    children.iter().for_each(|child| child.expect("ready"));
    children.iter_mut().for_each(|child| child.say("go"));
    for (number, child) in children.into_iter().enumerate() {
        if number >= readers {
            let looks: u64 = child.line().parse().expect("a count");
            eprintln!("{states} states of {WRITERS} writers, {looks} lookups of a reader");
            assert!(looks > states);
        }
        child.finish();
    }
}

#[test]
fn lookups_in_other_processes() {
    // One after the other, each within the time after which a process counts as hanging.
    for _ in 0..soak::factor() {
        check_processes(memory_directory().path(), 1000);
    }
}

#[test]
fn lookups_in_other_processes_on_a_real_disk() {
    for _ in 0..soak::factor() {
        check_processes(tempfile::tempdir().unwrap().path(), 100);
    }
}

/// With a handle for each thread, or one for all of them.
fn check_threads(sharing: Sharing, one_handle: bool) {
    let directory = memory_directory();
    let file = directory.path().join("sessions.redb");
    let board = Board::open(&directory.path().join("board"));
    let states = 500 * soak::factor() as u64;
    let mut rng = soak::rng("fresh");
    let first = open(&file, sharing);
    let handle = || match one_handle {
        true => first.clone(),
        false => open(&file, sharing),
    };
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (registry, board) = (handle(), &board);
            scope.spawn(move || write_states(&registry, board, writer, states));
        }
        for _ in 0..READERS {
            let (registry, board, seed) = (handle(), &board, rng.u64(..));
            scope.spawn(move || read_states(&registry, board, seed, states));
        }
    });
}

#[test]
fn lookups_through_other_handles_of_one_process() {
    check_threads(Sharing::Shared, false);
}

#[test]
fn lookups_through_one_shared_handle() {
    check_threads(Sharing::Shared, true);
}

#[test]
fn lookups_through_one_exclusive_handle() {
    check_threads(Sharing::Exclusive, true);
}
