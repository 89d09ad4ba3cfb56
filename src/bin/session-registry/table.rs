//! Rows of text in columns, as wide as they look.

use std::io::{self, Write};

use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const GAP: &str = "  ";

/// One column: its title, how narrow it may become, and what of its text goes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    /// In terminal cells; columns are narrowed to this only, even if the table then does not fit.
    pub(crate) least: usize,
    /// Narrower than this, another column is left out instead, if there is one that may be.
    pub(crate) comfortable: usize,
    pub(crate) cut: Cut,
    pub(crate) stays: Stays,
}

/// Which end of a text too long is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// As many components of a path as fit are kept.
    Path,
    End,
}

/// Whether a column is left out where there is no room for all; the first to go is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stays {
    WithRoom,
    Mostly,
    Always,
}

/// What stands in one column of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        let style = Style::new();
        Self { text, style }
    }
}

/// A cell for each column, and what is folded under them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) below: Option<Cell>,
}

/// Columns and rows, and how they are laid out.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    /// What stands for what was cut.
    pub(crate) ellipsis: &'static str,
}

/// The width of the terminal that standard output is; `None` if it is none.
pub(crate) fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(width.0)).filter(|width| *width > 0)
}

impl Table {
    /// Writes a line of titles and one per row, at most `width` cells wide where the columns allow it. Nothing is
    /// styled if `is_plain`.
    pub(crate) fn write(
        mut self,
        out: &mut dyn Write,
        width: Option<usize>,
        is_plain: bool,
    ) -> io::Result<()> {
        let available = width.unwrap_or(usize::MAX);
        self.leave_out(available);
        let widths = self.fitting(available);
        let titles = self
            .columns
            .iter()
            .map(|column| Cell::from(column.title.to_owned()));
        let titles = Row {
            cells: titles.collect(),
            below: None,
        };
        for row in std::iter::once(&titles).chain(&self.rows) {
            let cells = row.cells.iter().zip(&self.columns).zip(&widths);
            let mut line = String::new();
            let mut missing = 0;
            for ((cell, column), width) in cells {
                line.extend(std::iter::repeat_n(' ', missing));
                let text = shortened(&cell.text, *width, column.cut, self.ellipsis);
                missing = width.saturating_sub(text.width()) + GAP.len();
                line.push_str(&styled(&text, cell.style, is_plain));
            }
            writeln!(out, "{}", line.trim_end())?;
            if let Some(below) = &row.below {
                let indent = widths.first().map_or(0, |first| first + GAP.len());
                let room = available.saturating_sub(indent);
                let text = shortened(&below.text, room, Cut::End, self.ellipsis);
                let text = styled(&text, below.style, is_plain);
                writeln!(out, "{}{text}", " ".repeat(indent))?;
            }
        }
        Ok(())
    }

    /// Leaves columns out until the others are comfortable.
    fn leave_out(&mut self, available: usize) {
        loop {
            let comfortable = self.columns.iter().zip(self.natural());
            let comfortable = comfortable.map(|(column, width)| width.min(column.comfortable));
            if comfortable.sum::<usize>() + self.gaps() <= available {
                return;
            }
            let columns = self.columns.iter().enumerate().rev();
            let loose = columns.filter(|(_, column)| column.stays != Stays::Always);
            let Some((at, _)) = loose.min_by_key(|(_, column)| column.stays) else {
                return;
            };
            self.columns.remove(at);
            for row in self.rows.iter_mut().filter(|row| at < row.cells.len()) {
                row.cells.remove(at);
            }
        }
    }

    /// As wide as their widest text, then the widest made narrower until the table fits.
    fn fitting(&self, available: usize) -> Vec<usize> {
        let mut widths = self.natural();
        let mut excess = (widths.iter().sum::<usize>() + self.gaps()).saturating_sub(available);
        while excess > 0 {
            let loose = widths.iter_mut().zip(&self.columns);
            let loose = loose.filter(|(width, column)| **width > column.least);
            let Some((width, _)) = loose.max_by_key(|(width, _)| **width) else {
                break;
            };
            *width -= 1;
            excess -= 1;
        }
        widths
    }

    fn natural(&self) -> Vec<usize> {
        let mut widths: Vec<_> = self.columns.iter().map(|c| c.title.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(&row.cells) {
                *width = cell.text.width().max(*width);
            }
        }
        widths
    }

    fn gaps(&self) -> usize {
        GAP.len() * self.columns.len().saturating_sub(1)
    }
}

fn styled(text: &str, style: Style, is_plain: bool) -> String {
    if is_plain || style.is_plain() || text.is_empty() {
        text.to_owned()
    } else {
        format!("{style}{text}{style:#}")
    }
}

/// The text, or as much of it as fits.
pub(crate) fn shortened(text: &str, width: usize, cut: Cut, ellipsis: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(ellipsis.width());
    match cut {
        Cut::End => {
            let kept: Vec<_> = within(text.graphemes(true), room);
            kept.concat() + ellipsis
        }
        Cut::Path => {
            let mut kept = within(text.graphemes(true).rev(), room);
            kept.reverse();
            let kept = kept.concat();
            // Half a name says less than none.
            let whole = kept.find('/').and_then(|at| kept.get(at..));
            let whole = whole.filter(|whole| whole.trim_matches('/').chars().nth(1).is_some());
            ellipsis.to_owned() + whole.unwrap_or(&kept)
        }
    }
}

fn within<'a>(clusters: impl Iterator<Item = &'a str>, room: usize) -> Vec<&'a str> {
    let mut used = 0;
    clusters
        .take_while(|cluster| {
            used += cluster.width();
            used <= room
        })
        .collect()
}

#[cfg(test)]
mod tests;
