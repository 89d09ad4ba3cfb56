//! Files that never were registries.

use std::fs;
use std::path::Path;

use redb::{Database, TableDefinition};

use super::examiner::{Damage, PAGE};
use super::image::Image;
use super::verdicts::Court;
use crate::support::soak;

#[test]
fn foreign_files_are_refused_and_left_alone() {
    let image = Image::closed();
    let mut random = vec![0; 3 * PAGE];
    soak::rng_of(7).fill(&mut random);
    let magic = b"redb\x1A\x0A\xA9\x0D\x0A";
    let files = [
        ("one byte", vec![b'x'], "not_a_registry"),
        (
            "text",
            b"[sessions]\nlimit = 10\n".to_vec(),
            "not_a_registry",
        ),
        ("long text", b"lorem ipsum ".repeat(9999), "not_a_registry"),
        ("zeros", vec![0; 18 * PAGE], "not_a_registry"),
        ("noise", random.clone(), "not_a_registry"),
        (
            "sqlite",
            [b"SQLite format 3\0".as_slice(), &random].concat(),
            "not_a_registry",
        ),
        ("magic alone", magic.to_vec(), "not_a_registry"),
        (
            "magic and zeros",
            [magic.as_slice(), &[0; 8 * PAGE]].concat(),
            "corrupted",
        ),
        (
            "magic and noise",
            [magic.as_slice(), &random].concat(),
            "corrupted",
        ),
        (
            "another program's database",
            database(&image, another_program),
            "not_a_registry",
        ),
        (
            "another type of table",
            database(&image, another_type),
            "not_a_registry",
        ),
        (
            "an empty database",
            database(&image, |_| {}),
            "not_a_registry",
        ),
    ];
    for (what, bytes, code) in files {
        let file = image.path("foreign");
        fs::write(&file, bytes).unwrap();
        let mut court = Court::over("examiner", file, image.path("content"));
        assert_eq!(
            court.verdict(Damage::None),
            format!("refused {code}"),
            "{what}"
        );
    }
}

fn database(image: &Image, fill: fn(&Database)) -> Vec<u8> {
    let file: &Path = &image.path("database");
    let database = Database::create(file).unwrap();
    fill(&database);
    database.close().unwrap();
    let bytes = fs::read(file).unwrap();
    fs::remove_file(file).unwrap();
    bytes
}

fn another_program(database: &Database) {
    let meta = TableDefinition::<&[u8], &[u8]>::new("meta");
    let transaction = database.begin_write().unwrap();
    let mut table = transaction.open_table(meta).unwrap();
    table
        .insert(b"magic".as_slice(), b"wallet".as_slice())
        .unwrap();
    drop(table);
    transaction.commit().unwrap();
}

fn another_type(database: &Database) {
    let meta = TableDefinition::<&str, u64>::new("meta");
    let transaction = database.begin_write().unwrap();
    transaction
        .open_table(meta)
        .unwrap()
        .insert("magic", 7)
        .unwrap();
    transaction.commit().unwrap();
}
