//! A file that was made longer than it can be.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;

use session_registry::{Error, SessionRegistry};

use super::Place;
use crate::support::child::{Child, Parent};
use crate::world::puppet::Puppet;

const TERABYTE: u64 = 1 << 40;

/// It took 15 s, 3 GiB of memory and 2 GiB of the disk to open.
#[test]
fn a_hole_of_a_terabyte_was_opened_as_if_it_were_a_registry() {
    for closed in [true, false] {
        let place = Place::new();
        let mut puppet = Puppet::start();
        puppet.opens(&place.file);
        assert_eq!(puppet.told("register /length"), "ok");
        if closed {
            assert_eq!(puppet.told("close"), "ok");
            puppet.finish();
        } else {
            puppet.kill();
        }
        let file = File::options().write(true).open(&place.file).unwrap();
        let healthy = file.metadata().unwrap().len();
        file.set_len(TERABYTE).unwrap();
        let blocks = file.metadata().unwrap().blocks();
        for options in [
            SessionRegistry::options(),
            SessionRegistry::options().sharing(session_registry::Sharing::Exclusive),
            SessionRegistry::options().open_check(session_registry::OpenCheck::Never),
        ] {
            match options.open(&place.file) {
                Err(Error::Corrupted { detail, .. }) => {
                    assert!(detail.contains(&TERABYTE.to_string()), "{detail}");
                }
                other => panic!("{other:?}"),
            }
        }
        let after = file.metadata().unwrap();
        assert_eq!((after.len(), after.blocks()), (TERABYTE, blocks));
        // Nothing else is wrong with it.
        file.set_len(healthy).unwrap();
        let registry = place.open();
        assert_eq!(registry.count().unwrap(), 2);
        assert!(registry.verify().unwrap().is_clean());
    }
}

/// What a kill leaves of a file that was being grown is far longer than its header says, and healthy.
#[test]
fn a_file_that_was_killed_while_it_grew_is_let_in() {
    let place = Place::new();
    let mut grower = Child::start("grower", &[&place.file.display()]);
    grower.expect("grown");
    grower.kill();
    assert!(fs::metadata(&place.file).unwrap().len() > 1 << 20);
    let registry = place.open();
    assert_eq!(registry.count().unwrap(), 1);
    assert!(registry.verify().unwrap().is_clean());
}

pub(crate) fn grower(parent: &Parent) {
    use redb::{Builder, ConcurrencyMode, TableDefinition};

    let table: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("sessions");
    let database = Builder::new()
        .set_concurrency_mode(ConcurrencyMode::MultiWriter)
        .open(parent.argument(0))
        .unwrap();
    let transaction = database.begin_write().unwrap();
    let mut rows = transaction.open_table(table).unwrap();
    for number in 0..2_000_u32 {
        let row = [7; 1_000];
        rows.insert(number.to_be_bytes().as_slice(), row.as_slice())
            .unwrap();
    }
    parent.say("grown");
    parent.stay();
}
