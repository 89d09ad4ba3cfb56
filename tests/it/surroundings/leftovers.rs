//! What a sweep removes beside a registry, and what only looks like it.

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::{Place, make_pipe, names_in};

const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";
const PAGE: usize = 4096;

fn age(path: &Path, hours: u64) {
    let time = SystemTime::now() - Duration::from_secs(hours * 60 * 60);
    let file = File::options().read(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(time)).unwrap();
}

/// Whole pages that begin with `start`.
fn pages(start: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 2 * PAGE];
    bytes[..start.len()].copy_from_slice(start);
    bytes
}

/// Whatever was a day old and called `.NAME-*.tmp` was removed, whoever had written it.
#[test]
fn files_of_others_were_swept_beside_a_registry() {
    let place = Place::new();
    let ours = [
        (".sessions.redb-a1B2c3.tmp", Vec::new()),
        (".sessions.redb-zzzzzz.tmp", pages(&[])),
        (".sessions.redb-000000.tmp", pages(MAGIC)),
    ];
    let others = [
        (".sessions.redb-notes.tmp", Vec::new()),
        (".sessions.redb-a1B2c3d.tmp", pages(MAGIC)),
        (".sessions.redb-a1B2-3.tmp", pages(MAGIC)),
        (".sessions.redb-a1B2c\u{e9}.tmp", pages(MAGIC)),
        (".sessions.redb-a1B2c4.tmp~", pages(MAGIC)),
        (".sessions.redb-a1B2c4", pages(MAGIC)),
        ("sessions.redb-a1B2c4.tmp", pages(MAGIC)),
        (".other.redb-a1B2c4.tmp", pages(MAGIC)),
        (".sessions.redb-text01.tmp", b"my notes".to_vec()),
        (".sessions.redb-text02.tmp", pages(b"my notes")),
        (".sessions.redb-pages1.tmp", MAGIC.to_vec()),
        (
            ".sessions.redb-pages2.tmp",
            [pages(MAGIC), vec![0]].concat(),
        ),
    ];
    for (name, bytes) in ours.iter().chain(&others) {
        fs::write(place.path(name), bytes).unwrap();
        age(&place.path(name), 25);
    }
    let mut kept: Vec<_> = others.iter().map(|(name, _)| (*name).to_owned()).collect();

    fs::write(place.path(".sessions.redb-young1.tmp"), pages(MAGIC)).unwrap();
    age(&place.path(".sessions.redb-young1.tmp"), 23);
    fs::write(place.path(".sessions.redb-locked.tmp"), pages(MAGIC)).unwrap();
    age(&place.path(".sessions.redb-locked.tmp"), 25);
    let locked = File::open(place.path(".sessions.redb-locked.tmp")).unwrap();
    locked.lock().unwrap();
    fs::create_dir(place.path(".sessions.redb-folder.tmp")).unwrap();
    age(&place.path(".sessions.redb-folder.tmp"), 25);
    let (target, link) = (
        place.path("target"),
        place.path(".sessions.redb-linked.tmp"),
    );
    fs::write(&target, "").unwrap();
    age(&target, 25);
    symlink(&target, &link).unwrap();
    make_pipe(&place.path(".sessions.redb-thepip.tmp"));
    for name in ["young1", "locked", "folder", "linked", "thepip"] {
        kept.push(format!(".sessions.redb-{name}.tmp"));
    }
    kept.extend(["sessions.redb".to_owned(), "target".to_owned()]);
    kept.sort();
    place.open().close().unwrap();
    assert_eq!(place.names(), kept);
}

#[test]
fn files_of_others_were_swept_beside_a_backup() {
    let place = Place::new();
    for (name, text) in [
        (".copy-abcdef.tmp", "my notes"),
        (".copy-ghijkl.tmp", ""),
        (".copy-notes.tmp", ""),
    ] {
        fs::write(place.path(name), text).unwrap();
        age(&place.path(name), 25);
    }
    place.open().backup_to(place.path("copy")).unwrap();
    let expected = [
        ".copy-abcdef.tmp",
        ".copy-notes.tmp",
        "copy",
        "sessions.redb",
    ];
    assert_eq!(place.names(), expected);
}

/// Files with a name like a lock's were removed from the folder of owners, and from wherever a link in its
/// place led.
#[test]
fn files_with_content_and_those_behind_a_linked_folder_were_swept() {
    let place = Place::new();
    let dead = place.leave_dead_owner();
    let name = |path: &Path| path.file_name().unwrap().to_owned();
    let full = dead.with_file_name(super::some_lock_name());
    fs::write(&full, "content").unwrap();
    let link = dead.with_file_name(super::some_lock_name());
    symlink("/dev/null", &link).unwrap();
    place.open().claim(place.id).unwrap().release().unwrap();
    assert!(full.exists() && fs::symlink_metadata(&link).is_ok());
    assert!(!dead.exists());

    let elsewhere = place.path("elsewhere");
    fs::remove_dir_all(place.folder()).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    for empty in [name(&dead), name(&full)] {
        fs::write(elsewhere.join(empty), "").unwrap();
    }
    symlink(&elsewhere, place.folder()).unwrap();
    let refused = place.open().claim(place.id).unwrap_err();
    assert_eq!(refused.code(), "owners_folder");
    assert_eq!(names_in(&elsewhere).len(), 2);
}
