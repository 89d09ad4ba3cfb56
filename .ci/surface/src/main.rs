//! Compares the public surface of the library with the committed listing, or writes the listing anew.
//!
//! The surface is read from rustdoc's JSON, whose format changes between toolchains; with a toolchain that
//! writes another version of it there is nothing to compare, which is said and is no failure.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use public_api::Builder;
use rustdoc_types::FORMAT_VERSION;

const LISTING: &str = "docs/public-api.txt";
const REWRITE: &str = "cargo run -p session-registry-surface -- write";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<ExitCode> {
    let writes = match std::env::args().nth(1).as_deref() {
        None | Some("check") => false,
        Some("write") => true,
        Some(other) => return Err(format!("neither check nor write: {other}").into()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let json = document(&root)?;
    let version = format_version(&json)?;
    if version != u64::from(FORMAT_VERSION) {
        println!(
            "SKIPPED: the rustdoc of this toolchain writes version {version} of its JSON, and the \
             listing is made from version {FORMAT_VERSION}"
        );
        return Ok(ExitCode::SUCCESS);
    }
    let found = list(&json)?;
    let listing = root.join(LISTING);
    if writes {
        fs::write(&listing, &found)?;
        println!("{LISTING} has {} lines", found.lines().count());
        return Ok(ExitCode::SUCCESS);
    }
    let known = fs::read_to_string(&listing).unwrap_or_default();
    if found == known {
        println!("{} lines, as in {LISTING}", found.lines().count());
        return Ok(ExitCode::SUCCESS);
    }
    for line in difference(&known, &found) {
        println!("{line}");
    }
    println!(
        "the public surface is not that of {LISTING}; if that is meant, write it anew: {REWRITE}"
    );
    Ok(ExitCode::FAILURE)
}

/// Has rustdoc describe the library; the path of what it wrote. It builds in a folder of its own, because
/// the variable that allows an unstable option would have everything else built again.
fn document(root: &Path) -> Result<PathBuf> {
    let target = root.join("target/surface");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(root)
        .args([
            "rustdoc",
            "--locked",
            "--quiet",
            "--lib",
            "-p",
            "session-registry",
        ])
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .args(["--cap-lints", "allow"])
        .env("RUSTC_BOOTSTRAP", "1")
        .status()?;
    if !status.success() {
        return Err(format!("rustdoc failed: {status}").into());
    }
    Ok(target.join("doc/session_registry.json"))
}

fn format_version(json: &Path) -> Result<u64> {
    let json: serde_json::Value = serde_json::from_slice(&fs::read(json)?)?;
    let version = json["format_version"].as_u64();
    version.ok_or_else(|| "rustdoc's JSON says no version".into())
}

/// What the compiler says of every type, and nobody relies on; other toolchains say other things.
const OF_THE_COMPILER: [&str; 6] = [
    "impl core::marker::Freeze for ",
    "impl core::marker::StructuralPartialEq for ",
    "impl core::marker::Unpin for ",
    "impl core::marker::UnsafeUnpin for ",
    "impl core::panic::unwind_safe::RefUnwindSafe for ",
    "impl core::panic::unwind_safe::UnwindSafe for ",
];

/// One line for each public item, in the order of their paths. `Send` and `Sync` are listed too: to lose
/// them breaks whoever relies on them.
fn list(json: &Path) -> Result<String> {
    let surface = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .build()?;
    let lines = surface.items().map(|item| format!("{item}\n"));
    let of_the_compiler =
        |line: &String| OF_THE_COMPILER.iter().any(|start| line.starts_with(start));
    Ok(lines.filter(|line| !of_the_compiler(line)).collect())
}

/// The lines that went and the lines that came, sorted.
fn difference(known: &str, found: &str) -> Vec<String> {
    let mut counts = BTreeMap::<&str, i64>::new();
    for line in found.lines() {
        *counts.entry(line).or_default() += 1;
    }
    for line in known.lines() {
        *counts.entry(line).or_default() -= 1;
    }
    let signs = counts.into_iter().filter(|(_, count)| *count != 0);
    signs
        .map(|(line, count)| format!("{} {line}", if count > 0 { '+' } else { '-' }))
        .collect()
}
