//! The sessions that could be meant.

use std::collections::{BTreeMap, HashMap};
use std::path::{self, PathBuf};

use session_registry::{Order, Query, Session, SessionId, SessionRegistry, StateFilter};

use super::answer::Candidate;
use super::request::{fitting, is_like_an_option};
use crate::describe;
use crate::locate::Locator;

/// The most sessions of one state that are looked at: a shell would ask before it showed so many.
const MOST: u32 = 1000;

/// So many digits mean an id.
const FEW: usize = 4;

/// Which sessions a command can have to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Open,
    Closed,
    /// Open ones first.
    Any,
}

/// A path as the shell would give it, if it begins in the home directory.
pub(super) fn expanded(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), dirs::home_dir()) {
        (Some(below), Some(home)) => home.join(below),
        _ => PathBuf::from(typed),
    }
}

/// The words that mean a session and begin with what is typed, the most recently active sessions first:
/// its name; its id where its name would mean another or several, or cannot be typed there, or where an id
/// is being typed. Nothing where anything goes wrong.
pub(super) fn sessions(
    locator: &Locator,
    whose: Whose,
    typed: &str,
    can_be_hyphen: bool,
) -> Vec<Candidate> {
    let Some(registry) = locator.glance() else {
        return Vec::new();
    };
    let open = page(&registry, StateFilter::Open, typed);
    let closed = page(&registry, StateFilter::Closed, typed);
    let (open_names, closed_names) = (names(&open), names(&closed));
    let named = |session: &&Session, is_open: bool| {
        let name = session.name().as_str();
        let count = |names: &HashMap<&str, usize>| names.get(name).copied().unwrap_or(0);
        let is_alone = if is_open {
            count(&open_names) == 1
        } else {
            count(&open_names) == 0 && count(&closed_names) == 1
        };
        is_alone && can_be_typed(name, can_be_hyphen)
    };
    let mut found = Vec::new();
    for (sessions, state, filter) in [
        (&open, Whose::Open, StateFilter::Open),
        (&closed, Whose::Closed, StateFilter::Closed),
    ] {
        if whose != Whose::Any && whose != state {
            continue;
        }
        let candidates = sessions.iter().map(|session| {
            if named(&session, state == Whose::Open) {
                Candidate::named(session)
            } else {
                Candidate::numbered(session)
            }
        });
        found.extend(fitting(candidates.collect(), typed));
        if !typed.is_empty() && is_part_of_alias(typed) {
            let all = page(&registry, filter, "");
            let called = all.iter().flat_map(Candidate::called);
            found.extend(fitting(called.collect(), typed));
        }
        // A few digits may be the beginning of a word.
        if is_part_of_id(typed) && (typed.len() >= FEW || found.is_empty()) {
            let numbered = sessions.iter().map(Candidate::numbered).collect();
            found.extend(fitting(numbered, typed));
        }
    }
    found.dedup_by(|one, other| one.value == other.value);
    found
}

/// What the sessions are labelled with that begins with what is typed, and by how many.
pub(super) fn labels(
    locator: &Locator,
    labels: fn(&Session) -> Vec<String>,
    typed: &str,
) -> Vec<Candidate> {
    let Some(registry) = locator.glance() else {
        return Vec::new();
    };
    let mut counts = BTreeMap::<String, u64>::new();
    for session in page(&registry, StateFilter::Any, "") {
        for label in labels(&session) {
            *counts.entry(label).or_default() += 1;
        }
    }
    let candidates = counts.into_iter();
    let candidates =
        candidates.map(|(label, count)| Candidate::new(label, Some(describe::count(count))));
    fitting(candidates.collect(), typed)
}

pub(super) fn tags(session: &Session) -> Vec<String> {
    session.tags().iter().map(ToString::to_string).collect()
}

pub(super) fn aliases(session: &Session) -> Vec<String> {
    session.aliases().iter().map(ToString::to_string).collect()
}

fn page(registry: &SessionRegistry, state: StateFilter, typed: &str) -> Vec<Session> {
    let mut query = Query::new()
        .state(state)
        .order(Order::LastActive)
        .descending()
        .limit(MOST);
    // What is no part of an id must be one of a name.
    if !typed.is_empty() && !is_part_of_id(typed) {
        query = query.name_contains(typed);
    }
    registry
        .list(&query)
        .map(|page| page.items)
        .unwrap_or_default()
}

fn names(sessions: &[Session]) -> HashMap<&str, usize> {
    let mut names = HashMap::new();
    for session in sessions {
        *names.entry(session.name().as_str()).or_default() += 1;
    }
    names
}

/// Whether a name means its session when it is typed: it is no option, no id and no directory.
fn can_be_typed(name: &str, can_be_hyphen: bool) -> bool {
    let is_directory = name.contains(path::is_separator) && PathBuf::from(name).is_dir();
    let is_dots = matches!(name, "." | "..");
    (can_be_hyphen || !is_like_an_option(name))
        && name.parse::<SessionId>().is_err()
        && !is_directory
        && !is_dots
}

fn is_part_of_id(typed: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    !typed.is_empty() && !typed.starts_with('-') && typed.bytes().all(is_digit)
}

fn is_part_of_alias(typed: &str) -> bool {
    let namespace = typed.split(':').next().unwrap_or_default();
    namespace
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte))
}
