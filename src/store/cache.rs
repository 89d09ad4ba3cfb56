//! Decoded sessions that were read lately, for as long as nothing was committed by anybody.

use std::collections::HashMap;

use parking_lot::RwLock;

use super::stamp::Stamp;
use crate::session::{ProjectPath, Session, SessionId, SessionName};

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

/// A question for one session.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    Id(SessionId),
    Path(&'a ProjectPath),
    Name(&'a str),
}

/// The answers, "there is none" among them.
#[derive(Debug, Default)]
pub(super) struct Cache(RwLock<Answers>);

#[derive(Debug, Default)]
struct Answers {
    stamp: Option<Stamp>,
    by_id: HashMap<SessionId, Option<Session>>,
    by_path: HashMap<ProjectPath, Option<SessionId>>,
    by_name: HashMap<String, Option<SessionId>>,
    bytes: usize,
}

impl Cache {
    /// The answer, if it is known for the state of `stamp`.
    pub(super) fn get(&self, wanted: Wanted<'_>, stamp: &Stamp) -> Option<Option<Session>> {
        let answers = self.0.read();
        if answers.stamp.as_ref() != Some(stamp) {
            return None;
        }
        let id = match wanted {
            Wanted::Id(id) => Some(id),
            Wanted::Path(path) => *answers.by_path.get(path)?,
            Wanted::Name(name) => *answers.by_name.get(name)?,
        };
        match id {
            Some(id) => answers.by_id.get(&id).cloned(),
            None => Some(None),
        }
    }

    /// Keeps an answer that was read in the state of `stamp`.
    pub(super) fn put(&self, wanted: Wanted<'_>, answer: Option<&Session>, stamp: &Stamp) {
        // No session has such a name, and it may be of any length.
        if matches!(wanted, Wanted::Name(name) if name.len() > SessionName::MAX_BYTES) {
            return;
        }
        let mut answers = self.0.write();
        let full = answers.by_id.len() + answers.by_path.len() + answers.by_name.len();
        if answers.stamp.as_ref() != Some(stamp)
            || full >= MOST_ANSWERS
            || answers.bytes >= MOST_BYTES
        {
            *answers = Answers {
                stamp: Some(stamp.clone()),
                ..Answers::default()
            };
        }
        answers.bytes += answer.map_or(0, text_bytes) + ANSWER_BYTES;
        let id = answer.map(Session::id);
        match wanted {
            Wanted::Id(id) => {
                answers.by_id.insert(id, answer.cloned());
                return;
            }
            Wanted::Path(path) => {
                answers.bytes += path.as_str().len();
                answers.by_path.insert(path.clone(), id);
            }
            Wanted::Name(name) => {
                answers.bytes += name.len();
                answers.by_name.insert(name.to_owned(), id);
            }
        }
        if let (Some(id), Some(session)) = (id, answer) {
            answers.by_id.insert(id, Some(session.clone()));
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
