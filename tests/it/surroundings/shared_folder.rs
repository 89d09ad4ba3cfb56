//! A folder that is mounted so that others, who reach the same files, see no lock.

use std::process::Command;

use super::Place;
use crate::support::child::Child;

/// Mounts a folder as `kind` at another, in a world of its own, and runs the rest there.
const MOUNTED: &str = "bindfs -o subtype=\"$0\" \"$1\" \"$2\" && shift 2 && exec \"$@\"";

/// Runs `command` where the place's directory is also at `there`, by way of a program.
fn mounted(kind: &str, place: &Place, command: &Command) -> Command {
    let mut mounted = Command::new("unshare");
    mounted
        .args(["--mount", "sh", "-c", MOUNTED, kind])
        .args([place.directory.path(), &place.path("there")])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        mounted.env(name, value.unwrap());
    }
    mounted
}

/// Two machines wrote to one file, and neither saw the other's locks.
#[test]
fn a_folder_of_another_machine_was_shared_with_it() {
    let place = Place::new();
    std::fs::create_dir(place.path("there")).unwrap();
    let works = mounted("other", &place, &Command::new("true")).output();
    if !works.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: nothing can be mounted here by way of bindfs");
        return;
    }
    // What else programs mount, as what is encrypted, is one machine's.
    for (kind, answer) in [("sshfs", "sharing_unsupported"), ("other", "ok")] {
        let command = mounted(kind, &place, &Child::command("puppet", &[]));
        let mut child = Child::spawn(command);
        for name in ["sessions.redb", kind] {
            child.say(format!("open {}", place.path("there").join(name).display()));
            child.expect(answer);
        }
        child.finish();
    }
    let names = ["other", "sessions.redb", "there"];
    assert_eq!(
        place.names(),
        names,
        "nothing was made where it was refused"
    );
}
