//! Who really drives, and what it is called.

use session_registry::{Activity, Error, Report, SessionRegistry};

use super::reports::activity;
use crate::support::owners::owner;
use crate::support::place::{Place, in_every_registry};
use crate::support::records::records;
use crate::support::values::{id, second};

in_every_registry![
    a_wrapper_says_who_drives,
    a_program_is_named_after_its_file_or_as_it_says,
    what_cannot_be_a_name_is_refused,
];

fn a_wrapper_says_who_drives(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let claim = registry.claim(id(1)).unwrap();
    claim
        .report(Report::new(Activity::Working).note("n"))
        .unwrap();
    let said = activity(registry, 1);
    let before = records(registry);
    place.clock.set(second(100));
    for (pid, program) in [(7, "claude"), (7, "claude"), (8, " codex\n")] {
        claim.driven_by(pid, program).unwrap();
        let named = owner(registry, id(1)).unwrap();
        assert_eq!(named.driver, Some(pid));
        assert_eq!(named.program.as_deref(), Some(program.trim()));
        assert_eq!(
            (named.pid, named.epoch),
            (std::process::id(), claim.epoch())
        );
    }
    assert_eq!(records(registry), before, "it is no activity");
    assert_eq!(activity(registry, 1), said);
    let text = owner(registry, id(1)).unwrap().to_string();
    let expected = format!(
        "process 8 (codex) through process {} on ",
        std::process::id()
    );
    assert!(text.starts_with(&expected), "{text}");
    claim.release().unwrap();
    let _again = registry.claim(id(1)).unwrap();
    assert_eq!(owner(registry, id(1)).unwrap().driver, None);
}

fn a_program_is_named_after_its_file_or_as_it_says(place: Place) {
    let place = place.with_sessions(1);
    let file = std::env::current_exe().unwrap();
    let file = file.file_name().unwrap().to_str().unwrap();
    let _claim = place.registry.claim(id(1)).unwrap();
    let named = owner(&place.registry, id(1)).unwrap();
    assert_eq!(named.program.as_deref(), Some(file));
    assert_eq!(named.driver, None);

    let registry = SessionRegistry::options()
        .program(" my agent\n")
        .in_memory()
        .unwrap();
    registry
        .register(crate::support::values::session(1))
        .unwrap();
    let _claim = registry.claim(id(1)).unwrap();
    let named = owner(&registry, id(1)).unwrap();
    assert_eq!(named.program.as_deref(), Some("my agent"));
}

fn what_cannot_be_a_name_is_refused(place: Place) {
    let place = place.with_sessions(1);
    let claim = place.registry.claim(id(1)).unwrap();
    let before = owner(&place.registry, id(1));
    for name in ["", " ", "a\nb", "a\u{202e}b", &"x".repeat(65)] {
        let refused = claim.driven_by(1, name).unwrap_err();
        assert!(matches!(refused, Error::InvalidProgram(_)), "{refused:?}");
        let other = place.file().with_extension("other");
        let options = place.options().program(name);
        assert_eq!(options.open(&other).unwrap_err().code(), "invalid_program");
        assert_eq!(options.in_memory().unwrap_err().code(), "invalid_program");
        assert!(!other.exists(), "refused before anything is made");
    }
    assert_eq!(owner(&place.registry, id(1)), before);
}
