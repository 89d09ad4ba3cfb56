//! The pages of the manual.

use std::collections::BTreeSet;
use std::fs;

use super::Shell;
use super::help::commands;

#[test]
fn every_command_has_its_page() {
    let shell = Shell::new();
    let folder = shell.project("man1");
    let told = shell.json(&["man", "man1"]);
    assert_eq!(told["path"], folder.to_str().unwrap());
    let name = |command: String| format!("session-registry-{command}.1");
    let mut expected: BTreeSet<_> = commands(&shell).into_iter().map(name).collect();
    expected.insert("session-registry.1".to_owned());
    let pages = told["pages"].as_array().unwrap().iter();
    let pages: BTreeSet<_> = pages
        .map(|page| page.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(pages, expected);
    let entries = fs::read_dir(&folder).unwrap();
    let written = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(written.collect::<BTreeSet<_>>(), expected);
    for page in expected {
        let text = fs::read_to_string(folder.join(&page)).unwrap();
        for part in [
            ".TH ",
            "\n.SH NAME\n",
            "\n.SH SYNOPSIS\n",
            "\n.SH NOTES\n.nf\n",
            "Examples:",
        ] {
            assert!(text.contains(part), "{page}: {part}");
        }
    }
    let text = shell.done(&["man", "man1"]);
    assert!(
        text.starts_with("wrote ") && text.contains(" pages to "),
        "{text}"
    );
    let made = shell.done(&["man", "share/man/man1"]);
    assert!(made.starts_with("wrote "), "{made}");
    let refused = shell.refused(&["man", "man1/session-registry.1"]);
    assert!(refused.contains("[storage]"), "{refused}");
}
