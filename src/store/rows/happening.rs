//! What one call does, as it will be told: collected while the call writes.

use crate::session::SessionId;
use crate::store::format::change_row::LoggedKind;

/// How many changes of one call are told one by one. Of more it is told that everything may have changed.
pub(in crate::store) const MOST_TOLD: usize = 256;

/// What a writing method is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Happening {
    /// To a session, which then has this revision. Claims do not know it.
    To(SessionId, LoggedKind, Option<u64>),
    Cleared,
    LimitSet,
    DefaultSet(Option<SessionId>),
    /// More than can be told.
    Everything,
    /// The same, and what was told before is not to be relied upon.
    Mended,
    /// Part of a claim, which is told where its row is written.
    EpochRaised,
    /// Who waits for a slot, and who no longer does: nobody is told.
    LineMoved,
}

/// One thing to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) kind: LoggedKind,
    pub(super) id: Option<SessionId>,
    pub(super) revision: Option<u64>,
    /// Whether it was this call that made the session.
    is_new: bool,
}

/// What the call that is being decided has done so far.
#[derive(Debug, Default)]
pub(super) struct Happenings {
    told: Vec<Told>,
    /// Whether anything was changed.
    changed: bool,
    everything: bool,
    mended: bool,
}

impl Happenings {
    pub(super) fn is_empty(&self) -> bool {
        !self.changed
    }

    pub(super) fn is_mended(&self) -> bool {
        self.mended
    }

    pub(super) fn clear(&mut self) {
        self.told.clear();
        (self.changed, self.everything, self.mended) = (false, false, false);
    }

    /// Returns what is to be told, in this order.
    pub(super) fn told(&self) -> Vec<Told> {
        if self.everything {
            return vec![Told::of_all(LoggedKind::Everything)];
        }
        self.told.clone()
    }

    pub(super) fn add(&mut self, happening: Happening) {
        self.changed = true;
        match happening {
            Happening::EpochRaised | Happening::LineMoved => {}
            Happening::To(id, kind, revision) => self.add_to(id, kind, revision),
            Happening::Cleared => self.told = vec![Told::of_all(LoggedKind::Cleared)],
            Happening::LimitSet => self.add_once(Told::of_all(LoggedKind::LimitSet)),
            Happening::DefaultSet(id) => self.add_once(Told {
                id,
                ..Told::of_all(LoggedKind::DefaultSet)
            }),
            Happening::Everything => self.everything = true,
            Happening::Mended => (self.everything, self.mended) = (true, true),
        }
        if self.told.len() > MOST_TOLD {
            self.everything = true;
        }
        if self.everything {
            self.told.clear();
        }
    }

    fn add_once(&mut self, told: Told) {
        self.told.retain(|earlier| earlier.kind != told.kind);
        self.told.push(told);
    }

    /// Adds what happens to a session to what has happened to it already: one thing is told of what becomes of
    /// it, and one of its claim.
    fn add_to(&mut self, id: SessionId, kind: LoggedKind, revision: Option<u64>) {
        let (mut fate, mut claim) = (None, None);
        for earlier in self.told.extract_if(.., |told| told.is_of(id)) {
            let known = if is_of_claims(earlier.kind) {
                &mut claim
            } else {
                &mut fate
            };
            *known = Some(earlier);
        }
        let is_new = fate.map_or(kind == LoggedKind::Registered, |fate: Told| fate.is_new);
        if is_new && kind == LoggedKind::Removed {
            // It came and went, and nobody saw it.
            return;
        }
        let new = Told {
            kind,
            id: Some(id),
            revision,
            is_new,
        };
        match (is_of_claims(kind), fate, claim) {
            // A session that is closed or gone has no claim, and needs no word about it.
            (true, Some(Told { kind, .. }), _) if ends_claims(kind) => {}
            // Whoever reports has claimed.
            (true, _, Some(earlier)) if kind == LoggedKind::Reported => claim = Some(earlier),
            (true, _, _) => claim = Some(new),
            (false, Some(earlier), _) if weight(kind) < weight(earlier.kind) => {
                fate = Some(Told {
                    revision,
                    ..earlier
                });
            }
            (false, _, _) => fate = Some(new),
        }
        if fate.is_some_and(|fate| ends_claims(fate.kind)) {
            claim = None;
        }
        if let (Some(fate), Some(claim)) = (fate, &mut claim) {
            claim.revision = fate.revision;
        }
        // That somebody claims it or lets it go says that somebody was there.
        if claim.is_some() && fate.is_some_and(|fate| fate.kind == LoggedKind::Active) {
            fate = None;
        }
        self.told.extend(fate.into_iter().chain(claim));
    }
}

impl Told {
    fn of_all(kind: LoggedKind) -> Self {
        Self {
            kind,
            id: None,
            revision: None,
            is_new: false,
        }
    }

    fn is_of(&self, id: SessionId) -> bool {
        self.id == Some(id) && self.kind != LoggedKind::DefaultSet
    }
}

fn is_of_claims(kind: LoggedKind) -> bool {
    matches!(
        kind,
        LoggedKind::Claimed | LoggedKind::Released | LoggedKind::Reported
    )
}

fn ends_claims(kind: LoggedKind) -> bool {
    matches!(kind, LoggedKind::Closed | LoggedKind::Removed)
}

/// Of two things that become of a session in one call the weightier is told, of equals the later.
fn weight(kind: LoggedKind) -> u8 {
    match kind {
        LoggedKind::Active => 0,
        LoggedKind::Updated => 1,
        _ => 2,
    }
}
