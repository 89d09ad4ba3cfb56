//! Removing the records of closed sessions.

use std::time::Duration;

use clap::ArgGroup;
use serde::Serialize;
use session_registry::{
    Order, PrunePolicy, Query, Session, SessionRegistry, StateFilter, Timestamp,
};

use crate::describe;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::time;

/// Remove the records of closed sessions by age or number
///
/// At least one rule must be given; with both, only what both give up is removed. Open sessions are never
/// removed. Many are removed in several commits, between which others go on. By age, nothing is removed while the clock is behind the last change; a clock that has jumped
/// ahead cannot be told from time that has passed, so look with --dry-run first where clocks are in doubt.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "session-registry prune [OPTIONS] <--older-than DURATION|--keep-last N>",
    group = ArgGroup::new("rule").required(true).multiple(true).args(["older_than", "keep_last"]),
    after_help = "\
Examples:
  session-registry prune --older-than 30d --dry-run
  session-registry prune --older-than 8w --keep-last 3"
)]
pub(crate) struct Prune {
    /// Those closed for longer than this: a number and s, m, h, d or w
    #[arg(long, value_name = "DURATION", value_parser = time::duration)]
    older_than: Option<Duration>,

    /// All but the N of each project that were closed last
    #[arg(long, value_name = "N")]
    keep_last: Option<u64>,

    /// Only tell what would be removed
    #[arg(long)]
    dry_run: bool,
}

/// Of a dry run the first of the sessions, of another none.
#[derive(Serialize)]
struct Report<'a> {
    dry_run: bool,
    total: u64,
    sessions: &'a [Session],
}

/// The session whose last change is later than now, by this clock.
fn changed_in_the_future(registry: &SessionRegistry) -> Result<Option<Session>, Failure> {
    let newest = Query::new()
        .state(StateFilter::Any)
        .order(Order::Updated)
        .descending()
        .limit(1);
    let newest = registry.list(&newest)?.items.pop();
    Ok(newest.filter(|session| session.updated_at() > Timestamp::now()))
}

impl Prune {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let mut policy = PrunePolicy::new();
        if let Some(age) = self.older_than {
            policy = policy.closed_for_longer_than(age);
        }
        if let Some(count) = self.keep_last {
            policy = policy.keep_last(count);
        }
        let registry = if self.dry_run {
            locator.look_at_existing()?
        } else {
            locator.open_existing()?
        };
        let mut sessions = Vec::new();
        let total = match &registry {
            Some(registry) if self.dry_run => {
                let plan = registry.plan_prune(&policy)?;
                sessions = plan.sessions;
                plan.total
            }
            Some(registry) => registry.prune(&policy)?.removed,
            None => 0,
        };
        if self.older_than.is_some()
            && let Some(registry) = &registry
            && let Some(ahead) = changed_in_the_future(registry)?
        {
            let message = "note: nothing is old by a clock that is behind the last change, of:";
            output.notice("clock_behind", message, &[ahead]);
        }
        let value = Report {
            dry_run: self.dry_run,
            total,
            sessions: &sessions,
        };
        output.answer(&value, |out| {
            let what = if self.dry_run {
                "would remove"
            } else {
                "removed"
            };
            writeln!(out, "{what} {}", describe::count(total))?;
            for session in &sessions {
                writeln!(out, "  {}", describe::line(session))?;
            }
            match total - sessions.len() as u64 {
                more if self.dry_run && more > 0 => writeln!(out, "  and {more} more"),
                _ => Ok(()),
            }
        })
    }
}
