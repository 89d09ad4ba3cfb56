//! To whom a file or a folder belongs, and who else may write it.

use std::path::Path;

#[cfg(not(unix))]
pub(in crate::store) use elsewhere::Whose;
#[cfg(unix)]
pub(in crate::store) use unix::Whose;

/// The owner of the file at `path`, where that is known, and whether everybody may write it or put another
/// in its place. What cannot be seen any more counts as nobody's.
#[cfg(unix)]
pub(in crate::store) fn who_may_write(path: &Path) -> (Option<u32>, bool) {
    let Ok(file) = Whose::at(path) else {
        return (None, false);
    };
    let folder = path.parent().and_then(|folder| Whose::at(folder).ok());
    let is_exposed = folder.is_some_and(|it| it.is_for_everybody() && !it.is_sticky());
    (Some(file.user), is_exposed || file.is_for_everybody())
}

#[cfg(not(unix))]
pub(in crate::store) fn who_may_write(_: &Path) -> (Option<u32>, bool) {
    (None, false)
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File, Metadata};
    use std::io;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::{Gid, Uid};

    use crate::error::OwnersFolderProblem;

    #[derive(Clone, Copy, Debug)]
    pub(in crate::store) struct Whose {
        pub(in crate::store) user: u32,
        group: u32,
        mode: u32,
    }

    impl Whose {
        pub(in crate::store) const ROOT: u32 = 0;

        /// What is at `path` itself, be it a link.
        pub(in crate::store) fn at(path: &Path) -> io::Result<Self> {
            Ok(Self::of(&fs::symlink_metadata(path)?))
        }

        pub(in crate::store) fn of(metadata: &Metadata) -> Self {
            Self {
                user: metadata.uid(),
                group: metadata.gid(),
                mode: metadata.mode() & 0o7777,
            }
        }

        /// Whether its owner may do everything with it.
        pub(in crate::store) fn is_open_to_its_owner(self) -> bool {
            self.mode & 0o700 == 0o700
        }

        /// Whether everybody may write it.
        pub(in crate::store) fn is_for_everybody(self) -> bool {
            self.mode & 0o002 != 0
        }

        /// Whether those who may write a directory may not touch what is another's in it.
        pub(in crate::store) fn is_sticky(self) -> bool {
            self.mode & 0o1000 != 0
        }

        /// Whether it belongs to somebody who may change `registry` anyway.
        pub(in crate::store) fn is_trusted(self, registry: Self) -> bool {
            self.user == registry.user || self.user == Self::ROOT
        }

        /// Why a folder of locks beside `registry` proves nothing, if it does not.
        pub(in crate::store) fn problem(self, registry: Self) -> Option<OwnersFolderProblem> {
            if !self.is_trusted(registry) {
                return Some(OwnersFolderProblem::OwnedBy {
                    owner: self.user,
                    registry_owner: registry.user,
                });
            }
            // Who may write the registry itself needs no lock to lie about. And file systems that keep
            // no modes show the same for every file and folder.
            let mut allowed = registry.mode & 0o002;
            if self.group == registry.group {
                allowed |= registry.mode & 0o020;
            }
            (self.mode & 0o022 & !allowed != 0).then_some(OwnersFolderProblem::WritableByOthers {
                owner: self.user,
                mode: self.mode,
            })
        }

        /// Gives this one's owner what root has made.
        pub(in crate::store) fn receives(self, made: &File) -> io::Result<()> {
            if rustix::process::geteuid().is_root() && self.user != Self::ROOT {
                let (user, group) = (Uid::from_raw(self.user), Gid::from_raw(self.group));
                rustix::fs::fchown(made, Some(user), Some(group))?;
            }
            Ok(())
        }
    }
}

/// Owners are not told apart here.
#[cfg(not(unix))]
mod elsewhere {
    use std::fs::{self, File, Metadata};
    use std::io;
    use std::path::Path;

    use crate::error::OwnersFolderProblem;

    #[derive(Clone, Copy, Debug)]
    pub(in crate::store) struct Whose;

    impl Whose {
        pub(in crate::store) fn at(path: &Path) -> io::Result<Self> {
            fs::symlink_metadata(path).map(|_| Self)
        }

        pub(in crate::store) fn of(_: &Metadata) -> Self {
            Self
        }

        pub(in crate::store) fn is_trusted(self, _: Self) -> bool {
            true
        }

        pub(in crate::store) fn problem(self, _: Self) -> Option<OwnersFolderProblem> {
            None
        }

        pub(in crate::store) fn receives(self, _: &File) -> io::Result<()> {
            Ok(())
        }
    }
}
