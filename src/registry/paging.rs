//! One page of a walk.

use std::collections::BTreeMap;

use super::asker::Asker;
use super::cursor::Cursor;
use super::page::Page;
use super::query::Query;
use crate::error::Result;
use crate::session::Session;
use crate::store::{Claims, Fault, Lists, Scans, Walk, Walks};

/// So many rows are looked at in one read transaction.
const PIECE: u64 = 4096;

/// Returns one page of the sessions on the walk that fit the query, and `fit`.
pub(super) fn page_of(
    reads: &(impl Walks + Claims),
    query: &Query,
    limit: usize,
    walk: &Walk,
    fit: impl Fn(&Session) -> Result<bool, Fault>,
) -> Result<Page, Fault> {
    let mut page = Page::default();
    let mut last = Vec::new();
    reads.walk(walk, |session, place| {
        if !(query.matches(&session) && query.fits_claim(reads, session.id())? && fit(&session)?) {
            return Ok(true);
        }
        // One more than was asked for tells that there is another page.
        if page.items.len() == limit {
            page.next = Some(Cursor::new(query.fingerprint(), &last));
            return Ok(false);
        }
        last = place.to_vec();
        page.items.push(session);
        Ok(true)
    })?;
    Ok(page)
}

/// A session at its place in the order of a query.
type Placed = (Vec<u8>, Session);

/// Returns one page, however many sessions have to be looked at for it.
pub(super) fn page_of_many(
    asker: &Asker<'_>,
    query: &Query,
    limit: usize,
    walk: Walk,
) -> Result<Page> {
    // What an index has together is put in order as a whole each time.
    let piece = if walk.within.is_some() {
        u64::MAX
    } else {
        PIECE
    };
    page_in_pieces(asker, query, limit, walk, piece)
}

fn page_in_pieces(
    asker: &Asker<'_>,
    query: &Query,
    limit: usize,
    mut walk: Walk,
    piece: u64,
) -> Result<Page> {
    // One more than was asked for tells that there is another page.
    let wanted = limit.saturating_add(1);
    let (mut found, mut looked_at) = (Vec::new(), 0);
    loop {
        let room = wanted.saturating_sub(found.len());
        let step = asker.ask(|view| walk_on(view.reads(), query, &walk, room, piece))?;
        found.extend(step.found);
        looked_at += step.looked_at;
        let Some(last) = step.last.filter(|_| found.len() < wanted) else {
            return Ok(page(query, limit, found));
        };
        walk.after = Some(last);
        if is_far(wanted, found.len(), looked_at, step.rows) {
            let room = wanted.saturating_sub(found.len());
            found.extend(scanned(asker, query, &walk, room, piece)?);
            return Ok(page(query, limit, found));
        }
    }
}

/// A piece of a walk.
#[derive(Default)]
struct Step {
    found: Vec<Placed>,
    looked_at: u64,
    /// Where it was left off; `None` at its end.
    last: Option<Vec<u8>>,
    /// How many rows there are in all.
    rows: u64,
}

fn walk_on(
    reads: &(impl Walks + Claims + Lists),
    query: &Query,
    walk: &Walk,
    room: usize,
    piece: u64,
) -> Result<Step, Fault> {
    let mut step = Step {
        rows: reads.row_count()?,
        ..Step::default()
    };
    reads.walk(walk, |session, place| {
        step.looked_at += 1;
        let fits = query.matches(&session) && query.fits_claim(reads, session.id())?;
        if fits {
            step.found.push((place.to_vec(), session));
        }
        let goes_on = step.found.len() < room && step.looked_at < piece;
        if !goes_on {
            step.last = Some(place.to_vec());
        }
        Ok(goes_on)
    })?;
    Ok(step)
}

/// Whether the walk would go on for longer than it takes to read every row where it lies, by how much it has found so
/// far. A walk fetches rows from all over the file, which takes at least four times as long for each.
fn is_far(wanted: usize, found: usize, looked_at: u64, rows: u64) -> bool {
    let missing = wanted.saturating_sub(found) as u64;
    let still = match found as u64 {
        0 => u64::MAX,
        found => looked_at.saturating_mul(missing) / found,
    };
    still.min(rows.saturating_sub(looked_at)) > rows / 4
}

/// Returns what the walk would find next, by looking at all rows.
fn scanned(
    asker: &Asker<'_>,
    query: &Query,
    walk: &Walk,
    room: usize,
    piece: u64,
) -> Result<Vec<Placed>> {
    let mut next = BTreeMap::new();
    let mut after = None;
    loop {
        let (found, last) = asker.ask(|view| {
            let reads = view.reads();
            let mut found = Vec::new();
            let last = reads.scan(walk, after, piece, |session, place| {
                if query.matches(&session) && query.fits_claim(reads, session.id())? {
                    found.push((place, session));
                }
                Ok(())
            })?;
            Ok((found, last))
        })?;
        for (place, session) in found {
            next.insert(place, session);
            if next.len() > room {
                if walk.descending {
                    next.pop_first();
                } else {
                    next.pop_last();
                }
            }
        }
        if last.is_none() {
            let mut found: Vec<Placed> = next.into_iter().collect();
            if walk.descending {
                found.reverse();
            }
            return Ok(found);
        }
        after = last;
    }
}

fn page(query: &Query, limit: usize, mut found: Vec<Placed>) -> Page {
    let has_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| has_more);
    let next = last.map(|(place, _)| Cursor::new(query.fingerprint(), place));
    let items = found.into_iter().map(|(_, session)| session).collect();
    Page { items, next }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::registry::{Order, SessionRegistry, StateFilter};
    use crate::session::{ProjectPath, SessionName, Tag, Timestamp};

    fn filled() -> SessionRegistry {
        let options = SessionRegistry::options().max_sessions(1_000);
        let registry = options.in_memory().unwrap();
        for number in 0..60_i64 {
            let path = ProjectPath::new(format!("/work/{}/{number}", number % 4)).unwrap();
            let name = SessionName::new(format!("{}", number * 7 % 60)).unwrap();
            let session = Session::builder(path)
                .name(name)
                .tag(Tag::new(format!("t{}", number % 2)).unwrap())
                .metadata("n", (number % 5).to_string())
                .created_at(Timestamp::from_micros(number * 13 % 60));
            let id = registry.register(session.build()).unwrap().id();
            if number % 3 == 0 {
                registry.close_session(id).unwrap();
            }
        }
        registry
    }

    fn queries() -> Vec<Query> {
        let mut queries = Vec::new();
        let filters = [
            Query::new(),
            Query::new().name_contains("nobody"),
            Query::new().metadata("n", "3"),
            Query::new().name_contains("1").metadata("n", "0"),
            Query::new().under(ProjectPath::new("/work/2").unwrap()),
            Query::new().tag(Tag::new("t1").unwrap()).metadata("n", "1"),
        ];
        for filter in filters {
            for order in [Order::Created, Order::Name, Order::Updated] {
                for state in [StateFilter::Open, StateFilter::Any, StateFilter::Closed] {
                    let query = filter.clone().order(order).state(state);
                    queries.extend([query.clone(), query.descending()]);
                }
            }
        }
        queries
    }

    #[test]
    fn a_page_is_the_same_in_however_small_pieces_it_is_looked_for() {
        let registry = filled();
        let asker = registry.asker();
        let mut in_vain = 0;
        for query in queries() {
            for limit in [1, 2, 7, 60] {
                let mut query = query.clone().limit(limit);
                loop {
                    let (limit, walk) = query.plan().unwrap();
                    let whole = asker
                        .ask(|view| page_of(view.reads(), &query, limit, &walk, |_| Ok(true)))
                        .unwrap();
                    for piece in [1, 2, 5, 59, 60, 61] {
                        let again = page_in_pieces(&asker, &query, limit, walk.clone(), piece);
                        assert_eq!(again.unwrap(), whole, "{query:?} by {piece}");
                    }
                    in_vain += usize::from(whole.items.is_empty());
                    match whole.next {
                        Some(next) => query = query.after(next),
                        None => break,
                    }
                }
            }
        }
        assert!(in_vain > 0, "nothing was looked for in vain");
    }

    #[test]
    fn a_walk_is_far_where_little_was_found_of_much() {
        assert!(is_far(51, 0, 4_096, 1_000_000));
        assert!(is_far(51, 0, 4_096, 10_000));
        assert!(!is_far(51, 0, 4_096, 5_000), "it is nearly at its end");
        assert!(!is_far(51, 10, 4_096, 1_000_000));
        assert!(is_far(51, 1, 4_096, 100_000));
    }
}
