//! What a copy of a session leaves unsaid.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field that a program of an earlier version does not know: a copy that such a program made says nothing
/// about it, and means what is stored. It reads as its default, and equals what is said to be just that.
#[derive(Clone, Debug)]
pub(crate) struct Said<T> {
    value: T,
    is_said: bool,
}

impl<T> Said<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value,
            is_said: true,
        }
    }

    /// Left out, and read as `value`.
    pub(super) fn left_out(value: T) -> Self {
        Self {
            value,
            is_said: false,
        }
    }

    pub(super) fn is_left_out(&self) -> bool {
        !self.is_said
    }

    /// Says what it reads as.
    pub(super) fn say(&mut self) {
        self.is_said = true;
    }

    /// Says the value, which the caller may change.
    pub(super) fn change(&mut self) -> &mut T {
        self.is_said = true;
        &mut self.value
    }
}

impl<T: Clone> Said<T> {
    /// Takes over what `other` says, if it says anything.
    pub(super) fn take(&mut self, other: &Self) {
        if other.is_said {
            self.clone_from(other);
        }
    }
}

impl<T> Deref for Said<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Said<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Default> Default for Said<T> {
    fn default() -> Self {
        Self::left_out(T::default())
    }
}

impl<T: Serialize> Serialize for Said<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}
