//! What the cache holds at most.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail by panicking, and print their figures"
)]

use super::*;
use crate::session::{SessionConfig, Timestamp};

const NOW: Stamp = Stamp::Commits(2);

/// How many answers there are, and how many bytes their texts have.
fn held(cache: &Cache) -> (usize, usize) {
    let answers = cache.answers.read();
    let count = answers.by_id.len() + answers.by_path.len() + answers.by_name.len();
    let sessions: usize = answers.by_id.values().flatten().map(text_bytes).sum();
    let paths: usize = answers.by_path.keys().map(|path| path.as_str().len()).sum();
    let names: usize = answers.by_name.keys().map(String::len).sum();
    (count, sessions + paths + names)
}

/// A cache that is about [`NOW`].
fn cache() -> Cache {
    let cache = Cache::default();
    cache.turn_to(&NOW);
    cache
}

fn get(cache: &Cache, wanted: LookupKey<'_>, stamp: &Stamp) -> Option<Option<Session>> {
    cache.get(wanted, |of| of == stamp)
}

fn path(number: usize, len: usize) -> ProjectPath {
    ProjectPath::new(format!("/{number:08}{}", "p".repeat(len))).unwrap()
}

#[test]
fn many_small_answers_stay_within_the_limit() {
    let cache = cache();
    let mut most = 0;
    for number in 0..3 * MOST_ANSWERS {
        let session = Session::builder(path(number, 0)).build();
        match number % 4 {
            0 => cache.put(LookupKey::Id(session.id()), Some(&session), &NOW),
            1 => cache.put(
                LookupKey::Path(session.project_path()),
                Some(&session),
                &NOW,
            ),
            2 => cache.put(LookupKey::Path(session.project_path()), None, &NOW),
            _ => cache.put(LookupKey::Id(SessionId::random()), None, &NOW),
        }
        most = most.max(held(&cache).0);
    }
    eprintln!("{most} answers at most");
    assert!(most <= MOST_ANSWERS + 1 && most > MOST_ANSWERS / 4);
}

#[test]
fn large_answers_stay_within_the_limit() {
    let cache = cache();
    let mut most = 0;
    for number in 0..1000 {
        let mut session = Session::builder(path(number, 4000))
            .config(SessionConfig::new().model("m".repeat(256)))
            .created_at(Timestamp::from_micros(1))
            .build();
        session
            .metadata_mut()
            .insert("k".into(), "v".repeat(16 * 1024 - 1));
        cache.put(
            LookupKey::Path(session.project_path()),
            Some(&session),
            &NOW,
        );
        most = most.max(held(&cache).1);
    }
    eprintln!("{most} bytes at most");
    assert!(most <= MOST_BYTES + 64 * 1024 && most > MOST_BYTES / 2);
}

/// A name that is looked for may be of any length; it was kept, whole, until the next commit.
#[test]
fn a_name_that_no_session_can_have_was_kept_whatever_its_length() {
    let cache = cache();
    let long = "n".repeat(100 * 1024 * 1024);
    for _ in 0..3 {
        assert!(!cache.asked_before(LookupKey::Name(&long)));
    }
    assert_eq!(get(&cache, LookupKey::Name(&long), &NOW), None);
    cache.put(LookupKey::Name("short"), None, &NOW);
    assert_eq!(get(&cache, LookupKey::Name("short"), &NOW), Some(None));
}

#[test]
fn names_that_nobody_has_stay_within_the_limit() {
    let cache = cache();
    let mut most = (0, 0);
    for number in 0..20_000 {
        let name = format!("{number:0>2048}");
        cache.put(LookupKey::Name(&name), None, &NOW);
        let (count, bytes) = held(&cache);
        most = (most.0.max(count), most.1.max(bytes));
    }
    assert!(
        most.0 <= MOST_ANSWERS && most.1 <= MOST_BYTES + 4096,
        "{most:?}"
    );
}

#[test]
fn an_answer_counts_in_its_own_state_only() {
    let cache = cache();
    let session = Session::builder(path(1, 0)).build();
    let (wanted, later) = (LookupKey::Path(session.project_path()), Stamp::Commits(4));
    cache.put(wanted, Some(&session), &NOW);
    assert_eq!(get(&cache, wanted, &NOW), Some(Some(session.clone())));
    assert_eq!(
        get(&cache, LookupKey::Id(session.id()), &NOW),
        Some(Some(session.clone()))
    );
    assert_eq!(get(&cache, wanted, &later), None);
    // Somebody who still looks at the earlier state, or already at the later one.
    cache.put(wanted, None, &later);
    assert_eq!(get(&cache, wanted, &NOW), Some(Some(session.clone())));
    cache.turn_to(&later);
    assert_eq!(get(&cache, wanted, &later), None);
    cache.put(wanted, None, &later);
    assert_eq!(get(&cache, wanted, &later), Some(None));
    assert_eq!(get(&cache, LookupKey::Id(session.id()), &later), None);
    assert_eq!(get(&cache, wanted, &NOW), None);
}

#[test]
fn an_answer_is_worth_keeping_when_it_is_asked_for_again() {
    let cache = cache();
    let path = path(1, 0);
    for wanted in [LookupKey::Path(&path), LookupKey::Name(path.as_str())] {
        let asked = [(); 3].map(|()| cache.asked_before(wanted));
        assert_eq!(asked, [false, true, true], "{wanted:?}");
    }
}

#[test]
fn who_asks_for_each_of_many_once_keeps_nothing() {
    let cache = cache();
    let again = (0..10_000)
        .filter(|number| cache.asked_before(LookupKey::Path(&path(*number, 0))))
        .count();
    assert_eq!(again, 0);
}
