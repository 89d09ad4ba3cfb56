//! How much a random test does, and with which choices.

use std::env;

/// The factor that scales the work of random tests: `SESSION_REGISTRY_SOAK`, default 1.
pub(crate) fn factor() -> usize {
    number("SESSION_REGISTRY_SOAK").unwrap_or(1)
}

/// A source of random choices: `SESSION_REGISTRY_SEED`, or a new one that is printed.
pub(crate) fn rng(test: &str) -> fastrand::Rng {
    let seed = number("SESSION_REGISTRY_SEED").unwrap_or_else(|| fastrand::u64(..));
    eprintln!("{test}: SESSION_REGISTRY_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

fn number<N: std::str::FromStr>(variable: &str) -> Option<N> {
    let text = env::var(variable).ok()?;
    let number = text.parse().ok();
    assert!(number.is_some(), "{variable} is not a number: {text}");
    number
}
