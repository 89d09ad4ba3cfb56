//! Rung after each commit of this handle and when it is closed, for those of the same process who wait for that.

#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
#[cfg(target_os = "linux")]
use std::sync::{Arc, Weak};
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

/// Why it is rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Ringing {
    Commit,
    Closing,
}

/// A bell that tells those who come late how often it was rung.
#[derive(Debug, Default)]
pub(in crate::store) struct Bell {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct State {
    times: u64,
    #[cfg(target_os = "linux")]
    listeners: Vec<Listener>,
}

/// What a listener is woken by.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Hears {
    Everything,
    /// What else happens it learns from the file.
    Closing,
}

#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Listener {
    event: Weak<OwnedFd>,
    hears: Hears,
}

impl Bell {
    pub(super) fn ring(&self, ringing: Ringing) {
        let mut state = self.state.lock();
        state.times += 1;
        #[cfg(target_os = "linux")]
        state.tell_listeners(ringing);
        drop(state);
        let _ = ringing;
        self.rung.notify_all();
    }

    /// Returns how often it was rung.
    pub(in crate::store) fn times(&self) -> u64 {
        self.state.lock().times
    }

    /// Waits until it has been rung more than `times`, or until the time comes; returns how often it was rung.
    pub(in crate::store) fn wait(&self, times: u64, until: Instant) -> u64 {
        let mut state = self.state.lock();
        while state.times == times {
            if self.rung.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        state.times
    }

    /// Returns a descriptor that can be read from once the bell was rung.
    #[cfg(target_os = "linux")]
    pub(in crate::store) fn listen(&self, hears: Hears) -> rustix::io::Result<Arc<OwnedFd>> {
        use rustix::event::{EventfdFlags, eventfd};

        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let event = Arc::new(event);
        let listener = Listener {
            event: Arc::downgrade(&event),
            hears,
        };
        self.state.lock().listeners.push(listener);
        Ok(event)
    }
}

#[cfg(target_os = "linux")]
impl State {
    fn tell_listeners(&mut self, ringing: Ringing) {
        self.listeners.retain(|listener| {
            let Some(event) = listener.event.upgrade() else {
                return false;
            };
            if listener.hears == Hears::Everything || ringing == Ringing::Closing {
                // It fails only where it was told 2^64 times and never listened.
                let _ = rustix::io::write(&event, &1_u64.to_ne_bytes());
            }
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn whoever_comes_late_does_not_wait_for_the_next_ringing() {
        let bell = Bell::default();
        let before = bell.times();
        bell.ring(Ringing::Commit);
        let far = Instant::now() + Duration::from_secs(600);
        assert_eq!(bell.wait(before, far), before + 1);
        // And nobody waits longer than they want to.
        assert_eq!(bell.wait(before + 1, Instant::now()), before + 1);
    }
}
