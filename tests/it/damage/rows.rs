//! Damage that no checksum shows: rows and index entries that this crate did not write, made with the
//! engine itself.

use std::path::PathBuf;

use redb::{Database, ReadableTable, Table, TableDefinition};
use session_registry::{Error, Inconsistency, ProjectPath, Session, SessionRegistry};
use tempfile::TempDir;

type Rows<'txn> = Table<'txn, &'static [u8], &'static [u8]>;

/// A closed registry of five sessions, a pair of which has one name.
struct Five {
    file: PathBuf,
    sessions: Vec<Session>,
    _directory: TempDir,
}

impl Five {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let registry = SessionRegistry::open(&file).unwrap();
        let paths = ["/a/one", "/a/two", "/a/three", "/b/one", "/b/four"];
        let sessions = paths.map(|path| {
            let path = ProjectPath::new(path).unwrap();
            registry.register(Session::builder(path).build()).unwrap()
        });
        registry.close().unwrap();
        Self {
            file,
            sessions: sessions.into(),
            _directory: directory,
        }
    }

    /// Changes a table behind the registry's back.
    fn edit(&self, table: &str, change: impl FnOnce(&mut Rows<'_>)) {
        let database = Database::open(&self.file).unwrap();
        let transaction = database.begin_write().unwrap();
        let definition = TableDefinition::<&[u8], &[u8]>::new(table);
        change(&mut transaction.open_table(definition).unwrap());
        transaction.commit().unwrap();
        database.close().unwrap();
    }

    /// Changes the row of the session at `position`.
    fn edit_row(&self, position: usize, change: impl FnOnce(&mut Vec<u8>)) {
        let id = self.id(position);
        self.edit("sessions", |rows| {
            let mut row = rows.get(id.as_slice()).unwrap().unwrap().value().to_vec();
            change(&mut row);
            rows.insert(id.as_slice(), row.as_slice()).unwrap();
        });
    }

    /// Removes the entries of `table` that are about the session at `position`.
    fn remove_entries(&self, table: &str, position: usize) {
        let id = self.id(position);
        self.edit(table, |rows| {
            let about = |key: &[u8], value: &[u8]| key.ends_with(&id) || value == id;
            let before = rows.iter().unwrap().count();
            rows.retain(|key, value| !about(key, value)).unwrap();
            assert_eq!(rows.iter().unwrap().count(), before - 1);
        });
    }

    fn id(&self, position: usize) -> [u8; 16] {
        *self.sessions[position].id().as_uuid().as_bytes()
    }

    fn open(&self) -> SessionRegistry {
        SessionRegistry::open(&self.file).unwrap()
    }

    /// The session at `position` can still be read by its id and its path.
    fn assert_readable(&self, registry: &SessionRegistry, position: usize) {
        let session = &self.sessions[position];
        let found = registry.lookup(session.id()).unwrap();
        assert_eq!(found.as_ref(), Some(session));
        let found = registry.lookup_by_path(session.project_path()).unwrap();
        assert_eq!(found.as_ref(), Some(session));
    }
}

#[track_caller]
fn detail<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Corrupted { detail, .. }) => detail,
        other => panic!("not an error about damage: {other:?}"),
    }
}

#[test]
fn rows_that_do_not_decode_are_all_named_and_hide_no_others() {
    let five = Five::new();
    five.edit_row(1, Vec::clear);
    five.edit_row(2, |row| row[0] = 200);
    five.edit_row(4, |row| row.truncate(row.len() - 1));
    let registry = five.open();
    let listed = detail(registry.list_all());
    let in_snapshot = detail(registry.snapshot().unwrap().list_all());
    assert_eq!(listed, in_snapshot);
    for bad in [1, 2, 4] {
        let session = &five.sessions[bad];
        let id = session.id().to_string();
        assert!(listed.contains(&id), "{listed} does not name {id}");
        assert!(detail(registry.lookup(session.id())).contains(&id));
        assert!(detail(registry.lookup_by_path(session.project_path())).contains(&id));
        assert!(detail(registry.lookup_by_name(session.name().as_str())).contains(&id));
        assert!(detail(registry.unregister(session.id())).contains(&id));
    }
    assert!(listed.contains("3 of 5"), "{listed}");
    five.assert_readable(&registry, 0);
    five.assert_readable(&registry, 3);
    assert_eq!(registry.lookup_all_by_name("one").unwrap().len(), 2);
    let found = registry.verify().unwrap().inconsistencies;
    let unreadable = |found: &&Inconsistency| matches!(found, Inconsistency::UnreadableRow { .. });
    assert_eq!(found.iter().filter(unreadable).count(), 3, "{found:?}");
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn a_row_with_bytes_too_many_or_another_spelling_is_refused() {
    // The second spells the name "one" as " ne".
    let changes: [fn(&mut Vec<u8>); 2] = [|row| row.push(0), |row| row[2] = b' '];
    for change in changes {
        let five = Five::new();
        five.edit_row(0, change);
        let registry = five.open();
        detail(registry.lookup(five.sessions[0].id()));
        five.assert_readable(&registry, 3);
    }
}

#[test]
fn entries_without_a_row_are_reported_and_mended() {
    let five = Five::new();
    five.edit("sessions", |rows| {
        rows.remove(five.id(2).as_slice()).unwrap().unwrap();
    });
    let registry = five.open();
    let gone = &five.sessions[2];
    let id = gone.id().to_string();
    assert!(detail(registry.list_all()).contains(&id));
    assert!(detail(registry.lookup_by_path(gone.project_path())).contains(&id));
    assert!(detail(registry.lookup_by_name("three")).contains(&id));
    for other in [0, 1, 3, 4] {
        five.assert_readable(&registry, other);
    }
    let again = Session::builder(gone.project_path().clone()).build();
    assert!(detail(registry.register(again.clone())).contains(&id));

    assert_mended(
        &registry,
        &[0, 1, 3, 4].map(|other| five.sessions[other].clone()),
    );
    registry.register(again).unwrap();
}

#[test]
fn a_row_that_an_index_lost_is_never_left_out_in_silence() {
    let five = Five::new();
    five.remove_entries("session_by_created", 2);
    let registry = five.open();
    detail(registry.list_all());
    detail(registry.list_ids());
    five.assert_readable(&registry, 2);
    assert_mended(&registry, &five.sessions);

    let five = Five::new();
    five.remove_entries("session_by_name", 2);
    let registry = five.open();
    detail(registry.lookup_by_name("three"));
    detail(registry.lookup_all_by_name("three"));
    five.assert_readable(&registry, 2);
    assert_mended(&registry, &five.sessions);
}

#[test]
fn a_path_that_its_index_lost_is_not_given_away() {
    let five = Five::new();
    five.remove_entries("session_by_path", 2);
    let registry = five.open();
    let path = five.sessions[2].project_path();
    detail(registry.lookup_by_path(path));
    detail(registry.register(Session::builder(path.clone()).build()));
    let moving = registry.modify(five.sessions[0].id(), |session| {
        session.set_project_path(path.clone());
    });
    detail(moving);
    let found = registry.lookup(five.sessions[2].id()).unwrap();
    assert_eq!(found.as_ref(), Some(&five.sessions[2]));
    five.assert_readable(&registry, 0);
    assert_mended(&registry, &five.sessions);
    registry.unregister(five.sessions[2].id()).unwrap().unwrap();
    registry
        .register(Session::builder(path.clone()).build())
        .unwrap();
}

#[test]
fn an_entry_that_names_the_wrong_session_is_reported() {
    let five = Five::new();
    five.edit("session_by_path", |rows| {
        let start = b"/a/one\0".as_slice();
        rows.retain(|key, _| !key.starts_with(start)).unwrap();
        let key = [start, &[0x80; 8], &five.id(1)].concat();
        rows.insert(key.as_slice(), [].as_slice()).unwrap();
    });
    let registry = five.open();
    let path = five.sessions[0].project_path();
    let told = detail(registry.lookup_by_path(path));
    assert!(told.contains(&five.sessions[1].id().to_string()), "{told}");
    assert_mended(&registry, &five.sessions);
}

#[test]
fn an_entry_at_the_wrong_time_lists_nothing_twice() {
    let five = Five::new();
    five.edit("session_by_created", |rows| {
        let key = [[0xF0; 8].as_slice(), &five.id(1)].concat();
        rows.insert(key.as_slice(), [].as_slice()).unwrap();
    });
    let registry = five.open();
    detail(registry.list_all());
    detail(registry.list_ids());
    five.assert_readable(&registry, 1);
    assert_mended(&registry, &five.sessions);
}

/// Rebuilding the indexes brings back every session that has a row.
#[track_caller]
fn assert_mended(registry: &SessionRegistry, sessions: &[Session]) {
    let found = registry.verify().unwrap();
    assert!(!found.is_clean());
    let mended = registry.rebuild_indexes().unwrap();
    assert!(found.pages_checked && !mended.pages_checked);
    assert_eq!(mended.sessions, found.sessions);
    assert_eq!(mended.inconsistencies, found.inconsistencies);
    assert!(registry.verify().unwrap().is_clean());
    assert_eq!(registry.list_all().unwrap(), sessions);
}
