//! The house rules that no compiler checks, read from the source files.

mod house;
mod layers;
mod modules;
mod papers;
mod public_api;
mod schema;
mod source;
