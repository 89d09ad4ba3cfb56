//! Waiting until a session is as somebody wants it.

mod unmet;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::json;
use session_registry::{
    Activity, ChangeKind, Changes, Error, Liveness, Session, SessionId, SessionRegistry,
    SessionStatus, Watch,
};

use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::inside;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::OptionalSession;
use crate::time;

pub(crate) use unmet::{Unmet, Why};

/// When to look again where a peer was in the way.
const RETRY: Duration = Duration::from_millis(20);

/// Wait until a session is as it should be: true already, it returns at once
///
/// `waiting`, `idle`, `failed`, `dead` and `unclaimed` are about whoever drives the session when the wait begins, or
/// if nobody does, about the next one who does; nobody is `unclaimed` already. When that one has let go, has died or
/// has been displaced, and it cannot come true any more, that ends the wait with status 3. Inside of `resume` the
/// session that it drives is the default.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry wait api --until waiting && notify-send 'api asks something'
  session-registry wait api --until closed --timeout 10m
  session-registry wait api --until dead && session-registry resume api -- my-agent --continue")]
pub(crate) struct Wait {
    #[command(flatten)]
    session: OptionalSession,

    /// What to wait for
    #[arg(long, value_enum, value_name = "STATE")]
    until: Until,

    /// How long to wait at most, such as 90s, 10m or 2h; the exit status is 124 then [default: as long as it takes]
    #[arg(long, value_name = "DURATION", value_parser = time::duration)]
    timeout: Option<Duration>,
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Until {
    /// Whoever drives it waits for somebody
    Waiting,
    /// Whoever drives it has nothing to do
    Idle,
    /// Whoever drives it gave up
    Failed,
    /// It is closed
    Closed,
    /// Nobody claims it, dead or alive
    Unclaimed,
    /// Whoever drives it died, or went away without a word
    Dead,
    /// It is not in the registry
    Removed,
}

impl Until {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => Activity::Waiting.as_str(),
            Self::Idle => Activity::Idle.as_str(),
            Self::Failed => Activity::Failed.as_str(),
            Self::Closed => "closed",
            Self::Unclaimed => "unclaimed",
            Self::Dead => "dead",
            Self::Removed => "removed",
        }
    }

    /// What whoever drives the session must say.
    fn activity(self) -> Option<Activity> {
        match self {
            Self::Waiting => Some(Activity::Waiting),
            Self::Idle => Some(Activity::Idle),
            Self::Failed => Some(Activity::Failed),
            Self::Closed | Self::Unclaimed | Self::Dead | Self::Removed => None,
        }
    }
}

/// What a look has shown.
enum Verdict {
    /// It is true.
    Met,
    NotYet,
    /// It cannot come true any more.
    Over(Why),
}

impl Wait {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let begun = Instant::now();
        let inside = inside::session();
        let driven = || inside.map(|(id, _)| id.to_string());
        let named = self.session.or_else(driven).ok_or(Failure::Usage(
            "name the session; only a command that resume runs has one to wait for",
        ))?;
        let (registry, session) = match named.look(locator) {
            // What is not there is removed already, unless it was mistyped.
            Err(Failure::Unknown { query, similar, .. })
                if self.until == Until::Removed && similar.is_empty() =>
            {
                answer_not_there(&query, output)?;
                return Ok(ExitCode::SUCCESS);
            }
            found => found?,
        };
        // What runs inside of the session means the claim that it was told of.
        let own = inside.filter(|(inside, _)| *inside == session.id());
        let mut wait = Waiting {
            // Before the first look, so that nothing comes between.
            watch: registry.watch()?,
            registry,
            until: self.until,
            epoch: own.map(|(_, epoch)| epoch),
            session,
            status: None,
            was_closed: false,
        };
        // A time that no clock can tell is for ever.
        let timeout = self.timeout;
        let end = timeout.and_then(|timeout| begun.checked_add(timeout));
        match wait.wait(end)? {
            None => {
                wait.answer(output)?;
                Ok(ExitCode::SUCCESS)
            }
            Some(why) => {
                let (session, until) = (wait.session, self.until);
                let unmet = Unmet::new(session, until, why, timeout.unwrap_or_default());
                Err(Failure::Unmet(Box::new(unmet)))
            }
        }
    }
}

fn answer_not_there(query: &str, output: &mut Output) -> Result<(), Failure> {
    let until = Until::Removed.as_str();
    let value = json!({ "until": until, "session": null, "owner": null, "activity": null });
    output.answer(&value, |out| {
        writeln!(out, "removed: \"{}\" is not registered", Escaped(query))
    })
}

/// A wait that has begun.
struct Waiting {
    registry: SessionRegistry,
    watch: Watch,
    until: Until,
    /// The claim that it is about, as soon as there is one.
    epoch: Option<u64>,
    /// As it was seen last.
    session: Session,
    status: Option<SessionStatus>,
    /// Whether it was told to be closed.
    was_closed: bool,
}

impl Waiting {
    /// Returns when it is true, or why it is not by then, or will never be.
    fn wait(&mut self, end: Option<Instant>) -> Result<Option<Why>, Error> {
        loop {
            let looked = match self.look() {
                Err(Error::Busy { .. }) => None,
                looked => Some(looked?),
            };
            let is_seen = looked.is_some();
            match looked {
                Some(Verdict::Met) => return Ok(None),
                Some(Verdict::Over(why)) => return Ok(Some(why)),
                Some(Verdict::NotYet) | None => {}
            }
            loop {
                let left = end.map_or(Duration::MAX, |end| {
                    end.saturating_duration_since(Instant::now())
                });
                if left.is_zero() {
                    return Ok(Some(Why::TimedOut));
                }
                let left = if is_seen { left } else { left.min(RETRY) };
                let happened = self.watch.next_within(left)?;
                let concerns = happened.is_some_and(|happened| self.concerns(&happened));
                if concerns || !is_seen {
                    break;
                }
            }
        }
    }

    /// Whether another look is worth while.
    fn concerns(&mut self, happened: &Changes) -> bool {
        let id = self.session.id();
        let mut own = happened.changes.iter().filter(|it| it.id == Some(id));
        self.was_closed |= own.any(|change| change.kind == ChangeKind::Closed);
        let is_about = |other: Option<SessionId>| other.is_none_or(|other| other == id);
        happened.lost || happened.changes.iter().any(|it| is_about(it.id))
    }

    fn look(&mut self) -> Result<Verdict, Error> {
        self.status = match self.registry.status(self.session.id()) {
            Err(Error::NotFound { .. }) => None,
            found => Some(found?),
        };
        let Some(status) = &self.status else {
            return self.judge_removed();
        };
        self.session = status.session.clone();
        let is_open = status.session.state().is_open();
        Ok(match self.until {
            Until::Removed => Verdict::NotYet,
            Until::Closed if !is_open => Verdict::Met,
            Until::Closed => Verdict::NotYet,
            _ => self.judge_claim(),
        })
    }

    /// Judges a session that is not there: it may have been closed first.
    fn judge_removed(&mut self) -> Result<Verdict, Error> {
        while let Some(happened) = self.watch.try_next()? {
            self.concerns(&happened);
        }
        Ok(match self.until {
            Until::Removed => Verdict::Met,
            Until::Closed if self.was_closed => Verdict::Met,
            _ => Verdict::Over(Why::Removed),
        })
    }

    /// Judges what is about one claim.
    fn judge_claim(&mut self) -> Verdict {
        let status = self.status.as_ref();
        let Some(owner) = status.and_then(|status| status.owner.as_ref()) else {
            let is_open = self.session.state().is_open();
            return match (self.until, self.epoch) {
                (Until::Unclaimed, _) => Verdict::Met,
                (_, None) => Verdict::NotYet,
                (_, Some(_)) if is_open => Verdict::Over(Why::Released),
                (_, Some(_)) => Verdict::Over(Why::Closed),
            };
        };
        if *self.epoch.get_or_insert(owner.epoch) != owner.epoch {
            return Verdict::Over(Why::Claimed);
        }
        let is_dead = owner.liveness == Liveness::Dead;
        let says = status.and_then(|status| status.activity.as_ref());
        match (self.until, self.until.activity()) {
            (Until::Dead, _) if is_dead => Verdict::Met,
            (_, Some(_)) if is_dead => Verdict::Over(Why::Died),
            (_, Some(wanted)) if says.is_some_and(|said| said.activity == wanted) => Verdict::Met,
            _ => Verdict::NotYet,
        }
    }

    /// Says what is true.
    fn answer(&self, output: &mut Output) -> Result<(), Failure> {
        let status = self.status.as_ref();
        let activity = status.and_then(|status| status.activity.as_ref());
        let until = self.until.as_str();
        let value = json!({
            "until": until,
            "session": self.session,
            "owner": status.and_then(|status| status.owner.as_ref()),
            "activity": activity,
        });
        output.answer(&value, |out| {
            let said = activity.filter(|_| self.until.activity().is_some());
            let note = said.and_then(|said| said.note.as_ref());
            let note = note.map_or(String::new(), |note| format!(": {}", Escaped(note)));
            writeln!(out, "{until}: {}{note}", describe::named(&self.session))
        })
    }
}
