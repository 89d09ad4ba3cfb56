//! Whether there is room for one more open session, and who must go for it.

use session_registry::{ProjectPath, SessionId};

use super::{Checked, Model};
use crate::shared::refusal::Refusal;

impl Model {
    /// How many at a path must go before one more can open there.
    fn excess(&self, path: &ProjectPath) -> usize {
        let open = self.content.all_at_path(path).len() + 1;
        open.saturating_sub(self.content.per_project as usize)
    }

    fn may_go(&self, by: usize, id: SessionId) -> bool {
        self.reaps && self.is_dead(by, id)
    }

    /// Who must go so that `path` can be opened, if that makes enough room: of those who are dead at the path as
    /// many as it is too full by, then of all others that are dead, the least recently active first.
    pub(super) fn room(&self, by: usize, path: &ProjectPath) -> Checked<Vec<SessionId>> {
        let open = self.content.open();
        let mut others: Vec<_> = open.iter().filter(|row| self.may_go(by, row.id)).collect();
        others.sort_by_key(|row| (row.active, row.id));
        // Where all that may be open may be on one path, no path is too full.
        let (per_project, limit) = (self.content.per_project, self.content.limit);
        let counts = per_project == 1 || per_project < limit;
        let excess = if counts { self.excess(path) } else { 0 };
        let at_path = others.iter().filter(|row| row.path == *path);
        let mut going: Vec<_> = at_path.map(|row| row.id).take(excess).collect();
        others.retain(|row| !going.contains(&row.id));
        let limit = self.content.limit as usize;
        for other in others {
            if open.len() - going.len() < limit {
                break;
            }
            going.push(other.id);
        }
        if open.len() - going.len() >= limit {
            return Err(Refusal::Limit {
                max_sessions: self.content.limit,
                open: open.len() as u64,
            });
        }
        Ok(going)
    }

    /// There is room at the path once these are gone.
    pub(super) fn check_path(&self, path: &ProjectPath, going: &[SessionId]) -> Checked<()> {
        let at_path = self.content.all_at_path(path);
        let gone = at_path.iter().filter(|row| going.contains(&row.id)).count();
        if self.excess(path) <= gone {
            return Ok(());
        }
        Err(Refusal::PathTaken {
            project_path: path.clone(),
            holder: at_path[0].id,
            open: at_path.len() as u64,
            most: self.content.per_project,
        })
    }
}
