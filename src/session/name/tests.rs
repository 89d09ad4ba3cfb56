#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;

use super::*;
use crate::shared::soak;

fn named(text: &str) -> Result<String, InvalidSessionName> {
    SessionName::new(text).map(|name| name.as_str().to_owned())
}

#[test]
fn whitespace_around_is_removed_and_inside_is_kept() {
    assert_eq!(
        named(" \t\u{3000}my  app\u{2028}\r\n"),
        Ok("my  app".to_owned())
    );
    for blank in ["", " ", "\n\u{85}\u{A0}\u{2029}"] {
        assert_eq!(named(blank), Err(InvalidSessionName::Empty), "{blank:?}");
    }
}

#[test]
fn two_hundred_graphemes_fit_and_one_more_does_not() {
    for grapheme in ["x", "é", "e\u{301}", "👩🏽", "🇩🇪"] {
        let longest = grapheme.repeat(200);
        assert_eq!(named(&longest), Ok(longest.clone()));
        let error = InvalidSessionName::TooLong { graphemes: 201 };
        assert_eq!(named(&(longest + grapheme)), Err(error));
    }
}

#[test]
fn bytes_are_limited_even_in_one_grapheme() {
    let longest = format!("ab{}", "\u{301}".repeat(1023));
    assert_eq!(longest.len(), SessionName::MAX_BYTES);
    assert_eq!(named(&longest), Ok(longest.clone()));
    let error = InvalidSessionName::TooManyBytes { bytes: 2049 };
    assert_eq!(named(&format!("a{longest}")), Err(error.clone()));
    assert_eq!(
        error.to_string(),
        "the session name has 2049 bytes; at most 2048 are allowed"
    );
}

#[test]
fn deceptive_characters_are_refused_where_they_stand() {
    for character in [
        '\0', '\n', '\u{1B}', '\u{7F}', '\u{9F}', '\u{2028}', '\u{202E}', '\u{2069}',
    ] {
        let error = InvalidSessionName::ForbiddenCharacter {
            character,
            index: 2,
        };
        assert_eq!(named(&format!(" é{character}x")), Err(error));
    }
    let error = named("a\u{202E}b").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the session name has forbidden character U+202E at byte 1"
    );
    assert!(
        named("a\u{200F}b").is_ok(),
        "right-to-left marks are needed to write names"
    );
}

#[test]
fn names_of_nothing_visible_looked_blank() {
    for invisible in [
        "\u{200B}",
        "\u{200D}\u{200C}",
        "\u{FEFF}",
        "\u{2060} \u{2060}",
        "\u{AD}",
        "\u{FE0F}\u{E0100}",
        "\u{115F}\u{1160}\u{3164}\u{FFA0}",
        "\u{2800}\u{3000}\u{2800}",
        "\u{E0067}\u{E007F}",
        "\u{180E}\u{61C}\u{200E}",
        "\u{FFF9}\u{1D159}\u{13441}",
    ] {
        let error = InvalidSessionName::Invisible;
        assert_eq!(named(invisible), Err(error), "{invisible:?}");
        assert_eq!(SessionName::nearest(invisible).as_str(), "session");
        let seen = format!("{invisible}x");
        assert_eq!(named(&seen), Ok(seen.clone()));
        // What is stored stays readable.
        let stored = SessionName::from_stored(invisible);
        assert_eq!(stored.map(|name| name.0), Ok(invisible.to_owned()));
    }
    for seen in ["👩\u{200D}🚀", "❤\u{FE0F}", "نامه\u{200C}ای", "co\u{AD}op"] {
        assert_eq!(named(seen), Ok(seen.to_owned()));
    }
}

#[test]
fn nearest_name_is_the_text_where_it_can_be() {
    assert_eq!(SessionName::nearest(" my\u{202E} app\n").as_str(), "my app");
    assert_eq!(SessionName::nearest("").as_str(), "session");
    assert_eq!(SessionName::nearest("\u{7}  \n").as_str(), "session");
    assert_eq!(
        SessionName::nearest(&"🇩🇪".repeat(201)).as_str(),
        "🇩🇪".repeat(200)
    );
    let cut_at_blank = format!("{} b", "a".repeat(199));
    assert_eq!(
        SessionName::nearest(&cut_at_blank).as_str(),
        "a".repeat(199)
    );
    // 11 bytes each, of which 186 have 2046.
    assert_eq!(
        SessionName::nearest(&"👩‍🚀".repeat(200)).as_str(),
        "👩‍🚀".repeat(186)
    );
    let one_grapheme = format!("a{}", "\u{301}".repeat(2000));
    assert_eq!(SessionName::nearest(&one_grapheme).as_str().len(), 2047);
}

proptest! {
    #![proptest_config(soak::property(module_path!()))]

    #[test]
    fn folding_keeps_beginnings(text in "[ΑΣσς İßaZ]{0,8}", end in any::<String>()) {
        let whole = [text.as_str(), &end].concat();
        prop_assert!(folded(&whole).starts_with(&folded(&text)));
    }

    #[test]
    fn accepted_names_obey_the_rules(text in any::<String>()) {
        if let Ok(name) = SessionName::new(&text) {
            let name = name.as_str();
            prop_assert_eq!(name, text.trim());
            prop_assert!((1..=200).contains(&name.graphemes(true).count()));
            prop_assert!(name.len() <= 2048);
            prop_assert!(!name.chars().any(is_deceptive));
            prop_assert_eq!(named(name), Ok(name.to_owned()));
        }
    }

    #[test]
    fn nearest_name_is_always_valid(text in any::<String>(), times in 1_usize..200) {
        let name = SessionName::nearest(&text.repeat(times));
        prop_assert_eq!(named(name.as_str()), Ok(name.as_str().to_owned()));
    }
}
