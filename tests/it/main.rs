//! The integration tests, in one program.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod project;
mod scaffold;
mod verify;
