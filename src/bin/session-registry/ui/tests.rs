//! The view driven by events, and what is drawn of it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod keys;

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Modifier;
use serde_json::json;
use session_registry::{SessionId, SessionStatus, Timestamp};

use super::event::{Changed, Effect, Event, Figures, Outcome};
use super::rows::MOMENT;
use super::state::{Purpose, View};
use crate::glyphs::Glyphs;
use crate::sample::{HOME, closed, id, is_in_papers, now, owner, status, statuses};

struct Driven {
    model: View,
    now: Timestamp,
}

impl Driven {
    fn new(width: u16, height: u16, statuses: Vec<SessionStatus>) -> Self {
        let place = "~/.local/share/session-registry/registry.redb".to_owned();
        let home = Some(HOME.into());
        let size = (width, height);
        let model = View::new(Purpose::Resume, place, home, Glyphs::Unicode, size, now());
        let mut driven = Self { model, now: now() };
        driven.hear(Event::Loaded(statuses, figures()));
        driven
    }

    fn hear(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.model.update(event, self.now);
        // Looking for directories is asked for whenever others come on the screen.
        effects
            .into_iter()
            .filter(|effect| !matches!(effect, Effect::Look(_)))
            .collect()
    }

    fn press(&mut self, code: KeyCode) -> Vec<Effect> {
        self.hear(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    fn chord(&mut self, letter: char) -> Vec<Effect> {
        self.hear(Event::Key(KeyEvent::new(
            KeyCode::Char(letter),
            KeyModifiers::CONTROL,
        )))
    }

    fn type_in(&mut self, text: &str) {
        for letter in text.chars() {
            assert_eq!(self.press(KeyCode::Char(letter)), []);
        }
    }

    fn changed(&mut self, statuses: Vec<SessionStatus>, removed: Vec<SessionId>) {
        let figures = figures();
        let changed = Changed {
            statuses,
            removed,
            figures,
        };
        assert_eq!(self.hear(Event::Changed(changed)), []);
    }

    fn selected(&self) -> SessionId {
        self.model
            .rows
            .selected()
            .unwrap()
            .sight
            .status
            .session
            .id()
    }

    fn buffer(&self) -> Buffer {
        let (width, height) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| self.model.draw(frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    fn lines(&self) -> Vec<String> {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width).max(1);
        let rows = buffer.content.chunks(width);
        let lines = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        lines.map(|line| line.trim_end().to_owned()).collect()
    }

    fn last(&self) -> String {
        self.lines().pop().unwrap()
    }
}

fn figures() -> Figures {
    Figures {
        max_sessions: 10,
        default: Some(id(3)),
    }
}

fn many(count: u32) -> Vec<SessionStatus> {
    let one = |number| {
        status(
            number,
            &format!("session-{number}"),
            u64::from(number),
            &json!({}),
        )
    };
    (1..=count).map(one).collect()
}

#[test]
fn a_screen_shows_the_sessions_and_more_of_the_selected_one() {
    let mut all = statuses();
    all.push(closed());
    let mut driven = Driven::new(104, 17, all);
    driven.hear(Event::Looked(vec![(id(6), 0, true)]));
    is_in_papers("ui", &driven.lines().join("\n"));
    driven.hear(Event::Resized(60, 11));
    let lines = driven.lines();
    assert!(lines[2].starts_with(" ● working      Fix the"), "{lines:?}");
    assert!(
        lines.iter().all(|line| !line.contains("claude 16136")),
        "{lines:?}"
    );
}

#[test]
fn letters_narrow_the_list_at_once_and_what_fits_is_underlined() {
    let mut driven = Driven::new(104, 17, statuses());
    driven.type_in("par");
    assert_eq!((driven.model.rows.len(), driven.selected()), (1, id(1)));
    let lines = driven.lines();
    assert!(
        lines[1].starts_with(" > par") && lines[1].ends_with("1 of 6"),
        "{lines:?}"
    );
    let buffer = driven.buffer();
    let row = buffer.content.chunks(104).nth(2).unwrap();
    let marked = row
        .iter()
        .filter(|cell| cell.modifier.contains(Modifier::UNDERLINED));
    let marked: String = marked.map(|cell| cell.symbol()).collect();
    assert_eq!(marked, "parparpar", "the name, the project and a tag");
    driven.type_in("zz");
    assert_eq!(driven.model.rows.len(), 0);
    assert!(driven.lines()[2].contains("nothing fits"));
    assert_eq!(driven.press(KeyCode::Enter), []);
    assert_eq!(driven.press(KeyCode::Esc), []);
    assert_eq!(driven.model.rows.len(), 6);
    assert_eq!(driven.press(KeyCode::Esc), [Effect::End(Outcome::Quit)]);
}

#[test]
fn the_selection_stays_on_its_session_whatever_happens_elsewhere() {
    let mut driven = Driven::new(80, 20, many(9));
    driven.press(KeyCode::Down);
    assert_eq!((driven.selected(), driven.model.rows.at()), (id(2), 1));
    // Others come before it and go, and it moves itself.
    driven.changed(vec![status(20, "new", 0, &json!({}))], vec![id(1)]);
    assert_eq!((driven.selected(), driven.model.rows.at()), (id(2), 1));
    driven.changed(vec![status(21, "newer", 0, &json!({}))], vec![]);
    assert_eq!((driven.selected(), driven.model.rows.at()), (id(2), 2));
    driven.changed(vec![status(2, "session-2", 500, &json!({}))], vec![]);
    assert_eq!((driven.selected(), driven.model.rows.at()), (id(2), 9));
    // Also if everything is listed again.
    driven.hear(Event::Loaded(many(9), figures()));
    assert_eq!((driven.selected(), driven.model.rows.at()), (id(2), 1));
    // It no longer fits what was typed, and stays until somebody moves.
    driven.type_in("session-2");
    driven.changed(vec![status(2, "other", 2, &json!({}))], vec![]);
    assert_eq!(driven.selected(), id(2));
    assert_eq!(driven.model.rows.len(), 1);
}

#[test]
fn a_key_went_to_the_neighbour_of_a_session_that_was_removed() {
    let mut driven = Driven::new(80, 20, many(3));
    driven.press(KeyCode::Down);
    driven.changed(vec![], vec![id(2)]);
    assert_eq!((driven.selected(), driven.model.rows.len()), (id(2), 3));
    assert_eq!(driven.model.rows.total(), 2);
    assert!(
        driven.lines()[3].contains("removed"),
        "{:?}",
        driven.lines()
    );
    for letter in ['x', 'd', 'p', 't'] {
        assert_eq!(driven.chord(letter), []);
        assert_eq!(driven.last(), " “session-2” was removed");
    }
    assert_eq!(driven.press(KeyCode::Enter), []);
    driven.press(KeyCode::Down);
    assert_eq!((driven.selected(), driven.model.rows.len()), (id(3), 2));
}

#[test]
fn a_change_elsewhere_is_marked_for_a_moment() {
    let mut driven = Driven::new(80, 20, many(3));
    let bold = |driven: &Driven| {
        let buffer = driven.buffer();
        let row = buffer.content.chunks(80).nth(3).unwrap();
        row[20].modifier.contains(Modifier::BOLD)
    };
    assert!(!bold(&driven), "what was there is no change");
    driven.changed(vec![status(2, "renamed", 2, &json!({}))], vec![]);
    assert!(bold(&driven));
    driven.now = driven.now.saturating_add(MOMENT - Duration::from_millis(1));
    driven.changed(vec![status(2, "renamed", 2, &json!({}))], vec![]);
    assert!(bold(&driven), "the same again is no change");
    driven.now = driven.now.saturating_add(Duration::from_millis(1));
    driven.hear(Event::Tick);
    assert!(!bold(&driven));
}

#[test]
fn no_size_of_a_terminal_is_too_small() {
    let mut all = statuses();
    all.push(closed());
    let mut driven = Driven::new(80, 24, all);
    for mode in [KeyCode::F(1), KeyCode::Esc] {
        for (width, height) in (0..=30).flat_map(|w| (0..=14).map(move |h| (w, h))) {
            driven.hear(Event::Resized(width, height));
            driven.press(KeyCode::End);
            driven.lines();
            driven.press(KeyCode::Home);
        }
        driven.press(mode);
    }
    // The terminal may be another than was told.
    driven.hear(Event::Resized(200, 60));
    let mut terminal = Terminal::new(TestBackend::new(20, 5)).unwrap();
    terminal.draw(|frame| driven.model.draw(frame)).unwrap();
}

#[test]
fn of_ten_thousand_sessions_those_on_the_screen_are_drawn() {
    let mut driven = Driven::new(80, 24, many(10_000));
    assert_eq!(driven.model.visible().count(), 16);
    driven.press(KeyCode::End);
    assert_eq!(driven.selected(), id(10_000));
    assert_eq!(driven.model.visible().count(), 16);
    assert!(
        driven.lines()[17].contains("session-10000"),
        "{:?}",
        driven.lines()
    );
    driven.press(KeyCode::PageUp);
    assert_eq!(driven.selected(), id(10_000 - 16));
    driven.type_in("9999");
    assert_eq!((driven.model.rows.len(), driven.selected()), (1, id(9_999)));
    // Only for these directories anybody looks.
    let effects = driven
        .model
        .update(Event::Key(KeyCode::Esc.into()), driven.now);
    let looked = effects.iter().map(|effect| match effect {
        Effect::Look(sessions) => sessions.len(),
        _ => 0,
    });
    assert!(looked.sum::<usize>() <= 16);
}

#[test]
fn a_registry_that_cannot_be_read_is_told_of_until_it_can() {
    let mut driven = Driven::new(80, 20, many(2));
    driven.hear(Event::Lost(
        "the file was replaced [file_replaced]".to_owned(),
    ));
    assert_eq!(
        driven.last(),
        " the file was replaced [file_replaced]; trying again"
    );
    assert_eq!(driven.model.rows.len(), 2, "what was seen last stays");
    driven.hear(Event::Loaded(many(3), figures()));
    assert_eq!(driven.last(), " the registry can be read again");
    assert_eq!(driven.model.rows.len(), 3);
}

#[test]
fn a_death_shows_in_the_row_of_the_session() {
    let alive = owner("agent", 7, "laptop", "alive");
    let mut driven = Driven::new(104, 20, vec![status(1, "app", 1, &alive)]);
    assert!(driven.lines()[2].starts_with(" ● running"));
    let dead = owner("agent", 7, "laptop", "dead");
    driven.changed(vec![status(1, "app", 1, &dead)], vec![]);
    let line = driven.lines().swap_remove(2);
    assert!(
        line.starts_with(" ! interrupted  app") && line.contains("agent 7 died"),
        "{line}"
    );
}
