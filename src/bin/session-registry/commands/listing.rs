//! Several sessions as a table for people, or as lines for programs.

use std::io::{self, Write};
use std::path::PathBuf;

use anstyle::Style;
use session_registry::Timestamp;

use crate::escape::Escaped;
use crate::field::{Eye, Field};
use crate::glyphs::Glyphs;
use crate::sight::Sight;
use crate::table::{self, Cell, Row, Table};

/// What a table shows if nobody says otherwise, as far as any session has something there.
const SEEN: &[Field] = &[
    Field::State,
    Field::Name,
    Field::Project,
    Field::DrivenBy,
    Field::Active,
    Field::Tags,
];

/// What a program gets if it does not say otherwise: always the same columns.
const PIPED: &[Field] = &[
    Field::Id,
    Field::State,
    Field::Name,
    Field::Project,
    Field::DrivenBy,
    Field::Active,
    Field::Tags,
];

/// Where a list is written to, and what can be shown there.
#[derive(Clone, Debug)]
pub(super) struct Paper {
    /// Of the terminal; `None` if it is none.
    pub(super) width: Option<usize>,
    pub(super) is_plain: bool,
    pub(super) glyphs: Glyphs,
    pub(super) home: Option<PathBuf>,
    pub(super) now: Timestamp,
}

impl Paper {
    /// Standard output, with the colours that `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM` allow.
    pub(super) fn of_output() -> Self {
        let colors = anstream::AutoStream::choice(&io::stdout());
        Self {
            width: table::terminal_width(),
            is_plain: colors == anstream::ColorChoice::Never,
            glyphs: Glyphs::of_locale(),
            home: dirs::home_dir(),
            now: Timestamp::now(),
        }
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.width.is_some()
    }

    /// Writes the sessions; `fields` are the columns that were asked for.
    pub(super) fn write(
        &self,
        out: &mut dyn Write,
        sights: &[Sight],
        fields: Option<&[Field]>,
    ) -> io::Result<()> {
        match (sights.is_empty(), self.width) {
            (true, _) => writeln!(out, "no sessions"),
            (false, Some(width)) => {
                self.table(sights, fields)
                    .write(out, Some(width), self.is_plain)
            }
            (false, None) => self.lines(out, sights, fields.unwrap_or(PIPED)),
        }
    }

    fn table(&self, sights: &[Sight], asked: Option<&[Field]>) -> Table {
        let says_something = |field: &&Field| sights.iter().any(|s| !field.value(s).is_empty());
        let fields: Vec<_> = match asked {
            Some(fields) => fields.to_vec(),
            None => SEEN.iter().filter(says_something).copied().collect(),
        };
        let eye = Eye {
            now: self.now,
            home: self.home.as_deref(),
            glyphs: self.glyphs,
        };
        let note = |sight: &Sight| {
            let text = Escaped(sight.note()?).to_string();
            let style = Style::new().dimmed();
            (!fields.contains(&Field::Note)).then_some(Cell { text, style })
        };
        let row = |sight: &Sight| Row {
            cells: fields.iter().map(|field| field.seen(sight, eye)).collect(),
            below: note(sight),
        };
        Table {
            rows: sights.iter().map(row).collect(),
            columns: fields
                .iter()
                .map(|field| field.column(asked.is_some()))
                .collect(),
            ellipsis: self.glyphs.ellipsis(),
        }
    }

    /// Tabs between whole values. None of them has a tab in it: it would be escaped.
    fn lines(&self, out: &mut dyn Write, sights: &[Sight], fields: &[Field]) -> io::Result<()> {
        let titles: Vec<_> = fields.iter().map(|field| field.title()).collect();
        writeln!(out, "{}", titles.join("\t"))?;
        for sight in sights {
            let values = fields.iter().map(|field| {
                let value = field.value(sight);
                if *field == Field::State && !self.is_plain {
                    let style = sight.condition.style();
                    return format!("{style}{value}{style:#}");
                }
                value
            });
            writeln!(out, "{}", values.collect::<Vec<_>>().join("\t"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::sample::{HOME, id, is_in_papers, now, statuses};

    fn written(width: Option<usize>, change: impl FnOnce(&mut Paper)) -> String {
        let mut paper = Paper {
            width,
            is_plain: true,
            glyphs: Glyphs::Unicode,
            home: Some(HOME.into()),
            now: now(),
        };
        change(&mut paper);
        let sights = statuses().into_iter().map(|status| {
            let is_missing = status.session.id() == id(6);
            Sight::seen(status, Some(id(3)), is_missing)
        });
        let mut out = Vec::new();
        paper
            .write(&mut out, &sights.collect::<Vec<_>>(), None)
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_is_as_wide_as_its_terminal() {
        is_in_papers("list", &written(Some(100), |_| {}));
        is_in_papers("list at 60 columns", &written(Some(60), |_| {}));
        for width in [60, 80, 100, 120] {
            let table = written(Some(width), |_| {});
            let widest = table.lines().map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{table}");
            assert!(table.contains("approve: rm -r build"), "{table}");
        }
        let titles = |width| {
            let table = written(Some(width), |_| {});
            table
                .lines()
                .next()
                .unwrap()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(titles(60), "STATE NAME PROJECT ACTIVE");
        assert_eq!(titles(80), "STATE NAME PROJECT DRIVEN BY ACTIVE");
        assert_eq!(titles(120), "STATE NAME PROJECT DRIVEN BY ACTIVE TAGS");
    }

    #[test]
    fn a_terminal_without_unicode_gets_none() {
        let table = written(Some(60), |paper| paper.glyphs = Glyphs::Ascii);
        assert!(table.is_ascii(), "{table}");
        assert!(
            table.contains("! interrupted") && table.contains("api ^ *"),
            "{table}"
        );
    }

    #[test]
    fn colour_adds_to_the_words() {
        let plain = written(Some(100), |_| {});
        let coloured = written(Some(100), |paper| paper.is_plain = false);
        assert!(
            coloured.contains("\u{1b}[32m● working\u{1b}[0m"),
            "{coloured:?}"
        );
        assert!(
            coloured.contains("\u{1b}[31m! interrupted\u{1b}[0m"),
            "{coloured:?}"
        );
        let stripped = anstream::adapter::strip_str(&coloured).to_string();
        assert_eq!(stripped, plain);
    }

    #[test]
    fn a_pipe_gets_whole_values_between_tabs() {
        let lines = written(None, |_| {});
        let second = lines.lines().nth(2).unwrap();
        let id = id(2);
        let expected = format!(
            "{id}\twaiting\tRelease notes\t/home/me/src/docs\tcodex 20211\t2026-03-02T14:03:00Z\treview"
        );
        assert_eq!(second, expected);
        assert_eq!(lines.lines().count(), 7);
        let forced = written(None, |paper| paper.is_plain = false);
        assert_eq!(anstream::adapter::strip_str(&forced).to_string(), lines);
        assert_ne!(forced, lines);
    }
}
