//! A session as a program gets it from a list.

use serde::Serialize;
use session_registry::{ActivityReport, Owner, Session};

use crate::sight::Sight;

/// The session with who drives it, what that does, and the word for all of it.
#[derive(Debug, Serialize)]
pub(crate) struct Entry<'a> {
    #[serde(flatten)]
    session: &'a Session,
    condition: &'static str,
    owner: Option<&'a Owner>,
    activity: Option<&'a ActivityReport>,
}

impl<'a> From<&'a Sight> for Entry<'a> {
    fn from(sight: &'a Sight) -> Self {
        Self {
            session: &sight.status.session,
            condition: sight.condition.word(),
            owner: sight.status.owner.as_ref(),
            activity: sight.status.activity.as_ref(),
        }
    }
}
