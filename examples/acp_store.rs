//! An agent's session store, as the Agent Client Protocol wants it: many sessions in one directory, listed page by page,
//! each known to the editor by the agent's own id. Run it with `cargo run --example acp_store`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::path::Path;

use session_registry::{
    Alias, Claim, ProjectPath, Query, Session, SessionId, SessionRegistry, StateFilter,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The sessions of one agent.
struct Store(SessionRegistry);

impl Store {
    fn open(file: &Path) -> Result<Self> {
        let options = SessionRegistry::options().max_sessions(u32::MAX);
        Ok(Self(options.max_sessions_per_project(u32::MAX).open(file)?))
    }

    /// `session/new`: one more, whatever the directory has already.
    fn new_session(&self, cwd: &Path) -> Result<(String, Claim)> {
        let own = format!("sess_{}", SessionId::random().as_uuid().simple());
        let session = self.0.session(ProjectPath::resolve(cwd)?);
        let session = session.alias(Alias::new(format!("acp:{own}"))?).build();
        let id = self.0.register(session)?.id();
        Ok((own, self.0.claim(id)?))
    }

    /// `session/list`: those of exactly this directory, the newest first, and where the next page begins.
    fn list(&self, cwd: &Path, cursor: Option<&str>) -> Result<(Vec<Session>, Option<String>)> {
        let query = Query::new().path(ProjectPath::resolve(cwd)?).limit(2);
        let mut query = query.state(StateFilter::Any).descending();
        if let Some(cursor) = cursor {
            query = query.after(cursor.parse()?);
        }
        let page = self.0.list(&query)?;
        Ok((page.items, page.next.map(|next| next.to_string())))
    }

    /// `session/load`: what is known of a session, open or closed.
    fn load(&self, own: &str) -> Result<Session> {
        let alias = Alias::new(format!("acp:{own}"))?;
        Ok(self.0.lookup_by_alias(&alias)?.ok_or("no such session")?)
    }

    /// `session/resume`: opened again if it is closed, and driven by this process.
    fn resume(&self, own: &str) -> Result<Claim> {
        let (_, claim) = self.0.resume(self.load(own)?.id())?.into_parts();
        Ok(claim)
    }

    /// `session/close`: its record is kept.
    fn close(&self, own: &str) -> Result<Session> {
        Ok(self.0.close_session(self.load(own)?.id())?)
    }
}

fn main() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let (store, cwd) = (Store::open(&directory.path().join("r"))?, directory.path());
    let (own, _claim) = store.new_session(cwd)?;
    let _others = [store.new_session(cwd)?, store.new_session(cwd)?];
    let (page, next) = store.list(cwd, None)?;
    let (rest, end) = store.list(cwd, next.as_deref())?;
    println!(
        "{} sessions here, then {}, then {end:?}",
        page.len(),
        rest.len()
    );
    println!("{own} is closed: {}", !store.close(&own)?.state().is_open());
    let claim = store.resume(&own)?;
    println!("{own} is driven again, by claim {}", claim.epoch());
    Ok(())
}
