//! One random call, made by a handle and by the model.

use std::fmt::Debug;
use std::mem;

use session_registry::{
    Error, PrunePolicy, Registration, Result, Session, SessionId, SessionRegistry, Timestamp,
};

use super::expected::Row;
use super::rules::Answer;
use super::{Hand, World};
use crate::support::raw::while_a_peer_writes;
use crate::support::records::ids;
use crate::support::values::{START, at, id, name, path};

const IDS: u128 = 12;
pub(super) const NAMES: [&str; 6] = ["api", "API", "Api tests", "web", "ΟΔΟΣ", "2222"];
pub(super) const PATHS: [&str; 7] = ["/", "/p", "/p/a", "/p/ab", "/p/a/b", "/q", "/q/r"];

/// An id whose hexadecimal digits begin like those of others.
pub(super) fn numbered(number: u128) -> SessionId {
    id((0x2222 << 112) + ((number % 3) << 108) + number)
}

/// The value of a call, or the code of its error.
fn coded<T>(result: Result<T>) -> Answer<T> {
    result.map_err(|error: Error| error.code())
}

impl World {
    fn id(&mut self) -> SessionId {
        numbered(self.rng.u128(..IDS))
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.rng.usize(..NAMES.len())]
    }

    fn path(&mut self) -> &'static str {
        PATHS[self.rng.usize(..PATHS.len())]
    }

    fn agree<T: PartialEq + Debug>(&self, call: &str, found: &Answer<T>, expected: &Answer<T>) {
        self.same(found, expected, call);
    }

    /// Makes one call, and says which.
    pub(super) fn step(&mut self) -> String {
        let now = self.tick();
        let handle = self.rng.usize(..2);
        let registry = self.handles[handle].clone();
        let id = self.id();
        let call = match self.rng.u8(..40) {
            0..=8 => return self.register(handle, id, now),
            9..=11 => {
                let found = registry.close_session(id).map(drop);
                let expected = self.model.close(handle, id, now);
                self.agree("close", &coded(found), &expected);
                "close"
            }
            12..=15 => {
                let found = registry.reopen(id).map(drop);
                let expected = self.model.reopen(handle, id, now);
                self.agree("reopen", &coded(found), &expected);
                "reopen"
            }
            16..=17 => {
                let expected = self.model.touch(id, now);
                self.agree("touch", &coded(registry.touch(id)), &expected);
                "touch"
            }
            18..=20 => return self.change(&registry, id, now),
            21..=27 => return self.claim(handle, id, now),
            28..=32 => return self.use_hand(now),
            33 => return self.die(handle),
            34 => {
                let found = registry.unregister(id).map(|removed| removed.is_some());
                let expected = self.model.unregister(handle, id);
                self.agree("unregister", &coded(found), &expected);
                "unregister"
            }
            35 => {
                let limit = self.rng.u32(..7);
                registry.set_max_sessions(limit).unwrap();
                self.model.limit = limit;
                return format!("limit {limit}");
            }
            36 => {
                let keep = self.rng.usize(..3);
                let policy = PrunePolicy::new().keep_last(keep as u64);
                let plan = ids(&registry.plan_prune(&policy).unwrap());
                let pruned = ids(&registry.prune(&policy).unwrap());
                self.same(&plan, &pruned, "plan");
                let expected = self.model.prune(keep);
                self.same(&pruned, &expected, "prune");
                "prune"
            }
            37..=38 => {
                let default = self.rng.bool().then_some(id);
                let found = registry.set_default_session(default);
                let expected = self.model.set_default(default);
                self.agree("default", &coded(found), &expected);
                "default"
            }
            _ if self.rng.u8(..4) == 0 => {
                let expected = self.model.clear();
                self.same(&registry.clear().unwrap(), &expected, "clear");
                "clear"
            }
            _ => "nothing",
        };
        format!("{call} {id} by {handle}")
    }

    /// Time passes, or stands still, or goes back.
    fn tick(&mut self) -> Timestamp {
        let now = self.place.clock.now().as_micros();
        let by = [0, 400_000, 1_000_000, 5_000_000, -2_000_000][self.rng.usize(..5)];
        self.place.clock.set(at((now + by).max(START)));
        self.place.clock.now()
    }

    fn register(&mut self, handle: usize, id: SessionId, now: Timestamp) -> String {
        let given = Session::builder(path(self.path()))
            .id(id)
            .name(name(self.name()))
            .created_at(now)
            .build();
        let (row, registry) = (Row::of(&given), &self.handles[handle]);
        let gets = self.rng.bool();
        if gets {
            let holder = self.model.open_at(&row.path);
            let found = registry.get_or_register(given);
            match (holder, found) {
                (Some(holder), Ok(Registration::AlreadyOpen { session, .. })) => {
                    self.same(&session.id(), &holder, "already open");
                }
                (None, found) => {
                    let found = found.map(|registration| ids(registration.reaped()));
                    let expected = self.model.register(handle, id, row, now);
                    self.agree("get or register", &coded(found), &expected);
                }
                other => panic!("{other:?} after {:#?}", self.log),
            }
        } else {
            let found = registry.register(given).map(drop);
            let expected = self.model.register(handle, id, row, now).map(drop);
            self.agree("register", &coded(found), &expected);
        }
        format!("register {id} by {handle}, or get: {gets}")
    }

    fn change(&mut self, registry: &SessionRegistry, id: SessionId, now: Timestamp) -> String {
        let (called, moved) = (self.name(), self.path());
        if self.rng.bool() {
            let found = registry.rename(id, name(called)).map(drop);
            let expected = self.model.set(id, Some(called), None, now);
            self.agree("rename", &coded(found), &expected);
        } else {
            let found = registry.modify(id, |s| s.set_project_path(path(moved)));
            let expected = self.model.set(id, None, Some(moved), now);
            self.agree("move", &coded(found.map(drop)), &expected);
        }
        format!("change {id} to {called} or {moved}")
    }

    fn claim(&mut self, handle: usize, id: SessionId, now: Timestamp) -> String {
        let takes_over = self.rng.u8(..4) == 0;
        let registry = &self.handles[handle];
        let claim = if takes_over {
            registry.take_over(id)
        } else {
            registry.claim(id)
        };
        let expected = self.model.claim(handle, id, takes_over, now);
        let found = claim.as_ref().map(session_registry::Claim::epoch);
        let found = found.map_err(Error::code);
        self.agree("claim", &found, &expected.map(|held| held.epoch));
        if let (Ok(claim), Ok(held)) = (claim, expected) {
            self.hands.push(Hand {
                claim,
                handle,
                id,
                held,
            });
        }
        format!("claim {id} by {handle}, taking over: {takes_over}")
    }

    /// Does something with a claim that was made, whether it still holds or not.
    fn use_hand(&mut self, now: Timestamp) -> String {
        if self.hands.is_empty() {
            return "no claim to use".to_owned();
        }
        let at = self.rng.usize(..self.hands.len());
        let (of, held) = (self.hands[at].id, self.hands[at].held);
        let holds = self.model.holds(of, held);
        let lost = || Err("ownership_lost");
        let call = match self.rng.u8(..6) {
            0 => {
                let called = self.name();
                let found = self.hands[at].claim.modify(|s| s.set_name(name(called)));
                let expected = if holds {
                    self.model.set(of, Some(called), None, now)
                } else {
                    lost()
                };
                self.agree("modify", &coded(found.map(drop)), &expected);
                "modify"
            }
            1 => {
                let found = self.hands[at].claim.touch();
                let expected = if holds {
                    self.model.touch(of, now)
                } else {
                    lost()
                };
                self.agree("touch", &coded(found), &expected);
                "touch"
            }
            2 | 3 => {
                let found = self.hands.swap_remove(at).claim.release();
                let expected = self.model.release(of, held);
                self.agree("release", &coded(found), &expected);
                "release"
            }
            4 => {
                drop(self.hands.swap_remove(at));
                let _ = self.model.release(of, held);
                "drop"
            }
            _ => {
                let hand = self.hands.swap_remove(at);
                while_a_peer_writes(&self.place.file(), || drop(hand));
                let epoch = held.epoch;
                self.model.locks[held.lock].abandoned.push((of, epoch));
                self.model.let_go(held);
                "drop while a peer writes"
            }
        };
        format!("{call} the claim of {of}, which holds: {holds}")
    }

    /// A handle ends without letting go, and another one comes in its place.
    pub(super) fn die(&mut self, handle: usize) -> String {
        let new = self.place.options().open(self.place.file()).unwrap();
        let old = mem::replace(&mut self.handles[handle], new);
        old.close().unwrap();
        let (gone, left) = mem::take(&mut self.hands)
            .into_iter()
            .partition::<Vec<_>, _>(|hand| hand.handle == handle);
        self.hands = left;
        for hand in gone {
            self.model.let_go(hand.held);
        }
        self.model.current[handle] = None;
        format!("death of {handle}")
    }
}
