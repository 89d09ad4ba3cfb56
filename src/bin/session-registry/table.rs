//! Rows of text in columns, as wide as they look.

use std::io::{self, Write};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const GAP: &str = "  ";
const ELLIPSIS: &str = "…";

/// One column: its title, how narrow it may become, and what of its text goes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    /// In terminal cells; columns are narrowed to this only, even if the table then does not fit.
    pub(crate) least: usize,
    pub(crate) cut: Cut,
}

/// Which end of a text too long is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    Start,
    End,
}

/// The width of the terminal that standard output is; `None` if it is none.
pub(crate) fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(width.0)).filter(|width| *width > 0)
}

/// Writes a line of titles and one per row, at most `width` cells wide where the columns allow it.
pub(crate) fn write(
    out: &mut dyn Write,
    columns: &[Column],
    rows: &[Vec<String>],
    width: Option<usize>,
) -> io::Result<()> {
    let titles = columns.iter().map(|column| column.title.to_owned());
    let titles: Vec<_> = titles.collect();
    let lines: Vec<_> = std::iter::once(&titles).chain(rows).collect();
    let widths = fitting(columns, &lines, width.unwrap_or(usize::MAX));
    for line in lines {
        let cells = line.iter().zip(columns).zip(&widths);
        let padded: Vec<_> = cells
            .map(|((text, column), width)| padded(text, *width, column.cut))
            .collect();
        writeln!(out, "{}", padded.join(GAP).trim_end())?;
    }
    Ok(())
}

/// As wide as their widest text, then the widest made narrower until the table fits.
fn fitting(columns: &[Column], lines: &[&Vec<String>], available: usize) -> Vec<usize> {
    let mut widths = vec![0; columns.len()];
    for line in lines {
        for (width, text) in widths.iter_mut().zip(*line) {
            *width = text.width().max(*width);
        }
    }
    let gaps = GAP.len() * columns.len().saturating_sub(1);
    let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(available);
    while excess > 0 {
        let loose = widths.iter_mut().zip(columns);
        let loose = loose.filter(|(width, column)| **width > column.least);
        let Some((width, _)) = loose.max_by_key(|(width, _)| **width) else {
            break;
        };
        *width -= 1;
        excess -= 1;
    }
    widths
}

fn padded(text: &str, width: usize, cut: Cut) -> String {
    let mut text = shortened(text, width, cut);
    let missing = width.saturating_sub(text.width());
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

fn shortened(text: &str, width: usize, cut: Cut) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(ELLIPSIS.width());
    match cut {
        Cut::End => {
            let kept: Vec<_> = within(text.graphemes(true), room);
            kept.concat() + ELLIPSIS
        }
        Cut::Start => {
            let mut kept = within(text.graphemes(true).rev(), room);
            kept.reverse();
            ELLIPSIS.to_owned() + &kept.concat()
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
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const COLUMNS: [Column; 2] = [
        Column {
            title: "NAME",
            least: 6,
            cut: Cut::End,
        },
        Column {
            title: "PROJECT",
            least: 8,
            cut: Cut::Start,
        },
    ];

    fn table(rows: &[[&str; 2]], width: Option<usize>) -> String {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| row.map(str::to_owned).to_vec())
            .collect();
        let mut out = Vec::new();
        write(&mut out, &COLUMNS, &rows, width).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_as_wide_as_they_look() {
        let rows = [["日本", "/j"], ["e\u{301}👩‍🚀", "/e"], ["abcdef", "/a"]];
        let expected = "NAME    PROJECT\n日本    /j\ne\u{301}👩‍🚀     /e\nabcdef  /a\n";
        assert_eq!(table(&rows, None), expected);
        assert_eq!(table(&rows, Some(80)), expected);
    }

    #[test]
    fn the_widest_column_gives_way_first() {
        let rows = [["name-of-it", "/home/me/projects/app"]];
        let expected = "NAME        PROJECT\nname-of-it  …rojects/app\n";
        assert_eq!(table(&rows, Some(24)), expected);
        let expected = "NAME    PROJECT\nname-…  …cts/app\n";
        assert_eq!(table(&rows, Some(16)), expected);
        assert_eq!(table(&rows, Some(1)), expected, "no column vanishes");
    }

    #[test]
    fn a_wide_character_is_not_split() {
        assert_eq!(shortened("日本語", 4, Cut::End), "日…");
        assert_eq!(shortened("日本語", 4, Cut::Start), "…語");
        assert_eq!(shortened("日本語", 6, Cut::Start), "日本語");
        assert_eq!(shortened("日本語", 0, Cut::Start), "…");
    }
}
