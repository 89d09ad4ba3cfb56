//! A JSON file: the model in memory, and after every change the whole file again: write, fsync, rename,
//! fsync of the folder. It serves one process; nothing tells it that another one wrote.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use session_registry::{Session, SessionId};

use super::model::Model;
use super::{Ask, Registry};
use crate::Outcome;
use crate::sample::{self, By, Key};

pub struct Json {
    directory: PathBuf,
    model: Mutex<Model>,
}

impl Json {
    pub fn open(directory: &Path) -> Outcome<Self> {
        let model = match File::open(directory.join("sessions.json")) {
            Ok(file) => Model::from_rows(serde_json::from_reader(BufReader::new(file))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Model::default(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            directory: directory.to_path_buf(),
            model: Mutex::new(model),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, model: &Model) -> Outcome {
        let new = self.directory.join("sessions.json.new");
        let mut file = BufWriter::new(File::create(&new)?);
        serde_json::to_writer(&mut file, model.rows())?;
        file.flush()?;
        file.get_ref().sync_all()?;
        fs::rename(new, self.directory.join("sessions.json"))?;
        Ok(File::open(&self.directory)?.sync_all()?)
    }
}

impl Registry for Json {
    fn register(&self, session: &Session) -> Outcome {
        let mut model = self.lock();
        model.register(session)?;
        self.save(&model)
    }

    fn unregister(&self, id: SessionId) -> Outcome<bool> {
        let mut model = self.lock();
        if model.remove(*id.as_uuid()).is_none() {
            return Ok(false);
        }
        self.save(&model)?;
        Ok(true)
    }

    fn find(&self, by: By, key: &Key) -> Outcome<bool> {
        Ok(self.lock().find(by, key))
    }

    fn in_snapshot(&self, work: &mut dyn FnMut(&Ask<'_>) -> Outcome) -> Outcome {
        let model = self.lock();
        work(&|by, key| Ok(model.find(by, key)))
    }

    fn list_all(&self) -> Outcome<usize> {
        Ok(self.lock().read_oldest(usize::MAX))
    }

    fn first_page(&self) -> Outcome<usize> {
        Ok(self.lock().read_oldest(50))
    }

    fn count(&self) -> Outcome<u64> {
        Ok(self.lock().rows().len() as u64)
    }

    fn fill(&self, numbers: Range<u64>) -> Outcome {
        let mut model = self.lock();
        for number in numbers {
            model.register(&sample::session(number)?)?;
        }
        self.save(&model)
    }

    fn verify(&self) -> Outcome {
        Err("it has no such call".into())
    }

    fn close(self: Box<Self>) -> Outcome {
        Ok(())
    }
}
