//! Claim rows: which owner drives which session.

use redb::ReadableTable;

use super::happening::Happening;
use super::write::WriteTx;
use crate::error::Error;
use crate::session::SessionId;
use crate::store::fault::Fault;
use crate::store::format::claim_row::ClaimRow;
use crate::store::format::keys;
use crate::store::format::tables::{Tables, meta};

/// What can be asked about claims.
pub(crate) trait Claims {
    fn claim(&self, id: SessionId) -> Result<Option<ClaimRow>, Fault>;
    /// Every claim there is.
    fn claims(&self) -> Result<Vec<(SessionId, ClaimRow)>, Fault>;
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
        // An epoch that came twice would let two owners believe that each holds the claim.
        let epoch = made.checked_add(1).ok_or_else(|| Error::Exhausted {
            counter: "the number of claims ever made".into(),
        })?;
        let number = epoch.to_be_bytes();
        self.put_meta(Happening::EpochRaised, meta::CLAIMS_MADE, &number)?;
        Ok(epoch)
    }
}
