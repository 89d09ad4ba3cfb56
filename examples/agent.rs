//! The life of an agent: it begins in a directory, says what it does, has sub-agents, goes two ways at once, and is
//! found again after it died. Run it with `cargo run --example agent`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(clippy::exit, reason = "this one shows what becomes of those who die")]

use std::env;
use std::error::Error as StdError;
use std::path::Path;
use std::process::{self, Command};

use session_registry::{
    Activity, Claim, ProjectPath, Query, Relation, Report, Result, Session, SessionId,
    SessionRegistry, Started,
};

fn main() -> Result<(), Box<dyn StdError>> {
    if let Some(file) = env::args_os().nth(1) {
        return die_at_work(Path::new(&file));
    }
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("sessions.redb");

    // The same program, which dies in the middle of its work.
    Command::new(env::current_exe()?).arg(&file).status()?;

    let registry = open(&file)?;
    for session in registry.interrupted()? {
        println!(
            "interrupted: {}, at step {}",
            session.name(),
            step(&session)
        );
    }
    // Nobody alive drives that session, so it is this program's now: it goes on where the other one was.
    let started = start(&registry)?;
    println!("{} the session {}", started.how(), started.session().name());
    let (main, claim) = started.into_parts();
    claim.report(Report::new(Activity::Working).note("asking two reviewers"))?;

    // Sub-agents: sessions of their own, in the same project.
    let reviewers = [
        begin(&registry, &main, Relation::Child)?,
        begin(&registry, &main, Relation::Child)?,
    ];
    for (number, reviewer) in reviewers.iter().enumerate() {
        let note = format!("reading part {number}");
        reviewer.report(Report::new(Activity::Working).note(&note))?;
    }
    show(&registry, main.id())?;

    // Another way to go on from here: it knows what the session knew.
    let fork = begin(&registry, &main, Relation::Fork)?;
    let forked = fork.modify(|session| {
        session.metadata_mut().clone_from(main.metadata());
        session.metadata_mut().insert("way".into(), "bold".into());
    })?;
    println!("forked at step {}", step(&forked));

    for reviewer in reviewers {
        let id = reviewer.session_id();
        reviewer.release()?;
        registry.close_session(id)?;
    }
    claim.report(Report::new(Activity::Waiting).note("which way shall I go?"))?;
    show(&registry, main.id())?;
    Ok(())
}

fn open(file: &Path) -> Result<SessionRegistry> {
    SessionRegistry::options()
        .max_sessions_per_project(8)
        .program("example-agent")
        .open(file)
}

/// The session of this directory, open and claimed: the first call of an agent.
fn start(registry: &SessionRegistry) -> Result<Started> {
    registry.start(registry.session(ProjectPath::resolve(".")?).build())
}

/// Begins a session that comes from another one, and drives it.
fn begin(registry: &SessionRegistry, from: &Session, relation: Relation) -> Result<Claim> {
    let session = registry.session(from.project_path().clone());
    let session = registry.register(session.parent(from.id(), relation).build())?;
    registry.claim(session.id())
}

/// Works for a while, and dies without a word.
fn die_at_work(file: &Path) -> Result<(), Box<dyn StdError>> {
    let registry = open(file)?;
    let started = start(&registry)?;
    println!("{} the session {}", started.how(), started.session().name());
    let claim = started.claim();
    claim.report(Report::new(Activity::Working))?;
    claim.modify(|session| drop(session.metadata_mut().insert("step".into(), "7".into())))?;
    // Nothing is dropped, nothing released: the lock goes with the process.
    process::exit(1);
}

/// What a session and its children do.
fn show(registry: &SessionRegistry, id: SessionId) -> Result<()> {
    let mut all = vec![registry.status(id)?];
    all.extend(registry.list_status(&Query::new().children_of(id))?.items);
    for status in all {
        if let Some(report) = status.activity {
            let note = report.note.unwrap_or_default();
            println!("{} {}: {note}", status.session.name(), report.activity);
        }
    }
    Ok(())
}

fn step(session: &Session) -> &str {
    session.metadata().get("step").map_or("0", String::as_str)
}
