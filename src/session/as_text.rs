//! Values that are a text which keeps rules: wherever a text is wanted, they are one.

/// Gives a value around a `String` what the standard library asks of a text. Its own equality, order and hash
/// are those of the text, so that a map with such keys can be asked with a `str`.
macro_rules! as_text {
    ($value:ty) => {
        impl AsRef<str> for $value {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::borrow::Borrow<str> for $value {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<$value> for String {
            fn from(value: $value) -> Self {
                value.0
            }
        }

        $crate::session::as_text::same_text!($value: str, &str, String);
    };
}

/// Equality with texts, from both sides.
macro_rules! same_text {
    ($value:ty: $($text:ty),+) => {$(
        impl PartialEq<$text> for $value {
            fn eq(&self, text: &$text) -> bool {
                let text: &str = text.as_ref();
                self.0 == text
            }
        }

        impl PartialEq<$value> for $text {
            fn eq(&self, value: &$value) -> bool {
                value == self
            }
        }
    )+};
}

/// Gives such a value the ways from and to a text that go through its `new` and print it as it is.
macro_rules! parsed_text {
    ($value:ty, $invalid:ty) => {
        impl ::std::fmt::Display for $value {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl ::std::str::FromStr for $value {
            type Err = $invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $value {
            type Error = $invalid;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $value {
            type Error = $invalid;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }
    };
}

pub(super) use {as_text, parsed_text, same_text};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::borrow::Borrow;
    use std::collections::{BTreeMap, HashMap};
    use std::hash::{BuildHasher, RandomState};
    use std::path::PathBuf;

    use proptest::prelude::*;

    use crate::session::{ProjectPath, SessionName};
    use crate::shared::soak;

    #[test]
    fn a_name_is_its_text() {
        let name = SessionName::new("app").unwrap();
        let text = "app".to_owned();
        assert!(name == *"app" && name == "app" && name == text);
        assert!(*"app" == name && "app" == name && text == name);
        assert!(name != "App" && "ap" != name && name != *"");
        assert_eq!(AsRef::<str>::as_ref(&name), "app");
        assert_eq!(String::from(name.clone()), text);
        assert_eq!(SessionName::try_from("app"), Ok(name.clone()));
        assert_eq!(SessionName::try_from(text), Ok(name));
        assert!(SessionName::try_from("").is_err());
    }

    #[test]
    fn a_path_is_its_text() {
        let path = ProjectPath::new("/work/app").unwrap();
        let text = "/work/app".to_owned();
        assert!(path == *"/work/app" && path == "/work/app" && path == text);
        assert!(*"/work/app" == path && "/work/app" == path && text == path);
        assert!(path != "/work/app/", "the text as it is, not as a path");
        assert_eq!(AsRef::<str>::as_ref(&path), "/work/app");
        assert_eq!(String::from(path.clone()), text);
        assert_eq!(PathBuf::try_from(path).unwrap(), PathBuf::from(text));
    }

    #[test]
    fn maps_are_asked_with_a_text() {
        let name = SessionName::new("app").unwrap();
        let names: HashMap<_, _> = [(name.clone(), 1)].into();
        assert_eq!((names.get("app"), names.get("other")), (Some(&1), None));
        let names: BTreeMap<_, _> = [(name, 1)].into();
        assert_eq!((names.get("app"), names.get("other")), (Some(&1), None));
        let path = ProjectPath::new("/work/app").unwrap();
        let paths: HashMap<_, _> = [(path.clone(), 1)].into();
        assert_eq!(
            (paths.get("/work/app"), paths.get("/work")),
            (Some(&1), None)
        );
        let paths: BTreeMap<_, _> = [(path, 1)].into();
        assert_eq!(
            (paths.get("/work/app"), paths.get("/work")),
            (Some(&1), None)
        );
    }

    /// What `Borrow` demands.
    fn agree<T: Borrow<str> + Ord + std::hash::Hash>(one: &T, other: &T) {
        let (a, b): (&str, &str) = (one.borrow(), other.borrow());
        assert_eq!(one == other, a == b);
        assert_eq!(one.cmp(other), a.cmp(b));
        let state = RandomState::new();
        assert_eq!(state.hash_one(one), state.hash_one(a));
    }

    proptest! {
        #![proptest_config(soak::property(module_path!()))]

        #[test]
        fn equality_order_and_hash_are_those_of_the_text(a in "[a-cÄ ]{1,3}", b in "[a-cÄ ]{1,3}") {
            if let (Ok(a), Ok(b)) = (SessionName::new(&a), SessionName::new(&b)) {
                agree(&a, &b);
            }
            #[cfg(unix)]
            agree(
                &ProjectPath::new(format!("/{a}")).unwrap(),
                &ProjectPath::new(format!("/{b}")).unwrap(),
            );
        }
    }
}
