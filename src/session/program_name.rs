//! What programs call themselves where they claim sessions.

use serde::Serialize;

use super::text::{CodePoint, first_deceptive, is_deceptive};

/// The longest name of a program, in bytes of UTF-8.
pub(crate) const MAX_PROGRAM_BYTES: usize = 64;

/// Returns the name as it is stored: trimmed, 1 to 64 bytes, without the characters that a session name refuses.
pub(crate) fn program_name(text: &str) -> Result<String, InvalidProgram> {
    let name = text.trim();
    if !(1..=MAX_PROGRAM_BYTES).contains(&name.len()) {
        return Err(InvalidProgram::Length { bytes: name.len() });
    }
    match first_deceptive(name) {
        Some((index, character)) => Err(InvalidProgram::ForbiddenCharacter { character, index }),
        None => Ok(name.to_owned()),
    }
}

/// Returns what of the name of an executable can be the name of a program; `None` where nothing can.
pub(crate) fn program_of_file(file: &str) -> Option<String> {
    let mut name = String::new();
    for character in file.chars().filter(|character| !is_deceptive(*character)) {
        if name.len() + character.len_utf8() > MAX_PROGRAM_BYTES {
            break;
        }
        name.push(character);
    }
    program_name(&name).ok()
}

/// The text cannot be the name of a program. Figures and offsets are those of the trimmed text.
///
/// Serde writes it as an object: `rule`, the variant in `snake_case`, and the fields of the variant.
///
/// ```
/// use session_registry::{Error, InvalidProgram, SessionRegistry};
///
/// let refused = SessionRegistry::options().program(" ").in_memory().unwrap_err();
/// assert!(matches!(refused, Error::InvalidProgram(InvalidProgram::Length { bytes: 0 })));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum InvalidProgram {
    /// Nothing is left, or more than 64 bytes.
    #[error("the name of the program has {bytes} bytes; 1 to {MAX_PROGRAM_BYTES} are allowed")]
    Length {
        /// How long it is.
        bytes: usize,
    },
    /// A character that a session name refuses too.
    #[error("the name of the program has forbidden character {} at byte {index}", CodePoint(*character))]
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

    #[test]
    fn limits_are_inclusive() {
        let longest = "p".repeat(64);
        for name in ["p", "größe", "my agent", &longest] {
            assert_eq!(program_name(&format!(" {name}\n")).unwrap(), name);
        }
        for (text, bytes) in [(" ", 0), ("p".repeat(65).as_str(), 65)] {
            assert_eq!(program_name(text), Err(InvalidProgram::Length { bytes }));
        }
        let refused = InvalidProgram::ForbiddenCharacter {
            character: '\n',
            index: 1,
        };
        assert_eq!(program_name("a\nb"), Err(refused));
    }

    #[test]
    fn whatever_a_file_is_called_its_program_has_a_name_that_is_allowed() {
        let odd = format!("a\n\u{202e}{}", "ä".repeat(40));
        for file in ["agent", "my agent", &odd, "", "\u{1b}"] {
            if let Some(name) = program_of_file(file) {
                assert_eq!(program_name(&name), Ok(name));
            }
        }
        assert_eq!(program_of_file("agent"), Some("agent".into()));
        assert_eq!(program_of_file("\u{1b}"), None);
        let cut = format!("a{}", "ä".repeat(31));
        assert_eq!(program_of_file(&odd), Some(cut));
    }
}
