//! Every decoder, on any bytes: the value that was written, or a typed error.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index as Place, select};

use super::any::{any_id, any_name, any_path, any_session, any_time};
use super::disk::Disk;
use super::id;
use super::recording::{create, open};
use crate::session::{Session, SessionId};
use crate::shared::soak;
use crate::store::format::entries::{of, session_of};
use crate::store::format::head::MetadataPlace;
use crate::store::format::schema::STEPS;
use crate::store::format::tables::Index;
use crate::store::format::{keys, session_row};
use crate::store::rows::happening::Happening;
use crate::store::{Aim, ClaimRow, Fault, Sharing, WaiterRow};

/// The row, and what lies apart.
fn written(session: &Session) -> (Vec<u8>, Option<Vec<u8>>) {
    let (row, place) = session_row::encode(session).unwrap();
    let apart = place == MetadataPlace::Apart;
    (
        row,
        apart.then(|| session_row::encode_extra(session).unwrap()),
    )
}

fn read(id: SessionId, row: &[u8], extra: Option<&[u8]>) -> Result<Session, Fault> {
    session_row::decode(id, row)?.with_extra(extra)
}

/// A decoded row obeys every rule, and is written as a row that decodes to the same.
fn check_row(id: SessionId, row: &[u8], extra: Option<&[u8]>) {
    match read(id, row, extra) {
        Ok(session) => {
            session.validate().unwrap();
            let (row, extra) = written(&session);
            assert_eq!(read(id, &row, extra.as_deref()).unwrap(), session);
        }
        Err(Fault::Damaged(detail)) => assert!(detail.contains(&id.to_string())),
        Err(other) => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(soak::property(module_path!()))]

    #[test]
    fn sessions_come_back_as_they_were_written(session in any_session()) {
        let (row, extra) = written(&session);
        prop_assert_eq!(read(session.id(), &row, extra.as_deref()).unwrap(), session.clone());
        let head = session_row::decode(session.id(), &row).unwrap();
        prop_assert_eq!(of(head.without_extra()), of(&session));
    }

    #[test]
    fn any_bytes_are_a_row_or_damage(row in vec(any::<u8>(), 0..200), format in any::<bool>()) {
        let mut row = row;
        if let (true, Some(first)) = (format, row.first_mut()) {
            *first = 3;
        }
        check_row(id(1), &row, None);
        check_row(id(1), &row, Some(&row));
    }

    #[test]
    fn a_damaged_row_is_a_row_or_damage(
        session in any_session(),
        place in any::<Place>(),
        byte in any::<u8>(),
        cut in any::<Place>(),
    ) {
        let (row, extra) = written(&session);
        let damage = |bytes: &[u8]| {
            let mut written = bytes.to_vec();
            written[place.index(bytes.len())] = byte;
            let cut = written[..cut.index(bytes.len())].to_vec();
            let longer = [cut.as_slice(), &[byte; 3]].concat();
            [written, cut, longer]
        };
        for row in damage(&row) {
            check_row(session.id(), &row, extra.as_deref());
        }
        for extra in extra.iter().flat_map(|extra| damage(extra)) {
            check_row(session.id(), &row, Some(&extra));
        }
    }

    #[test]
    fn any_bytes_are_a_claim_or_damage(row in vec(any::<u8>(), 0..120), format in any::<bool>()) {
        let mut row = row;
        if let (true, Some(first)) = (format, row.first_mut()) {
            *first = 2;
        }
        match ClaimRow::decode(id(1), &row) {
            Ok(_) | Err(Fault::Damaged(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn waiters_come_back_as_they_were_written(
        owner in any::<[u8; 16]>(),
        known in any::<[Option<String>; 2]>(),
        project_path in any_path(),
        resumed in proptest::option::of(any_id()),
        starts in any::<bool>(),
    ) {
        let [machine, boot] = known;
        let aim = match resumed {
            Some(id) => Aim::resume(id),
            None if starts => Aim::Start,
            None => Aim::Register,
        };
        prop_assert_eq!(aim.resumed(), resumed);
        let row = WaiterRow { owner, machine, boot, project_path, aim };
        prop_assert_eq!(WaiterRow::decode(1, &row.encode().unwrap()).unwrap(), row);
    }

    #[test]
    fn any_bytes_are_a_waiter_or_damage(row in vec(any::<u8>(), 0..120), format in any::<bool>()) {
        let mut row = row;
        if let (true, Some(first)) = (format, row.first_mut()) {
            *first = 1;
        }
        match WaiterRow::decode(7, &row) {
            Ok(_) => {}
            Err(Fault::Damaged(detail)) => prop_assert!(detail.contains('7')),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn any_key_has_an_id_or_is_damage(key in vec(any::<u8>(), 0..60)) {
        let trailing = keys::trailing_id(&key);
        prop_assert_eq!(trailing.is_some(), key.len() >= 16);
        for index in Index::TABLES {
            match session_of(index, &key, &key) {
                Ok(id) if index == Index::Alias => prop_assert_eq!(&id.as_uuid().as_bytes()[..], &key[..]),
                Ok(id) => prop_assert_eq!(Some(id), trailing),
                Err(Fault::Damaged(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn every_entry_of_a_session_names_it(session in any_session()) {
        for entry in of(&session) {
            let named = session_of(entry.index, &entry.key, entry.value_bytes()).unwrap();
            prop_assert_eq!(named, session.id());
        }
    }

    #[test]
    fn keys_are_in_the_order_of_their_values(
        times in (any_time(), any_time()),
        ids in (any_id(), any_id()),
        names in (any_name(), any_name()),
    ) {
        let values = (times.0, ids.0).cmp(&(times.1, ids.1));
        let (first, second) = (keys::timed(times.0, ids.0), keys::timed(times.1, ids.1));
        prop_assert_eq!(first.cmp(&second), values);

        let names = (names.0.as_str(), names.1.as_str());
        let texts = (keys::texted(names.0, &first), keys::texted(names.1, &second));
        prop_assert_eq!(texts.0.cmp(&texts.1), (names.0, times.0, ids.0).cmp(&(names.1, times.1, ids.1)));

        // The keys of one text stand together, and no other's among them.
        let (from, to) = keys::text_range(&[], names.0);
        prop_assert!((&from..&to).contains(&&texts.0));
        prop_assert_eq!((&from..&to).contains(&&texts.1), names.0 == names.1);
    }

    #[test]
    fn a_prefix_ends_after_all_that_begin_with_it(prefix in vec(any::<u8>(), 0..6), rest in vec(any::<u8>(), 0..6), other in vec(any::<u8>(), 0..6)) {
        let end = keys::prefix_end(&prefix);
        let begins = [prefix.as_slice(), &rest].concat();
        prop_assert!(end.as_ref().is_none_or(|end| begins < *end));
        if other >= prefix && !other.starts_with(&prefix) {
            prop_assert!(end.is_some_and(|end| other >= end));
        }
    }
}

/// Each opens a registry several times.
fn few_cases() -> ProptestConfig {
    let usual = soak::property("settings of any bytes");
    ProptestConfig {
        cases: usual.cases / 4,
        ..usual
    }
}

proptest! {
    #![proptest_config(few_cases())]

    /// Settings of any bytes: a typed error wherever they are needed, and a repair by setting them anew.
    #[test]
    fn any_setting_is_a_value_or_damage(
        name in select(vec!["max_sessions", "max_sessions_per_project", "default_session", "claims_made", "schema_version", "min_reader"]),
        value in vec(any::<u8>(), 0..20),
        shared in any::<bool>(),
    ) {
        let sharing = if shared { Sharing::Shared } else { Sharing::Exclusive };
        let disk = Arc::new(Disk::default());
        create(&disk);
        let registry = open(&disk, sharing, STEPS).unwrap();
        registry.register(super::session(1)).unwrap();
        let stored = value.clone();
        registry.store().call().write("damage", move |tx| tx.put_meta(Happening::LimitSet, name.as_bytes(), &stored)).unwrap();
        let known = ["corrupted", "schema_too_new", "session_limit_reached", "not_found"];
        let answers = [
            registry.max_sessions().map(drop),
            registry.default_session_id().map(drop),
            registry.list_all().map(drop),
            registry.lookup(id(1)).map(drop),
            registry.verify().map(drop),
            registry.stats().map(drop),
            registry.register(super::session(2)).map(drop),
            registry.claim(id(1)).map(drop),
            registry.unregister(id(1)).map(drop),
            registry.rebuild_indexes().map(drop),
            registry.clear().map(drop),
            registry.set_max_sessions(5),
            registry.set_default_session(None),
            registry.close(),
        ];
        for error in answers.into_iter().filter_map(Result::err) {
            prop_assert!(known.contains(&error.code()), "{:?}: {}", error, error);
        }
        if let Err(error) = open(&disk, sharing, STEPS) {
            prop_assert!(["corrupted", "schema_too_new"].contains(&error.code()), "{:?}", error);
        }
    }
}
