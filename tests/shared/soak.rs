//! How much a random test does, and with which choices. No test draws any other way.

use std::env;

use proptest::test_runner::{Config, RngSeed};

/// The factor that scales the work of random tests: `SESSION_REGISTRY_SOAK`, default 1.
pub(crate) fn factor() -> usize {
    number("SESSION_REGISTRY_SOAK").unwrap_or(1)
}

/// `usual` times the factor, `all` at most; a factor of 100 and more means `all`.
pub(crate) fn share(usual: usize, all: usize) -> usize {
    match factor() {
        100.. => all,
        factor => all.min(usual * factor),
    }
}

/// A source of random choices: `SESSION_REGISTRY_SEED`, or a new one that is printed.
pub(crate) fn rng(test: &str) -> fastrand::Rng {
    rng_of(seed(test))
}

/// The choices of a thread, a child process or fixed content, from a seed that it was given.
pub(crate) fn rng_of(seed: u64) -> fastrand::Rng {
    fastrand::Rng::with_seed(seed)
}

/// How a property is tested: with the seed of every other random test, as many more cases as the factor
/// says, and no file of failures beside the sources, since the seed repeats them.
pub(crate) fn property(test: &str) -> Config {
    let usual = Config::default();
    let factor = u32::try_from(factor()).unwrap();
    Config {
        cases: usual.cases * factor,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed(test)),
        ..usual
    }
}

fn seed(test: &str) -> u64 {
    let seed = number("SESSION_REGISTRY_SEED").unwrap_or_else(|| fastrand::u64(..));
    eprintln!("{test}: SESSION_REGISTRY_SEED={seed}");
    seed
}

fn number<N: std::str::FromStr>(variable: &str) -> Option<N> {
    let text = env::var(variable).ok()?;
    let number = text.parse().ok();
    assert!(number.is_some(), "{variable} is not a number: {text}");
    number
}
