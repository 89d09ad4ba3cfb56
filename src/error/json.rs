//! The one form in which errors leave the program: for logs, protocols and the command line.

use std::path::Path;

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{Error, StorageError};

/// An object with five fields, which stay what they are:
///
/// - `code`: the string that [`code`](Error::code) returns.
/// - `message`: what `Display` prints, for people.
/// - `details`: an object with every field of the variant under its name, `{}` where there is none. Ids, times
///   and paths are strings; of a path that is no UTF-8, what is no character is replaced. The time that
///   [`Busy`](Error::Busy) waited is the number `waited_ms`.
/// - `causes`: the array of strings that [`causes`](Error::causes) returns.
/// - `retryable`: what [`is_retryable`](Error::is_retryable) returns.
///
/// Of what a value's own error has, the details name the rule that is broken, as `rule`, beside the figures of
/// that rule: [`InvalidSession`](Error::InvalidSession) an array `problems` of such objects with `field` and
/// `message`, [`InvalidSessionName`](Error::InvalidSessionName), [`InvalidAlias`](Error::InvalidAlias),
/// [`InvalidTag`](Error::InvalidTag), [`InvalidNote`](Error::InvalidNote) and
/// [`InvalidProgram`](Error::InvalidProgram) the rule itself,
/// [`InvalidProjectPath`](Error::InvalidProjectPath) and [`InvalidTimestamp`](Error::InvalidTimestamp) the
/// `path` and the `text` too. An I/O failure has `action`, `path` and `io_kind`, the name of its
/// [`ErrorKind`](std::io::ErrorKind) in `snake_case` or null. The `source` of a refused batch is such an error
/// object itself. Later versions may add fields.
///
/// ```
/// use serde_json::json;
/// use session_registry::{Error, SessionId, SessionRegistry};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let registry = SessionRegistry::in_memory()?;
/// let id: SessionId = "0f8fad5b-d9cb-469f-a165-70867728950e".parse()?;
/// let error = registry.set_default_session(Some(id)).unwrap_err();
/// assert_eq!(
///     serde_json::to_value(&error)?,
///     json!({
///         "code": "not_found",
///         "message": "session 0f8fad5b-d9cb-469f-a165-70867728950e is not registered",
///         "details": { "id": "0f8fad5b-d9cb-469f-a165-70867728950e" },
///         "causes": [],
///         "retryable": false,
///     })
/// );
/// # Ok(())
/// # }
/// ```
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Error", 5)?;
        fields.serialize_field("code", self.code())?;
        fields.serialize_field("message", &self.to_string())?;
        fields.serialize_field("details", &Details(self))?;
        fields.serialize_field("causes", &self.causes())?;
        fields.serialize_field("retryable", &self.is_retryable())?;
        fields.end()
    }
}

/// The fields of a variant.
struct Details<'a>(&'a Error);

/// An object with these fields.
macro_rules! object {
    ($serializer:ident, $($name:literal: $value:expr),* $(,)?) => {{
        #[allow(unused_mut, reason = "some have no fields")]
        let mut fields = $serializer.serialize_map(None)?;
        $(fields.serialize_entry($name, $value)?;)*
        fields.end()
    }};
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Error::InvalidSession(invalid) => object!(to, "problems": invalid.problems()),
            Error::InvalidSessionId(invalid) => invalid.serialize(to),
            Error::InvalidSessionName(invalid) => invalid.serialize(to),
            Error::InvalidProjectPath(invalid) => invalid.serialize(to),
            Error::InvalidTimestamp(invalid) => invalid.serialize(to),
            Error::InvalidChoice(invalid) => invalid.serialize(to),
            Error::InvalidAlias(invalid) => invalid.serialize(to),
            Error::InvalidTag(invalid) => invalid.serialize(to),
            Error::InvalidNote(invalid) => invalid.serialize(to),
            Error::InvalidProgram(invalid) => invalid.serialize(to),
            Error::InvalidExtension { key, problem } => {
                object!(to, "key": key, "problem": problem)
            }
            Error::LimitReached { max_sessions, open } => {
                object!(to, "max_sessions": max_sessions, "open": open)
            }
            Error::SessionExists { id }
            | Error::NotFound { id }
            | Error::SessionClosed { id }
            | Error::NotClaimed { id } => object!(to, "id": id),
            Error::ProjectAlreadyOpen {
                project_path,
                holder,
                open,
                max_sessions_per_project,
            } => object!(to, "project_path": project_path, "holder": holder, "open": open,
                "max_sessions_per_project": max_sessions_per_project),
            Error::AliasTaken { alias, holder } => {
                object!(to, "alias": alias, "holder": holder)
            }
            Error::BatchRefused { index, source } => {
                object!(to, "index": index, "source": source)
            }
            Error::BatchTooLong { operations, most } => {
                object!(to, "operations": operations, "most": most)
            }
            Error::Conflict {
                id,
                expected,
                found,
            } => object!(to, "id": id, "expected": expected, "found": found),
            Error::AlreadyClaimed { id, owner } => object!(to, "id": id, "owner": owner),
            Error::OwnershipLost { id, owner } => object!(to, "id": id, "owner": owner),
            Error::Ambiguous {
                query,
                matches,
                total,
                by,
            } => object!(to, "query": query, "matches": matches, "total": total, "by": by),
            Error::NoMatch { query } => object!(to, "query": query),
            Error::InvalidQuery { problem } | Error::InvalidCursor { problem } => {
                object!(to, "problem": problem)
            }
            Error::Busy { waited } => {
                let waited = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
                object!(to, "waited_ms": &waited)
            }
            Error::OwnersFolder(folder) => object!(
                to,
                "path": &text(folder.path()),
                "owner": &folder.owner(),
                "problem": &folder.problem(),
            ),
            Error::Exhausted { counter } => object!(to, "counter": counter),
            Error::InvalidLimit
            | Error::EmptyPrunePolicy
            | Error::ForkedProcess
            | Error::Closed
            | Error::ReadOnly
            | Error::SnapshotLost => object!(to,),
            Error::InUse { path }
            | Error::MissingFile { path }
            | Error::NotARegistry { path }
            | Error::RecoveryNeeded { path }
            | Error::IncompatiblePeer { path }
            | Error::SharingUnsupported { path }
            | Error::FileReplaced { path }
            | Error::TargetExists { path } => object!(to, "path": &text(path)),
            Error::SchemaTooNew {
                path,
                found,
                supported,
            }
            | Error::SchemaTooOld {
                path,
                found,
                supported,
            } => object!(to, "path": &text(path), "found": found, "supported": supported),
            Error::Corrupted { path, detail, .. } => {
                object!(to, "path": &path.as_deref().map(text), "detail": detail)
            }
            Error::InvalidImport { line, problem } => {
                object!(to, "line": line, "problem": problem)
            }
            Error::ImportClash { clashes } => object!(to, "clashes": clashes),
            Error::OutcomeUnknown(failure) | Error::Storage(failure) => failure.serialize(to),
        }
    }
}

/// Serde refuses paths that are no UTF-8; an error must not be lost over that.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The object that the details of an [`Error`] are.
impl Serialize for StorageError {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let kind = self.io_kind().map(|kind| snake_case(&format!("{kind:?}")));
        object!(to, "action": self.action(), "path": &self.path().map(text), "io_kind": &kind)
    }
}

/// Returns `storage_full` for `StorageFull`.
fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(character.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests;
