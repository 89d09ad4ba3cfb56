//! Whole pages that are gone, empty or somewhere else, and files of another length.

use super::examiner::{Damage, PAGE};
use super::image::Image;
use super::verdicts::judge;
use crate::support::soak;

#[test]
fn of_a_closed_file() {
    examine("closed file", &Image::closed());
}

#[test]
fn of_a_file_left_by_a_kill() {
    examine("file left by a kill", &Image::killed());
}

fn examine(what: &str, image: &Image) {
    assert_eq!(image.bytes.len() % PAGE, 0);
    judge(&format!("{what}, as it is"), image, [Damage::None]);
    judge(
        &format!("{what}, lengths"),
        image,
        lengths(image.bytes.len()),
    );
    judge(
        &format!("{what}, pages"),
        image,
        pages(image.bytes.len() / PAGE),
    );
    let rng = soak::rng("pages in the place of others");
    judge(
        &format!("{what}, misplaced"),
        image,
        misplaced(image.bytes.len() / PAGE, rng),
    );
}

fn lengths(length: usize) -> Vec<Damage> {
    let mut lengths: Vec<_> = [0, 1, 2, 8, 9, 10, 63, 64, 191, 192, 319, 320, 321, 511, 512].into();
    for end in (PAGE..=length).step_by(PAGE) {
        lengths.extend([end - PAGE / 2 - 1, end - 512, end - 1, end, end + 1]);
    }
    let cut = |length| Damage::Cut { length };
    let grow = |by| [0, 0xA5].map(|with| Damage::Grow { by, with });
    lengths
        .into_iter()
        .filter(|cut| *cut < length)
        .map(cut)
        .chain(
            [1, 4, 511, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, 1 << 20]
                .into_iter()
                .flat_map(grow),
        )
        .collect()
}

fn pages(count: usize) -> impl Iterator<Item = Damage> {
    (0..count).flat_map(|page| [0, 0xFF, 1, 2].map(|with| Damage::Fill { page, with }))
}

fn misplaced(count: usize, mut rng: fastrand::Rng) -> Vec<Damage> {
    let mut cases = Vec::new();
    for page in 0..count {
        for other in (0..count).filter(|other| *other != page) {
            cases.push(Damage::Copy { page, over: other });
            if other > page {
                cases.push(Damage::Swap { page, other });
            }
        }
    }
    rng.shuffle(&mut cases);
    cases.truncate(250 * soak::factor());
    cases
}
