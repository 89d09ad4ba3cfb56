//! A watch as an iterator.

use std::iter::FusedIterator;
use std::time::Instant;

use super::{LONGEST, TICK, Watch};
use crate::error::{Error, Result};
use crate::session::Changes;

/// After these there is nothing more to come.
fn is_final(error: &Error) -> bool {
    matches!(
        error,
        Error::Closed
            | Error::FileReplaced { .. }
            | Error::SchemaTooNew { .. }
            | Error::ForkedProcess
    )
}

impl Iterator for Watch {
    type Item = Result<Changes>;

    fn next(&mut self) -> Option<Self::Item> {
        if std::mem::take(&mut self.failed) && !self.ended {
            // An error that stays would otherwise be told as fast as it can be.
            self.waking.wait(Instant::now() + TICK);
        }
        while !self.ended {
            match self.next_within(LONGEST) {
                Ok(Some(happened)) => return Some(Ok(happened)),
                Ok(None) => {}
                Err(error) => {
                    self.failed = true;
                    self.ended = is_final(&error);
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl FusedIterator for Watch {}
