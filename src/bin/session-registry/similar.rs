//! What a person may have meant who typed something that fits nothing.

use session_registry::{Error, Query, Session, SessionRegistry, StateFilter};

/// The most sessions that are told.
const MOST: usize = 3;
/// The fewest digits that count as the beginning of an id.
const SHORTEST_ID_PREFIX: usize = 4;

/// Whether it is too short a beginning of an id; and the sessions whose names are as good as what was typed, the
/// nearest first, open ones before closed ones.
pub(crate) fn near_misses(
    registry: &SessionRegistry,
    query: &str,
) -> Result<(bool, Vec<Session>), Error> {
    let digits = query.replace('-', "").to_lowercase();
    let can_be_short_id = (1..SHORTEST_ID_PREFIX).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut is_short_id = false;
    let mut found = Vec::new();
    for state in [StateFilter::Open, StateFilter::Closed] {
        let wanted = Query::new().state(state).limit(Query::MAX_LIMIT);
        for page in registry.pages(&wanted) {
            for session in page? {
                is_short_id |= can_be_short_id && session.id().to_string().starts_with(&digits);
                if let Some(distance) = distance(query, session.name().as_str()) {
                    found.push((distance, session));
                }
            }
        }
    }
    found.sort_by_key(|(distance, session)| (*distance, !session.state().is_open()));
    let similar = found.into_iter().map(|(_, session)| session);
    Ok((is_short_id, similar.take(MOST).collect()))
}

/// How many letters were mistyped, if those are few enough: one in three.
fn distance(typed: &str, name: &str) -> Option<usize> {
    let (typed, name) = (typed.to_lowercase(), name.to_lowercase());
    let most = typed.chars().count() / 3;
    if most == 0 || name.chars().count().abs_diff(typed.chars().count()) > most {
        return None;
    }
    let distance = strsim::osa_distance(&typed, &name);
    (distance <= most).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn one_letter_in_three_may_be_wrong() {
        for (typed, name, expected) in [
            ("aip", "api", Some(1)),
            ("APi", "api", Some(0)),
            ("bakend", "Backend", Some(1)),
            ("becknd", "backend", Some(2)),
            ("bcknd", "backend", None),
            ("ap", "api", None),
            ("x", "y", None),
            ("", "a", None),
        ] {
            assert_eq!(distance(typed, name), expected, "{typed}");
        }
    }
}
