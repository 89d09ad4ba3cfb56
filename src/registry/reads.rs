//! Every question, written once for the registry and for its snapshots.

use super::{SessionRegistry, Snapshot};
use crate::error::Result;
use crate::session::{ProjectPath, Session, SessionId};
use crate::store::{Reads, Wanted};

macro_rules! questions {
    ($asked:ident) => {
        impl $asked {
            /// The session with this id.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn lookup(&self, id: SessionId) -> Result<Option<Session>> {
                self.find(Wanted::Id(id))
            }

            /// The session that holds this project path. The match is exact: neither a directory inside
            /// it nor another spelling is found.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn lookup_by_path(&self, path: &ProjectPath) -> Result<Option<Session>> {
                self.find(Wanted::Path(path))
            }

            /// The session with exactly this name; of several, the oldest. `My-Project` and
            /// `my-project ` do not find `my-project`.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn lookup_by_name(&self, name: &str) -> Result<Option<Session>> {
                self.find(Wanted::Name(name))
            }

            /// Every session with exactly this name, oldest first.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn lookup_all_by_name(&self, name: &str) -> Result<Vec<Session>> {
                self.ask(|view| view.reads().sessions_by_name(name, usize::MAX))
            }

            /// Whether a session with this id is registered.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn contains(&self, id: SessionId) -> Result<bool> {
                self.ask(|view| view.reads().contains(id))
            }

            /// Every session, oldest first: by creation time, then by id.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer. When rows are damaged,
            /// [`Corrupted`](crate::Error::Corrupted) names all of them.
            pub fn list_all(&self) -> Result<Vec<Session>> {
                self.ask(|view| view.reads().all())
            }

            /// The ids of [`list_all`](Self::list_all), in the same order.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn list_ids(&self) -> Result<Vec<SessionId>> {
                self.ask(|view| view.reads().ids(usize::MAX))
            }

            /// How many sessions are open. Takes the same time however many there are.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn count(&self) -> Result<u64> {
                self.ask(|view| view.reads().count())
            }

            /// Whether no session is open.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn is_empty(&self) -> Result<bool> {
                Ok(self.count()? == 0)
            }

            /// The default session: the one that was
            /// [set](SessionRegistry::set_default_session), while it is registered, else the oldest;
            /// `None` when there are none.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn default_session_id(&self) -> Result<Option<SessionId>> {
                self.ask(|view| view.reads().default_session())
            }

            /// How many sessions may be open at once.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            pub fn max_sessions(&self) -> Result<u32> {
                self.ask(|view| view.reads().max_sessions())
            }
        }
    };
}

questions!(SessionRegistry);
questions!(Snapshot);
