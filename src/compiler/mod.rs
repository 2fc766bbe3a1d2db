//! The compiler as a second opinion: what `cargo check` says of packages, error by error, with places as bytes of the files.

mod check;
mod diagnosis;
mod lints;
mod outcome;
mod reached;
mod read;
mod workspace;

use std::path::PathBuf;

pub use check::{CheckPlan, DefaultFeatures, PythonOfBuild, check, raise, resolve};
pub use diagnosis::{
    Borrow, Diagnosis, Fault, Generics, Items, Kind, Label, Leaving, Mismatched, Mutation, Note, Origin, Outliving, Proposal, Types,
};
pub use lints::{Lints, RustFlags};
pub use outcome::{Answer, Checked, Depth, Refused};
pub use read::read_messages;
pub use workspace::{Member, MemberTarget, MemberTargetKind, Workspace};

use crate::text::TextRange;

/// One error or warning of rustc about the package's own code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompilerError {
    /// `E0308` or the name of a lint, if it has one.
    pub code: Option<String>,
    /// Its first line.
    pub message: String,
    /// The places it points at, those that matter most first.
    pub spans: Vec<Span>,
    /// Its notes and helps, and what they say at the places they point at.
    pub notes: Vec<String>,
    /// The notes and helps that point at places of the package: definitions, for the most part.
    pub explained: Vec<(String, Span)>,
    /// What it suggests.
    pub suggestions: Vec<Suggestion>,
    /// As shown to people.
    pub rendered: String,
    /// What all of that means.
    pub diagnosis: Diagnosis,
}

/// A place in the package's own files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub range: TextRange,
    /// Its first line, from 1.
    pub line: usize,
    /// What is said about it.
    pub label: String,
    /// What that means.
    pub said: Label,
    /// Whether the error is here, and not only explained here.
    pub is_primary: bool,
    /// Whether a macro produced the code; the place is then what the macro was given.
    pub in_macro: bool,
}

/// A change that rustc suggests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// In its words: `consider borrowing here`.
    pub message: String,
    /// What that means.
    pub kind: Proposal,
    /// What to put where; several edits are one suggestion.
    pub edits: Vec<(PathBuf, TextRange, String)>,
    /// Whether rustc is sure of it.
    pub certainty: Certainty,
}

/// How sure rustc is of a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It compiles and is what was meant.
    MachineApplicable,
    /// It may not be what was meant.
    MaybeIncorrect,
    /// It has gaps to fill, or is not classified.
    Incomplete,
}

/// What stands in backticks in a message of rustc, in order: names, types and code.
pub fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}
