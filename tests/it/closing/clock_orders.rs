//! Every order of what a session lives through, under clocks that are ahead, right and behind.

use std::time::Duration;

use session_registry::{PrunePolicy, Query, SessionId, StateFilter};

use crate::support::place::{Kind, Place};
use crate::support::records::{closing, ids, prune};
use crate::support::values::{id, path, second, session, with};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Register,
    Close,
    Reopen,
    Claim,
    Touch,
    Prune,
}

const STEPS: [Step; 6] = [
    Step::Register,
    Step::Close,
    Step::Reopen,
    Step::Claim,
    Step::Touch,
    Step::Prune,
];

/// Every order of the steps.
fn orders(rest: &[Step]) -> Vec<Vec<Step>> {
    if rest.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (position, first) in rest.iter().enumerate() {
        let others = [&rest[..position], &rest[position + 1..]].concat();
        all.extend(orders(&others).into_iter().map(|mut order| {
            order.insert(0, *first);
            order
        }));
    }
    all
}

/// How many hours the clock is ahead, and how that changes from step to step.
const OFFSETS: [i64; 3] = [0, 1_000, -1_000];
const CLOCKS: [(usize, usize); 6] = [(0, 0), (2, 0), (0, 1), (1, 1), (2, 1), (0, 2)];

/// The registry under a true time, and who was really closed in which order, and when.
struct World<'p> {
    place: &'p Place,
    hour: i64,
    was_ahead: bool,
    closed: Vec<(SessionId, i64)>,
}

impl<'p> World<'p> {
    fn new(place: &'p Place) -> Self {
        Self {
            place,
            hour: 0,
            was_ahead: false,
            closed: Vec::new(),
        }
    }

    /// Ten hours later.
    fn move_on(&mut self, offset: i64) {
        self.hour += 10;
        self.was_ahead |= offset > 0;
        self.place.clock.set(second((self.hour + offset) * 3_600));
    }

    /// What is refused changes nothing, so that any order is one.
    fn take(&mut self, step: Step, number: u32) {
        let id = id(number.into());
        let registry = &self.place.registry;
        match step {
            Step::Register => {
                let given = with(&session(number), |s| s.set_project_path(path("/a")));
                let _ = registry.register(given);
            }
            Step::Close => {
                let before = registry.lookup(id).unwrap();
                if before.is_some_and(|session| session.state().is_open()) {
                    registry.close_session(id).unwrap();
                    self.closed.push((id, self.hour));
                }
            }
            Step::Reopen => {
                if registry.reopen(id).is_ok() {
                    self.closed.retain(|(closed, _)| *closed != id);
                }
            }
            Step::Claim => drop(registry.claim(id)),
            Step::Touch => drop(registry.touch(id)),
            Step::Prune => {
                let pruned = prune(registry, &PrunePolicy::new().keep_last(1));
                let gone = self.closed.len().saturating_sub(1);
                let expected: Vec<_> = self.closed.drain(..gone).map(|(id, _)| id).collect();
                assert_eq!(ids(&pruned), expected, "all but the last");
            }
        }
    }

    fn check(&self) {
        let registry = &self.place.registry;
        let all = Query::new().state(StateFilter::Closed);
        let mut closed = registry.list(&all).unwrap().items;
        closed.sort_by_key(|session| closing(session).map(|(at, _)| at));
        let expected: Vec<_> = self.closed.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids(&closed), expected, "in the order of their closing");
        for session in &closed {
            let (at, _) = closing(session).unwrap();
            assert!(at >= session.last_active_at(), "{session:?}");
        }
        // As long as no clock was ahead, nothing is old before its time.
        if !self.was_ahead {
            let days = PrunePolicy::new().closed_for_longer_than(Duration::from_secs(3_600 * 30));
            let is_old = |id: &SessionId| {
                let closing = self.closed.iter().find(|(closed, _)| closed == id);
                closing.is_some_and(|(_, at)| self.hour - at > 30)
            };
            let plan = registry.plan_prune(&days).unwrap();
            assert!(ids(&plan.sessions).iter().all(is_old), "{plan:?}");
        }
    }
}

#[test]
fn no_order_of_steps_and_clocks_confuses_who_was_closed_last() {
    let place = Place::new(Kind::Memory);
    let mut closings = 0;
    for (number, order) in orders(&STEPS).into_iter().enumerate() {
        // Two clocks for each order: all together take a minute.
        for (base, stride) in CLOCKS.into_iter().skip(number % 3).step_by(3) {
            let mut world = World::new(&place);
            // Three sessions on one path: one after the other, or each step of another one.
            let many = order.iter().cycle().take(3 * order.len());
            for (position, step) in many.enumerate() {
                let round = position / order.len();
                let session = if number % 2 == 0 {
                    round
                } else {
                    round + position
                };
                world.move_on(OFFSETS[(base + position * stride) % OFFSETS.len()]);
                world.take(*step, [1, 2, 3][session % 3]);
                world.check();
                closings = closings.max(world.closed.len());
            }
            place.registry.clear().unwrap();
        }
    }
    assert!(closings >= 2, "some were closed beside each other");
}
