//! The clipboard of a terminal.

/// What gives it a text, if the terminal wants that: OSC 52.
pub(super) fn sequence(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", base64(text.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = (0..3).fold(0_u32, |number, at| {
            number << 8 | u32::from(group.get(at).copied().unwrap_or(0))
        });
        for digit in 0..4 {
            let value = usize::try_from(number >> (18 - 6 * digit) & 63).unwrap_or(0);
            let is_there = digit <= group.len();
            let character = DIGITS
                .get(value)
                .filter(|_| is_there)
                .map_or('=', |d| char::from(*d));
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_given_to_the_clipboard_in_base64() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("/work/ä", "L3dvcmsvw6Q="),
        ] {
            assert_eq!(sequence(text), format!("\x1b]52;c;{expected}\x07"));
        }
    }
}
