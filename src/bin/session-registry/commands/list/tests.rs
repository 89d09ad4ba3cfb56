//! What can be typed.

use clap::{Args, Command, FromArgMatches};
use session_registry::StateFilter;

use super::*;
use crate::condition::Condition;

/// What is listed, with these arguments.
fn parsed(arguments: &[&str]) -> Option<(Filter, Option<Order>)> {
    let words = ["list"].iter().chain(arguments);
    let json = clap::Arg::new("json").long("json");
    let command = List::augment_args(Command::new("list").arg(json));
    let matches = command.try_get_matches_from(words);
    let list = List::from_arg_matches(&matches.ok()?).ok()?;
    Some((list.state, list.order))
}

#[test]
fn every_word_of_the_library_can_be_typed() {
    assert_eq!(parsed(&[]), Some((Filter::Open, None)));
    for (state, filter) in [
        (StateFilter::Open, Filter::Open),
        (StateFilter::Closed, Filter::Closed),
        (StateFilter::Any, Filter::All),
    ] {
        assert_eq!(parsed(&["--state", state.as_str()]), Some((filter, None)));
    }
    for order in [
        Order::Created,
        Order::LastActive,
        Order::Updated,
        Order::Name,
    ] {
        let listed = Some((Filter::Open, Some(order)));
        assert_eq!(parsed(&["--order", order.as_str()]), listed);
    }
    let active = Some((Filter::Open, Some(Order::LastActive)));
    assert_eq!(parsed(&["--order", "active"]), active);
    assert_eq!(parsed(&["--order", "Name"]), None);
    let waiting = Filter::Only(Condition::Waiting);
    assert_eq!(parsed(&["--state", "waiting"]), Some((waiting, None)));
    assert_eq!(parsed(&["--state", "all"]), Some((Filter::All, None)));
}
