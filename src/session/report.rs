//! What an owner, or a process of its, has to say about what it does.

use serde::{Deserialize, Serialize};

use super::Activity;
use super::text::{CodePoint, first_deceptive};

/// What to say about who drives a session: hand it to [`SessionRegistry::report`] or [`Claim::report`].
///
/// Serde writes it as an object with the fields `activity`, `note` and `epoch`, of which the last two may be
/// missing; a field that is unknown is refused, because an epoch that is overlooked protects nobody.
///
/// [`SessionRegistry::report`]: crate::SessionRegistry::report
/// [`Claim::report`]: crate::Claim::report
///
/// ```
/// use session_registry::{Activity, ProjectPath, Report, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
/// let claim = registry.claim(id)?;
/// let report = Report::new(Activity::Waiting).note("may I push?").epoch(claim.epoch());
/// registry.report(id, report)?;
/// assert_eq!(registry.status(id)?.activity.unwrap().note.unwrap(), "may I push?");
///
/// let two_lines = Report::new(Activity::Waiting).note("may I\npush?");
/// assert_eq!(registry.report(id, two_lines).unwrap_err().code(), "invalid_note");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a report says nothing until it is handed to a call"]
pub struct Report {
    activity: Activity,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    epoch: Option<u64>,
}

impl Report {
    /// The longest note, in bytes of UTF-8.
    pub const MAX_NOTE_BYTES: usize = 256;

    /// Says this, without a note, of whatever claim there is.
    pub fn new(activity: Activity) -> Self {
        Self {
            activity,
            note: None,
            epoch: None,
        }
    }

    /// Adds one line for people: at most 256 bytes, without the characters that a
    /// [`SessionName`](super::SessionName) refuses. White space around it is removed; if nothing is left, there is no
    /// note. Who gets the report checks that, and answers [`InvalidNote`](crate::Error::InvalidNote).
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Says it of the claim with this [epoch](crate::Claim::epoch) alone: a report of an owner that was displaced
    /// meanwhile then says nothing of the new one, but is refused.
    pub fn epoch(mut self, epoch: u64) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// Returns the activity and the note as they are stored.
    pub(crate) fn said(&self) -> Result<(Activity, Option<String>), InvalidNote> {
        let note = match &self.note {
            None => None,
            Some(note) => {
                let note = note.trim();
                check_note(note)?;
                Some(note.to_owned()).filter(|note| !note.is_empty())
            }
        };
        Ok((self.activity, note))
    }

    /// Returns which claim it is about, where that was said.
    pub(crate) fn of_epoch(&self) -> Option<u64> {
        self.epoch
    }
}

/// A note as it is stored must keep the rules.
pub(crate) fn check_note(note: &str) -> Result<(), InvalidNote> {
    let bytes = note.len();
    if bytes > Report::MAX_NOTE_BYTES {
        return Err(InvalidNote::TooLong { bytes });
    }
    match first_deceptive(note) {
        Some((index, character)) => Err(InvalidNote::ForbiddenCharacter { character, index }),
        None => Ok(()),
    }
}

/// The text cannot be the note of a [`Report`]. Figures and offsets are those of the trimmed text.
///
/// Serde writes it as an object: `rule`, the variant in `snake_case`, and the fields of the variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum InvalidNote {
    /// More than [`Report::MAX_NOTE_BYTES`].
    #[error(
        "the note has {bytes} bytes; at most {} are allowed",
        Report::MAX_NOTE_BYTES
    )]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// The end of a line, or another character that a session name refuses too.
    #[error("the note has forbidden character {} at byte {index}", CodePoint(*character))]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
        /// Its byte offset.
        index: usize,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn stored(note: &str) -> Result<Option<String>, InvalidNote> {
        let said = Report::new(Activity::Idle).note(note).said();
        said.map(|(_, note)| note)
    }

    #[test]
    fn a_note_is_trimmed_and_bounded() {
        let longest = "n".repeat(256);
        let around = format!(" {longest}\n");
        assert_eq!(stored(&around), Ok(Some(longest)));
        assert_eq!(stored("wärmt auf"), Ok(Some("wärmt auf".into())));
        for nothing in ["", " \n"] {
            assert_eq!(stored(nothing), Ok(None));
        }
        let bytes = 257;
        let too_long = "n".repeat(bytes);
        assert_eq!(stored(&too_long), Err(InvalidNote::TooLong { bytes }));
        assert_eq!(
            Report::new(Activity::Idle).said(),
            Ok((Activity::Idle, None))
        );
    }

    #[test]
    fn lines_and_what_disguises_are_refused() {
        for character in ['\n', '\r', '\0', '\u{1b}', '\u{2028}', '\u{202e}'] {
            let expected = InvalidNote::ForbiddenCharacter {
                character,
                index: 1,
            };
            assert_eq!(stored(&format!("a{character}b")), Err(expected));
        }
    }

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let report = Report::new(Activity::Failed).note("no space left").epoch(7);
        let json = r#"{"activity":"failed","note":"no space left","epoch":7}"#;
        assert_eq!(serde_json::to_string(&report).unwrap(), json);
        assert_eq!(serde_json::from_str::<Report>(json).unwrap(), report);
        let short = serde_json::from_str::<Report>(r#"{"activity":"idle"}"#);
        assert_eq!(short.unwrap(), Report::new(Activity::Idle));
        let unknown = r#"{"activity":"idle","epok":7}"#;
        assert!(serde_json::from_str::<Report>(unknown).is_err());
    }
}
