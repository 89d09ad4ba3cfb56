//! A disk without room: what is there can be opened and read, what is refused changed nothing, and the
//! same handle goes on when there is room again. The room is a child process's limit on the size of its
//! files, which it can raise again.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use rustix::process::{Resource, Rlimit, setrlimit};
use session_registry::{Error, ProjectPath, Session, SessionRegistry, Sharing, Timestamp};

use crate::support::child::{Child, Parent};

/// A child that meets the limit as an error; without this, as a signal that ends it.
fn child(role: &str, path: &Path) -> Child {
    let play = Child::command(role, &[&path.display()]);
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(play.get_program())
        .args(play.get_args());
    for (name, value) in play.get_envs() {
        command.env(name, value.unwrap());
    }
    Child::spawn(command)
}

/// Lets files of this process grow to so many bytes, or as they like.
fn limit_files(bytes: Option<u64>) {
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    setrlimit(Resource::Fsize, limit).unwrap();
}

fn large_session(number: i64) -> Session {
    let path = ProjectPath::new(format!("/work/{number}")).unwrap();
    Session::builder(path)
        .created_at(Timestamp::from_micros(number))
        .metadata("log", "l".repeat(15_000))
        .build()
}

fn assert_full(error: &Error) {
    let Error::Storage(error) = error else {
        panic!("a full disk is no {error:?}");
    };
    assert_eq!(error.io_kind(), Some(ErrorKind::FileTooLarge), "{error}");
}

/// Registers until the disk is full, and adds what was to `registered`.
fn fill(registry: &SessionRegistry, registered: &mut Vec<Session>) {
    let error = loop {
        match registry.register(large_session(i64::try_from(registered.len()).unwrap())) {
            Ok(session) => registered.push(session),
            Err(error) => break error,
        }
    };
    assert_full(&error);
}

pub(crate) fn filler(parent: &Parent) {
    let path = Path::new(parent.argument(0));
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let options = SessionRegistry::options().sharing(sharing);
        let open = || options.open(path);
        let registry = open().unwrap();
        registry.clear().unwrap();
        registry.set_max_sessions(10_000).unwrap();
        let room = fs::metadata(path).unwrap().len() + 200_000;
        limit_files(Some(room));

        let mut registered = Vec::new();
        fill(&registry, &mut registered);
        assert!(!registered.is_empty());
        assert_eq!(registry.list_all().unwrap(), registered);
        assert_eq!(registry.count().unwrap(), registered.len() as u64);
        assert_full(&registry.register(large_session(10_000)).unwrap_err());
        let backup = path.with_extension("backup");
        limit_files(Some(4096));
        assert_full(&registry.backup_to(&backup).unwrap_err());
        assert!(!backup.exists(), "nothing half-made is left");
        limit_files(Some(room));

        // Others can open it, and so can the next program.
        if sharing == Sharing::Shared {
            assert_eq!(open().unwrap().list_all().unwrap(), registered);
        }
        drop(registry);
        let registry = open().unwrap();
        assert_eq!(registry.list_all().unwrap(), registered);
        assert!(registry.verify().unwrap().is_clean());
        fill(&registry, &mut registered);
        assert_eq!(registry.list_all().unwrap(), registered);

        limit_files(None);
        registry.register(large_session(10_000)).unwrap();
        assert_eq!(registry.count().unwrap(), registered.len() as u64 + 1);
        registry.backup_to(&backup).unwrap();
        fs::remove_file(backup).unwrap();
        registry.close().unwrap();
    }
    parent.say("done");
}

#[test]
fn a_full_disk_lets_readers_open_and_list() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");
    let child = child("filler", &path);
    child.expect("done");
    child.finish();
    let registry = SessionRegistry::open(&path).unwrap();
    assert!(registry.verify().unwrap().is_clean());
    assert!(registry.count().unwrap() > 1);
}

pub(crate) fn cramped_migrator(parent: &Parent) {
    let path = Path::new(parent.argument(0));
    let sessions = 7;
    // Room for the file itself, and not for a copy of it.
    for room in [0, 4096, fs::metadata(path).unwrap().len() / 2] {
        limit_files(Some(room));
        assert_full(&SessionRegistry::open(path).unwrap_err());
    }
    limit_files(None);
    let registry = SessionRegistry::open(path).unwrap();
    assert_eq!(registry.open_report().migrated_from, Some(1));
    assert_eq!(registry.count().unwrap(), sessions);
    assert!(registry.verify().unwrap().is_clean());
    parent.say("done");
}

#[test]
fn a_migration_without_room_for_its_backup_does_not_begin() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");
    fs::copy("tests/fixtures/v1.redb", &path).unwrap();
    let child = child("cramped_migrator", &path);
    child.expect("done");
    child.finish();
    // The registry and the one backup: what failed left nothing behind.
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

pub(crate) fn cramped_creator(parent: &Parent) {
    let path = Path::new(parent.argument(0));
    for room in [0, 100, 4096, 40_000] {
        limit_files(Some(room));
        assert_full(&SessionRegistry::open(path).unwrap_err());
        let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 0, "nothing half-made is left");
    }
    limit_files(None);
    assert!(SessionRegistry::open(path).unwrap().open_report().created);
    parent.say("done");
}

#[test]
fn a_registry_without_room_is_not_created() {
    let directory = tempfile::tempdir().unwrap();
    let child = child("cramped_creator", &directory.path().join("sessions.redb"));
    child.expect("done");
    child.finish();
}
