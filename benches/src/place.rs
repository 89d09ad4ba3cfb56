//! Where the competitors keep their files. Large registries take long to fill, so they stay for the next
//! run; measured work leaves as many sessions behind as it found.

use std::env;
use std::fs::{self, DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::competitors::{Kind, Registry};
use crate::options::Options;

/// From this many sessions on, a filled registry is kept.
const KEPT_FROM: u64 = 100_000;
/// How many sessions one transaction of a fill registers, at most.
const FILL_TOGETHER: u64 = 100_000;

pub struct Place {
    /// For results.
    pub out: PathBuf,
    kept: PathBuf,
    scratch: PathBuf,
}

impl Place {
    pub fn new(options: &Options) -> Outcome<Self> {
        let out = match &options.out {
            Some(out) => std::path::absolute(out)?,
            None => target_directory()?.join("benches"),
        };
        let data = out.join("data");
        let place = Self {
            scratch: data.join(format!("run-{}", std::process::id())),
            kept: data.join("kept"),
            out,
        };
        sweep(&data)?;
        fs::create_dir_all(&place.scratch)?;
        fs::create_dir_all(&place.kept)?;
        Ok(place)
    }

    /// An empty directory that goes with this run.
    pub fn fresh(&self, name: &str) -> Outcome<PathBuf> {
        let directory = self.scratch.join(name);
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&directory)?;
        Ok(directory)
    }

    /// An open registry with the sessions 0 to `size`, and its directory. One that is kept is the only
    /// one of its kind and size.
    pub fn filled(&self, kind: Kind, size: u64) -> Outcome<(PathBuf, Box<dyn Registry>)> {
        let name = format!("{}-{size}", kind.word());
        let keeps = !matches!(kind, Kind::HashMap | Kind::OneSync | Kind::TwoSyncs);
        if size < KEPT_FROM || !keeps {
            let directory = self.fresh(&format!("{name}-{}", fastrand::u32(..)))?;
            let registry = kind.open(&directory)?;
            fill(registry.as_ref(), size)?;
            return Ok((directory, registry));
        }
        let directory = self.kept.join(name);
        if directory.exists() {
            let registry = kind.open(&directory)?;
            if registry.count()? == size {
                return Ok((directory, registry));
            }
            registry.close()?;
            fs::remove_dir_all(&directory)?;
        }
        eprintln!("filling {} with {size} sessions", kind.label());
        let registry = kind.open(&directory)?;
        fill(registry.as_ref(), size)?;
        registry.close()?;
        sync(&directory)?;
        Ok((directory.clone(), kind.open(&directory)?))
    }

    /// As [`filled`](Self::filled), closed again.
    pub fn filled_and_closed(&self, kind: Kind, size: u64) -> Outcome<PathBuf> {
        let (directory, registry) = self.filled(kind, size)?;
        registry.close()?;
        Ok(directory)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

/// Removes what runs that were killed left behind.
fn sweep(data: &Path) -> Outcome {
    fs::create_dir_all(data)?;
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("run-"));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn fill(registry: &dyn Registry, size: u64) -> Outcome {
    let mut first = 0;
    while first < size {
        let end = size.min(first + FILL_TOGETHER);
        registry.fill(first..end)?;
        first = end;
    }
    Ok(())
}

/// Copies the files of one competitor, and waits until they are on the disk.
pub fn copy(from: &Path, to: &Path) -> Outcome {
    for file in files(from)? {
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    sync(to)
}

/// Reads all files once: what is measured afterwards waits for no disk, as long as memory suffices.
pub fn warm(directory: &Path) -> Outcome {
    for file in files(directory)? {
        io::copy(&mut File::open(file.path())?, &mut io::sink())?;
    }
    Ok(())
}

fn files(directory: &Path) -> Outcome<Vec<DirEntry>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry);
        }
    }
    Ok(files)
}

fn sync(directory: &Path) -> Outcome {
    for file in files(directory)? {
        File::open(file.path())?.sync_all()?;
    }
    Ok(File::open(directory)?.sync_all()?)
}

/// How many bytes the files in a directory have.
pub fn bytes(directory: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for file in files(directory)? {
        bytes += file.metadata()?.len();
    }
    Ok(bytes)
}

/// This program is in `<target>/release/deps`.
fn target_directory() -> Outcome<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(3).map(Path::to_path_buf);
    target.ok_or_else(|| "this program is in no target directory: use --out".into())
}
