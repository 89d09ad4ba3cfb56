//! The lock methods of storage, written once: forwarded to the storage below, or granted where nobody shares it.

/// Forwards the lock methods of a `StorageBackend` to the field that is the storage below: all of them, or
/// those that are named.
macro_rules! forward_locks {
    ($below:ident) => {
        $crate::store::disk::locks::forward_locks!($below:
            try_lock_range -> bool,
            try_lock_shared_range -> bool,
            lock_range -> (),
            lock_shared_range -> (),
            unlock_range -> (),
            query_lock_range -> bool,
        );
    };
    ($below:ident: $($method:ident -> $answer:ty),+ $(,)?) => {$(
        fn $method(
            &self,
            start: std::ops::Bound<u64>,
            end: std::ops::Bound<u64>,
        ) -> Result<$answer, redb::BackendError> {
            self.$below.$method(start, end)
        }
    )+};
}

/// The lock methods of storage that nobody shares: each lock is granted at once, and nobody holds any.
macro_rules! grant_locks {
    () => {
        $crate::store::disk::locks::grant_locks!(
            try_lock_range -> bool = true,
            try_lock_shared_range -> bool = true,
            lock_range -> () = (),
            lock_shared_range -> () = (),
            unlock_range -> () = (),
            query_lock_range -> bool = false,
        );
    };
    ($($method:ident -> $answer:ty = $granted:expr),+ $(,)?) => {$(
        fn $method(
            &self,
            _: std::ops::Bound<u64>,
            _: std::ops::Bound<u64>,
        ) -> Result<$answer, redb::BackendError> {
            Ok($granted)
        }
    )+};
}

pub(in crate::store) use {forward_locks, grant_locks};
