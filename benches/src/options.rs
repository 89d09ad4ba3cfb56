//! What to measure, and where the results go.

use std::path::PathBuf;
use std::time::Duration;

use crate::Outcome;
use crate::pairing::Effort;

pub const USAGE: &str = "\
Measures session-registry beside SQLite, LMDB and a JSON file: the same work, in turn, in one run.

cargo bench -p session-registry-benches -- [options] [filter]...

  filter       only the series whose name contains one of these; see --list
  --list       name the series and measure nothing
  --quick      fewer rounds and smaller registries: a look, no figures to quote (under a minute)
  --million    also registries of 1,000,000 sessions (some minutes more, and 4 GB of disk)
  --out DIR    where results and data files go; default: benches/ in the target directory
  --save       put the results into benches/results/ of the source tree too
";

#[derive(Clone, Debug, Default)]
pub struct Options {
    pub filters: Vec<String>,
    pub list: bool,
    pub quick: bool,
    pub million: bool,
    pub save: bool,
    pub help: bool,
    pub out: Option<PathBuf>,
}

impl Options {
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Outcome<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // What `cargo bench` adds.
                "--bench" => {}
                "--list" => options.list = true,
                "--quick" => options.quick = true,
                "--million" => options.million = true,
                "--save" => options.save = true,
                "--help" | "-h" => options.help = true,
                "--out" => {
                    let directory = arguments.next().ok_or("--out needs a directory")?;
                    options.out = Some(directory.into());
                }
                option if option.starts_with('-') => {
                    return Err(format!("there is no option {option}\n\n{USAGE}").into());
                }
                filter => options.filters.push(filter.to_owned()),
            }
        }
        if options.save && (options.quick || !options.filters.is_empty()) {
            return Err("--save is for whole runs: neither --quick nor filters".into());
        }
        Ok(options)
    }

    pub fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| name.contains(filter))
    }

    /// How many sessions the registries hold.
    pub fn sizes(&self) -> Vec<u64> {
        let mut sizes = vec![10, 1_000];
        if !self.quick {
            sizes.push(100_000);
        }
        if self.million {
            sizes.push(1_000_000);
        }
        sizes
    }

    /// `full` rounds, or as many as a quick look takes.
    pub fn effort(&self, full: usize) -> Effort {
        let (rounds, seconds) = if self.quick {
            (full.div_ceil(8).max(3), 2)
        } else {
            (full, 20)
        };
        let time = Duration::from_secs(seconds);
        Effort { rounds, time }
    }

    pub fn form(&self) -> &'static str {
        match (self.quick, self.million) {
            (true, _) => "quick",
            (false, true) => "full, with 1,000,000 sessions",
            (false, false) => "full",
        }
    }
}
