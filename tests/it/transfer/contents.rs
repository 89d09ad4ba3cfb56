//! What may stand in an import.

use serde_json::json;
use session_registry::{ImportMode, Session, SessionName, SessionRegistry};

use super::{export, header, refused};
use crate::support::values::session;

fn sessions() -> [Session; 2] {
    [session(1), session(2)]
}

fn imports(text: impl AsRef<[u8]>) {
    let registry = SessionRegistry::in_memory().unwrap();
    registry
        .import(text.as_ref(), ImportMode::KeepIds)
        .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(text.as_ref())));
    assert_eq!(registry.list_all().unwrap(), sessions());
    assert_eq!(SessionRegistry::check_import(text.as_ref()).unwrap(), 2);
}

#[test]
fn what_windows_editors_add_was_refused() {
    let text = export(&sessions());
    imports(&text);
    imports(format!("\u{FEFF}{text}"));
    for blank in ["\n", "\r\n", " \t\n", "\n\n\r\n", "  "] {
        imports(format!("{text}{blank}"));
        imports(format!("\u{FEFF}{text}{blank}"));
    }
    imports(text.replace('\n', "\r\n"));
    imports(text.replace('\n', "\n\n"));
    imports(text.trim_end());
    imports(format!("\n{text}"));
}

#[test]
fn only_the_beginning_may_have_a_byte_order_mark() {
    let text = export(&sessions());
    let [first, rest] = text.splitn(2, '\n').collect::<Vec<_>>()[..] else {
        panic!("{text}");
    };
    let error = refused(format!("{first}\n\u{FEFF}{rest}"));
    assert!(
        error.starts_with("line 2 of the import is not a session: "),
        "{error}"
    );
    let error = refused(format!("{text}\u{FEFF}{text}"));
    assert_eq!(
        error,
        "line 5 of the import comes after the end of the export"
    );
}

#[test]
fn blank_lines_count_where_a_later_line_is_wrong() {
    let error = refused(format!("\n{}\r\n\nhello\n", header()));
    assert!(
        error.starts_with("line 5 of the import is not a session: "),
        "{error}"
    );
    for nothing in ["", "\n", "\u{FEFF}", " \n\r\n"] {
        assert_eq!(
            refused(nothing),
            "line 1 of the import is missing: there is nothing to import"
        );
    }
    assert_eq!(
        refused(header() + "\n\n"),
        "line 4 of the import is missing: the export is cut off"
    );
}

#[test]
fn other_kinds_of_files_were_refused_without_a_word_on_what_they_are() {
    let text = export(&sessions());
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let marked = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| [mark.to_vec(), wide(bytes)].concat();
    let line = |what: &str| format!("line 1 of the import {what}");
    for utf_16 in [
        marked([0xFF, 0xFE], u16::to_le_bytes),
        marked([0xFE, 0xFF], u16::to_be_bytes),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ] {
        let expected = line("is text in UTF-16: save it as UTF-8");
        assert_eq!(refused(utf_16), expected);
    }
    for (start, by) in [
        (&b"\x1F\x8B\x08\x00\x00\n\n"[..], "gzip"),
        (b"BZh91AY", "bzip2"),
        (b"\xFD7zXZ\0\0", "xz"),
        (b"\x28\xB5\x2F\xFD\x04", "zstd"),
    ] {
        let expected = line(&format!("is compressed by {by}: unpack it first"));
        assert_eq!(refused(start), expected);
    }
    assert_eq!(
        refused(b"PK\x03\x04\x14"),
        line("is a ZIP archive: unpack it first")
    );

    let list = serde_json::to_string(&sessions()).unwrap();
    let page = json!({ "sessions": sessions(), "next": null }).to_string();
    let endless = format!("[{}", list.repeat(10_000));
    for json in [&list, &page, "[]", "[", &endless] {
        let start = line("is JSON such as `list --json` prints");
        let error = refused(json);
        assert!(error.starts_with(&start), "{error}");
    }
    let pretty = serde_json::to_string_pretty(&session(1)).unwrap();
    let expected = line("is JSON over several lines: an export has one session a line");
    assert_eq!(refused(pretty), expected);
    let (_, headless) = text.split_once('\n').unwrap();
    let expected = line("is a session: the header of the export is missing");
    assert_eq!(refused(headless), expected);
    let expected = line("is the end of an export: all before it is missing");
    assert_eq!(refused("{\"exported\":2}\n"), expected);
    for unknown in [
        "hello",
        "{}",
        "1",
        "null",
        "{\"format\":\"other\",\"version\":1}",
    ] {
        let expected = line("is not the header of a session-registry export");
        assert_eq!(refused(unknown), expected, "{unknown}");
    }
    let newer = header().replace("\"version\":2", "\"version\":3");
    let expected = line("has format version 3; this program reads up to 2");
    assert_eq!(refused(newer), expected);
}

#[test]
fn a_line_without_end_is_named_as_such() {
    let long = format!("{}\"{}", header(), "x".repeat(1024 * 1024));
    let expected = "line 2 of the import is longer than 1048576 bytes";
    assert_eq!(refused(&long), expected);
    let blank = format!("{}{}", header(), " ".repeat(1024 * 1024 + 1));
    assert_eq!(refused(&blank), expected);
}

#[test]
fn a_revision_that_leaves_no_next_one_was_imported() {
    let with_revision = |revision: u64| {
        let text = export(&[session(1)]);
        text.replace("\"revision\":0", &format!("\"revision\":{revision}"))
    };
    for too_high in [(1 << 53) + 1, u64::MAX - 1, u64::MAX] {
        let expected = format!(
            "line 2 of the import has revision {too_high}; at most 9007199254740992 can be imported"
        );
        assert_eq!(refused(with_revision(too_high)), expected);
        // One rule for both modes: a file is an import, or is none.
        let registry = SessionRegistry::in_memory().unwrap();
        let text = with_revision(too_high);
        let error = registry.import(text.as_bytes(), ImportMode::NewIds);
        assert_eq!(error.unwrap_err().to_string(), expected);
    }

    let registry = SessionRegistry::in_memory().unwrap();
    let highest = with_revision(1 << 53);
    registry
        .import(highest.as_bytes(), ImportMode::KeepIds)
        .unwrap();
    let stored = registry.list_all().unwrap().remove(0);
    assert_eq!(stored.revision(), 1 << 53);
    // There is no next one: a change is refused, and two who compare and set never both win.
    let refused = registry.rename(stored.id(), SessionName::new("another").unwrap());
    assert_eq!(refused.unwrap_err().code(), "exhausted");
    assert_eq!(registry.lookup(stored.id()).unwrap(), Some(stored));
}

#[test]
fn two_lines_may_not_be_one_session() {
    let twice = export(&[session(1), session(2), session(1)]);
    assert_eq!(refused(twice), "line 4 of the import has the id of line 2");
}
