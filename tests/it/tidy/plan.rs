//! Which modules of the library name which: rooms, arrows, levels and circles, read from the source files.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, words};

/// A module by its path from the root of the crate, such as `["store", "engine"]`.
pub(super) type Path = Vec<String>;

/// The modules of the library, and which of them each one names.
pub(super) struct Crate {
    modules: BTreeMap<Path, Module>,
}

/// What one file names.
#[derive(Default)]
struct Module {
    /// The paths in its code, as they are written.
    named: Vec<Path>,
    /// What it shows under a name of its own: the name, and the path it stands for.
    shown: BTreeMap<String, Path>,
}

impl Crate {
    pub(super) fn of(sources: &[Source]) -> Self {
        let library = sources.iter().filter(|source| {
            let is_test = source.path.contains("/tests/") || source.path.ends_with("tests.rs");
            source.is_below("src/") && !source.is_below("src/bin/") && !is_test
        });
        let modules = library.map(|source| (module_path(&source.path), Module::of(source)));
        Self {
            modules: modules.collect(),
        }
    }

    /// The module in which what `named` stands for is defined; `None` where that is not in this crate.
    fn find(&self, from: &[String], named: &[String]) -> Option<Path> {
        let mut at = from.to_vec();
        let mut rest = named.iter().peekable();
        match rest.peek()?.as_str() {
            "crate" => {
                at.clear();
                rest.next();
            }
            "self" => drop(rest.next()),
            "super" => {
                while rest.next_if(|word| *word == "super").is_some() {
                    at.pop();
                }
            }
            first => {
                let child = [&at, &[first.to_owned()][..]].concat();
                if !self.modules.contains_key(&child) {
                    return None;
                }
            }
        }
        for word in rest {
            let child = [&at, &[word.clone()][..]].concat();
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            let shown = self.modules.get(&at)?.shown.get(word);
            return match shown {
                Some(path) => self.find(&at, path).or(Some(at)),
                None => Some(at),
            };
        }
        Some(at)
    }

    /// The rooms of a folder, and their arrows. The folder's own file is the room `mod`.
    pub(super) fn plan(&self, folder: &[String]) -> Plan {
        let room = |path: &Path| {
            let within = path.strip_prefix(folder)?;
            Some(within.first().map_or("mod", String::as_str).to_owned())
        };
        let mut plan = Plan::default();
        for (path, module) in &self.modules {
            let Some(from) = room(path) else { continue };
            plan.arrows.entry(from.clone()).or_default();
            for named in &module.named {
                let found = self.find(path, named);
                if let Some(to) = found.as_ref().and_then(room)
                    && to != from
                {
                    plan.arrows.entry(from.clone()).or_default().insert(to);
                }
            }
        }
        plan
    }

    /// Every folder that has rooms.
    pub(super) fn folders(&self) -> BTreeSet<Path> {
        let parents = self.modules.keys().filter_map(|path| path.split_last());
        parents.map(|(_, parent)| parent.to_vec()).collect()
    }
}

impl Module {
    fn of(source: &Source) -> Self {
        let code = source.code();
        // Tests inside of a file may look at all of it.
        let code = code.split("\nmod tests {").next().unwrap_or_default();
        let mut module = Self::default();
        for statement in without_scopes(code).split(';') {
            let shows = statement.trim_start().starts_with("pub") && statement.contains(" use ");
            for path in paths(statement) {
                match path.last() {
                    Some(name) if shows => drop(module.shown.insert(name.clone(), path)),
                    _ => module.named.push(path),
                }
            }
        }
        module
    }
}

/// The rooms of one folder: each with the rooms it names.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) arrows: BTreeMap<String, BTreeSet<String>>,
}

impl Plan {
    pub(super) fn arrow_count(&self) -> usize {
        self.arrows.values().map(BTreeSet::len).sum()
    }

    /// Every room that can be reached from `from`, along at least one arrow.
    fn reached(&self, from: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![from];
        while let Some(room) = waiting.pop() {
            for next in self.arrows.get(room).into_iter().flatten() {
                if reached.insert(next.as_str()) {
                    waiting.push(next);
                }
            }
        }
        reached
    }

    /// The rooms that reach each other, and so themselves.
    pub(super) fn circles(&self) -> BTreeSet<Vec<&str>> {
        let rooms = || self.arrows.keys().map(String::as_str);
        let circle = |room: &str| -> Vec<&str> {
            let reached = self.reached(room);
            let back = |other: &&str| reached.contains(other) && self.reached(other).contains(room);
            rooms().filter(back).collect()
        };
        rooms()
            .map(circle)
            .filter(|circle| !circle.is_empty())
            .collect()
    }

    /// How many rooms stand above each other; those of a circle stand side by side.
    pub(super) fn levels(&self) -> usize {
        let height = |room: &str| self.height(room);
        self.arrows
            .keys()
            .map(|room| height(room))
            .max()
            .unwrap_or(0)
    }

    fn height(&self, room: &str) -> usize {
        let below = self.reached(room);
        let below = below
            .iter()
            .filter(|other| !self.reached(other).contains(room));
        1 + below.map(|other| self.height(other)).max().unwrap_or(0)
    }
}

fn module_path(file: &str) -> Path {
    let inside = file.trim_start_matches("src/").trim_end_matches(".rs");
    let parts = inside.split('/').map(str::to_owned);
    let mut path: Path = parts.collect();
    if ["mod", "lib"].contains(&path.last().map_or("", String::as_str)) {
        path.pop();
    }
    path
}

/// The code without `(in path)` of its visibilities, which name nothing.
fn without_scopes(code: &str) -> String {
    let mut parts = code.split("pub(in ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |code, part| {
        let rest = part.split_once(')').map_or("", |(_, rest)| rest);
        code + "pub" + rest
    })
}

/// Every path of two words or more, with the lists of `use` spread out.
fn paths(code: &str) -> Vec<Path> {
    let mut found = Vec::new();
    let mut read = 0;
    for (start, _) in words(code) {
        let begins = start >= read && !code[..start].ends_with("::");
        if begins {
            let before = code.len();
            let mut rest = &code[start..];
            let mut tree = Vec::new();
            read_tree(&mut rest, &[], &mut tree);
            read = before - rest.len();
            found.extend(tree.into_iter().filter(|path| path.len() > 1));
        }
    }
    found
}

/// Reads `a::{b, c::d}`, and leaves what is behind it.
fn read_tree(rest: &mut &str, before: &[String], found: &mut Vec<Path>) {
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let path = [before, &[rest[..end].to_owned()]].concat();
    *rest = &rest[end..];
    let Some(behind) = rest.strip_prefix("::") else {
        found.push(path);
        return;
    };
    if let Some(list) = behind.strip_prefix('{') {
        *rest = list;
        loop {
            *rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            if rest.is_empty() || rest.starts_with('}') {
                *rest = rest.strip_prefix('}').unwrap_or(rest);
                return;
            }
            let length = rest.len();
            read_tree(rest, &path, found);
            if rest.len() == length {
                return;
            }
        }
    } else if behind.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        *rest = behind;
        read_tree(rest, &path, found);
    } else {
        found.push(path);
    }
}

#[test]
fn arrows_and_circles_are_seen() {
    let sources = [
        ("src/lib.rs", "mod a;\nmod b;\nmod c;\npub use a::A;"),
        (
            "src/a/mod.rs",
            "pub(in crate::b) mod deep;\npub use deep::A;",
        ),
        ("src/a/deep.rs", "use crate::{b::{B, C as D}, c};"),
        ("src/b.rs", "fn f() -> super::A { std::mem::take() }"),
        (
            "src/c.rs",
            "// crate::b\nmod tests {\n}\nfn f(x: Other::B) {}",
        ),
    ];
    let sources = sources.map(|(path, text)| Source::new(path, text));
    let plan = Crate::of(&sources).plan(&[]);
    let arrows = |room: &str| plan.arrows[room].iter().cloned().collect::<Vec<_>>();
    assert_eq!(arrows("a"), ["b", "c"]);
    assert_eq!(arrows("b"), ["a"]);
    assert_eq!(arrows("c"), [""; 0]);
    assert_eq!(arrows("mod"), [""; 0], "what is shown on is no arrow");
    assert_eq!(plan.circles(), BTreeSet::from([vec!["a", "b"]]));
    assert_eq!((plan.arrow_count(), plan.levels()), (3, 2));
}
