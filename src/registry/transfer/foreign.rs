//! What people take for an export, named for what it is.

use serde_json::Value;

use super::Trailer;
use crate::session::Session;

const UTF_16: &str = "is text in UTF-16: save it as UTF-8";
const LIST: &str =
    "is JSON such as `list --json` prints, and no export: import what `export` writes";

/// How files of other kinds begin.
const SIGNATURES: [(&[u8], &str); 10] = [
    (b"\xFF\xFE", UTF_16),
    (b"\xFE\xFF", UTF_16),
    // Without a mark: every other byte of ASCII text is zero.
    (b"{\0", UTF_16),
    (b"\0{", UTF_16),
    (b"\x1F\x8B", "is compressed by gzip: unpack it first"),
    (b"BZh", "is compressed by bzip2: unpack it first"),
    (b"\xFD7zXZ\0", "is compressed by xz: unpack it first"),
    (
        b"\x28\xB5\x2F\xFD",
        "is compressed by zstd: unpack it first",
    ),
    (b"PK\x03\x04", "is a ZIP archive: unpack it first"),
    (
        b"redb\x1A\n",
        "is a registry file or a backup of one: import what `export` writes from it",
    ),
];

/// What a first line is that is no header, where that can be told.
pub(super) fn recognise(line: &[u8]) -> Option<&'static str> {
    let signature = SIGNATURES.iter().find(|(start, _)| line.starts_with(start));
    if let Some((_, what)) = signature {
        return Some(what);
    }
    match line.trim_ascii() {
        b"{" => Some("is JSON over several lines: an export has one session a line"),
        // However long it is, and however it ends.
        [b'[', ..] => Some(LIST),
        line => recognise_value(&serde_json::from_slice(line).ok()?),
    }
}

fn recognise_value(value: &Value) -> Option<&'static str> {
    let has_list = |field| value.get(field).is_some_and(Value::is_array);
    if has_list("sessions") || has_list("items") {
        return Some(LIST);
    }
    if serde_json::from_value::<Session>(value.clone()).is_ok() {
        return Some("is a session: the header of the export is missing");
    }
    if serde_json::from_value::<Trailer>(value.clone()).is_ok() {
        return Some("is the end of an export: all before it is missing");
    }
    None
}
