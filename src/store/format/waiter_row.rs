//! Rows of those who wait for a slot: one format byte, then postcard.

use serde::{Deserialize, Serialize};

use crate::session::{ProjectPath, SessionId};
use crate::store::fault::Fault;
use crate::store::format::keys;

/// The format byte of the rows this crate writes.
const FORMAT: u8 = 1;

/// One who waits. The order of the fields is the format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WaiterRow {
    /// The random id of the owner, which is the name of its lock file.
    pub(crate) owner: [u8; 16],
    /// The machine it runs on, which its host's name does not prove.
    pub(crate) machine: Option<String>,
    /// Which start of that machine it is.
    pub(crate) boot: Option<String>,
    pub(crate) project_path: ProjectPath,
    pub(crate) aim: Aim,
}

/// What somebody waits to do. The order of the variants is the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Aim {
    /// To register a session.
    Register,
    /// To register and claim a session, or to claim one of the project.
    Start,
    /// To open and claim this session.
    Resume([u8; 16]),
}

impl Aim {
    pub(crate) fn resume(id: SessionId) -> Self {
        Self::Resume(*id.as_uuid().as_bytes())
    }

    /// Returns the session that is to be resumed.
    pub(crate) fn resumed(self) -> Option<SessionId> {
        match self {
            Self::Register | Self::Start => None,
            Self::Resume(id) => Some(keys::id(id)),
        }
    }
}

impl WaiterRow {
    pub(in crate::store) fn encode(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_extend(self, vec![FORMAT])
            .map_err(|error| Fault::Damaged(format!("a waiter cannot be encoded: {error}")))
    }

    pub(in crate::store) fn decode(number: u64, bytes: &[u8]) -> Result<Self, Fault> {
        let damaged = || Fault::Damaged(format!("waiter {number} does not decode"));
        let (format, row) = bytes.split_first().ok_or_else(damaged)?;
        let (waiter, rest) = postcard::take_from_bytes(row).map_err(|_| damaged())?;
        if *format == FORMAT && rest.is_empty() {
            Ok(waiter)
        } else {
            Err(damaged())
        }
    }
}
