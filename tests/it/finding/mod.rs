//! One session out of many: by id, path or name, by what a person typed, by where somebody stands.

mod containing;
mod lookup;
mod matches;
mod on_the_index;
mod resolve;
mod resolve_closed;
