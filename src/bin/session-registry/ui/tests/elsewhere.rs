//! What becomes of the registry and of owners while somebody looks.

use super::super::event::Event;
use super::{Driven, figures, many};
use crate::sample::{owner, status};

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
