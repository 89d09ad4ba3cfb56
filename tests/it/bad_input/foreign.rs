//! Databases of the same engine that are no registries.

use std::path::Path;

use redb::{Database, TableDefinition};
use session_registry::Error;

use super::{directory, refused};

type Bytes = TableDefinition<'static, &'static [u8], &'static [u8]>;

fn database(path: &Path, fill: impl FnOnce(&redb::WriteTransaction)) {
    let database = Database::create(path).unwrap();
    let transaction = database.begin_write().unwrap();
    fill(&transaction);
    transaction.commit().unwrap();
}

fn assert_foreign(name: &str, fill: impl FnOnce(&redb::WriteTransaction)) {
    let (_keep, folder) = directory();
    let path = folder.join(name);
    database(&path, fill);
    let error = refused(&path);
    assert!(
        matches!(&error, Error::NotARegistry { path: named, .. } if *named == path),
        "{name}: {error:?}"
    );
}

const META: Bytes = TableDefinition::new("meta");

#[test]
fn without_any_table() {
    assert_foreign("empty.redb", |_| {});
}

#[test]
fn with_other_tables() {
    assert_foreign("other.redb", |tx| {
        const NUMBERS: TableDefinition<'_, u64, &str> = TableDefinition::new("numbers");
        tx.open_table(NUMBERS).unwrap().insert(1, "one").unwrap();
    });
}

#[test]
fn with_a_meta_table_without_our_magic() {
    assert_foreign("meta.redb", |tx| {
        let mut meta = tx.open_table(META).unwrap();
        let version = 1_u32.to_be_bytes();
        meta.insert(b"schema_version".as_slice(), version.as_slice())
            .unwrap();
    });
}

#[test]
fn with_another_magic() {
    assert_foreign("magic.redb", |tx| {
        let mut meta = tx.open_table(META).unwrap();
        meta.insert(b"magic".as_slice(), b"session-registry2".as_slice())
            .unwrap();
    });
}

#[test]
fn with_a_meta_table_of_another_type() {
    assert_foreign("typed.redb", |tx| {
        const TYPED: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
        tx.open_table(TYPED).unwrap().insert("magic", 1).unwrap();
    });
}

/// Our magic without a version is ours, and damaged.
#[test]
fn with_our_magic_alone() {
    let (_keep, folder) = directory();
    let path = folder.join("half.redb");
    database(&path, |tx| {
        let mut meta = tx.open_table(META).unwrap();
        meta.insert(b"magic".as_slice(), b"session-registry".as_slice())
            .unwrap();
    });
    let error = refused(&path);
    assert!(error.is_corruption(), "{error:?}");
}
