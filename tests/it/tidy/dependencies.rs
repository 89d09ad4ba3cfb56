//! What the crates we build on are licensed under, where they come from, which of them are there twice,
//! and which Rust they want. Asked of cargo, without the network: whether a version was yanked is known
//! to a registry's index only, and `.ci/run` says what the one at hand knows.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use super::source::root;

/// Any program may contain what is licensed like this.
const LICENSES: &[&str] = &["MIT", "Apache-2.0", "Unicode-3.0", "Zlib", "BSD-3-Clause"];

/// Crates under another license, and why that is fine.
const EXCEPTIONS: &[(&str, &str)] = &[
    // A file of it that was changed would have to be published. Only the command line has it, by way of
    // `dirs`.
    ("option-ext", "MPL-2.0"),
    // The same, and the command line alone has it, too.
    ("nucleo-matcher", "MPL-2.0"),
    // It asks for nothing at all. Only the tests have it, by way of `boon`.
    ("borrow-or-share", "MIT-0"),
];

/// Crates that are there in two versions, and who keeps the older one.
const DOUBLES: &[(&str, &str)] = &[
    (
        "embedded-io",
        "features of postcard that nobody here turns on",
    ),
    (
        "getrandom",
        "the tests' boon, by way of ahash, whose randomness it does not ask for",
    ),
    ("r-efi", "as getrandom"),
    (
        "rand",
        "the build script of the benches' LMDB, by way of phf",
    ),
    ("rand_core", "as rand"),
    (
        "signal-hook",
        "crossterm, to hear that a terminal has another size",
    ),
    ("syn", "as rand"),
];

struct Package {
    name: String,
    version: String,
    license: String,
    source: Option<String>,
    rust_version: Option<String>,
}

/// Everything that is locked, and what the library itself is made of.
struct Metadata {
    packages: BTreeMap<String, Package>,
    library: BTreeSet<String>,
}

static EVERYTHING: LazyLock<Metadata> = LazyLock::new(|| Metadata::ask(&["--all-features"]));

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Metadata {
    fn ask(arguments: &[&str]) -> Self {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let run = |way: &[&str]| {
            let mut command = Command::new(&cargo);
            command.current_dir(root()).arg("metadata").args(way);
            command.args(["--locked", "--format-version", "1"]);
            command.args(arguments).output().unwrap()
        };
        // Of a crate that nothing on this platform needs, the manifest may not be here yet.
        let mut output = run(&["--offline"]);
        if !output.status.success() {
            output = run(&[]);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let package = |json: &Value| {
            let package = Package {
                name: text(&json["name"]).unwrap(),
                version: text(&json["version"]).unwrap(),
                license: text(&json["license"]).unwrap_or_default(),
                source: text(&json["source"]),
                rust_version: text(&json["rust_version"]),
            };
            (text(&json["id"]).unwrap(), package)
        };
        let packages = json["packages"].as_array().unwrap();
        let packages: BTreeMap<_, _> = packages.iter().map(package).collect();
        let library = reachable(&packages, &json["resolve"]["nodes"]);
        Self { packages, library }
    }

    fn of_library(&self) -> impl Iterator<Item = &Package> {
        self.library.iter().map(|id| &self.packages[id])
    }
}

/// What is linked into a program by way of this crate, by id.
fn reachable(packages: &BTreeMap<String, Package>, nodes: &Value) -> BTreeSet<String> {
    let normal = |dependency: &&Value| {
        let kinds = dependency["dep_kinds"].as_array().unwrap();
        kinds.iter().any(|kind| kind["kind"].is_null())
    };
    let nodes: BTreeMap<_, Vec<_>> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let dependencies = node["deps"].as_array().unwrap().iter().filter(normal);
            let ids = dependencies.map(|dependency| text(&dependency["pkg"]).unwrap());
            (text(&node["id"]).unwrap(), ids.collect())
        })
        .collect();
    let own = packages
        .iter()
        .find(|(_, package)| package.name == env!("CARGO_PKG_NAME"));
    let mut waiting = vec![own.unwrap().0.clone()];
    let mut reached = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if reached.insert(id.clone()) {
            waiting.extend(nodes[&id].iter().cloned());
        }
    }
    reached
}

/// Whether a license expression allows what `allowed` does: one side of every `OR`, both of every `AND`.
/// Old manifests write `/` for `OR`. No crate nests more than one pair of parentheses.
fn permits(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let expression = expression.replace('/', " OR ");
    let mut depth = 0;
    let mut sides = vec![String::new()];
    for word in expression
        .replace('(', "( ")
        .replace(')', " )")
        .split_whitespace()
    {
        match word {
            "(" => depth += 1,
            ")" => depth -= 1,
            "AND" if depth == 0 => {
                sides.push(String::new());
                continue;
            }
            _ => {}
        }
        let side = sides.last_mut().unwrap();
        side.push_str(word);
        side.push(' ');
    }
    sides.iter().all(|side| {
        let side = side.trim().trim_start_matches('(').trim_end_matches(')');
        side.split(" OR ").any(|license| allowed(license.trim()))
    })
}

fn is_fine(package: &Package) -> bool {
    let excepted = |license: &str| EXCEPTIONS.contains(&(package.name.as_str(), license));
    permits(&package.license, &|license| {
        LICENSES.contains(&license) || excepted(license)
    })
}

#[test]
fn every_license_is_a_known_one() {
    let everything = &EVERYTHING;
    for package in everything.packages.values() {
        let Package { name, license, .. } = package;
        assert!(is_fine(package), "{name} is under {license:?}");
    }
    for (name, license) in EXCEPTIONS {
        let here = everything
            .packages
            .values()
            .find(|package| package.name == *name);
        assert_eq!(here.map(|package| package.license.as_str()), Some(*license));
    }
    // Whoever embeds the library meets no exception.
    let library = Metadata::ask(&["--no-default-features"]);
    for package in library.of_library() {
        let is_exception = EXCEPTIONS.iter().any(|(name, _)| package.name == *name);
        assert!(!is_exception, "the library depends on {}", package.name);
    }
}

#[test]
fn license_expressions_are_understood() {
    let allowed = |license: &str| LICENSES.contains(&license);
    for fine in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/Apache-2.0",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
    ] {
        assert!(permits(fine, &allowed), "{fine}");
    }
    for not in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR Apache-2.0) AND GPL-3.0",
        "Apache-2.0 WITH Something",
    ] {
        assert!(!permits(not, &allowed), "{not}");
    }
}

#[test]
fn every_crate_comes_from_a_registry() {
    for package in EVERYTHING.packages.values() {
        let source = package.source.as_deref();
        let known = source.is_none_or(|source| source.starts_with("registry+"));
        assert!(known, "{} comes from {source:?}", package.name);
    }
}

#[test]
fn no_crate_is_there_twice_without_a_reason() {
    let everything = &EVERYTHING;
    let mut versions = BTreeMap::<_, Vec<_>>::new();
    for Package { name, version, .. } in everything.packages.values() {
        versions
            .entry(name.as_str())
            .or_default()
            .push(version.as_str());
    }
    versions.retain(|_, versions| versions.len() > 1);
    let found: Vec<_> = versions.keys().copied().collect();
    let known: Vec<_> = DOUBLES.iter().map(|(name, _)| *name).collect();
    // Some of them come by way of what is not in the package.
    if root().join("benches").is_dir() {
        assert_eq!(found, known, "{versions:?}");
    }
    let is_known = |name: &&str| known.contains(name);
    assert!(found.iter().all(is_known), "{versions:?}");
}

/// The minimum that the manifest states holds for what it builds on, too.
#[test]
fn no_dependency_wants_a_newer_rust() {
    let number = |version: &str| -> Vec<u32> {
        let parts = version.split('.').map(|part| part.parse().unwrap());
        parts.collect()
    };
    let stated = number(env!("CARGO_PKG_RUST_VERSION"));
    for package in EVERYTHING.of_library() {
        let wanted = package.rust_version.as_deref();
        let fits = wanted.is_none_or(|wanted| number(wanted) <= stated);
        assert!(fits, "{} wants Rust {wanted:?}", package.name);
    }
}
