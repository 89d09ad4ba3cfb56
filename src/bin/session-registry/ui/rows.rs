//! The sessions that are shown, in their order, and the one that is selected.
//!
//! The selection belongs to a session, not to a line: whatever happens elsewhere, it stays on that session. One that
//! was removed, or no longer fits the filter, keeps its line for as long as it is selected.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use session_registry::{SessionId, SessionStatus, Timestamp};

use super::event::{Changed, Figures};
use super::filter::{Filter, Hits, Texts};
use crate::condition::Condition;
use crate::describe;
use crate::escape::Escaped;
use crate::sight::{Sight, homely};

/// How long a row is marked after a change.
pub(super) const MOMENT: Duration = Duration::from_millis(1500);

/// A session with what the view knows besides.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) sight: Sight,
    pub(super) texts: Texts,
    pub(super) hits: Hits,
    pub(super) changed_at: Option<Timestamp>,
    /// It is in the registry no more.
    pub(super) is_removed: bool,
    /// Whether its directory was looked for.
    pub(super) is_looked_at: bool,
    score: u32,
}

impl Item {
    pub(super) fn is_new(&self, now: Timestamp) -> bool {
        let since = self.changed_at.map(|at| now.duration_since(at));
        since.is_some_and(|since| since < MOMENT)
    }
}

#[derive(Debug, Default)]
pub(super) struct Rows {
    items: HashMap<SessionId, Item>,
    shown: Vec<SessionId>,
    selected: Option<SessionId>,
    pub(super) filter: Filter,
    default: Option<SessionId>,
    home: Option<PathBuf>,
}

impl Rows {
    pub(super) fn new(home: Option<PathBuf>) -> Self {
        Self {
            home,
            ..Self::default()
        }
    }

    /// Those on these lines.
    pub(super) fn lines(&self, from: usize, count: usize) -> impl Iterator<Item = &Item> {
        let shown = self.shown.iter().skip(from).take(count);
        shown.filter_map(|id| self.items.get(id))
    }

    pub(super) fn len(&self) -> usize {
        self.shown.len()
    }

    pub(super) fn total(&self) -> usize {
        self.items.values().filter(|item| !item.is_removed).count()
    }

    pub(super) fn open(&self) -> usize {
        let items = self.items.values().filter(|item| !item.is_removed);
        items
            .filter(|item| item.sight.status.session.state().is_open())
            .count()
    }

    pub(super) fn selected(&self) -> Option<&Item> {
        self.items.get(&self.selected?)
    }

    /// The line of the selection.
    pub(super) fn at(&self) -> usize {
        let is_selected = |id: &SessionId| Some(*id) == self.selected;
        self.shown.iter().position(is_selected).unwrap_or(0)
    }

    pub(super) fn name_of(&self, id: SessionId) -> Option<String> {
        let item = self.items.get(&id)?;
        Some(item.texts.name.clone())
    }

    /// Everything anew.
    pub(super) fn load(&mut self, statuses: Vec<SessionStatus>, figures: Figures, now: Timestamp) {
        let is_first = self.items.is_empty();
        let there: HashSet<_> = statuses.iter().map(|status| status.session.id()).collect();
        let gone = self.items.keys().filter(|id| !there.contains(id));
        let gone = gone.copied().collect();
        self.change(
            Changed {
                statuses,
                removed: gone,
                figures,
            },
            (!is_first).then_some(now),
        );
    }

    /// What changed elsewhere, at a time that is to be marked.
    pub(super) fn change(&mut self, changed: Changed, now: Option<Timestamp>) {
        for status in changed.statuses {
            let id = status.session.id();
            let before = self.items.get(&id);
            let (is_same, is_missing, is_looked_at) = match before {
                Some(item) => {
                    let (old, new) = (&item.sight.status.session, &status.session);
                    let is_there = old.project_path() == new.project_path();
                    (
                        item.sight.status == status && !item.is_removed,
                        is_there && item.sight.is_missing,
                        is_there && item.is_looked_at && old.revision() == new.revision(),
                    )
                }
                None => (false, false, false),
            };
            let changed_at = if is_same {
                before.and_then(|item| item.changed_at)
            } else {
                now
            };
            let item = Item {
                texts: self.texts(&status),
                sight: Sight::seen(status, changed.figures.default, is_missing),
                hits: Hits::default(),
                changed_at,
                is_removed: false,
                is_looked_at,
                score: 0,
            };
            self.items.insert(id, item);
        }
        for id in changed.removed {
            if let Some(item) = self.items.get_mut(&id) {
                item.is_removed = true;
                item.changed_at = now;
            }
        }
        self.set_default(changed.figures.default);
        self.sort(Keep::Selection);
    }

    fn set_default(&mut self, default: Option<SessionId>) {
        let before = std::mem::replace(&mut self.default, default);
        for (id, is_default) in [(before, false), (default, true)] {
            if let Some(item) = id.and_then(|id| self.items.get_mut(&id)) {
                item.sight.is_default = is_default;
            }
        }
    }

    /// What was found on the disk.
    pub(super) fn looked(&mut self, found: Vec<(SessionId, u64, bool)>) {
        for (id, revision, is_missing) in found {
            let Some(item) = self.items.get_mut(&id) else {
                continue;
            };
            if item.sight.status.session.revision() == revision {
                item.is_looked_at = true;
                item.sight.is_missing = is_missing;
                item.sight.condition = Condition::of(&item.sight.status, is_missing);
            }
        }
    }

    /// What somebody typed; the best fit is selected.
    pub(super) fn narrow(&mut self, text: String) {
        self.filter.set(text);
        self.sort(Keep::Nothing);
    }

    /// As somebody wants it.
    pub(super) fn select(&mut self, line: usize) {
        let line = line.min(self.shown.len().saturating_sub(1));
        self.selected = self.shown.get(line).copied();
        self.sort(Keep::Selection);
    }

    fn texts(&self, status: &SessionStatus) -> Texts {
        let session = &status.session;
        Texts {
            name: Escaped(session.name()).to_string(),
            project: homely(session.project_path(), self.home.as_deref()),
            tags: describe::tags(session),
            aliases: describe::aliases(session),
        }
    }

    fn sort(&mut self, keep: Keep) {
        let before = self.at();
        if keep == Keep::Nothing {
            self.selected = None;
        }
        let selected = self.selected;
        self.items
            .retain(|id, item| !item.is_removed || Some(*id) == selected);
        let mut fitting = Vec::new();
        for (id, item) in &mut self.items {
            match self.filter.fit(&item.texts) {
                Some((score, hits)) => {
                    (item.score, item.hits) = (score, hits);
                    fitting.push((rank(item), *id));
                }
                None => (item.score, item.hits) = (0, Hits::default()),
            }
        }
        fitting.sort_unstable();
        self.shown = fitting.into_iter().map(|(_, id)| id).collect();
        match selected {
            Some(id) if !self.shown.contains(&id) => {
                let line = before.min(self.shown.len());
                self.shown.insert(line, id);
            }
            Some(_) => {}
            None => self.selected = self.shown.first().copied(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    Selection,
    Nothing,
}

/// The best fit first, then the open ones, then the most recently active.
fn rank(item: &Item) -> impl Ord + use<> {
    let session = &item.sight.status.session;
    (
        Reverse(item.score),
        !session.state().is_open(),
        Reverse(session.last_active_at()),
    )
}
