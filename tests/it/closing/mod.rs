//! From open to closed and back, and out: closing, reopening, making room, pruning.

mod clock_orders;
mod clocks;
mod close;
mod close_as;
mod pruning;
mod reaping;
mod reopen;
