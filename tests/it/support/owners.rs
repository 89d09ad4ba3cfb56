//! Owners of sessions: who they are, how they die, what they leave.

use std::fs;
use std::path::Path;

use session_registry::{Liveness, Owner, SessionId, SessionRegistry};

use super::place::{Kind, Place};

/// The places in which an owner can die: what is in memory dies with it.
pub(crate) fn files() -> [Place; 2] {
    [Place::new(Kind::Shared), Place::new(Kind::Exclusive)]
}

/// Claims a session, and dies: the lock goes, the row stays.
pub(crate) fn leave_dead_owner(place: &mut Place, id: SessionId) {
    let claim = place.registry.claim(id).unwrap();
    place.reopen();
    drop(claim);
    assert_eq!(liveness(&place.registry, id), Some(Liveness::Dead));
}

/// As [`leave_dead_owner`], beside others who have the file open.
pub(crate) fn dead_owner_beside(file: &Path, id: SessionId) {
    let registry = SessionRegistry::open(file).unwrap();
    let claim = registry.claim(id).unwrap();
    registry.close().unwrap();
    drop(claim);
}

pub(crate) fn owner(registry: &SessionRegistry, id: SessionId) -> Option<Owner> {
    registry.owner(id).unwrap()
}

pub(crate) fn liveness(registry: &SessionRegistry, id: SessionId) -> Option<Liveness> {
    owner(registry, id).map(|owner| owner.liveness)
}

/// The names in the folder of owners; none when there is no folder.
pub(crate) fn owner_files(registry: &Path) -> Vec<String> {
    let mut folder = registry.as_os_str().to_owned();
    folder.push(".owners");
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}
