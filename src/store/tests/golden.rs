//! The golden files under `tests/fixtures`: one of every schema version, written by the code of that
//! version, and what it holds as text. They are opened as copies only.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::text::content;
use super::{id, name, path};
use crate::registry::SessionRegistry;
use crate::session::{
    Alias, CloseReason, Relation, Session, SessionConfig, SessionState, Tag, Timestamp,
};
use crate::store::format::claim_row::{ActivityKind, ActivityRow};
use crate::store::format::schema::{STEPS, latest};
use crate::store::format::waiter_row::{Aim, WaiterRow};
use crate::store::{ClaimRow, Reads, Sharing};

/// When the golden sessions changed: 2026-01-02T03:04:05.000006Z.
const CHANGED: Timestamp = Timestamp::from_micros(1_767_323_045_000_006);

/// The versions that have golden files.
const WRITTEN: std::ops::RangeInclusive<u32> = 1..=3;

pub(super) fn fixture(version: u32, ending: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/v{version}.{ending}"))
}

fn session(number: u8, called: &str, at: &str, created_at: Timestamp) -> Session {
    Session::builder(path(at))
        .id(id(number))
        .name(name(called))
        .created_at(created_at)
        .build()
}

/// One session of every kind that a decoder or an index could get wrong.
fn golden_sessions() -> Vec<Session> {
    let day = Timestamp::from_micros(1_700_000_000_000_000);
    let mut full = session(3, "Größe 測試 👩‍👩‍👧 עברית", "/home/zoë/проект/a..b", day);
    full.set_config(
        SessionConfig::new()
            .provider("anthropic")
            .model("claude \"opus\" 4")
            .temperature(0.123_456_789)
            .max_tokens(u32::MAX),
    );
    let metadata = full.metadata_mut();
    metadata.insert("branch".into(), "main".into());
    metadata.insert("empty".into(), String::new());
    metadata.insert("lines".into(), "one\ntwo\ttab \u{202e}override".into());
    let mut cold = session(4, "twin", "/work/cold", day);
    cold.set_config(
        SessionConfig::new()
            .model("local")
            .temperature(0.0)
            .max_tokens(1),
    );
    let mut large = session(5, "large", "/work/large", day);
    large.metadata_mut().insert("log".into(), "x".repeat(9_000));
    vec![
        session(1, "first of all", "/", Timestamp::MIN),
        session(2, "twin", "/work/twin", Timestamp::from_micros(-1)),
        full,
        cold,
        large,
        session(6, "twin", "/work/twin two", Timestamp::from_micros(0)),
        session(7, &"n".repeat(50), "/work/of its end", Timestamp::MAX),
    ]
}

/// Fills a registry with what version 1 knew, in fixed order and at fixed times.
fn fill_1(registry: &SessionRegistry) {
    registry.set_max_sessions(25).unwrap();
    for session in golden_sessions() {
        registry.register(session).unwrap();
    }
    for branch in ["a", "b", "c"] {
        let change = |session: &mut Session| {
            session
                .metadata_mut()
                .insert("branch".into(), branch.into());
        };
        registry.modify(id(2), change).unwrap();
    }
    registry.rename(id(1), name("renamed")).unwrap();
    registry
        .register(session(8, "gone", "/work/gone", CHANGED))
        .unwrap();
    registry.unregister(id(8)).unwrap();
    registry.set_default_session(Some(id(4))).unwrap();
}

/// Adds what version 2 knows: closed sessions, claims.
fn fill_2(registry: &SessionRegistry) {
    let day = Timestamp::from_micros(1_600_000_000_000_000);
    for number in [9, 10, 11] {
        let closed = session(number, "closed", "/work/closed", day);
        registry.register(closed).unwrap();
        registry.close_session(id(number)).unwrap();
    }
    registry.reopen(id(10)).unwrap();
    registry.touch(id(3)).unwrap();
    let died = move |tx: &mut crate::store::WriteTx<'_>| {
        let old = tx.session(id(11))?.unwrap();
        let mut new = old.clone();
        new.set_state(SessionState::Closed {
            at: day,
            reason: CloseReason::OwnerDied,
        });
        tx.replace(&old, &new)?;
        let epoch = tx.raise_epoch()?;
        let claim = ClaimRow {
            pid: 4_000_000,
            host: "höst".into(),
            machine: Some("0123456789abcdef".into()),
            claimed_at: CHANGED.as_micros(),
            ..super::claim_of_the_dead(epoch)
        };
        tx.put_claim(id(2), &claim)
    };
    registry.store().call().write("fill", died).unwrap();
}

/// Adds what version 3 knows: several sessions of a project, places, labels, lineage, what an owner says, the log, waiters.
fn fill_3(registry: &SessionRegistry) {
    registry.set_max_sessions_per_project(3).unwrap();
    // Its row was edited by hand, which was not told.
    let read =
        |session: &mut Session| drop(session.metadata_mut().insert("read".into(), "yes".into()));
    registry.modify(id(11), read).unwrap();
    let day = Timestamp::from_micros(1_650_000_000_000_000);
    let places = [
        (12, "/work/twin"),
        (13, "ssh://dev1/work/app"),
        (14, r"\\?\c:\Work\App"),
        (15, r"\\server\share\work"),
    ];
    for ((number, place), relation) in places.into_iter().zip([
        Relation::Child,
        Relation::Fork,
        Relation::Continuation,
        Relation::Child,
    ]) {
        let mut labelled = Session::builder(path(place))
            .id(id(number))
            .created_at(day)
            .parent(id(number - 1), relation)
            .alias(Alias::new(format!("claude:{number}")).unwrap())
            .tag(Tag::new("größe").unwrap())
            .pinned(number == 13)
            .build();
        let aliases = labelled.aliases_mut();
        aliases.insert(Alias::new(format!("acp:sess_{number}")).unwrap());
        labelled
            .metadata_mut()
            .insert("log".into(), "y".repeat(100 * usize::from(number)));
        registry.register(labelled).unwrap();
    }
    registry.rename(id(14), name("chosen")).unwrap();
    registry.close_session(id(15)).unwrap();
    let write = move |tx: &mut crate::store::WriteTx<'_>| {
        let epoch = tx.raise_epoch()?;
        let claim = ClaimRow {
            pid: 3_999_999,
            host: "höst".into(),
            machine: None,
            boot: Some("0f8fad5b-d9cb-469f-a165-70867728950e".into()),
            driver: Some(4_000_001),
            program: Some("claude".into()),
            pid_namespace: Some(4_026_531_836),
            claimed_at: CHANGED.as_micros(),
            activity: Some(ActivityRow {
                kind: ActivityKind::Waiting,
                note: Some("approve: rm -r größe".into()),
                since: day.as_micros(),
            }),
            ..super::claim_of_the_dead(epoch)
        };
        tx.put_claim(id(13), &claim)?;
        for aim in [Aim::Register, Aim::Start, Aim::resume(id(15))] {
            tx.add_waiter(&WaiterRow {
                owner: [7; 16],
                machine: None,
                boot: claim.boot.clone(),
                project_path: path("/work/twin"),
                aim,
            })?;
        }
        Ok(())
    };
    registry.store().call().write("fill", write).unwrap();
}

fn fill(registry: &SessionRegistry) {
    fill_1(registry);
    fill_2(registry);
    fill_3(registry);
}

fn open(path: &Path, sharing: Sharing) -> SessionRegistry {
    SessionRegistry::options()
        .sharing(sharing)
        .clock(|| CHANGED)
        .open(path)
        .unwrap()
}

fn write_new(path: &Path, bytes: &[u8]) {
    let mut file = fs::File::create_new(path).expect("a golden file is never overwritten");
    file.write_all(bytes).unwrap();
}

#[test]
#[ignore = "run by hand, once per schema version: writes the golden file that migrations/README.md asks for"]
fn write_the_golden_file() {
    let version = latest(STEPS);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("golden.redb");
    let registry = open(&path, Sharing::Exclusive);
    fill(&registry);
    let text = content(&registry, version);
    registry.close().unwrap();
    write_new(&fixture(version, "redb"), &fs::read(&path).unwrap());
    write_new(&fixture(version, "txt"), text.as_bytes());
}

#[test]
fn golden_files_of_every_version_hold_what_their_text_says() {
    for version in WRITTEN {
        let golden = fs::read(fixture(version, "redb")).unwrap();
        let text = fs::read_to_string(fixture(version, "txt")).unwrap();
        for sharing in [Sharing::Shared, Sharing::Exclusive] {
            let directory = tempfile::tempdir().unwrap();
            let copy = directory.path().join("copy.redb");
            fs::write(&copy, &golden).unwrap();
            let registry = open(&copy, sharing);
            let found = content(&registry, version);
            assert_eq!(found, text, "version {version}, {sharing:?}");
            assert!(registry.verify().unwrap().is_clean());
            assert!(!registry.open_report().created && !registry.open_report().recovered);
            let migrated_from = (version < latest(STEPS)).then_some(version);
            assert_eq!(registry.open_report().migrated_from, migrated_from);
        }
        let after = fs::read(fixture(version, "redb")).unwrap();
        assert!(
            after == golden,
            "the golden file itself stays byte for byte"
        );
    }
}

/// What is filled in here is what the files hold: a poor file would pass every decoder.
#[test]
fn golden_content_is_what_this_code_would_write() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(&directory.path().join("new.redb"), Sharing::Shared);
    for (version, fill) in [
        (1, fill_1 as fn(&SessionRegistry)),
        (2, fill_2),
        (3, fill_3),
    ] {
        fill(&registry);
        let text = fs::read_to_string(fixture(version, "txt")).unwrap();
        assert_eq!(content(&registry, version), text);
    }
}
