//! Small registries to be damaged, and what is in them.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use session_registry::{
    Error, ProjectPath, Session, SessionConfig, SessionId, SessionName, SessionRegistry,
};
use tempfile::TempDir;

use crate::support::child::{Child, Parent};

/// Everything a registry answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(super) sessions: Vec<Session>,
    default: Option<SessionId>,
    limit: u32,
}

impl Content {
    /// Asks every question there is. The answers to some must be found in those to others; where they are
    /// not, the second result says so.
    pub(super) fn read(registry: &SessionRegistry) -> Result<Result<Self, String>, Error> {
        let content = Self {
            sessions: registry.list_all()?,
            default: registry.default_session_id()?,
            limit: registry.max_sessions()?,
        };
        let ids: Vec<_> = content.sessions.iter().map(Session::id).collect();
        let mut agree = registry.list_ids()? == ids && registry.count()? == ids.len() as u64;
        for session in &content.sessions {
            let found = Some(session.clone());
            agree &= registry.contains(session.id())?;
            agree &= registry.lookup(session.id())? == found;
            agree &= registry.lookup_by_path(session.project_path())? == found;
            let of_that_name = registry.lookup_all_by_name(session.name().as_str())?;
            agree &= of_that_name.contains(session);
        }
        Ok(if agree {
            Ok(content)
        } else {
            Err(format!("answers that contradict each other: {content:?}"))
        })
    }

    pub(super) fn of(registry: &SessionRegistry) -> Self {
        Self::read(registry).unwrap().unwrap()
    }
}

/// The bytes of a registry, on disk and in memory, and what it holds.
pub(super) struct Image {
    pub(super) directory: TempDir,
    pub(super) bytes: Vec<u8>,
    pub(super) content: Content,
    /// The session that the last call changed, as it was before.
    pub(super) before_last_call: Session,
}

impl Image {
    /// Of a file that its last user closed.
    pub(super) fn closed() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let registry = SessionRegistry::open(directory.path().join("image")).unwrap();
        let before_last_call = work(&registry);
        let content = Content::of(&registry);
        registry.close().unwrap();
        Self::of(directory, content, before_last_call)
    }

    /// Of a file whose only user was killed.
    pub(super) fn killed() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("image");
        let mut victim = Child::start("victim", &[&file.display()]);
        let content = serde_json::from_str(&victim.line()).unwrap();
        let before_last_call = serde_json::from_str(&victim.line()).unwrap();
        victim.kill();
        Self::of(directory, content, before_last_call)
    }

    fn of(directory: TempDir, content: Content, before_last_call: Session) -> Self {
        let image = Self {
            bytes: fs::read(directory.path().join("image")).unwrap(),
            content,
            before_last_call,
            directory,
        };
        let content = serde_json::to_vec(&image.content).unwrap();
        fs::write(image.path("content"), content).unwrap();
        image
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// Fills a registry, tells what is in it, and waits to be killed.
pub(crate) fn victim(parent: &Parent) {
    let registry = SessionRegistry::open(parent.argument(0)).unwrap();
    let before_last_call = work(&registry);
    let content = Content::of(&registry);
    parent.say(serde_json::to_string(&content).unwrap());
    parent.say(serde_json::to_string(&before_last_call).unwrap());
    parent.stay();
}

/// Leaves sessions, and older states of the file that must not come back; the fourth session before the
/// last call, which changed it.
fn work(registry: &SessionRegistry) -> Session {
    let sessions: Vec<_> = (0..6)
        .map(|number| {
            let path = ProjectPath::new(format!("/damage/{number}")).unwrap();
            let session = Session::builder(path).metadata("number", number.to_string());
            registry.register(session.build()).unwrap()
        })
        .collect();
    registry.unregister(sessions[5].id()).unwrap();
    let name = SessionName::new("renamed").unwrap();
    registry.rename(sessions[0].id(), name).unwrap();
    registry.set_max_sessions(7).unwrap();
    registry
        .set_default_session(Some(sessions[2].id()))
        .unwrap();
    let set_tokens = |tokens| {
        let config = SessionConfig::new().model("opus").max_tokens(tokens);
        let set = |session: &mut Session| session.set_config(config.clone());
        registry.modify(sessions[3].id(), set).unwrap()
    };
    set_tokens(1);
    let before_last_call = set_tokens(2);
    set_tokens(3);
    before_last_call
}
