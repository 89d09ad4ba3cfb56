//! The forms of a project path: which place a text names, decided by the text alone and on every system alike.
//!
//! | form | canonical text | spellings of it |
//! |---|---|---|
//! | Unix | `/work/app` | only `/` separates; `.` components, doubled and trailing separators are removed |
//! | drive | `C:\work\app` | `c:/work/app`, `\\?\C:\work\app`; `/` and `\` separate, removed is the same |
//! | share | `\\server\share\app` | `\\?\UNC\server\share\app`; as above, after the two `\` it begins with |
//! | URI | `ssh://dev1/work/app` | the scheme in upper case, one `/` at the end; nothing else is touched |
//!
//! Rows that were written before may hold other texts. Where they were written on Unix they do not: what was
//! stored there begins with `/` and is its own canonical text, byte for byte. On Windows the system's library
//! took paths apart, so that a step which carries such rows over has to rewrite them, in this order:
//!
//! 1. what begins with `//` (never stored on Unix) is a share: those two become `\\`;
//! 2. `\\?\UNC\server\share…` loses `?\UNC\`, and `\\?\X:\…` its `\\?\`;
//! 3. in a drive or a share every `/` becomes `\`, the drive's letter upper case, and a `\` at the end goes,
//!    but for that of `X:\`;
//! 4. what then still begins with `\\?\` or `\\.\` (a volume by its id, a device) has no form any more; as
//!    `windows:` with every `\` as `/`, it is a URI that lost nothing and can be read, found and changed:
//!    `\\?\Volume{…}\app` is `windows://?/Volume{…}/app`.
//!
//! Two rows may be one place afterwards.

use std::borrow::Cow;

use super::ProjectPathProblem;
use crate::session::text::first_control;

/// How a canonical text names its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Unix,
    Drive,
    Share,
    Uri,
}

/// Where the forms of Windows may be separated.
const WINDOWS_SEPARATORS: [char; 2] = ['\\', '/'];

impl Form {
    /// The form of a canonical text.
    pub(super) fn of(canonical: &str) -> Self {
        match canonical.as_bytes() {
            [b'/', ..] => Self::Unix,
            [b'\\', ..] => Self::Share,
            [_, b':', ..] => Self::Drive,
            _ => Self::Uri,
        }
    }

    /// Whether a Windows, or else another system, finds such a place among its files.
    pub(super) fn is_local(self, on_windows: bool) -> bool {
        match self {
            Self::Unix => !on_windows,
            Self::Drive | Self::Share => on_windows,
            Self::Uri => false,
        }
    }

    fn separator(self) -> char {
        match self {
            Self::Unix | Self::Uri => '/',
            Self::Drive | Self::Share => '\\',
        }
    }

    /// The beginning of a canonical text that has nothing above it.
    fn root(self, canonical: &str) -> &str {
        let fixed = match self {
            Self::Unix => 1,
            Self::Drive => 3,
            // What may be empty is the authority of a URI alone.
            Self::Share => canonical
                .char_indices()
                .filter(|(_, c)| *c == '\\')
                .nth(3)
                .map_or(canonical.len(), |(end, _)| end),
            Self::Uri => canonical
                .char_indices()
                .filter(|(_, c)| *c == '/')
                .nth(2)
                .map_or(canonical.len(), |(end, _)| end),
        };
        canonical.get(..fixed).unwrap_or(canonical)
    }
}

/// The canonical text above a canonical text; `None` for a root.
pub(super) fn parent(canonical: &str) -> Option<&str> {
    let form = Form::of(canonical);
    let root = form.root(canonical);
    if canonical.len() <= root.len() {
        return None;
    }
    let (above, _) = canonical.rsplit_once(form.separator())?;
    // Only a URI can have an empty component, which names no place of its own.
    let above = above.trim_end_matches(form.separator());
    Some(if above.len() < root.len() {
        root
    } else {
        above
    })
}

/// Whether a canonical text is another one or lies below it.
pub(super) fn starts_with(canonical: &str, ancestor: &str) -> bool {
    let Some(below) = canonical.strip_prefix(ancestor) else {
        return false;
    };
    let form = Form::of(canonical);
    let ends_in_separator =
        matches!(form, Form::Unix | Form::Drive) && ancestor.ends_with(form.separator());
    below.is_empty() || ends_in_separator || below.starts_with(form.separator())
}

/// What comes after the last separator of a canonical text; empty in a root that ends in one.
pub(super) fn last_component(canonical: &str) -> &str {
    let separator = Form::of(canonical).separator();
    canonical.rsplit(separator).next().unwrap_or_default()
}

/// The one text of the place that a text names.
pub(super) fn canonical(text: &str) -> Result<Cow<'_, str>, ProjectPathProblem> {
    if text.is_empty() {
        return Err(ProjectPathProblem::Empty);
    }
    if text.contains('\0') {
        return Err(ProjectPathProblem::NulByte);
    }
    if text.starts_with('/') {
        return unix(text);
    }
    if let Some(rest) = text.strip_prefix(r"\\?\") {
        return verbatim(rest).map(Cow::from);
    }
    if let Some(rest) = text.strip_prefix(r"\\") {
        return share(rest).map(Cow::from);
    }
    if let Some((letter, rest)) = drive_letter(text, &WINDOWS_SEPARATORS) {
        return drive(letter, rest).map(Cow::from);
    }
    uri(text).map(Cow::from)
}

fn unix(text: &str) -> Result<Cow<'_, str>, ProjectPathProblem> {
    if is_normal(text) {
        return Ok(Cow::from(text));
    }
    join("/".to_owned(), text.split('/'), '/').map(Cow::from)
}

/// Whether there is nothing to remove, as in every path that was stored. May say no where there is not.
fn is_normal(text: &str) -> bool {
    let odd = |pair: &[u8]| matches!(pair, [b'/', b'/' | b'.']);
    !text.ends_with('/')
        && (!text.as_bytes().windows(2).any(odd)
            || text
                .split('/')
                .skip(1)
                .all(|component| !matches!(component, "" | "." | "..")))
}

/// What follows `\\?\`, by which Windows is told to take a path as it is. Of all that can be named so, only
/// drives and shares can be named otherwise too.
fn verbatim(text: &str) -> Result<String, ProjectPathProblem> {
    if let Some((letter, rest)) = drive_letter(text, &['\\']) {
        return drive(letter, rest);
    }
    match text.split_once('\\') {
        Some((unc, rest)) if unc.eq_ignore_ascii_case("UNC") => share(rest),
        _ => Err(ProjectPathProblem::UnsupportedForm),
    }
}

/// The letter of `X:\…` and what comes after the separator. Without one, the path would depend on the drive's
/// current directory.
fn drive_letter<'a>(text: &'a str, separators: &[char]) -> Option<(char, &'a str)> {
    let (letter, rest) = text.split_once(':')?;
    let rest = rest.strip_prefix(separators)?;
    match letter.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some((char::from(*letter), rest)),
        _ => None,
    }
}

fn drive(letter: char, rest: &str) -> Result<String, ProjectPathProblem> {
    let root = format!("{}:\\", letter.to_ascii_uppercase());
    join(root, rest.split(WINDOWS_SEPARATORS), '\\')
}

/// What follows the two separators of `\\server\share\…`. Neither a device (`\\.\`) nor a server alone is a
/// directory.
fn share(text: &str) -> Result<String, ProjectPathProblem> {
    let (server, rest) = text
        .split_once(WINDOWS_SEPARATORS)
        .ok_or(ProjectPathProblem::UnsupportedForm)?;
    if matches!(server, "" | "." | ".." | "?") {
        return Err(ProjectPathProblem::UnsupportedForm);
    }
    let root = format!(r"\\{server}");
    let server_alone = root.len();
    let path = join(root, rest.split(WINDOWS_SEPARATORS), '\\')?;
    if path.len() == server_alone {
        return Err(ProjectPathProblem::UnsupportedForm);
    }
    Ok(path)
}

/// The components below a root. None may be `..`: where links lead elsewhere, the text does not tell what is
/// meant.
fn join<'a>(
    root: String,
    components: impl Iterator<Item = &'a str>,
    separator: char,
) -> Result<String, ProjectPathProblem> {
    let mut path = root;
    for component in components {
        match component {
            "" | "." => {}
            ".." => return Err(ProjectPathProblem::ParentComponent),
            _ => {
                if !path.ends_with(separator) {
                    path.push(separator);
                }
                path.push_str(component);
            }
        }
    }
    Ok(path)
}

/// `scheme://…`. Its parts mean what its scheme says, so that little can be said to be another spelling.
fn uri(text: &str) -> Result<String, ProjectPathProblem> {
    // One place would have two names: a local directory has its path.
    if text
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("file:"))
    {
        return Err(ProjectPathProblem::FileUri);
    }
    let (scheme, rest) = text
        .split_once("://")
        .filter(|(scheme, _)| !scheme.contains(WINDOWS_SEPARATORS))
        .ok_or(ProjectPathProblem::Relative)?;
    if !is_scheme(scheme) {
        return Err(ProjectPathProblem::Scheme);
    }
    if let Some((index, character)) = first_control(text) {
        return Err(ProjectPathProblem::ControlCharacter { character, index });
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.ends_with('/') {
        return Err(ProjectPathProblem::TrailingSeparators);
    }
    if rest.split('/').any(|component| component == "..") {
        return Err(ProjectPathProblem::ParentComponent);
    }
    Ok(format!("{}://{rest}", scheme.to_ascii_lowercase()))
}

/// A scheme of one letter would be a drive.
fn is_scheme(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    (2..=32).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
