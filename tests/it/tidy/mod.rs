//! The house rules that no compiler checks, read from the source files.

mod chance;
mod dependencies;
mod house;
mod layers;
mod modules;
mod must_use;
mod papers;
mod plan;
mod public_api;
mod rooms;
mod rules;
mod schema;
mod source;
