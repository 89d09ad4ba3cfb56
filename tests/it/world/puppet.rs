//! A process that does as it is told with one registry, as whatever user.

use std::fmt::Display;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use session_registry::{Claim, Result, SessionId, SessionRegistry};

use super::session_at;
use crate::support::child::{Child, Parent};

/// `nobody`, on every system with such a user.
pub(crate) const NOBODY: u32 = 65534;

/// Whether these tests can be other users at all. If not they say so and do nothing.
pub(crate) fn may_be_others(test: &str) -> bool {
    let may = rustix::process::geteuid().is_root();
    if !may {
        eprintln!("{test}: skipped, because only root can be other users");
    }
    may
}

pub(crate) struct Puppet(Child);

impl Puppet {
    /// Root may do anything, so its puppet is somebody else.
    pub(crate) fn without_privileges(directory: &Path) -> Self {
        if rustix::process::geteuid().is_root() {
            return Self::as_user(NOBODY, directory);
        }
        Self::start()
    }

    /// Of the user of this process.
    pub(crate) fn start() -> Self {
        Self(Child::spawn(Child::command("puppet", &[])))
    }

    /// With a umask of its own.
    pub(crate) fn with_umask(umask: &str) -> Self {
        let command = Child::command("puppet", &[]);
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("umask {umask}; exec \"$0\" \"$@\""));
        shell.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            shell.env(name, value.unwrap());
        }
        Self(Child::spawn(shell))
    }

    /// Of another user, which only root can ask for.
    pub(crate) fn as_user(user: u32, directory: &Path) -> Self {
        let command = Child::command("puppet", &[]);
        // By this name the program is in reach of those who may not enter its folder.
        let mut as_user = Command::new("/proc/self/exe");
        as_user.args(command.get_args()).current_dir(directory);
        for (name, value) in command.get_envs() {
            as_user.env(name, value.unwrap());
        }
        as_user.uid(user).gid(user);
        Self(Child::spawn(as_user))
    }

    /// Does something, and answers `ok`, what it found, or the code of the error.
    pub(crate) fn told(&mut self, what: impl Display) -> String {
        self.0.say(what);
        self.0.line()
    }

    /// Opens a registry, which must succeed.
    pub(crate) fn opens(&mut self, file: &Path) {
        assert_eq!(self.told(format!("open {}", file.display())), "ok");
    }

    pub(crate) fn finish(self) {
        self.0.finish();
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.0.kill();
    }
}

#[derive(Default)]
struct Hands {
    registry: Option<SessionRegistry>,
    claim: Option<Claim>,
}

pub(crate) fn puppet(parent: &Parent) {
    let mut hands = Hands::default();
    while let Some(told) = parent.hear() {
        let (what, argument) = told.split_once(' ').unwrap_or((&told, ""));
        let answer = hands.obey(what, argument);
        parent.say(answer.unwrap_or_else(|error| {
            eprintln!("{told}: {error}");
            error.code().into()
        }));
    }
}

impl Hands {
    fn obey(&mut self, what: &str, argument: &str) -> Result<String> {
        let id = || -> SessionId { argument.parse().unwrap() };
        if what == "open" {
            self.registry = Some(SessionRegistry::open(argument)?);
            return Ok("ok".into());
        }
        let registry = self.registry.as_ref().expect("an open registry");
        match what {
            "register" => registry.register(session_at(argument)).map(drop)?,
            "list" => registry.list_all().map(drop)?,
            "close" => registry.clone().close()?,
            "claim" => self.claim = Some(registry.claim(id())?),
            "take_over" => self.claim = Some(registry.take_over(id())?),
            "check" => self.claim.as_ref().expect("a claim").check()?,
            "release" => self.claim.take().expect("a claim").release()?,
            "close_session" => registry.close_session(id()).map(drop)?,
            "backup" => registry.backup_to(argument)?,
            "liveness" => {
                let owner = registry.owner(id())?;
                return Ok(owner.map_or("nobody".into(), |owner| format!("{:?}", owner.liveness)));
            }
            "interrupted" => return Ok(registry.interrupted()?.len().to_string()),
            "who_may_write" => {
                let report = registry.open_report();
                return Ok(format!(
                    "{:?} {}",
                    report.owner, report.writable_by_everybody
                ));
            }
            _ => panic!("cannot {what} {argument}"),
        }
        Ok("ok".into())
    }
}
