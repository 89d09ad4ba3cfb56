//! Writers that are killed at any moment, and watchers in processes of their own: everything that was acknowledged is
//! told, in order, once, and nothing that did not happen.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use session_registry::{Change, Reap, SessionRegistry};

use crate::support::child::{Child, HANG, Parent};
use crate::support::place::memory_directory;
use crate::support::soak;

const WRITERS: usize = 3;
const WATCHERS: usize = 3;
/// How far the slowest watcher may be behind.
const LAG: u64 = 500;

#[test]
fn watchers_are_told_of_everything_that_was_acknowledged() {
    let rng = soak::rng("watched kills");
    let mut scene = Scene::new(rng);
    let wanted = 1_500 * soak::factor();
    while scene.acknowledged() < wanted {
        scene.act();
    }
    scene.end();
}

pub(super) fn open(file: &Path) -> SessionRegistry {
    let options = SessionRegistry::options().busy_timeout(HANG);
    options.reap(Reap::Never).open(file).unwrap()
}

struct Scene {
    file: PathBuf,
    registry: SessionRegistry,
    writers: Vec<Child>,
    /// What each writer was told is done, by kind, session and its revision.
    done: Vec<Vec<String>>,
    /// Those who wait for leave to go on.
    paused: Vec<bool>,
    watchers: Vec<Child>,
    /// What each watcher was told, in order.
    told: Vec<Vec<Change>>,
    kills: usize,
    rng: fastrand::Rng,
    // Last: the children go before their file.
    _directory: tempfile::TempDir,
}

impl Scene {
    fn new(rng: fastrand::Rng) -> Self {
        let directory = memory_directory();
        let file = directory.path().join("sessions.redb");
        let registry = open(&file);
        registry.set_max_sessions(1_000).unwrap();
        let mut scene = Self {
            file,
            registry,
            writers: Vec::new(),
            done: vec![Vec::new(); WRITERS],
            paused: vec![false; WRITERS],
            watchers: Vec::new(),
            told: vec![Vec::new(); WATCHERS],
            kills: 0,
            rng,
            _directory: directory,
        };
        for number in 0..WATCHERS {
            let watcher = scene.watcher(number);
            scene.watchers.push(watcher);
        }
        for number in 0..WRITERS {
            let writer = scene.writer(number);
            scene.writers.push(writer);
        }
        scene
    }

    fn writer(&mut self, number: usize) -> Child {
        let (file, seed): (&Path, _) = (&self.file, self.rng.u32(..));
        Child::start("feed_writer", &[&file.display(), &number, &seed])
    }

    /// Goes on where the one before it was killed.
    fn watcher(&self, number: usize) -> Child {
        let position = self.told[number].last().map_or(0, |change| change.revision);
        let file: &Path = &self.file;
        Child::start("feed_watcher", &[&file.display(), &position])
    }

    fn acknowledged(&self) -> usize {
        self.done.iter().map(Vec::len).sum()
    }

    /// Lets everybody work a little, and kills somebody.
    fn act(&mut self) {
        self.listen();
        let newest = self.registry.revision().unwrap();
        let behind = self.told.iter().map(|told| newest - told.len() as u64);
        if behind.max().unwrap_or(0) < LAG {
            for number in 0..WRITERS {
                if std::mem::take(&mut self.paused[number]) {
                    self.writers[number].say("go on");
                }
            }
        }
        // Not to wait for anything: so that every moment of a call has its turn.
        thread::sleep(Duration::from_micros(self.rng.u64(..6000)));
        match self.rng.u8(..12) {
            0 => {
                let victim = self.rng.usize(..WRITERS);
                self.kill_writer(victim);
                self.writers[victim] = self.writer(victim);
            }
            1 if self.rng.bool() => {
                // Nobody who writes is left: the next one recovers the file.
                (0..WRITERS).for_each(|victim| self.kill_writer(victim));
                for victim in 0..WRITERS {
                    self.writers[victim] = self.writer(victim);
                }
            }
            2 if self.rng.u8(..4) == 0 => {
                let victim = self.rng.usize(..WATCHERS);
                self.watchers[victim].kill();
                while let Some(line) = self.watchers[victim].next_line() {
                    self.hear(victim, &line);
                }
                self.watchers[victim] = self.watcher(victim);
            }
            _ => {}
        }
    }

    fn kill_writer(&mut self, victim: usize) {
        self.writers[victim].kill();
        self.kills += 1;
        while let Some(line) = self.writers[victim].next_line() {
            self.note(victim, line);
        }
        self.paused[victim] = false;
    }

    fn listen(&mut self) {
        for number in 0..WRITERS {
            let lines: Vec<_> = self.writers[number].lines_so_far().collect();
            lines.into_iter().for_each(|line| self.note(number, line));
        }
        for number in 0..WATCHERS {
            let lines: Vec<_> = self.watchers[number].lines_so_far().collect();
            lines.iter().for_each(|line| self.hear(number, line));
        }
    }

    fn note(&mut self, writer: usize, line: String) {
        if line == "may I" {
            self.paused[writer] = true;
        } else {
            self.done[writer].push(line);
        }
    }

    fn hear(&mut self, watcher: usize, line: &str) {
        let change: Change = serde_json::from_str(line).expect(line);
        let told = &mut self.told[watcher];
        let before = told.last().map_or(0, |change| change.revision);
        assert_eq!(change.revision, before + 1, "a gap, or told twice");
        told.push(change);
    }

    fn end(mut self) {
        (0..WRITERS).for_each(|victim| self.kill_writer(victim));
        let newest = self.registry.revision().unwrap();
        for number in 0..WATCHERS {
            self.listen();
            while (self.told[number].len() as u64) < newest {
                let line = self.watchers[number].line();
                self.hear(number, &line);
            }
            assert_eq!(self.told[number], self.told[0], "watchers disagree");
        }
        let all: Vec<_> = self.told[0].iter().map(described).collect();
        let mut acknowledged = 0;
        for done in &self.done {
            // What one writer was told is there in this order.
            let mut done: VecDeque<_> = done.iter().collect();
            acknowledged += done.len();
            for told in &all {
                if done.front().is_some_and(|next| *next == told) {
                    done.pop_front();
                }
            }
            assert_eq!(done.front(), None, "{} were not told", done.len());
        }
        // The limit that was set first, and at most the call that a kill cut off.
        let others = all.len() - acknowledged;
        assert!(others <= 1 + self.kills, "{others} told that nobody did");
        let kept = self.registry.changes_since(newest - 1000).unwrap();
        assert_eq!(kept.changes, self.told[0][all.len() - 1000..]);
        assert!(self.registry.verify().unwrap().is_clean());
        eprintln!(
            "{acknowledged} changes acknowledged, {} told to {WATCHERS} watchers, {} kills of writers, \
             {others} of calls that were cut off",
            all.len(),
            self.kills,
        );
    }
}

fn described(change: &Change) -> String {
    let id = change.id.map_or("-".to_owned(), |id| id.to_string());
    let revision = change
        .session_revision
        .map_or(-1, |r| i64::try_from(r).unwrap());
    format!("{} {id} {revision}", change.kind)
}

/// A process that tells all it is told. Everything that it is told of is there already.
pub(crate) fn watcher(parent: &Parent) {
    let registry = open(Path::new(parent.argument(0)));
    let position = parent.argument(1).parse().unwrap();
    let watch = registry.watch_from(position).unwrap();
    for happened in watch {
        let happened = happened.unwrap();
        assert!(!happened.lost, "it was too slow for this test");
        let now = registry.snapshot().unwrap();
        assert!(now.revision().unwrap() >= happened.revision);
        for change in &happened.changes {
            if change.kind == session_registry::ChangeKind::OwnerGone {
                continue;
            }
            if let (Some(id), Some(revision)) = (change.id, change.session_revision)
                && let Some(session) = now.lookup(id).unwrap()
            {
                assert!(session.revision() >= revision, "told too early");
            }
            parent.say(serde_json::to_string(change).unwrap());
        }
    }
}
