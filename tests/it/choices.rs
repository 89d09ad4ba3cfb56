//! Enums of one word each: the same word is printed, read, and written by serde.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use session_registry::{
    Activity, CloseReason, Error, ImportMode, InvalidChoice, Liveness, MatchedBy, NameOrigin,
    OpenCheck, Order, Reap, Relation, Sharing, StateFilter,
};

/// Each word means its variant in every direction, and no other word means anything.
fn check<T>(what: &str, table: &[(T, &'static str)])
where
    T: Copy + Debug + Display + PartialEq + FromStr<Err = InvalidChoice>,
    T: Serialize + DeserializeOwned,
{
    let words: Vec<_> = table.iter().map(|(_, word)| *word).collect();
    for (value, word) in table {
        assert_eq!(value.to_string(), *word);
        assert_eq!(word.parse(), Ok(*value));
        let json = format!("\"{word}\"");
        assert_eq!(serde_json::to_string(value).unwrap(), json);
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value);
        assert_eq!(format!("{value:>20}").len(), 20, "{word} is padded");
    }
    for other in ["", "Alive", "OPEN", " alive", "alive ", "dead\n"] {
        let error = other.parse::<T>().unwrap_err();
        assert_eq!(error.possible(), words);
        let message = error.to_string();
        let list = format!("is not {what}: expected one of {}", words.join(", "));
        assert!(message.ends_with(&list), "{message}");
        assert!(!message.contains('\n'), "{message}");
        let json = serde_json::to_string(other).unwrap();
        let decoded = serde_json::from_str::<T>(&json).unwrap_err().to_string();
        assert!(decoded.starts_with(&message), "{decoded}");
        assert_eq!(Error::from(error).code(), "invalid_choice");
    }
    assert!(serde_json::from_str::<T>("1").is_err());
}

#[test]
fn every_word_means_one_thing_in_every_direction() {
    use Liveness::{Alive, Dead, Unknown};
    check(
        "a liveness",
        &[(Alive, "alive"), (Dead, "dead"), (Unknown, "unknown")],
    );
    let activities = [
        (Activity::Working, "working"),
        (Activity::Waiting, "waiting"),
        (Activity::Idle, "idle"),
        (Activity::Failed, "failed"),
    ];
    check("an activity", &activities);
    let reasons = [
        (CloseReason::Requested, "requested"),
        (CloseReason::OwnerDied, "owner_died"),
    ];
    check("a reason to close", &reasons);
    let sharings = [
        (Sharing::Shared, "shared"),
        (Sharing::Exclusive, "exclusive"),
    ];
    check("a way of sharing", &sharings);
    let checks = [
        (OpenCheck::Auto, "auto"),
        (OpenCheck::Always, "always"),
        (OpenCheck::Never, "never"),
    ];
    check("an opening check", &checks);
}

#[test]
fn the_message_of_a_wrong_word_is_bounded() {
    let error = "x".repeat(100_000).parse::<Liveness>().unwrap_err();
    assert!(error.to_string().len() < 200, "{error}");
}

#[test]
fn what_queries_and_answers_choose_from_has_words_too() {
    let orders = [
        (Order::Created, "created"),
        (Order::LastActive, "last_active"),
        (Order::Updated, "updated"),
        (Order::Name, "name"),
    ];
    check("an order", &orders);
    let states = [
        (StateFilter::Open, "open"),
        (StateFilter::Closed, "closed"),
        (StateFilter::Any, "any"),
    ];
    check("a state to list", &states);
    let rules = [(Reap::OnPressure, "on_pressure"), (Reap::Never, "never")];
    check("a rule to reap", &rules);
    let modes = [
        (ImportMode::KeepIds, "keep_ids"),
        (ImportMode::NewIds, "new_ids"),
    ];
    check("a mode of import", &modes);
    let relations = [
        (Relation::Child, "child"),
        (Relation::Fork, "fork"),
        (Relation::Continuation, "continuation"),
    ];
    check("a relation", &relations);
    let origins = [
        (NameOrigin::Given, "given"),
        (NameOrigin::Automatic, "automatic"),
    ];
    check("an origin of a name", &origins);
    let ways = [
        (MatchedBy::Id, "id"),
        (MatchedBy::Alias, "alias"),
        (MatchedBy::Name, "name"),
        (MatchedBy::Path, "path"),
        (MatchedBy::AliasValue, "alias_value"),
        (MatchedBy::IdPrefix, "id_prefix"),
        (MatchedBy::FoldedName, "folded_name"),
        (MatchedBy::NamePrefix, "name_prefix"),
    ];
    check("a way to match", &ways);
}
