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

#[cfg(test)]
mod tests {
    use super::*;

    fn of<const N: usize>(pairs: [(&str, &str); N]) -> Vec<SessionProblem> {
        problems(&pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).into())
    }

    #[test]
    fn limits_are_inclusive() {
        assert_eq!(of([]), []);
        let key = "k".repeat(64);
        let value = "v".repeat(64 * 1024 - 64 - 1);
        assert_eq!(of([(&key, &value), ("k", "")]), []);
        assert_eq!(
            of([(&key, &value), ("k", "v")]),
            [SessionProblem::MetadataTooLarge { bytes: 65_537 }]
        );
        assert_eq!(of([("key", "any\0value\n")]), []);
    }

    #[test]
    fn every_bad_key_is_named_and_cut() {
        let long = format!("{}\n", "é".repeat(64));
        let cut = format!("{}…", "é".repeat(64));
        let expected = [
            SessionProblem::MetadataKeyLength {
                key: String::new(),
                bytes: 0,
            },
            SessionProblem::MetadataKeyControlCharacter {
                key: "a\tb".to_owned(),
                character: '\t',
                index: 1,
            },
            SessionProblem::MetadataKeyLength {
                key: cut.clone(),
                bytes: 129,
            },
            SessionProblem::MetadataKeyControlCharacter {
                key: cut,
                character: '\n',
                index: 128,
            },
        ];
        assert_eq!(of([(&long, ""), ("a\tb", ""), ("", "")]), expected);
    }
}
