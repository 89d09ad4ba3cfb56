//! Claim rows: one format byte, then postcard.

use serde::{Deserialize, Serialize};

use crate::session::{SessionId, Timestamp};
use crate::store::fault::Fault;

/// The format byte of the rows this crate writes.
const FORMAT: u8 = 2;

/// One claim. The order of the fields is the format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClaimRow {
    /// Raised by every claim of any session in this registry.
    pub(crate) epoch: u64,
    /// The random id of the owner, which is the name of its lock file.
    pub(crate) owner: [u8; 16],
    /// The machine the owner ran on, which its host's name does not prove.
    pub(crate) machine: Option<String>,
    /// Which start of that machine it was.
    pub(crate) boot: Option<String>,
    pub(crate) host: String,
    pub(crate) pid: u32,
    /// The process that really drives, where a wrapper holds the claim.
    pub(crate) driver: Option<u32>,
    /// What the owner calls itself.
    pub(crate) program: Option<String>,
    pub(crate) claimed_at: i64,
    pub(crate) activity: Option<ActivityRow>,
}

/// What the owner said last about what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActivityRow {
    pub(crate) kind: ActivityKind,
    pub(crate) note: Option<String>,
    /// When it began, whatever the note said since.
    pub(crate) since: i64,
}

/// The order of the variants is the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ActivityKind {
    Working,
    Waiting,
    Idle,
    Failed,
}

impl ClaimRow {
    pub(crate) fn claimed_at(&self) -> Timestamp {
        Timestamp::from_micros(self.claimed_at)
    }

    pub(in crate::store) fn encode(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_extend(self, vec![FORMAT])
            .map_err(|error| Fault::Damaged(format!("a claim cannot be encoded: {error}")))
    }

    pub(in crate::store) fn decode(id: SessionId, bytes: &[u8]) -> Result<Self, Fault> {
        let damaged = || Fault::Damaged(format!("the claim of session {id} does not decode"));
        let (format, row) = bytes.split_first().ok_or_else(damaged)?;
        let (claim, rest) = postcard::take_from_bytes(row).map_err(|_| damaged())?;
        if *format == FORMAT && rest.is_empty() {
            Ok(claim)
        } else {
            Err(damaged())
        }
    }
}
