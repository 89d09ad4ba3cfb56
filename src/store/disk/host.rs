//! Where this process runs, as far as that can tell its owner's lock and its number from others'.

#[cfg(not(any(target_os = "macos", windows)))]
use std::path::Path;

#[cfg(not(any(target_os = "macos", windows)))]
use super::plain;

/// The machine, this start of it, and what this process sees of it.
#[derive(Debug)]
pub(in crate::store) struct Host {
    /// What tells this machine from others that may see the same files, over its restarts. Where the system has no
    /// machine id, the host's name stands in; then a claim of this very start is known by `boot`, whatever the name
    /// was.
    pub(in crate::store) machine: String,
    /// What tells this start of the machine from others; `None` where the system has no such id. Containers have the
    /// one of the machine that they run on.
    pub(in crate::store) boot: Option<String>,
    pub(in crate::store) name: String,
    /// In which numbers of processes count; `None` where the system has no such thing.
    pub(in crate::store) pid_namespace: Option<u64>,
}

/// Where a system may keep its machine id as a text. The file of the same name as the last one, on Linux, is no text.
#[cfg(not(any(target_os = "macos", windows)))]
const MACHINE_IDS: &[&str] = &[
    "/etc/machine-id",
    "/var/lib/dbus/machine-id",
    #[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
    "/etc/hostid",
];
#[cfg(not(any(target_os = "macos", windows)))]
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
/// An id is far shorter.
#[cfg(not(any(target_os = "macos", windows)))]
const LONGEST_ID: u64 = 1024;

impl Host {
    pub(in crate::store) fn this() -> Self {
        let name = gethostname::gethostname().to_string_lossy().into_owned();
        Self {
            machine: machine_id().unwrap_or_else(|| name.clone()),
            boot: boot_id(),
            name,
            pid_namespace: pid_namespace(),
        }
    }
}

#[cfg(not(any(target_os = "macos", windows)))]
fn machine_id() -> Option<String> {
    MACHINE_IDS.iter().find_map(|path| id_in(Path::new(path)))
}

/// `IOPlatformUUID` of the hardware, `MachineGuid` of the installation: neither changes with the host's name.
#[cfg(any(target_os = "macos", windows))]
fn machine_id() -> Option<String> {
    let id = machine_uid::get().ok()?;
    is_an_id(&id).then_some(id)
}

#[cfg(not(any(target_os = "macos", windows)))]
fn boot_id() -> Option<String> {
    id_in(Path::new(BOOT_ID))
}

/// There is none that can be had without a program of the system or unsafe code.
#[cfg(any(target_os = "macos", windows))]
fn boot_id() -> Option<String> {
    None
}

#[cfg(not(any(target_os = "macos", windows)))]
fn id_in(path: &Path) -> Option<String> {
    let bytes = plain::read_through_links(path, LONGEST_ID).ok()??;
    let text = String::from_utf8(bytes).ok()?;
    let id = text.trim();
    is_an_id(id).then(|| id.to_owned())
}

/// Whether a text tells one machine from another: not what images of systems have in place of an id until they are
/// started.
fn is_an_id(text: &str) -> bool {
    text != "uninitialized" && text.bytes().any(|byte| !matches!(byte, b'0' | b'-'))
}

#[cfg(target_os = "linux")]
fn pid_namespace() -> Option<u64> {
    use std::os::unix::fs::MetadataExt;

    let namespace = std::fs::metadata("/proc/self/ns/pid").ok()?;
    Some(namespace.ino())
}

#[cfg(not(target_os = "linux"))]
fn pid_namespace() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[cfg(not(any(target_os = "macos", windows)))]
    #[test]
    fn an_id_is_the_text_of_a_plain_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("machine-id");
        assert_eq!(id_in(&path), None, "no file");
        let long = "f".repeat(2_000);
        for (written, id) in [
            ("0123456789abcdef0123456789abcdef\n", true),
            ("b642ad37-f0b6-11ea-9087-000c29f8f1d5\n", true),
            ("", false),
            (" \n", false),
            ("uninitialized\n", false),
            ("00000000000000000000000000000000\n", false),
            ("00000000-0000-0000-0000-000000000000\n", false),
        ] {
            std::fs::write(&path, written).unwrap();
            let expected = id.then(|| written.trim().to_owned());
            assert_eq!(id_in(&path), expected, "{written:?}");
        }
        std::fs::write(&path, [0xff, 0xfe, 0x01]).unwrap();
        assert_eq!(id_in(&path), None, "no text");
        std::fs::write(&path, long).unwrap();
        assert_eq!(id_in(&path).unwrap().len() as u64, LONGEST_ID, "cut");
        assert_eq!(id_in(directory.path()), None, "a directory");
        assert_eq!(id_in(Path::new("/dev/zero")), None, "a device");
    }

    /// The host's name stood in, and a rename made every dead owner unknown for ever.
    #[cfg(any(target_os = "macos", windows))]
    #[test]
    fn the_systems_own_id_was_not_asked_for() {
        let id = machine_id().unwrap();
        assert!(uuid::Uuid::try_parse(&id).is_ok(), "{id}");
        assert_ne!(id, Host::this().name);
        assert_eq!(id, Host::this().machine);
    }

    #[test]
    fn this_machine_is_the_same_each_time_it_is_asked() {
        let (one, other) = (Host::this(), Host::this());
        assert!(is_an_id(&one.machine));
        assert_eq!(one.machine, other.machine);
        assert_eq!(one.boot, other.boot);
        assert_eq!(one.boot.is_some(), cfg!(target_os = "linux"));
    }
}
