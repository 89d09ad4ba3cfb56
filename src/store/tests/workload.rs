//! Calls that meet every rule, every index and a file that grows and shrinks.

use super::call::{Call, alias, tag};
use super::{NOW, id, name, path, session};
use crate::session::{Activity, Relation, Session, Timestamp};
use crate::shared::rules::Model;
use crate::shared::rules::batch::Operation;

/// What a new registry holds.
pub(super) fn model() -> Model {
    Model::empty(NOW)
}

/// The calls, in the order of their numbers.
pub(super) fn calls() -> Vec<Call> {
    use Activity::{Failed, Idle, Waiting, Working};
    use Call::*;
    let mut large = session(4);
    large
        .metadata_mut()
        .insert("log".into(), "x".repeat(12_000));
    let second = at(9, "/work/3");
    let same_path = at(9, "/work/1");
    vec![
        Register(session(1)),
        Register(session(2)),
        GetOrRegister(session(3)),
        Rename(id(1), "renamed"),
        Move(id(2), "/work/moved"),
        Register(large),
        Register(session(1)),
        GetOrRegister(same_path.clone()),
        Register(same_path),
        Default(Some(id(2))),
        Alias(id(1), "acp:one"),
        Alias(id(2), "acp:one"),
        Tag(id(1), "review"),
        Tag(id(4), "review"),
        Read,
        Limit(5),
        Update(id(3), 15_000),
        Register(session(5)),
        Register(session(6)),
        Claim(id(1)),
        Claim(id(5)),
        Report(id(1), Working, "begins", Some(1)),
        Report(id(1), Working, "", None),
        Report(id(1), Failed, "late", Some(2)),
        Report(id(5), Failed, "ends", Some(2)),
        Report(id(2), Idle, "", None),
        Touch(id(1)),
        // Session 5 makes room.
        Register(session(6)),
        Close(id(1)),
        Alias(id(6), "acp:one"),
        Alias(id(6), "claude:one"),
        Register(
            Session::builder(path("/work/7"))
                .id(id(7))
                .name(name("renamed"))
                .created_at(NOW)
                .alias(alias("acp:seven"))
                .tag(tag("review"))
                .parent(id(1), Relation::Child)
                .build(),
        ),
        Reopen(id(1)),
        Limit(6),
        Reopen(id(1)),
        Close(id(1)),
        Resume(id(1)),
        Resume(id(2)),
        Report(id(2), Waiting, "asks", Some(4)),
        Report(id(4), Idle, "", None),
        Read,
        CloseAsHolder(id(1), 3),
        CloseAsHolder(id(2), 3),
        CloseAsHolder(id(2), 4),
        Reopen(id(1)),
        Rebuild,
        Unregister(id(2)),
        Unregister(id(2)),
        Update(id(4), 10),
        Update(id(4), 16_000),
        Close(id(3)),
        Close(id(7)),
        Verify,
        Pin(id(7), true),
        Prune,
        Pin(id(7), false),
        Prune,
        Compact,
        Register(session(8)),
        Clear,
        Compact,
        Register(session(3)),
        PerProject(2),
        Register(second.clone()),
        Touch(id(3)),
        Read,
        PerProject(1),
        Move(id(9), "/work/elsewhere"),
        Move(id(9), "/work/3"),
        Rename(id(3), "after all"),
        Limit(2),
        Start(session(10)),
        Claim(id(9)),
        // Session 9 makes room.
        Start(session(10)),
        Limit(9),
        Reopen(id(9)),
        Claim(id(9)),
        Start(at(11, "/work/elsewhere")),
        Start(at(11, "/work/3")),
        Report(id(9), Working, "n", None),
        Report(id(10), Working, "goes on", None),
        Report(id(10), Idle, "is done", None),
        Report(id(1), Idle, "", None),
        Read,
        Alias(id(10), "acp:one"),
        Apply(batched()),
        // The number 21 is taken now: nothing is made of what comes before it.
        Apply(batched()),
        Start(
            Session::builder(path("/work/11"))
                .alias(alias("acp:one"))
                .build(),
        ),
        // The dead leave the line in the commit of whoever is admitted.
        Wait("/work/12"),
        Wait("/work/13"),
        StartWhenFree(at(12, "/work/12")),
        Wait("/work/13"),
        RegisterWhenFree(at(13, "/work/13")),
        Close(id(13)),
        Wait("/work/13"),
        Read,
        ResumeWhenFree(id(13)),
        Wait("/work/13"),
        Clear,
    ]
}

/// What the registry's clock shows during call `number`.
pub(super) fn clock(number: usize) -> Timestamp {
    let seconds = i64::try_from(number).unwrap() * 10;
    Timestamp::from_micros(NOW.as_micros() + seconds * 1_000_000)
}

/// Operations that need each other: a project and an alias are given up and taken, and one session comes and goes.
fn batched() -> Vec<Operation> {
    let aliased = Session::builder(path("/work/20"))
        .id(id(20))
        .created_at(NOW)
        .alias(alias("acp:twenty"))
        .metadata("log", "x".repeat(3_000))
        .build();
    let heir = Session::builder(path("/work/20"))
        .id(id(21))
        .created_at(NOW)
        .alias(alias("acp:twenty"))
        .tag(tag("review"))
        .parent(id(20), Relation::Continuation)
        .build();
    vec![
        Operation::Register(aliased),
        Operation::Rename(id(20), name("twenty")),
        Operation::Close(id(20)),
        Operation::Unregister(id(20)),
        Operation::Register(heir),
        Operation::Close(id(21)),
        Operation::Register(at(22, "/work/20")),
        Operation::Unregister(id(23)),
    ]
}

fn at(number: u8, project: &str) -> Session {
    Session::builder(path(project))
        .id(id(number))
        .created_at(NOW)
        .build()
}
