//! The engine: runs rules over a project, suppresses, chooses and applies fixes.

mod analysis;
mod check;
mod settings;
mod suppress;

pub use check::{CheckOptions, CheckOutcome, PackageSummary, TargetChoice, check};
