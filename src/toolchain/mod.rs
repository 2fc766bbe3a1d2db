//! Finding and running the programs that build and test an extension.

mod asked;
pub mod command;
pub mod locate;
mod places;
pub mod platform;
pub mod python;
pub mod rustup;
pub mod steps;
