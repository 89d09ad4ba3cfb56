//! Telling what happens in the registry.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use session_registry::{
    ActivityReport, Change, ChangeKind, Error, Owner, Query, Session, SessionId, SessionRegistry,
    SessionStatus, StateFilter, Timestamp,
};

use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::time;

/// How often it is looked whether anybody still reads.
const LOOK: Duration = Duration::from_secs(1);

/// Tell what happens in the registry, one line a change, as soon as it does
///
/// Whoever makes it, in the order in which it is committed. The first line tells the revision from which it is told:
/// list the sessions after that line, and nothing is missed. Ends by a signal, or when nobody reads any more. A line
/// that says `lost` means that more happened than is kept: list again. What is told of a session is how it is by
/// now.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry watch
  session-registry watch --json | jq -r 'select(.kind == \"owner_gone\") | .session.name'
  session-registry watch --since $(session-registry list --json | jq .revision)
  ssh dev1 session-registry watch --json")]
pub(crate) struct Watch {
    /// Begin with what happened after this revision, as `list --json` or the last line of another watch told it
    #[arg(long, value_name = "REV")]
    since: Option<u64>,
}

/// What a line is about: a change, or the watch itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// It begins, after this revision.
    Watching,
    /// List again, and go on from this revision.
    Lost,
    #[serde(untagged)]
    Change(ChangeKind),
}

/// A line for programs.
#[derive(Debug, Serialize)]
struct Line<'a> {
    revision: u64,
    kind: Kind,
    id: Option<SessionId>,
    session_revision: Option<u64>,
    session: Option<&'a Session>,
    owner: Option<&'a Owner>,
    activity: Option<&'a ActivityReport>,
    host: &'a str,
}

impl Watch {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let registry = locator.look()?;
        let mut watch = match self.since {
            Some(revision) => registry.watch_from(revision),
            None => registry.watch(),
        }?;
        let mut teller = Teller::new(registry, output)?;
        let mut told = teller.tell_of_watch(Kind::Watching, watch.revision())?;
        while told.is_continue() && !teller.output.is_unread() {
            let Some(happened) = watch.next_within(LOOK)? else {
                continue;
            };
            if happened.lost {
                told = teller.tell_of_watch(Kind::Lost, happened.revision)?;
            }
            for change in happened.changes {
                if told.is_continue() {
                    told = teller.tell(change)?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints the lines, with what is known of the sessions that they are about.
#[derive(Debug)]
struct Teller<'a> {
    registry: SessionRegistry,
    output: &'a mut Output,
    host: String,
    /// For people, who are told by name which session was removed.
    names: HashMap<SessionId, String>,
}

impl<'a> Teller<'a> {
    fn new(registry: SessionRegistry, output: &'a mut Output) -> Result<Self, Failure> {
        let mut names = HashMap::new();
        if output.is_for_people() {
            let all = Query::new().state(StateFilter::Any).limit(Query::MAX_LIMIT);
            for page in registry.pages(&all) {
                names.extend(
                    page?
                        .items
                        .iter()
                        .map(|session| (session.id(), name(session))),
                );
            }
        }
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        Ok(Self {
            registry,
            output,
            host,
            names,
        })
    }

    /// Tells what has become of the watch itself.
    fn tell_of_watch(&mut self, kind: Kind, revision: u64) -> Result<ControlFlow<()>, Failure> {
        self.line(kind, revision, None, None, None)
    }

    fn tell(&mut self, change: Change) -> Result<ControlFlow<()>, Failure> {
        let Change {
            revision,
            kind,
            id,
            session_revision,
            ..
        } = change;
        let status = match id {
            Some(id) => status_of(&self.registry, id)?,
            None => None,
        };
        let kind = Kind::Change(kind);
        self.line(kind, revision, id, session_revision, status.as_ref())
    }

    fn line(
        &mut self,
        kind: Kind,
        revision: u64,
        id: Option<SessionId>,
        session_revision: Option<u64>,
        status: Option<&SessionStatus>,
    ) -> Result<ControlFlow<()>, Failure> {
        let line = Line {
            revision,
            kind,
            id,
            session_revision,
            session: status.map(|status| &status.session),
            owner: status.and_then(|status| status.owner.as_ref()),
            activity: status.and_then(|status| status.activity.as_ref()),
            host: &self.host,
        };
        if self.output.is_for_people()
            && let Some(session) = line.session
        {
            self.names.insert(session.id(), name(session));
        }
        let name = id.and_then(|id| self.names.get(&id)).map(String::as_str);
        let told = self
            .output
            .tell(&line, |out| write(out, &line, name, Timestamp::now()))?;
        match (kind, id) {
            (Kind::Change(ChangeKind::Removed), Some(id)) if line.session.is_none() => {
                self.names.remove(&id);
            }
            (Kind::Change(ChangeKind::Cleared), _) => self.names.clear(),
            _ => {}
        }
        Ok(told)
    }
}

/// The session as it is by now; `None` of one that is not there any more. A peer in the way is waited out.
fn status_of(registry: &SessionRegistry, id: SessionId) -> Result<Option<SessionStatus>, Error> {
    loop {
        match registry.status(id) {
            Err(Error::Busy { .. }) => {}
            Err(Error::NotFound { .. }) => return Ok(None),
            found => return found.map(Some),
        }
    }
}

fn name(session: &Session) -> String {
    Escaped(session.name()).to_string()
}

/// The line for people.
fn write(
    out: &mut dyn Write,
    line: &Line<'_>,
    name: Option<&str>,
    now: Timestamp,
) -> io::Result<()> {
    let (time, revision) = (time::to_the_second(now), line.revision);
    let kind = match line.kind {
        Kind::Watching => return writeln!(out, "{time}  watching     from revision {revision}"),
        Kind::Lost => {
            return writeln!(
                out,
                "{time}  lost         what happened since is not known here: list again; goes on from revision {revision}"
            );
        }
        Kind::Change(kind) => kind,
    };
    let about = match (line.id, kind) {
        (Some(id), _) => format!("{}  {}", name.unwrap_or("-"), describe::short(id)),
        (None, ChangeKind::Everything) => "list again".to_owned(),
        (None, ChangeKind::DefaultSet) => "none".to_owned(),
        (None, _) => String::new(),
    };
    let said = line.activity.filter(|_| kind == ChangeKind::Reported);
    let said = said.map_or(String::new(), |report| {
        let note = report.note.as_ref();
        let note = note.map_or(String::new(), |note| format!(": {}", Escaped(note)));
        format!("  {}{note}", report.activity)
    });
    let kind = kind.as_str().replace('_', " ");
    let text = format!("{time}  {kind:11}  {about}{said}");
    writeln!(out, "{}", text.trim_end())
}
