//! Claims that say what this crate never writes.

use session_registry::{Activity, Liveness, Query, Report, SessionRegistry};

use crate::support::place::{Kind, Place};
use crate::support::raw::{ClaimRow, damage_extra, edit_claim, remove_row};
use crate::support::values::{id, second, session, with};

type Damage = (&'static str, fn(&mut ClaimRow));

const DAMAGES: [Damage; 7] = [
    ("a note of two lines", |claim| {
        claim.activity = Some((0, Some("two\nlines".into()), 0));
    }),
    ("a note that is too long", |claim| {
        claim.activity = Some((0, Some("n".repeat(Report::MAX_NOTE_BYTES + 1)), 0));
    }),
    ("a note that is empty", |claim| {
        claim.activity = Some((0, Some(String::new()), 0));
    }),
    ("a note that is not trimmed", |claim| {
        claim.activity = Some((0, Some(" n".into()), 0));
    }),
    ("an activity that nobody knows", |claim| {
        claim.activity = Some((4, None, 0));
    }),
    ("a program without a name", |claim| {
        claim.program = Some(String::new())
    }),
    ("a program that disguises itself", |claim| {
        claim.program = Some("a\u{202e}b".into());
    }),
];

#[test]
fn a_damaged_claim_is_reported_and_hides_no_other() {
    for (what, damage) in DAMAGES {
        let place = Place::new(Kind::Shared).with_sessions(2);
        let registry = &place.registry;
        let claims = [1, 2].map(|number| registry.claim(id(number)).unwrap());
        edit_claim(&place.file(), id(1), damage);

        let idle = || Report::new(Activity::Idle);
        let refusals = [
            registry.status(id(1)).map(drop),
            registry.list_status(&Query::new()).map(drop),
            registry.report(id(1), idle()),
            claims[0].report(idle()),
            claims[0].driven_by(1, "agent"),
            registry.owner(id(1)).map(drop),
        ];
        for refused in refusals {
            let error = refused.unwrap_err();
            assert!(error.is_corruption(), "{what}: {error}");
            assert!(
                error.to_string().contains(&id(1).to_string()),
                "{what}: {error}"
            );
        }
        assert!(!registry.verify().unwrap().is_clean(), "{what}");
        registry.report(id(2), idle()).unwrap();
        assert!(registry.status(id(2)).unwrap().activity.is_some());
        // What does not concern claims is answered.
        assert_eq!(registry.lookup(id(1)).unwrap().unwrap().name(), "session 1");
        assert_eq!(registry.list(&Query::new()).unwrap().items.len(), 2);
        // Mended by taking the claim away.
        assert!(!registry.rebuild_indexes().unwrap().is_clean());
        assert_eq!(registry.status(id(1)).unwrap().owner, None, "{what}");
        assert!(registry.verify().unwrap().is_clean());
    }
}

/// A claim without its session: whoever goes by the claims must not overlook that.
#[test]
fn a_claim_of_nothing_is_reported_by_who_goes_by_claims() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let _claim = place.registry.claim(id(1)).unwrap();
    remove_row(&place.file(), id(1));
    let alive = Query::new().driven(Liveness::Alive);
    let refused = place.registry.list(&alive).unwrap_err();
    assert!(refused.is_corruption(), "{refused}");
    let other = SessionRegistry::open(place.file()).unwrap();
    assert!(!other.rebuild_indexes().unwrap().is_clean());
    assert!(other.list(&alive).unwrap().items.is_empty());
    other.register(session(1)).unwrap();
}

/// What happens often reads nothing of metadata that lies apart, and so neither finds it damaged nor loses it.
#[test]
fn claims_touches_and_reports_look_at_no_metadata_that_lies_apart() {
    let place = Place::new(Kind::Shared);
    let registry = &place.registry;
    let large = with(&session(1), |session| {
        session.metadata_mut().insert("k".into(), "v".repeat(2_000));
    });
    registry.register(large).unwrap();
    damage_extra(&place.file(), id(1));
    assert!(registry.lookup(id(1)).unwrap_err().is_corruption());

    let claim = registry.claim(id(1)).unwrap();
    place.clock.set(second(100));
    registry.touch(id(1)).unwrap();
    place.clock.set(second(200));
    claim.touch().unwrap();
    registry.report(id(1), Report::new(Activity::Idle)).unwrap();
    claim.report(Report::new(Activity::Failed)).unwrap();
    claim.driven_by(1, "agent").unwrap();
    claim.release().unwrap();
}
