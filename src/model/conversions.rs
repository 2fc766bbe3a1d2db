//! Implementations of PyO3's conversion traits: the places that have to change when they are written for newer traits.

use super::facts::Source;
use super::join::ModuleId;
use super::ty::Ty;
use crate::text::TextRange;

/// `impl FromPyObject for X`, `impl IntoPy<PyObject> for X`, `impl ToPyObject for X`.
#[derive(Clone, Debug)]
pub struct ConversionImpl {
    /// Canonical path of the trait.
    pub of_trait: String,
    /// The trait as written, its arguments included.
    pub trait_range: TextRange,
    /// The name of the trait, the path before it left out.
    pub trait_name: TextRange,
    /// The lifetimes among the arguments of the trait.
    pub trait_lifetimes: Vec<String>,
    /// The first type among the arguments of the trait: its place and meaning.
    pub trait_type: Option<(TextRange, Ty)>,
    /// Behind `impl`, or behind the `<` of its generic parameters.
    pub generics_at: usize,
    /// The lifetimes that the `impl` declares; `None` when it has no generic parameters at all.
    pub lifetimes: Option<Vec<String>>,
    /// The type as written, and its meaning.
    pub self_type: (TextRange, Ty),
    /// The function that converts: `extract`, `extract_bound`, `into_py`, `to_object`.
    pub function: Option<ConversionFunction>,
    /// The module that holds it.
    pub module: ModuleId,
    /// How it was read.
    pub source: Source,
}

impl ConversionImpl {
    /// Whether a path stands before the name of the trait.
    #[must_use]
    pub fn is_qualified(&self) -> bool {
        self.trait_range.start < self.trait_name.start
    }
}

/// The function that converts.
#[derive(Clone, Debug)]
pub struct ConversionFunction {
    /// Its name and place.
    pub name: (String, TextRange),
    /// From its first attribute to the end.
    pub range: TextRange,
    /// The place of its generic parameters, brackets included.
    pub generics: Option<TextRange>,
    /// `self` in whatever form.
    pub receiver: Option<TextRange>,
    /// The last parameter: its pattern and its type.
    pub parameter: Option<(TextRange, TextRange)>,
    /// The class behind the reference that the last parameter is: `PyAny` of `&'a PyAny` and of `&Bound<'py, PyAny>`.
    pub class: Option<TextRange>,
    /// The returned type.
    pub returns: TextRange,
    /// Where `Self` stands in it, and whether a `::` follows.
    pub selfs: Vec<(TextRange, bool)>,
    /// The expressions whose value it returns.
    pub exits: Vec<Exit>,
}

/// An expression whose value a function returns.
#[derive(Clone, Debug)]
pub struct Exit {
    /// The expression.
    pub range: TextRange,
    /// What it does, as far as it matters.
    pub kind: ExitKind,
    /// Whether a method can be called on it without parentheses.
    pub takes_suffix: bool,
}

/// What an expression does to become a Python object.
#[derive(Clone, Debug)]
pub enum ExitKind {
    /// `value.into_py(py)`, `value.to_object(py)`, `value.into()`.
    Call {
        /// The method's name.
        method: String,
        /// From the dot to the closing parenthesis.
        call: TextRange,
        /// The receiver.
        receiver: (TextRange, Ty),
        /// From the first argument to the last.
        arguments: Option<TextRange>,
    },
    /// `Ok(value)`, `Some(value)`, `Err(value)`.
    Wrapped {
        /// The variant's name.
        name: String,
        /// What is inside.
        value: TextRange,
    },
    /// It never has a value: `panic!()`, `unreachable!()`.
    Diverges,
    /// Anything else.
    Value,
}
