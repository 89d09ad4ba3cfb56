//! Brings many cases of damage before examiners, and counts their verdicts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::examiner::Damage;
use super::image::Image;
use crate::support::child::Child;

/// How a damaged file may be refused: never as busy, in use or unreadable for some other reason.
const REFUSALS: [&str; 3] = ["corrupted", "not_a_registry", "schema_too_new"];

/// Examines an image with each damage in turn; fails, when all are done, if any verdict was bad.
pub(super) fn judge(what: &str, image: &Image, cases: impl IntoIterator<Item = Damage>) {
    let court = Court::over("examiner", image.path("image"), image.path("content"));
    judge_in(what, court, cases, is_good);
}

/// The same for damage under an open handle.
pub(super) fn judge_live(what: &str, image: &Image, cases: impl IntoIterator<Item = Damage>) {
    let court = Court::over("sufferer", image.path("image"), image.path("content"));
    let good = ["right", "corrupted", "snapshot_lost"];
    judge_in(what, court, cases, |verdict| {
        verdict
            .split([',', ';'])
            .all(|verdict| good.contains(&verdict))
    });
}

fn judge_in(
    what: &str,
    mut court: Court,
    cases: impl IntoIterator<Item = Damage>,
    is_good: impl Fn(&str) -> bool,
) {
    let mut verdicts = BTreeMap::<String, usize>::new();
    let mut bad = Vec::new();
    let mut count = 0;
    for damage in cases {
        count += 1;
        let verdict = court.verdict(damage);
        if !is_good(&verdict) {
            bad.push(format!("{damage}: {verdict}"));
        }
        for part in verdict.split([',', ';']) {
            *verdicts.entry(part.to_owned()).or_default() += 1;
        }
    }
    assert!(
        bad.is_empty(),
        "{what}, {} bad:\n{}",
        bad.len(),
        bad.join("\n")
    );
    eprintln!("{what}: {count} cases, {verdicts:?}");
}

fn is_good(verdict: &str) -> bool {
    match verdict.split_once(' ') {
        None => verdict == "right",
        Some(("refused" | "failed", code)) => REFUSALS.contains(&code),
        Some(_) => false,
    }
}

/// An examiner, and another when it dies.
pub(super) struct Court {
    role: &'static str,
    image: PathBuf,
    content: PathBuf,
    examiner: Child,
}

impl Court {
    pub(super) fn over(role: &'static str, image: PathBuf, content: PathBuf) -> Self {
        Self {
            examiner: Child::start(role, &[&image.display(), &content.display()]),
            role,
            image,
            content,
        }
    }

    pub(super) fn verdict(&mut self, damage: Damage) -> String {
        self.examiner.say(damage);
        let bad = match self.examiner.answer() {
            Ok(Some(verdict)) => return verdict,
            Ok(None) => "the process died",
            Err(_) => "the process hangs",
        };
        let (image, content) = (self.image.display(), self.content.display());
        self.examiner = Child::start(self.role, &[&image, &content]);
        bad.into()
    }
}
