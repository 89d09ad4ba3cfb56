//! A registry with a table that is not ours.

use std::path::Path;

use redb::{Builder, ConcurrencyMode, TableDefinition};
use session_registry::Error;

use super::Place;

fn add_table(file: &Path, name: &str) {
    let table: TableDefinition<'_, &str, u64> = TableDefinition::new(name);
    let database = Builder::new()
        .set_concurrency_mode(ConcurrencyMode::MultiWriter)
        .open(file)
        .unwrap();
    let mut transaction = database.begin_write().unwrap();
    transaction.set_two_phase_commit(true);
    transaction
        .open_table(table)
        .unwrap()
        .insert("key", 7)
        .unwrap();
    transaction.commit().unwrap();
}

/// The copy, which was not there, was called damaged, and the table's name was printed as it stood.
#[test]
fn a_backup_blamed_its_target_for_a_wrong_table_of_its_source() {
    let long = "x".repeat(10_000);
    for name in ["stray", "evil\u{1b}[2J\u{202e}\n", &long] {
        let place = Place::new();
        add_table(&place.file, name);
        let registry = place.open();
        for _ in 0..2 {
            match registry.backup_to(place.path("copy")) {
                Err(error @ Error::Corrupted { .. }) => {
                    let text = error.to_string();
                    assert!(
                        text.contains("sessions.redb is damaged: the table \""),
                        "{text}"
                    );
                    assert!(text.len() < 300, "{text}");
                    assert!(!text.contains(['\u{1b}', '\u{202e}', '\n']), "{text:?}");
                    assert!(text.contains(&name[..4]), "{text}");
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(place.names(), ["sessions.redb"]);
        assert_eq!(registry.count().unwrap(), 1);
    }
}
