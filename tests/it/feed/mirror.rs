//! A copy of the list in another place, kept by what a watch tells, is the list.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use session_registry::{
    ChangeKind, Changes, Error, ImportMode, ProjectPath, PrunePolicy, Reap, Session, SessionId,
    SessionName, SessionRegistry, Watch,
};

use crate::support::child::{Child, HANG, Parent};
use crate::support::place::{Place, in_every_registry, memory_directory};
use crate::support::soak;

in_every_registry![it_is_the_list_after_any_calls];

type Sessions = BTreeMap<SessionId, Session>;

fn listed(registry: &SessionRegistry) -> Sessions {
    let sessions = registry.list_all().unwrap().into_iter();
    sessions.map(|session| (session.id(), session)).collect()
}

/// What is shown of a registry.
struct Mirror {
    registry: SessionRegistry,
    watch: Watch,
    shown: Sessions,
}

impl Mirror {
    fn of(registry: &SessionRegistry) -> Self {
        let snapshot = registry.snapshot().unwrap();
        let sessions = snapshot.list_all().unwrap().into_iter();
        Self {
            registry: registry.clone(),
            watch: registry.watch_from(snapshot.revision().unwrap()).unwrap(),
            shown: sessions.map(|session| (session.id(), session)).collect(),
        }
    }

    fn show(&mut self, happened: &Changes) {
        let is_all = |kind| matches!(kind, ChangeKind::Everything | ChangeKind::Cleared);
        if happened.lost || happened.changes.iter().any(|change| is_all(change.kind)) {
            self.shown = listed(&self.registry);
            return;
        }
        for change in &happened.changes {
            let Some(id) = change.id else { continue };
            match self.registry.lookup(id).unwrap() {
                Some(session) if session.state().is_open() => drop(self.shown.insert(id, session)),
                _ => drop(self.shown.remove(&id)),
            }
        }
    }

    /// Catches up with what others have committed.
    fn reach(&mut self, revision: u64) {
        while self.watch.revision() < revision {
            let happened = self.watch.next_within(HANG).unwrap().expect("hangs");
            self.show(&happened);
        }
    }
}

/// Makes random calls, of every kind that changes what is listed.
struct Restless {
    registry: SessionRegistry,
    rng: fastrand::Rng,
}

impl Restless {
    fn one_call(&mut self) {
        let registry = &self.registry;
        let ids = registry.list_ids().unwrap();
        let one = self.rng.choice(&ids).copied();
        let path = ProjectPath::new(format!("/mirror/{}", self.rng.u8(..12))).unwrap();
        let done = match (self.rng.u8(..16), one) {
            (0..=4, _) => registry.register(Session::builder(path).build()).map(drop),
            (5..=7, Some(id)) => {
                let name = SessionName::new(self.rng.u8(..).to_string()).unwrap();
                registry.rename(id, name).map(drop)
            }
            (8, Some(id)) => registry
                .modify(id, |s| s.set_project_path(path.clone()))
                .map(drop),
            (9 | 10, Some(id)) => registry.close_session(id).map(drop),
            (11, Some(id)) => registry.unregister(id).map(drop),
            (12, Some(id)) => registry.claim(id).and_then(|claim| claim.release()),
            (13, _) => registry.prune(&PrunePolicy::new().keep_last(1)).map(drop),
            (14, _) if self.rng.u8(..4) == 0 => registry.clear().map(drop),
            (14, _) => registry.compact(),
            (15, _) => {
                let mut text = Vec::new();
                registry.export(&mut text).unwrap();
                registry
                    .import(text.as_slice(), ImportMode::NewIds)
                    .map(drop)
            }
            _ => Ok(()),
        };
        match done {
            Ok(())
            | Err(
                Error::LimitReached { .. }
                | Error::ProjectAlreadyOpen { .. }
                | Error::ImportClash { .. }
                | Error::NotFound { .. }
                | Error::SessionClosed { .. }
                | Error::AlreadyClaimed { .. }
                | Error::InUse { .. },
            ) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}

fn it_is_the_list_after_any_calls(place: Place) {
    let mut restless = Restless {
        registry: place.registry.clone(),
        rng: soak::rng("mirror"),
    };
    let mut mirror = Mirror::of(&place.registry);
    for _ in 0..20 * soak::factor() {
        for _ in 0..restless.rng.usize(..30) {
            restless.one_call();
        }
        mirror.reach(place.registry.revision().unwrap());
        assert_eq!(mirror.shown, listed(&place.registry));
    }
    assert!(place.registry.verify().unwrap().is_clean());
}

/// The calls are made by processes that are killed in the middle of them, and the mirror is in another one.
#[test]
fn it_is_the_list_in_another_process_after_kills() {
    let mut rng = soak::rng("mirror of the killed");
    let directory = memory_directory();
    let file = directory.path().join("sessions.redb");
    let registry = SessionRegistry::open(&file).unwrap();
    let mut mirror = Child::start("feed_mirror", &[&file.display()]);
    mirror.expect("open");
    for _ in 0..15 * soak::factor() {
        let start = |seed: u32| Child::start("feed_restless", &[&file.display(), &seed]);
        let mut restless = [start(rng.u32(..)), start(rng.u32(..))];
        for child in &restless {
            child.expect("begins");
        }
        std::thread::sleep(Duration::from_micros(rng.u64(..30_000)));
        for child in &mut restless {
            child.kill();
        }
        mirror.say(registry.revision().unwrap());
        let shown: Vec<Session> = serde_json::from_str(&mirror.line()).unwrap();
        let expected: Vec<_> = listed(&registry).into_values().collect();
        assert_eq!(shown, expected);
    }
    mirror.finish();
    assert!(registry.verify().unwrap().is_clean());
}

/// Shows what is listed when it has reached a revision.
pub(crate) fn mirror(parent: &Parent) {
    let options = SessionRegistry::options().busy_timeout(HANG);
    let registry = options.open(parent.argument(0)).unwrap();
    let mut mirror = Mirror::of(&registry);
    parent.say("open");
    while let Some(revision) = parent.hear() {
        mirror.reach(revision.parse().unwrap());
        let shown: Vec<_> = mirror.shown.values().collect();
        parent.say(serde_json::to_string(&shown).unwrap());
    }
}

/// Makes calls until it is killed.
pub(crate) fn restless(parent: &Parent) {
    let options = SessionRegistry::options()
        .busy_timeout(HANG)
        .reap(Reap::Never);
    let registry = options.open(Path::new(parent.argument(0))).unwrap();
    let mut restless = Restless {
        registry,
        rng: soak::rng_of(parent.argument(1).parse().unwrap()),
    };
    parent.say("begins");
    loop {
        restless.one_call();
    }
}
