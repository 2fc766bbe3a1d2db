//! What an error of the compiler is about: read once from rustc's words, so that nothing after this module reads English.

mod fault;
mod template;
#[cfg(test)]
mod tests;
mod words;

pub use fault::{Borrow, Fault, Generics, Items, Kind, Leaving, Mismatched, Mutation, Types};

use super::{CompilerError, Span, quoted};
use crate::text::TextRange;

/// All that rustc says of an error, but for its code and its places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// What is wrong.
    pub fault: Fault,
    /// What its first line has in backticks, in order: names, types and code.
    pub named: Vec<String>,
    /// What is said below it.
    pub notes: Vec<Note>,
    /// What is said below it about places of the package, definitions for the most part.
    pub explained: Vec<(Note, Span)>,
    /// Whose code it is in.
    pub origin: Origin,
}

/// Who wrote the code of an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A person, or a `macro_rules!`.
    #[default]
    Written,
    /// A procedural macro: a derive or an attribute.
    ProceduralMacro,
}

/// What is said about a place of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// "expected `A`, found `B`".
    Mismatch(Types),
    /// "this expression has type `T`".
    HasType(String),
    /// "this argument has type `T`…".
    ArgumentOfType(String),
    /// "this is found to be of type `T`", of what decided what others have to be.
    FoundOfType(String),
    /// "expected because of this".
    Expected,
    /// "method not found in `T`".
    NoMethodIn(String),
    /// "no `A` in the root", of an import.
    NoItem,
    /// "unexpected argument #2 of type `T`".
    Unexpected {
        /// Which argument it is, from 1.
        number: Option<usize>,
        /// Its type.
        ty: Option<String>,
    },
    /// "argument #2 of type `T` is missing".
    Missing {
        /// Which argument it is, from 1.
        number: usize,
        /// Its type.
        ty: String,
    },
    /// "found signature defined here".
    FoundSignature,
    /// "this field does not implement `Copy`".
    FieldNotCopy,
    /// "required by a bound in this".
    RequiredByBound,
    /// "binding `x` declared here".
    Declared(String),
    /// "borrow later used here".
    BorrowedLater,
    /// "has type `T`", of a parameter whose lifetime matters.
    OfType(String),
    /// "returning this value requires that `'1` must outlive `'py`".
    Outlives {
        /// The lifetime that is too short.
        short: String,
        /// The one that it has to outlive.
        long: String,
        /// Whether it is said of what a function returns.
        of: Outliving,
    },
    /// "lifetime `'py` required".
    LifetimeRequired(String),
    /// "the trait `A` is not implemented for `B`".
    NotImplemented {
        /// `A`.
        of_trait: String,
    },
    /// Anything else: no words but a type, or words that nothing depends on.
    Other(String),
}

/// What a lifetime that is too short is the one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outliving {
    /// "was supposed to return data with lifetime `'py`".
    Returned,
    /// Anything else.
    Value,
}

/// What is said below an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// "expected reference `A`\n found struct `B`".
    Mismatch(Types),
    /// "the method `m` exists on the type `T`".
    MethodExistsOn {
        /// `m`.
        method: String,
        /// `T`.
        ty: String,
    },
    /// "required for `T` to implement `Trait`".
    RequiredFor(String),
    /// "for that trait implementation, expected `A`, found `B`".
    ForImplementation(Types),
    /// "expected closure signature `A`\n found closure signature `B`".
    Signature(Types),
    /// "the following trait bounds were not satisfied: `A: B`…".
    UnmetBounds(Vec<String>),
    /// "the trait `A` is not implemented for `B`", or "… but it is implemented for `C`".
    NotImplemented {
        /// `A`.
        of_trait: String,
        /// `B`.
        ty: String,
        /// `C`.
        instead: Option<String>,
    },
    /// What "`A` implements `B`" says, line by line, or "… but trait `B` is implemented for it".
    Implements(Vec<(String, String)>),
    /// Anything else, with what it has in backticks.
    Other(Vec<String>),
}

/// What a suggestion of rustc is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proposal {
    /// To borrow: what is wanted is a reference.
    Borrow,
    /// To borrow something else than the value itself.
    BorrowOther,
    /// To leave out a borrow.
    Unborrow,
    /// To clone.
    Clone,
    /// To use `?`.
    Propagate,
    /// To bind a temporary to a name.
    Bind,
    /// To name a lifetime, or to use one that has a name.
    Lifetime,
    /// To say which number is meant.
    Number,
    /// To say which type of a trait is meant.
    Type,
    /// `try_iter`, a name that is spelt like the one that is not found.
    TryIter,
    /// A name that is spelt like the one that is not found.
    SimilarName,
    /// Another method of the type, or to remove something: guesses.
    Guess,
    /// To import a trait that is not in scope.
    Import,
    /// To name the trait of a method that several have.
    Disambiguate,
    /// To restrict a type parameter further.
    Restrict,
    /// To put an underscore before the name of what is not used.
    Underscore,
    /// Anything else.
    #[default]
    Other,
}

impl Default for Label {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl Diagnosis {
    /// Reads an error's words; places are as they stand in it, each with its [`Label`].
    pub(super) fn read(error: &CompilerError) -> Self {
        let notes: Vec<Note> = error.notes.iter().map(|note| words::note(note)).collect();
        let label = error.spans.first().map(|span| span.label.as_str()).unwrap_or_default();
        Self {
            fault: words::fault(error.code.as_deref(), &error.message, &notes, label),
            named: quoted(&error.message).map(str::to_owned).collect(),
            explained: error.explained.iter().map(|(message, span)| (words::note(message), span.clone())).collect(),
            notes,
            origin: words::origin(&error.rendered),
        }
    }

    /// The two types of a mismatch, as rustc prints them: the wanted one and the one that is there.
    #[must_use]
    pub fn types(&self) -> Option<&Types> {
        match &self.fault {
            Fault::Mismatch { types, .. } | Fault::Projection { types, .. } => types.as_ref(),
            Fault::ClosureReturns(types) => Some(types),
            _ => None,
        }
    }

    /// The signatures of what a closure or function is called with: the wanted signature and the one that is there.
    #[must_use]
    pub fn signatures(&self) -> Option<&Types> {
        self.notes.iter().find_map(|note| if let Note::Signature(types) = note { Some(types) } else { None })
    }

    /// The bounds that keep a method from being there: `A: Clone`.
    pub fn unmet_bounds(&self) -> impl Iterator<Item = &str> {
        self.notes.iter().flat_map(|note| if let Note::UnmetBounds(bounds) = note { bounds.as_slice() } else { &[] }).map(String::as_str)
    }

    /// The implementations that the notes name: the type and the trait.
    pub fn implementations(&self) -> impl Iterator<Item = &(String, String)> {
        self.notes.iter().flat_map(|note| if let Note::Implements(rows) = note { rows.as_slice() } else { &[] })
    }

    /// What the notes have in backticks.
    pub fn noted(&self) -> impl Iterator<Item = &str> {
        self.notes.iter().flat_map(|note| match note {
            Note::Mismatch(types) | Note::ForImplementation(types) | Note::Signature(types) => vec![&*types.expected, &*types.found],
            Note::MethodExistsOn { method, ty } => vec![&**method, &**ty],
            Note::RequiredFor(ty) => vec![&**ty],
            Note::UnmetBounds(named) | Note::Other(named) => named.iter().map(|name| &**name).collect(),
            Note::NotImplemented { of_trait, ty, instead } => {
                [Some(of_trait), Some(ty), instead.as_ref()].into_iter().flatten().map(|name| &**name).collect()
            }
            Note::Implements(rows) => rows.iter().flat_map(|(ty, of_trait)| [&**ty, &**of_trait]).collect(),
        })
    }
}

impl CompilerError {
    /// The same error, with what its words mean.
    #[must_use]
    pub(crate) fn diagnosed(mut self) -> Self {
        for span in self.spans.iter_mut().chain(self.explained.iter_mut().map(|(_, span)| span)) {
            span.said = words::label(&span.label);
        }
        for suggestion in &mut self.suggestions {
            suggestion.kind = words::proposal(&suggestion.message);
        }
        self.diagnosis = Diagnosis::read(&self);
        self
    }
}

impl Span {
    /// What its words have in backticks, in order.
    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        quoted(&self.label)
    }

    /// The words that nothing is known of, if they are such: a type, for one.
    pub(crate) fn other_words(&self) -> &str {
        if let Label::Other(words) = &self.said { words } else { "" }
    }

    /// Where the place is that this label says something about.
    pub(crate) fn of<'s, T>(&'s self, read: impl Fn(&'s Label) -> Option<T>) -> Option<(TextRange, T)> {
        Some((self.range, read(&self.said)?))
    }
}
