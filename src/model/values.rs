//! What is known of values beside their types: names of modules, and captures that threads cannot share.

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
