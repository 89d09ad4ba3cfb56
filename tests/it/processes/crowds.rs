//! Dozens of processes at once want what only some of them can have: a place in a project, an alias.

use std::collections::BTreeSet;
use std::path::Path;

use session_registry::{Alias, Error, Session, SessionId, SessionRegistry};

use super::{everything, patient, session_at};
use crate::support::child::{Child, Parent};
use crate::support::records::assert_clean;

const PLACES: u32 = 2;

/// What all say of one contest in a new file.
fn contest(what: &str, count: usize, judge: impl Fn(&SessionRegistry, &[String])) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = patient().max_sessions(1_000).open(&file).unwrap();
    registry.set_max_sessions_per_project(PLACES).unwrap();
    let mut rivals: Vec<_> = (0..count)
        .map(|number| Child::start("rival", &[&file.display(), &what, &number]))
        .collect();
    rivals.iter().for_each(|rival| rival.expect("ready"));
    rivals.iter_mut().for_each(|rival| rival.say("go"));
    let said: Vec<_> = rivals.iter().map(Child::line).collect();
    rivals.into_iter().for_each(Child::finish);
    judge(&registry, &said);
    assert_clean(&registry);
    registry.close().unwrap();
    assert_clean(&SessionRegistry::open(&file).unwrap());
}

/// The sessions that lines with this beginning name.
fn named(said: &[String], what: &str) -> Vec<SessionId> {
    let named = said.iter().filter_map(|said| said.strip_prefix(what));
    named.map(|id| id.trim().parse().unwrap()).collect()
}

#[test]
fn sixty_four_processes_get_the_two_places_of_a_project() {
    contest("place", 64, |registry, said| {
        let registered: BTreeSet<_> = named(said, "registered").into_iter().collect();
        assert_eq!(registered.len(), PLACES as usize, "{said:?}");
        let refused = named(said, "project_already_open 2 of 2");
        assert_eq!(registered.len() + refused.len(), said.len(), "{said:?}");
        assert!(refused.iter().all(|holder| registered.contains(holder)));
        let open: BTreeSet<_> = registry.list_ids().unwrap().into_iter().collect();
        assert_eq!(open, registered);
    });
}

#[test]
fn one_of_thirty_two_processes_gets_an_alias_and_the_others_learn_who() {
    contest("alias", 32, |registry, said| {
        let holder = named(said, "registered");
        assert_eq!(holder.len(), 1, "{said:?}");
        let told = named(said, "alias_taken");
        assert_eq!(told.len() + 1, said.len(), "{said:?}");
        assert!(told.iter().all(|id| *id == holder[0]), "{said:?}");
        let found = registry.lookup_by_alias(&alias()).unwrap().unwrap();
        assert_eq!(found.id(), holder[0]);
        assert_eq!(everything(registry).len(), 1);
    });
}

fn alias() -> Alias {
    "acp:sess_1".parse().unwrap()
}

/// A process that wants what all the others want.
pub(super) fn rival(parent: &Parent) {
    let registry = patient().open(parent.argument(0)).unwrap();
    let session = match parent.argument(1) {
        "place" => session_at("/race"),
        _ => aliased(parent.argument(2)),
    };
    parent.say("ready");
    parent.hear();
    parent.say(match registry.register(session) {
        Ok(session) => format!("registered {}", session.id()),
        Err(Error::ProjectAlreadyOpen {
            holder,
            open,
            max_sessions_per_project,
            ..
        }) => format!("project_already_open {open} of {max_sessions_per_project} {holder}"),
        Err(Error::AliasTaken { holder, .. }) => format!("alias_taken {holder}"),
        Err(other) => format!("unexpected: {other:?}"),
    });
}

fn aliased(number: &str) -> Session {
    let mut session = session_at(Path::new("/race").join(number).to_str().unwrap());
    session.aliases_mut().insert(alias());
    session
}
