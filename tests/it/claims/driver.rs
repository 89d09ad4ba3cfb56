//! A process that drives sessions as it is told, and tells what came of it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::mem;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use session_registry::{
    Activity, Claim, Error, Owner, Report, Result, SessionId, SessionRegistry, Sharing,
};

use crate::support::child::{Child, HANG, Parent};
use crate::support::values::name;

/// The driver, seen by its parent.
pub(crate) struct Driver(pub(crate) Child);

impl Driver {
    pub(crate) fn start(file: &Path, sharing: Sharing) -> Self {
        let sharing = match sharing {
            Sharing::Exclusive => "exclusive",
            _ => "shared",
        };
        let driver = Child::start("driver", &[&file.display(), &sharing]);
        driver.expect("open");
        Self(driver)
    }

    /// What came of one call.
    pub(crate) fn ask(&mut self, call: &str, id: SessionId) -> String {
        self.tell(call, id);
        self.0.line()
    }

    pub(super) fn tell(&mut self, call: &str, id: SessionId) {
        self.0.say(format!("{call} {id}"));
    }

    pub(crate) fn claim(&mut self, id: SessionId) {
        let answer = self.ask("claim", id);
        assert!(answer.starts_with("claimed "), "{answer}");
    }

    pub(super) fn pid(&self) -> u32 {
        self.0.pid()
    }
}

/// Nobody is busy for this long on a machine that works.
pub(crate) fn open(file: impl AsRef<Path>, sharing: Sharing) -> SessionRegistry {
    let options = SessionRegistry::options().sharing(sharing);
    options.busy_timeout(HANG).open(file).unwrap()
}

pub(super) fn told<T>(result: Result<T>, done: impl FnOnce(T) -> String) -> String {
    match result {
        Ok(value) => done(value),
        Err(Error::AlreadyClaimed { owner, .. }) => format!("already_claimed {}", who(&owner)),
        Err(Error::OwnershipLost { owner, .. }) => match owner {
            Some(owner) => format!("ownership_lost {}", who(&owner)),
            None => "ownership_lost nobody".to_owned(),
        },
        Err(other) => format!("unexpected: {other:?}"),
    }
}

pub(super) fn who(owner: &Owner) -> impl Display + use<> {
    let Owner {
        pid,
        host,
        claimed_at,
        liveness,
        ..
    } = owner;
    format!("{pid} {host} {claimed_at} {liveness:?}")
}

/// The role.
pub(crate) fn driver(parent: &Parent) {
    let sharing = match parent.argument(1) {
        "exclusive" => Sharing::Exclusive,
        _ => Sharing::Shared,
    };
    let registry = open(parent.argument(0), sharing);
    let mut claims: BTreeMap<SessionId, Claim> = BTreeMap::new();
    parent.say("open");
    while let Some(line) = parent.hear() {
        let (call, id) = line.split_once(' ').unwrap();
        let id: SessionId = id.parse().unwrap();
        let done = |()| "done".to_owned();
        let answer = match call {
            "claim" | "take_over" => {
                let claim = if call == "claim" {
                    registry.claim(id)
                } else {
                    registry.take_over(id)
                };
                told(claim, |claim| {
                    let epoch = claim.epoch();
                    claims.insert(id, claim);
                    format!("claimed {epoch}")
                })
            }
            "check" => told(claims[&id].check(), done),
            "report" => {
                let working = Report::new(Activity::Working).note("drives");
                told(claims[&id].report(working), done)
            }
            "touch" => told(claims[&id].touch(), done),
            "modify" => told(claims[&id].modify(|s| s.set_name(name("driven"))), |_| {
                "done".to_owned()
            }),
            "release" => told(claims.remove(&id).unwrap().release(), done),
            // To end without having let go, as a program does that exits.
            "forget" => {
                mem::forget(claims.remove(&id));
                "done".to_owned()
            }
            "spawn" => outlive(&mut sleeper()),
            #[cfg(unix)]
            "bequeath" => {
                let mut sleeper = sleeper();
                claims[&id].inherit(&mut sleeper).unwrap();
                outlive(&mut sleeper)
            }
            other => panic!("no such call: {other}"),
        };
        parent.say(answer);
    }
}

fn sleeper() -> Command {
    let seconds = HANG.max(Duration::from_secs(60)).as_secs().to_string();
    let mut sleeper;
    if cfg!(windows) {
        // Once a second: there is no other program that takes its time and needs no input.
        sleeper = Command::new("ping");
        sleeper.args(["-n", &seconds, "127.0.0.1"]);
    } else {
        sleeper = Command::new("sleep");
        sleeper.arg(&seconds);
    }
    sleeper.stdin(Stdio::null()).stdout(Stdio::null());
    sleeper
}

/// Starts a program that lives on when this one is killed.
fn outlive(program: &mut Command) -> String {
    program.spawn().unwrap().id().to_string()
}
