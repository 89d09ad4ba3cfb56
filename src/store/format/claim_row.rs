//! Claim rows: one format byte, then postcard.

use serde::{Deserialize, Serialize};

use crate::session::{Activity, ActivityReport, SessionId, Timestamp, check_note, program_name};
use crate::store::fault::Fault;

/// The format byte of the rows this crate writes.
const FORMAT: u8 = 2;

/// One claim. The order of the fields is the format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClaimRow {
    /// Raised by every claim of any session in this registry.
    pub(crate) epoch: u64,
    /// The random id of the owner, which is the name of its lock file.
    pub(crate) owner: [u8; 16],
    /// The machine the owner ran on, which its host's name does not prove.
    pub(crate) machine: Option<String>,
    /// Which start of that machine it was.
    pub(crate) boot: Option<String>,
    pub(crate) host: String,
    pub(crate) pid: u32,
    /// In which this number and the driver's count.
    pub(crate) pid_namespace: Option<u64>,
    /// The process that really drives, where a wrapper holds the claim.
    pub(crate) driver: Option<u32>,
    /// What the owner calls itself.
    pub(crate) program: Option<String>,
    pub(crate) claimed_at: i64,
    pub(crate) activity: Option<ActivityRow>,
}

/// What the owner said last about what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActivityRow {
    pub(crate) kind: ActivityKind,
    pub(crate) note: Option<String>,
    /// When it began, whatever the note said since.
    pub(crate) since: i64,
}

/// The order of the variants is the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ActivityKind {
    Working,
    Waiting,
    Idle,
    Failed,
}

impl From<Activity> for ActivityKind {
    fn from(activity: Activity) -> Self {
        match activity {
            Activity::Working => Self::Working,
            Activity::Waiting => Self::Waiting,
            Activity::Idle => Self::Idle,
            Activity::Failed => Self::Failed,
        }
    }
}

impl From<ActivityKind> for Activity {
    fn from(kind: ActivityKind) -> Self {
        match kind {
            ActivityKind::Working => Self::Working,
            ActivityKind::Waiting => Self::Waiting,
            ActivityKind::Idle => Self::Idle,
            ActivityKind::Failed => Self::Failed,
        }
    }
}

impl ActivityRow {
    /// What an owner that did `before` says now: `since` moves with the activity, not with the note.
    fn of(
        (activity, note): (Activity, Option<String>),
        before: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        let kind = activity.into();
        let goes_on = before.filter(|before| before.kind == kind);
        Self {
            kind,
            note,
            since: goes_on.map_or(now.as_micros(), |before| before.since),
        }
    }

    /// This crate writes a note as it was checked, and none that is empty.
    fn is_sound(&self) -> bool {
        self.note
            .as_ref()
            .is_none_or(|note| note.trim() == note && !note.is_empty() && check_note(note).is_ok())
    }
}

impl ClaimRow {
    /// The same claim, whose owner says this now; `None` if it has said just that before.
    pub(crate) fn saying(&self, said: (Activity, Option<String>), now: Timestamp) -> Option<Self> {
        let before = self.activity.as_ref();
        let activity = ActivityRow::of(said, before, now);
        let is_new = before
            .is_none_or(|before| (before.kind, &before.note) != (activity.kind, &activity.note));
        is_new.then(|| Self {
            activity: Some(activity),
            ..self.clone()
        })
    }

    /// What the owner said last.
    pub(crate) fn activity(&self) -> Option<ActivityReport> {
        let ActivityRow { kind, note, since } = self.activity.clone()?;
        let since = Timestamp::from_micros(since);
        Some(ActivityReport::new(kind.into(), note, since))
    }

    /// Whether it keeps the rules: this crate writes no other.
    fn is_sound(&self) -> bool {
        let is_name = |name: &String| program_name(name).as_ref() == Ok(name);
        self.program.as_ref().is_none_or(is_name)
            && self.activity.as_ref().is_none_or(ActivityRow::is_sound)
    }

    pub(crate) fn claimed_at(&self) -> Timestamp {
        Timestamp::from_micros(self.claimed_at)
    }

    pub(in crate::store) fn encode(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_extend(self, vec![FORMAT])
            .map_err(|error| Fault::Damaged(format!("a claim cannot be encoded: {error}")))
    }

    pub(in crate::store) fn decode(id: SessionId, bytes: &[u8]) -> Result<Self, Fault> {
        let damaged = || Fault::Damaged(format!("the claim of session {id} does not decode"));
        let (format, row) = bytes.split_first().ok_or_else(damaged)?;
        let (claim, rest): (Self, _) = postcard::take_from_bytes(row).map_err(|_| damaged())?;
        if *format == FORMAT && rest.is_empty() && claim.is_sound() {
            Ok(claim)
        } else {
            Err(damaged())
        }
    }
}
