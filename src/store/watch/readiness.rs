//! One descriptor that can be read from when there may be something to see.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};

use crate::store::disk::descriptors::LowDescriptors;
use crate::store::engine::{Engine, Hears};

/// A descriptor over everything that wakes, a timer among it.
#[derive(Debug)]
pub(crate) struct Readiness {
    epoll: OwnedFd,
    timer: OwnedFd,
    /// Rung by this process, where nothing else tells.
    rung: Option<Arc<OwnedFd>>,
}

impl Readiness {
    /// Over `others`; where those tell nothing of commits, over the bell of this handle.
    pub(super) fn over(others: &[BorrowedFd<'_>], engine: &Engine) -> rustix::io::Result<Self> {
        let _low = LowDescriptors::taken();
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        let rung = match others {
            [] => Some(engine.bell().listen(Hears::Everything)?),
            _ => None,
        };
        let own = rung.iter().map(|rung| rung.as_fd());
        for descriptor in others.iter().copied().chain([timer.as_fd()]).chain(own) {
            epoll::add(
                &epoll,
                descriptor,
                epoll::EventData::new_u64(0),
                epoll::EventFlags::IN,
            )?;
        }
        Ok(Self { epoll, timer, rung })
    }

    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }

    /// Begins anew: whatever made it ready is taken note of, and is to be looked at next.
    pub(crate) fn drain(&self) {
        drain_counter(&self.timer);
        if let Some(rung) = &self.rung {
            drain_counter(rung);
        }
    }

    /// Makes it ready at `time` in any case.
    pub(crate) fn wake_at(&self, time: Instant) -> rustix::io::Result<()> {
        // A timer of nothing never comes.
        let left = time.saturating_duration_since(Instant::now());
        let left = left.max(Duration::from_nanos(1));
        let timer = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec::try_from(left).unwrap_or_default(),
        };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &timer).map(drop)
    }
}

/// Sets what counts wake-ups back to none.
pub(super) fn drain_counter(descriptor: &OwnedFd) {
    let mut count = [0; 8];
    // Nothing to be read is what is wanted.
    let _ = rustix::io::read(descriptor, &mut count);
}
