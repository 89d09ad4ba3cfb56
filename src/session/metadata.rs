//! The rules for the free pairs of strings that a session carries for the embedding program.

use std::collections::BTreeMap;

use super::text::{EXCERPT_CHARS, excerpt, first_control};
use super::{Session, SessionProblem};

/// Every rule the pairs break: key by key, then their total.
pub(super) fn problems(metadata: &BTreeMap<String, String>) -> Vec<SessionProblem> {
    let mut problems = Vec::new();
    for key in metadata.keys() {
        check_key(key, &mut problems);
    }
    let bytes: usize = metadata.iter().map(|(k, v)| k.len() + v.len()).sum();
    if bytes > Session::MAX_METADATA_BYTES {
        problems.push(SessionProblem::MetadataTooLarge { bytes });
    }
    problems
}

fn check_key(key: &str, problems: &mut Vec<SessionProblem>) {
    if !(1..=Session::MAX_METADATA_KEY_BYTES).contains(&key.len()) {
        problems.push(SessionProblem::MetadataKeyLength {
            key: excerpt(key, EXCERPT_CHARS),
            bytes: key.len(),
        });
    }
    if let Some((index, character)) = first_control(key) {
        problems.push(SessionProblem::MetadataKeyControlCharacter {
            key: excerpt(key, EXCERPT_CHARS),
            character,
            index,
        });
    }
}
