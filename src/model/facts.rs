//! The facts of one file: flat lists that rules look through.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use super::allowances::Allowance;
use super::attributes::AttributeFact;
use super::block::Block;
use super::classes::ClassFact;
use super::conversions::{ConversionImpl, Exit};
use super::detached::DetachedAccess;
use super::guards::{GuardFact, MomentaryGuard};
use super::join::ModuleId;
use super::lifetimes::{LentBound, SignatureFact};
use super::ty::Ty;
use super::values::{Indexing, NamedSubmodule, UnsharedCapture};
use crate::text::TextRange;

/// Everything that one file says about PyO3.
#[derive(Debug, Default)]
pub struct FileModel {
    /// Paths, imports included, in the order of the text.
    pub paths: Vec<PathUse>,
    /// Method calls.
    pub calls: Vec<MethodCall>,
    /// `&PyAny` and its like, wherever a type stands.
    pub gil_refs: Vec<GilRefType>,
    /// Tuple expressions of two members.
    pub pairs: Vec<PairFact>,
    /// Signatures that can have lifetimes.
    pub signatures: Vec<SignatureFact>,
    /// Bounds on type parameters whose values are only referred to.
    pub lent_bounds: Vec<LentBound>,
    /// Attributes.
    pub attributes: Vec<AttributeFact>,
    /// Functions and methods.
    pub functions: Vec<FunctionFact>,
    /// Structs and enums.
    pub classes: Vec<ClassFact>,
    /// `impl` blocks.
    pub blocks: Vec<Block>,
    /// Trait implementations.
    pub implementations: Vec<Implementation>,
    /// Implementations of `FromPyObject`, `IntoPy` and `ToPyObject`, those from macros left out.
    pub conversions: Vec<ConversionImpl>,
    /// The `impl` blocks of `FromPyObject`: what their signatures look like today is for PyO3 to say.
    pub dictated: Vec<TextRange>,
    /// GIL Refs that are looped over, or handed to a function of PyO3: place and class.
    pub gil_ref_uses: Vec<(TextRange, String, GilRefUse)>,
    /// Where the type of a value is written, by the place of what is done with it: a method's name, a loop's value, an argument.
    pub origins: HashMap<TextRange, TextRange>,
    /// Variables that keep the thread attached for the rest of their block.
    pub guards: Vec<GuardFact>,
    /// Guards that live for one statement.
    pub momentary_guards: Vec<MomentaryGuard>,
    /// String literals that span lines, if the file has guards: their lines cannot be indented.
    pub long_strings: Vec<TextRange>,
    /// What a detached closure does with Python.
    pub detached: Vec<DetachedAccess>,
    /// Modules that are added to others, where their names are known.
    pub submodules: Vec<NamedSubmodule>,
    /// GIL Refs to sequences that are indexed with brackets.
    pub indexings: Vec<Indexing>,
    /// Closures for `PyCFunction::new_closure` whose captures threads cannot share.
    pub unshared_captures: Vec<UnsharedCapture>,
    /// The bodies of closures and `async` blocks: what `?` leaves there is not the function around them.
    pub inner_bodies: Vec<TextRange>,
    /// Calls of macros that write their arguments as text, such as `format!`.
    pub shown: Vec<TextRange>,
    /// Where attributes say whether deprecated items are accepted.
    pub allowances: Vec<Allowance>,
    /// The `macro_rules!` that are defined here, by name.
    pub macro_definitions: Vec<(String, TextRange)>,
    /// The calls of the package's own macros that bring names of PyO3 along: each with the macro's name.
    pub expansions: Vec<(TextRange, String)>,
    /// Macro calls whose bodies are no Rust syntax: name and place.
    pub opaque_macros: Vec<(String, TextRange)>,
    /// What `imports` looks through.
    pub(super) imported: OnceLock<HashSet<(ModuleId, String)>>,
}

/// How a fact was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Source {
    /// From the syntax tree, or the body of a macro that is ordinary Rust.
    #[default]
    Tree,
    /// From the bare tokens of a macro: what they become is not known.
    Tokens,
    /// From the bare tokens of a `macro_rules!`, names that mean something only where the macro is called.
    Definition,
    /// From a `macro_rules!` of the package, at the place where it is called: the text stands elsewhere.
    Expansion,
}

/// A path in the text.
#[derive(Clone, Debug)]
pub struct PathUse {
    /// Its segments as written, with their places.
    pub segments: Vec<(String, TextRange)>,
    /// From the first segment to the last, type arguments included.
    pub range: TextRange,
    /// Canonical path of the PyO3 item; `None` for anything else.
    pub pyo3: Option<String>,
    /// The PyO3 path as an import spells it, for leaves of `use`: `pyo3::once_cell::GILOnceCell`.
    pub spelled: Option<String>,
    /// Path into another crate, `::` between the segments.
    pub external: Option<String>,
    /// The first segment of the whole path, for leaves of `use`.
    pub root: Option<TextRange>,
    /// What role it plays.
    pub position: PathUsePosition,
    /// Set when it is called: how, and with what.
    pub call: Option<Callee>,
    /// The module that holds it.
    pub module: ModuleId,
    /// How it was read.
    pub source: Source,
    /// Index of the function around it in [`FileModel::functions`].
    pub function: Option<usize>,
    /// Index of the innermost signature that holds it in [`FileModel::signatures`].
    pub signature: Option<usize>,
    /// Whether it stands in code for tests alone.
    pub in_test: bool,
}

/// The call that a path is the callee of.
#[derive(Clone, Debug, Default)]
pub struct Callee {
    /// The arguments' places and types.
    pub arguments: Vec<(TextRange, Ty)>,
    /// The whole call.
    pub range: TextRange,
    /// What stands directly after it: `?`, `.unwrap()`, a `match` …: the result is taken for a `Result`.
    pub taken_as_result: bool,
}

/// The roles of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathUsePosition {
    /// A leaf of a `use`; its range without the path before it, and whether others can see the import.
    Import {
        /// `pub use`.
        public: bool,
    },
    /// A type.
    Type,
    /// A value, a callee, a pattern.
    Value,
    /// The trait of a bound.
    Bound,
    /// The trait of an `impl … for`.
    Implemented,
    /// The name of a macro.
    Macro,
    /// An attribute or derive macro.
    Attribute,
}

/// A method call.
#[derive(Clone, Debug)]
pub struct MethodCall {
    /// The method's name and its place.
    pub name: (String, TextRange),
    /// The receiver's place and type.
    pub receiver: (TextRange, Ty),
    /// The arguments' places and types.
    pub arguments: Vec<(TextRange, Ty)>,
    /// An expression for a token of the thread that is in scope there: `py`, `object.py()`.
    pub token: Option<String>,
    /// Whether the receiver is a temporary once GIL Refs are `Bound`s: an object that a method of PyO3 returns.
    pub owned_receiver: bool,
    /// Whether the value gets a name, is returned or stored, so that it outlives the statement.
    pub kept: bool,
    /// The types of the turbofish, and its place (`::<` to `>`).
    pub turbofish: Option<(TextRange, Vec<Ty>)>,
    /// The whole expression, receiver included.
    pub range: TextRange,
    /// Whether `?`, `unwrap`, `match` and their like take the value for a `Result`.
    pub taken_as_result: bool,
    /// The module that holds it.
    pub module: ModuleId,
    /// How it was read.
    pub source: Source,
    /// Index of the function around it.
    pub function: Option<usize>,
}

/// A reference to a native type where a type stands.
#[derive(Clone, Debug)]
pub struct GilRefType {
    /// From `&` to the end of the type.
    pub range: TextRange,
    /// The type behind the reference.
    pub target: TextRange,
    /// Its name: `PyAny`.
    pub class: String,
    /// Whether the class is of another crate than PyO3 (rust-numpy).
    pub external: bool,
    /// The lifetime as written.
    pub lifetime: Option<String>,
    /// Where it stands.
    pub position: TypePosition,
    /// What there is between that position and the reference.
    pub nesting: Nesting,
    /// Index of the innermost signature that holds it in [`FileModel::signatures`].
    pub signature: Option<usize>,
    /// How it was read.
    pub source: Source,
    /// Index of the function whose signature or body holds it.
    pub function: Option<usize>,
    /// The module that holds it.
    pub module: ModuleId,
}

/// Where a type stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypePosition {
    /// The whole type of a parameter.
    Parameter,
    /// Inside the type of a parameter: `Option<&PyDict>`.
    InsideParameter,
    /// In a return type.
    Return,
    /// In a field of a struct or enum.
    Field,
    /// In the annotation of a `let`.
    Let,
    /// In the annotation of a `let` whose value is borrowed once GIL Refs are `Bound`s.
    LetBorrowed,
    /// In a type alias.
    Alias,
    /// In a turbofish or another generic argument of an expression.
    Turbofish,
    /// After `as`.
    Cast,
    /// In the header of an `impl`.
    ImplHeader,
    /// In a bound or `where` clause.
    Bound,
    /// In the type of a closure's parameter.
    Closure,
    /// In the type of the parameter of a closure that a method is given: of an iterator, an `Option` and their like.
    ClosureItem,
    /// Anywhere else.
    Other,
}

/// What there is around a type within the type that fills a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Nesting {
    /// It is the whole type.
    #[default]
    Whole,
    /// It is the argument of the `Option` that is the whole type.
    Option,
    /// It is a parameter of a callable: `Fn(&PyAny)`.
    Input,
    /// It is in an `Option` that is a parameter of a callable.
    InputOption,
    /// It is inside what a callable returns.
    Output,
    /// Anything else.
    Inside,
}

impl Nesting {
    /// The nesting of an argument of a type that is nested so.
    #[must_use]
    pub fn deeper(self, in_option: bool) -> Self {
        match self {
            Self::Whole if in_option => Self::Option,
            Self::Input if in_option => Self::InputOption,
            Self::Output => Self::Output,
            _ => Self::Inside,
        }
    }
}

/// A function or method.
#[derive(Clone, Debug)]
pub struct FunctionFact {
    /// Its name and place.
    pub name: (String, TextRange),
    /// From the first attribute to the end.
    pub range: TextRange,
    /// The end of its last attribute, doc comments included; `None` without any.
    pub attributes_end: Option<usize>,
    /// Names of its attributes.
    pub attributes: Vec<String>,
    /// Names of the options in all its attributes: `signature` of `#[pyo3(signature = …)]`.
    pub options: Vec<String>,
    /// Names of the attributes of the `impl` block around it.
    pub block_attributes: Vec<String>,
    /// Index of that block in [`FileModel::blocks`].
    pub block: Option<usize>,
    /// Whether it has `self` in some form.
    pub has_receiver: bool,
    /// Parameters, the receiver left out.
    pub parameters: Vec<ParameterFact>,
    /// What stands between the parentheses of its parameters.
    pub inputs: TextRange,
    /// The names that its body binds outside of closures, if Python calls it: they can hide a parameter where it returns.
    pub bound: BTreeSet<String>,
    /// The values that it returns, if Python calls it.
    pub exits: Vec<Exit>,
    /// The returned type: place (empty when not written) and meaning.
    pub returns: (TextRange, Ty),
    /// The returned type as written, in one layout.
    pub returns_text: String,
    /// The body's place.
    pub body: Option<TextRange>,
    /// The module that holds it.
    pub module: ModuleId,
    /// How it was read.
    pub source: Source,
}

impl FunctionFact {
    /// Whether Python calls it: a `#[pyfunction]`, `#[pyfn]` or a method of `#[pymethods]`.
    #[must_use]
    pub fn is_python_callable(&self) -> bool {
        let own = self.attributes.iter().any(|name| name == "pyfunction" || name == "pyfn");
        own || self.block_attributes.iter().any(|name| name == "pymethods")
    }

    /// Whether an attribute of this name stands on it.
    #[must_use]
    pub fn has_attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|found| found == name)
    }
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct ParameterFact {
    /// Its name, if the pattern is one.
    pub name: Option<String>,
    /// The place of the pattern.
    pub pattern: TextRange,
    /// The type's place.
    pub range: TextRange,
    /// The type.
    pub ty: Ty,
    /// Whether the last name of the written type is that of the token.
    pub is_token: bool,
    /// Whether the written type is an `Option`, as the macros of old releases recognised one: by its last name.
    pub is_option: bool,
}

/// `impl Trait for Type`.
#[derive(Clone, Debug)]
pub struct Implementation {
    /// Canonical PyO3 path of the trait.
    pub of_trait: Option<String>,
    /// The trait's place, its arguments included.
    pub trait_range: TextRange,
    /// Names of its items with the places of the names.
    pub items: Vec<(String, TextRange)>,
    /// Number of lifetime arguments of the trait.
    pub lifetimes: usize,
}

/// `(a, b)` as an expression.
#[derive(Clone, Debug)]
pub struct PairFact {
    /// Its place.
    pub range: TextRange,
    /// Its members' places and types.
    pub members: [(TextRange, Ty); 2],
    /// Index of the function around it.
    pub function: Option<usize>,
}

/// What is done with a GIL Ref other than calling a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GilRefUse {
    /// `for x in list`.
    Loop,
    /// `PyInt::is_type_of(object)`.
    Argument,
    /// `option.map(Into::into)`.
    Converted,
}
