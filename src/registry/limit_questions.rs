//! Which limits there are, asked of the registry and of its snapshots.

use super::{SessionRegistry, Snapshot};
use crate::error::Result;
use crate::store::Reads;

macro_rules! limit_questions {
    ($asked:ident) => {
        impl $asked {
            /// Returns how many sessions may be open at once.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{DEFAULT_MAX_SESSIONS, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// assert_eq!(SessionRegistry::in_memory()?.max_sessions()?, DEFAULT_MAX_SESSIONS);
            /// # Ok(())
            /// # }
            /// ```
            pub fn max_sessions(&self) -> Result<u32> {
                self.ask(|view| view.reads().max_sessions())
            }

            /// Returns how many sessions may be open on one project path.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::SessionRegistry;
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// assert_eq!(registry.max_sessions_per_project()?, 1);
            /// # Ok(())
            /// # }
            /// ```
            pub fn max_sessions_per_project(&self) -> Result<u32> {
                self.ask(|view| view.reads().max_sessions_per_project())
            }
        }
    };
}

limit_questions!(SessionRegistry);
limit_questions!(Snapshot);
