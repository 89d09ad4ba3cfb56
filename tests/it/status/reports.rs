//! Saying what the owner of a session does.

use session_registry::{
    Activity, ActivityReport, Claim, Error, Report, Result, SessionId, SessionRegistry,
};

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{at, id, second, with};

in_every_registry![
    what_is_reported_is_read_by_everybody,
    since_moves_with_the_activity_and_not_with_the_note,
    the_same_again_writes_nothing,
    a_report_counts_as_activity_as_a_touch_does,
    a_new_claim_begins_without_activity,
    who_cannot_be_reported_of_is_said,
    a_claim_that_is_over_reports_nothing,
    a_dead_owner_does_nothing,
];

pub(super) fn activity(registry: &SessionRegistry, number: u128) -> Option<ActivityReport> {
    registry.status(id(number)).unwrap().activity
}

/// What a report says, and since when.
type Told = (Activity, Option<String>, i64);

fn told(registry: &SessionRegistry) -> Option<Told> {
    let report = activity(registry, 1)?;
    let since = report.since.as_micros() - second(0).as_micros();
    Some((report.activity, report.note, since / 1_000_000))
}

/// The two who may report: who has the claim, and who was told its number.
type Way = fn(&SessionRegistry, &Claim, Report) -> Result<()>;

const WAYS: [Way; 3] = [
    |_, claim, report| claim.report(report),
    |registry, claim, report| registry.report(claim.session_id(), report),
    |registry, claim, report| registry.report(claim.session_id(), report.epoch(claim.epoch())),
];

fn what_is_reported_is_read_by_everybody(place: Place) {
    let place = place.with_sessions(2);
    let registry = &place.registry;
    let claim = registry.claim(id(1)).unwrap();
    for (seconds, way) in (1..).zip(WAYS) {
        place.clock.set(second(seconds * 10));
        let activities = [
            Activity::Working,
            Activity::Waiting,
            Activity::Idle,
            Activity::Failed,
        ];
        for activity in activities {
            let note = format!("{activity} {seconds}");
            way(registry, &claim, Report::new(activity).note(&note)).unwrap();
            let expected = Some((activity, Some(note), seconds * 10));
            assert_eq!(told(registry), expected);
        }
    }
    let status = registry.status(id(1)).unwrap();
    assert_eq!(
        Some(&status.session),
        registry.lookup(id(1)).unwrap().as_ref()
    );
    assert_eq!(status.owner, registry.owner(id(1)).unwrap());
    assert_eq!(registry.snapshot().unwrap().status(id(1)).unwrap(), status);
    let json = serde_json::to_string(&status).unwrap();
    let read: session_registry::SessionStatus = serde_json::from_str(&json).unwrap();
    assert_eq!(read, status);
    let other = registry.status(id(2)).unwrap();
    assert_eq!((other.owner, other.activity), (None, None));
    assert_clean(registry);
}

fn since_moves_with_the_activity_and_not_with_the_note(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let claim = registry.claim(id(1)).unwrap();
    let say = |seconds, activity, note: &str| {
        place.clock.set(second(seconds));
        let report = Report::new(activity).note(note);
        claim.report(report).unwrap();
        told(registry).unwrap()
    };
    let note = |text: &str| Some(text.to_owned());
    assert_eq!(
        say(10, Activity::Working, "reads"),
        (Activity::Working, note("reads"), 10)
    );
    assert_eq!(
        say(20, Activity::Working, "writes"),
        (Activity::Working, note("writes"), 10)
    );
    assert_eq!(
        say(30, Activity::Working, ""),
        (Activity::Working, None, 10)
    );
    assert_eq!(say(40, Activity::Idle, ""), (Activity::Idle, None, 40));
    assert_eq!(
        say(50, Activity::Working, "reads"),
        (Activity::Working, note("reads"), 50)
    );
}

/// The state of a registry, down to the bytes of its file where it has one.
fn bytes(place: &Place) -> (Vec<session_registry::Session>, Vec<u8>) {
    let bytes = match place.kind() {
        Kind::Memory => Vec::new(),
        _ => std::fs::read(place.file()).unwrap(),
    };
    (records(&place.registry), bytes)
}

fn the_same_again_writes_nothing(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let claim = registry.claim(id(1)).unwrap();
    for note in ["", "reads"] {
        claim
            .report(Report::new(Activity::Working).note(note))
            .unwrap();
        let before = bytes(&place);
        // Not even the activity of the session, however long ago the last one was.
        place.clock.set(second(1_000));
        for way in WAYS {
            let again = Report::new(Activity::Working).note(format!(" {note}\n"));
            way(registry, &claim, again).unwrap();
        }
        assert!(bytes(&place) == before, "{note:?} was written again");
        place.clock.set(second(0));
    }
}

fn a_report_counts_as_activity_as_a_touch_does(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let claim = registry.claim(id(1)).unwrap();
    let before = registry.lookup(id(1)).unwrap().unwrap();
    let began = before.last_active_at();
    for (way, activity) in
        WAYS.into_iter()
            .zip([Activity::Working, Activity::Idle, Activity::Failed])
    {
        let last = registry.lookup(id(1)).unwrap().unwrap().last_active_at();
        place.clock.set(at(last.as_micros() + 999_999));
        way(registry, &claim, Report::new(activity).note("early")).unwrap();
        let stored = registry.lookup(id(1)).unwrap().unwrap();
        assert_eq!(stored.last_active_at(), last, "within a second of the last");
        let due = at(last.as_micros() + 1_000_000);
        place.clock.set(due);
        way(registry, &claim, Report::new(activity).note("due")).unwrap();
        let stored = registry.lookup(id(1)).unwrap().unwrap();
        assert_eq!(stored.last_active_at(), due);
        assert_eq!(stored.revision(), before.revision());
        assert_eq!(stored.updated_at(), before.updated_at());
    }
    let stored = registry.lookup(id(1)).unwrap().unwrap();
    assert!(stored.last_active_at() > began);
    // A copy from before all of it is no conflict.
    let renamed = with(&before, |session| {
        session.set_name("renamed".parse().unwrap())
    });
    assert_eq!(registry.update(renamed).unwrap().revision(), 1);
    assert_clean(registry);
}

fn a_new_claim_begins_without_activity(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let working = || Report::new(Activity::Working);
    let claim = registry.claim(id(1)).unwrap();
    assert_eq!(activity(registry, 1), None);
    claim.report(working()).unwrap();
    claim.release().unwrap();
    assert_eq!(activity(registry, 1), None);
    let claim = registry.claim(id(1)).unwrap();
    assert_eq!(activity(registry, 1), None);
    claim.report(working()).unwrap();
    let other = registry.take_over(id(1)).unwrap();
    assert_eq!(
        activity(registry, 1),
        None,
        "what the displaced one said is gone"
    );
    other.report(working()).unwrap();
    registry.close_session(id(1)).unwrap();
    assert_eq!(activity(registry, 1), None);
    let resumed = registry.resume(id(1)).unwrap();
    assert_eq!(activity(registry, 1), None);
    resumed.claim().report(working()).unwrap();
    assert!(activity(registry, 1).is_some());
}

fn who_cannot_be_reported_of_is_said(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.close_session(id(2)).unwrap();
    let report = |epoch| Report::new(Activity::Idle).note("n").epoch(epoch);
    // The first rule that is broken decides.
    let odd = || report(7).note("two\nlines");
    assert_eq!(
        refused(&mut place, |r| r.report(id(9), odd())),
        Refusal::Other("invalid_note")
    );
    assert_eq!(
        refused(&mut place, |r| r.report(id(9), report(7))),
        Refusal::NotFound(id(9))
    );
    assert_eq!(
        refused(&mut place, |r| r.report(id(2), report(7))),
        Refusal::Closed(id(2))
    );
    assert_eq!(
        refused(&mut place, |r| r.report(id(1), report(7))),
        Refusal::Other("not_claimed")
    );

    let claim = place.registry.claim(id(1)).unwrap();
    claim.report(Report::new(Activity::Working)).unwrap();
    let before = (bytes(&place), activity(&place.registry, 1));
    let wrong = report(claim.epoch() + 1);
    let lost = |result: Result<()>| match result {
        Err(Error::OwnershipLost { id: of, owner, .. }) => (of, owner.unwrap().epoch),
        other => panic!("not lost: {other:?}"),
    };
    let expected: (SessionId, u64) = (id(1), claim.epoch());
    assert_eq!(lost(place.registry.report(id(1), wrong.clone())), expected);
    assert_eq!(lost(claim.report(wrong)), expected);
    let odd = claim.report(Report::new(Activity::Idle).note("two\nlines"));
    assert_eq!(odd.unwrap_err().code(), "invalid_note");
    assert!((bytes(&place), activity(&place.registry, 1)) == before);
}

fn a_claim_that_is_over_reports_nothing(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let displaced = registry.claim(id(1)).unwrap();
    let claim = registry.take_over(id(1)).unwrap();
    let before = bytes(&place);
    let report = Report::new(Activity::Working);
    assert_eq!(
        displaced.report(report.clone()).unwrap_err().code(),
        "ownership_lost"
    );
    let late = registry.report(id(1), report.clone().epoch(displaced.epoch()));
    assert_eq!(late.unwrap_err().code(), "ownership_lost");
    assert_eq!(
        displaced.driven_by(1, "late").unwrap_err().code(),
        "ownership_lost"
    );
    assert!(bytes(&place) == before);
    claim.report(report).unwrap();
    registry.unregister(id(1)).unwrap();
    let gone = claim.report(Report::new(Activity::Idle));
    assert!(
        matches!(gone, Err(Error::OwnershipLost { owner: None, .. })),
        "{gone:?}"
    );
}

fn a_dead_owner_does_nothing(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let claim = registry.claim(id(1)).unwrap();
    claim.report(Report::new(Activity::Working)).unwrap();
    claim.abandon().unwrap();
    assert_eq!(activity(registry, 1), None);
    assert_eq!(
        registry.snapshot().unwrap().status(id(1)).unwrap().activity,
        None
    );
    registry.report(id(1), Report::new(Activity::Idle)).unwrap();
    assert_eq!(activity(registry, 1), None, "whoever reports of it");
}
