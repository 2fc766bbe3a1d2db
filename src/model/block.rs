//! `impl` blocks as a whole: what stands in their heads, and where their parts are.

use super::facts::Source;
use super::join::ModuleId;
use super::ty::Ty;
use crate::text::TextRange;

/// An `impl` block, of a trait or not.
#[derive(Clone, Debug)]
pub struct Block {
    /// From its first attribute to the closing brace.
    pub range: TextRange,
    /// From behind `impl` to the type that it is for: generic parameters, trait and `for`.
    pub lead: TextRange,
    /// What stands between its braces.
    pub inside: TextRange,
    /// The type that it is for.
    pub of: Ty,
    /// That type's place.
    pub of_range: TextRange,
    /// Canonical PyO3 path of its trait.
    pub of_trait: Option<String>,
    /// Names of its attributes.
    pub attributes: Vec<String>,
    /// Its lifetime parameters, with their `'`.
    pub lifetimes: Vec<String>,
    /// The module that holds it.
    pub module: ModuleId,
    /// How it was read.
    pub source: Source,
}
