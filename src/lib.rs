//! hognose: scaffold, lint, fix and verify Python extensions written in Rust with PyO3.
//!
//! Data goes one way: arguments → [`project`] → Rust trees → facts → findings → report or new text. `ARCHITECTURE.md` has the map.

pub mod catalog;
pub mod commands;
pub mod diagnostic;
pub mod project;
pub mod release;
pub mod scaffold;
pub mod text;
pub mod toolchain;
