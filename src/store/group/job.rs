//! One waiting call: what it does in the shared transaction, and the result that is kept for its caller.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::store::fault::{Fault, guarded};
use crate::store::rows::write::WriteTx;

/// One waiting call, whatever its operation and result.
pub(in crate::store) trait Job: Send + Sync {
    /// Decides the call in `transaction` and keeps the result for its caller.
    fn run(&self, transaction: &mut WriteTx<'_>) -> Verdict;
    /// Replaces the kept result.
    fn fail(&self, fault: Fault);
    /// Whether it shares a transaction with nobody.
    fn is_alone(&self) -> bool {
        false
    }
}

/// What a decision means for the shared transaction.
pub(in crate::store) enum Verdict {
    /// The call has its result, and nothing in it failed below the rules: the transaction may commit.
    Sound,
    /// The engine failed, or the call failed after its first change: the transaction must not commit.
    /// Whether the engine must be reopened.
    Spoiled { engine_broken: bool },
}

/// A call's operation and its result.
pub(in crate::store) struct Operation<T, F> {
    state: Mutex<(F, Option<Result<T, Fault>>)>,
    is_alone: bool,
}

impl<T, F> Operation<T, F> {
    pub(in crate::store) fn new(operation: F) -> Arc<Self> {
        Self::of(operation, false)
    }

    /// One that shares a transaction with nobody.
    pub(in crate::store) fn alone(operation: F) -> Arc<Self> {
        Self::of(operation, true)
    }

    fn of(operation: F, is_alone: bool) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new((operation, None)),
            is_alone,
        })
    }

    pub(super) fn take_result(&self) -> Option<Result<T, Fault>> {
        self.state.lock().1.take()
    }
}

impl<T, F> Job for Operation<T, F>
where
    T: Send,
    F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send,
{
    fn run(&self, transaction: &mut WriteTx<'_>) -> Verdict {
        let (operation, result) = &mut *self.state.lock();
        let outcome = guarded(|| {
            let answer = operation(transaction)?;
            transaction.log()?;
            Ok(answer)
        });
        let verdict = match &outcome {
            Err(fault) if fault.breaks_engine() || transaction.has_changed() => Verdict::Spoiled {
                engine_broken: fault.breaks_engine(),
            },
            _ => Verdict::Sound,
        };
        *result = Some(outcome);
        verdict
    }

    fn fail(&self, fault: Fault) {
        self.state.lock().1 = Some(Err(fault));
    }

    fn is_alone(&self) -> bool {
        self.is_alone
    }
}
