//! Aliases are unique, found, and rebound in one call.

use std::sync::Barrier;
use std::thread;

use session_registry::{Alias, Error, MatchedBy, Session, SessionProblem, Tag};

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, path, session, with};

in_every_registry![
    an_alias_is_taken_by_open_and_by_closed_sessions,
    an_alias_is_free_once_its_session_lets_it_go,
    stages_of_aliases_stand_where_they_should,
    too_many_are_refused,
];

pub(super) fn alias(text: &str) -> Alias {
    Alias::new(text).unwrap()
}

/// Session `number` with an alias.
fn called(number: u32, text: &str) -> Session {
    with(&session(number), |session| {
        session.aliases_mut().insert(alias(text));
    })
}

fn taken(text: &str, holder: u128) -> Refusal {
    let (alias, holder) = (alias(text), id(holder));
    Refusal::AliasTaken { alias, holder }
}

fn an_alias_is_taken_by_open_and_by_closed_sessions(mut place: Place) {
    let registry = place.registry.clone();
    registry.register(called(1, "acp:one")).unwrap();
    registry.register(session(2)).unwrap();
    for _ in 0..2 {
        let expected = taken("acp:one", 1);
        let new = called(3, "acp:one");
        assert_eq!(refused(&mut place, |r| r.register(new.clone())), expected);
        assert_eq!(refused(&mut place, |r| r.get_or_register(new)), expected);
        let change = |session: &mut Session| _ = session.aliases_mut().insert(alias("acp:one"));
        assert_eq!(refused(&mut place, |r| r.modify(id(2), change)), expected);
        place.registry.close_session(id(1)).unwrap();
    }
    // The path is looked at before, the number of open sessions before that.
    let same_path = with(&called(3, "acp:one"), |session| {
        session.set_project_path(path("/work/p2"));
    });
    let refusal = refused(&mut place, |r| r.register(same_path.clone()));
    assert!(matches!(refusal, Refusal::PathTaken { .. }), "{refusal:?}");
    place.registry.set_max_sessions(1).unwrap();
    let refusal = refused(&mut place, |r| r.register(same_path));
    assert!(matches!(refusal, Refusal::Limit { .. }), "{refusal:?}");
}

fn an_alias_is_free_once_its_session_lets_it_go(mut place: Place) {
    let registry = place.registry.clone();
    registry.register(called(1, "acp:one")).unwrap();
    registry.register(session(2)).unwrap();
    let rebind = |session: &mut Session| {
        session.aliases_mut().clear();
        session.aliases_mut().insert(alias("acp:two"));
    };
    registry.modify(id(1), rebind).unwrap();
    let second = |session: &mut Session| _ = session.aliases_mut().insert(alias("acp:one"));
    registry.modify(id(2), second).unwrap();
    place.reopen();
    let registry = place.registry.clone();
    let found = |text: &str| registry.lookup_by_alias(&alias(text)).unwrap();
    assert_eq!(found("acp:one").map(|session| session.id()), Some(id(2)));
    assert_eq!(found("acp:two").map(|session| session.id()), Some(id(1)));
    assert_eq!(found("claude:one"), None);
    registry.unregister(id(2)).unwrap();
    assert_eq!(found("acp:one"), None);
    registry.register(called(2, "acp:one")).unwrap();
    registry.clear().unwrap();
    assert_eq!(found("acp:one"), None);
    registry.register(called(2, "acp:one")).unwrap();
    let snapshot = registry.snapshot().unwrap();
    registry.unregister(id(2)).unwrap();
    assert!(
        snapshot
            .lookup_by_alias(&alias("acp:one"))
            .unwrap()
            .is_some()
    );
    assert_clean(&registry);
}

fn stages_of_aliases_stand_where_they_should(place: Place) {
    let registry = &place.registry;
    let named = |number, name: &str, aliases: &[&str]| {
        with(&session(number), |session| {
            session.set_name(name.parse().unwrap());
            session
                .aliases_mut()
                .extend(aliases.iter().map(|text| alias(text)));
        })
    };
    for session in [
        named(1, "acp:value", &[]),
        named(2, "other", &["acp:value", "claude:00000000"]),
        named(3, "value", &["acp:VALUE"]),
        named(4, "Upper", &["acp:upper", "claude:upper"]),
        named(5, "shared", &["acp:same"]),
        named(6, "common", &["claude:same"]),
    ] {
        registry.register(session).unwrap();
    }
    let found = |query: &str| {
        let found = registry.find(query).unwrap();
        (found.session.id(), found.by)
    };
    // A whole alias before a name, a name before the value of an alias, that before an id and a folded name.
    assert_eq!(found("acp:value"), (id(2), MatchedBy::Alias));
    assert_eq!(found("value"), (id(3), MatchedBy::Name));
    assert_eq!(found("VALUE"), (id(3), MatchedBy::AliasValue));
    assert_eq!(found("00000000"), (id(2), MatchedBy::AliasValue));
    assert_eq!(found("upper"), (id(4), MatchedBy::AliasValue));
    match registry.find("same") {
        Err(Error::Ambiguous { total, by, .. }) => {
            assert_eq!((total, by), (2, MatchedBy::AliasValue));
        }
        other => panic!("{other:?}"),
    }
    assert!(MatchedBy::Alias.is_exact() && !MatchedBy::AliasValue.is_exact());
    // Closed ones only where no open one fits.
    registry.close_session(id(2)).unwrap();
    assert_eq!(found("acp:value"), (id(1), MatchedBy::Name));
    assert_eq!(found("claude:00000000"), (id(2), MatchedBy::Alias));
    registry.close_session(id(5)).unwrap();
    assert_eq!(found("same"), (id(6), MatchedBy::AliasValue));
}

fn too_many_are_refused(mut place: Place) {
    let most = with(&session(1), |session| {
        for number in 0..Session::MAX_ALIASES {
            session
                .aliases_mut()
                .insert(alias(&format!("acp:{number}")));
        }
        for number in 0..Session::MAX_TAGS {
            session
                .tags_mut()
                .insert(Tag::new(number.to_string()).unwrap());
        }
    });
    let registry = place.registry.clone();
    let stored = registry.register(most.clone()).unwrap();
    assert_eq!(stored, most);
    place.reopen();
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(stored));
    let change = |session: &mut Session| {
        session.aliases_mut().insert(alias("acp:more"));
        session.tags_mut().insert(Tag::new("more").unwrap());
    };
    let expected = Refusal::Invalid(vec![
        SessionProblem::TooManyAliases { count: 17 },
        SessionProblem::TooManyTags { count: 33 },
    ]);
    assert_eq!(refused(&mut place, |r| r.modify(id(1), change)), expected);
}

#[test]
fn of_racing_handles_one_gets_the_alias_and_the_others_learn_who() {
    const RACERS: u32 = 32;

    let place = Place::new(Kind::Shared);
    place.registry.set_max_sessions(RACERS).unwrap();
    let start = Barrier::new(RACERS as usize);
    let answers: Vec<_> = thread::scope(|scope| {
        let race = |number| {
            let (start, file) = (&start, place.file());
            scope.spawn(move || {
                let registry = session_registry::SessionRegistry::open(file).unwrap();
                start.wait();
                registry.register(called(number, "acp:one"))
            })
        };
        let racers: Vec<_> = (1..=RACERS).map(race).collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    });
    let winners: Vec<_> = answers.iter().flatten().map(Session::id).collect();
    let [winner] = winners[..] else {
        panic!("{winners:?}");
    };
    for answer in answers {
        match answer {
            Ok(_) => {}
            Err(Error::AliasTaken { holder, .. }) => assert_eq!(holder, winner),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(place.registry.count().unwrap(), 1);
    assert_clean(&place.registry);
}
