//! How columns share a line.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use anstyle::AnsiColor;

use super::*;

const NAME: Column = Column {
    title: "NAME",
    least: 6,
    comfortable: 8,
    cut: Cut::End,
    stays: Stays::Always,
};
const PROJECT: Column = Column {
    title: "PROJECT",
    least: 8,
    comfortable: 12,
    cut: Cut::Path,
    stays: Stays::Always,
};

fn of(columns: &[Column], rows: &[&[&str]]) -> Table {
    let row = |row: &&[&str]| Row {
        cells: row
            .iter()
            .map(|text| Cell::from((*text).to_owned()))
            .collect(),
        below: None,
    };
    Table {
        columns: columns.to_vec(),
        rows: rows.iter().map(row).collect(),
        ellipsis: "…",
    }
}

fn written(table: Table, width: Option<usize>, is_plain: bool) -> String {
    let mut out = Vec::new();
    table.write(&mut out, width, is_plain).unwrap();
    String::from_utf8(out).unwrap()
}

fn table(rows: &[&[&str]], width: Option<usize>) -> String {
    written(of(&[NAME, PROJECT], rows), width, true)
}

#[test]
fn columns_are_as_wide_as_they_look() {
    let rows: [&[&str]; 3] = [&["日本", "/j"], &["e\u{301}👩‍🚀", "/e"], &["abcdef", "/a"]];
    let expected = "NAME    PROJECT\n日本    /j\ne\u{301}👩‍🚀     /e\nabcdef  /a\n";
    assert_eq!(table(&rows, None), expected);
    assert_eq!(table(&rows, Some(80)), expected);
}

#[test]
fn the_widest_column_gives_way_first() {
    let rows: [&[&str]; 1] = [&["name-of-it", "/home/me/projects/app"]];
    let expected = "NAME        PROJECT\nname-of-it  …/app\n";
    assert_eq!(table(&rows, Some(24)), expected);
    let expected = "NAME    PROJECT\nname-…  …/app\n";
    assert_eq!(table(&rows, Some(16)), expected);
    assert_eq!(table(&rows, Some(1)), expected, "no column vanishes");
}

#[test]
fn columns_that_may_go_make_room_for_the_others() {
    let column = |title, stays| Column {
        title,
        stays,
        ..NAME
    };
    let columns = [
        NAME,
        column("TAGS", Stays::WithRoom),
        column("BY", Stays::Mostly),
        PROJECT,
    ];
    let rows: [&[&str]; 1] = [&["name", "review", "claude 1", "/src/app"]];
    let titles = |width| {
        let table = written(of(&columns, &rows), Some(width), true);
        let mut lines = table.lines();
        let titles = lines
            .next()
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(
            lines.next().unwrap().split("  ").count(),
            titles.split(' ').count(),
            "{table}"
        );
        titles
    };
    assert_eq!(titles(80), "NAME TAGS BY PROJECT");
    assert_eq!(titles(30), "NAME BY PROJECT");
    assert_eq!(titles(20), "NAME PROJECT");
    assert_eq!(titles(1), "NAME PROJECT");
}

#[test]
fn what_is_styled_is_as_wide_as_what_is_not() {
    let mut table = of(&[NAME, PROJECT], &[&["red", "/a"], &["plain-", "/b"]]);
    let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
    let row = table.rows.first_mut().unwrap();
    row.cells.first_mut().unwrap().style = red;
    row.below = Some(Cell::from("a note that is longer than that".to_owned()));
    let expected =
        format!("NAME    PROJECT\n{red}red{red:#}     /a\n        a note th…\nplain-  /b\n");
    assert_eq!(written(table, Some(18), false), expected);
}

#[test]
fn a_wide_character_is_not_split() {
    let shortened = |text, width, cut| shortened(text, width, cut, "…");
    assert_eq!(shortened("日本語", 4, Cut::End), "日…");
    assert_eq!(shortened("日本語", 4, Cut::Path), "…語");
    assert_eq!(shortened("日本語", 6, Cut::Path), "日本語");
    assert_eq!(shortened("日本語", 0, Cut::Path), "…");
}

#[test]
fn a_path_keeps_the_names_at_its_end_whole() {
    let shortened = |width| shortened("~/src/wt/login", width, Cut::Path, "…");
    assert_eq!(shortened(14), "~/src/wt/login");
    assert_eq!(shortened(13), "…/wt/login");
    assert_eq!(shortened(10), "…/wt/login");
    assert_eq!(shortened(9), "…/login");
    assert_eq!(shortened(5), "…ogin", "a name that is too long");
}
