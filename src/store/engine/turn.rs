//! Whose turn it is to write, between processes. The lock of the engine goes to whoever asks at the right moment,
//! which one who commits without a pause nearly always does. So who waits says so, by a lock that any number can
//! hold; and who has had a turn of some milliseconds lets them go first.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use redb::{BackendError, StorageBackend};

use crate::store::disk::backend::{WAITING_BYTE, WRITER_BYTE, byte};
use crate::store::fault::Fault;
use crate::store::wait::{Pause, Wait};

/// How long one process commits while others wait. A shorter one costs throughput: each change of hands costs the new
/// writer what it has in memory of the file.
const LENGTH: Duration = Duration::from_millis(5);
/// Who commits again within this time goes on with the same turn.
const BREAK: Duration = Duration::from_millis(1);
/// How long who waits has to take the turn that is left to him.
const OFFER: Duration = Duration::from_millis(3);
/// How long nobody is offered a turn after nobody has taken one: who stands still waits too.
const AFTER_NONE: Duration = Duration::from_millis(200);

/// The turn of this handle, and what became of those that it offered.
#[derive(Debug, Default)]
pub(super) struct Turn(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    began: Option<Instant>,
    ended: Option<Instant>,
    /// Until when nobody is offered one.
    withheld: Option<Instant>,
}

impl Turn {
    /// Before the write lock is asked for: lets those go first who have waited for a whole turn.
    pub(super) fn offer(&self, storage: &dyn StorageBackend, wait: Wait) -> Result<(), Fault> {
        if !self.is_over(Instant::now()) || !is_held(storage, WAITING_BYTE)? {
            return Ok(());
        }
        let offer = wait.at_most(OFFER);
        let mut pause = Pause::brief();
        let mut taken = false;
        while !taken && is_held(storage, WAITING_BYTE)? && offer.pause(&mut pause) {
            taken = is_held(storage, WRITER_BYTE)?;
        }
        let now = Instant::now();
        let mut state = self.0.lock();
        state.began = None;
        state.withheld = (!taken && offer.is_over()).then(|| now + AFTER_NONE);
        Ok(())
    }

    fn is_over(&self, now: Instant) -> bool {
        let state = self.0.lock();
        state
            .began
            .is_some_and(|began| now.duration_since(began) >= LENGTH)
            && state
                .ended
                .is_some_and(|ended| now.duration_since(ended) < BREAK)
            && state.withheld.is_none_or(|until| now >= until)
    }

    /// The write lock was taken.
    pub(super) fn begin(&self) {
        let now = Instant::now();
        let mut state = self.0.lock();
        let goes_on = state
            .ended
            .is_some_and(|ended| now.duration_since(ended) < BREAK);
        if !goes_on || state.began.is_none() {
            state.began = Some(now);
        }
    }

    /// The write lock was let go.
    pub(super) fn end(&self) {
        self.0.lock().ended = Some(Instant::now());
    }
}

/// Says to other processes that this one waits, until it is dropped.
pub(super) struct Waiting(Arc<dyn StorageBackend>);

impl Waiting {
    /// `None` where locks are unknown, or somebody has all of them.
    pub(super) fn announce(storage: &Arc<dyn StorageBackend>) -> Result<Option<Self>, Fault> {
        let (start, end) = byte(WAITING_BYTE);
        match storage.try_lock_shared_range(start, end) {
            Ok(true) => Ok(Some(Self(Arc::clone(storage)))),
            Ok(false) | Err(BackendError::Unsupported) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let (start, end) = byte(WAITING_BYTE);
        // A storage that was closed meanwhile has let go of it.
        let _ = self.0.unlock_range(start, end);
    }
}

fn is_held(storage: &dyn StorageBackend, at: u64) -> Result<bool, Fault> {
    let (start, end) = byte(at);
    match storage.query_lock_range(start, end) {
        Ok(held) => Ok(held),
        Err(BackendError::Unsupported) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::path::Path;

    use redb::backends::FileBackend;

    use super::*;
    use crate::store::disk::file::open_file;
    use crate::store::open_settings::{Access, Settings};

    fn descriptor(path: &Path) -> Arc<dyn StorageBackend> {
        let file = open_file(path, Access::ReadWrite).unwrap().unwrap();
        Arc::new(FileBackend::new(file).unwrap())
    }

    /// A turn that has lasted long enough, of one who never pauses, and the descriptors of a file.
    fn over() -> (Turn, [Arc<dyn StorageBackend>; 2], tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::File::create(&path).unwrap();
        let now = Instant::now();
        let state = State {
            began: now.checked_sub(LENGTH),
            ended: Some(now + Duration::from_secs(3_600)),
            withheld: None,
        };
        let descriptors = [descriptor(&path), descriptor(&path)];
        (Turn(Mutex::new(state)), descriptors, directory)
    }

    fn is_over(turn: &Turn) -> bool {
        turn.is_over(Instant::now())
    }

    #[test]
    fn a_turn_goes_on_as_long_as_nobody_waits() {
        let (turn, [own, other], _directory) = over();
        let wait = Settings::default().start();
        turn.offer(own.as_ref(), wait).unwrap();
        assert!(is_over(&turn), "it is still to be offered");
        drop(Waiting::announce(&other).unwrap().unwrap());
        turn.offer(own.as_ref(), wait).unwrap();
        assert!(is_over(&turn), "who waited went");
    }

    #[test]
    fn whoever_waits_is_let_go_first() {
        let (turn, [own, other], _directory) = over();
        let waiting = Waiting::announce(&other).unwrap().unwrap();
        let (start, end) = byte(WRITER_BYTE);
        assert!(other.try_lock_range(start, end).unwrap());
        turn.offer(own.as_ref(), Settings::default().start())
            .unwrap();
        assert!(!is_over(&turn));
        let state = turn.0.lock();
        assert!(state.began.is_none() && state.withheld.is_none());
        drop(waiting);
    }

    #[test]
    fn whoever_stands_still_is_not_made_way_for_again_and_again() {
        let (turn, [own, other], _directory) = over();
        let waiting = Waiting::announce(&other).unwrap().unwrap();
        turn.offer(own.as_ref(), Settings::default().start())
            .unwrap();
        assert!(turn.0.lock().withheld.is_some());
        let (began, later) = (
            Instant::now().checked_sub(LENGTH),
            Instant::now() + AFTER_NONE,
        );
        turn.0.lock().began = began;
        assert!(!turn.is_over(later.checked_sub(AFTER_NONE).unwrap()));
        assert!(turn.is_over(later), "but later");
        drop(waiting);
    }

    #[test]
    fn whoever_pauses_begins_a_new_turn() {
        let turn = Turn::default();
        turn.begin();
        let first = turn.0.lock().began;
        turn.end();
        turn.0.lock().ended = Some(Instant::now() + Duration::from_secs(3_600));
        turn.begin();
        assert_eq!(turn.0.lock().began, first, "without a pause it is the same");
        turn.0.lock().ended = Instant::now().checked_sub(BREAK);
        turn.begin();
        assert!(turn.0.lock().began > first);
    }
}
