//! What Linux tells of a file that others write to, and of the locks beside it.

use std::ffi::OsString;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

use super::readiness::drain_counter;
use crate::store::disk::descriptors::LowDescriptors;
use crate::store::engine::{Bell, Hears};

/// A whole batch of notices at once.
const BUFFER: usize = 4096;

/// The notices of one registry.
#[derive(Debug)]
pub(super) struct Notices {
    inotify: OwnedFd,
    owners: PathBuf,
    /// The number of the watch on the owners' folder, while there is one.
    folder: Option<i32>,
    /// Can be read from once the registry is closed.
    closing: Arc<OwnedFd>,
}

impl Notices {
    /// Begins to listen; fails where the system has no more to give, or nothing like it.
    pub(super) fn of(file: &Path, bell: &Bell) -> rustix::io::Result<Self> {
        let _low = LowDescriptors::taken();
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        inotify::add_watch(&inotify, file, WatchFlags::MODIFY)?;
        let mut owners = OsString::from(file);
        owners.push(".owners");
        let mut notices = Self {
            inotify,
            owners: owners.into(),
            folder: None,
            closing: bell.listen(Hears::Closing)?,
        };
        notices.look_for_folder();
        Ok(notices)
    }

    /// Listens to the owners' folder too, if there is one by now. Returns whether it has just been found.
    pub(super) fn look_for_folder(&mut self) -> bool {
        if self.folder.is_some() {
            return false;
        }
        let flags = WatchFlags::CLOSE_WRITE | WatchFlags::DELETE | WatchFlags::ONLYDIR;
        self.folder = inotify::add_watch(&self.inotify, &self.owners, flags).ok();
        self.folder.is_some()
    }

    /// Waits for a notice, or until the time comes.
    pub(super) fn wait(&self, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).ok();
        let mut descriptors = [
            PollFd::new(&self.inotify, PollFlags::IN),
            PollFd::new(&self.closing, PollFlags::IN),
        ];
        // An interruption is a reason to look, as a notice is.
        let _ = poll(&mut descriptors, timeout.as_ref());
    }

    /// Takes every notice there is. Returns whether any is about the owners' folder.
    pub(super) fn drain(&mut self) -> bool {
        drain_counter(&self.closing);
        let mut stirred = false;
        let mut buffer = [const { MaybeUninit::uninit() }; BUFFER];
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        while let Ok(notice) = reader.next() {
            if Some(notice.wd()) == self.folder {
                stirred = true;
                if notice.events().contains(ReadFlags::IGNORED) {
                    self.folder = None;
                }
            }
            // Some were dropped, nobody knows which.
            stirred |= notice.events().contains(ReadFlags::QUEUE_OVERFLOW);
        }
        stirred
    }

    pub(super) fn descriptors(&self) -> [BorrowedFd<'_>; 2] {
        [self.inotify.as_fd(), self.closing.as_fd()]
    }
}
