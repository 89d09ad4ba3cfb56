//! Processes that hammer one file are killed at random and replaced, and nothing they were promised is
//! lost.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::hammer::{WORKERS, own};
use super::ledger::Ledger;
use super::{bystander, everything, reopen_and_check};
use crate::support::child::Child;
use crate::support::soak;

const PROCESSES: usize = 4;
const BYSTANDERS: usize = 1;

#[test]
fn sharing_processes_lose_nothing_to_kills() {
    let rng = soak::rng("kills, shared");
    let mut gang = Gang::new("shared", PROCESSES, rng);
    while gang.kills < 300 * soak::factor() {
        if gang.rng.u8(..12) == 0 {
            // Nobody is left to vouch for the file: the next to open recovers it.
            gang.kill((0..PROCESSES).collect());
        } else {
            let victim = gang.rng.usize(..PROCESSES);
            gang.kill(vec![victim]);
        }
    }
    gang.disband();
}

#[test]
fn one_exclusive_process_after_another_loses_nothing_to_kills() {
    let rng = soak::rng("kills, exclusive");
    let mut gang = Gang::new("exclusive", 1, rng);
    while gang.kills < 60 * soak::factor() {
        gang.kill(vec![0]);
    }
    gang.disband();
}

/// The processes that hammer one file, and what each of their workers was promised.
struct Gang {
    file: PathBuf,
    sharing: &'static str,
    members: Vec<Child>,
    /// Who only look on.
    bystanders: Vec<Child>,
    looks: usize,
    ledgers: Vec<Ledger>,
    rng: fastrand::Rng,
    kills: usize,
    // Last: the members go before their file.
    _directory: tempfile::TempDir,
}

impl Gang {
    fn new(sharing: &'static str, size: usize, rng: fastrand::Rng) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut gang = Self {
            file: directory.path().join("sessions.redb"),
            _directory: directory,
            sharing,
            members: Vec::new(),
            bystanders: Vec::new(),
            looks: 0,
            ledgers: (0..size * WORKERS).map(|_| Ledger::default()).collect(),
            rng,
            kills: 0,
        };
        for number in 0..size {
            let member = gang.recruit(number);
            gang.members.push(member);
        }
        // Before anybody has worked there is nothing to look at.
        let line = gang.members[0].line();
        gang.note(&line);
        for _ in 0..BYSTANDERS {
            let bystander = gang.invite();
            gang.bystanders.push(bystander);
        }
        gang
    }

    fn recruit(&mut self, number: usize) -> Child {
        let seed = self.rng.u32(..);
        let file: &Path = &self.file;
        Child::start("hammer", &[&file.display(), &self.sharing, &number, &seed])
    }

    fn invite(&mut self) -> Child {
        let often = self.rng.usize(1..8);
        let file: &Path = &self.file;
        Child::start("bystander", &[&file.display(), &often])
    }

    /// Takes down what the bystanders said, and now and then kills one.
    fn turn_to_bystanders(&mut self) {
        for bystander in &self.bystanders {
            self.looks += bystander.lines_so_far().count();
        }
        if self.rng.u8(..8) == 0 {
            let victim = self.rng.usize(..BYSTANDERS);
            self.bystanders[victim].kill();
            self.bystanders[victim] = self.invite();
        }
    }

    /// Lets each of the victims work a little, kills them, checks the file, and replaces them.
    fn kill(&mut self, victims: Vec<usize>) {
        for &victim in &victims {
            let mut patience = self.rng.usize(1..8);
            while patience > 0 {
                let line = self.members[victim].line();
                patience -= usize::from(self.note(&line));
            }
        }
        // Not to wait for anything: so that every moment of a call has its turn.
        thread::sleep(Duration::from_micros(self.rng.u64(..3000)));
        self.end(&victims);
        for &victim in &victims {
            self.members[victim] = self.recruit(victim);
        }
        self.turn_to_bystanders();
        // The others go on meanwhile; what they say must not pile up.
        for survivor in 0..self.members.len() {
            let lines: Vec<_> = self.members[survivor].lines_so_far().collect();
            for line in lines {
                self.note(&line);
            }
        }
    }

    /// Kills the victims and compares what they were promised with what is in the file.
    fn end(&mut self, victims: &[usize]) {
        for &victim in victims {
            self.members[victim].kill();
            self.kills += 1;
        }
        for &victim in victims {
            while let Some(line) = self.members[victim].next_line() {
                self.note(&line);
            }
        }
        // Nobody has recovered anything yet, unless others live on.
        let reader = bystander::open(&self.file);
        let shown = everything(&reader);
        reader.close().unwrap();
        let sessions = reopen_and_check(&self.file);
        for &victim in victims {
            for worker in victim * WORKERS..(victim + 1) * WORKERS {
                let (seen, found) = (own(worker, &shown), own(worker, &sessions));
                if self.ledgers[worker].allows(&seen) {
                    assert_eq!(found, seen, "what a reader was shown is gone");
                }
                self.ledgers[worker].settle(found);
            }
        }
    }

    /// Takes down a line; `true` for an acknowledgement.
    fn note(&mut self, line: &str) -> bool {
        let (worker, said) = line.split_once(' ').unwrap();
        self.ledgers[worker.parse::<usize>().unwrap()].note(said)
    }

    /// Ends everybody, and reports.
    fn disband(mut self) {
        self.end(&(0..self.members.len()).collect::<Vec<_>>());
        for bystander in self.bystanders.drain(..) {
            self.looks += bystander.lines_so_far().count();
            bystander.finish();
        }
        assert!(self.looks > 0, "nobody looked on");
        let Self {
            sharing,
            kills,
            looks,
            ..
        } = self;
        let total = |figure: fn(&Ledger) -> usize| self.ledgers.iter().map(figure).sum::<usize>();
        let acknowledged = total(|ledger| ledger.acknowledgements);
        let refused = total(|ledger| ledger.refusals);
        let cut = total(|ledger| ledger.cut_off);
        let saved = total(|ledger| ledger.cut_off_but_saved);
        eprintln!(
            "{sharing}: {kills} kills, {acknowledged} calls acknowledged, {refused} refused, \
             {cut} cut off ({saved} of them saved), {looks} times twenty looks by readers"
        );
    }
}
