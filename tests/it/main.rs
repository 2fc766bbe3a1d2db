//! The integration tests, in one program.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod scaffold;
mod verify;
