//! File systems that cannot be shared although they look as if they could: shared folders of virtual machines and
//! folders reached through another program. Locks reach only those who mounted them here; whoever has the same files
//! elsewhere, as the host does, sees no lock and is not seen, and both write.
//!
//! Only such are told as are nobody's root: 9p and virtiofs in general, under which whole sandboxes live that nobody
//! else writes to, are let in, and so are network file systems, which may well pass locks on.

use std::path::Path;

/// Whether the locks of programs on this machine mean nothing to others who reach the same folder. Where that cannot
/// be told, they do.
pub(in crate::store) fn keeps_locks_to_itself(folder: &Path) -> bool {
    #[cfg(test)]
    if pretended::is_shared_folder() {
        return true;
    }
    is_shared_folder(folder)
}

#[cfg(target_os = "linux")]
fn is_shared_folder(folder: &Path) -> bool {
    let Ok(found) = rustix::fs::statfs(folder) else {
        return false;
    };
    // A cast, because the type of this number is another on every machine.
    match Kind::of(found.f_type as u64 & 0xffff_ffff) {
        Kind::SharedFolder => true,
        Kind::Perhaps => mount_of(folder).is_some_and(|mount| is_shared_mount(&mount)),
        Kind::Other => false,
    }
}

/// What the number of a file system tells.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SharedFolder,
    /// Its mount tells.
    Perhaps,
    Other,
}

#[cfg(target_os = "linux")]
impl Kind {
    fn of(number: u64) -> Self {
        match number {
            // vboxsf of VirtualBox, prl_fs of Parallels, vmhgfs of VMware.
            0x786f_4256 | 0x7c7c_6673 | 0xbacb_acbc => Self::SharedFolder,
            // FUSE, virtiofs included, and 9p.
            0x6573_5546 | 0x0102_1997 => Self::Perhaps,
            _ => Self::Other,
        }
    }
}

/// The longest list of mounts that is read.
#[cfg(target_os = "linux")]
const LONGEST_LIST: u64 = 1 << 20;

/// The line that tells of the mount on which a folder is.
#[cfg(target_os = "linux")]
fn mount_of(folder: &Path) -> Option<String> {
    use std::io::Read;

    let device = rustix::fs::stat(folder).ok()?.st_dev;
    let device = format!(
        "{}:{}",
        rustix::fs::major(device),
        rustix::fs::minor(device)
    );
    let list = std::fs::File::open("/proc/self/mountinfo").ok()?;
    let mut bytes = Vec::new();
    list.take(LONGEST_LIST).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let is_it = |line: &&str| line.split(' ').nth(2) == Some(&device);
    text.lines().find(is_it).map(str::to_owned)
}

/// Whether a line of `/proc/self/mountinfo` is a shared folder's.
#[cfg(target_os = "linux")]
fn is_shared_mount(line: &str) -> bool {
    // After the optional fields: type, source, and the options of the file system.
    let Some((_, after)) = line.split_once(" - ") else {
        return false;
    };
    let mut fields = after.split(' ');
    let mut next = || fields.next().unwrap_or_default();
    let (kind, source, options) = (next(), next(), next());
    match kind {
        // The drives of Windows, in its subsystem for Linux.
        "9p" => options
            .split([',', ';'])
            .any(|option| option == "aname=drvfs"),
        "virtiofs" => source.starts_with("drvfs"),
        "fuse.vmhgfs-fuse" | "fuse.prl_fsd" | "fuse.sshfs" => true,
        _ => false,
    }
}

#[cfg(target_os = "macos")]
fn is_shared_folder(folder: &Path) -> bool {
    let Ok(found) = rustix::fs::statfs(folder) else {
        return false;
    };
    let name = found.f_fstypename.iter().map(|byte| byte.cast_unsigned());
    let name: Vec<u8> = name.take_while(|byte| *byte != 0).collect();
    let shared: [&[u8]; 5] = [b"virtio-fs", b"prl_fs", b"vmhgfs", b"vboxsf", b"webdav"];
    shared.contains(&name.as_slice())
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn is_shared_folder(_: &Path) -> bool {
    false
}

/// Shared folders, when a test says so.
#[cfg(test)]
pub(in crate::store) mod pretended {
    use std::cell::Cell;

    thread_local! {
        static SHARED: Cell<bool> = const { Cell::new(false) };
    }

    /// Lets every folder be a shared one for this thread while `work` runs.
    pub(in crate::store) fn with<T>(work: impl FnOnce() -> T) -> T {
        SHARED.set(true);
        let done = work();
        SHARED.set(false);
        done
    }

    pub(super) fn is_shared_folder() -> bool {
        SHARED.get()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn what_is_nobodys_root_is_told_by_its_number() {
        for (number, kind) in [
            (0x786f_4256, Kind::SharedFolder),
            (0x7c7c_6673, Kind::SharedFolder),
            (0xbacb_acbc, Kind::SharedFolder),
            (0x6573_5546, Kind::Perhaps),
            (0x0102_1997, Kind::Perhaps),
            // ext4, btrfs, xfs, tmpfs, overlay, NFS, SMB.
            (0xef53, Kind::Other),
            (0x9123_683e, Kind::Other),
            (0x5846_5342, Kind::Other),
            (0x0102_1994, Kind::Other),
            (0x794c_7630, Kind::Other),
            (0x6969, Kind::Other),
            (0xfe53_4d42, Kind::Other),
        ] {
            assert_eq!(Kind::of(number), kind, "{number:x}");
        }
    }

    #[test]
    fn a_mount_tells_a_shared_folder_from_a_sandbox() {
        let line = |tail: &str| format!("96 60 0:44 / /mnt/c rw,noatime shared:7 - {tail}");
        for shared in [
            "9p C:\\134 rw,dirsync,aname=drvfs;path=C:\\;uid=1000;symlinkroot=/mnt/,cache=5,trans=fd",
            "virtiofs drvfsaC1 rw",
            "fuse.vmhgfs-fuse vmhgfs-fuse rw,user_id=0,group_id=0",
            "fuse.sshfs user@host:/work rw,user_id=1000",
        ] {
            assert!(is_shared_mount(&line(shared)), "{shared}");
        }
        for other in [
            // gVisor and Kata: all that a sandbox has.
            "9p none rw,trans=fd,rfdno=4,wfdno=4,cache=remote_revalidating",
            "virtiofs kataShared rw",
            "fuseblk /dev/sdb1 rw,user_id=0",
            "fuse.gocryptfs /home/me/cipher rw",
            "ext4 /dev/vda rw",
            "",
        ] {
            assert!(!is_shared_mount(&line(other)), "{other}");
        }
        assert!(!is_shared_mount("no such line"));
    }

    #[test]
    fn a_folder_is_found_on_its_mount_and_is_not_shared() {
        let mount = mount_of(Path::new("/proc")).unwrap();
        assert!(mount.contains(" - proc "), "{mount}");
        let directory = tempfile::tempdir().unwrap();
        assert!(!keeps_locks_to_itself(directory.path()));
        assert!(!keeps_locks_to_itself(&directory.path().join("missing")));
    }
}
