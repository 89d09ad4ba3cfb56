//! On what a run was made: figures without it say little.

use std::fs;
use std::thread;

use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub system: String,
    pub sqlite: String,
    pub lmdb: String,
}

impl Machine {
    pub fn look() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let lmdb = heed::lmdb_version();
        Self {
            processor: model
                .map(|model| model.trim_start_matches([' ', '\t', ':']).to_owned())
                .unwrap_or_default(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", std::env::consts::OS, kernel.trim()),
            sqlite: rusqlite::version().to_owned(),
            lmdb: format!("{}.{}.{}", lmdb.major, lmdb.minor, lmdb.patch),
        }
    }
}
