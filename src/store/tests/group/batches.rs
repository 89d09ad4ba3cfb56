//! Batches of one caller in the commit of many.

use super::staged::{Call, commits, staged, together};
use super::{BOTH, id, name, session};
use crate::error::{Error, Result};
use crate::registry::Batch;

/// A batch is decided before it writes anything: refused at its end, it costs the others nothing, not even a second
/// decision.
#[test]
fn a_batch_that_is_refused_at_its_end_hurts_nobody_in_the_same_commit() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        registry.register(session(1)).unwrap();
        let before = commits(&registry);
        let registry = &registry;
        let batch = |last| {
            let batch = Batch::new().close_session(id(1)).register(session(2));
            Box::new(move || registry.apply(batch.rename(last, name("x"))).map(drop)) as Call<'_, _>
        };
        let register = |number| {
            let session = session(number);
            Box::new(move || registry.register(session).map(drop)) as Call<'_, _>
        };
        let calls = vec![
            register(3),
            batch(id(9)),
            register(4),
            batch(id(2)),
            register(2),
        ];
        let answers: Vec<Result<()>> = together(registry, calls);
        let codes: Vec<_> = answers
            .iter()
            .map(|answer| answer.as_ref().map_or_else(Error::code, |()| "ok"))
            .collect();
        let expected = ["ok", "batch_refused", "ok", "ok", "session_exists"];
        assert_eq!(codes, expected);
        assert_eq!(commits(registry) - before, 1, "{sharing:?}");
        let open = [id(2), id(3), id(4)];
        assert_eq!(registry.list_ids().unwrap(), open);
        assert!(registry.verify().unwrap().is_clean());
    }
}
