//! What a person can do about a failure: commands that work as they are printed.

use std::path::Path;

use session_registry::{Error, Liveness, Query, Session, SessionId};

use crate::describe;
use crate::failure::Failure;
use crate::gone::is_gone;
use crate::locate::Locator;
use crate::typed::{Typed, line, without};

/// More would be no help.
const MOST: usize = 2;

/// The commands that would help, the likeliest first; none where nothing is known that would.
pub(crate) fn hints(failure: &Failure, locator: &Locator) -> Vec<String> {
    let typed = Typed::now();
    let hints = Hints { typed, locator }.about(failure);
    hints.into_iter().flatten().take(MOST).collect()
}

/// The command that goes on where a page of a list ended.
pub(crate) fn next_page(cursor: &str) -> Option<String> {
    let mut typed = Typed::now()?;
    without(&mut typed.words, "--after");
    typed
        .words
        .extend(["--after".to_owned(), cursor.to_owned()]);
    line(&typed.words)
}

/// A command on the registry that `flag` names, or on the one that is meant without it.
pub(crate) fn command_on(flag: Option<&Path>, words: &[&str]) -> Option<String> {
    let mut all: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
    if let Some(registry) = flag {
        let place = usize::from(!words.is_empty());
        all.splice(
            place..place,
            ["--registry".to_owned(), registry.to_str()?.to_owned()],
        );
    }
    line(&all)
}

struct Hints<'a> {
    typed: Option<Typed>,
    locator: &'a Locator,
}

impl Hints<'_> {
    fn about(&self, failure: &Failure) -> Vec<Option<String>> {
        match failure {
            Failure::Refused(error) => self.about_error(error),
            Failure::Inexact { query, session } => vec![self.again_with(session, query)],
            Failure::Ambiguous {
                query,
                candidates: sessions,
            }
            | Failure::Unknown {
                query,
                similar: sessions,
                ..
            } => self.again_with_each(sessions, query),
            Failure::SameDirectory { session, .. } => vec![
                self.again_but("--or-existing"),
                self.command(&["show", &self.short(session.id())]),
            ],
            Failure::Conflict { id, .. } => vec![self.command(&["show", &self.short(*id)])],
            Failure::Unmet(unmet) if !unmet.is_removed() => {
                vec![self.command(&["status", &self.short(unmet.id())])]
            }
            Failure::ProjectGone { .. } => vec![self.again_but("--here")],
            _ => Vec::new(),
        }
    }

    fn about_error(&self, error: &Error) -> Vec<Option<String>> {
        match error {
            Error::LimitReached {
                max_sessions, open, ..
            } => {
                let enough = u64::from(*max_sessions).max(*open).saturating_add(1);
                let first: &[&str] = if self.is_any_gone() {
                    &["close", "--gone"]
                } else {
                    &["list", "--order", "active"]
                };
                vec![
                    self.command(first),
                    self.command(&["limit", &enough.to_string()]),
                ]
            }
            Error::AlreadyClaimed { id, owner, .. } => self.about_claim(*id, owner.liveness),
            Error::ProjectAlreadyOpen { holder, .. } => {
                let is_register = self
                    .typed
                    .as_ref()
                    .is_some_and(|typed| typed.name() == "register");
                let accept = self.typed.clone().filter(|_| is_register);
                let accept = accept.and_then(|typed| {
                    let mut typed = typed.with_option("--or-existing");
                    // Nobody waits for what is there.
                    without(&mut typed.words, "--wait");
                    line(&typed.words)
                });
                vec![accept, self.command(&["show", &self.short(*holder)])]
            }
            Error::Ambiguous { matches, query, .. } => self.again_with_each(matches, query),
            Error::InUse { .. } => vec![self.typed.as_ref().and_then(|typed| line(&typed.words))],
            Error::SessionExists { id, .. } | Error::AliasTaken { holder: id, .. } => {
                vec![self.command(&["show", &self.short(*id)])]
            }
            Error::SessionClosed { id, .. } => vec![self.command(&["reopen", &self.short(*id)])],
            Error::Corrupted { .. } => vec![self.command(&["check"])],
            _ => Vec::new(),
        }
    }

    /// Whether `close --gone` would make room.
    fn is_any_gone(&self) -> bool {
        let open = Query::new().limit(Query::MAX_LIMIT);
        let registry = self.locator.glance();
        let page = registry.and_then(|registry| registry.list(&open).ok());
        page.is_some_and(|page| page.items.iter().any(is_gone))
    }

    /// The session is somebody else's, or nobody can tell.
    fn about_claim(&self, id: SessionId, liveness: Liveness) -> Vec<Option<String>> {
        let short = self.short(id);
        let is_of_a_project = self.has("--register") || self.has("--last");
        let typed = self.typed.clone().and_then(|typed| {
            if is_of_a_project {
                // What was typed is no session.
                return Some(typed);
            }
            typed.with_session(&self.spelt(id), None)
        });
        let over = typed
            .clone()
            .map(|typed| typed.with_option("--take-over").words);
        let name = typed.as_ref().map_or("", Typed::name);
        match (liveness, name) {
            (_, "resume" | "hold") => {
                let over = over.map(|mut words| {
                    // The program in the background says what its caller cannot.
                    if self.has("--detached") {
                        words.retain(|word| word != "--foreground" && word != "--detached");
                    }
                    words
                });
                vec![over.and_then(|words| line(&words))]
            }
            (Liveness::Unknown, "close") if typed.is_some() => {
                let forced = typed.map(|typed| typed.with_option("--force").words);
                vec![forced.and_then(|words| line(&words))]
            }
            (Liveness::Unknown, _) => vec![self.command(&["close", "--force", &short])],
            // Whose session it was learns that it no longer is.
            (_, "close") if typed.is_none() => vec![self.command(&["owner", &short])],
            _ => {
                let taken =
                    self.command(&["resume", &short, "--take-over", "--here", "--", "true"]);
                let again = typed.and_then(|typed| line(&typed.words));
                let both = taken
                    .zip(again)
                    .map(|(taken, again)| format!("{taken} && {again}"));
                vec![both]
            }
        }
    }

    fn again_with_each(&self, sessions: &[Session], query: &str) -> Vec<Option<String>> {
        sessions
            .iter()
            .map(|session| self.again_with(session, query))
            .collect()
    }

    /// The same command for that session; where it cannot be repeated, the session is shown.
    fn again_with(&self, session: &Session, query: &str) -> Option<String> {
        let id = self.spelt(session.id());
        // What was typed there is no session.
        let typed = self.typed.clone().filter(|_| !self.has("--register"));
        match typed.and_then(|typed| typed.with_session(&id, Some(query))) {
            Some(typed) => line(&typed.words),
            None => self.command(&["show", &id]),
        }
    }

    fn again_but(&self, option: &str) -> Option<String> {
        line(&self.typed.clone()?.with_option(option).words)
    }

    /// A command on the same registry.
    fn command(&self, words: &[&str]) -> Option<String> {
        command_on(self.locator.flag(), words)
    }

    fn has(&self, option: &str) -> bool {
        let typed = self.typed.as_ref();
        typed.is_some_and(|typed| typed.has(option))
    }

    /// The id as the command that was typed takes it.
    fn spelt(&self, id: SessionId) -> String {
        if self.has("--exact") {
            id.to_string()
        } else {
            self.short(id)
        }
    }

    /// As many digits as lists show, if these mean the session alone.
    fn short(&self, id: SessionId) -> String {
        let whole = id.to_string();
        let digits = describe::short(id);
        let found = self
            .locator
            .glance()
            .and_then(|registry| registry.find(&digits).ok());
        if found.is_some_and(|found| found.session.id() == id) {
            digits
        } else {
            whole
        }
    }
}
