//! Which characters the reader's terminal can show.

use std::env;
use std::ffi::OsString;

/// Marks beyond ASCII, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyphs {
    Unicode,
    Ascii,
}

impl Glyphs {
    /// What the locale says. Where systems have none in the environment, terminals know Unicode.
    pub(crate) fn of_locale() -> Self {
        Self::of(|name| env::var_os(name))
    }

    fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let said = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .filter_map(variable);
        let locale = said.into_iter().find(|value| !value.is_empty());
        let is_unicode = locale.map_or(cfg!(windows) || cfg!(target_os = "macos"), |locale| {
            let locale = locale.to_string_lossy().to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if is_unicode {
            Self::Unicode
        } else {
            Self::Ascii
        }
    }

    pub(crate) fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }

    /// What stands for a text that was cut.
    pub(crate) fn ellipsis(self) -> &'static str {
        self.pick("…", "...")
    }

    /// What marks a session that is pinned.
    pub(crate) fn pin(self) -> &'static str {
        self.pick("⚑", "^")
    }

    /// What marks the default session.
    pub(crate) fn star(self) -> &'static str {
        self.pick("★", "*")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_says_anything_decides() {
        for (said, expected) in [
            (&[("LANG", "de_DE.UTF-8")][..], Glyphs::Unicode),
            (&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")], Glyphs::Ascii),
            (
                &[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")],
                Glyphs::Unicode,
            ),
            (&[("LANG", "POSIX")], Glyphs::Ascii),
        ] {
            let variable = |name: &str| {
                let found = said.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            };
            assert_eq!(Glyphs::of(variable), expected, "{said:?}");
        }
    }
}
