//! All repairs, in the order in which they are asked: those that know a special case come before those that know a general one.

use super::site::Site;
use super::{
    Repair, adjacent, apis, capsules, casts, classes, clones, closures, conversions, copies, defaults, derived, extraction, fallible,
    formatted, identity, implemented, imports, iterators, kept, lifetime, mismatch, mutable, names, nested, path, predicates, references,
    required, suggested, surplus, temporary, texts, timezones,
};
use crate::compiler::Kind;

/// One repair.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its name, in kebab case.
    pub(super) id: &'static str,
    /// The kinds of faults that it can do something about.
    pub(super) answers: &'static [Kind],
    /// What it does about one.
    pub(super) repair: fn(&Site<'_>) -> Option<Repair>,
    /// The repairs that answer some of the same errors, and are asked only if this one has no answer.
    #[cfg_attr(not(test), expect(dead_code, reason = "the program follows the order of the table, tests compare the two"))]
    pub(super) before: &'static [&'static str],
}

impl Row {
    /// A repair that no other one competes with.
    const fn new(id: &'static str, answers: &'static [Kind], repair: fn(&Site<'_>) -> Option<Repair>) -> Self {
        Self { id, answers, repair, before: &[] }
    }

    /// What it does about an error, under its name.
    pub(super) fn apply(&self, site: &Site<'_>) -> Option<Repair> {
        (self.repair)(site).map(|repair| Repair { id: self.id, ..repair })
    }

    /// Names the repairs that it comes before.
    const fn before(self, before: &'static [&'static str]) -> Self {
        Self { before, ..self }
    }
}

use Kind::{
    AmbiguousNumber, ArgumentCount, Cast, ClosureReturns, Deprecated, GenericCount, Lifetime, Mismatch, MissingItems, MovedOut, NoField,
    NoItem, NoMethod, NotCollected, NotConvertible, NotConvertibleReceiver, NotCopyable, NotDereferenced, NotGeneral, NotIterator,
    NotMutable, NotPrintable, NotShared, Operator, Other, Projection, QuestionMark, QuestionMarkConversion, QuestionMarkOnValue,
    ShortBorrow, Signature, Unmet, UnmetInWords, UnmetMethod, UnresolvedImport, UnresolvedItem, UnresolvedPath, UnresolvedTrait, Untyped,
    Unused,
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
    Row::new("class-by-value", &[Unmet, UnmetInWords], classes::taken_by_value),
    Row::new("class-not-sync", &[NotShared], classes::unshared),
    Row::new("reference-to-python", &[NotConvertible, Unmet, UnmetInWords], references::convert_reference),
    Row::new("added-argument", &[ArgumentCount], adjacent::added),
    Row::new("iterator-of-array", &[NoMethod], adjacent::iterator_of_array),
    Row::new("text-under-abi3", &[NoMethod], apis::stable_text),
    Row::new("protected-value", &[NoMethod], apis::protected),
    Row::new("c-strings", &[Mismatch], apis::c_strings),
    Row::new("infallible-result", &[Mismatch], apis::infallible_result),
    Row::new("question-mark-in-vain", &[QuestionMarkOnValue], apis::tried_in_vain),
    Row::new("unwrap-in-vain", &[NoMethod], apis::unwrapped_in_vain),
    Row::new("condition-in-vain", &[Mismatch], apis::bare_condition),
    Row::new("text-of-string", &[Mismatch], apis::python_text),
    Row::new("list-as-sequence", &[Mismatch], apis::protocol),
    Row::new("index-type", &[Mismatch], apis::sizes),
    Row::new("exception-of-error", &[NoMethod], apis::error_value).before(&["to-python"]),
    Row::new("utf8-error", &[QuestionMarkConversion], apis::utf8_error),
    Row::new("capsule-name", &[Deprecated], capsules::named),
    Row::new("capsule-pointer", &[NoMethod], capsules::reference),
    Row::new("try-from", &[UnresolvedPath, UnresolvedTrait], casts::cast),
    Row::new("is-instance", &[GenericCount, ArgumentCount], casts::is_instance),
    Row::new("cast", &[NoMethod], casts::renamed),
    Row::new("upcast", &[Cast], casts::upcast),
    Row::new("clone-bound-to-name", &[Mismatch], clones::cloned_before).before(&["adapt-value"]),
    Row::new("clone-in-closure", &[Mismatch], clones::cloned_reference).before(&["adapt-value"]),
    Row::new("clone-of-items", &[NotCollected], clones::cloned_item),
    Row::new("clone-of-object", &[Unmet, NoMethod, UnmetMethod], clones::cloned),
    Row::new("function-by-reference", &[Signature], closures::named_function),
    Row::new("closure-by-reference", &[Signature], closures::written_types),
    Row::new("to-python", &[NoMethod, UnmetMethod, AmbiguousNumber], conversions::old_call),
    Row::new("to-class", &[Mismatch], conversions::wanted_class).before(&["adapt-value"]),
    Row::new("error-to-pyerr", &[Mismatch], conversions::other_error),
    Row::new("extraction-error", &[Projection], conversions::error_of_extraction),
    Row::new("question-mark-to-pyerr", &[QuestionMarkConversion], conversions::error_at_question_mark),
    Row::new("loop-over-borrowed", &[NotIterator], conversions::borrowed_loop),
    Row::new("into-by-reference", &[Unmet], conversions::by_reference),
    Row::new("extract", &[Mismatch, ArgumentCount, UnresolvedItem, NoMethod, UnmetMethod, NoItem], extraction::extraction)
        .before(&["adapt-value"]),
    Row::new("extract-type", &[Untyped], extraction::untyped),
    Row::new("as-any", &[Untyped], extraction::upcast),
    Row::new("into-object", &[Unmet], extraction::into_object).before(&["into-by-method"]),
    Row::new("extract-text", &[Unmet], extraction::text),
    Row::new("extract-reference", &[Unmet], extraction::reference),
    Row::new("extract-inferred", &[Unmet], extraction::inferred),
    Row::new("copied", &[Unmet], copies::copied),
    Row::new("derived-copy", &[NotCopyable], copies::derived),
    Row::new("dereferenced", &[NotDereferenced], copies::dereferenced),
    Row::new("other-bound", &[GenericCount, NoItem], names::name_in_full).before(&["lifetime-argument"]),
    Row::new("lifetime-argument", &[GenericCount], derived::without_argument),
    Row::new("derived-extraction", &[ShortBorrow, Lifetime, NotGeneral, Other], derived::owning),
    Row::new("identity", &[Operator], identity::compare_identity),
    Row::new("option-of-results", &[Mismatch], nested::option_of_results),
    Row::new("default-beside-result", &[Mismatch], nested::default),
    Row::new("result-before-default", &[Mismatch], nested::before_default).before(&["propagate"]),
    Row::new("first-of-values", &[Mismatch], nested::sibling),
    Row::new("pushed-result", &[Mismatch], nested::pushed),
    Row::new("result-in-tuple", &[NotCollected], nested::item_of_tuple),
    Row::new("results-to-python", &[NotConvertible], nested::object).before(&["propagate"]),
    Row::new("default-of-results", &[Unmet], nested::no_default),
    Row::new("extended-by-results", &[ClosureReturns, Projection], nested::extended),
    Row::new("result-to-python", &[NotConvertibleReceiver], nested::receiver),
    Row::new("question-mark", &[QuestionMark], fallible::leave_with_an_error),
    Row::new("question-mark-panics", &[QuestionMarkConversion], fallible::unconvertible),
    Row::new("collected-results", &[NotCollected], fallible::collected),
    Row::new("result-of-result", &[Mismatch], fallible::nested),
    Row::new("propagate", RESULTS, fallible::propagated),
    Row::new("print-borrowed", &[NotPrintable], formatted::show_borrowed),
    Row::new("from-reference", &[Unmet, UnmetInWords], implemented::convert_borrowed),
    Row::new("closure-result", &[ClosureReturns], iterators::given_by_closure),
    Row::new("conversion-by-path", &[Unmet], iterators::converted_by_path),
    Row::new("list-of-borrowed", &[Unmet], iterators::own_the_listed),
    Row::new("iter-of-iterator", &[NoMethod], iterators::of_iterator),
    Row::new("time-zone", &[Mismatch], timezones::time_zone).before(&["adapt-value"]),
    Row::new("returned-text", &[Mismatch], texts::returned_text),
    Row::new("adapt-arguments", &[Mismatch], mismatch::arguments),
    Row::new("adapt-value", &[Mismatch], mismatch::value),
    Row::new("into-by-method", &[Unmet], mismatch::converted),
    Row::new("own-borrowed", &[MovedOut], copies::owned),
    Row::new("advance-clone", &[NotMutable], mutable::advance_clone),
    Row::new("method-by-path", &[NoItem], path::method_by_path),
    Row::new("gone-bound", &[UnresolvedTrait], predicates::gone_bound),
    Row::new("missing-to-object", &[MissingItems], required::missing_conversion),
    Row::new("token-argument", &[ArgumentCount], surplus::drop_token),
    Row::new("bind-temporary", &[ShortBorrow], temporary::bind).before(&["own-text"]),
    Row::new("keep-items", &[ShortBorrow], kept::looped).before(&["own-text"]),
    Row::new("own-text", &[ShortBorrow, NotGeneral], temporary::own_the_text),
    Row::new("keep-mapped-items", &[ShortBorrow], kept::mapped),
    Row::new("lend-texts", &[Mismatch], temporary::lend_the_texts),
    Row::new("own-collected-texts", &[NotCollected], temporary::own_the_collected),
    Row::new("default-of-name", &[Unmet, Mismatch], defaults::default_of_name),
    Row::new("attach-anew", &[Lifetime], lifetime::attached_anew),
    Row::new("share-lifetime", &[Lifetime], lifetime::shared),
    Row::new("gone-trait", &[UnresolvedTrait], imports::inherent),
    Row::new("gone-import", &[UnresolvedImport], imports::unimport),
];

/// What follows a suggestion of rustc, if nothing else knows better.
pub(super) const LAST: Row = Row::new("suggested", &[], suggested::suggested);

/// The repairs that can answer a kind of fault, in their order.
pub(super) fn answering(kind: Kind) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.answers.contains(&kind)).chain(std::iter::once(&LAST))
}
