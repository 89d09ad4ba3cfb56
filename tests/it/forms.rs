//! The JSON in which programs hand queries and answers on.

use std::fmt::Debug;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use session_registry::{
    Found, ImportMode, ImportReport, Opened, Order, Page, PrunePolicy, Query, Registration,
    StateFilter,
};

use crate::support::place::{Kind, Place};
use crate::support::values::{id, path, session};

/// The JSON of a value, which reads back as the same value.
fn form<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> Value {
    let form = serde_json::to_value(value).unwrap();
    assert_eq!(&serde_json::from_value::<T>(form.clone()).unwrap(), value);
    form
}

#[test]
fn a_query_is_an_object_whose_fields_may_be_missing() {
    let place = Place::new(Kind::Memory).with_sessions(2);
    let cursor = place
        .registry
        .list(&Query::new().limit(1))
        .unwrap()
        .next
        .unwrap();
    let plain = json!({ "state": "open", "order": "created", "descending": false, "limit": 50 });
    assert_eq!(form(&Query::new()), plain);
    let query = Query::new()
        .state(StateFilter::Any)
        .under(path("/work"))
        .name_contains("s")
        .metadata("b", "2")
        .metadata("a", "1")
        .order(Order::LastActive)
        .descending()
        .limit(7)
        .after(cursor.clone());
    let all = json!({
        "state": "any", "under": "/work", "name_contains": "s", "metadata": [["a", "1"], ["b", "2"]],
        "order": "last_active", "descending": true, "limit": 7, "after": cursor.to_string(),
    });
    assert_eq!(form(&query), all);
    assert_eq!(
        serde_json::from_value::<Query>(json!({})).unwrap(),
        Query::new()
    );
    for wrong in [
        json!({ "named": "s" }),
        json!({ "under": "work" }),
        json!({ "order": "newest" }),
        json!({ "after": "nonsense" }),
        json!({ "limit": -1 }),
        json!({ "metadata": "a=1" }),
        json!({ "metadata": { "a": 1 } }),
        json!({ "metadata": [["a", "1", "b"]] }),
    ] {
        assert!(
            serde_json::from_value::<Query>(wrong.clone()).is_err(),
            "{wrong}"
        );
    }
    let too_many: Query = serde_json::from_value(json!({ "limit": 1001 })).unwrap();
    assert_eq!(
        place.registry.list(&too_many).unwrap_err().code(),
        "invalid_query"
    );
}

/// The metadata of a session is an object, and a filter written like it was refused without a word on what
/// was expected.
#[test]
fn a_query_reads_metadata_as_an_object_too() {
    let query = Query::new().metadata("a", "1").metadata("b", "2");
    let object = json!({ "metadata": { "b": "2", "a": "1" } });
    assert_eq!(serde_json::from_value::<Query>(object).unwrap(), query);
    let twice = r#"{ "metadata": { "a": "1", "a": "2" } }"#;
    assert_eq!(
        serde_json::from_str::<Query>(twice).unwrap(),
        Query::new().metadata("a", "1").metadata("a", "2"),
        "a pair that is overlooked lists too much"
    );
    let error = serde_json::from_value::<Query>(json!({ "metadata": "a=1" })).unwrap_err();
    let expected = "expected metadata as an object of strings or an array of pairs of strings";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[test]
fn a_page_is_its_items_and_where_to_go_on() {
    let place = Place::new(Kind::Memory).with_sessions(2);
    let first = place.registry.list(&Query::new().limit(1)).unwrap();
    let next = first.next.clone().unwrap().to_string();
    let items = serde_json::to_value([session(1)]).unwrap();
    assert_eq!(form(&first), json!({ "items": items, "next": next }));
    assert_eq!(
        form(&Page::<u8>::default()),
        json!({ "items": [], "next": null })
    );
}

#[test]
fn answers_are_objects() {
    let place = Place::new(Kind::Memory).with_sessions(1);
    let one = serde_json::to_value(session(1)).unwrap();
    let two = serde_json::to_value(session(2)).unwrap();

    let known: Registration = place.registry.get_or_register(session(1)).unwrap();
    assert_eq!(
        form(&known),
        json!({ "outcome": "already_open", "session": one })
    );
    let new: Registration = place.registry.get_or_register(session(2)).unwrap();
    assert_eq!(
        form(&new),
        json!({ "outcome": "registered", "session": two, "reaped": [] })
    );

    let found: Found = place.registry.find("session 1").unwrap();
    assert_eq!(form(&found), json!({ "session": one, "by": "name" }));
    place.registry.unregister(id(2)).unwrap();
    let opened: Opened = place.registry.register_opened(session(2)).unwrap();
    assert_eq!(form(&opened), json!({ "session": two, "reaped": [] }));

    let mut lines = Vec::new();
    place.registry.export(&mut lines).unwrap();
    place.registry.clear().unwrap();
    let report: ImportReport = place
        .registry
        .import(lines.as_slice(), ImportMode::KeepIds)
        .unwrap();
    assert_eq!(form(&report), json!({ "sessions": [id(1), id(2)] }));
}

#[test]
fn a_prune_policy_is_its_rules() {
    assert_eq!(form(&PrunePolicy::new()), json!({}));
    let day = Duration::from_secs(86_400);
    let policy = PrunePolicy::new().closed_for_longer_than(day).keep_last(3);
    let age = json!({ "secs": 86_400, "nanos": 0 });
    assert_eq!(
        form(&policy),
        json!({ "closed_for_longer_than": age, "keep_last": 3 })
    );
    // A rule that is not understood would remove too much.
    assert!(serde_json::from_value::<PrunePolicy>(json!({ "keep": 3 })).is_err());
}
