//! Damage that strikes while a handle is open. The engine trusts pages that it has open, so its panics are
//! to be expected here; they must end as errors.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use session_registry::{
    Access, Error, ProjectPath, RegistryOptions, Session, SessionRegistry, Sharing,
};

use super::examiner::{Damage, PAGE, scratch};
use super::image::{Content, Image};
use super::verdicts::judge_live;
use crate::support::child::Parent;

#[test]
fn pages_lost_under_an_open_handle_are_reported() {
    let image = Image::closed();
    let pages = image.bytes.len() / PAGE;
    let filled = (0..pages).flat_map(|page| [0, 0xFF].map(|with| Damage::Fill { page, with }));
    judge_live("pages overwritten while open", &image, filled);
    let cut = (1..pages).map(|page| page * PAGE).chain([0, 100, 5000]);
    let cut = cut.map(|length| Damage::Cut { length });
    judge_live("file cut while open", &image, cut);
}

#[test]
fn a_header_wiped_while_open_is_damage_and_not_another_kind_of_file() {
    let (image, registry) = opened_without_cache();
    let mut bytes = image.bytes.clone();
    Damage::Fill { page: 0, with: 0 }.apply(&mut bytes);
    fs::write(image.path("image"), bytes).unwrap();
    for _ in 0..2 {
        let error = registry.list_all().unwrap_err();
        assert!(error.is_corruption(), "{error:?}");
    }
    let path = ProjectPath::new("/damage/after").unwrap();
    let error = registry
        .register(Session::builder(path).build())
        .unwrap_err();
    assert!(error.is_corruption(), "{error:?}");
    assert!(!registry.verify().unwrap().is_clean());
}

#[test]
fn a_snapshot_of_an_engine_that_failed_is_lost_and_not_an_io_error() {
    let (image, registry) = opened_without_cache();
    let snapshot = registry.snapshot().unwrap();
    fs::write(image.path("image"), []).unwrap();
    let error = registry.list_all().unwrap_err();
    assert!(error.is_corruption(), "{error:?}");
    let error = snapshot.list_all().unwrap_err();
    assert!(matches!(error, Error::SnapshotLost), "{error:?}");
}

fn opened_without_cache() -> (Image, SessionRegistry) {
    let image = Image::closed();
    let options = SessionRegistry::options().cache_size(0);
    let registry = options.open(image.path("image")).unwrap();
    (image, registry)
}

/// Damages the image under an open handle as told, and tells what its calls answered.
pub(crate) fn sufferer(parent: &Parent) {
    panic::set_hook(Box::new(|_| {}));
    let image = fs::read(parent.argument(0)).unwrap();
    let content = fs::read(parent.argument(1)).unwrap();
    let content: Content = serde_json::from_slice(&content).unwrap();
    let directory = scratch();
    let file = directory.path().join("damaged");
    while let Some(damage) = parent.hear() {
        let mut bytes = image.clone();
        damage.parse::<Damage>().unwrap().apply(&mut bytes);
        let mut said = Vec::new();
        for sharing in [Sharing::Shared, Sharing::Exclusive] {
            // Without a cache every page is read again.
            for cache in [0, 4 << 20] {
                fs::write(&file, &image).unwrap();
                let options = SessionRegistry::options()
                    .sharing(sharing)
                    .cache_size(cache)
                    .busy_timeout(Duration::from_secs(10));
                let suffered = catch_unwind(AssertUnwindSafe(|| {
                    suffer(&file, &options, &bytes, &content)
                }));
                said.push(suffered.unwrap_or_else(|_| "a panic escaped".to_owned()));
                fs::remove_file(&file).unwrap();
            }
        }
        fs::write(&file, &image).unwrap();
        let suffered = catch_unwind(AssertUnwindSafe(|| suffer_reading(&file, &bytes, &content)));
        said.push(suffered.unwrap_or_else(|_| "a panic escaped".to_owned()));
        fs::remove_file(&file).unwrap();
        parent.say(said.join(";"));
    }
}

/// What the calls of a handle that only reads answer after the file under it has become `bytes`.
fn suffer_reading(file: &Path, bytes: &[u8], content: &Content) -> String {
    let options = SessionRegistry::options()
        .access(Access::ReadOnly)
        .cache_size(0)
        .busy_timeout(Duration::from_secs(10));
    let registry = options.open(file).unwrap();
    let snapshot = registry.snapshot().unwrap();
    spoil(file, bytes);
    let mut said = vec![read(&registry, content)];
    said.push(told(snapshot.list_all().map(|_| ())));
    said.push(told(registry.list_all().map(|_| ())));
    said.push(told(registry.verify().map(|_| ())));
    drop(snapshot);
    said.push(told(registry.close()));
    assert!(
        fs::read(file).unwrap() == bytes,
        "a reader changed the file"
    );
    said.join(",")
}

fn spoil(file: &Path, bytes: &[u8]) {
    let mut damaged = OpenOptions::new().write(true).open(file).unwrap();
    damaged.write_all(bytes).unwrap();
    damaged.set_len(bytes.len() as u64).unwrap();
}

/// What the calls of one handle answer after the file under it has become `bytes`.
fn suffer(file: &Path, options: &RegistryOptions, bytes: &[u8], content: &Content) -> String {
    let registry = options.open(file).unwrap();
    let snapshot = registry.snapshot().unwrap();
    spoil(file, bytes);
    let mut said = vec![read(&registry, content)];
    said.push(told(snapshot.list_all().map(|_| ())));
    let path = ProjectPath::new("/damage/after").unwrap();
    let registered = registry.register(Session::builder(path).build());
    said.push(told(registered.map(|_| ())));
    said.push(told(registry.list_all().map(|_| ())));
    said.push(told(registry.rebuild_indexes().map(|_| ())));
    said.push(told(registry.verify().map(|_| ())));
    drop(snapshot);
    said.push(told(registry.close()));
    said.join(",")
}

fn read(registry: &SessionRegistry, content: &Content) -> String {
    match Content::read(registry) {
        Ok(Ok(found)) if found == *content => "right".into(),
        Ok(found) => format!("wrong {found:?}"),
        Err(error) => told(Err(error)),
    }
}

fn told(result: Result<(), Error>) -> String {
    match result {
        Ok(()) => "right".into(),
        Err(error @ Error::Storage(_)) => format!("{error:?}"),
        Err(error) => error.code().into(),
    }
}
