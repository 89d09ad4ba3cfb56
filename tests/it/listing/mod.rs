//! Many sessions: in which order, page by page, from a place on.

mod all_pages;
mod cursors;
mod oldest_first;
pub(crate) mod pages;
mod paging;
