//! Waiting in the line: looking, leaving, and for how long. Nothing is held between two looks, neither a
//! transaction nor a place among those who write.

mod alarm;
mod overdue;
mod when_free;
mod wish;

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use alarm::Alarm;
use overdue::{LOOKS, Overdue};
use wish::Wish;

use super::SessionRegistry;
use super::line::{Gate, Turn, clear, turn};
use crate::error::{Error, Result};
use crate::store::{Call, OwnLock, Wait, Waiters};

/// Longer than any call waits.
const LONGEST: Duration = Duration::from_secs(60 * 60 * 24);

impl SessionRegistry {
    /// Has `go` grant a wish as soon as it can be, for as long as `patience` lasts.
    fn when_free<T>(
        &self,
        wish: Wish,
        patience: Duration,
        go: impl Fn(Call<'_>, Gate) -> Result<T>,
    ) -> Result<T> {
        let mut waiting = Waiting::begin(self, wish, patience);
        let outcome = waiting.wait(go);
        waiting.leave(self.call());
        outcome
    }
}

/// One who waits.
struct Waiting<'r> {
    registry: &'r SessionRegistry,
    wish: Wish,
    began: Instant,
    /// `None` where it is never.
    until: Option<Instant>,
    /// The place in the line and its proof of life, once there is one.
    place: Option<(u64, Arc<OwnLock>)>,
    alarm: Option<Alarm<'r>>,
    overdue: Overdue,
    /// The refusal that stood last.
    refusal: Option<Error>,
}

impl<'r> Waiting<'r> {
    fn begin(registry: &'r SessionRegistry, wish: Wish, patience: Duration) -> Self {
        let began = Instant::now();
        Self {
            registry,
            wish,
            began,
            until: began.checked_add(patience),
            place: None,
            alarm: None,
            overdue: Overdue::default(),
            refusal: None,
        }
    }

    fn wait<T>(&mut self, go: impl Fn(Call<'_>, Gate) -> Result<T>) -> Result<T> {
        loop {
            // Before the look, so that nothing is missed that comes after it.
            if let Some(alarm) = &mut self.alarm {
                alarm.listen();
            }
            let is_last = self.left().is_zero();
            match self.attempt(&go) {
                Err(refusal) if self.wish.can_wait_out(&refusal) => self.note(refusal),
                outcome => return outcome,
            }
            if is_last {
                let waited = self.began.elapsed();
                return Err(self.refusal.take().unwrap_or(Error::Busy { waited }));
            }
            if self.place.is_none() {
                match self.join() {
                    Err(refusal) if self.wish.can_wait_out(&refusal) => self.note(refusal),
                    joined => joined?,
                }
            }
            let looks_again = self.overdue.left().unwrap_or(LOOKS).min(LOOKS);
            let looks_again = looks_again.min(self.left());
            match &mut self.alarm {
                Some(alarm) => alarm.wait(looks_again),
                // Most have no need of one. Who has looks again at once, and listens.
                None => self.alarm = Some(Alarm::new(&self.registry.inner.store)),
            }
        }
    }

    /// Keeps the refusal for the end. That somebody makes no way says less than any other.
    fn note(&mut self, refusal: Error) {
        if !matches!(refusal, Error::Busy { .. }) {
            self.refusal = Some(refusal);
        }
    }

    /// Looks by reading, and writes only when it is this one's turn.
    fn attempt<T>(&mut self, go: impl Fn(Call<'_>, Gate) -> Result<T>) -> Result<T> {
        let call = self.call();
        let number = self.place.as_ref().map(|(number, _)| *number);
        let reaper = self.registry.reaper();
        let looked = call.read("read", |view| {
            let reads = view.reads();
            if let Some(number) = number {
                let row = reads.waiter(number)?;
                if !row.is_some_and(|row| reaper.owners.is_own_waiter(&row)) {
                    return Ok(None);
                }
            }
            self.wish.check(reads, &reaper)?;
            turn(reads, &reaper, number).map(Some)
        });
        let not_yet = Error::Busy {
            waited: Duration::ZERO,
        };
        let passing = match looked {
            Ok(Some(Turn::Mine)) => None,
            Ok(Some(Turn::After(before))) => {
                let passing = self.overdue.look(before, Instant::now());
                Some(passing.ok_or(not_yet)?)
            }
            // Somebody took the row for damage, and removed it: back to the end of the line.
            Ok(None) => {
                self.place = None;
                return Err(not_yet);
            }
            Err(refusal) if self.wish.can_wait_out(&refusal) => {
                if !matches!(refusal, Error::Busy { .. }) {
                    self.overdue.forget();
                }
                return Err(refusal);
            }
            // What nobody can wait out is told by the call itself, which looks closer.
            Err(_) => None,
        };
        let abandoned = self.abandoned();
        let done = go(call, Gate::Line { number, passing })?;
        // The row went in the same commit.
        if let Some((_, lock)) = self.place.take() {
            lock.forget_waits(&abandoned);
        }
        Ok(done)
    }

    /// Takes a place at the end of the line.
    fn join(&mut self) -> Result<()> {
        let owners = Arc::clone(&self.registry.inner.owners);
        let lock = owners.acquire()?;
        let abandoned = lock.waits_abandoned();
        let written: Arc<Mutex<Option<u64>>> = Arc::default();
        let (own, wish, note) = (Arc::clone(&lock), self.wish.clone(), Arc::clone(&written));
        let joined = self.call().write("wait for a slot in", move |tx| {
            let row = owners.waiter_row(&own, wish.project_path(tx)?, wish.aim());
            let number = tx.add_waiter(&row)?;
            *note.lock() = Some(number);
            // One that was given up here may have had this number.
            own.forget_waits(&[number]);
            clear(tx, &owners, None)?;
            Ok(number)
        });
        if let Err(Error::OutcomeUnknown(_)) = joined
            && let Some(number) = *written.lock()
        {
            lock.abandon_wait(number);
        }
        let number = joined?;
        lock.forget_waits(&abandoned);
        self.place = Some((number, lock));
        Ok(())
    }

    /// Leaves the line. A row that cannot be removed is noted as nobody's.
    fn leave(&mut self, call: Call<'_>) {
        let abandoned = self.abandoned();
        let Some((number, lock)) = self.place.take() else {
            return;
        };
        let owners = Arc::clone(&self.registry.inner.owners);
        let left = call.write("stop waiting for a slot in", move |tx| {
            clear(tx, &owners, Some(number))
        });
        match left {
            Ok(()) => lock.forget_waits(&abandoned),
            Err(_) => lock.abandon_wait(number),
        }
    }

    /// The numbers of this handle that the next commit in the line removes.
    fn abandoned(&self) -> Vec<u64> {
        let lock = self.place.as_ref().map(|(_, lock)| lock);
        lock.map(|lock| lock.waits_abandoned()).unwrap_or_default()
    }

    fn call(&self) -> Call<'r> {
        let wait = Wait::of(self.left().min(LONGEST));
        self.registry.inner.store.call_within(wait)
    }

    /// Returns how much patience is left.
    fn left(&self) -> Duration {
        self.until.map_or(Duration::MAX, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // Only where a clock of the caller's panicked; in a fork it is still the place of the other process.
        if self.place.is_some() && !self.registry.inner.store.is_forked() {
            self.leave(self.registry.inner.store.call_at_once());
        }
    }
}
