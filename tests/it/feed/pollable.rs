//! A descriptor that is ready when there may be something to see.

use std::os::fd::{AsFd, AsRawFd};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use session_registry::{Changes, PollableWatch};

use super::told;
use crate::support::child::HANG;
use crate::support::place::{Place, in_every_registry};
use crate::support::values::session;

in_every_registry![
    it_is_ready_for_every_change,
    it_is_ready_when_the_registry_is_closed
];

fn wait(watch: &PollableWatch) {
    assert_eq!(watch.as_fd().as_raw_fd(), watch.as_raw_fd());
    let timeout = Timespec::try_from(HANG).unwrap();
    let mut descriptors = [PollFd::new(watch, PollFlags::IN)];
    let ready = poll(&mut descriptors, Some(&timeout)).unwrap();
    assert_eq!(ready, 1, "hangs");
}

/// What happens next, by the descriptor alone.
fn next(watch: &mut PollableWatch) -> Changes {
    loop {
        wait(watch);
        if let Some(happened) = watch.try_next().unwrap() {
            return happened;
        }
    }
}

fn it_is_ready_for_every_change(place: Place) {
    // What was before it became pollable makes it ready too.
    let watch = place.registry.watch().unwrap();
    place.registry.register(session(1)).unwrap();
    let mut watch = watch.pollable().unwrap();
    assert_eq!(next(&mut watch).revision, 1);
    thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut count = 0;
            while count < 50 {
                count += told(&next(&mut watch).changes).len();
            }
            watch.revision()
        });
        for limit in 100..150 {
            place.registry.set_max_sessions(limit).unwrap();
            thread::yield_now();
        }
        assert_eq!(watching.join().unwrap(), 51);
    });
}

fn it_is_ready_when_the_registry_is_closed(place: Place) {
    let mut watch = place.registry.watch().unwrap().pollable().unwrap();
    thread::scope(|scope| {
        let watching = scope.spawn(|| {
            loop {
                wait(&watch);
                if let Err(error) = watch.try_next() {
                    return error;
                }
            }
        });
        place.registry.clone().close().unwrap();
        assert_eq!(watching.join().unwrap().code(), "closed");
    });
}
