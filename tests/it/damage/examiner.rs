//! A process that opens damaged files, one after the other, and tells what came of each. Whatever takes it
//! down is a failure of the registry.

use std::fmt;
use std::fs;
use std::panic;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use session_registry::{Access, Error, ProjectPath, RegistryOptions, Session, SessionRegistry};
use tempfile::TempDir;

use super::image::Content;
use crate::support::child::Parent;

pub(super) const PAGE: usize = 4096;

/// One way to damage a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Damage {
    Flip { at: usize, mask: u8 },
    Cut { length: usize },
    Grow { by: usize, with: u8 },
    Fill { page: usize, with: u8 },
    Swap { page: usize, other: usize },
    Copy { page: usize, over: usize },
    None,
}

impl Damage {
    pub(super) fn apply(self, bytes: &mut Vec<u8>) {
        let range = |page: usize| page * PAGE..(page + 1) * PAGE;
        match self {
            Self::Flip { at, mask } => bytes[at] ^= mask,
            Self::Cut { length } => bytes.truncate(length),
            Self::Grow { by, with } => bytes.resize(bytes.len() + by, with),
            Self::Fill { page, with } => bytes[range(page)].fill(with),
            Self::Swap { page, other } => {
                let (low, high) = (page.min(other), page.max(other));
                let (before, after) = bytes.split_at_mut(high * PAGE);
                before[range(low)].swap_with_slice(&mut after[..PAGE]);
            }
            Self::Copy { page, over } => bytes.copy_within(range(page), over * PAGE),
            Self::None => {}
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Flip { at, mask } => write!(f, "flip {at} {mask}"),
            Self::Cut { length } => write!(f, "cut {length} 0"),
            Self::Grow { by, with } => write!(f, "grow {by} {with}"),
            Self::Fill { page, with } => write!(f, "fill {page} {with}"),
            Self::Swap { page, other } => write!(f, "swap {page} {other}"),
            Self::Copy { page, over } => write!(f, "copy {page} {over}"),
            Self::None => write!(f, "none 0 0"),
        }
    }
}

impl FromStr for Damage {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<_> = text.split(' ').collect();
        let (first, second) = (words[1].parse()?, words[2].parse()?);
        let byte = || words[2].parse::<u8>();
        Ok(match words[0] {
            "flip" => Self::Flip {
                at: first,
                mask: byte()?,
            },
            "cut" => Self::Cut { length: first },
            "grow" => Self::Grow {
                by: first,
                with: byte()?,
            },
            "fill" => Self::Fill {
                page: first,
                with: byte()?,
            },
            "swap" => Self::Swap {
                page: first,
                other: second,
            },
            "copy" => Self::Copy {
                page: first,
                over: second,
            },
            _ => Self::None,
        })
    }
}

/// Damages the image as told and tells the verdict, for as long as there is damage to do.
pub(crate) fn examiner(parent: &Parent) {
    // The registry catches the engine's panics; nobody needs to read about each.
    panic::set_hook(Box::new(|_| {}));
    let image = fs::read(parent.argument(0)).unwrap();
    let content = fs::read(parent.argument(1)).unwrap();
    let content: Content = serde_json::from_slice(&content).unwrap();
    let directory = scratch();
    let file = directory.path().join("damaged");
    while let Some(damage) = parent.hear() {
        let mut bytes = image.clone();
        damage.parse::<Damage>().unwrap().apply(&mut bytes);
        fs::write(&file, &bytes).unwrap();
        let verdict = panic::catch_unwind(|| examine(&file, &bytes, &content));
        parent.say(verdict.unwrap_or_else(|_| "a panic escaped".to_owned()));
        // What a broken engine still holds must not meet the next case.
        fs::remove_file(&file).unwrap();
    }
}

/// In memory where there is such a place: damage is not about what survives a power cut.
pub(super) fn scratch() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// `right`, `refused` by open or `failed` later with a code, or what is wrong. A handle that only reads says
/// the same.
fn examine(file: &Path, bytes: &[u8], content: &Content) -> String {
    let seen = look(file, content);
    if fs::read(file).unwrap() != bytes {
        return "a reader changed the file".into();
    }
    let said = use_it(file, bytes, content);
    if seen == said {
        return said;
    }
    format!("a reader says {seen}, a writer {said}")
}

fn options() -> RegistryOptions {
    SessionRegistry::options().busy_timeout(Duration::from_secs(10))
}

/// What a handle that only reads makes of it.
fn look(file: &Path, content: &Content) -> String {
    let registry = match options().access(Access::ReadOnly).open(file) {
        Ok(registry) => registry,
        Err(error) => return format!("refused {}", error.code()),
    };
    match Content::read(&registry) {
        Ok(Ok(found)) if found == *content => {}
        Ok(found) => return format!("a wrong answer: {found:?}"),
        Err(error) => return format!("failed {}", error.code()),
    }
    match registry.verify() {
        Ok(found) if found.is_clean() && found.pages_checked => "right".into(),
        Ok(found) => format!("found {found:?}"),
        Err(error) => format!("failed {}", error.code()),
    }
}

fn use_it(file: &Path, bytes: &[u8], content: &Content) -> String {
    let options = options();
    let registry = match options.open(file) {
        Ok(registry) => registry,
        Err(_) if fs::read(file).unwrap() != bytes => return "a refused file was changed".into(),
        Err(error) => return format!("refused {}", error.code()),
    };
    match Content::read(&registry) {
        Ok(Ok(found)) if found == *content => {}
        Ok(found) => return format!("a wrong answer: {found:?}"),
        Err(error) => return format!("failed {}", error.code()),
    }
    match work_on(file, registry, content) {
        Ok(true) => "right".into(),
        Ok(false) => "a write was lost, or took something with it".into(),
        Err(error) => format!("failed {}", error.code()),
    }
}

/// One more session; then everything must be there in a new handle, and clean.
fn work_on(file: &Path, registry: SessionRegistry, content: &Content) -> Result<bool, Error> {
    let path = ProjectPath::new("/damage/after")?;
    let added = registry.register(Session::builder(path).build())?;
    registry.close()?;
    let registry = SessionRegistry::open(file)?;
    let mut sessions = registry.list_all()?;
    let clean = registry.verify()?.is_clean();
    let last = sessions.pop();
    Ok(clean && last == Some(added) && sessions == content.sessions)
}
