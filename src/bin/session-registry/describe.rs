//! Sessions in a line of text.

use session_registry::{ActivityReport, CloseReason, Owner, Session, SessionId};

use crate::escape::Escaped;

/// Its id, name and project, in columns that do not line up.
pub(crate) fn line(session: &Session) -> String {
    let (name, path) = (Escaped(session.name()), Escaped(session.project_path()));
    let closed = if session.state().is_open() {
        ""
    } else {
        "  (closed)"
    };
    format!("{}  {name}  {path}{closed}", session.id())
}

/// Which session it is, within a sentence.
pub(crate) fn named(session: &Session) -> String {
    let (name, path) = (Escaped(session.name()), Escaped(session.project_path()));
    format!("session {} ({name}, {path})", session.id())
}

/// Who drives a session, since when, and whether it lives.
pub(crate) fn owner(owner: &Owner) -> String {
    format!("{} ({})", Escaped(owner), owner.liveness)
}

/// What an owner does, since when, and what it says about that.
pub(crate) fn activity(report: &ActivityReport) -> String {
    let ActivityReport {
        activity, since, ..
    } = report;
    let note = report.note.as_ref();
    let note = note.map(|note| format!(": {}", Escaped(note)));
    format!("{activity} since {since}{}", note.unwrap_or_default())
}

/// Whether it is open, in a word.
pub(crate) fn state(session: &Session) -> &'static str {
    if session.state().is_open() {
        "open"
    } else {
        "closed"
    }
}

/// Its tags in a row.
pub(crate) fn tags(session: &Session) -> String {
    let tags = session.tags().iter().map(|tag| Escaped(tag).to_string());
    tags.collect::<Vec<_>>().join(", ")
}

/// Its aliases in a row.
pub(crate) fn aliases(session: &Session) -> String {
    let aliases = session.aliases().iter();
    let aliases = aliases.map(|alias| Escaped(alias).to_string());
    aliases.collect::<Vec<_>>().join(", ")
}

/// The digits of an id that lists show.
pub(crate) fn short(id: SessionId) -> String {
    id.to_string().chars().take(8).collect()
}

/// Why a session was closed, in words.
pub(crate) fn reason(reason: CloseReason) -> String {
    reason.as_str().replace('_', " ")
}

/// How many sessions.
pub(crate) fn count(count: u64) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} session{plural}")
}

#[cfg(test)]
mod tests {
    use session_registry::CloseReason;

    #[test]
    fn a_reason_reads_as_words() {
        let reasons = [CloseReason::Requested, CloseReason::OwnerDied];
        assert_eq!(reasons.map(super::reason), ["requested", "owner died"]);
    }

    #[test]
    fn one_is_no_plural() {
        assert_eq!(
            [0, 1, 2].map(super::count),
            ["0 sessions", "1 session", "2 sessions"]
        );
    }
}
