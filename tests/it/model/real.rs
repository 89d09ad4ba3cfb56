//! The registry under test: one handle, or two on a shared file that take turns.

use session_registry::{Result, Session, SessionRegistry};

use super::answer::{Answer, Outcome};
use super::steps::{Step, aliases, ids, names, paths};
use crate::shared::rules::content::Content;
use crate::shared::rules::row::Row;
use crate::support::place::{Kind, Place};
use crate::support::values::at;

pub(super) struct Real {
    place: Place,
    /// Another handle on the same file, where that is allowed.
    other: Option<SessionRegistry>,
    copies: Vec<Session>,
}

/// Compares every answer of a registry or a snapshot with the model.
macro_rules! check {
    ($asked:expr, $content:expr) => {{
        let (asked, content): (_, &Content) = ($asked, $content);
        let open: Vec<Row> = content.open().into_iter().cloned().collect();
        assert_eq!(Row::of_each(&asked.list_all().unwrap()), open);
        assert_eq!(asked.list_ids().unwrap(), content.open_ids());
        assert_eq!(asked.count().unwrap(), open.len() as u64);
        assert_eq!(asked.is_empty().unwrap(), open.is_empty());
        assert_eq!(
            asked.default_session_id().unwrap(),
            content.default_session()
        );
        assert_eq!(asked.max_sessions().unwrap(), content.limit);
        for id in ids() {
            let found = asked.lookup(id).unwrap();
            assert_eq!(found.as_ref().map(Row::of).as_ref(), content.rows.get(&id));
            assert_eq!(asked.contains(id).unwrap(), content.rows.contains_key(&id));
        }
        assert_eq!(
            asked.max_sessions_per_project().unwrap(),
            content.per_project
        );
        for path in paths() {
            let all = Row::of_each(&asked.lookup_all_by_path(&path).unwrap());
            assert!(all.iter().eq(content.all_at_path(&path)));
            let found = asked.lookup_by_path(&path).unwrap();
            assert_eq!(found.as_ref().map(Row::of).as_ref(), content.at_path(&path));
        }
        for alias in aliases() {
            let found = asked.lookup_by_alias(&alias).unwrap();
            assert_eq!(found.as_ref().map(Row::of).as_ref(), content.called(&alias));
        }
        for name in names() {
            let named: Vec<Row> = content.named(name.as_str()).into_iter().cloned().collect();
            let found = asked.lookup_by_name(name.as_str()).unwrap();
            assert_eq!(found.as_ref().map(Row::of).as_ref(), named.first());
            let found = asked.lookup_all_by_name(name.as_str()).unwrap();
            assert_eq!(Row::of_each(&found), named);
        }
    }};
}

impl Real {
    pub(super) fn new(kind: Kind) -> Self {
        let place = Place::new(kind);
        let mut real = Self {
            place,
            other: None,
            copies: Vec::new(),
        };
        real.open_other();
        real
    }

    fn open_other(&mut self) {
        if self.place.kind() == Kind::Shared {
            let other = self.place.options().open(self.place.file()).unwrap();
            self.other = Some(other);
        }
    }

    pub(super) fn reopen(&mut self) {
        self.other = None;
        self.place.reopen();
        let verified = self.place.registry.verify().unwrap();
        assert!(verified.is_clean(), "{verified:?}");
        self.open_other();
    }

    /// Makes the call on the handle whose turn it is.
    pub(super) fn apply(&mut self, step: &Step) -> Outcome {
        if let Some(other) = &mut self.other {
            std::mem::swap(other, &mut self.place.registry);
        }
        let registry = self.place.registry.clone();
        match step {
            Step::Register(session) => self.took(registry.register(session.clone())),
            Step::GetOrRegister(session) => {
                let registration = registry.get_or_register(session.clone())?;
                self.copies.push(registration.session().clone());
                Ok(registration.into())
            }
            Step::Update(ago, change) => {
                let position = self.copies.len().checked_sub(1 + ago);
                let Some(copy) = position.map(|position| &self.copies[position]) else {
                    return Ok(Answer::Done);
                };
                let mut wanted = copy.clone();
                change.apply(&mut wanted);
                self.took(registry.update(wanted))
            }
            Step::Modify(id, meanwhile, change) => {
                let mut meanwhile = meanwhile.clone();
                self.took(registry.modify(*id, |session| {
                    if let Some(name) = meanwhile.take() {
                        registry.rename(*id, name).unwrap();
                    }
                    change.apply(session);
                }))
            }
            Step::Rename(id, name) => self.took(registry.rename(*id, name.clone())),
            Step::CloseSession(id) => self.took(registry.close_session(*id)),
            Step::ReopenSession(id) => self.took(registry.reopen(*id)),
            Step::Unregister(id) => Ok(registry.unregister(*id)?.into()),
            Step::Clear => Ok(registry.clear()?.into()),
            Step::SetLimit(limit) => Ok(registry.set_max_sessions(*limit)?.into()),
            Step::SetPerProject(limit) => Ok(registry.set_max_sessions_per_project(*limit)?.into()),
            Step::SetDefault(id) => Ok(registry.set_default_session(*id)?.into()),
            Step::SetClock(micros) => {
                self.place.clock.set(at(*micros));
                Ok(Answer::Done)
            }
            Step::Reopen => {
                drop(registry);
                self.reopen();
                Ok(Answer::Done)
            }
        }
    }

    fn took(&mut self, answer: Result<Session>) -> Outcome {
        let session = answer?;
        self.copies.push(session.clone());
        Ok(session.into())
    }

    /// Asks the handle that made no call, the one that did, and a snapshot.
    pub(super) fn check(&self, content: &Content) {
        if let Some(other) = &self.other {
            check!(other, content);
        }
        check!(&self.place.registry, content);
        check!(self.place.registry.snapshot().unwrap(), content);
    }
}
