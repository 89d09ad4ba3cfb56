//! One run: what it is to measure, where, and what it has measured so far.

use std::time::Instant;

use crate::Outcome;
use crate::options::Options;
use crate::place::Place;
use crate::report;
use crate::results::Series;

pub struct Bench {
    pub options: Options,
    pub place: Place,
    pub results: Vec<Series>,
    started: Instant,
}

impl Bench {
    pub fn new(options: Options) -> Outcome<Self> {
        Ok(Self {
            place: Place::new(&options)?,
            options,
            results: Vec::new(),
            started: Instant::now(),
        })
    }

    /// Whether any of these series is to be measured. They are measured together, so if one is, all are.
    pub fn wants<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> bool {
        let mut wanted = false;
        for name in names.into_iter().filter(|name| self.options.wants(name)) {
            if self.options.list {
                println!("{name}");
            } else {
                wanted = true;
            }
        }
        wanted
    }

    /// Keeps and prints what was measured and wanted.
    pub fn keep(&mut self, measured: Vec<Series>) {
        let options = &self.options;
        let wanted = measured
            .into_iter()
            .filter(|series| options.wants(&series.name));
        for series in wanted {
            report::table::print(&series);
            self.results.push(series);
        }
        eprintln!("[{:.0} s]", self.started.elapsed().as_secs_f64());
    }
}
