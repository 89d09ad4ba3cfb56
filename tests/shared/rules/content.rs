//! What a registry holds.

use std::collections::BTreeMap;

use session_registry::{Activity, Alias, DEFAULT_MAX_SESSIONS, ProjectPath, SessionId, Timestamp};

use super::row::Row;

/// What an owner does, what it says about that, and since when it does it.
pub(crate) type Said = (Activity, Option<String>, Timestamp);

#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) limit: u32,
    /// How many sessions may be open on one path.
    pub(crate) per_project: u32,
    /// The session that was set as the default, open or not.
    pub(crate) chosen: Option<SessionId>,
    /// Open and closed.
    pub(crate) rows: BTreeMap<SessionId, Row>,
    /// The epoch of the claim on each session that has one.
    pub(crate) claims: BTreeMap<SessionId, u64>,
    /// How many claims were ever made: the epoch of the last.
    pub(crate) claims_made: u64,
    /// For what those wait who stand in line, and are dead: first come first.
    pub(crate) line: Vec<ProjectPath>,
    /// What was said through each claim that there ever was, by its epoch.
    pub(crate) said: BTreeMap<u64, Said>,
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        let facts = |content: &Self| {
            let limits = (content.limit, content.per_project);
            (limits, content.chosen, content.claims_made)
        };
        // What a claim said ends with it.
        let said = |content: &Self| -> Vec<Option<Said>> {
            let claimed = content.claims.keys();
            claimed.map(|id| content.said(*id).cloned()).collect()
        };
        facts(self) == facts(other)
            && self.rows == other.rows
            && self.claims == other.claims
            && said(self) == said(other)
            && self.line == other.line
    }
}

impl Content {
    /// What a new registry holds.
    pub(crate) fn empty() -> Self {
        Self {
            limit: DEFAULT_MAX_SESSIONS,
            per_project: 1,
            chosen: None,
            rows: BTreeMap::new(),
            claims: BTreeMap::new(),
            claims_made: 0,
            line: Vec::new(),
            said: BTreeMap::new(),
        }
    }

    pub(crate) fn is_open(&self, id: SessionId) -> bool {
        self.rows.get(&id).is_some_and(Row::is_open)
    }

    /// The open sessions, oldest first.
    pub(crate) fn open(&self) -> Vec<&Row> {
        let mut open: Vec<_> = self.rows.values().filter(|row| row.is_open()).collect();
        open.sort_by_key(|row| (row.created, row.id));
        open
    }

    pub(crate) fn open_ids(&self) -> Vec<SessionId> {
        self.open().iter().map(|row| row.id).collect()
    }

    /// The open sessions at a path, most recently active first.
    pub(crate) fn all_at_path(&self, path: &ProjectPath) -> Vec<&Row> {
        let mut found = self.open();
        found.retain(|row| row.path == *path);
        found.sort_by_key(|row| std::cmp::Reverse((row.active, row.id)));
        found
    }

    /// The open session at a path; of several the most recently active.
    pub(crate) fn at_path(&self, path: &ProjectPath) -> Option<&Row> {
        self.all_at_path(path).first().copied()
    }

    /// The session of an alias, open or closed.
    pub(crate) fn called(&self, alias: &Alias) -> Option<&Row> {
        self.rows.values().find(|row| row.aliases.contains(alias))
    }

    /// The open sessions of a name, oldest first.
    pub(crate) fn named(&self, name: &str) -> Vec<&Row> {
        let mut named = self.open();
        named.retain(|row| row.name.as_str() == name);
        named
    }

    /// The session that was chosen while it is open, else the oldest open one.
    pub(crate) fn default_session(&self) -> Option<SessionId> {
        let chosen = self.chosen.filter(|id| self.is_open(*id));
        chosen.or_else(|| self.open().first().map(|row| row.id))
    }

    /// What the owner of a session said last, dead or alive.
    pub(crate) fn said(&self, id: SessionId) -> Option<&Said> {
        self.said.get(self.claims.get(&id)?)
    }

    /// Forgets a session and whatever names it.
    pub(crate) fn remove(&mut self, id: SessionId) -> Option<Row> {
        self.claims.remove(&id);
        self.chosen = self.chosen.filter(|chosen| *chosen != id);
        self.rows.remove(&id)
    }
}
