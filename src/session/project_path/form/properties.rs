//! What holds for every text and every form.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::iter::successors;

use proptest::prelude::*;

use super::*;
use crate::session::{ProjectPath, SessionName};
use crate::shared::soak;

fn place(text: &str) -> ProjectPath {
    ProjectPath::new(text).unwrap()
}

#[test]
fn every_form_has_at_most_4096_bytes_once_normalised() {
    for (root, longer) in [
        (r"C:\", r"\\?\c:\.\"),
        (r"\\a\b\", r"\\?\UNC\a\.\b\\"),
        ("ab://c/", "AB://c/"),
    ] {
        let name = "x".repeat(ProjectPath::MAX_BYTES - root.len());
        let longest = place(&format!("{longer}{name}/"));
        assert_eq!(longest.as_str(), format!("{root}{name}"));
        let expected = ProjectPathProblem::TooLong { bytes: 4097 };
        let refused = ProjectPath::new(format!("{longer}{name}x")).unwrap_err();
        assert_eq!(refused.problem(), &expected);
    }
}

/// Texts that are nearly paths and URIs.
fn texts() -> impl Strategy<Value = String> {
    let starts = prop::sample::select(vec![
        "",
        "/",
        "//",
        "c:",
        r"C:\",
        "z:/",
        r"\\",
        r"\\?\",
        r"\\?\c:\",
        r"\\?\UNC\",
        r"\\.\",
        r"\\s\h",
        "ab://",
        "SSH://h",
        "file://",
        "a://",
        "a_b://",
        "ab:",
        ".",
    ]);
    let parts = prop::sample::select(vec![
        "/", "/", r"\", r"\", ".", "..", "a", "B", ":", "?", "é", " ", "\n", "//", "C:", "UNC",
        "://",
    ]);
    (starts, prop::collection::vec(parts, 0..8))
        .prop_map(|(start, parts)| format!("{start}{}", parts.concat()))
}

proptest! {
    #![proptest_config(soak::property(module_path!()))]

    #[test]
    fn a_text_is_refused_or_names_a_place_whose_text_is_its_own(
        text in prop_oneof![8 => texts(), 1 => any::<String>()],
    ) {
        if let Ok(path) = ProjectPath::new(&text) {
            prop_assert_eq!(&ProjectPath::new(path.as_str()).unwrap(), &path);
            prop_assert!(path.as_str().len() <= ProjectPath::MAX_BYTES);
            let name = path.default_name();
            prop_assert_eq!(SessionName::new(name.as_str()), Ok(name));
        }
    }

    #[test]
    fn what_lies_above_is_a_place_that_contains_it(text in texts()) {
        let Ok(path) = ProjectPath::new(&text) else { return Ok(()) };
        prop_assert!(path.starts_with(&path));
        let above: Vec<_> = successors(path.parent(), ProjectPath::parent).collect();
        for ancestor in &above {
            prop_assert_eq!(&ProjectPath::new(ancestor.as_str()).unwrap(), ancestor);
            prop_assert!(path.starts_with(ancestor) && !ancestor.starts_with(&path));
            prop_assert_eq!(Form::of(ancestor.as_str()), Form::of(path.as_str()));
        }
    }

    #[test]
    fn what_contains_a_place_is_it_or_lies_above(a in texts(), b in texts()) {
        let (Ok(a), Ok(b)) = (ProjectPath::new(&a), ProjectPath::new(&b)) else { return Ok(()) };
        let mut chain = successors(Some(a.clone()), ProjectPath::parent);
        prop_assert_eq!(chain.any(|above| above == b), a.starts_with(&b), "{} in {}", a, b);
    }

    #[test]
    fn spellings_of_one_directory_are_equal(
        parts in prop::collection::vec(r"[a-c:? é]{1,3}|\.{3}|\.[a-c]", 0..5),
        letter in "[a-zA-Z]",
        between in prop::collection::vec(r"(/|\\)(\.?(/|\\)){0,2}", 5),
    ) {
        let spelled = |root: &str, only: Option<char>| {
            let mut text = root.to_owned();
            for (part, between) in parts.iter().zip(&between) {
                text += part;
                match only {
                    Some(separator) => text.push(separator),
                    None => text += between,
                }
            }
            text
        };
        let lower = letter.to_lowercase();
        let one = place(&spelled(&format!(r"{letter}:\"), None));
        prop_assert_eq!(&place(&spelled(&format!("{lower}:/"), Some('/'))), &one);
        prop_assert_eq!(&place(&spelled(&format!(r"\\?\{lower}:\"), Some('\\'))), &one);
        let one = place(&spelled(r"\\s\h\", None));
        prop_assert_eq!(&place(&spelled(r"\\?\UNC\s\h\", Some('\\'))), &one);
        prop_assert_eq!(&place(&spelled(r"\\s/h/", Some('/'))), &one);
        let unix = place(&spelled("//", None).replace('\\', "/"));
        let plain = format!("/{}", parts.join("/"));
        prop_assert_eq!(unix.as_str(), plain);
        let uri = place(&spelled("ab://h/", Some('/')));
        prop_assert_eq!(&place(&spelled("AB://h/", Some('/'))), &uri);
    }
}
