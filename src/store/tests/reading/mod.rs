//! A handle that only reads touches nothing, refuses every write before it looks at anything, and reads
//! what kills left behind.

mod counted;
mod left_behind;
mod power;
mod recovery;
mod untouched;

use std::sync::Arc;

use redb::StorageBackend;

use super::{NOW, settings};
use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::store::disk::medium::Medium;
use crate::store::format::schema::Step;
use crate::store::{Access, OpenCheck, Settings, Sharing, Store};

/// The flags of the engine's header.
const RECOVERY: u8 = 2;
const TWO_PHASE: u8 = 4;
const UNFLUSHED: u8 = 8;

/// Opens what is on a disk for reading only, with a program whose schema steps are `steps`.
fn open_to_read(
    disk: Arc<dyn StorageBackend>,
    open_check: OpenCheck,
    steps: &'static [Step],
) -> Result<SessionRegistry> {
    let settings = Settings {
        access: Access::ReadOnly,
        open_check,
        ..settings(Sharing::Shared)
    };
    let medium = Medium::Memory(disk);
    let (store, report) = Store::open_medium(medium, settings, NOW, steps, settings.start())?;
    assert!(!report.recovered && !report.created && report.migrated_from.is_none());
    Ok(SessionRegistry::from_store(store, report, Arc::new(|| NOW)))
}
