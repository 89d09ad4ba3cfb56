//! Who chose a name, and whose word counts.

use session_registry::{NameOrigin, Session};

use crate::support::place::{Place, in_every_registry};
use crate::support::values::{id, name, path, session};

in_every_registry![
    a_suggestion_never_replaces_a_given_name,
    renaming_to_the_same_text_makes_a_name_given,
];

fn a_suggestion_never_replaces_a_given_name(mut place: Place) {
    let registry = place.registry.clone();
    let built = Session::builder(path("/work/app")).id(id(1)).build();
    assert_eq!(built.name_origin(), NameOrigin::Automatic);
    registry.register(built).unwrap();
    let suggest = |text: &'static str| {
        registry
            .try_modify(id(1), |session| {
                Ok::<_, session_registry::Error>(session.suggest_name(name(text)))
            })
            .unwrap()
    };
    let (stored, taken) = suggest("Mend the parser");
    assert!(taken && stored.name() == "Mend the parser" && stored.revision() == 1);
    let (stored, taken) = suggest("Mend the parser");
    assert!(
        taken && stored.revision() == 1,
        "the same again is no change"
    );
    registry.rename(id(1), name("parser")).unwrap();
    let (stored, taken) = suggest("Something else");
    assert!(!taken && stored.name() == "parser" && stored.revision() == 2);
    place.reopen();
    let stored = place.registry.lookup(id(1)).unwrap().unwrap();
    assert_eq!(stored.name_origin(), NameOrigin::Given);
}

fn renaming_to_the_same_text_makes_a_name_given(place: Place) {
    let registry = &place.registry;
    registry
        .register(Session::builder(path("/work/app")).id(id(1)).build())
        .unwrap();
    let renamed = registry.rename(id(1), name("app")).unwrap();
    assert_eq!(
        (renamed.revision(), renamed.name_origin()),
        (1, NameOrigin::Given)
    );
    let again = registry.rename(id(1), name("app")).unwrap();
    assert_eq!(again.revision(), 1, "it was given already");
    // The fixed sessions of the tests have names that somebody gave.
    assert_eq!(session(1).name_origin(), NameOrigin::Given);
}
