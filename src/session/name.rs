//! What a valid session name is.

use unicode_segmentation::UnicodeSegmentation;

use super::InvalidSessionName;
use super::as_text::{as_text, parsed_text};
use super::text::{is_deceptive, is_plain};
use super::visible::is_visible;

/// What people call a session: one line of 1 to 200 characters, as they count them.
///
/// Whitespace around the name is removed. What remains has 1 to [`MAX_GRAPHEMES`] grapheme clusters
/// (the original Elixir registry counted the same way, and allowed 50) in at most [`MAX_BYTES`]
/// bytes, and none of the characters that could disguise it in a list: control characters, line and
/// paragraph separators, and those that embed, override or isolate a text direction. At least one of
/// its characters can be seen: joiners, fillers and the like may stand between others only. Names need
/// not be unique. They compare byte by byte and are not Unicode-normalised.
///
/// [`MAX_GRAPHEMES`]: SessionName::MAX_GRAPHEMES
/// [`MAX_BYTES`]: SessionName::MAX_BYTES
///
/// ```
/// use session_registry::{InvalidSessionName, SessionName};
///
/// # fn main() -> session_registry::Result<()> {
/// assert_eq!(SessionName::new("  Café 👩‍🚀 ")?.as_str(), "Café 👩‍🚀");
/// assert_eq!(
///     SessionName::new("x".repeat(201)),
///     Err(InvalidSessionName::TooLong { graphemes: 201 })
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionName(String);

impl SessionName {
    /// The longest name, in grapheme clusters.
    pub const MAX_GRAPHEMES: usize = 200;

    /// The longest name, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 2048;

    /// What a session is called whose project path offers no name.
    pub(super) const FALLBACK: &str = "session";

    /// Trims the text and checks the rules above.
    ///
    /// # Errors
    ///
    /// [`InvalidSessionName`] names the first rule that is broken: empty, bytes, forbidden
    /// characters, length, nothing visible.
    pub fn new(name: impl AsRef<str>) -> Result<Self, InvalidSessionName> {
        let name = Self::from_stored(name.as_ref())?;
        if !is_plain(&name.0) && !is_visible(&name.0) {
            return Err(InvalidSessionName::Invisible);
        }
        Ok(name)
    }

    /// As [`new`](Self::new), for what was stored when a name could still consist of nothing visible: such a
    /// session can be read, and given another name.
    pub(crate) fn from_stored(name: &str) -> Result<Self, InvalidSessionName> {
        let name = name.trim();
        check(name)?;
        Ok(Self(name.to_owned()))
    }

    /// Returns the name, trimmed.
    ///
    /// ```
    /// use session_registry::SessionName;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// assert_eq!(SessionName::new(" api ")?.as_str(), "api");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The valid name closest to any text: forbidden characters dropped, cut to the limits;
    /// `session` if nothing is left.
    pub(super) fn nearest(text: &str) -> Self {
        let kept: String = text.chars().filter(|c| !is_deceptive(*c)).collect();
        Self::new(cut(kept.trim())).unwrap_or_else(|_| Self(Self::FALLBACK.to_owned()))
    }
}

/// The form of a name, or of a part of one, in which case does not count. Each character is folded by
/// itself, so that the beginning of a name folds to the beginning of the folded name; therefore the Greek
/// final sigma, which depends on what follows, counts as any other.
pub(crate) fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ς' { 'σ' } else { c })
        .collect()
}

/// Bytes come before anything that must look at each character.
fn check(name: &str) -> Result<(), InvalidSessionName> {
    if name.is_empty() {
        return Err(InvalidSessionName::Empty);
    }
    if name.len() > SessionName::MAX_BYTES {
        return Err(InvalidSessionName::TooManyBytes { bytes: name.len() });
    }
    let graphemes = if is_plain(name) {
        name.len()
    } else {
        let mut characters = name.char_indices();
        if let Some((index, character)) = characters.find(|(_, c)| is_deceptive(*c)) {
            return Err(InvalidSessionName::ForbiddenCharacter { character, index });
        }
        name.graphemes(true).count()
    };
    if graphemes > SessionName::MAX_GRAPHEMES {
        return Err(InvalidSessionName::TooLong { graphemes });
    }
    Ok(())
}

/// The longest beginning of whole grapheme clusters within both limits. Where the first one alone has too many
/// bytes, as many of its characters as fit.
fn cut(text: &str) -> &str {
    let ends = text
        .grapheme_indices(true)
        .take(SessionName::MAX_GRAPHEMES)
        .map(|(start, grapheme)| start + grapheme.len());
    let whole = ends.take_while(|end| *end <= SessionName::MAX_BYTES).last();
    let end = whole.or_else(|| {
        (0..=text.len().min(SessionName::MAX_BYTES))
            .rev()
            .find(|&end| text.is_char_boundary(end))
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

as_text!(SessionName);
parsed_text!(SessionName, InvalidSessionName);

#[cfg(test)]
mod tests;
