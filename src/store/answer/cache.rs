//! Decoded sessions that were asked for more than once, for as long as nothing was committed by anybody.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;

use crate::session::{ProjectPath, Session, SessionId, SessionName};
use crate::store::engine::Stamp;
use crate::store::rows::view::LookupKey;

#[cfg(test)]
mod tests;

/// How many answers are kept at most.
const MOST_ANSWERS: usize = 4096;
/// How many bytes of text and the like they hold at most, about.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// What an answer takes besides its texts, about.
const ANSWER_BYTES: usize = 512;
/// What a metadata pair takes besides its texts, about.
const PAIR_BYTES: usize = 128;
/// How many questions are remembered, about.
const QUESTIONS: usize = 1024;

/// The answers, "there is none" among them.
#[derive(Debug, Default)]
pub(in crate::store) struct Cache {
    answers: RwLock<Answers>,
    recent: RecentLookups,
}

#[derive(Debug, Default)]
struct Answers {
    stamp: Option<Stamp>,
    by_id: HashMap<SessionId, Option<Session>>,
    by_path: HashMap<ProjectPath, Option<SessionId>>,
    by_name: HashMap<String, Option<SessionId>>,
    bytes: usize,
}

impl Cache {
    /// Returns the answer, if it is known for a state that `is_wanted`; asks that only if there is an answer.
    pub(in crate::store) fn get(
        &self,
        key: LookupKey<'_>,
        is_wanted: impl FnOnce(&Stamp) -> bool,
    ) -> Option<Option<Session>> {
        let answers = self.answers.read();
        let answer = answers.find(key)?;
        is_wanted(answers.stamp.as_ref()?).then(|| answer.cloned())
    }

    /// Whether the answer is worth keeping: who looks at each of many sessions once would only ever
    /// fill the cache.
    pub(super) fn asked_before(&self, key: LookupKey<'_>) -> bool {
        // No session has such a name, and it may be of any length.
        let possible = !matches!(key, LookupKey::Name(name) if name.len() > SessionName::MAX_BYTES);
        possible && self.recent.note(key)
    }

    /// Forgets the answers of every state but the one of `stamp`, which is the present one.
    pub(in crate::store) fn turn_to(&self, stamp: &Stamp) {
        if self.answers.read().stamp.as_ref() != Some(stamp) {
            *self.answers.write() = Answers::of(stamp);
        }
    }

    /// Whether the answers are about this state.
    pub(super) fn is_of(&self, stamp: &Stamp) -> bool {
        self.answers.read().stamp.as_ref() == Some(stamp)
    }

    /// Goes on to the state of `stamp`, in which only those sessions may be others that `touched` tells of the state so
    /// far; returns whether it did. Who holds a path or a name may have changed all the same.
    pub(super) fn carry(
        &self,
        stamp: &Stamp,
        touched: impl FnOnce(&Stamp) -> Option<HashSet<SessionId>>,
    ) -> bool {
        let mut answers = self.answers.write();
        let Some(touched) = answers.stamp.as_ref().and_then(touched) else {
            return false;
        };
        answers.by_path.clear();
        answers.by_name.clear();
        answers.by_id.retain(|id, _| !touched.contains(id));
        answers.bytes = answers
            .by_id
            .values()
            .map(|answer| ANSWER_BYTES + answer.as_ref().map_or(0, text_bytes))
            .sum();
        answers.stamp = Some(stamp.clone());
        true
    }

    /// Keeps an answer that was read in the state of `stamp`, if the cache is about that.
    pub(in crate::store) fn put(
        &self,
        key: LookupKey<'_>,
        answer: Option<&Session>,
        stamp: &Stamp,
    ) {
        let mut answers = self.answers.write();
        if answers.stamp.as_ref() != Some(stamp) {
            return;
        }
        if answers.are_full() {
            *answers = Answers::of(stamp);
        }
        answers.add(key, answer);
    }
}

impl Answers {
    fn of(stamp: &Stamp) -> Self {
        Self {
            stamp: Some(stamp.clone()),
            ..Self::default()
        }
    }

    fn find(&self, key: LookupKey<'_>) -> Option<Option<&Session>> {
        let id = match key {
            LookupKey::Id(id) => Some(id),
            LookupKey::Path(path) => *self.by_path.get(path)?,
            LookupKey::Name(name) => *self.by_name.get(name)?,
        };
        match id {
            Some(id) => self.by_id.get(&id).map(Option::as_ref),
            None => Some(None),
        }
    }

    fn are_full(&self) -> bool {
        let count = self.by_id.len() + self.by_path.len() + self.by_name.len();
        count >= MOST_ANSWERS || self.bytes >= MOST_BYTES
    }

    fn add(&mut self, key: LookupKey<'_>, answer: Option<&Session>) {
        self.bytes += answer.map_or(0, text_bytes) + ANSWER_BYTES;
        let id = answer.map(Session::id);
        match key {
            LookupKey::Id(id) => {
                self.by_id.insert(id, answer.cloned());
                return;
            }
            LookupKey::Path(path) => {
                self.bytes += path.as_str().len();
                self.by_path.insert(path.clone(), id);
            }
            LookupKey::Name(name) => {
                self.bytes += name.len();
                self.by_name.insert(name.to_owned(), id);
            }
        }
        if let (Some(id), Some(session)) = (id, answer) {
            self.by_id.insert(id, Some(session.clone()));
        }
    }
}

/// The questions that were asked lately: by its hash each has one place, where it stays until another
/// takes it.
#[derive(Debug)]
struct RecentLookups {
    hasher: RandomState,
    places: [AtomicU64; QUESTIONS],
}

impl RecentLookups {
    /// Notes that it is asked now; returns whether it was asked lately.
    fn note(&self, key: LookupKey<'_>) -> bool {
        let hash = self.hasher.hash_one(key);
        let place = usize::try_from(hash % QUESTIONS as u64).unwrap_or(0);
        let place = self.places.get(place);
        place.is_some_and(|place| place.swap(hash, Ordering::Relaxed) == hash)
    }
}

impl Default for RecentLookups {
    fn default() -> Self {
        Self {
            hasher: RandomState::new(),
            places: [const { AtomicU64::new(0) }; QUESTIONS],
        }
    }
}

fn text_bytes(session: &Session) -> usize {
    let config = session.config();
    let named = [&config.provider, &config.model];
    let pairs = session.metadata().iter();
    session.name().as_str().len()
        + session.project_path().as_str().len()
        + named.into_iter().flatten().map(String::len).sum::<usize>()
        + pairs
            .map(|(key, value)| key.len() + value.len() + PAIR_BYTES)
            .sum::<usize>()
}
