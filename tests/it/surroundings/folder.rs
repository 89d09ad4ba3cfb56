//! The folder of owners' locks, made by somebody else first.

use std::fs;
use std::os::unix::fs::symlink;

use session_registry::{Error, OwnersFolderProblem};

use super::{Place, give, mode, names_in, set_mode, some_lock_name};
use crate::world::puppet::{NOBODY, Puppet, may_be_others};

/// What is wrong with the folder, as a claim tells it.
fn problem(place: &Place) -> (Option<u32>, OwnersFolderProblem) {
    match place.open().claim(place.id) {
        Err(Error::OwnersFolder(folder)) => {
            assert_eq!(folder.path(), place.folder());
            (folder.owner(), folder.problem())
        }
        other => panic!("{other:?}"),
    }
}

/// Another user turned a living owner dead: the name of its lock led to a file that nobody had locked.
#[test]
fn a_folder_that_another_user_made_proved_what_he_liked() {
    if !may_be_others("a_folder_that_another_user_made_proved_what_he_liked") {
        return;
    }
    let place = Place::new();
    let mut owner = Puppet::start();
    owner.opens(&place.file);
    assert_eq!(owner.told(format!("claim {}", place.id)), "ok");
    let lock = place.only_lock();
    fs::rename(place.folder(), place.path("away")).unwrap();
    fs::create_dir(place.folder()).unwrap();
    fs::write(&lock, "").unwrap();
    for (user, folder_mode) in [(NOBODY, 0o777), (NOBODY, 0o700), (0, 0o777), (0, 0o770)] {
        give(&place.folder(), user);
        set_mode(&place.folder(), folder_mode);
        let mut other = Puppet::start();
        other.opens(&place.file);
        let case = format!("of user {user}, mode {folder_mode:o}");
        let id = place.id;
        assert_eq!(other.told(format!("liveness {id}")), "Unknown", "{case}");
        assert_eq!(other.told("interrupted"), "0", "{case}");
        assert_eq!(
            other.told(format!("take_over {id}")),
            "owners_folder",
            "{case}"
        );
        other.finish();
        assert!(lock.exists(), "{case}: nothing of a stranger's is swept");
    }
    assert_eq!(owner.told("check"), "ok");
    owner.kill();
}

#[test]
fn the_error_says_what_is_wrong_with_the_folder_and_whose_it_is() {
    let place = Place::new();
    fs::write(place.folder(), "").unwrap();
    assert_eq!(problem(&place), (None, OwnersFolderProblem::NotADirectory));
    fs::remove_file(place.folder()).unwrap();

    let elsewhere = place.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, place.folder()).unwrap();
    assert_eq!(problem(&place), (None, OwnersFolderProblem::NotADirectory));
    assert_eq!(names_in(&elsewhere), [""; 0]);
    fs::remove_file(place.folder()).unwrap();

    let me = rustix::process::geteuid().as_raw();
    for bad in [0o702, 0o720, 0o777, 0o1777] {
        fs::create_dir(place.folder()).unwrap();
        set_mode(&place.folder(), bad);
        let (owner, problem) = problem(&place);
        assert_eq!(owner, Some(me));
        match problem {
            OwnersFolderProblem::WritableByOthers { mode, .. } => assert_eq!(mode, bad),
            other => panic!("{other:?}"),
        }
        assert_eq!(mode(&place.folder()), bad, "it is not ours to change");
        fs::remove_dir(place.folder()).unwrap();
    }
    for good in [0o700, 0o755, 0o500, 0o000] {
        fs::create_dir(place.folder()).unwrap();
        set_mode(&place.folder(), good);
        if good & 0o300 == 0o300 || rustix::process::geteuid().is_root() {
            place.open().claim(place.id).unwrap().release().unwrap();
        }
        fs::remove_dir(place.folder()).unwrap();
    }
}

/// File systems that keep no modes show the same for everything.
#[test]
fn a_folder_is_as_open_as_the_registry_may_be() {
    let place = Place::new();
    set_mode(&place.file, 0o777);
    fs::create_dir(place.folder()).unwrap();
    set_mode(&place.folder(), 0o777);
    place.open().claim(place.id).unwrap().release().unwrap();
}

#[test]
fn a_lock_that_a_stranger_put_there_proves_nothing() {
    if !may_be_others("a_lock_that_a_stranger_put_there_proves_nothing") {
        return;
    }
    let place = Place::new();
    let dead = place.leave_dead_owner();
    let registry = place.open();
    let liveness = || format!("{:?}", registry.owner(place.id).unwrap().unwrap().liveness);
    assert_eq!(liveness(), "Dead");
    give(&dead, NOBODY);
    assert_eq!(liveness(), "Unknown");
    give(&dead, 0);
    fs::write(&dead, "not empty").unwrap();
    assert_eq!(liveness(), "Unknown");
}

/// A umask of a shell, or of a daemon that thought it needed none.
#[test]
fn no_umask_made_the_folder_or_a_lock_useless_or_open() {
    let place = Place::new();
    for umask in ["000", "002", "077", "777"] {
        let _ = fs::remove_dir_all(place.folder());
        let mut puppet = Puppet::with_umask(umask);
        puppet.opens(&place.file);
        assert_eq!(puppet.told(format!("claim {}", place.id)), "ok");
        assert_eq!(mode(&place.folder()), 0o700, "{umask}");
        assert_eq!(mode(&place.only_lock()), 0o600, "{umask}");
        let copy = place.path(&format!("copy-{umask}"));
        assert_eq!(puppet.told(format!("backup {}", copy.display())), "ok");
        assert_eq!(mode(&copy), 0o600, "{umask}");
        assert_eq!(puppet.told("release"), "ok");
        puppet.finish();
    }
}

#[test]
fn a_name_in_the_folder_that_is_not_ours_is_left_alone() {
    let place = Place::new();
    place.leave_dead_owner();
    let upper = some_lock_name().to_uppercase();
    let hyphened = uuid::Uuid::new_v4().to_string();
    let braced = format!("{{{hyphened}}}");
    let kept = [upper, hyphened, braced, "notes".to_owned()];
    for name in &kept {
        fs::write(place.folder().join(name), "").unwrap();
    }
    place.open().claim(place.id).unwrap().release().unwrap();
    let mut expected = kept.to_vec();
    expected.sort();
    assert_eq!(names_in(&place.folder()), expected);
}
