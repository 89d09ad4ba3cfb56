//! The whole file at one moment, in memory: what the engine verifies or recovers there cannot change under
//! it, and nobody is waited for.

use std::io;
use std::sync::Arc;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::header::Header;
use super::overlay::Overlay;
use crate::store::fault::Fault;

/// A state of the file that was whole when it was read.
#[derive(Debug)]
pub(in crate::store) struct Image {
    /// The bytes, for the engine to do with as it likes.
    pub(in crate::store) storage: Arc<dyn StorageBackend>,
    /// The header as it is in the file.
    pub(in crate::store) header: Header,
}

impl Image {
    /// `None` if somebody committed, or resized the file, while it was read.
    pub(in crate::store) fn take(file: &dyn StorageBackend) -> Result<Option<Self>, Fault> {
        let header = Header::read(file)?;
        let len = file.len()?;
        let size = usize::try_from(len).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        let mut bytes = vec![0; size];
        let read = file.read(0, &mut bytes);
        if Header::read(file)? != header || file.len()? != len {
            return Ok(None);
        }
        read?;
        // Had the first of the readings been torn, and the last in the same way, this one tells.
        if !bytes.starts_with(header.bytes()) {
            return Ok(None);
        }
        let storage = InMemoryBackend::new();
        storage.set_len(len)?;
        storage.write(0, &bytes)?;
        // Reading past the end is damage here as in the file, which it is not to storage in memory.
        let storage = Overlay::over(Arc::new(storage))?;
        header.publish(&storage)?;
        Ok(Some(Self {
            storage: Arc::new(storage),
            header,
        }))
    }
}
