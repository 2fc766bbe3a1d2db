//! The engine: runs rules over a project, suppresses, chooses and applies fixes, and repeats until nothing is left to fix.

mod analysis;
mod check;
mod comments;
mod directive;
mod extension;
mod isolate;
mod merge;
mod selection;
mod settings;
mod suppress;
mod unparsable;

pub mod diff;
pub mod fix;
pub mod git;
pub mod history;
pub mod imports;
pub mod write;

pub use check::{CheckOptions, CheckOutcome, PackageSummary, TargetChoice, check, without_fixes_of};
pub use isolate::Fault;
