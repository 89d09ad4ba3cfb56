//! A process that does as it is told with one registry, as a user without privileges.

use std::fmt::Display;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use session_registry::{Error, SessionRegistry};

use super::session_at;
use crate::support::child::{Child, Parent};

/// `nobody`, on every system with such a user.
const NOBODY: u32 = 65534;

pub(super) struct Puppet(Child);

impl Puppet {
    /// Root may do anything, so its puppet is somebody else.
    pub(super) fn without_privileges(directory: &Path) -> Self {
        let mut command = Child::command("puppet", &[]);
        if rustix::process::geteuid().is_root() {
            // By this name the program is in reach of those who may not enter its folder.
            let mut as_nobody = Command::new("/proc/self/exe");
            as_nobody.args(command.get_args()).current_dir(directory);
            for (name, value) in command.get_envs() {
                as_nobody.env(name, value.unwrap());
            }
            as_nobody.uid(NOBODY).gid(NOBODY);
            command = as_nobody;
        }
        Self(Child::spawn(command))
    }

    /// Does something, and answers `ok` or the code of the error.
    pub(super) fn told(&mut self, what: impl Display) -> String {
        self.0.say(what);
        self.0.line()
    }

    pub(super) fn finish(self) {
        self.0.finish();
    }
}

pub(crate) fn puppet(parent: &Parent) {
    let mut registry: Option<SessionRegistry> = None;
    while let Some(told) = parent.hear() {
        let (what, argument) = told.split_once(' ').unwrap_or((&told, ""));
        let result = match (what, &registry) {
            ("open", _) => SessionRegistry::open(argument).map(|opened| registry = Some(opened)),
            ("register", Some(registry)) => registry.register(session_at(argument)).map(|_| ()),
            ("list", Some(registry)) => registry.list_all().map(|_| ()),
            ("close", Some(registry)) => registry.clone().close(),
            _ => panic!("cannot {told}"),
        };
        parent.say(result.as_ref().map_or_else(Error::code, |()| "ok"));
    }
}
