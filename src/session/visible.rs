//! Which characters can be seen.

/// Whether a text shows anything at all.
pub(super) fn is_visible(text: &str) -> bool {
    text.chars().any(|character| !is_invisible(character))
}

/// Whether a character by itself shows nothing: white space, control characters, and those below.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || is_default_ignorable(character)
        || is_blank(character)
}

/// The property `Default_Ignorable_Code_Point` of Unicode 16.0, from its `DerivedCoreProperties.txt`: joiners,
/// variation selectors, fillers, tags and the like, and what is reserved for more of them.
fn is_default_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// What neither property has, and fonts show as nothing: the blank of Braille, marks around annotations,
/// joiners, insertions and blanks of hieroglyphs, the filler of Khitan, and the note without a head.
fn is_blank(character: char) -> bool {
    matches!(
        character,
        '\u{2800}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{13430}'..='\u{13442}'
            | '\u{16FE4}'
            | '\u{1D159}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_has_the_ends_it_should() {
        let invisible = (0..=0x10_FFFF)
            .filter_map(char::from_u32)
            .filter(|c| is_default_ignorable(*c));
        // So many code points `DerivedCoreProperties.txt` counts.
        assert_eq!(invisible.count(), 4_174);
    }

    #[test]
    fn letters_digits_marks_and_pictures_are_seen() {
        for text in [
            "a", "0", "-", "é", "\u{301}", "日", "👩", "\u{600}", "\u{2422}", "\u{A8F9}",
        ] {
            assert!(is_visible(text), "{text:?}");
        }
    }
}
