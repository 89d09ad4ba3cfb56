//! The bytes of index keys. Integers are big-endian with the sign bit flipped, so that byte order is
//! number order.

pub(in crate::store) use crate::session::folded;
use crate::session::{Alias, SessionId, SessionState, Timestamp};

/// The state byte of open sessions.
pub(in crate::store) const OPEN: u8 = 0;
/// The state byte of closed sessions.
pub(in crate::store) const CLOSED: u8 = 1;

/// The length of a time and an id together.
pub(in crate::store) const TIME_KEY: usize = 24;

pub(in crate::store) fn state(state: SessionState) -> u8 {
    if state.is_open() { OPEN } else { CLOSED }
}

fn ordered(value: i64) -> [u8; 8] {
    (value.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// Returns a time and an id, as in `session_by_created`.
pub(in crate::store) fn timed(time: Timestamp, id: SessionId) -> [u8; TIME_KEY] {
    let mut key = [0; TIME_KEY];
    let (front, rest) = key.split_at_mut(8);
    front.copy_from_slice(&ordered(time.as_micros()));
    rest.copy_from_slice(id.as_uuid().as_bytes());
    key
}

/// Returns the time in a key that ends as [`timed`] does.
pub(in crate::store) fn trailing_time(key: &[u8]) -> Option<Timestamp> {
    let (time, _) = key.last_chunk::<TIME_KEY>()?.split_first_chunk()?;
    let value = (u64::from_be_bytes(*time) ^ (1 << 63)).cast_signed();
    Some(Timestamp::from_micros(value))
}

/// Returns a text, 0x00, and what follows it. No name and no path holds a 0x00, so the keys of one text stand
/// together, and those of no other stand between them.
pub(in crate::store) fn texted(text: &str, rest: &[u8]) -> Vec<u8> {
    [text.as_bytes(), &[0], rest].concat()
}

/// Returns the key of an alias: its value, 0x00, its namespace.
pub(in crate::store) fn alias(alias: &Alias) -> Vec<u8> {
    texted(alias.value(), alias.namespace().as_bytes())
}

/// Returns the id of a parent, and what follows it.
pub(in crate::store) fn child(parent: SessionId, rest: &[u8]) -> Vec<u8> {
    [parent.as_uuid().as_bytes().as_slice(), rest].concat()
}

/// Returns where the keys of exactly this text begin, and where they have ended.
pub(in crate::store) fn text_range(prefix: &[u8], text: &str) -> (Vec<u8>, Vec<u8>) {
    let ending = |last| [prefix, text.as_bytes(), &[last]].concat();
    (ending(0), ending(1))
}

/// Returns where the keys that begin with `prefix` end; `None` when they go on to the last key.
pub(in crate::store) fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

/// Returns the id at the end of a key.
pub(in crate::store) fn trailing_id(key: &[u8]) -> Option<SessionId> {
    key.last_chunk::<16>().map(|bytes| id(*bytes))
}

pub(in crate::store) fn id(bytes: [u8; 16]) -> SessionId {
    SessionId::from(uuid::Uuid::from_bytes(bytes))
}
