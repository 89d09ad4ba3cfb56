//! What the engine's files begin with.

/// The first bytes of every file of the engine.
pub(super) const MAGIC: &[u8; 9] = b"redb\x1A\x0A\xA9\x0D\x0A";
/// The files are whole pages of so many bytes.
pub(super) const PAGE: u64 = 4096;
/// The bytes of the header.
pub(in crate::store) const HEADER: usize = 320;
