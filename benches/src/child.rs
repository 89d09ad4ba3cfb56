//! This program, run again as another process: to write beside others, or to have memory of its own.

mod upkeep;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use crate::Outcome;
use crate::competitors::Kind;
use crate::sample::{self, By};

/// What the first argument of a child is.
pub const FLAG: &str = "--child";

/// A child, and the lines that go to and fro.
pub struct Process {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Process {
    pub fn start(role: &str, kind: Kind, directory: &Path, more: &str) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([FLAG, role, kind.word()])
            .arg(directory)
            .arg(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let from = child.stdout.take().ok_or("a child has no output")?;
        Ok(Self {
            to: child.stdin.take(),
            from: BufReader::new(from),
            child,
        })
    }

    pub fn tell(&mut self, line: &str) -> Outcome {
        let to = self.to.as_mut().ok_or("a child has no input")?;
        writeln!(to, "{line}")?;
        Ok(to.flush()?)
    }

    /// Waits for a line.
    pub fn hear(&mut self) -> Outcome<String> {
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            return Err("a child ended early".into());
        }
        Ok(line.trim().to_owned())
    }

    /// Closes its input, at which it ends.
    pub fn finish(mut self) -> Outcome {
        drop(self.to.take());
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("a child ended with {status}").into())
        }
    }
}

/// What a child does.
pub fn run(arguments: &[String]) -> Outcome {
    let [role, kind, directory, more] = arguments else {
        return Err("a child needs a role, a competitor, a directory, and one more word".into());
    };
    let (kind, directory) = (Kind::from_word(kind)?, Path::new(directory));
    match role.as_str() {
        "write" => write(kind, directory),
        "contend" => contend(kind, directory, more.parse()?),
        "import" => upkeep::import(kind, directory, more.parse()?),
        "prune" => upkeep::prune(directory, more.parse()?),
        "beside" => upkeep::beside(directory),
        "tell" => tell(kind, directory),
        "hold" => hold(kind, directory),
        "serve" => serve(kind, directory, more.parse()?),
        _ => Err(format!("there is no role {role}").into()),
    }
}

/// Registers and unregisters what it is told to: `register FIRST COUNT`.
fn write(kind: Kind, directory: &Path) -> Outcome {
    let registry = kind.open(directory)?;
    println!("ready");
    for line in std::io::stdin().lines() {
        let line = line?;
        let [what, first, count] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err("a writer is told what, from where, and how many".into());
        };
        for session in sample::sessions(first.parse()?, count.parse()?)? {
            if what == "register" {
                registry.register(&session)?;
            } else {
                registry.unregister(session.id())?;
            }
        }
        println!("done");
    }
    registry.close()
}

/// Registers and removes sessions for as long as it is told to, with a pause of some milliseconds after each, and says
/// how long each registration took: `FIRST MILLISECONDS`.
fn contend(kind: Kind, directory: &Path, pause: u64) -> Outcome {
    let registry = kind.open(directory)?;
    println!("ready");
    for line in std::io::stdin().lines() {
        let line = line?;
        let (first, spell) = line
            .split_once(' ')
            .ok_or("from where, and for how long?")?;
        let (mut number, spell): (u64, u64) = (first.parse()?, spell.parse()?);
        let ends = Instant::now() + Duration::from_millis(spell);
        let mut took = Vec::new();
        while Instant::now() < ends {
            let session = sample::session(number)?;
            number += 1;
            let began = Instant::now();
            registry.register(&session)?;
            took.push(began.elapsed().as_secs_f64().to_string());
            registry.unregister(session.id())?;
            if pause > 0 {
                std::thread::sleep(Duration::from_millis(pause));
            }
        }
        println!("{}", took.join(" "));
    }
    registry.close()
}

/// As [`write`], and says after each line when its last call was answered.
fn tell(kind: Kind, directory: &Path) -> Outcome {
    let registry = kind.open(directory)?;
    println!("ready");
    for line in std::io::stdin().lines() {
        let line = line?;
        let [_, first, count] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err("a writer is told what, from where, and how many".into());
        };
        for session in sample::sessions(first.parse()?, count.parse()?)? {
            registry.register(&session)?;
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
            registry.unregister(session.id())?;
            println!("{}", now.as_nanos());
        }
    }
    registry.close()
}

/// Is in the middle of a change until its input ends.
fn hold(kind: Kind, directory: &Path) -> Outcome {
    let registry = kind.open(directory)?;
    registry.hold(&mut || {
        println!("holds");
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
        Ok(())
    })?;
    registry.close()
}

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Of its own: heap and stacks.
    pub anonymous: u64,
    /// All that is resident, pages of files that it maps included.
    pub resident: u64,
}

/// How many questions a serving child answers before its memory is read.
const SERVED: u64 = 30_000;

/// Opens a registry of `size` sessions, answers lookups, and says how much memory that added.
fn serve(kind: Kind, directory: &Path, size: u64) -> Outcome {
    let before = memory()?;
    let registry = kind.open(directory)?;
    let mut random = fastrand::Rng::with_seed(size);
    for _ in 0..SERVED / 3 {
        let key = sample::key(random.u64(0..size))?;
        for by in By::ALL {
            if !registry.find(by, &key)? {
                return Err("a session was not found".into());
            }
        }
    }
    registry.first_page()?;
    let after = memory()?;
    let added = Memory {
        anonymous: after.anonymous.saturating_sub(before.anonymous),
        resident: after.resident.saturating_sub(before.resident),
    };
    println!("{} {}", added.anonymous, added.resident);
    registry.close()
}

fn memory() -> Outcome<Memory> {
    let status = fs::read_to_string("/proc/self/status")?;
    let bytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024)
    };
    Ok(Memory {
        anonymous: bytes("RssAnon:").ok_or("this system does not say RssAnon")?,
        resident: bytes("VmRSS:").ok_or("this system does not say VmRSS")?,
    })
}
