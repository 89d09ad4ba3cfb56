//! Copies that an older program made say nothing about what it does not know.

use serde_json::json;
use session_registry::{ImportMode, NameOrigin, Relation, Session, SessionRegistry, Tag};

use super::aliases::alias;
use crate::support::values::{id, path, session, with};

/// The copy of a program that does not know these fields.
fn forgetful(session: &Session) -> Session {
    let mut json = serde_json::to_value(session).unwrap();
    for field in ["aliases", "tags", "pinned", "name_origin", "parent"] {
        json.as_object_mut().unwrap().remove(field).unwrap();
    }
    serde_json::from_value(json).unwrap()
}

fn full() -> Session {
    let built = Session::builder(path("/work/p1"))
        .id(id(1))
        .alias(alias("acp:one"))
        .tag(Tag::new("review").unwrap())
        .pinned(true)
        .parent(id(9), Relation::Fork)
        .created_at(session(1).created_at())
        .build();
    with(&built, |session| {
        session.set_name("given".parse().unwrap());
    })
}

#[test]
fn an_update_by_an_older_program_wipes_nothing() {
    let registry = SessionRegistry::in_memory().unwrap();
    let stored = registry.register(full()).unwrap();
    let unchanged = registry.update(forgetful(&stored)).unwrap();
    assert_eq!(unchanged, stored, "nothing was said, and nothing written");
    let mut copy = forgetful(&stored);
    copy.metadata_mut().insert("seen".into(), "yes".into());
    let changed = registry.update(copy).unwrap();
    assert_eq!(changed.revision(), 1);
    assert_eq!(changed.aliases(), stored.aliases());
    assert_eq!(changed.tags(), stored.tags());
    assert_eq!(changed.parent(), stored.parent());
    assert!(changed.is_pinned() && changed.name_origin() == NameOrigin::Given);
    // What is left unsaid stays unsaid when it is passed on.
    let passed_on: Session =
        serde_json::from_value(serde_json::to_value(forgetful(&changed)).unwrap()).unwrap();
    assert_eq!(registry.update(passed_on).unwrap(), changed);
    // What is said is meant, even if it is nothing.
    let mut json = serde_json::to_value(&changed).unwrap();
    json["aliases"] = json!([]);
    json["tags"] = json!([]);
    json["pinned"] = json!(false);
    let wiped = registry
        .update(serde_json::from_value(json).unwrap())
        .unwrap();
    assert!(wiped.aliases().is_empty() && wiped.tags().is_empty() && !wiped.is_pinned());
    let mut said = forgetful(&wiped);
    said.tags_mut().insert(Tag::new("again").unwrap());
    assert_eq!(registry.update(said).unwrap().tags().len(), 1);
}

#[test]
fn the_parent_never_changes() {
    let registry = SessionRegistry::in_memory().unwrap();
    let stored = registry.register(full()).unwrap();
    let mut json = serde_json::to_value(&stored).unwrap();
    json["parent"] = json!({ "id": id(7), "relation": "child" });
    let other: Session = serde_json::from_value(json).unwrap();
    assert_ne!(other.parent(), stored.parent());
    assert_eq!(registry.update(other).unwrap(), stored);
}

#[test]
fn what_is_registered_or_imported_without_them_has_none() {
    let registry = SessionRegistry::in_memory().unwrap();
    let registered = registry.register(forgetful(&full())).unwrap();
    assert!(registered.aliases().is_empty() && registered.tags().is_empty());
    assert!(!registered.is_pinned() && registered.parent().is_none());
    let line = serde_json::to_string(&registered).unwrap();
    assert!(line.contains("\"aliases\":[]"), "{line}");

    let mut old = serde_json::to_value(&registered).unwrap();
    for field in ["aliases", "tags", "pinned", "name_origin", "parent"] {
        old.as_object_mut().unwrap().remove(field);
    }
    old["name"] = json!("p1");
    let text = format!(
        "{}\n{old}\n{}\n",
        json!({ "format": "session-registry-export", "version": 1 }),
        json!({ "exported": 1 })
    );
    let other = SessionRegistry::in_memory().unwrap();
    other.import(text.as_bytes(), ImportMode::KeepIds).unwrap();
    let imported = other.lookup(id(1)).unwrap().unwrap();
    assert!(imported.aliases().is_empty() && !imported.is_pinned());
    assert_eq!(imported.name_origin(), NameOrigin::Automatic);
    assert_eq!(registered.name_origin(), NameOrigin::Given);
}

#[test]
fn exports_carry_all_of_it() {
    let registry = SessionRegistry::in_memory().unwrap();
    let stored = registry.register(full()).unwrap();
    let child = with(&session(2), |session| {
        session.tags_mut().insert(Tag::new("review").unwrap());
    });
    let mut json = serde_json::to_value(child).unwrap();
    json["parent"] = json!({ "id": stored.id(), "relation": "child" });
    let child = registry
        .register(serde_json::from_value(json).unwrap())
        .unwrap();
    let mut text = Vec::new();
    registry.export(&mut text).unwrap();

    let same = SessionRegistry::in_memory().unwrap();
    same.import(text.as_slice(), ImportMode::KeepIds).unwrap();
    assert_eq!(same.list_all().unwrap(), [stored.clone(), child.clone()]);

    // Children find the new ids of their parents, whichever comes first.
    let lines = String::from_utf8(text).unwrap();
    let mut lines: Vec<_> = lines.lines().collect();
    for _ in 0..2 {
        let text = lines.join("\n");
        let new = SessionRegistry::in_memory().unwrap();
        new.import(text.as_bytes(), ImportMode::NewIds).unwrap();
        let sessions = new.list_all().unwrap();
        let by_name = |name: &str| sessions.iter().find(|s| s.name() == name).unwrap();
        let (parent, child) = (by_name("given"), by_name("session 2"));
        assert_ne!(parent.id(), stored.id());
        assert_eq!(child.parent().map(|parent| parent.id), Some(parent.id()));
        assert_eq!(
            parent.parent(),
            stored.parent(),
            "that one was not imported"
        );
        assert!(parent.aliases().is_empty() && parent.is_pinned());
        assert_eq!(child.tags(), &with(child, |_| ()).tags().clone());
        assert!(new.verify().unwrap().is_clean());
        lines.swap(1, 2);
    }
}

#[test]
fn aliases_of_an_import_clash_by_line_and_with_what_is_registered() {
    let registry = SessionRegistry::in_memory().unwrap();
    registry.register(full()).unwrap();
    let mut text = Vec::new();
    registry.export(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let other = with(&session(5), |session| {
        session.aliases_mut().insert(alias("acp:one"));
    });
    let line = serde_json::to_string(&other).unwrap();
    let twice = text.replace("{\"exported\":1}", &format!("{line}\n{{\"exported\":2}}"));
    let error = SessionRegistry::check_import(twice.as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3 of the import has the alias acp:one of line 2"
    );

    let target = SessionRegistry::in_memory().unwrap();
    target.register(other).unwrap();
    let error = target
        .import(text.as_bytes(), ImportMode::KeepIds)
        .unwrap_err();
    assert_eq!(
        serde_json::to_value(&error).unwrap()["details"]["clashes"],
        json!([{ "kind": "alias", "line": 2, "alias": "acp:one", "holder": id(5) }])
    );
    assert_eq!(target.count().unwrap(), 1);
    target.import(text.as_bytes(), ImportMode::NewIds).unwrap();
    assert_eq!(target.count().unwrap(), 2);
}
