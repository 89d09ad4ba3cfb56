//! The overlay behaves as a file does, and never writes to the file below it.

use std::sync::Arc;

use redb::StorageBackend;

use super::disk::Disk;
use crate::shared::soak;
use crate::store::disk::overlay::Overlay;

const PAGE: usize = 4096;

fn overlay_on(bytes: Vec<u8>) -> (Arc<Disk>, Overlay) {
    let disk = Arc::new(Disk::holding(bytes));
    let overlay = Overlay::over(Arc::<Disk>::clone(&disk)).unwrap();
    (disk, overlay)
}

fn content(overlay: &Overlay) -> Vec<u8> {
    let mut bytes = vec![0xee; usize::try_from(overlay.len().unwrap()).unwrap()];
    overlay.read(0, &mut bytes).unwrap();
    bytes
}

#[test]
fn an_overlay_is_a_file_of_its_own() {
    let mut random = soak::rng("an_overlay_is_a_file_of_its_own");
    for _ in 0..50 {
        let len = random.usize(..4 * PAGE);
        let base: Vec<u8> = (0..len).map(|_| random.u8(1..)).collect();
        let (disk, overlay) = overlay_on(base.clone());
        let mut expected = base.clone();
        for _ in 0..50 {
            match random.u8(..4) {
                0 => {
                    let len = random.usize(..5 * PAGE);
                    overlay.set_len(len as u64).unwrap();
                    expected.resize(len, 0);
                }
                1 => overlay.sync_data().unwrap(),
                2 if !expected.is_empty() => {
                    let at = random.usize(..expected.len());
                    let mut found = vec![0xee; random.usize(..=expected.len() - at)];
                    overlay.read(at as u64, &mut found).unwrap();
                    assert_eq!(found, expected[at..at + found.len()]);
                }
                _ if !expected.is_empty() => {
                    let at = random.usize(..expected.len());
                    let count = random.usize(..=expected.len() - at);
                    let new = vec![random.u8(..); count];
                    overlay.write(at as u64, &new).unwrap();
                    expected[at..at + count].copy_from_slice(&new);
                }
                _ => {}
            }
            assert!(content(&overlay) == expected);
        }
        overlay.close().unwrap();
        assert!(disk.content() == base && disk.events().is_empty());
    }
}

#[test]
fn what_was_cut_off_comes_back_as_zeros() {
    let (disk, overlay) = overlay_on(vec![7; 2 * PAGE]);
    overlay.set_len(100).unwrap();
    overlay.set_len(3 * PAGE as u64).unwrap();
    let expected = [vec![7; 100], vec![0; 3 * PAGE - 100]].concat();
    assert!(content(&overlay) == expected);
    assert!(disk.content() == vec![7; 2 * PAGE]);
}

#[test]
fn nothing_is_read_past_the_end() {
    let (_, overlay) = overlay_on(vec![7; 10]);
    let mut byte = [0];
    for at in [10, 4096, u64::MAX] {
        assert!(overlay.read(at, &mut byte).is_err());
    }
    overlay.set_len(5).unwrap();
    assert!(overlay.read(5, &mut byte).is_err());
    overlay.read(4, &mut byte).unwrap();
    assert_eq!(byte, [7]);
}
