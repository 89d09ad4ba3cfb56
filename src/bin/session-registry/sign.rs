//! What a session does, as a sign of one cell.

use std::env;

use session_registry::{Activity, Liveness, SessionStatus};

/// The sign, in what the locale can show.
pub(crate) fn of(status: &SessionStatus) -> &'static str {
    let (unicode, ascii) = both(status);
    if is_unicode() { unicode } else { ascii }
}

fn both(status: &SessionStatus) -> (&'static str, &'static str) {
    if !status.session.state().is_open() {
        return ("·", ".");
    }
    let activity = status.activity.as_ref().map(|report| report.activity);
    match (status.owner.as_ref().map(|owner| owner.liveness), activity) {
        (None, _) => ("○", "-"),
        (Some(Liveness::Dead), _) => ("!", "!"),
        (Some(Liveness::Alive), Some(Activity::Waiting)) => ("◐", "w"),
        (Some(Liveness::Alive), Some(Activity::Idle)) => ("○", "-"),
        (Some(Liveness::Alive), Some(Activity::Failed)) => ("✗", "x"),
        (Some(Liveness::Alive), _) => ("●", "*"),
        (Some(_), _) => ("?", "?"),
    }
}

/// Whether the locale says so, as POSIX decides which of the variables counts.
fn is_unicode() -> bool {
    let said = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = said("LC_ALL")
        .or_else(|| said("LC_CTYPE"))
        .or_else(|| said("LANG"));
    match locale {
        Some(locale) => {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => cfg!(not(unix)),
    }
}
