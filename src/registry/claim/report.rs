//! What an owner says about itself through its claim.

use super::Claim;
use crate::error::Result;
use crate::registry::report::Statement;
use crate::session::{Report, program_name};
use crate::store::ClaimRow;

impl Claim {
    /// Notes what this owner does now, as [`SessionRegistry::report`](crate::SessionRegistry::report) does, provided
    /// that this claim still holds.
    ///
    /// # Errors
    ///
    /// [`InvalidNote`](crate::Error::InvalidNote); [`OwnershipLost`](crate::Error::OwnershipLost), also when the report
    /// names another epoch; and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{Activity, ProjectPath, Report, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    /// claim.report(Report::new(Activity::Failed).note("the model does not answer"))?;
    /// assert_eq!(registry.status(id)?.activity.unwrap().activity, Activity::Failed);
    /// # Ok(())
    /// # }
    /// ```
    pub fn report(&self, report: Report) -> Result<()> {
        let (held, registry) = (self.held(), &self.registry);
        registry.inner.store.check_access()?;
        let statement = Statement::of(self.id, &report, registry.now())?;
        let call = registry.call();
        let is_new = call.read("read", |view| {
            held.check(view.reads())?;
            statement.is_new(view.reads(), &held.owners)
        })?;
        if !is_new {
            return Ok(());
        }
        call.write("report on a session in", move |tx| {
            held.check(tx)?;
            statement.store(tx, &held.owners)
        })
    }

    /// Notes which process really drives the session, and what its program calls itself: for wrappers, which hold the
    /// claim for a program that they run. Both are for people to read, in [`Owner`](crate::Owner) and in messages; the
    /// proof of life is the claim's all the same. `pid` counts in the namespace of this process, as
    /// [`Child::id`](std::process::Child::id) does. The name keeps the rules of
    /// [`RegistryOptions::program`](crate::RegistryOptions::program). It is no activity,
    /// but told as [`Reported`](crate::ChangeKind::Reported).
    ///
    /// # Errors
    ///
    /// [`InvalidProgram`](crate::Error::InvalidProgram), [`OwnershipLost`](crate::Error::OwnershipLost), and what
    /// [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    /// claim.driven_by(4711, "claude")?;
    /// let owner = registry.owner(id)?.unwrap();
    /// assert_eq!((owner.driver, owner.program.as_deref()), (Some(4711), Some("claude")));
    /// assert_eq!(owner.pid, std::process::id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn driven_by(&self, pid: u32, program: &str) -> Result<()> {
        let (held, registry, id) = (self.held(), &self.registry, self.id);
        registry.inner.store.check_access()?;
        let program = program_name(program)?;
        let driven = move |claim: ClaimRow| ClaimRow {
            driver: Some(pid),
            program: Some(program.clone()),
            ..claim
        };
        let call = registry.call();
        let is_known = call.read("read", |view| {
            let claim = held.row(view.reads())?;
            Ok(driven(claim.clone()) == claim)
        })?;
        if is_known {
            return Ok(());
        }
        call.write("say who drives a session in", move |tx| {
            let claim = driven(held.row(tx)?);
            tx.put_report(id, &claim)
        })
    }
}
