//! Proofs that need what no caller can reach: simulated disks, frozen files, schema steps of their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, and print their seeds and figures"
)]

mod any;
mod apart;
mod appearing;
mod call;
mod claims;
mod closed;
mod content;
mod deadlines;
mod decoders;
mod disk;
mod engine_facts;
mod faults;
mod faults_open;
mod golden;
mod group;
mod healing;
mod mandatory;
mod migration_races;
mod migrations;
#[cfg(unix)]
mod names;
mod older;
mod overlay;
mod power;
mod power_loss;
mod quick_repair;
mod raw;
mod reading;
mod recording;
mod shared_folders;
mod spool;
mod steps;
mod sums;
mod text;
mod told;
mod version_2;
mod waiting;
mod watching;
mod workload;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::session::{ProjectPath, Session, SessionId, SessionName, Timestamp};
use crate::store::format::schema::Step;
use crate::store::{ClaimRow, Settings, Sharing, Store};

const BOTH: [Sharing; 2] = [Sharing::Shared, Sharing::Exclusive];

/// How a registry is opened, where it matters what its commits save.
#[derive(Clone, Copy, Debug)]
struct Way {
    sharing: Sharing,
    /// Exclusive commits save as much as shared ones, as they do in large files.
    quick_repair: bool,
}

const WAYS: [Way; 3] = [
    Way::plain(Sharing::Shared),
    Way::plain(Sharing::Exclusive),
    Way {
        sharing: Sharing::Exclusive,
        quick_repair: true,
    },
];

impl Way {
    const fn plain(sharing: Sharing) -> Self {
        Self {
            sharing,
            quick_repair: false,
        }
    }

    fn settings(self) -> Settings {
        Settings {
            quick_repair_from: if self.quick_repair { 0 } else { u64::MAX },
            ..settings(self.sharing)
        }
    }
}

impl From<Sharing> for Way {
    fn from(sharing: Sharing) -> Self {
        Self::plain(sharing)
    }
}

/// When everything happens that no test dates otherwise: 2026-01-02T03:04:05Z.
const NOW: Timestamp = Timestamp::from_micros(1_767_323_045_000_000);

fn settings(sharing: Sharing) -> Settings {
    Settings {
        sharing,
        // No test waits this long; a busy machine may.
        busy_timeout: Duration::from_secs(120),
        ..Settings::default()
    }
}

fn id(number: u8) -> SessionId {
    SessionId::from(uuid::Uuid::from_bytes([number; 16]))
}

fn name(name: &str) -> SessionName {
    SessionName::new(name).unwrap()
}

fn path(path: &str) -> ProjectPath {
    ProjectPath::new(path).unwrap()
}

/// A session of its own id, name, path and time.
fn session(number: u8) -> Session {
    Session::builder(path(&format!("/work/{number}")))
        .id(id(number))
        .created_at(Timestamp::from_micros(i64::from(number)))
        .build()
}

/// Gives the file of a new registry room for what a test is about to write, so that no commit of the test makes it
/// grow: that takes a sync more, during which nobody in the same process can begin to read.
fn make_room(registry: &SessionRegistry) {
    let mut large = session(200);
    let pairs = large.metadata_mut();
    pairs.insert("log".into(), "x".repeat(60_000));
    registry.register(large).unwrap();
    registry.unregister(id(200)).unwrap();
}

/// Opens, or creates, a registry file with a program whose schema steps are `steps`.
fn open_file(path: &Path, sharing: Sharing, steps: &'static [Step]) -> Result<SessionRegistry> {
    let settings = settings(sharing);
    let (store, report) =
        Store::open_with_steps(path, settings, true, NOW, steps, settings.start())?;
    Ok(SessionRegistry::from_store(store, report, Arc::new(|| NOW)))
}

/// A claim by an owner that nobody is: in memory, owners other than the handle itself are dead.
fn claim_of_the_dead(epoch: u64) -> ClaimRow {
    ClaimRow {
        epoch,
        owner: [7; 16],
        machine: Some("machine".into()),
        boot: None,
        host: "host".into(),
        pid: 1,
        pid_namespace: None,
        driver: None,
        program: None,
        claimed_at: 0,
        activity: None,
    }
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    result.expect_err("the call must be refused").code()
}

/// Says which case failed.
struct Case(String);

impl Drop for Case {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed at {}", self.0);
        }
    }
}
