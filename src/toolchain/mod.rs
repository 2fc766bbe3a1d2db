//! Finding and running the programs that build and test an extension.

pub mod command;
pub mod locate;
pub mod platform;
pub mod python;
pub mod rustup;
pub mod steps;
