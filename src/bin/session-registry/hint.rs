//! What a person can do about an error of the library: commands that work as they are printed.

use std::ffi::OsString;

use session_registry::{Error, Liveness};

use crate::escape;

/// Several sessions fit.
pub(crate) const USE_AN_ID: &str = "use an id, or the first digits of one";

pub(crate) fn hint(error: &Error) -> Option<String> {
    let hint = match error {
        Error::LimitReached { .. } => {
            "close or unregister a session, or raise the limit: session-registry limit N"
        }
        Error::AlreadyClaimed { id, owner, .. } if owner.liveness == Liveness::Unknown => {
            return Some(format!(
                "if it has ended, free the session: session-registry close {id} --force"
            ));
        }
        Error::AlreadyClaimed { id, .. } => {
            return Some(format!(
                "end that process first, or take the session over: \
                 session-registry resume {id} --take-over -- true"
            ));
        }
        Error::Ambiguous { .. } => USE_AN_ID,
        Error::InUse { .. } => "try again when the other programs that use it have ended",
        Error::SessionClosed { id, .. } => {
            return Some(format!("open it again: session-registry reopen {id}"));
        }
        Error::Corrupted { .. } => {
            "session-registry check tells what is damaged; a backup may be needed"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// About the refusal to drive a session that somebody else has.
pub(crate) fn resume_taking_over(
    error: &Error,
    here: bool,
    command: &[OsString],
) -> Option<String> {
    let Error::AlreadyClaimed { id, owner, .. } = error else {
        return hint(error);
    };
    let way = match owner.liveness {
        Liveness::Unknown => "if it has ended",
        _ => "end that process first, or",
    };
    let here = if here { " --here" } else { "" };
    let command: Option<Vec<_>> = command.iter().map(quoted).collect();
    let command = command.unwrap_or_else(|| vec!["COMMAND".to_owned()]);
    let command = command.join(" ");
    Some(format!(
        "{way} take the session over: session-registry resume {id} --take-over{here} -- {command}"
    ))
}

/// As a shell reads it; `None` for what cannot be shown.
fn quoted(word: &OsString) -> Option<String> {
    let word = word.to_str().filter(|word| !escape::is_needed(word))?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    Some(if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_from_a_shell_as_they_were() {
        let quoted = |word: &str| quoted(&word.into());
        assert_eq!(quoted("--model=opus").as_deref(), Some("--model=opus"));
        assert_eq!(quoted("").as_deref(), Some("''"));
        assert_eq!(quoted("it's $HOME").as_deref(), Some("'it'\\''s $HOME'"));
        assert_eq!(quoted("a\nb"), None);
    }
}
