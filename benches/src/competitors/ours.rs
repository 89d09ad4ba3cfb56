//! session-registry, through its public API alone.

use std::hint::black_box;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use session_registry::{ImportMode, Query, Session, SessionId, SessionRegistry, Sharing, Snapshot};

use super::{Ask, Registry};
use crate::Outcome;
use crate::sample::{self, By, Key};

/// How many sessions one import holds.
const FILL_TOGETHER: u64 = 50_000;

pub struct Ours {
    pub registry: SessionRegistry,
}

impl Ours {
    pub fn open(directory: &Path, sharing: Sharing) -> Outcome<Self> {
        let file = directory.join("sessions.redb");
        let mut options = SessionRegistry::options()
            .sharing(sharing)
            .busy_timeout(Duration::from_secs(600));
        if !SessionRegistry::exists(&file) {
            options = options.max_sessions(u32::MAX);
        }
        let registry = options.open(&file)?;
        Ok(Self { registry })
    }

    /// Writes an export of samples, as another registry would have written it.
    pub fn export(
        numbers: Range<u64>,
        mut lines: impl Write,
        change: impl Fn(&mut serde_json::Value),
    ) -> Outcome {
        let mut empty = Vec::new();
        SessionRegistry::in_memory()?.export(&mut empty)?;
        let header = empty.split_inclusive(|byte| *byte == b'\n').next();
        lines.write_all(header.unwrap_or_default())?;
        let exported = numbers.end - numbers.start;
        for number in numbers {
            let mut session = serde_json::to_value(sample::session(number)?)?;
            change(&mut session);
            writeln!(lines, "{session}")?;
        }
        writeln!(lines, "{}", serde_json::json!({ "exported": exported }))?;
        Ok(lines.flush()?)
    }
}

impl Registry for Ours {
    fn register(&self, session: &Session) -> Outcome {
        black_box(self.registry.register(session.clone())?);
        Ok(())
    }

    fn unregister(&self, id: SessionId) -> Outcome<bool> {
        Ok(black_box(self.registry.unregister(id)?).is_some())
    }

    fn find(&self, by: By, key: &Key) -> Outcome<bool> {
        let found = match by {
            By::Id => self.registry.lookup(key.id)?,
            By::Path => self.registry.lookup_by_path(&key.path)?,
            By::Name => self.registry.lookup_by_name(&key.name)?,
        };
        Ok(black_box(found).is_some())
    }

    fn in_snapshot(&self, work: &mut dyn FnMut(&Ask<'_>) -> Outcome) -> Outcome {
        let snapshot = self.registry.snapshot()?;
        work(&|by, key| find_in(&snapshot, by, key))
    }

    fn list_all(&self) -> Outcome<usize> {
        Ok(black_box(self.registry.list_all()?).len())
    }

    fn first_page(&self) -> Outcome<usize> {
        Ok(black_box(self.registry.list(&Query::new())?).items.len())
    }

    fn count(&self) -> Outcome<u64> {
        Ok(self.registry.count()?)
    }

    fn fill(&self, numbers: Range<u64>) -> Outcome {
        let mut first = numbers.start;
        while first < numbers.end {
            let end = numbers.end.min(first + FILL_TOGETHER);
            let mut lines = Vec::new();
            Self::export(first..end, &mut lines, |_| {})?;
            self.registry
                .import(lines.as_slice(), ImportMode::KeepIds)?;
            first = end;
        }
        Ok(())
    }

    fn page_of_none(&self) -> Outcome<usize> {
        let query = Query::new().name_contains("nobody has this");
        Ok(black_box(self.registry.list(&query)?).items.len())
    }

    fn verify(&self) -> Outcome {
        let found = self.registry.verify()?;
        if found.is_clean() && found.pages_checked {
            return Ok(());
        }
        Err(format!("damaged: {found:?}").into())
    }

    fn rebuild(&self) -> Outcome {
        let _ = black_box(self.registry.rebuild_indexes()?);
        Ok(())
    }

    /// With the engine itself, as a program would be found that stands still in the middle of a change.
    fn hold(&self, stay: &mut dyn FnMut() -> Outcome) -> Outcome {
        let database = redb::Builder::new()
            .set_concurrency_mode(redb::ConcurrencyMode::MultiWriter)
            .open(self.registry.path().ok_or("it has no file")?)?;
        let transaction = database.begin_write()?;
        let stayed = stay();
        transaction.abort()?;
        stayed
    }

    fn compact(&self) -> Outcome {
        Ok(self.registry.compact()?)
    }

    fn close(self: Box<Self>) -> Outcome {
        Ok(self.registry.close()?)
    }
}

fn find_in(snapshot: &Snapshot, by: By, key: &Key) -> Outcome<bool> {
    let found = match by {
        By::Id => snapshot.lookup(key.id)?,
        By::Path => snapshot.lookup_by_path(&key.path)?,
        By::Name => snapshot.lookup_by_name(&key.name)?,
    };
    Ok(black_box(found).is_some())
}
