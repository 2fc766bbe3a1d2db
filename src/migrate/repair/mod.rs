//! From an error of the compiler to the edit that mends it, for the errors that a migration leaves behind.

mod mismatch;
mod suggested;

use std::path::PathBuf;

use crate::compiler::CompilerError;
use crate::text::Edit;

/// What mends one error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The file.
    pub path: PathBuf,
    /// Its edits, all or none.
    pub edits: Vec<Edit>,
    /// What they do: `borrow`, `clone`.
    pub title: String,
}

/// What would mend `error`; `text` gives a file as it is now.
pub fn repair<'t>(error: &CompilerError, text: impl Fn(&PathBuf) -> Option<&'t str>) -> Option<Repair> {
    let place = error.spans.first()?;
    let source = text(&place.path)?;
    mismatch::repair(error, place, source).or_else(|| suggested::repair(error))
}
