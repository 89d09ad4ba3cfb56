//! What a session is up to, in a word.

use anstyle::{AnsiColor, Style};
use session_registry::{Activity, CloseReason, Liveness, SessionState, SessionStatus};

use crate::glyphs::Glyphs;

/// The word that lists show for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Condition {
    Working,
    Waiting,
    Idle,
    Failed,
    /// Somebody drives it, and says nothing about what that does.
    Running,
    /// Whoever drove it died: it is open, or was closed for that reason.
    Interrupted,
    /// Somebody claims it of whom nobody here can tell whether they live.
    Unknown,
    /// Nobody drives it, and its directory is missing.
    Gone,
    /// Nobody drives it.
    Open,
    Closed,
}

impl Condition {
    /// Whoever lives, or may live, counts for more than a missing directory, and that for more than a death: it can
    /// be resumed by nobody.
    pub(crate) fn of(status: &SessionStatus, is_missing: bool) -> Self {
        if let SessionState::Closed { reason, .. } = status.session.state() {
            return match reason {
                CloseReason::OwnerDied => Self::Interrupted,
                _ => Self::Closed,
            };
        }
        let activity = status.activity.as_ref().map(|report| report.activity);
        match status.owner.as_ref().map(|owner| owner.liveness) {
            Some(Liveness::Alive) => activity.map_or(Self::Running, Self::of_activity),
            None | Some(Liveness::Dead) if is_missing => Self::Gone,
            None => Self::Open,
            Some(Liveness::Dead) => Self::Interrupted,
            Some(_) => Self::Unknown,
        }
    }

    fn of_activity(activity: Activity) -> Self {
        match activity {
            Activity::Working => Self::Working,
            Activity::Waiting => Self::Waiting,
            Activity::Idle => Self::Idle,
            Activity::Failed => Self::Failed,
            _ => Self::Running,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Waiting => "waiting",
            Self::Idle => "idle",
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Unknown => "unknown",
            Self::Gone => "gone",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn mark(self, glyphs: Glyphs) -> &'static str {
        let (unicode, ascii) = match self {
            Self::Working | Self::Running => ("●", "*"),
            Self::Waiting => ("◐", "w"),
            Self::Idle | Self::Open => ("○", "o"),
            Self::Failed => ("✗", "x"),
            Self::Interrupted => ("!", "!"),
            Self::Unknown => ("?", "?"),
            Self::Gone => ("∅", "0"),
            Self::Closed => ("·", "."),
        };
        glyphs.pick(unicode, ascii)
    }

    /// It adds to the word, and is readable on light and on dark.
    pub(crate) fn style(self) -> Style {
        let style = Style::new();
        let color = match self {
            Self::Working | Self::Running => AnsiColor::Green,
            Self::Waiting => AnsiColor::Yellow,
            Self::Failed | Self::Interrupted => AnsiColor::Red,
            Self::Unknown | Self::Gone => AnsiColor::Magenta,
            Self::Closed => return style.dimmed(),
            Self::Idle | Self::Open => return style,
        };
        style.fg_color(Some(color.into()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use serde_json::json;

    use super::*;

    fn status(
        state: serde_json::Value,
        liveness: Option<&str>,
        activity: Option<&str>,
    ) -> SessionStatus {
        let at = "2026-01-01T00:00:00Z";
        let owner = liveness.map(
            |liveness| json!({ "pid": 7, "host": "box", "claimed_at": at, "liveness": liveness }),
        );
        let activity = activity.map(|activity| json!({ "activity": activity, "since": at }));
        let session = json!({
            "id": "00000000-0000-4000-8000-000000000001", "name": "app", "project_path": "/work/app",
            "created_at": at, "state": state,
        });
        let status = json!({ "session": session, "owner": owner, "activity": activity });
        serde_json::from_value(status).unwrap()
    }

    #[test]
    fn who_lives_counts_for_more_than_a_directory_and_that_for_more_than_a_death() {
        use Condition::{
            Failed, Gone, Idle, Interrupted, Open, Running, Unknown, Waiting, Working,
        };
        for (liveness, activity, here, missing) in [
            (Some("alive"), Some("working"), Working, Working),
            (Some("alive"), Some("waiting"), Waiting, Waiting),
            (Some("alive"), Some("idle"), Idle, Idle),
            (Some("alive"), Some("failed"), Failed, Failed),
            (Some("alive"), None, Running, Running),
            (Some("unknown"), None, Unknown, Unknown),
            (Some("unknown"), Some("working"), Unknown, Unknown),
            (Some("dead"), None, Interrupted, Gone),
            (None, None, Open, Gone),
        ] {
            let status = status(json!({ "status": "open" }), liveness, activity);
            let conditions = [false, true].map(|missing| Condition::of(&status, missing));
            assert_eq!(conditions, [here, missing], "{liveness:?} {activity:?}");
        }
    }

    #[test]
    fn a_session_that_was_closed_because_its_owner_died_is_interrupted() {
        for (reason, expected) in [
            ("requested", Condition::Closed),
            ("owner_died", Condition::Interrupted),
        ] {
            let state =
                json!({ "status": "closed", "at": "2026-01-01T00:00:00Z", "reason": reason });
            let status = status(state, None, None);
            assert_eq!(Condition::of(&status, false), expected);
            assert_eq!(Condition::of(&status, true), expected);
        }
    }
}
