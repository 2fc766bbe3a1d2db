//! Every wording of rustc, and of the traits that speak through it, that anything depends on: the only place with their English.

use super::fault::{Borrow, Fault, Generics, Items, Leaving, Mismatched, Mutation, Types};
use super::template::read;
use super::{Label, Note, Origin, Outliving, Proposal};
use crate::compiler::quoted;

/// What is read from the gaps of a wording.
type Gaps<'a> = &'a [&'a str];

/// Wordings with what they mean; of two that fit, the first counts.
type Wordings<T> = &'static [(&'static str, fn(Gaps<'_>) -> T)];

/// The code of an error, a wording of its first line, and what is wrong then.
type FaultWording = (&'static str, &'static str, fn(Gaps<'_>) -> Fault);

/// The text in one of the gaps.
fn gap(gaps: Gaps<'_>, nth: usize) -> String {
    gaps.get(nth).copied().unwrap_or_default().to_owned()
}

/// The first lines of errors by code, of two that fit, the first counts; no code is the empty one. The types of a mismatch come later.
const FAULTS: &[FaultWording] = &[
    ("", "lifetime may not live long enough", |_| Fault::Lifetime),
    ("", "implementation of `{}` is not general enough", |it| Fault::NotGeneral(gap(it, 0))),
    ("E0046", "not all trait items implemented, missing: {..}", |_| Fault::MissingItems(Vec::new())),
    ("E0061", "{..}", |_| Fault::ArgumentCount),
    ("E0107", "{..} takes 0 lifetime arguments but 1 lifetime argument was supplied", |_| {
        Fault::GenericCount(Generics::OneLifetimeTooMany)
    }),
    ("E0107", "{..}", |_| Fault::GenericCount(Generics::Other)),
    ("E0204", "{..}", |_| Fault::NotCopyable),
    ("E0271", "expected `{closure@{..}` to return `{}`, but it returns `{}`", |it| {
        Fault::ClosureReturns(Types { expected: gap(it, 0), found: gap(it, 1) })
    }),
    ("E0271", "{..}", |_| Fault::Projection { projection: None, wanted: None, types: None }),
    ("E0277", "the trait bound `{}` is not satisfied{..}", unmet),
    ("E0277", "a value of type `{}` cannot be built from an iterator over elements of type `{}`{..}", |it| Fault::NotCollected {
        collection: gap(it, 0),
        item: gap(it, 1),
    }),
    ("E0277", "the `?` operator can only be applied to values that implement `Try`{..}", |_| Fault::QuestionMarkOnValue),
    ("E0277", "the `?` operator can only be used on `Option`s, not `Result`s, in {..}", |_| Fault::QuestionMark(Leaving::OptionNotResult)),
    ("E0277", "the `?` operator can only be used{..}s, not `{..}", |_| Fault::QuestionMark(Leaving::Other)),
    ("E0277", "the `?` operator can only be used{..}", |_| Fault::QuestionMark(Leaving::Nothing)),
    ("E0277", "`?` couldn't convert the error to `{}`{..}", |it| Fault::QuestionMarkConversion(gap(it, 0))),
    ("E0277", "`{}` is not an iterator", |it| Fault::NotIterator(gap(it, 0))),
    ("E0277", "`{}` cannot be converted to a Python object", |it| Fault::NotConvertible(gap(it, 0))),
    ("E0277", "`{}` doesn't implement `{}`", |it| Fault::NotPrintable { ty: gap(it, 0), of_trait: gap(it, 1) }),
    ("E0277", "`{}` cannot be shared between threads safely", |it| Fault::NotShared(gap(it, 0))),
    ("E0277", "{..}", |_| Fault::UnmetInWords),
    ("E0282", "{..}", |_| Fault::Untyped),
    ("E0308", "arguments to this {..}", |_| Fault::Mismatch { at: Mismatched::Arguments, types: None }),
    ("E0308", "`?` operator has incompatible types", |_| Fault::Mismatch { at: Mismatched::QuestionMark, types: None }),
    ("E0308", "{..}", |_| Fault::Mismatch { at: Mismatched::Value, types: None }),
    ("E0369", "{..}", |_| Fault::Operator),
    ("E0405", "cannot find trait `{}`{..}", |it| Fault::UnresolvedTrait(gap(it, 0))),
    ("E0432", "{..}", |_| Fault::UnresolvedImport),
    ("E0433", "{..}", |_| Fault::UnresolvedPath),
    ("E0505", "{..}", |_| Fault::ShortBorrow(Borrow::OfMoved)),
    ("E0507", "cannot move out of dereference of `{}`", |it| Fault::MovedOut(gap(it, 0))),
    ("E0515", "cannot return value referencing function parameter `{}`", |it| Fault::ShortBorrow(Borrow::Returned(Some(gap(it, 0))))),
    ("E0515", "{..}", |_| Fault::ShortBorrow(Borrow::Returned(None))),
    ("E0576", "{..}", |_| Fault::UnresolvedItem),
    ("E0596", "{..}as it is behind a `&` reference", |_| Fault::NotMutable(Mutation::BehindReference)),
    ("E0596", "cannot borrow data in a `&` reference as mutable", |_| Fault::NotMutable(Mutation::InReference)),
    ("E0596", "{..}", |_| Fault::NotMutable(Mutation::Other)),
    ("E0597", "`{}` does not live long enough", |it| Fault::ShortBorrow(Borrow::Outlived(Some(gap(it, 0))))),
    ("E0597", "{..}", |_| Fault::ShortBorrow(Borrow::Outlived(None))),
    ("E0599", "no method named `{}` found for {..}`{}`{..}", |it| Fault::NoMethod { method: gap(it, 0), on: gap(it, 1) }),
    ("E0599", "the method `{}` exists for {..}`{}`{..}", |it| Fault::UnmetMethod { method: gap(it, 0), on: gap(it, 1) }),
    ("E0599", "no function or associated item named `{}` found for {..}`{}`{..}", |it| Fault::NoItem {
        name: gap(it, 0),
        of: gap(it, 1),
        among: Items::Functions,
    }),
    ("E0599", "no {..} named `{}` found for {..}`{}`{..}", |it| Fault::NoItem { name: gap(it, 0), of: gap(it, 1), among: Items::Any }),
    ("E0599", "`{}` cannot be converted to a Python object", |it| Fault::NotConvertibleReceiver(gap(it, 0))),
    ("E0599", "`{}` doesn't implement `{}`", |it| Fault::NotPrintable { ty: gap(it, 0), of_trait: gap(it, 1) }),
    ("E0600", "{..}", |_| Fault::Operator),
    ("E0604", "{..}", |_| Fault::Operator),
    ("E0605", "non-primitive cast: `{}` as `{}`", |it| Fault::Cast { from: gap(it, 0), to: gap(it, 1) }),
    ("E0606", "{..}", |_| Fault::Operator),
    ("E0608", "{..}", |_| Fault::Operator),
    ("E0609", "{..}", |_| Fault::NoField),
    ("E0614", "type `{}` cannot be dereferenced", |it| Fault::NotDereferenced(gap(it, 0))),
    ("E0621", "explicit lifetime required in the type of `{}`", |it| Fault::LifetimeRequired(gap(it, 0))),
    ("E0631", "{..}", |_| Fault::Signature),
    ("E0689", "can't call method {..} on ambiguous numeric type `{}`", |it| Fault::AmbiguousNumber(gap(it, 0))),
    ("E0716", "{..}", |_| Fault::ShortBorrow(Borrow::OfTemporary)),
    ("deprecated", "use of deprecated {..} `{}`{..}", |it| Fault::Deprecated(gap(it, 0))),
    ("unused_must_use", "unused `{}` that must be used{..}", |it| Fault::Unused(gap(it, 0))),
];

/// What is said about places.
const LABELS: Wordings<Label> = &[
    ("expected because of this", |_| Label::Expected),
    ("expected `{}`, found `{}`{..}", |it| Label::Mismatch(types(it))),
    ("expected {..}`{}`{..}`{}`{..}", |it| Label::Mismatch(types(it))),
    ("this expression has type `{}`{..}", |it| Label::HasType(gap(it, 0))),
    ("this argument has type `{}`{..}", |it| Label::ArgumentOfType(gap(it, 0))),
    ("{..}found to be of type `{}`{..}", |it| Label::FoundOfType(gap(it, 0))),
    ("method not found in `{}`{..}", |it| Label::NoMethodIn(gap(it, 0))),
    ("no `{..}", |_| Label::NoItem),
    ("unexpected argument #{} of type `{}`{..}", |it| Label::Unexpected { number: gap(it, 0).parse().ok(), ty: Some(gap(it, 1)) }),
    ("unexpected argument{..}`{}`{..}", |it| Label::Unexpected { number: None, ty: Some(gap(it, 0)) }),
    ("unexpected argument{..}", |_| Label::Unexpected { number: None, ty: None }),
    ("argument #{} of type `{}` is missing", |it| Label::Missing { number: gap(it, 0).parse().unwrap_or_default(), ty: gap(it, 1) }),
    ("found signature defined here", |_| Label::FoundSignature),
    ("{..}does not implement `Copy`{..}", |_| Label::FieldNotCopy),
    ("required by a bound{..}", |_| Label::RequiredByBound),
    ("binding `{}` declared here", |it| Label::Declared(gap(it, 0))),
    ("borrow later {..}", |_| Label::BorrowedLater),
    ("has type `{}`{..}", |it| Label::OfType(gap(it, 0))),
    ("{..}was supposed to return data{..}`'{}` must outlive `'{}`{..}", |it| outlives(it, 0, 1, Outliving::Returned)),
    ("{..}was supposed to return data{..}`'{}`{..}`'{}`{..}", |it| outlives(it, 1, 0, Outliving::Returned)),
    ("{..}`'{}` must outlive `'{}`{..}", |it| outlives(it, 0, 1, Outliving::Value)),
    ("lifetime `{}` required", |it| Label::LifetimeRequired(gap(it, 0))),
    ("the trait `{}` is not implemented for {..}", |it| Label::NotImplemented { of_trait: gap(it, 0) }),
];

/// What is said below errors.
const NOTES: Wordings<Note> = &[
    ("expected closure signature `{}`{..}`{}`{..}", |it| Note::Signature(types(it))),
    ("expected function signature `{}`{..}`{}`{..}", |it| Note::Signature(types(it))),
    ("expected {..}`{}`{..}found {..}`{}`{..}", |it| Note::Mismatch(types(it))),
    ("for that trait implementation, expected `{}`, found `{}`{..}", |it| Note::ForImplementation(types(it))),
    ("the method `{}` exists on the type `{}`{..}", |it| Note::MethodExistsOn { method: gap(it, 0), ty: gap(it, 1) }),
    ("required for {..}`{}`{..}", |it| Note::RequiredFor(gap(it, 0))),
    ("the trait `{}` is not implemented for `{}`{..}but trait `{}` is implemented for it{..}", |it| {
        Note::Implements(vec![(gap(it, 1), gap(it, 2))])
    }),
    ("the trait `{}` is not implemented for `{}`{..} is implemented for `{}`{..}", |it| Note::NotImplemented {
        of_trait: gap(it, 0),
        ty: gap(it, 1),
        instead: Some(gap(it, 2)),
    }),
    ("the trait `{}` is not implemented for `{}`{..}", |it| Note::NotImplemented { of_trait: gap(it, 0), ty: gap(it, 1), instead: None }),
];

/// The note that lists all bounds that keep a method from being there.
const UNMET_BOUNDS: &str = "{..}trait bounds were not satisfied{..}";

/// One line of what other types implement.
const IMPLEMENTS: &str = "{..}`{}` implements `{}`{..}";

/// What rustc suggests; of two that fit, the first counts.
const PROPOSALS: &[(&str, Proposal)] = &[
    ("consider borrowing here{..}", Proposal::Borrow),
    // Of what is moved: a method that took a GIL Ref takes a reference as well.
    ("consider borrowing `{..}", Proposal::Borrow),
    ("consider borrowing{..}", Proposal::BorrowOther),
    ("consider removing the borrow{..}", Proposal::Unborrow),
    ("consider cloning{..}", Proposal::Clone),
    ("consider using clone here{..}", Proposal::Clone),
    ("clone the value{..}", Proposal::Clone),
    ("use the `?` operator{..}", Proposal::Propagate),
    ("consider using a `let` binding to create a longer lived value{..}", Proposal::Bind),
    ("for example, you could save the expression's value in a new local variable{..}", Proposal::Bind),
    ("consider introducing a named lifetime parameter{..}", Proposal::Lifetime),
    ("consider adding an explicit lifetime{..}", Proposal::Lifetime),
    ("consider reusing a named lifetime parameter{..}", Proposal::Lifetime),
    ("add explicit lifetime{..}", Proposal::Lifetime),
    ("try explicitly passing{..}", Proposal::Type),
    ("you must specify a concrete type for this numeric value{..}", Proposal::Number),
    ("there is a method `try_iter` with a similar name", Proposal::TryIter),
    ("{..} with a similar name", Proposal::SimilarName),
    ("{..}similar name{..}", Proposal::Guess),
    ("{..}there is a method{..}", Proposal::Guess),
    ("{..}remove this{..}", Proposal::Guess),
    ("{..}implemented but not in scope{..}", Proposal::Import),
    ("disambiguate the method{..}", Proposal::Disambiguate),
    ("{..}restrict{..}", Proposal::Restrict),
    ("if this is intentional, prefix it with an underscore{..}", Proposal::Underscore),
];

/// What rustc says below errors in what a procedural macro wrote.
const ORIGINS: [&str; 2] = ["this error originates in the derive macro", "this error originates in the attribute macro"];

/// What an error is about.
pub(super) fn fault(code: Option<&str>, message: &str, notes: &[Note], label: &str) -> Fault {
    let code = code.unwrap_or_default();
    let mut of_code = FAULTS.iter().filter(|(known, ..)| *known == code);
    let found = of_code.find_map(|(_, wording, fault)| Some(fault(&read(wording, message)?)));
    match found.unwrap_or_default() {
        Fault::Mismatch { at, .. } => Fault::Mismatch { at, types: both_types(notes, label) },
        Fault::Projection { .. } => {
            let projected = read("type mismatch resolving `{}`", message).and_then(|found| found.first()?.rsplit_once(" == "));
            let (projection, wanted) = projected.map(|(projection, wanted)| (projection.to_owned(), wanted.to_owned())).unzip();
            Fault::Projection { projection, wanted, types: both_types(notes, label) }
        }
        Fault::MissingItems(_) => Fault::MissingItems(quoted(message).map(str::to_owned).collect()),
        fault => fault,
    }
}

/// What is said about a place.
pub(super) fn label(text: &str) -> Label {
    let found = LABELS.iter().find_map(|(wording, label)| Some(label(&read(wording, text)?)));
    found.unwrap_or_else(|| Label::Other(text.to_owned()))
}

/// What is said below an error.
pub(super) fn note(text: &str) -> Note {
    let all = || quoted(text).map(str::to_owned).collect();
    if read(UNMET_BOUNDS, text).is_some() {
        return Note::UnmetBounds(all());
    }
    let implements: Vec<(String, String)> =
        text.lines().filter_map(|line| read(IMPLEMENTS, line)).map(|it| (gap(&it, 0), gap(&it, 1))).collect();
    if !implements.is_empty() {
        return Note::Implements(implements);
    }
    let found = NOTES.iter().find_map(|(wording, note)| Some(note(&read(wording, text)?)));
    found.unwrap_or_else(|| Note::Other(all()))
}

/// What a suggestion is about.
pub(super) fn proposal(message: &str) -> Proposal {
    PROPOSALS.iter().find(|(wording, _)| read(wording, message).is_some()).map(|(_, proposal)| *proposal).unwrap_or_default()
}

/// Whose code an error is in.
pub(super) fn origin(rendered: &str) -> Origin {
    if ORIGINS.iter().any(|origin| rendered.contains(origin)) { Origin::ProceduralMacro } else { Origin::Written }
}

/// The types in full from a note, else from the label.
fn both_types(notes: &[Note], place: &str) -> Option<Types> {
    let noted = notes.iter().find_map(|note| if let Note::Mismatch(types) = note { Some(types.clone()) } else { None });
    let labelled = || if let Label::Mismatch(types) = label(place) { Some(types) } else { None };
    noted.or_else(labelled)
}

fn unmet(gaps: Gaps<'_>) -> Fault {
    let bound = gap(gaps, 0);
    match bound.split_once(": ") {
        Some((ty, of_trait)) => Fault::Unmet { ty: ty.to_owned(), of_trait: of_trait.to_owned() },
        None => Fault::UnmetInWords,
    }
}

fn types(gaps: Gaps<'_>) -> Types {
    Types { expected: gap(gaps, 0), found: gap(gaps, 1) }
}

fn outlives(gaps: Gaps<'_>, short: usize, long: usize, of: Outliving) -> Label {
    Label::Outlives { short: format!("'{}", gap(gaps, short)), long: format!("'{}", gap(gaps, long)), of }
}
