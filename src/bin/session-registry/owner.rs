//! Who drives a session, for people and for programs.

use serde::Serialize;
use session_registry::{Liveness, Owner, Timestamp};

use crate::escape::Escaped;

/// The JSON of an owner.
#[derive(Debug, Serialize)]
pub(crate) struct OwnerReport<'a> {
    pid: u32,
    host: &'a str,
    claimed_at: Timestamp,
    liveness: &'static str,
}

pub(crate) fn report(owner: &Owner) -> OwnerReport<'_> {
    OwnerReport {
        pid: owner.pid,
        host: &owner.host,
        claimed_at: owner.claimed_at,
        liveness: liveness(owner),
    }
}

/// Who it is, since when, and whether it lives.
pub(crate) fn line(owner: &Owner) -> String {
    format!("{} ({})", Escaped(owner), liveness(owner))
}

fn liveness(owner: &Owner) -> &'static str {
    match owner.liveness {
        Liveness::Alive => "alive",
        Liveness::Dead => "dead",
        _ => "unknown",
    }
}
