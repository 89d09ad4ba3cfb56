//! The bytes of index keys. Integers are big-endian with the sign bit flipped, so that byte order is
//! number order.

use crate::session::{SessionId, Timestamp};

/// The length of `created_at` and `id` together.
pub(super) const CREATED_KEY: usize = 24;

pub(super) fn ordered(value: i64) -> [u8; 8] {
    (value.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// The key of `session_by_created`, and the end of one of `session_by_name`.
pub(super) fn created(created_at: Timestamp, id: SessionId) -> [u8; CREATED_KEY] {
    let mut key = [0; CREATED_KEY];
    let (time, rest) = key.split_at_mut(8);
    time.copy_from_slice(&ordered(created_at.as_micros()));
    rest.copy_from_slice(id.as_uuid().as_bytes());
    key
}

/// The key of `session_by_name`. A name holds no 0x00, so keys of one name stand together and no
/// name's keys stand between those of another.
pub(super) fn name(name: &str, created_at: Timestamp, id: SessionId) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.len() + 1 + CREATED_KEY);
    key.extend_from_slice(name.as_bytes());
    key.push(0);
    key.extend_from_slice(&created(created_at, id));
    key
}

/// Where the keys of exactly this name begin, and where they have ended.
pub(super) fn name_range(name: &str) -> (Vec<u8>, Vec<u8>) {
    let ending = |last| [name.as_bytes(), &[last]].concat();
    (ending(0), ending(1))
}

/// The id at the end of a key of `session_by_created` or `session_by_name`.
pub(super) fn trailing_id(key: &[u8]) -> Option<SessionId> {
    key.last_chunk::<16>().map(|bytes| id(*bytes))
}

pub(super) fn id(bytes: [u8; 16]) -> SessionId {
    SessionId::from(uuid::Uuid::from_bytes(bytes))
}
