//! What the tables of a registry say, in the terms of the model, and whether its answers say the same.

use super::raw::{self, Dump};
use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::session::{ActivityReport, Liveness, Session, SessionId};
use crate::shared::rules::content::{Content, Said};
use crate::shared::rules::row::Row;
use crate::store::{ClaimRow, WaiterRow};

fn id(bytes: &[u8]) -> SessionId {
    SessionId::from(uuid::Uuid::from_slice(bytes).unwrap())
}

/// What a dump says.
pub(super) fn content(dump: &Dump) -> Content {
    let meta = |name: &str| dump["meta"].get(name.as_bytes()).map(Vec::as_slice);
    let limit = meta("max_sessions").unwrap();
    let per_project = meta("max_sessions_per_project").unwrap();
    let claim = |(key, row): (&Vec<u8>, &Vec<u8>)| {
        let claim = ClaimRow::decode(id(key), row).unwrap();
        (id(key), claim)
    };
    let waiter = |(key, row): (&Vec<u8>, &Vec<u8>)| {
        let number = u64::from_be_bytes(key.as_slice().try_into().unwrap());
        WaiterRow::decode(number, row).unwrap().project_path
    };
    let claims: Vec<_> = dump["claims"].iter().map(claim).collect();
    let said = |(_, claim): &(SessionId, ClaimRow)| Some((claim.epoch, told(claim.activity()?)));
    let claims_made = meta("claims_made").map(|made| u64::from_be_bytes(made.try_into().unwrap()));
    Content {
        limit: u32::from_be_bytes(limit.try_into().unwrap()),
        per_project: u32::from_be_bytes(per_project.try_into().unwrap()),
        chosen: meta("default_session").map(id),
        rows: raw::sessions(dump)
            .map(|session| (session.id(), Row::of(&session)))
            .collect(),
        said: claims.iter().filter_map(said).collect(),
        claims: claims
            .into_iter()
            .map(|(id, claim)| (id, claim.epoch))
            .collect(),
        claims_made: claims_made.unwrap_or(0),
        line: dump["waiters"].iter().map(waiter).collect(),
    }
}

fn told(report: ActivityReport) -> Said {
    (report.activity, report.note, report.since)
}

/// Asks every question; fails unless the answers are those of `content`.
pub(super) fn compare(content: &Content, registry: &SessionRegistry) -> Result<()> {
    let row = |found: Option<Session>| found.as_ref().map(Row::of);
    let open: Vec<Row> = content.open().into_iter().cloned().collect();
    assert_eq!(Row::of_each(&registry.list_all()?), open);
    assert_eq!(registry.list_ids()?, content.open_ids());
    assert_eq!(registry.count()?, open.len() as u64);
    assert_eq!(registry.max_sessions()?, content.limit);
    assert_eq!(registry.max_sessions_per_project()?, content.per_project);
    assert_eq!(registry.default_session_id()?, content.default_session());
    for stored in content.rows.values() {
        assert_eq!(row(registry.lookup(stored.id)?).as_ref(), Some(stored));
        let all = Row::of_each(&registry.lookup_all_by_path(&stored.path)?);
        assert!(all.iter().eq(content.all_at_path(&stored.path)));
        let found = row(registry.lookup_by_path(&stored.path)?);
        assert_eq!(found.as_ref(), content.at_path(&stored.path));
        for alias in &stored.aliases {
            let found = row(registry.lookup_by_alias(alias)?);
            assert_eq!(found.as_ref(), Some(stored));
        }
        let status = registry.status(stored.id)?;
        assert_eq!(Row::of(&status.session), *stored);
        let epoch = status.owner.as_ref().map(|owner| owner.epoch);
        assert_eq!(epoch.as_ref(), content.claims.get(&stored.id));
        let is_dead = status.owner.is_none_or(|o| o.liveness == Liveness::Dead);
        let said = content.said(stored.id).filter(|_| !is_dead).cloned();
        assert_eq!(status.activity.map(told), said);
        let name = stored.name.as_str();
        let found = row(registry.lookup_by_name(name)?);
        assert_eq!(found.as_ref(), content.named(name).first().copied());
    }
    Ok(())
}
