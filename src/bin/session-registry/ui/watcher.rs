//! Who reads the registry: waits for what changes in it, and tells what is new.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use session_registry::{
    Access, ChangeKind, Changes, Error, Order, Query, SessionId, SessionRegistry, SessionStatus,
    Snapshot, StateFilter,
};

use super::event::{Changed, Event, Figures};

/// How long a look at the registry may wait for others.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is seen whether somebody still listens, and tried again what failed.
const BEAT: Duration = Duration::from_secs(1);

/// Reads the registry until nobody wants to hear of it.
pub(super) struct Watcher {
    pub(super) path: PathBuf,
    pub(super) events: Sender<Event>,
    pub(super) is_over: Arc<AtomicBool>,
}

/// Nobody listens any more.
struct Over;

enum Stop {
    Over,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Over> for Stop {
    fn from(_: Over) -> Self {
        Self::Over
    }
}

impl Watcher {
    pub(super) fn run(self) {
        while let Err(Stop::Failed(error)) = self.attend() {
            let why = match &error {
                Error::MissingFile { .. } => {
                    "there is no registry yet: session-registry register DIR makes one".to_owned()
                }
                _ => format!("{error} [{}]", error.code()),
            };
            if self.tell(Event::Lost(why)).is_err() {
                return;
            }
            thread::sleep(BEAT);
            if self.is_over() {
                return;
            }
        }
    }

    /// Tells everything, and then what changes, for as long as that works.
    fn attend(&self) -> Result<(), Stop> {
        let registry = self.open()?;
        let mut watch = {
            let snapshot = registry.snapshot()?;
            let watch = registry.watch_from(snapshot.revision()?)?;
            self.tell(Event::Loaded(everything(&snapshot)?, figures(&snapshot)?))?;
            watch
        };
        loop {
            if self.is_over() {
                return Err(Stop::Over);
            }
            let Some(changes) = watch.next_within(BEAT)? else {
                continue;
            };
            if is_everything(&changes) {
                let snapshot = registry.snapshot()?;
                self.tell(Event::Loaded(everything(&snapshot)?, figures(&snapshot)?))?;
            } else {
                self.tell(Event::Changed(changed(&registry, &changes)?))?;
            }
        }
    }

    /// For reading; a file that only a writer can read is opened as one.
    fn open(&self) -> Result<SessionRegistry, Error> {
        let options = || SessionRegistry::options().busy_timeout(PATIENCE);
        match options().access(Access::ReadOnly).open(&self.path) {
            Err(Error::SchemaTooOld { .. } | Error::RecoveryNeeded { .. }) => {
                options().create(false).open(&self.path)
            }
            opened => opened,
        }
    }

    fn tell(&self, event: Event) -> Result<(), Over> {
        self.events.send(event).map_err(|_| Over)
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

fn everything(snapshot: &Snapshot) -> Result<Vec<SessionStatus>, Error> {
    let mut all = Vec::new();
    let query = Query::new()
        .state(StateFilter::Any)
        .order(Order::LastActive);
    let mut next = Some(query.limit(Query::MAX_LIMIT));
    while let Some(query) = next {
        let page = snapshot.list_status(&query)?;
        all.extend(page.items);
        next = page.next.map(|cursor| query.after(cursor));
    }
    Ok(all)
}

fn figures(snapshot: &Snapshot) -> Result<Figures, Error> {
    Ok(Figures {
        max_sessions: snapshot.max_sessions()?,
        default: snapshot.default_session_id()?,
    })
}

fn is_everything(changes: &Changes) -> bool {
    let mut changes = changes
        .lost
        .then_some(ChangeKind::Everything)
        .into_iter()
        .chain(changes.changes.iter().map(|change| change.kind));
    changes.any(|kind| matches!(kind, ChangeKind::Everything | ChangeKind::Cleared))
}

/// The sessions that the changes are about, as they are now.
fn changed(registry: &SessionRegistry, changes: &Changes) -> Result<Changed, Error> {
    let mut ids: Vec<SessionId> = Vec::new();
    for id in changes.changes.iter().filter_map(|change| change.id) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut changed = Changed {
        figures: Figures {
            max_sessions: registry.max_sessions()?,
            default: registry.default_session_id()?,
        },
        ..Changed::default()
    };
    for id in ids {
        match registry.status(id) {
            Ok(status) => changed.statuses.push(status),
            Err(Error::NotFound { .. }) => changed.removed.push(id),
            Err(error) => return Err(error),
        }
    }
    Ok(changed)
}
