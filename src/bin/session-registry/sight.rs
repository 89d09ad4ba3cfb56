//! A session as lists show it.

use std::path::Path;

use session_registry::{Liveness, Owner, ProjectPath, SessionId, SessionStatus};

use crate::condition::Condition;
use crate::escape::Escaped;
use crate::gone::is_gone;

/// A session, who drives it, and what was looked up about it on the disk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sight {
    pub(crate) status: SessionStatus,
    pub(crate) condition: Condition,
    /// Whether its project directory does not exist.
    pub(crate) is_missing: bool,
    pub(crate) is_default: bool,
}

impl Sight {
    /// Looks for its directory.
    pub(crate) fn of(status: SessionStatus, default: Option<SessionId>) -> Self {
        let is_missing = is_gone(&status.session);
        Self::seen(status, default, is_missing)
    }

    pub(crate) fn seen(
        status: SessionStatus,
        default: Option<SessionId>,
        is_missing: bool,
    ) -> Self {
        Self {
            condition: Condition::of(&status, is_missing),
            is_default: default == Some(status.session.id()),
            status,
            is_missing,
        }
    }

    /// Who drives it, shortly: its program and number, where it is not here, or that it died.
    pub(crate) fn driver(&self) -> Option<String> {
        self.status.owner.as_ref().map(driver)
    }

    /// What its owner said about what it does.
    pub(crate) fn note(&self) -> Option<&str> {
        self.status.activity.as_ref()?.note.as_deref()
    }

    /// Its project with the home directory as `~`, and whether that is missing.
    pub(crate) fn project(&self, home: Option<&Path>) -> String {
        let mut project = homely(self.status.session.project_path(), home);
        if self.is_missing {
            project.push_str(" (missing)");
        }
        project
    }
}

fn driver(owner: &Owner) -> String {
    let number = owner.driver.unwrap_or(owner.pid);
    let program = owner.program.as_deref().unwrap_or("process");
    let mut who = format!("{} {number}", Escaped(program));
    if let Some(namespace) = owner.pid_namespace {
        who = format!("{who} in namespace {namespace}");
    }
    match owner.liveness {
        Liveness::Alive => who,
        Liveness::Dead => format!("{who} died"),
        _ => format!("{who} on {}", Escaped(&owner.host)),
    }
}

/// A path with the home directory as `~`.
pub(crate) fn homely(project: &ProjectPath, home: Option<&Path>) -> String {
    let inside = home
        .filter(|home| home.parent().is_some())
        .and_then(|home| project.local_path()?.strip_prefix(home).ok());
    match inside {
        Some(inside) if inside.as_os_str().is_empty() => "~".to_owned(),
        Some(inside) => format!("~/{}", Escaped(inside.display())),
        None => Escaped(project).to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn the_home_directory_is_a_tilde() {
        for (path, home, expected) in [
            ("/home/me/src/app", Some("/home/me"), "~/src/app"),
            ("/home/me", Some("/home/me"), "~"),
            ("/home/mere", Some("/home/me"), "/home/mere"),
            ("/srv/app", Some("/"), "/srv/app"),
            ("/srv/app", None, "/srv/app"),
            ("ssh://dev1/home/me", Some("/home/me"), "ssh://dev1/home/me"),
        ] {
            let project = ProjectPath::new(path).unwrap();
            assert_eq!(homely(&project, home.map(Path::new)), expected);
        }
    }
}
