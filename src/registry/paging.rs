//! One page of a walk.

use super::cursor::Cursor;
use super::page::Page;
use super::query::Query;
use crate::error::Result;
use crate::session::Session;
use crate::store::{Claims, Fault, Walk, Walks};

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
