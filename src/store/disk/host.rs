//! Where this process runs, as far as that can tell its owner's lock and its number from others'.

use std::fs;
use std::path::Path;

use super::plain;

/// The machine, this start of it, and what this process sees of it.
#[derive(Debug)]
pub(in crate::store) struct Host {
    /// What tells this machine from others that may see the same files. Where the system has no machine id, the
    /// host's name stands in.
    pub(in crate::store) machine: String,
    /// What tells this start of the machine from others; `None` where the system has no such id. Containers have the
    /// one of the machine that they run on.
    pub(in crate::store) boot: Option<String>,
    pub(in crate::store) name: String,
    /// In which numbers of processes count; `None` where the system has no such thing.
    pub(in crate::store) pid_namespace: Option<u64>,
}

/// A machine id is far shorter.
const LONGEST_MACHINE_ID: u64 = 1024;

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

fn machine_id() -> Option<String> {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .iter()
        .filter_map(|path| plain::read_through_links(Path::new(path), LONGEST_MACHINE_ID).ok()?)
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .map(|text| text.trim().to_owned())
        .find(|id| !id.is_empty())
}

fn boot_id() -> Option<String> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = text.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(target_os = "linux")]
fn pid_namespace() -> Option<u64> {
    use std::os::unix::fs::MetadataExt;

    let namespace = fs::metadata("/proc/self/ns/pid").ok()?;
    Some(namespace.ino())
}

#[cfg(not(target_os = "linux"))]
fn pid_namespace() -> Option<u64> {
    None
}
