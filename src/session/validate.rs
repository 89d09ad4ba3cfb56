//! The rules of a session as a whole.

use super::{InvalidSession, Session, SessionProblem, metadata};

impl Session {
    /// Checks settings, metadata, parent, and how many aliases and tags there are; all else is valid by
    /// construction.
    /// Every call that writes a session does this first.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let mut session = Session::builder(ProjectPath::new("/work/app")?).build();
    /// session.validate()?;
    /// session.config_mut().max_tokens = 0;
    /// assert_eq!(session.validate().unwrap_err().problems().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidSession`] with every problem, in field order.
    pub fn validate(&self) -> Result<(), InvalidSession> {
        let mut problems = self.0.config.problems();
        problems.extend(metadata::problems(&self.0.metadata));
        problems.extend(self.problems_of_relations());
        InvalidSession::unless_empty(problems)
    }

    /// Every rule that aliases, tags and parent break.
    fn problems_of_relations(&self) -> Vec<SessionProblem> {
        let (aliases, tags) = (self.aliases().len(), self.tags().len());
        let mut problems = Vec::new();
        if aliases > Self::MAX_ALIASES {
            problems.push(SessionProblem::TooManyAliases { count: aliases });
        }
        if tags > Self::MAX_TAGS {
            problems.push(SessionProblem::TooManyTags { count: tags });
        }
        if self.parent().is_some_and(|parent| parent.id == self.id()) {
            problems.push(SessionProblem::OwnParent);
        }
        problems
    }
}
