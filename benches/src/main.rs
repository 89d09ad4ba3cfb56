//! `cargo bench -p session-registry-benches`: session-registry beside what a user would pick instead, on
//! the same work with the same guarantees, in one run. `README.md` says what the figures mean.

mod bench;
mod cases;
mod child;
mod competitors;
mod options;
mod pairing;
mod place;
mod report;
mod results;
mod sample;
mod stats;

use std::process::ExitCode;

use bench::Bench;
use options::{Options, USAGE};

/// What can go wrong here is only ever reported.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((child::FLAG, role)) = arguments.split_first().map(|(f, r)| (f.as_str(), r)) {
        return child::run(role);
    }
    let options = Options::parse(arguments)?;
    if options.help {
        print!("{USAGE}");
        return Ok(());
    }
    let mut bench = Bench::new(options)?;
    cases::run(&mut bench)?;
    report::write(&bench)
}
