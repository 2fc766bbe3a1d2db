//! Runs rules over a project, chooses and applies fixes, and repeats until nothing is left to fix.

pub mod diff;
pub mod fix;
pub mod git;
pub mod imports;
pub mod write;

mod comments;
mod selection;
