//! Structs and enums with their attributes, variants and fields.

use super::join::ModuleId;
use super::ty::Ty;
use crate::text::TextRange;

/// A struct or enum.
#[derive(Clone, Debug)]
pub struct ClassFact {
    /// Its name and place.
    pub name: (String, TextRange),
    /// Whether `#[pyclass]` stands on it.
    pub is_pyclass: bool,
    /// Whether it is an enum without any field.
    pub is_fieldless: bool,
    /// Names of the `#[pyclass(…)]` options.
    pub options: Vec<String>,
    /// Derived traits with their places.
    pub derives: Vec<(String, TextRange)>,
    /// The `#[pyclass]` attribute: whole, and the inside of its parentheses if it has them.
    pub attribute: Option<(TextRange, Option<TextRange>)>,
    /// Fields.
    pub fields: Vec<FieldFact>,
    /// The forms of its values: one without a name for a struct, one a variant for an enum.
    pub forms: Vec<Form>,
    /// Whether it has generic parameters.
    pub is_generic: bool,
    /// From its first attribute to its end.
    pub range: TextRange,
    /// The module that holds it.
    pub module: ModuleId,
}

/// A field of a struct or of an enum's variant.
#[derive(Clone, Debug)]
pub struct FieldFact {
    /// Its name; its number for tuples.
    pub name: String,
    /// Its type's place.
    pub range: TextRange,
    /// Its type.
    pub ty: Ty,
    /// Its type as written.
    pub written: String,
    /// Options of its `#[pyo3(…)]` attribute: `get`, `set`.
    pub options: Vec<String>,
}

/// How values of a struct, or of one variant of an enum, are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The variant's name; empty for a struct.
    pub name: String,
    /// What follows the name.
    pub style: Style,
}

/// What follows the name of a struct or variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `{ a: A }`.
    Named,
    /// `(A)`.
    Tuple,
    /// Nothing.
    Unit,
}
