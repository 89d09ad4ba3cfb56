//! Random calls on a registry and on a model of it: every answer, every refusal and everything there is
//! to see must be the same, after every step and after reopening.

mod expected;
mod life;
mod real;
mod row;
mod steps;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::expected::Model;
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
    let mut model = Model::new();
    let mut real = Real::new(kind);
    for step in steps {
        let expected = model.apply(step);
        let answer = real.apply(step);
        assert_eq!(answer, expected, "{step:?}");
        real.check(&model);
    }
    real.reopen();
    real.check(&model);
}
