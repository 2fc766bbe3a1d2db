//! What is known of values beside their types: names of modules, captures that threads cannot share, places in sequences.

use super::facts::Source;
use super::ty::Ty;
use crate::text::TextRange;

/// A module that is added to another one.
#[derive(Clone, Debug)]
pub struct NamedSubmodule {
    /// The place of `add_submodule`.
    pub place: TextRange,
    /// The module's name.
    pub name: String,
}

/// A closure for `PyCFunction::new_closure` that captures a value which is not `Sync`.
#[derive(Clone, Debug)]
pub struct UnsharedCapture {
    /// The place of `PyCFunction::new_closure`.
    pub place: TextRange,
    /// The closure's, or that of the variable which holds it.
    pub closure: TextRange,
    /// The type of the value: `RefCell`.
    pub ty: String,
}

/// A part of a sequence of Python that brackets ask for.
#[derive(Clone, Debug)]
pub struct Indexing {
    /// The whole expression.
    pub range: TextRange,
    /// The sequence's place and type.
    pub sequence: (TextRange, Ty),
    /// What stands in the brackets: one place, or the bounds of a slice whose end is excluded, as far as they are written. `None` for other slices.
    pub part: Option<Part>,
    /// Index of the function around it.
    pub function: Option<usize>,
    /// How it was read.
    pub source: Source,
}

/// What stands in brackets.
#[derive(Clone, Debug)]
pub enum Part {
    /// `[index]`.
    Item(TextRange),
    /// `[start..end]`.
    Slice(Option<TextRange>, Option<TextRange>),
}
