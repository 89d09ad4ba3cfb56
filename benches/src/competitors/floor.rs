//! Below what nobody gets: a record written and synced, and a map behind a lock. Neither keeps both the
//! rules and the promises.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError, RwLock};

use session_registry::{Session, SessionId};

use super::model::Model;
use super::{Ask, Registry, row};
use crate::Outcome;
use crate::sample::{self, By, Key};

/// The log begins anew after this many bytes. All of them were written before, so that no sync has to
/// write a file size or an allocation too.
const LOG_BYTES: u64 = 4 << 20;

/// Records one after the other, each synced before the call returns.
pub struct Log {
    file: Mutex<(File, u64)>,
    syncs: u32,
}

impl Log {
    pub fn open(directory: &Path, syncs: u32) -> Outcome<Self> {
        let mut file = File::create(directory.join("log"))?;
        for _ in 0..LOG_BYTES >> 20 {
            file.write_all(&[0; 1 << 20])?;
        }
        file.sync_all()?;
        Ok(Self {
            file: Mutex::new((file, LOG_BYTES)),
            syncs,
        })
    }

    fn append(&self, record: &[u8]) -> Outcome {
        let mut held = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, at) = &mut *held;
        for part in 0..self.syncs {
            if *at + record.len() as u64 > LOG_BYTES {
                *at = file.seek(SeekFrom::Start(0))?;
            }
            // The second sync has something to write too: a byte that says that the first is done.
            let bytes = if part == 0 { record } else { &[1] };
            file.write_all(bytes)?;
            *at += bytes.len() as u64;
            file.sync_data()?;
        }
        Ok(())
    }
}

impl Registry for Log {
    fn register(&self, session: &Session) -> Outcome {
        self.append(&row::encode(session)?)
    }

    fn unregister(&self, id: SessionId) -> Outcome<bool> {
        self.append(id.as_uuid().as_bytes())?;
        Ok(true)
    }

    fn find(&self, _: By, _: &Key) -> Outcome<bool> {
        Err(no_reads())
    }

    fn in_snapshot(&self, _: &mut dyn FnMut(&Ask<'_>) -> Outcome) -> Outcome {
        Err(no_reads())
    }

    fn list_all(&self) -> Outcome<usize> {
        Err(no_reads())
    }

    fn first_page(&self) -> Outcome<usize> {
        Err(no_reads())
    }

    fn count(&self) -> Outcome<u64> {
        Ok(0)
    }

    fn fill(&self, _: Range<u64>) -> Outcome {
        Ok(())
    }

    fn verify(&self) -> Outcome {
        Err("it has no such call".into())
    }

    fn close(self: Box<Self>) -> Outcome {
        Ok(())
    }
}

fn no_reads() -> Box<dyn std::error::Error + Send + Sync> {
    "a log answers no questions".into()
}

/// A map behind a lock: gone with the process.
#[derive(Default)]
pub struct Memory(RwLock<Model>);

impl Memory {
    fn read<T>(&self, question: impl FnOnce(&Model) -> T) -> T {
        question(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Model) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Registry for Memory {
    fn register(&self, session: &Session) -> Outcome {
        self.write(|model| model.register(session))
    }

    fn unregister(&self, id: SessionId) -> Outcome<bool> {
        Ok(self.write(|model| model.remove(*id.as_uuid())).is_some())
    }

    fn find(&self, by: By, key: &Key) -> Outcome<bool> {
        Ok(self.read(|model| model.find(by, key)))
    }

    fn in_snapshot(&self, work: &mut dyn FnMut(&Ask<'_>) -> Outcome) -> Outcome {
        self.read(|model| work(&|by, key| Ok(model.find(by, key))))
    }

    fn list_all(&self) -> Outcome<usize> {
        Ok(self.read(|model| model.read_oldest(usize::MAX)))
    }

    fn first_page(&self) -> Outcome<usize> {
        Ok(self.read(|model| model.read_oldest(50)))
    }

    fn count(&self) -> Outcome<u64> {
        Ok(self.read(|model| model.rows().len()) as u64)
    }

    fn fill(&self, numbers: Range<u64>) -> Outcome {
        for number in numbers {
            let session = sample::session(number)?;
            self.write(|model| model.register(&session))?;
        }
        Ok(())
    }

    fn verify(&self) -> Outcome {
        Err("it has no such call".into())
    }

    fn close(self: Box<Self>) -> Outcome {
        Ok(())
    }
}
