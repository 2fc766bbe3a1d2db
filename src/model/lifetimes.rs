//! Lifetimes: where a signature writes them or leaves them out, and whether they are those of a token or of a borrow.

use super::join::{CrateModel, ModuleId};
use super::outline::OutlineLifetimeUse;
use super::resolve::Resolved;
use super::ty::Ty;
use crate::rust::TypeRef;
use crate::text::{Edit, TextRange};

/// The lifetimes of a signature: of a function, of the callable that a bound or a pointer describes, of the header of an `impl`.
#[derive(Clone, Debug, Default)]
pub struct SignatureFact {
    /// Where a further lifetime is declared, and the text around it.
    pub declaration: Option<Declaration>,
    /// The lifetimes that it declares itself, `'py`.
    pub declared: Vec<String>,
    /// Index of the signature around it: of a method, that of its `impl`.
    pub outer: Option<usize>,
    /// The lifetime of `&self`.
    pub receiver: Option<LifetimeUse>,
    /// Lifetimes of the parameters, in order; of an `impl`, those of the trait's arguments.
    pub inputs: Vec<LifetimeUse>,
    /// Lifetimes of what is returned; of an `impl`, those of its type.
    pub outputs: Vec<LifetimeUse>,
    /// Lifetimes of what is behind a `&mut`, where a parameter may be put.
    pub kept: Vec<LifetimeUse>,
}

/// A bound on a type parameter whose values are only referred to: behind `&` in every parameter, or in what `&self` is.
#[derive(Clone, Debug)]
pub struct LentBound {
    /// The bound.
    pub range: TextRange,
    /// Whose parameter it is.
    pub holder: LentBy,
}

/// What declares a type parameter whose values are only referred to.
#[derive(Clone, Debug)]
pub enum LentBy {
    /// A function.
    Function {
        /// Whether another bound is `Clone` or `Copy`.
        is_cloned: bool,
    },
    /// A trait, which asks this of all who implement it.
    Trait {
        /// What to delete to be rid of the bound.
        removed: TextRange,
        /// Behind the `{` of the trait.
        items: usize,
    },
    /// An `impl`.
    Block {
        /// The name of the type parameter.
        parameter: String,
        /// The bounded type in a `where` predicate that has no other bound.
        predicate: Option<TextRange>,
        /// What to delete to be rid of the bound.
        removed: TextRange,
        /// Where a further predicate goes.
        clause: Clause,
    },
}

/// Where a further predicate goes, and what stands between.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// The place.
    pub at: usize,
    /// The text before the predicate.
    pub before: &'static str,
}

/// Where a lifetime is declared.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The place.
    pub at: usize,
    /// The text before it.
    pub before: &'static str,
    /// The text after it.
    pub after: &'static str,
}

/// One place of a signature that has a lifetime.
#[derive(Clone, Debug)]
pub struct LifetimeUse {
    /// The lifetime, unless it is left out or `'_`.
    pub name: Option<String>,
    /// Where and how it is written.
    pub spelling: Spelling,
    /// What it is the lifetime of.
    pub role: LifetimeRole,
}

/// Where and how a lifetime is written or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As it stands.
    Written(TextRange),
    /// After the `&` before this place.
    Reference(usize),
    /// As the first of the arguments that start here.
    First(usize),
    /// In angles of its own, after the path that ends here.
    Alone(usize),
}

/// What a lifetime is that of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LifetimeRole {
    /// A GIL Ref: from its `&` on.
    GilRef(TextRange),
    /// A token.
    Token,
    /// Another type of PyO3 with a token inside.
    Python,
    /// A reference to anything else, or a type that holds one.
    Borrow,
    /// A type of the package: its module, its name, and the number of the lifetime parameter.
    Own(ModuleId, String, usize),
}

/// What a lifetime parameter of a type is used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// Python objects and tokens have it.
    pub python: bool,
    /// References to other things have it.
    pub borrow: bool,
}

impl LifetimeUse {
    /// Writes `lifetime` here.
    #[must_use]
    pub fn write(&self, lifetime: &str) -> Edit {
        match self.spelling {
            Spelling::Written(range) => Edit::replace(range, lifetime),
            Spelling::Reference(at) => Edit::insert(at, format!("{lifetime} ")),
            Spelling::First(at) => Edit::insert(at, format!("{lifetime}, ")),
            Spelling::Alone(at) => Edit::insert(at, format!("<{lifetime}>")),
        }
    }
}

impl Declaration {
    /// Declares `lifetime`.
    #[must_use]
    pub fn edit(&self, lifetime: &str) -> Edit {
        Edit::insert(self.at, format!("{}{lifetime}{}", self.before, self.after))
    }
}

impl Meaning {
    /// A lifetime of Python objects alone.
    pub const PYTHON: Self = Self { python: true, borrow: false };
    /// A lifetime of borrows alone.
    pub const BORROW: Self = Self { python: false, borrow: true };

    /// Both together.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { python: self.python || other.python, borrow: self.borrow || other.borrow }
    }
}

/// So deep types may contain each other before their lifetimes count as unknown.
const MAX_DEPTH: usize = 8;

impl CrateModel {
    /// How many lifetime parameters a type of the package has.
    #[must_use]
    pub fn lifetime_count(&self, module: ModuleId, name: &str) -> usize {
        self.module(module).lifetimes.get(name).map_or(0, |lifetimes| lifetimes.names.len())
    }

    /// What the lifetime parameter number `index` of the package's type `name` is used for, once its GIL Refs are `Bound`s.
    #[must_use]
    pub fn lifetime_meaning(&self, module: ModuleId, name: &str, index: usize) -> Meaning {
        self.meaning_at(module, name, index, MAX_DEPTH)
    }

    fn meaning_at(&self, module: ModuleId, name: &str, index: usize, depth: usize) -> Meaning {
        let unknown = Meaning { python: true, borrow: true };
        let Some(lifetimes) = self.module(module).lifetimes.get(name).filter(|_| depth > 0) else { return unknown };
        let Some(lifetime) = lifetimes.names.get(index) else { return unknown };
        let uses = lifetimes.uses.iter().filter(|(used, _)| used == lifetime);
        uses.fold(Meaning::default(), |meaning, (_, place)| {
            meaning.or(match place {
                OutlineLifetimeUse::Reference(target) => match self.ty(module, target, &[], &[]) {
                    Ty::Native(_) => Meaning { python: true, borrow: lifetimes.is_copy },
                    _ => Meaning::BORROW,
                },
                OutlineLifetimeUse::Argument(path, index) => self.argument_meaning(module, path, *index, depth - 1),
            })
        })
    }

    fn argument_meaning(&self, module: ModuleId, path: &TypeRef, index: usize, depth: usize) -> Meaning {
        let TypeRef::Path { segments, .. } = path else { return Meaning::BORROW };
        match self.resolve(module, segments, false, &[]) {
            Resolved::Pyo3(_) => Meaning::PYTHON,
            Resolved::Own { module, name, rest } if rest.is_empty() => self.meaning_at(module, &name, index, depth),
            Resolved::External(path) if path[0] == "numpy" => Meaning::PYTHON,
            _ => Meaning::BORROW,
        }
    }
}
