//! The integration tests, all in one binary.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod catalogue;
mod cli;
mod doctor;
mod edits;
mod example;
mod free_threaded;
mod gate;
mod generated;
mod gil_refs;
mod guards;
mod init;
mod items;
mod layout;
mod macros;
mod migrate;
mod mutants;
mod once;
mod pages;
mod project;
mod quiet;
mod reach;
mod readme;
mod releases;
mod sandbox;
mod scaffold;
mod support;
mod tidy;
mod touch;
mod tough;
mod unbroken;
mod upgrade;
mod verdicts;
mod verify;
mod workshop;
mod writing;
