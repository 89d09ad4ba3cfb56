//! Claim rows: which owner drives which session.

use redb::ReadableTable;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::find::for_all;
use super::keys;
use super::read::indexed;
use super::tables::{Tables, meta};
use super::write::WriteTx;
use crate::session::{Session, SessionId, Timestamp};

/// The format byte of the rows this crate writes.
const FORMAT: u8 = 1;

/// One claim. The order of the fields is the format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClaimRow {
    /// The random id of the owner, which is the name of its lock file.
    pub(crate) owner: [u8; 16],
    /// Raised by every claim of any session in this registry.
    pub(crate) epoch: u64,
    pub(crate) pid: u32,
    pub(crate) host: String,
    /// The machine the owner ran on, which its host's name does not prove.
    pub(crate) machine: String,
    pub(crate) claimed_at: i64,
}

impl ClaimRow {
    pub(crate) fn claimed_at(&self) -> Timestamp {
        Timestamp::from_micros(self.claimed_at)
    }

    fn encode(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_extend(self, vec![FORMAT])
            .map_err(|error| Fault::Damaged(format!("a claim cannot be encoded: {error}")))
    }

    pub(super) fn decode(id: SessionId, bytes: &[u8]) -> Result<Self, Fault> {
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

/// What can be asked about claims.
pub(crate) trait Claims {
    fn claim(&self, id: SessionId) -> Result<Option<ClaimRow>, Fault>;
    /// Every claim there is.
    fn claims(&self) -> Result<Vec<(SessionId, ClaimRow)>, Fault>;
    /// The sessions that were closed because their owner died, least recently active first.
    fn closed_by_death(&self) -> Result<Vec<Session>, Fault>;
}

impl<T: Tables> Claims for T {
    fn claim(&self, id: SessionId) -> Result<Option<ClaimRow>, Fault> {
        match Tables::claims(self)?.get(id.as_uuid().as_bytes().as_slice())? {
            Some(row) => ClaimRow::decode(id, row.value()).map(Some),
            None => Ok(None),
        }
    }

    fn claims(&self) -> Result<Vec<(SessionId, ClaimRow)>, Fault> {
        let mut found = Vec::new();
        for row in Tables::claims(self)?.iter()? {
            let (key, value) = row?;
            let id = <[u8; 16]>::try_from(key.value())
                .map(keys::id)
                .map_err(|_| Fault::Damaged("a claim has a key that is no session id".into()))?;
            found.push((id, ClaimRow::decode(id, value.value())?));
        }
        Ok(found)
    }

    fn closed_by_death(&self) -> Result<Vec<Session>, Fault> {
        use super::tables::Index::Interrupted;

        let mut found = Vec::new();
        for_all(self, Interrupted, |id| {
            found.push(indexed(self, id, Interrupted)?);
            Ok(())
        })?;
        Ok(found)
    }
}

impl WriteTx<'_> {
    /// The epoch of a new claim.
    pub(crate) fn raise_epoch(&mut self) -> Result<u64, Fault> {
        let made = match self.meta()?.get(meta::CLAIMS_MADE)? {
            None => 0,
            Some(value) => <[u8; 8]>::try_from(value.value())
                .map(u64::from_be_bytes)
                .map_err(|_| Fault::Damaged("the number of claims is not a number".into()))?,
        };
        let epoch = made.saturating_add(1);
        self.put_meta(meta::CLAIMS_MADE, &epoch.to_be_bytes())?;
        Ok(epoch)
    }

    pub(crate) fn put_claim(&mut self, id: SessionId, claim: &ClaimRow) -> Result<(), Fault> {
        let row = claim.encode()?;
        self.put_claim_row(id, &row)
    }
}
