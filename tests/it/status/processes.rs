//! What becomes of an activity when its owner stops or dies, and of others' changes beside reports.

use session_registry::{Activity, Liveness, Query, Report, Session, SessionRegistry, Sharing};

use crate::claims::driver::{Driver, open};
use crate::support::place::{Kind, Place};
use crate::support::records::assert_clean;
use crate::support::values::{id, with};

fn file_with_sessions(count: u32) -> Place {
    let place = Place::new(Kind::Shared).with_sessions(count);
    place.registry.clone().close().unwrap();
    place
}

/// What every way of asking says of session 1: the liveness of its owner, and its activity.
fn asked(registry: &SessionRegistry) -> (Option<Liveness>, Option<Activity>) {
    let status = registry.status(id(1)).unwrap();
    let listed = registry.list_status(&Query::new()).unwrap().items;
    assert_eq!(listed[0], status);
    let snapshot = registry.snapshot().unwrap();
    assert_eq!(snapshot.status(id(1)).unwrap(), status);
    let liveness = status.owner.map(|owner| owner.liveness);
    if let Some(liveness) = liveness {
        let driven = registry.list(&Query::new().driven(liveness)).unwrap();
        assert_eq!(driven.items[0].id(), id(1));
    }
    (liveness, status.activity.map(|report| report.activity))
}

#[test]
fn a_killed_owner_is_dead_and_does_nothing_in_the_next_call_of_anybody() {
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let place = file_with_sessions(1);
        let beside = (sharing == Sharing::Shared).then(|| open(place.file(), sharing));
        let mut driver = Driver::start(&place.file(), sharing);
        driver.claim(id(1));
        assert_eq!(driver.ask("report", id(1)), "done");
        let (mut before, mut snapshot) = (None, None);
        if let Some(beside) = &beside {
            assert_eq!(
                asked(beside),
                (Some(Liveness::Alive), Some(Activity::Working))
            );
            before = Some(beside.status(id(1)).unwrap());
            snapshot = Some(beside.snapshot().unwrap());
        }
        driver.0.kill();
        // Whoever had it open, whoever took a snapshot before, and whoever comes now.
        if let (Some(beside), Some(snapshot)) = (&beside, &snapshot) {
            assert_eq!(asked(beside), (Some(Liveness::Dead), None));
            let pinned = snapshot.status(id(1)).unwrap();
            assert_ne!(Some(&pinned), before.as_ref());
            assert_eq!(pinned, beside.status(id(1)).unwrap());
        }
        let other = open(place.file(), sharing);
        assert_eq!(asked(&other), (Some(Liveness::Dead), None));
        let claim = other.claim(id(1)).unwrap();
        assert_eq!(asked(&other), (Some(Liveness::Alive), None));
        claim.release().unwrap();
        assert_clean(&other);
    }
}

#[cfg(unix)]
#[test]
fn a_stopped_owner_still_does_what_it_did() {
    let place = file_with_sessions(1);
    let registry = open(place.file(), Sharing::Shared);
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    driver.claim(id(1));
    assert_eq!(driver.ask("report", id(1)), "done");
    driver.0.stop();
    let working = (Some(Liveness::Alive), Some(Activity::Working));
    assert_eq!(asked(&registry), working);
    assert_eq!(asked(&open(place.file(), Sharing::Shared)), working);
    driver.0.go_on();
    assert_eq!(driver.ask("release", id(1)), "done");
    assert_eq!(asked(&registry), (None, None));
}

/// Hooks report all the time, and whoever renames a session meanwhile read it long ago.
#[test]
fn two_hundred_reports_came_in_the_way_of_no_update() {
    let place = file_with_sessions(1);
    let registry = open(place.file(), Sharing::Shared);
    let hook = open(place.file(), Sharing::Shared);
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    driver.claim(id(1));
    let old: Session = registry.lookup(id(1)).unwrap().unwrap();
    let mut copy = old.clone();
    for number in 0..200 {
        let activity = [Activity::Working, Activity::Waiting][number % 2];
        let report = Report::new(activity).note(format!("step {number}"));
        hook.report(id(1), report).unwrap();
        if number == 100 {
            copy = with(&copy, |session| {
                session.set_name("in between".parse().unwrap())
            });
            copy = registry.update(copy).unwrap();
        }
    }
    assert_eq!(copy.revision(), old.revision() + 1);
    copy = with(&copy, |session| session.set_name("after".parse().unwrap()));
    let stored = registry.update(copy).unwrap();
    assert_eq!(stored.revision(), old.revision() + 2);
    let status = registry.status(id(1)).unwrap();
    assert_eq!(status.session, stored);
    assert_eq!(status.activity.unwrap().note.as_deref(), Some("step 199"));
    driver.0.finish();
    assert_clean(&registry);
}
