//! One line of text that somebody edits.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The text before and after the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    before: String,
    after: String,
}

impl Line {
    /// With the cursor at its end.
    pub(super) fn of(text: String) -> Self {
        Self {
            before: text,
            after: String::new(),
        }
    }

    pub(super) fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    pub(super) fn before(&self) -> &str {
        &self.before
    }

    /// Whether the key was for the line.
    pub(super) fn press(&mut self, key: KeyEvent) -> bool {
        let is_chord = key
            .modifiers
            .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('u') if key.modifiers == KeyModifiers::CONTROL => self.before.clear(),
            KeyCode::Char('w') if key.modifiers == KeyModifiers::CONTROL => self.rub_word(),
            KeyCode::Char(character) if !is_chord => self.before.push(character),
            KeyCode::Backspace if is_chord => self.rub_word(),
            KeyCode::Backspace => drop(self.before.pop()),
            KeyCode::Delete => {
                self.after = self.after.chars().skip(1).collect();
            }
            KeyCode::Left => {
                if let Some(character) = self.before.pop() {
                    self.after.insert(0, character);
                }
            }
            KeyCode::Right => {
                let mut rest = self.after.chars();
                self.before.extend(rest.next());
                self.after = rest.as_str().to_owned();
            }
            KeyCode::Home => {
                *self = Self {
                    before: String::new(),
                    after: self.text(),
                }
            }
            KeyCode::End => *self = Self::of(self.text()),
            _ => return false,
        }
        true
    }

    fn rub_word(&mut self) {
        let kept = self.before.trim_end();
        let at = kept.rfind(char::is_whitespace);
        let at = at.map_or(0, |at| {
            at + kept
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8)
        });
        self.before.truncate(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_as_in_a_shell() {
        let mut line = Line::of("the näme".to_owned());
        let mut press = |code: KeyCode, modifiers: KeyModifiers| {
            assert!(line.press(KeyEvent::new(code, modifiers)), "{code:?}");
            (line.before().to_owned(), line.after.clone())
        };
        let text = |before: &str, after: &str| (before.to_owned(), after.to_owned());
        let none = KeyModifiers::NONE;
        assert_eq!(press(KeyCode::Left, none), text("the näm", "e"));
        assert_eq!(press(KeyCode::Backspace, none), text("the nä", "e"));
        assert_eq!(
            press(KeyCode::Char('É'), KeyModifiers::SHIFT),
            text("the näÉ", "e")
        );
        assert_eq!(press(KeyCode::Right, none), text("the näÉe", ""));
        assert_eq!(press(KeyCode::Home, none), text("", "the näÉe"));
        assert_eq!(press(KeyCode::Delete, none), text("", "he näÉe"));
        assert_eq!(press(KeyCode::End, none), text("he näÉe", ""));
        assert_eq!(
            press(KeyCode::Char('w'), KeyModifiers::CONTROL),
            text("he ", "")
        );
        assert_eq!(
            press(KeyCode::Char('u'), KeyModifiers::CONTROL),
            text("", "")
        );
        assert_eq!(press(KeyCode::Backspace, none), text("", ""));
        assert!(!line.press(KeyEvent::new(KeyCode::Char('t'), KeyModifiers::CONTROL)));
        assert!(!line.press(KeyEvent::new(KeyCode::Enter, none)));
    }
}
