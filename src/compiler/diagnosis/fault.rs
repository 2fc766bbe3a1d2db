//! What can be wrong, as far as somebody does something about it.

/// What an error is about. Types and names are as rustc prints them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// A value has another type than the one that is wanted.
    Mismatch {
        /// Where.
        at: Mismatched,
        /// The two types, where rustc names them.
        types: Option<Types>,
    },
    /// "the trait bound `T: Trait` is not satisfied".
    Unmet {
        /// `T`.
        ty: String,
        /// `Trait`.
        of_trait: String,
    },
    /// A bound that is not met, in the words of the trait.
    UnmetInWords,
    /// "a value of type `C` cannot be built from an iterator over elements of type `I`".
    NotCollected {
        /// `C`.
        collection: String,
        /// `I`.
        item: String,
    },
    /// "`T` is not an iterator".
    NotIterator(String),
    /// "`T` cannot be converted to a Python object".
    NotConvertible(String),
    /// The same of the receiver of a method that would convert it.
    NotConvertibleReceiver(String),
    /// "`T` doesn't implement `std::fmt::Display`".
    NotPrintable {
        /// `T`.
        ty: String,
        /// The trait.
        of_trait: String,
    },
    /// "`T` cannot be shared between threads safely".
    NotShared(String),
    /// `?` where the error cannot leave.
    QuestionMark(Leaving),
    /// `?` behind what cannot fail.
    QuestionMarkOnValue,
    /// `?` whose error does not become the one that is wanted: "couldn't convert the error to `T`".
    QuestionMarkConversion(String),
    /// "no method named `m` found for struct `T`".
    NoMethod {
        /// `m`.
        method: String,
        /// `T`.
        on: String,
    },
    /// "the method `m` exists for struct `T`, but its trait bounds were not satisfied".
    UnmetMethod {
        /// `m`.
        method: String,
        /// `T`.
        on: String,
    },
    /// "no function or associated item named `f` found for struct `T`", or a variant.
    NoItem {
        /// `f`.
        name: String,
        /// `T`.
        of: String,
        /// What is looked for.
        among: Items,
    },
    /// An operator has no meaning for its operands: `==`, `!`, `[…]`.
    Operator,
    /// "no field `a` on type `T`".
    NoField,
    /// "type `T` cannot be dereferenced".
    NotDereferenced(String),
    /// "non-primitive cast: `A` as `B`", and other casts.
    Cast {
        /// `A`.
        from: String,
        /// `B`.
        to: String,
    },
    /// "expected `{closure…}` to return `A`, but it returns `B`".
    ClosureReturns(Types),
    /// "type mismatch resolving `<T as Trait>::Item == U`", and iterators that yield something else.
    Projection {
        /// `<T as Trait>::Item`, if it is named.
        projection: Option<String>,
        /// `U`.
        wanted: Option<String>,
        /// The two types, where rustc names them.
        types: Option<Types>,
    },
    /// "type annotations needed".
    Untyped,
    /// "can't call method `m` on ambiguous numeric type `T`".
    AmbiguousNumber(String),
    /// Too many or too few arguments.
    ArgumentCount,
    /// Too many or too few generic arguments.
    GenericCount(Generics),
    /// "unresolved import `a`".
    UnresolvedImport,
    /// "cannot find trait `A` in this scope".
    UnresolvedTrait(String),
    /// A path or type whose beginning nothing is called by.
    UnresolvedPath,
    /// "cannot find method or associated constant `m` in trait `A`".
    UnresolvedItem,
    /// "not all trait items implemented, missing: `m`".
    MissingItems(Vec<String>),
    /// "the trait `Copy` cannot be implemented for this type".
    NotCopyable,
    /// A borrow that ends too early, or lasts too long.
    ShortBorrow(Borrow),
    /// "lifetime may not live long enough".
    Lifetime,
    /// "explicit lifetime required in the type of `a`".
    LifetimeRequired(String),
    /// "implementation of `T` is not general enough".
    NotGeneral(String),
    /// "cannot move out of dereference of `T`".
    MovedOut(String),
    /// "cannot borrow … as mutable".
    NotMutable(Mutation),
    /// "type mismatch in closure arguments".
    Signature,
    /// "use of deprecated method `m`".
    Deprecated(String),
    /// "unused `T` that must be used".
    Unused(String),
    /// Anything else.
    #[default]
    Other,
}

/// Two types, as rustc prints them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Types {
    /// The wanted one.
    pub expected: String,
    /// The one that is there.
    pub found: String,
}

/// What has another type than the one that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatched {
    /// A value or a pattern.
    Value,
    /// What a `?` gives.
    QuestionMark,
    /// Several arguments, or one that the call is told about; each has its label.
    Arguments,
}

/// What a `?` would leave with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// With nothing: what is around it returns neither a `Result` nor an `Option`.
    Nothing,
    /// "on `Option`s, not `Result`s".
    OptionNotResult,
    /// With something else than the `Option` that it has.
    Other,
}

/// What a type could have under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// Functions, for the most part: "no function or associated item".
    Functions,
    /// Variants and whatever else there is.
    Any,
}

/// Which generic arguments there are too many or too few of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generics {
    /// "takes 0 lifetime arguments but 1 lifetime argument was supplied".
    OneLifetimeTooMany,
    /// Anything else.
    Other,
}

/// How a borrow ends too early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Borrow {
    /// "temporary value dropped while borrowed".
    OfTemporary,
    /// "cannot return value referencing …": a parameter, if it is one.
    Returned(Option<String>),
    /// "`x` does not live long enough".
    Outlived(Option<String>),
    /// "cannot move out of `x` because it is borrowed".
    OfMoved,
}

/// What stands in the way of a mutable borrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// "as it is behind a `&` reference".
    BehindReference,
    /// "cannot borrow data in a `&` reference".
    InReference,
    /// Anything else.
    Other,
}

/// The kinds of faults, without what they are about: what a repair answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the variant of `Fault` of that name")]
pub enum Kind {
    Mismatch,
    Unmet,
    UnmetInWords,
    NotCollected,
    NotIterator,
    NotConvertible,
    NotConvertibleReceiver,
    NotPrintable,
    NotShared,
    QuestionMark,
    QuestionMarkOnValue,
    QuestionMarkConversion,
    NoMethod,
    UnmetMethod,
    NoItem,
    Operator,
    NoField,
    NotDereferenced,
    Cast,
    ClosureReturns,
    Projection,
    Untyped,
    AmbiguousNumber,
    ArgumentCount,
    GenericCount,
    UnresolvedImport,
    UnresolvedTrait,
    UnresolvedPath,
    UnresolvedItem,
    MissingItems,
    NotCopyable,
    ShortBorrow,
    Lifetime,
    LifetimeRequired,
    NotGeneral,
    MovedOut,
    NotMutable,
    Signature,
    Deprecated,
    Unused,
    Other,
}

impl Fault {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Mismatch { .. } => Kind::Mismatch,
            Self::Unmet { .. } => Kind::Unmet,
            Self::UnmetInWords => Kind::UnmetInWords,
            Self::NotCollected { .. } => Kind::NotCollected,
            Self::NotIterator(_) => Kind::NotIterator,
            Self::NotConvertible(_) => Kind::NotConvertible,
            Self::NotConvertibleReceiver(_) => Kind::NotConvertibleReceiver,
            Self::NotPrintable { .. } => Kind::NotPrintable,
            Self::NotShared(_) => Kind::NotShared,
            Self::QuestionMark(_) => Kind::QuestionMark,
            Self::QuestionMarkOnValue => Kind::QuestionMarkOnValue,
            Self::QuestionMarkConversion(_) => Kind::QuestionMarkConversion,
            Self::NoMethod { .. } => Kind::NoMethod,
            Self::UnmetMethod { .. } => Kind::UnmetMethod,
            Self::NoItem { .. } => Kind::NoItem,
            Self::Operator => Kind::Operator,
            Self::NoField => Kind::NoField,
            Self::NotDereferenced(_) => Kind::NotDereferenced,
            Self::Cast { .. } => Kind::Cast,
            Self::ClosureReturns(_) => Kind::ClosureReturns,
            Self::Projection { .. } => Kind::Projection,
            Self::Untyped => Kind::Untyped,
            Self::AmbiguousNumber(_) => Kind::AmbiguousNumber,
            Self::ArgumentCount => Kind::ArgumentCount,
            Self::GenericCount(_) => Kind::GenericCount,
            Self::UnresolvedImport => Kind::UnresolvedImport,
            Self::UnresolvedTrait(_) => Kind::UnresolvedTrait,
            Self::UnresolvedPath => Kind::UnresolvedPath,
            Self::UnresolvedItem => Kind::UnresolvedItem,
            Self::MissingItems(_) => Kind::MissingItems,
            Self::NotCopyable => Kind::NotCopyable,
            Self::ShortBorrow(_) => Kind::ShortBorrow,
            Self::Lifetime => Kind::Lifetime,
            Self::LifetimeRequired(_) => Kind::LifetimeRequired,
            Self::NotGeneral(_) => Kind::NotGeneral,
            Self::MovedOut(_) => Kind::MovedOut,
            Self::NotMutable(_) => Kind::NotMutable,
            Self::Signature => Kind::Signature,
            Self::Deprecated(_) => Kind::Deprecated,
            Self::Unused(_) => Kind::Unused,
            Self::Other => Kind::Other,
        }
    }

    /// The method, function or constant that a type does not have, with the type.
    #[must_use]
    pub fn missing(&self) -> Option<(&str, &str)> {
        match self {
            Self::NoMethod { method: name, on } | Self::UnmetMethod { method: name, on } | Self::NoItem { name, of: on, .. } => {
                Some((name, on))
            }
            _ => None,
        }
    }

    /// The bound that is not met: the type and the trait.
    #[must_use]
    pub fn unmet(&self) -> Option<(&str, &str)> {
        if let Self::Unmet { ty, of_trait } = self { Some((ty, of_trait)) } else { None }
    }
}
