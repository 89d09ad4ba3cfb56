//! Processes that import or prune many, and one that goes on beside them.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use session_registry::{ImportMode, PrunePolicy, SessionName, SessionRegistry, Sharing};

use super::memory;
use crate::Outcome;
use crate::competitors::Kind;
use crate::competitors::ours::Ours;
use crate::sample;

/// How often memory is looked at.
const PACE: Duration = Duration::from_millis(2);
/// The session that is renamed beside others that are pruned.
const OPEN: u64 = 1 << 40;

/// Does `work`, and says how long it took for each of `count` and how much memory it added at most.
fn measure(count: u64, work: impl FnOnce() -> Outcome) -> Outcome {
    let before = memory()?.anonymous;
    let (most, ends) = (AtomicU64::new(0), AtomicBool::new(false));
    let seconds = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| -> Outcome {
            while !ends.load(Ordering::Relaxed) {
                most.fetch_max(memory()?.anonymous, Ordering::Relaxed);
                std::thread::sleep(PACE);
            }
            Ok(())
        });
        let began = Instant::now();
        let worked = work();
        let seconds = began.elapsed().as_secs_f64();
        ends.store(true, Ordering::Relaxed);
        watcher.join().map_err(|_| "a thread panicked")??;
        worked.map(|()| seconds)
    })?;
    #[allow(clippy::cast_precision_loss, reason = "a count of sessions")]
    let each = seconds / count as f64;
    println!("{each} {}", most.into_inner().saturating_sub(before));
    Ok(())
}

/// Imports `size` sessions, in one transaction.
pub fn import(kind: Kind, directory: &Path, size: u64) -> Outcome {
    if kind != Kind::Shared {
        let registry = kind.open(directory)?;
        measure(size, || registry.fill(0..size))?;
        return registry.close();
    }
    let lines = directory.join("lines");
    Ours::export(0..size, BufWriter::new(File::create(&lines)?), |_| {})?;
    let ours = Ours::open(directory, Sharing::Shared)?;
    measure(size, || {
        let from = BufReader::new(File::open(&lines)?);
        ours.registry.import(from, ImportMode::KeepIds)?;
        Ok(())
    })?;
    Ok(ours.registry.close()?)
}

/// Makes `size` closed sessions and an open one, and prunes when it is told to.
pub fn prune(directory: &Path, size: u64) -> Outcome {
    let lines = directory.join("lines");
    Ours::export(0..size, BufWriter::new(File::create(&lines)?), |session| {
        let at = session["created_at"].clone();
        session["state"] =
            serde_json::json!({ "status": "closed", "at": at, "reason": "requested" });
    })?;
    let ours = Ours::open(directory, Sharing::Shared)?;
    let from = BufReader::new(File::open(&lines)?);
    ours.registry.import(from, ImportMode::KeepIds)?;
    ours.registry.register(sample::session(OPEN)?)?;
    println!("ready");
    std::io::stdin().read_line(&mut String::new())?;
    measure(size, || {
        let report = ours.registry.prune(&PrunePolicy::new().keep_last(0))?;
        if report.removed == size {
            return Ok(());
        }
        Err(format!("{report:?}").into())
    })?;
    Ok(ours.registry.close()?)
}

/// Renames a session, and opens the registry, again and again; says how long each of these took.
pub fn beside(directory: &Path) -> Outcome {
    let registry = Ours::open(directory, Sharing::Shared)?.registry;
    let id = sample::key(OPEN)?.id;
    println!("ready");
    let mut lines = std::io::stdin().lines();
    lines.next().transpose()?;
    let ends = AtomicBool::new(false);
    let (renames, openings) = std::thread::scope(|scope| {
        let working = scope.spawn(|| -> Outcome<_> {
            let (mut renames, mut openings) = (Vec::new(), Vec::new());
            while !ends.load(Ordering::Relaxed) {
                let name = SessionName::new(format!("name {}", renames.len()))?;
                let began = Instant::now();
                registry.rename(id, name)?;
                renames.push(began.elapsed().as_secs_f64());
                let began = Instant::now();
                let new = SessionRegistry::open(directory.join("sessions.redb"))?;
                let found = new.lookup(id)?.is_some();
                new.close()?;
                openings.push(began.elapsed().as_secs_f64());
                if !found {
                    return Err("a session was lost".into());
                }
                std::thread::sleep(PACE);
            }
            Ok((renames, openings))
        });
        lines.next().transpose()?;
        ends.store(true, Ordering::Relaxed);
        working.join().map_err(|_| "a thread panicked")?
    })?;
    for figures in [renames, openings] {
        let figures: Vec<String> = figures.iter().map(f64::to_string).collect();
        println!("{}", figures.join(" "));
    }
    Ok(registry.close()?)
}
