//! Is there a serial order of some calls that explains every answer, and in which no call comes before
//! one that had returned when it began? (The search of Wing and Gong, with the places it has been to.)

use std::collections::HashSet;

use super::calls::{Answer, Call};
use super::model::Model;

/// One call of a history; times are those of a counter that all threads share.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) began: u64,
    pub(crate) returned: u64,
    pub(crate) call: Call,
    pub(crate) answer: Answer,
}

/// At most 64 calls. One whose outcome is unknown may have happened at any time since it began, or
/// never; one that was busy, or met a disk that failed, has changed nothing and seen nothing.
pub(crate) fn has_serial_order(start: &Model, history: &[Made]) -> bool {
    assert!(history.len() <= 64);
    let undone = ["busy", "storage", "snapshot_lost"].map(Answer::Refused);
    let mut history = history.to_vec();
    history.retain(|made| !undone.contains(&made.answer));
    for made in &mut history {
        if made.is_in_doubt() {
            made.returned = u64::MAX;
        }
    }
    Search {
        history: &history,
        seen: HashSet::new(),
    }
    .from(0, start.clone())
}

impl Made {
    fn is_in_doubt(&self) -> bool {
        self.answer == Answer::Refused("outcome_unknown")
    }
}

struct Search<'a> {
    history: &'a [Made],
    seen: HashSet<(u64, Model)>,
}

impl Search<'_> {
    /// Whether the calls that are not in `done` have an order, beginning with `model`.
    fn from(&mut self, done: u64, model: Model) -> bool {
        let history = self.history;
        let left = || (0..history.len()).filter(|place| done & (1 << place) == 0);
        if left().all(|place| history[place].is_in_doubt()) {
            return true;
        }
        let first_return = left().map(|place| history[place].returned).min();
        if !self.seen.insert((done, model.clone())) {
            return false;
        }
        left()
            .filter(|place| Some(history[*place].began) < first_return)
            .any(|place| {
                let made = &history[place];
                let mut next = model.clone();
                let answer = next.apply(&made.call);
                (answer == made.answer || made.is_in_doubt())
                    && self.from(done | (1 << place), next)
            })
    }
}

fn made(times: std::ops::Range<u64>, call: Call, answer: Answer) -> Made {
    Made {
        began: times.start,
        returned: times.end,
        call,
        answer,
    }
}

fn registered(times: std::ops::Range<u64>, model: &mut Model) -> Made {
    let (id, path, name) = (1, 1, 1);
    let call = Call::Register { id, path, name };
    let answer = model.apply(&call);
    made(times, call, answer)
}

#[test]
fn the_checker_tells_a_stale_answer_from_a_concurrent_one() {
    let start = Model::empty(2);
    let absent = |times| made(times, Call::ById(1), Answer::One(None));
    let one = registered(2..5, &mut start.clone());
    let doubtful = made(2..5, one.call.clone(), Answer::Refused("outcome_unknown"));
    for (history, expected) in [
        // Before it, during it, after it.
        (vec![absent(0..1), one.clone()], true),
        (vec![one.clone(), absent(3..4)], true),
        (vec![one.clone(), absent(4..9)], true),
        (vec![one.clone(), absent(6..7)], false),
        // Seen by one, and then not by another.
        (
            vec![
                one.clone(),
                made(3..4, Call::ById(1), one.answer.clone()),
                absent(3..9),
            ],
            true,
        ),
        (
            vec![
                made(2..9, one.call.clone(), one.answer.clone()),
                made(3..4, Call::ById(1), one.answer.clone()),
                absent(5..6),
            ],
            false,
        ),
        // In doubt: it may have happened late, and cannot be undone.
        (vec![doubtful.clone(), absent(6..7)], true),
        (
            vec![
                doubtful.clone(),
                absent(6..7),
                made(8..9, Call::ById(1), one.answer.clone()),
            ],
            true,
        ),
        (
            vec![
                doubtful,
                made(6..7, Call::ById(1), one.answer.clone()),
                absent(8..9),
            ],
            false,
        ),
        // Two who both got the last place.
        (
            vec![
                one.clone(),
                made(2..5, one.call.clone(), one.answer.clone()),
            ],
            false,
        ),
    ] {
        assert_eq!(has_serial_order(&start, &history), expected, "{history:#?}");
    }
}
