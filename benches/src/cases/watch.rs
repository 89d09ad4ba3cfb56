//! How soon a watch tells what another process committed, and what it costs while nothing happens.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use session_registry::{Sharing, Watch};

use super::grouped;
use crate::Outcome;
use crate::bench::Bench;
use crate::child::Process;
use crate::competitors::Kind;
use crate::competitors::ours::Ours;
use crate::pairing::in_turn;
use crate::results::{Unit, series};
use crate::sample;

/// Nobody else tells of changes.
const KINDS: [Kind; 1] = [Kind::Shared];
const SIZE: u64 = 10;
/// How long nothing happens before each commit: longer than a watch lets changes come together.
const QUIET: Duration = Duration::from_millis(5);
/// How long an idle watch waits in one round.
const IDLE: Duration = Duration::from_secs(2);
/// Longer than anything here takes.
const HANG: Duration = Duration::from_secs(60);

pub fn run(bench: &mut Bench) -> Outcome {
    let sessions = grouped(SIZE);
    let wake = (
        format!("watch/wake/{SIZE}"),
        format!("from a commit of another process to the word of it; {sessions} sessions"),
    );
    let idle = (
        format!("watch/idle/{SIZE}"),
        format!("processor time of a second in which nothing happens; {sessions} sessions"),
    );
    if bench.wants([wake.0.as_str()]) {
        let directory = bench.place.filled_and_closed(Kind::Shared, SIZE)?;
        let mut watch = watch(&directory)?;
        let mut writer = Process::start("tell", Kind::Shared, &directory, "-")?;
        writer.hear()?;
        let samples = in_turn(1, 1, bench.options.effort(1_000), |_| {
            thread::sleep(QUIET);
            Ok(vec![wake_up(&mut watch, &mut writer)?])
        })?;
        writer.finish()?;
        bench.keep(series([wake], Unit::Seconds, &KINDS, samples));
    }
    if bench.wants([idle.0.as_str()]) {
        let directory = bench.place.filled_and_closed(Kind::Shared, SIZE)?;
        let mut watch = watch(&directory)?;
        let samples = in_turn(1, 1, bench.options.effort(5), |_| {
            let before = processor_time()?;
            if watch.next_within(IDLE)?.is_some() {
                return Err("something happened where nobody is".into());
            }
            let took = processor_time()?.saturating_sub(before);
            Ok(vec![took.as_secs_f64() / IDLE.as_secs_f64()])
        })?;
        bench.keep(series([idle], Unit::Seconds, &KINDS, samples));
    }
    Ok(())
}

fn watch(directory: &Path) -> Outcome<Watch> {
    let registry = Ours::open(directory, Sharing::Shared)?.registry;
    let mut watch = registry.watch()?;
    while watch.try_next()?.is_some() {}
    Ok(watch)
}

/// Has the writer commit once, and answers how many seconds after its answer the watch told of it. A watch may be
/// ahead of the writer, whom the system tells last.
fn wake_up(watch: &mut Watch, writer: &mut Process) -> Outcome<f64> {
    writer.tell(&format!("register {} 1", sample::fresh(1)))?;
    let _ = watch.next_within(HANG)?.ok_or("nothing was told")?;
    let told = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let committed = Duration::from_nanos(writer.hear()?.parse()?);
    // What the writer did afterwards.
    while watch.try_next()?.is_some() {}
    Ok(told.saturating_sub(committed).as_secs_f64())
}

/// What this thread has used so far.
fn processor_time() -> Outcome<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = text.split(' ').next().ok_or("this system does not say")?;
    Ok(Duration::from_nanos(nanos.parse()?))
}
