//! A registry in memory, as somebody would write it in an afternoon: the rows, and a map for each order.

use std::collections::{BTreeSet, HashMap};
use std::hint::black_box;

use session_registry::Session;
use uuid::Uuid;

use super::row::{Row, id_of};
use crate::Outcome;
use crate::sample::{By, Key};

const MAX_SESSIONS: usize = u32::MAX as usize;

#[derive(Default)]
pub struct Model {
    rows: HashMap<Uuid, Row>,
    by_path: HashMap<String, Uuid>,
    by_name: BTreeSet<(String, i64, Uuid)>,
    by_created: BTreeSet<(i64, Uuid)>,
}

impl Model {
    pub fn from_rows(rows: HashMap<Uuid, Row>) -> Self {
        let mut model = Self::default();
        for (id, row) in rows {
            model.insert(id, row);
        }
        model
    }

    pub fn rows(&self) -> &HashMap<Uuid, Row> {
        &self.rows
    }

    pub fn register(&mut self, session: &Session) -> Outcome {
        let id = id_of(session);
        let taken = self.rows.len() >= MAX_SESSIONS
            || self.rows.contains_key(&id)
            || self.by_path.contains_key(session.project_path().as_str());
        if taken {
            return Err("the limit is reached, or the id or the path is taken".into());
        }
        self.insert(id, Row::of(session));
        Ok(())
    }

    fn insert(&mut self, id: Uuid, row: Row) {
        self.by_path.insert(row.project_path.clone(), id);
        self.by_name.insert((row.name.clone(), row.created_at, id));
        self.by_created.insert((row.created_at, id));
        self.rows.insert(id, row);
    }

    pub fn remove(&mut self, id: Uuid) -> Option<Row> {
        let row = self.rows.remove(&id)?;
        self.by_path.remove(&row.project_path);
        self.by_name.remove(&(row.name.clone(), row.created_at, id));
        self.by_created.remove(&(row.created_at, id));
        Some(row)
    }

    pub fn find(&self, by: By, key: &Key) -> bool {
        let id = match by {
            By::Id => Some(*key.id.as_uuid()),
            By::Path => self.by_path.get(key.path.as_str()).copied(),
            By::Name => {
                let first = (key.name.clone(), i64::MIN, Uuid::nil());
                let next = self.by_name.range(first..).next();
                next.filter(|(name, ..)| *name == key.name)
                    .map(|(.., id)| *id)
            }
        };
        let found = id.and_then(|id| self.rows.get(&id).cloned());
        black_box(found).is_some()
    }

    pub fn read_oldest(&self, at_most: usize) -> usize {
        let ids = self.by_created.iter().take(at_most);
        let rows: Vec<Row> = ids
            .filter_map(|(_, id)| self.rows.get(id).cloned())
            .collect();
        black_box(rows).len()
    }
}
