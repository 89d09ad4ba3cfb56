//! Whether the log of changes is whole, and the sessions are as it left them.

use std::collections::HashSet;

use redb::ReadableTable;

use super::lists::Lists;
use super::log::number;
use super::verification::{Inconsistency, Verification};
use crate::session::SessionId;
use crate::store::fault::{Fault, damage};
use crate::store::format::change_row::{ChangeRow, LoggedKind};
use crate::store::format::tables::Tables;

/// Looks at every change that is kept, newest first.
pub(super) fn check_log<T: Tables>(tables: &T, found: &mut Verification) -> Result<(), Fault> {
    let mut later: Option<u64> = None;
    // Of what was told of a session the newest counts, and nothing from before all sessions were.
    let (mut seen, mut is_before_all) = (HashSet::new(), false);
    for entry in tables.changes()?.iter()?.rev() {
        let (key, row) = entry?;
        let change = number(key.value())
            .and_then(|revision| Ok((revision, ChangeRow::decode(revision, row.value())?)));
        let (revision, change) = match damage(change)? {
            (Some(change), _) => change,
            (None, detail) => {
                let detail = detail.unwrap_or_default();
                found
                    .inconsistencies
                    .push(Inconsistency::DamagedLog { detail });
                return Ok(());
            }
        };
        if let Some(later) = later
            && later != revision + 1
        {
            let detail = format!("the log of changes has a gap between {revision} and {later}");
            found
                .inconsistencies
                .push(Inconsistency::DamagedLog { detail });
        }
        later = Some(revision);
        match change.kind {
            LoggedKind::Everything | LoggedKind::Cleared => is_before_all = true,
            LoggedKind::DefaultSet | LoggedKind::LimitSet => {}
            _ => {
                if let Some(id) = change.id()
                    && !is_before_all
                    && seen.insert(id)
                    && let Some(detail) = disagreement(tables, id, change)?
                {
                    found
                        .inconsistencies
                        .push(Inconsistency::StrayChange { id, detail });
                }
            }
        }
    }
    Ok(())
}

/// Returns in what a session is not as the newest change of it left it.
fn disagreement<T: Tables>(
    tables: &T,
    id: SessionId,
    change: ChangeRow,
) -> Result<Option<String>, Fault> {
    let kind = change.change(0).kind;
    let not = |what: &str| Some(format!("session {id} is {what}, but was {kind} last"));
    let head = match damage(tables.head(id))? {
        (Some(head), _) => head,
        // The row is reported as unreadable.
        (None, _) => return Ok(None),
    };
    let Some(head) = head else {
        let is_right = change.kind == LoggedKind::Removed;
        return Ok(if is_right {
            None
        } else {
            not("not registered")
        });
    };
    if change.kind == LoggedKind::Removed {
        return Ok(not("registered"));
    }
    let stored = head.without_extra().revision();
    if let Some(revision) = change.session_revision
        && revision != stored
    {
        return Ok(not(&format!("at revision {stored} and not {revision}")));
    }
    let is_open = match change.kind {
        LoggedKind::Closed => Some(false),
        LoggedKind::Updated => None,
        _ => Some(true),
    };
    Ok(match (is_open, head.state().is_open()) {
        (Some(true), false) => not("closed"),
        (Some(false), true) => not("open"),
        _ => None,
    })
}
