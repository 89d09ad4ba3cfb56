//! The session from which others come, as it is typed.

use session_registry::{Relation, SessionId};

use crate::failure::Failure;
use crate::locate::Locator;
use crate::session_argument::SessionArgument;

/// The parent that `ID[:RELATION]` means, and how a session comes from it.
pub(crate) fn parent(typed: &str, locator: &Locator) -> Result<(SessionId, Relation), Failure> {
    let (session, relation) = split(typed);
    Ok((id_of(session, locator)?, relation))
}

/// The session that an id means, registered or not; or its whole name, alias or path.
pub(crate) fn id_of(typed: &str, locator: &Locator) -> Result<SessionId, Failure> {
    if let Ok(id) = typed.parse() {
        return Ok(id);
    }
    let (_, session) = SessionArgument::exactly(typed).look(locator)?;
    Ok(session.id())
}

/// Without its relation; what is none belongs to the session, since an alias has a colon too.
fn split(typed: &str) -> (&str, Relation) {
    let parts = typed.rsplit_once(':');
    let parts = parts.and_then(|(session, word)| Some((session, word.parse().ok()?)));
    parts.unwrap_or((typed, Relation::Child))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_has_a_colon_too() {
        assert_eq!(split("api"), ("api", Relation::Child));
        assert_eq!(split("api:fork"), ("api", Relation::Fork));
        assert_eq!(split("claude:7f3a"), ("claude:7f3a", Relation::Child));
        let (session, relation) = split("claude:7f3a:continuation");
        assert_eq!((session, relation), ("claude:7f3a", Relation::Continuation));
    }
}
