//! Is there a serial order of some calls that explains every answer, and in which no call comes before
//! one that had returned when it began? (The search of Wing and Gong, with the places it has been to.)

use std::collections::HashSet;

use super::model::{Answer, Call, Model};

/// One call of a history; times are those of a counter that all threads share.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) began: u64,
    pub(super) returned: u64,
    pub(super) call: Call,
    pub(super) answer: Answer,
}

/// At most 64 calls.
pub(super) fn has_serial_order(start: &Model, history: &[Made]) -> bool {
    assert!(history.len() <= 64);
    Search {
        history,
        seen: HashSet::new(),
    }
    .from(0, start.clone())
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
        let Some(first_return) = left().map(|place| history[place].returned).min() else {
            return true;
        };
        if !self.seen.insert((done, model.clone())) {
            return false;
        }
        left()
            .filter(|place| history[*place].began < first_return)
            .any(|place| {
                let made = &history[place];
                let mut next = model.clone();
                next.apply(&made.call) == made.answer && self.from(done | (1 << place), next)
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
