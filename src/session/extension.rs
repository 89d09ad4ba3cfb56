//! An embedding program's own record of a session, as JSON in one metadata value.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::text::{EXCERPT_CHARS, excerpt};
use super::{InvalidSession, Session, metadata};
use crate::error::{Error, Result};

impl Session {
    /// Returns the embedding program's own record under a metadata key, `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidExtension`] if what is stored there is no JSON of a `T`.
    ///
    /// ```
    /// use serde::{Deserialize, Serialize};
    /// use session_registry::{ProjectPath, Session};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Usage {
    ///     input_tokens: u64,
    /// }
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let mut session = Session::builder(ProjectPath::new("/work/app")?).build();
    /// assert!(session.extension::<Usage>("my-agent")?.is_none());
    /// session.set_extension("my-agent", &Usage { input_tokens: 7 })?;
    /// assert_eq!(session.metadata()["my-agent"], r#"{"input_tokens":7}"#);
    /// assert!(session.extension::<Usage>("my-agent")?.is_some_and(|usage| usage.input_tokens == 7));
    /// # Ok(())
    /// # }
    /// ```
    pub fn extension<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let stored = self.metadata().get(key);
        let read = stored.map(|json| serde_json::from_str(json)).transpose();
        read.map_err(|error| invalid(key, &error))
    }

    /// Sets the embedding program's own record under a metadata key of this copy, as JSON; the limits of
    /// [`metadata`](Session::metadata) are checked at once.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidExtension`] if the value has no JSON form, such as a map whose keys are no text;
    /// [`Error::InvalidSession`] if the key breaks a rule, or the metadata is too large with it. The session is
    /// then as it was.
    pub fn set_extension<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<()> {
        let json = serde_json::to_string(value).map_err(|error| invalid(key, &error))?;
        let mut changed = self.metadata().clone();
        changed.insert(key.to_owned(), json);
        InvalidSession::unless_empty(metadata::problems(&changed))?;
        *self.metadata_mut() = changed;
        Ok(())
    }
}

fn invalid(key: &str, error: &serde_json::Error) -> Error {
    Error::InvalidExtension {
        key: excerpt(key, EXCERPT_CHARS),
        problem: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::collections::BTreeMap;

    use super::super::tests::session;
    use super::*;

    #[test]
    fn what_is_no_json_is_refused_and_nothing_changes() {
        let mut changed = session();
        let no_text = BTreeMap::from([(vec![1], 2)]);
        let error = changed.set_extension("key", &no_text).unwrap_err();
        assert_eq!(error.code(), "invalid_extension");
        changed.metadata_mut().insert("key".into(), "{".into());
        let error = changed.extension::<u64>("key").unwrap_err();
        assert_eq!(error.code(), "invalid_extension");
        changed.metadata_mut().remove("key");
        assert_eq!(changed, session());
    }

    #[test]
    fn what_is_too_large_is_refused_and_nothing_changes() {
        let mut changed = session();
        let large = "x".repeat(Session::MAX_METADATA_BYTES);
        let error = changed.set_extension("key", &large).unwrap_err();
        assert_eq!(error.code(), "invalid_session");
        let error = changed.set_extension("", &1).unwrap_err();
        assert_eq!(error.code(), "invalid_session");
        assert_eq!(changed, session());
        let fits = "x".repeat(Session::MAX_METADATA_BYTES - "branchmainkey\"\"".len());
        changed.set_extension("key", &fits).unwrap();
        changed.validate().unwrap();
        assert_eq!(changed.extension::<String>("key").unwrap(), Some(fits));
    }
}
