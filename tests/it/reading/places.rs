//! Places where nothing can be written: files and folders of others, and media that nobody can write to.

use std::fmt::Display;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use session_registry::{Error, Liveness, SessionRegistry, Sharing};

use super::{place, reading, traces};
use crate::support::child::{Child, Parent};
use crate::support::values::{id, session};

/// `nobody`, on every system with such a user.
const NOBODY: u32 = 65534;

/// Opens what it is told to for reading only, and tells what it finds.
pub(crate) fn onlooker(parent: &Parent) {
    while let Some(file) = parent.hear() {
        match look(Path::new(&file)) {
            Ok(found) => parent.say(found),
            Err(error) => parent.say(error.code()),
        }
    }
}

fn look(file: &Path) -> Result<String, Error> {
    let registry = reading().open(file)?;
    let sessions = registry.list_all()?.len();
    let found = registry.verify()?;
    let owner = match registry.owner(id(1))?.map(|owner| owner.liveness) {
        None => "nobody",
        Some(Liveness::Alive) => "alive",
        Some(Liveness::Dead) => "dead",
        Some(_) => "unknown",
    };
    let refused = registry.register(session(9)).unwrap_err();
    registry.close()?;
    let (clean, pages) = (found.is_clean(), found.pages_checked);
    Ok(format!(
        "{sessions} sessions, clean {clean}, pages {pages}, owner {owner}, {}",
        refused.code()
    ))
}

const QUIET: &str = "3 sessions, clean true, pages true, owner nobody, read_only";

struct Onlooker(Child);

impl Onlooker {
    /// Somebody else than root, who may do anything.
    fn without_privileges(directory: &Path) -> Self {
        let command = Child::command("onlooker", &[]);
        if !rustix::process::geteuid().is_root() {
            return Self(Child::spawn(command));
        }
        // By this name the program is in reach of those who may not enter its folder.
        let mut as_nobody = in_place_of(&command, "/proc/self/exe");
        as_nobody.current_dir(directory).uid(NOBODY).gid(NOBODY);
        Self(Child::spawn(as_nobody))
    }

    fn told(&mut self, file: impl Display) -> String {
        self.0.say(file);
        self.0.line()
    }
}

/// The same command, but started by way of another program.
fn in_place_of(command: &Command, program: &str) -> Command {
    let mut other = Command::new(program);
    other.args(command.get_args());
    for (name, value) in command.get_envs() {
        other.env(name, value.unwrap());
    }
    other
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_may_be_read_but_not_written() {
    let (directory, file) = place();
    set_mode(directory.path(), 0o555);
    set_mode(&file, 0o444);
    let before = traces(directory.path());
    let mut onlooker = Onlooker::without_privileges(directory.path());
    assert_eq!(onlooker.told(file.display()), QUIET);
    assert!(traces(directory.path()) == before);
    set_mode(&file, 0o000);
    assert_eq!(onlooker.told(file.display()), "storage");
    onlooker.0.finish();
    set_mode(directory.path(), 0o755);
}

#[test]
fn a_file_of_another_user_who_uses_it() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can be two users");
        return;
    }
    let (directory, file) = place();
    set_mode(directory.path(), 0o755);
    set_mode(&file, 0o644);
    let mut onlooker = Onlooker::without_privileges(directory.path());
    let writer = SessionRegistry::open(&file).unwrap();
    let claim = writer.claim(id(1)).unwrap();
    let beside = |owner| format!("3 sessions, clean true, pages false, owner {owner}, read_only");
    // The lock files are their owners' alone, so nobody else can tell.
    assert_eq!(onlooker.told(file.display()), beside("unknown"));
    claim.release().unwrap();
    assert_eq!(onlooker.told(file.display()), beside("nobody"));
    writer.close().unwrap();
    let options = SessionRegistry::options().sharing(Sharing::Exclusive);
    let holder = options.open(&file).unwrap();
    holder.close().unwrap();
    assert_eq!(onlooker.told(file.display()), QUIET);
    onlooker.0.finish();
}

#[test]
fn what_a_kill_left_in_a_file_that_may_not_be_written() {
    let (directory, file) = place();
    set_mode(directory.path(), 0o755);
    let mut dweller = Child::start("dweller", &[&file.display(), &"shared"]);
    dweller.expect("open");
    dweller.kill();
    set_mode(&file, 0o444);
    let before = traces(directory.path());
    let mut onlooker = Onlooker::without_privileges(directory.path());
    let found = onlooker.told(file.display());
    assert_eq!(found, QUIET.replace('3', "4"));
    onlooker.0.finish();
    assert!(traces(directory.path()) == before);
}

/// Mounts a folder once more, without the right to write to it, in a world of its own.
#[test]
fn a_medium_that_cannot_be_written() {
    let (directory, file) = place();
    let mut dweller = Child::start("dweller", &[&file.display(), &"shared"]);
    dweller.expect("open");
    let left = directory.path().join("left");
    fs::copy(&file, &left).unwrap();
    dweller.kill();
    fs::copy(&file, &left).unwrap();
    SessionRegistry::open(&file).unwrap().close().unwrap();
    let before = traces(directory.path());

    let onlooker = Child::command("onlooker", &[]);
    let mut command = in_place_of(&onlooker, "unshare");
    let folder = directory.path();
    let script = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" \
                  && ! touch \"$0/written\" 2>/dev/null && exec \"$@\"";
    let mut mounted = Command::new(command.get_program());
    mounted.args(["--mount", "sh", "-c", script]).arg(folder);
    mounted.arg(onlooker.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        mounted.env(name, value.unwrap());
    }
    command = mounted;
    if !may_mount() {
        eprintln!("skipped: no file system may be mounted here");
        return;
    }
    let mut onlooker = Onlooker(Child::spawn(command));
    for file in [&file, &left] {
        assert_eq!(onlooker.told(file.display()), QUIET.replace('3', "4"));
    }
    onlooker.0.finish();
    assert!(traces(directory.path()) == before);
}

/// Whether a folder may be mounted once more, in a world of its own.
fn may_mount() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let script = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"";
    let mut mount = Command::new("unshare");
    mount
        .args(["--mount", "sh", "-c", script])
        .arg(folder.path());
    mount.output().is_ok_and(|output| output.status.success())
}
