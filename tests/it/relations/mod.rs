//! What a session says about itself beside its settings: aliases, tags, pin, parent, the origin of its name, records of
//! the embedding program.

mod aliases;
mod copies;
mod large;
mod names;
mod parents;
mod projects;
mod queries;
