//! Rows of older versions that no golden file has: spellings of Windows, names, metadata of every size, and rows and
//! claims that cannot be read.

use super::raw::{check_indexes, dump};
use super::version_2::{CLOSED, Older, Table, migrated, write};
use super::{code, id, open_file, path};
use crate::registry::SessionRegistry;
use crate::session::{NameOrigin, Session, Timestamp};
use crate::store::Sharing;
use crate::store::format::schema::STEPS;

#[track_caller]
fn found(registry: &SessionRegistry, number: u8) -> Session {
    registry.lookup(id(number)).unwrap().unwrap()
}

#[test]
fn every_spelling_of_windows_is_one_place_afterwards() {
    let table = [
        (r"/work/app", "/work/app"),
        (r"/w\x/é", r"/w\x/é"),
        ("/", "/"),
        (r"c:\work\app", r"C:\work\app"),
        ("D:/work/app/", r"D:\work\app"),
        (r"e:\", r"E:\"),
        (r"\\?\f:\work", r"F:\work"),
        (r"\\server\share\app", r"\\server\share\app"),
        (r"//server/share/app2", r"\\server\share\app2"),
        (r"\\?\UNC\server\share\x\", r"\\server\share\x"),
        (r"\\?\unc\server\other", r"\\server\other"),
        (r"\\?\Volume{b75e}\app", "windows://?/Volume{b75e}/app"),
        (r"\\.\pipe\x", "windows://./pipe/x"),
    ];
    for closed in [None, CLOSED] {
        let sessions: Vec<_> = (1..)
            .zip(table)
            .map(|(number, (stored, _))| Older {
                closed,
                ..Older::new(number, "name", stored)
            })
            .collect();
        let (_directory, registry) = migrated(&sessions, &[]);
        for (number, (stored, expected)) in (1..).zip(table) {
            let session = found(&registry, number);
            assert_eq!(session.project_path(), expected, "{stored}");
            let at = path(expected);
            let open = registry.lookup_by_path(&at).unwrap();
            assert_eq!(open, closed.is_none().then_some(session), "{stored}");
        }
        check_indexes(&dump(&registry).unwrap());
        let verified = registry.verify().unwrap();
        assert!(verified.is_clean(), "{verified:?}");
    }
}

#[test]
fn two_spellings_of_one_place_become_two_sessions_on_it() {
    let sessions = [
        Older::new(1, "one", r"C:\work"),
        Older::new(2, "two", r"\\?\c:\work"),
    ];
    let (_directory, registry) = migrated(&sessions, &[]);
    assert!(registry.verify().unwrap().is_clean());
    assert_eq!(registry.count().unwrap(), 2);
    // Both were active at the same time: the higher id decides.
    let holder = registry.lookup_by_path(&path(r"C:\work")).unwrap().unwrap();
    assert_eq!(holder.id(), id(2));
    registry.close_session(id(2)).unwrap();
    let holder = registry.lookup_by_path(&path(r"C:\work")).unwrap().unwrap();
    assert_eq!(holder.id(), id(1));
}

#[test]
fn a_name_was_automatic_exactly_if_the_path_ends_with_it() {
    use NameOrigin::{Automatic, Given};

    let table = [
        ("app", "/work/app", Automatic),
        ("App", "/work/app2", Given),
        ("work", "/work/app3", Given),
        (r"a\b", r"/work/a\b", Automatic),
        ("b", r"/other/a\b", Given),
        ("session", "/", Automatic),
        ("session", "/work/app4", Given),
        ("app", r"C:\work\app", Automatic),
        ("session", r"D:\", Automatic),
        ("share", r"\\server\share", Automatic),
    ];
    let sessions: Vec<_> = (1..)
        .zip(table)
        .map(|(number, (name, path, _))| Older::new(number, name, path))
        .collect();
    let (_directory, registry) = migrated(&sessions, &[]);
    for (number, (name, path, origin)) in (1..).zip(table) {
        let session = found(&registry, number);
        assert_eq!(session.name_origin(), origin, "{name} on {path}");
        // As an import of what that version exported.
        let mut json = serde_json::to_value(&session).unwrap();
        json.as_object_mut().unwrap().remove("name_origin");
        let read: Session = serde_json::from_value(json).unwrap();
        assert_eq!(read.name_origin(), origin, "{name} on {path}");
    }
}

#[test]
fn nothing_else_changes_and_large_metadata_moves() {
    let with = |number, bytes: usize| {
        let key = "k".to_owned();
        let value = "v".repeat(bytes - 1);
        Older {
            metadata: [(key, value)].into(),
            ..Older::new(number, "name", &format!("/work/{number}"))
        }
    };
    let mut sessions = vec![with(1, 1), with(2, 1024), with(3, 1025), with(4, 16 * 1024)];
    sessions.push(Older {
        closed: CLOSED,
        ..with(5, 2000)
    });
    let (_directory, registry) = migrated(&sessions, &[]);
    for older in &sessions {
        let session = found(&registry, older.number);
        assert_eq!(session.metadata(), &older.metadata);
        assert_eq!(
            (session.name(), session.revision()),
            (&"name".parse().unwrap(), 3)
        );
        let times = [
            session.created_at(),
            session.updated_at(),
            session.last_active_at(),
        ];
        let expected = [older.created(), 20, 30].map(Timestamp::from_micros);
        assert_eq!(times, expected);
        assert_eq!(session.state().is_open(), older.closed.is_none());
        assert!(session.aliases().is_empty() && session.tags().is_empty());
        assert!(!session.is_pinned() && session.parent().is_none());
    }
    let dump = dump(&registry).unwrap();
    check_indexes(&dump);
    let apart: Vec<_> = dump["session_extra"].keys().map(|key| key[0]).collect();
    assert_eq!(apart, [3, 4, 5]);
    assert_eq!(registry.max_sessions().unwrap(), 10);
}

#[test]
fn rows_and_claims_that_cannot_be_read_hide_no_other() {
    let sessions: Vec<_> = (1..=4)
        .map(|number| Older {
            closed: if number > 2 { CLOSED } else { None },
            ..Older::new(number, "name", &format!("/work/{number}"))
        })
        .collect();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    write(&file, &sessions, &[(1, vec![9, 9])]);
    let database = redb::Database::open(&file).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut rows = transaction.open_table(Table::new("sessions")).unwrap();
        for number in [2, 4] {
            let nonsense = [0xFF; 9].as_slice();
            rows.insert([number; 16].as_slice(), nonsense).unwrap();
        }
    }
    transaction.commit().unwrap();
    database.close().unwrap();

    let registry = open_file(&file, Sharing::Shared, STEPS).unwrap();
    assert_eq!(found(&registry, 1).project_path(), "/work/1");
    assert_eq!(found(&registry, 3).project_path(), "/work/3");
    assert_eq!(registry.count().unwrap(), 2);
    assert_eq!(code(registry.lookup(id(2))), "corrupted");
    assert_eq!(code(registry.lookup_by_path(&path("/work/2"))), "corrupted");
    let held = registry.lookup_by_path(&path("/work/1")).unwrap();
    assert_eq!(held.map(|session| session.id()), Some(id(1)));
    let told = registry.verify().unwrap().inconsistencies;
    let codes: Vec<_> = told.iter().map(|found| found.code()).collect();
    assert_eq!(codes, ["unreadable_row", "unreadable_row", "stray_claim"]);
}

#[test]
fn a_claim_keeps_its_owner() {
    let claim = ([7_u8; 16], 41_u64, 4_000_u32, "host", "machine", 99_i64);
    let claim = postcard::to_extend(&claim, vec![1]).unwrap();
    let (_directory, registry) = migrated(&[Older::new(1, "name", "/work/1")], &[(1, claim)]);
    let row = registry.store().call().read("read", |view| {
        crate::store::Claims::claim(view.reads(), id(1))
    });
    let expected = crate::store::ClaimRow {
        machine: Some("machine".into()),
        host: "host".into(),
        pid: 4_000,
        claimed_at: 99,
        ..super::claim_of_the_dead(41)
    };
    assert_eq!(row.unwrap(), Some(expected));
}
