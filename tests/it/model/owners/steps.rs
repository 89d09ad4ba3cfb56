//! One random call, made by a handle and by the model.

use std::fmt::Debug;
use std::mem;

use session_registry::{
    CloseAs, PrunePolicy, Result, Session, SessionId, SessionRegistry, Timestamp,
};

use super::{Hand, World};
use crate::shared::rules::Checked;
use crate::shared::rules::calls::Settled;
use crate::shared::rules::row::Row;
use crate::support::raw::while_a_peer_writes;
use crate::support::records::{ids, prune};
use crate::support::refusal::Refusal;
use crate::support::values::{START, at, id, name, path};

const IDS: u128 = 12;
pub(super) const NAMES: [&str; 6] = ["api", "API", "Api tests", "web", "ΟΔΟΣ", "2222"];
pub(super) const ALIASES: [&str; 2] = ["acp:a", "acp:b"];
pub(super) const PATHS: [&str; 7] = ["/", "/p", "/p/a", "/p/ab", "/p/a/b", "/q", "/q/r"];

/// An id whose hexadecimal digits begin like those of others.
pub(super) fn numbered(number: u128) -> SessionId {
    id((0x2222 << 112) + ((number % 3) << 108) + number)
}

/// The value of a call, or the rule that refused it.
pub(super) fn checked<T>(result: Result<T>) -> Checked<T> {
    result.map_err(Refusal::from)
}

pub(super) fn row(session: Session) -> Row {
    Row::of(&session)
}

impl World {
    pub(super) fn id(&mut self) -> SessionId {
        numbered(self.rng.u128(..IDS))
    }

    pub(super) fn name(&mut self) -> &'static str {
        NAMES[self.rng.usize(..NAMES.len())]
    }

    pub(super) fn path(&mut self) -> &'static str {
        PATHS[self.rng.usize(..PATHS.len())]
    }

    pub(super) fn agree<T: PartialEq + Debug>(
        &self,
        call: &str,
        found: &Checked<T>,
        expected: &Checked<T>,
    ) {
        self.same(found, expected, call);
    }

    /// Makes one call, and says which.
    pub(super) fn step(&mut self) -> String {
        let now = self.tick();
        let handle = self.rng.usize(..2);
        let registry = self.handles[handle].clone();
        let id = self.id();
        let call = match self.rng.u8(..70) {
            0..=8 => return self.register(handle, id, now),
            9..=11 => {
                let found = registry.close_session(id).map(row);
                let expected = self.model.close(handle, id);
                self.agree("close", &checked(found), &expected);
                "close"
            }
            12..=15 => {
                let found = registry.reopen(id).map(row);
                let expected = self.model.reopen(handle, id);
                self.agree("reopen", &checked(found), &expected);
                "reopen"
            }
            16..=17 => {
                let expected = self.model.touch(id);
                self.agree("touch", &checked(registry.touch(id)), &expected);
                "touch"
            }
            18..=20 => return self.change(&registry, id),
            21..=27 => return self.claim(handle, id),
            28..=32 => return self.use_hand(),
            33 => return self.die(handle),
            34 => {
                let found = registry.unregister(id).map(|removed| removed.map(row));
                let expected = self.model.unregister(handle, id);
                self.agree("unregister", &checked(found), &expected);
                "unregister"
            }
            35 => {
                let limit = self.rng.u32(..7);
                registry.set_max_sessions(limit).unwrap();
                self.model.content.limit = limit;
                let per_project = self.rng.u32(1..4);
                registry.set_max_sessions_per_project(per_project).unwrap();
                self.model.content.per_project = per_project;
                return format!("limit {limit}, {per_project} per project");
            }
            36 => {
                let keep = self.rng.usize(..3);
                let policy = PrunePolicy::new().keep_last(keep as u64);
                let pruned = ids(&prune(&registry, &policy));
                let expected = self.model.prune(keep);
                self.same(&pruned, &expected, "prune");
                "prune"
            }
            37..=38 => {
                let default = self.rng.bool().then_some(id);
                let found = registry.set_default_session(default);
                let expected = self.model.set_default(default);
                self.agree("default", &checked(found), &expected);
                "default"
            }
            39..=44 => return self.resume(handle, id),
            48..=55 => return self.start(handle, id, now),
            56..=63 => return self.apply(handle, now),
            64..=69 => return self.report(&registry, id),
            45..=46 => {
                let present = self.model.content.claims.get(&id).copied();
                let holder = present.filter(|_| self.rng.bool()).unwrap_or(0);
                let found = registry.close_session_with(id, CloseAs::Holder(holder));
                let expected = self.model.close_with(handle, id, Some(holder));
                self.agree("close as the holder", &checked(found.map(row)), &expected);
                "close as the holder"
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
    pub(super) fn tick(&mut self) -> Timestamp {
        let now = self.place.clock.now().as_micros();
        let by = [0, 400_000, 1_000_000, 5_000_000, -2_000_000][self.rng.usize(..5)];
        self.place.clock.set(at((now + by).max(START)));
        self.model.now = self.place.clock.now();
        self.model.now
    }

    pub(super) fn given(&mut self, id: SessionId, now: Timestamp) -> Session {
        let mut builder = Session::builder(path(self.path()));
        if self.rng.u8(..4) == 0 {
            builder = builder.alias(ALIASES[self.rng.usize(..ALIASES.len())].parse().unwrap());
        }
        builder
            .id(id)
            .name(name(self.name()))
            .created_at(now)
            .build()
    }

    fn register(&mut self, handle: usize, id: SessionId, now: Timestamp) -> String {
        let given = self.given(id, now);
        let (new, registry) = (Row::of(&given), &self.handles[handle]);
        let gets = self.rng.bool();
        if gets {
            let found = registry.get_or_register(given).map(|found| Settled {
                is_new: found.is_new(),
                session: Row::of(found.session()),
                reaped: ids(found.reaped()),
            });
            let expected = self.model.get_or_register(handle, &new);
            self.agree("get or register", &checked(found), &expected);
        } else {
            let found = registry.register(given).map(row);
            let expected = self.model.register(handle, &new).map(|_| new);
            self.agree("register", &checked(found), &expected);
        }
        format!("register {id} by {handle}, or get: {gets}")
    }

    pub(super) fn change(&mut self, registry: &SessionRegistry, id: SessionId) -> String {
        let (called, moved) = (self.name(), self.path());
        if self.rng.bool() {
            let found = registry.rename(id, name(called)).map(row);
            let expected = self.model.change(id, |row| row.rename(name(called)));
            self.agree("rename", &checked(found), &expected);
        } else {
            let found = registry.modify(id, |s| s.set_project_path(path(moved)));
            let expected = self.model.change(id, |row| row.path = path(moved));
            self.agree("move", &checked(found.map(row)), &expected);
        }
        format!("change {id} to {called} or {moved}")
    }

    pub(super) fn claim(&mut self, handle: usize, id: SessionId) -> String {
        let takes_over = self.rng.u8(..4) == 0;
        let registry = &self.handles[handle];
        let claim = if takes_over {
            registry.take_over(id)
        } else {
            registry.claim(id)
        };
        let expected = self.model.claim(handle, id, takes_over);
        match checked(claim) {
            Ok(claim) => {
                self.agree("claim", &Ok(claim.epoch()), &expected);
                let epoch = claim.epoch();
                self.hands.push(Hand {
                    claim,
                    handle,
                    id,
                    epoch,
                });
            }
            Err(refusal) => self.agree("claim", &Err(refusal), &expected),
        }
        format!("claim {id} by {handle}, taking over: {takes_over}")
    }

    /// Does something with a claim that was made, whether it still holds or not.
    fn use_hand(&mut self) -> String {
        if self.hands.is_empty() {
            return "no claim to use".to_owned();
        }
        let at = self.rng.usize(..self.hands.len());
        let (of, epoch) = (self.hands[at].id, self.hands[at].epoch);
        let holds = self.model.holds(of, epoch);
        const LOST: Refusal = Refusal::Other("ownership_lost");
        let call = match self.rng.u8(..8) {
            6 | 7 => self.report_by(at),
            0 => {
                let called = self.name();
                let found = self.hands[at].claim.modify(|s| s.set_name(name(called)));
                let expected = if holds {
                    self.model.change(of, |row| row.rename(name(called)))
                } else {
                    Err(LOST)
                };
                self.agree("modify", &checked(found.map(row)), &expected);
                "modify"
            }
            1 => {
                let found = self.hands[at].claim.touch();
                let expected = if holds {
                    self.model.touch(of)
                } else {
                    Err(LOST)
                };
                self.agree("touch", &checked(found), &expected);
                "touch"
            }
            2 | 3 => {
                let found = self.hands.swap_remove(at).claim.release();
                let expected = self.model.release(of, epoch);
                self.agree("release", &checked(found), &expected);
                "release"
            }
            4 => {
                drop(self.hands.swap_remove(at));
                let _ = self.model.release(of, epoch);
                "drop"
            }
            _ => {
                let hand = self.hands.swap_remove(at);
                while_a_peer_writes(&self.place.file(), || drop(hand));
                self.model.abandon(of, epoch);
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
        self.model.end(handle, gone.iter().map(|hand| hand.epoch));
        format!("death of {handle}")
    }
}
