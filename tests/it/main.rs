//! The integration tests, all in one binary.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod cli;
mod project;
mod readme;
mod scaffold;
mod support;
mod tidy;
mod verify;
