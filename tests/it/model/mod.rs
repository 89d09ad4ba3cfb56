//! Random calls on a registry and on the model of `tests/shared/rules`: every answer, every refusal and
//! everything there is to see must be the same, after every step and after reopening. Here nobody claims
//! anything; in `owners` they do.

mod answer;
mod expected;
mod owners;
mod real;
mod steps;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::expected::Expected;
use self::real::Real;
use self::steps::{Step, step};
use crate::support::place::Kind;
use crate::support::soak;

const STEPS: usize = 40;

#[test]
fn shared() {
    compare("model::shared", Kind::Shared, 10);
}

#[test]
fn exclusive() {
    compare("model::exclusive", Kind::Exclusive, 10);
}

#[test]
fn in_memory() {
    compare("model::in_memory", Kind::Memory, 30);
}

/// `cases` runs, more of them when soaked. A failure is shrunk to the fewest steps that show it.
fn compare(test: &str, kind: Kind, cases: u32) {
    let factor = u32::try_from(soak::factor()).unwrap();
    let config = Config {
        cases: cases * factor,
        ..soak::property(test)
    };
    let steps = prop::collection::vec(step(), 1..=STEPS);
    let outcome = TestRunner::new(config).run(&steps, |steps| {
        run(kind, &steps);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn run(kind: Kind, steps: &[Step]) {
    let mut expected = Expected::new();
    let mut real = Real::new(kind);
    for step in steps {
        let outcome = expected.apply(step);
        assert_eq!(real.apply(step), outcome, "{step:?}");
        real.check(&expected.model.content);
    }
    real.reopen();
    real.check(&expected.model.content);
}
