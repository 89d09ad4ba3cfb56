//! The argument that says which session is meant, and how exactly it must be meant.

use session_registry::{Error, Session, SessionRegistry};

use crate::escape::Escaped;
use crate::failure::Failure;
use crate::finding::{Fit, find};
use crate::locate::Locator;
use crate::output::Output;
use crate::similar::near_misses;

/// The SESSION of a command.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct SessionArgument {
    /// Its id, name, alias or path
    session: String,

    /// Take SESSION as a whole id, name, alias or path only: for scripts
    #[arg(long)]
    exact: bool,
}

impl SessionArgument {
    /// What was typed elsewhere, as a whole id, name, alias or path.
    pub(crate) fn exactly(typed: &str) -> Self {
        let (session, exact) = (typed.to_owned(), true);
        Self { session, exact }
    }

    /// The session in question and the registry it is in, for commands that only look.
    pub(crate) fn look(&self, locator: &Locator) -> Result<(SessionRegistry, Session), Failure> {
        let registry = or_empty(locator.look_at_existing()?)?;
        let (session, _) = self.find_in(&registry)?;
        Ok((registry, session))
    }

    /// As [`look`](Self::look), for commands that change or drive the session: which one was taken is told
    /// unless it was named outright.
    pub(crate) fn drive(
        &self,
        locator: &Locator,
        output: &Output,
    ) -> Result<(SessionRegistry, Session), Failure> {
        let registry = or_empty(locator.open_existing()?)?;
        let session = self.drive_in(&registry, output)?;
        Ok((registry, session))
    }

    /// As [`drive`](Self::drive), in a registry that is open already.
    pub(crate) fn drive_in(
        &self,
        registry: &SessionRegistry,
        output: &Output,
    ) -> Result<Session, Failure> {
        let (session, fit) = self.find_in(registry)?;
        if let Some(part) = fit.part() {
            let message = format!("note: \"{}\" is {part}, taken for", Escaped(&self.session));
            output.notice("inexact", &message, std::slice::from_ref(&session));
        }
        Ok(session)
    }

    /// As [`drive_in`](Self::drive_in), if it is named outright.
    pub(crate) fn whole_in(&self, registry: &SessionRegistry) -> Result<Session, Failure> {
        match self.find_in(registry)? {
            (session, Fit::Whole) => Ok(session),
            (session, _) => Err(self.inexact(session)),
        }
    }

    /// As [`drive_in`](Self::drive_in), for commands that end or remove the session: refused is what a word
    /// could fit by chance.
    pub(crate) fn end_in(&self, registry: &SessionRegistry) -> Result<Session, Failure> {
        let (session, fit) = self.find_in(registry)?;
        match fit {
            Fit::Whole => Ok(session),
            Fit::Id if !reads_as_a_word(&self.session) => Ok(session),
            _ => Err(self.inexact(session)),
        }
    }

    /// As it was typed.
    pub(crate) fn as_typed(&self) -> &str {
        &self.session
    }

    fn find_in(&self, registry: &SessionRegistry) -> Result<(Session, Fit), Failure> {
        match find(registry, &self.session) {
            Ok((session, fit)) if self.exact && fit != Fit::Whole => Err(self.inexact(session)),
            Ok(found) => Ok(found),
            Err(Failure::Refused(Error::NoMatch { query, .. })) => {
                let (is_short_id, similar) = near_misses(registry, &query)?;
                Err(Failure::Unknown {
                    query,
                    is_short_id,
                    similar,
                })
            }
            Err(failure) => Err(failure),
        }
    }

    fn inexact(&self, session: Session) -> Failure {
        let (query, session) = (self.session.clone(), Box::new(session));
        Failure::Inexact { query, session }
    }
}

/// The SESSION of a command that can do without.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub(crate) struct OptionalSession {
    /// Its id, name, alias or path
    session: Option<String>,

    /// Take SESSION as a whole id, name, alias or path only: for scripts
    #[arg(long, requires = "session")]
    exact: bool,
}

impl OptionalSession {
    /// The one that is given, or else another.
    pub(crate) fn or_else(self, other: impl FnOnce() -> Option<String>) -> Option<SessionArgument> {
        let (session, exact) = (self.session.or_else(other)?, self.exact);
        Some(SessionArgument { session, exact })
    }
}

/// The sessions of a command that takes one or more.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Sessions {
    /// Its id, name, alias or path; several sessions may be named
    #[arg(required = true, value_name = "SESSION")]
    session: Vec<String>,

    /// Take SESSION as a whole id, name, alias or path only: for scripts
    #[arg(long)]
    exact: bool,
}

impl Sessions {
    pub(crate) fn named(&self) -> Vec<SessionArgument> {
        each(&self.session, self.exact)
    }
}

/// The sessions of a command that can do without.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub(crate) struct OptionalSessions {
    /// Its id, name, alias or path; several sessions may be named
    #[arg(value_name = "SESSION")]
    session: Vec<String>,

    /// Take SESSION as a whole id, name, alias or path only: for scripts
    #[arg(long, requires = "session")]
    exact: bool,
}

impl OptionalSessions {
    /// Those that are given, or else another; empty if there is none.
    pub(crate) fn or_else(&self, other: impl FnOnce() -> Option<String>) -> Vec<SessionArgument> {
        if self.session.is_empty() {
            let other: Vec<_> = other().into_iter().collect();
            return each(&other, self.exact);
        }
        each(&self.session, self.exact)
    }
}

fn each(sessions: &[String], exact: bool) -> Vec<SessionArgument> {
    let named = sessions.iter().cloned();
    named
        .map(|session| SessionArgument { session, exact })
        .collect()
}

/// Where there is no registry, nothing is found in an empty one.
pub(crate) fn or_empty(registry: Option<SessionRegistry>) -> Result<SessionRegistry, Failure> {
    match registry {
        Some(registry) => Ok(registry),
        None => Ok(SessionRegistry::in_memory()?),
    }
}

/// Whether the beginning of an id could be a word or a number that means something else. No word has letters and
/// digits in it, and so many digits as are shown in lists fit nothing by chance.
fn reads_as_a_word(query: &str) -> bool {
    const SHOWN: usize = 8;
    let digits = || query.bytes().filter(|byte| *byte != b'-');
    let is_one_kind = digits().all(|byte| byte.is_ascii_digit())
        || digits().all(|byte| byte.is_ascii_alphabetic());
    is_one_kind && digits().count() < SHOWN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_could_be_the_beginning_of_an_id() {
        for word in [
            "dead",
            "beef",
            "FACADE",
            "2024",
            "dead-beef"[..6].as_ref(),
            "1234567",
        ] {
            assert!(reads_as_a_word(word), "{word}");
        }
        for digits in ["3f2a", "c921a940", "20240131", "deadbeef", "dead-beef"] {
            assert!(!reads_as_a_word(digits), "{digits}");
        }
    }
}
