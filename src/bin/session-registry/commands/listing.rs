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
