//! Many callers at once want what only some can have.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use session_registry::{
    DEFAULT_MAX_SESSIONS, Error, Registration, Session, SessionId, SessionRegistry,
};

use super::{patient, reopen_and_check, session_at};
use crate::support::child::{Child, Parent};
use crate::support::soak;

const THREADS: usize = 16;
const PROCESSES: usize = 8;
const ROUNDS: usize = 5;

/// How the contenders come to the file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Arena {
    OneHandle,
    HandleEach,
    ProcessEach,
}

const ARENAS: [Arena; 3] = [Arena::OneHandle, Arena::HandleEach, Arena::ProcessEach];

#[test]
fn exactly_as_many_as_the_limit_allows_register_distinct_sessions() {
    for arena in ARENAS {
        race(arena, "distinct", |file, said| {
            let limit = DEFAULT_MAX_SESSIONS as usize;
            let registered = ids(said, "registered");
            assert_eq!(registered.len(), limit, "{said:?}");
            let refused = "session_limit_reached 10 10";
            let refusals = said.iter().filter(|said| *said == refused).count();
            assert_eq!(registered.len() + refusals, said.len(), "{said:?}");
            assert_eq!(registered, ids_of(&reopen_and_check(file)));
        });
    }
}

#[test]
fn exactly_one_gets_a_path_and_the_others_learn_who() {
    for arena in ARENAS {
        race(arena, "one-path", |file, said| {
            let holder = ids(said, "registered");
            assert_eq!(holder.len(), 1, "{said:?}");
            let refusals = said.iter().filter(|said| said.starts_with("project_"));
            assert_eq!(refusals.count() + 1, said.len(), "{said:?}");
            assert_eq!(ids(said, "project_already_open"), holder, "{said:?}");
            assert_eq!(ids_of(&reopen_and_check(file)), holder);
        });
    }
}

#[test]
fn everybody_gets_the_same_session_of_one_path() {
    for arena in ARENAS {
        race(arena, "get-or-register", |file, said| {
            let registered: Vec<_> = starting(said, "registered").collect();
            assert_eq!(registered.len(), 1, "{said:?}");
            let joined = starting(said, "joined").count();
            assert_eq!(joined + 1, said.len(), "{said:?}");
            let all = &ids(said, "registered") | &ids(said, "joined");
            assert_eq!(all, ids_of(&reopen_and_check(file)), "{said:?}");
            assert_eq!(all.len(), 1);
        });
    }
}

#[test]
fn everybody_creates_the_same_file() {
    for arena in [Arena::HandleEach, Arena::ProcessEach] {
        race(arena, "create", |file, said| {
            assert_eq!(starting(said, "created").count(), 1, "{said:?}");
            let joined = ids(said, "in");
            assert_eq!(joined.len(), 1, "not all in one registry: {said:?}");
            assert_eq!(joined, ids_of(&reopen_and_check(file)));
            let names: Vec<_> = fs::read_dir(file.parent().unwrap()).unwrap().collect();
            assert_eq!(names.len(), 1, "temporary files stay behind: {names:?}");
        });
    }
}

/// Runs a contest in new files, and hands what all contenders said of each to `judge`.
fn race(arena: Arena, contest: &str, judge: impl Fn(&Path, &[String])) {
    let children = if arena == Arena::ProcessEach {
        PROCESSES
    } else {
        0
    };
    let mut children: Vec<_> = (0..children)
        .map(|number| Child::start("contender", &[&number]))
        .collect();
    for _ in 0..ROUNDS * soak::factor() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        if contest != "create" {
            drop(SessionRegistry::open(&file).unwrap());
        }
        let said = match arena {
            Arena::OneHandle => in_threads(contest, &file, &Some(open(&file))),
            Arena::HandleEach => in_threads(contest, &file, &None),
            Arena::ProcessEach => in_processes(contest, &file, &mut children),
        };
        judge(&file, &said);
    }
    children.into_iter().for_each(Child::finish);
}

fn in_threads(contest: &str, file: &Path, shared: &Option<SessionRegistry>) -> Vec<String> {
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        let contend = |number| {
            let own = (contest != "create").then(|| shared.clone().unwrap_or_else(|| open(file)));
            start.wait();
            attempt(contest, file, own, number)
        };
        let threads: Vec<_> = (0..THREADS)
            .map(|number| scope.spawn(move || contend(number)))
            .collect();
        let said = threads.into_iter().map(|thread| thread.join().unwrap());
        said.flatten().collect()
    })
}

fn in_processes(contest: &str, file: &Path, children: &mut [Child]) -> Vec<String> {
    for child in &mut *children {
        child.say(contest);
        child.say(file.display());
    }
    children.iter().for_each(|child| child.expect("ready"));
    children.iter_mut().for_each(|child| child.say("go"));
    let mut said = Vec::new();
    for child in children {
        said.extend(std::iter::from_fn(|| Some(child.line())).take_while(|line| line != "done"));
    }
    said
}

/// A process that contends, for as long as there are contests.
pub(super) fn contender(parent: &Parent) {
    let number = parent.argument(0).parse().unwrap();
    while let (Some(contest), Some(file)) = (parent.hear(), parent.hear()) {
        let own = (contest != "create").then(|| open(&file));
        parent.say("ready");
        parent.hear();
        for said in attempt(&contest, file.as_ref(), own, number) {
            parent.say(said);
        }
        parent.say("done");
    }
}

fn open(file: impl AsRef<Path>) -> SessionRegistry {
    patient().open(file).unwrap()
}

/// One contender's attempts, and what came of each.
fn attempt(
    contest: &str,
    file: &Path,
    registry: Option<SessionRegistry>,
    number: usize,
) -> Vec<String> {
    let mut said = Vec::new();
    let registry = registry.unwrap_or_else(|| {
        let registry = open(file);
        said.extend(registry.open_report().created.then(|| "created".to_owned()));
        registry
    });
    match contest {
        "distinct" => {
            for turn in 0..3 {
                let session = session_at(&format!("/race/{number}/{turn}"));
                said.push(told(registry.register(session)));
            }
        }
        "one-path" => said.push(told(registry.register(session_at("/race")))),
        "get-or-register" => {
            let registration = registry.get_or_register(session_at("/race")).unwrap();
            said.push(match registration {
                Registration::Registered { session, .. } => told(Ok(session)),
                other => format!("joined {}", other.session().id()),
            });
        }
        "create" => {
            let registration = registry.get_or_register(session_at("/race")).unwrap();
            said.push(format!("in {}", registration.session().id()));
        }
        other => panic!("no such contest: {other}"),
    }
    said
}

fn told(result: Result<Session, Error>) -> String {
    match result {
        Ok(session) => format!("registered {}", session.id()),
        Err(Error::LimitReached {
            max_sessions, open, ..
        }) => format!("session_limit_reached {max_sessions} {open}"),
        Err(Error::ProjectAlreadyOpen { holder, .. }) => format!("project_already_open {holder}"),
        Err(other) => format!("unexpected: {other:?}"),
    }
}

fn starting<'a>(said: &'a [String], what: &'a str) -> impl Iterator<Item = &'a str> {
    said.iter().filter_map(move |said| said.strip_prefix(what))
}

fn ids(said: &[String], what: &str) -> BTreeSet<SessionId> {
    starting(said, what)
        .map(|id| id.trim_start().parse().unwrap())
        .collect()
}

fn ids_of(sessions: &[Session]) -> BTreeSet<SessionId> {
    sessions.iter().map(Session::id).collect()
}
