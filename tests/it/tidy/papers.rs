//! What is written for people: no link leads nowhere, and no table forgets a row.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::source::{Source, all_sources, root, sources};

/// The most bytes of the front page.
const FRONT_PAGE: usize = 9216;

/// The page that is shown by rustdoc too, where no file is beside it.
const CRATE_PAGE: &str = "docs/library.md";

/// Every Markdown file of the repository, those of the package alone where only that is at hand.
fn papers() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if !name.starts_with('.') && name != "target" {
                    folders.push(path);
                }
            } else if name.ends_with(".md") {
                let relative = path.strip_prefix(root()).unwrap().to_str().unwrap();
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source::new(&relative.replace('\\', "/"), &text));
            }
        }
    }
    found
}

fn paper(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The lines outside of code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// A line without what is between backticks.
fn without_code(line: &str) -> String {
    let parts = line.split('`');
    parts.step_by(2).collect::<Vec<_>>().join("`")
}

/// Where the links and pictures of a text lead: `[x](target)`, and `[x]: target` on a line of its own.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text) {
        let line = without_code(line);
        let inline = line.split("](").skip(1);
        let inline = inline.filter_map(|rest| Some(rest.split_once(')')?.0));
        found.extend(inline.map(str::to_owned));
        let definition = line.strip_prefix('[');
        let definition = definition.and_then(|rest| rest.split_once("]: "));
        found.extend(definition.map(|(_, target)| target.trim().to_owned()));
    }
    found
}

/// The anchors of a text's headings, made as the usual renderers make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let titles = headings.map(|line| line.trim_start_matches('#').trim());
    let anchor = |title: &str| {
        let kept = |c: char| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            _ => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
        };
        title.chars().filter_map(kept).collect()
    };
    titles.map(anchor).collect()
}

/// Why a link of `paper` leads nowhere; `None` when it leads somewhere.
fn dead(paper: &Source, link: &str) -> Option<String> {
    let dead = |why: &str| Some(format!("{}: {link} {why}", paper.path));
    if link.starts_with("https://") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    if !file.is_empty() && paper.path == CRATE_PAGE {
        return dead("is no file on the built page");
    }
    let folder = Path::new(&paper.path).parent().unwrap();
    let target = match file {
        "" => root().join(&paper.path),
        _ => root().join(folder).join(file),
    };
    if !target.exists() {
        // The measurements are a package of their own, which is not packed with this one.
        let is_left_out = file.contains("benches/") && !root().join("benches").exists();
        return if is_left_out {
            None
        } else {
            dead("does not exist")
        };
    }
    if anchor.is_empty() {
        return None;
    }
    let text = fs::read_to_string(&target).unwrap_or_default();
    if anchors(&text).contains(anchor) {
        None
    } else {
        dead("has no such heading")
    }
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// What stands in backticks in the first column of a text's tables.
fn first_column(text: &str) -> BTreeSet<String> {
    let rows = prose(text).filter_map(|line| line.strip_prefix('|')?.split_once('|'));
    rows.flat_map(|(first, _)| quoted(first))
        .map(str::to_owned)
        .collect()
}

/// The part of a text from a heading to the next one of the same depth.
fn section<'t>(text: &'t str, heading: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).unwrap();
    let depth = heading.split(' ').next().unwrap();
    rest.split(&format!("\n{depth} ")).next().unwrap()
}

/// The string literals of code.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).step_by(2)
}

fn source(path: &str) -> Source {
    let folder = path.rsplit_once('/').unwrap().0;
    let found = sources(folder).into_iter().find(|found| found.path == path);
    found.unwrap_or_else(|| panic!("no {path}"))
}

#[test]
fn the_front_page_is_short() {
    let bytes = paper("README.md").len();
    assert!(bytes <= FRONT_PAGE, "README.md has {bytes} bytes");
}

#[test]
fn no_link_leads_nowhere() {
    let papers = papers();
    assert!(papers.len() > 9, "few papers: {}", papers.len());
    let dead: Vec<_> = papers
        .iter()
        .flat_map(|paper| {
            let links = links(&paper.text).into_iter();
            links.filter_map(move |link| dead(paper, &link))
        })
        .collect();
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn nothing_leads_to_a_package_registry() {
    // Put together here, so that this file does not have them.
    let hosts = [["crates", ".io"], ["docs", ".rs"], ["lib", ".rs/"]].map(|parts| parts.concat());
    for paper in papers().into_iter().chain(all_sources()) {
        for host in &hosts {
            let found = paper.text.contains(&format!("//{host}"));
            assert!(!found, "{} leads to {host}", paper.path);
        }
    }
}

#[test]
fn the_crate_page_has_every_error_code() {
    let sort = source("src/error/sort.rs").code();
    let (_, code) = sort.split_once("fn code(").unwrap();
    let (code, _) = code.split_once("fn ").unwrap();
    let codes: BTreeSet<_> = literals(code).map(str::to_owned).collect();
    assert!(codes.contains("session_limit_reached"), "{codes:?}");
    let page = paper(CRATE_PAGE);
    assert_eq!(first_column(section(&page, "## Errors")), codes);
}

#[test]
fn the_page_of_the_command_line_has_every_command() {
    let commands = source("src/bin/session-registry/commands/mod.rs").code();
    let (_, variants) = commands.split_once("enum Command {").unwrap();
    let (variants, _) = variants.split_once('}').unwrap();
    let variants = variants
        .lines()
        .filter_map(|line| line.trim().split_once('('));
    let names = variants.filter(|(name, _)| !name.starts_with('#'));
    let commands: BTreeSet<_> = names.map(|(name, _)| kebab(name)).collect();
    assert!(commands.contains("register"), "{commands:?}");
    let column = first_column(&paper("docs/command-line.md"));
    let told = column.iter().map(|usage| usage.split(' ').next().unwrap());
    let told: BTreeSet<_> = told.map(str::to_owned).collect();
    assert_eq!(told, commands);
}

/// `StartWhenFree` as `start-when-free`.
fn kebab(name: &str) -> String {
    let mut found = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !found.is_empty() {
            found.push('-');
        }
        found.push(letter.to_ascii_lowercase());
    }
    found
}

#[test]
fn the_page_of_the_file_has_every_table_and_setting() {
    let tables = sources("src/store").into_iter();
    let mut tables = tables.filter(|source| source.path.ends_with("/tables.rs"));
    let code = tables.next().expect("no page of tables").code();
    let code = code.split("#[cfg(test)]").next().unwrap();
    let is_name = |text: &&str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let names: BTreeSet<_> = literals(code).filter(is_name).collect();
    assert!(names.contains("sessions") && names.contains("max_sessions"));
    let page = paper("docs/file.md");
    let told: BTreeSet<_> = quoted(&page).collect();
    let missing: Vec<_> = names.difference(&told).collect();
    assert!(missing.is_empty(), "docs/file.md does not name {missing:?}");
}

#[test]
fn the_map_has_every_room_and_nothing_else() {
    let map = paper("ARCHITECTURE.md");
    let is_path = |text: &&str| text.starts_with("src/") || text.starts_with("migrations/");
    for path in quoted(&map).filter(is_path) {
        assert!(root().join(path).exists(), "the map names {path}");
    }
    let told: BTreeSet<_> = quoted(&map).collect();
    for source in sources("src") {
        let (folder, name) = source.path.rsplit_once('/').unwrap();
        let folder = format!("{folder}/");
        let is_room = name == "mod.rs" && !source.is_below("src/bin/");
        let is_told = told.iter().any(|path| *path == folder);
        let is_part = folder.contains("/tests/");
        assert!(!is_room || is_told || is_part, "the map forgets {folder}");
    }
}

#[test]
fn the_front_page_shows_every_example() {
    let page = paper("README.md");
    let examples = sources("examples");
    assert!(!examples.is_empty());
    for example in examples {
        let link = format!("]({})", example.path);
        assert!(page.contains(&link), "README.md forgets {}", example.path);
    }
}

#[test]
fn links_are_found_in_prose_and_not_in_code() {
    let text = "[a](b.md) and ![c](d.svg), `[e](f)`\n```\n[g](h)\n```\n[i]: j.md\n";
    assert_eq!(links(text), ["b.md", "d.svg", "j.md"]);
    let text = "# A b, `c`: d-e\n```sh\n# no\n```\n";
    assert_eq!(anchors(text), BTreeSet::from(["a-b-c-d-e".to_owned()]));
}

#[test]
fn a_dead_link_is_seen() {
    let in_docs = Source::new("docs/file.md", "# A b\n");
    assert_eq!(dead(&in_docs, "../README.md"), None);
    assert_eq!(dead(&in_docs, "guarantees.md#out-of-reach"), None);
    for link in [
        "README.md",
        "guarantees.md#in-reach",
        "#nowhere",
        "http://a",
    ] {
        assert!(dead(&in_docs, link).is_some(), "{link}");
    }
    let on_the_crate_page = Source::new(CRATE_PAGE, "");
    assert!(dead(&on_the_crate_page, "file.md").is_some());
    assert_eq!(dead(&on_the_crate_page, "#errors"), None);
}
