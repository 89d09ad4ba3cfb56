//! What keys ask for, and what is refused.

use ratatui::crossterm::event::KeyCode;
use serde_json::json;

use super::super::event::{Action, ActionKind, Effect, Event, Outcome};
use super::super::state::{Mode, Said};
use super::Driven;
use crate::sample::{closed, id, status, statuses};

#[test]
fn keys_ask_for_what_they_say() {
    let mut driven = Driven::new(104, 17, statuses());
    driven.type_in("mobile");
    let action = |kind| {
        let (id, name) = (id(4), "mobile".to_owned());
        vec![Effect::Act(Action { id, name, kind })]
    };
    assert_eq!(driven.chord('x'), action(ActionKind::Close));
    assert_eq!(driven.chord('p'), action(ActionKind::Pin(true)));
    assert_eq!(
        driven.chord('y'),
        [Effect::Copy("/home/me/src/mobile".to_owned())]
    );
    assert_eq!(driven.last(), " copied ~/src/mobile");

    driven.chord('r');
    assert!(driven.last().starts_with(" new name of “mobile”: mobile"));
    driven.type_in("-2");
    let renamed = ActionKind::Rename("mobile-2".to_owned());
    assert_eq!(driven.press(KeyCode::Enter), action(renamed));

    driven.chord('g');
    driven.type_in("#a, b");
    let tags = ["a", "b"].map(|tag| tag.parse().unwrap());
    assert_eq!(
        driven.press(KeyCode::Enter),
        action(ActionKind::Tag(tags.into()))
    );
    driven.chord('g');
    driven.type_in(&"long".repeat(100));
    assert_eq!(driven.press(KeyCode::Enter), []);
    assert!(
        matches!(driven.model.mode, Mode::Edit { .. }),
        "it can be mended"
    );
    driven.press(KeyCode::Esc);

    for no in [KeyCode::Enter, KeyCode::Char('n'), KeyCode::Esc] {
        driven.chord('d');
        assert!(
            driven.last().starts_with(" remove “mobile”?"),
            "{}",
            driven.last()
        );
        assert_eq!(driven.press(no), []);
    }
    driven.chord('d');
    assert_eq!(driven.press(KeyCode::Char('y')), action(ActionKind::Remove));
    let resume = |take_over| {
        Effect::End(Outcome::Resume {
            id: id(4),
            take_over,
        })
    };
    assert_eq!(driven.press(KeyCode::Enter), [resume(false)]);
    assert_eq!(driven.chord('t'), [resume(true)]);
    assert_eq!(driven.chord('c'), [Effect::End(Outcome::Interrupted)]);
}

#[test]
fn what_cannot_be_done_says_why_and_what_would_help() {
    let mut all = statuses();
    all.push(closed());
    let mut driven = Driven::new(120, 20, all);
    driven.hear(Event::Looked(vec![(id(6), 0, true)]));
    for (name, letter, why) in [
        (
            "fix",
            None,
            " “Fix the parser” is driven by claude 16136: ^t takes it over",
        ),
        (
            "experi",
            None,
            " “experiments” is driven by agent 77 on build-7: ^t takes it over",
        ),
        (
            "login",
            None,
            " the directory of “wt-login” is missing: session-registry set 00000006 --project DIR",
        ),
        ("dates", Some('x'), " “Parse dates” is closed already"),
        ("api", Some('o'), " “api” is open already"),
    ] {
        driven.type_in(name);
        let effects = match letter {
            Some(letter) => driven.chord(letter),
            None => driven.press(KeyCode::Enter),
        };
        assert_eq!((effects, driven.last().as_str()), (vec![], why));
        driven.press(KeyCode::Esc);
    }
    let why = "session is claimed [already_claimed]: session-registry show x".to_owned();
    driven.hear(Event::Acted(Err(why.clone())));
    assert_eq!(driven.model.said, Some(Said::Refused(why)));
    let far = json!({ "session": { "project_path": "ssh://dev1/work" } });
    let mut far = Driven::new(120, 20, vec![status(9, "far", 1, &far)]);
    far.press(KeyCode::Enter);
    assert!(
        far.last()
            .contains("session-registry resume 00000009 --here -- COMMAND"),
        "{}",
        far.last()
    );
}

/// The command that helps stood at the end of a line that was cut.
#[test]
fn a_refusal_is_shown_whole_on_a_narrow_screen() {
    for width in [40, 60, 80] {
        let mut driven = Driven::new(width, 20, statuses());
        let command = "session-registry resume 00000004 --take-over --here -- true";
        let why = format!("session 4 is driven by process 15459 [already_claimed]: {command}");
        driven.hear(Event::Acted(Err(why.clone())));
        let shown: Vec<_> = driven.lines().split_off(15);
        let words = shown.iter().flat_map(|line| line.split_whitespace());
        let shown = words.collect::<Vec<_>>().join(" ");
        assert!(shown.ends_with(&why), "{width}: {shown}");
    }
}
