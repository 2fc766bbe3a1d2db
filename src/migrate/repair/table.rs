//! All repairs, in the order in which they are asked: those that know a special case come before those that know a general one.

use super::site::Site;
use super::{
    Repair, adjacent, apis, capsules, casts, classes, clones, closures, conversions, copies, defaults, derived, extraction, fallible,
    formatted, identity, implemented, imports, iterators, kept, lifetime, mismatch, mutable, names, nested, path, predicates, references,
    required, suggested, surplus, temporary, texts, timezones,
};
use crate::compiler::Kind;
use crate::release::Release;

/// What a repair does about an error.
type Function = fn(&Site<'_>) -> Option<Repair>;

/// One repair.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its name, in kebab case.
    pub(super) id: &'static str,
    /// What it repairs.
    pub(super) group: Group,
    /// The kinds of faults that it can do something about.
    pub(super) answers: &'static [Kind],
    /// What it does about one.
    pub(super) repair: Function,
    /// The first PyO3 release on which its text compiles; [`Release::OLDEST`] for text that has the names of whatever release it is for.
    pub(super) writes: Release,
    /// Whether somebody has to look at what it did.
    pub(super) review: Review,
    /// The repairs that answer some of the same errors, and are asked only if this one has no answer.
    #[cfg_attr(not(test), expect(dead_code, reason = "the program follows the order of the table, tests compare the two"))]
    pub(super) before: &'static [&'static str],
}

/// What is repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Who owns an object: borrows, clones, `Bound` and `Py`.
    Ownership,
    /// What can fail now, or cannot any more.
    Fallibility,
    /// What is made of what: extraction, conversion to Python, errors.
    Conversion,
    /// How long something is borrowed.
    Lifetime,
    /// Iterators and loops.
    Iteration,
    /// Single functions, types and options of PyO3 and of crates tied to it.
    Api,
}

/// Whether somebody has to look at what a repair did, as it can change behaviour or the public API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Review {
    /// Nobody has to.
    Never,
    /// Each time.
    Always(Concern),
    /// Where the repair says so.
    Sometimes(Concern),
}

/// What can be different after a repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// An object stays on its thread.
    OwnThread,
    /// A value is behind a lock.
    Locked,
    /// A public function returns a `PyResult`.
    PublicResult,
    /// A public function returns an owned text.
    PublicText,
    /// A public type is not `Copy` any more.
    PublicCopy,
    /// Items are collected before the loop begins.
    Collected,
    /// A clone needs an attached thread.
    CloneAttached,
}

impl Group {
    /// Its name in JSON documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ownership => "ownership",
            Self::Fallibility => "fallibility",
            Self::Conversion => "conversion",
            Self::Lifetime => "lifetime",
            Self::Iteration => "iteration",
            Self::Api => "api",
        }
    }
}

impl Concern {
    /// Why somebody has to look.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::OwnThread => "an object of the class that is used on another thread raises an exception",
            Self::Locked => "only one thread at a time can use the value, and one that uses it twice at once waits forever",
            Self::PublicResult => "a public function returns a `PyResult` now, and those who call it have to take the error",
            Self::PublicText => "a public function returns a `String` now, and those who call it get a copy",
            Self::PublicCopy => "the type is not `Copy` any more, and those who copy it have to clone",
            Self::Collected => "all items are taken before the first is used",
            Self::CloneAttached => "a clone on a thread that is not attached panics",
        }
    }
}

impl Row {
    /// A repair that no other one competes with, whose text is for any release.
    const fn new(group: Group, id: &'static str, answers: &'static [Kind], repair: Function) -> Self {
        Self { id, group, answers, repair, writes: Release::OLDEST, review: Review::Never, before: &[] }
    }

    /// What it does about an error, with its name and what there is to look at.
    pub(super) fn apply(&self, site: &Site<'_>) -> Option<Repair> {
        let repair = (self.repair)(site).filter(|_| self.writes <= site.target)?;
        let concern = match self.review {
            Review::Never => None,
            Review::Always(concern) => Some(concern),
            Review::Sometimes(concern) => repair.concern.filter(|raised| *raised == concern),
        };
        Some(Repair { id: self.id, group: self.group, concern, ..repair })
    }

    /// Says which release its text needs.
    const fn writes(self, minor: u16) -> Self {
        Self { writes: Release::new(minor), ..self }
    }

    /// Says what there is to look at each time.
    const fn review(self, concern: Concern) -> Self {
        Self { review: Review::Always(concern), ..self }
    }

    /// Says what there can be to look at.
    const fn may_need_review(self, concern: Concern) -> Self {
        Self { review: Review::Sometimes(concern), ..self }
    }

    /// Names the repairs that it comes before.
    const fn before(self, before: &'static [&'static str]) -> Self {
        Self { before, ..self }
    }
}

const fn ownership(id: &'static str, answers: &'static [Kind], repair: Function) -> Row {
    Row::new(Group::Ownership, id, answers, repair)
}

const fn fallibility(id: &'static str, answers: &'static [Kind], repair: Function) -> Row {
    Row::new(Group::Fallibility, id, answers, repair)
}

const fn conversion(id: &'static str, answers: &'static [Kind], repair: Function) -> Row {
    Row::new(Group::Conversion, id, answers, repair)
}

const fn lifetime(id: &'static str, answers: &'static [Kind], repair: Function) -> Row {
    Row::new(Group::Lifetime, id, answers, repair)
}

const fn iteration(id: &'static str, answers: &'static [Kind], repair: Function) -> Row {
    Row::new(Group::Iteration, id, answers, repair)
}

const fn api(id: &'static str, answers: &'static [Kind], repair: Function) -> Row {
    Row::new(Group::Api, id, answers, repair)
}

use Kind::{
    AmbiguousNumber, ArgumentCount, Cast, ClosureReturns, Deprecated, GenericCount, Lifetime, LifetimeRequired, Mismatch, MissingItems,
    MovedOut, NoField, NoItem, NoMethod, NotCollected, NotConvertible, NotConvertibleReceiver, NotCopyable, NotDereferenced, NotGeneral,
    NotIterator, NotMutable, NotPrintable, NotShared, Operator, Other, Projection, QuestionMark, QuestionMarkConversion,
    QuestionMarkOnValue, ShortBorrow, Signature, Unmet, UnmetInWords, UnmetMethod, UnresolvedImport, UnresolvedItem, UnresolvedPath,
    UnresolvedTrait, Untyped, Unused,
};

/// Where a value of Python can be a `Result`, and rustc says so.
const RESULTS: &[Kind] = &[
    Mismatch,
    NoMethod,
    UnmetMethod,
    NotPrintable,
    Unused,
    Operator,
    NoField,
    NotDereferenced,
    Cast,
    Unmet,
    UnmetInWords,
    NotIterator,
    NotConvertible,
    NotShared,
    QuestionMarkOnValue,
];

/// The repairs.
pub(super) const TABLE: &[Row] = &[
    api("class-by-value", &[Unmet, UnmetInWords], classes::taken_by_value).writes(28),
    api("class-not-sync", &[NotShared], classes::unshared).review(Concern::OwnThread),
    conversion("reference-to-python", &[NotConvertible, Unmet, UnmetInWords], references::convert_reference).writes(23),
    api("added-argument", &[ArgumentCount], adjacent::added),
    iteration("iterator-of-array", &[NoMethod], adjacent::iterator_of_array),
    api("text-under-abi3", &[NoMethod], apis::stable_text).writes(21),
    api("protected-value", &[NoMethod], apis::protected).writes(24).review(Concern::Locked),
    api("c-strings", &[Mismatch], apis::c_strings).writes(22),
    fallibility("infallible-result", &[Mismatch], apis::infallible_result),
    fallibility("question-mark-in-vain", &[QuestionMarkOnValue], apis::tried_in_vain),
    fallibility("unwrap-in-vain", &[NoMethod], apis::unwrapped_in_vain),
    fallibility("condition-in-vain", &[Mismatch], apis::bare_condition),
    api("text-of-string", &[Mismatch], apis::python_text),
    api("list-as-sequence", &[Mismatch], apis::protocol).writes(21),
    api("index-type", &[Mismatch], apis::sizes),
    conversion("exception-of-error", &[NoMethod], apis::error_value).before(&["to-python"]).writes(21),
    conversion("utf8-error", &[QuestionMarkConversion], apis::utf8_error).writes(29),
    api("capsule-name", &[Deprecated], capsules::named).writes(29),
    api("capsule-pointer", &[NoMethod], capsules::reference).writes(27),
    api("try-from", &[UnresolvedPath, UnresolvedTrait], casts::cast),
    api("is-instance", &[GenericCount, ArgumentCount], casts::is_instance),
    api("cast", &[NoMethod], casts::renamed),
    api("upcast", &[Cast], casts::upcast).writes(21),
    ownership("clone-bound-to-name", &[Mismatch], clones::cloned_before).before(&["adapt-value"]).writes(21),
    ownership("clone-in-closure", &[Mismatch], clones::cloned_reference).before(&["adapt-value"]),
    ownership("clone-of-items", &[NotCollected], clones::cloned_item),
    ownership("clone-of-object", &[Unmet, NoMethod, UnmetMethod], clones::cloned),
    ownership("function-by-reference", &[Signature], closures::named_function),
    ownership("closure-by-reference", &[Signature], closures::written_types),
    conversion("to-python", &[NoMethod, UnmetMethod, AmbiguousNumber], conversions::old_call).writes(23),
    conversion("to-class", &[Mismatch], conversions::wanted_class).before(&["adapt-value"]).writes(23),
    conversion("error-to-pyerr", &[Mismatch], conversions::other_error),
    conversion("extraction-error", &[Projection], conversions::error_of_extraction),
    conversion("question-mark-to-pyerr", &[QuestionMarkConversion], conversions::error_at_question_mark),
    iteration("loop-over-borrowed", &[NotIterator], conversions::borrowed_loop).writes(21),
    conversion("into-by-reference", &[Unmet], conversions::by_reference),
    conversion("extract", &[Mismatch, ArgumentCount, UnresolvedItem, NoMethod, UnmetMethod, NoItem], extraction::extraction)
        .before(&["adapt-value"]),
    conversion("extract-type", &[Untyped], extraction::untyped),
    conversion("as-any", &[Untyped], extraction::upcast).writes(21),
    conversion("into-object", &[Unmet], extraction::into_object).before(&["into-by-method"]).writes(21),
    conversion("extract-text", &[Unmet], extraction::text),
    conversion("extract-reference", &[Unmet], extraction::reference).writes(21),
    conversion("extract-inferred", &[Unmet], extraction::inferred).writes(21),
    ownership("copied", &[Unmet], copies::copied),
    ownership("derived-copy", &[NotCopyable], copies::derived).may_need_review(Concern::PublicCopy),
    ownership("dereferenced", &[NotDereferenced], copies::dereferenced),
    api("other-bound", &[GenericCount, NoItem], names::name_in_full).before(&["lifetime-argument"]).writes(21),
    lifetime("lifetime-argument", &[GenericCount], derived::without_argument),
    lifetime("derived-extraction", &[Unmet, ShortBorrow, Lifetime, NotGeneral, Other], derived::owning).writes(21),
    api("identity", &[Operator], identity::compare_identity),
    fallibility("option-of-results", &[Mismatch], nested::option_of_results).may_need_review(Concern::PublicResult),
    fallibility("default-beside-result", &[Mismatch], nested::default).may_need_review(Concern::PublicResult),
    fallibility("result-before-default", &[Mismatch], nested::before_default).before(&["propagate"]).may_need_review(Concern::PublicResult),
    fallibility("first-of-values", &[Mismatch], nested::sibling).may_need_review(Concern::PublicResult),
    fallibility("pushed-result", &[Mismatch], nested::pushed).may_need_review(Concern::PublicResult),
    fallibility("result-in-tuple", &[NotCollected], nested::item_of_tuple).may_need_review(Concern::PublicResult),
    fallibility("results-to-python", &[NotConvertible], nested::object)
        .before(&["propagate"])
        .writes(23)
        .may_need_review(Concern::PublicResult),
    fallibility("default-of-results", &[Unmet], nested::no_default).may_need_review(Concern::PublicResult),
    fallibility("extended-by-results", &[ClosureReturns, Projection], nested::extended),
    fallibility("result-to-python", &[NotConvertibleReceiver], nested::receiver).may_need_review(Concern::PublicResult),
    fallibility("question-mark", &[QuestionMark], fallible::leave_with_an_error).may_need_review(Concern::PublicResult),
    fallibility("question-mark-panics", &[QuestionMarkConversion], fallible::unconvertible),
    fallibility("collected-results", &[NotCollected], fallible::collected),
    fallibility("result-of-result", &[Mismatch], fallible::nested),
    fallibility("propagate", RESULTS, fallible::propagated).may_need_review(Concern::PublicResult),
    ownership("print-borrowed", &[NotPrintable], formatted::show_borrowed),
    conversion("from-reference", &[Unmet, UnmetInWords], implemented::convert_borrowed),
    iteration("closure-result", &[ClosureReturns], iterators::given_by_closure).writes(21),
    conversion("conversion-by-path", &[Unmet], iterators::converted_by_path),
    ownership("list-of-borrowed", &[Unmet], iterators::own_the_listed),
    iteration("iter-of-iterator", &[NoMethod], iterators::of_iterator).writes(23),
    api("time-zone", &[Mismatch], timezones::time_zone).before(&["adapt-value"]).writes(21),
    lifetime("extracted-text", &[Unmet], texts::extracted_text).may_need_review(Concern::PublicText),
    lifetime("returned-text", &[Mismatch], texts::returned_text).may_need_review(Concern::PublicText),
    ownership("adapt-arguments", &[Mismatch], mismatch::arguments).writes(21),
    ownership("adapt-value", &[Mismatch], mismatch::value).writes(21),
    conversion("into-by-method", &[Unmet], mismatch::converted).writes(21),
    ownership("own-borrowed", &[MovedOut], copies::owned),
    iteration("advance-clone", &[NotMutable], mutable::advance_clone),
    api("method-by-path", &[NoItem], path::method_by_path).writes(21),
    api("gone-bound", &[UnresolvedTrait], predicates::gone_bound),
    conversion("missing-to-object", &[MissingItems], required::missing_conversion).writes(23),
    api("token-argument", &[ArgumentCount], surplus::drop_token),
    lifetime("bind-temporary", &[ShortBorrow], temporary::bind).before(&["own-text"]),
    lifetime("keep-items", &[ShortBorrow], kept::looped).before(&["own-text"]).review(Concern::Collected),
    lifetime("own-text", &[ShortBorrow, NotGeneral], temporary::own_the_text).writes(21).may_need_review(Concern::PublicText),
    lifetime("keep-mapped-items", &[ShortBorrow], kept::mapped).review(Concern::Collected),
    lifetime("lend-texts", &[Mismatch], temporary::lend_the_texts),
    lifetime("own-collected-texts", &[NotCollected], temporary::own_the_collected),
    api("default-of-name", &[Unmet, Mismatch], defaults::default_of_name),
    lifetime("attach-anew", &[Lifetime], lifetime::attached_anew).writes(23),
    lifetime("share-lifetime", &[Lifetime], lifetime::shared),
    lifetime("share-required-lifetime", &[LifetimeRequired], lifetime::required),
    api("gone-trait", &[UnresolvedTrait], imports::inherent),
    api("gone-import", &[UnresolvedImport], imports::unimport),
];

/// What follows a suggestion of rustc, if nothing else knows better.
pub(super) const LAST: Row = ownership("suggested", &[], suggested::suggested);

/// The repairs that can answer a kind of fault, in their order.
pub(super) fn answering(kind: Kind) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.answers.contains(&kind)).chain(std::iter::once(&LAST))
}
