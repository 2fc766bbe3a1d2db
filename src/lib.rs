//! hognose: scaffold, lint, fix and verify Python extensions written in Rust with PyO3.
//!
//! Data goes one way: arguments → [`project`] → Rust trees → facts → findings → report or new text. `ARCHITECTURE.md` has the map.

pub mod catalog;
pub mod cli;
pub mod commands;
pub mod compiler;
pub mod diagnostic;
pub mod engine;
pub mod migrate;
pub mod model;
pub mod project;
pub mod release;
pub mod report;
pub mod rules;
pub mod rust;
pub mod scaffold;
pub mod temporary;
pub mod text;
pub mod toolchain;
pub mod wheel;
