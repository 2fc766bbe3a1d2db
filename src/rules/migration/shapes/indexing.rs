//! Brackets behind sequences of Python: `Bound` has methods that can fail.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{Indexing, Part, Ty};
use crate::release::Release;
use crate::rules::FileContext;
use crate::rules::migration::paths::can_fail;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// The first release in which `get_item` gives an object of its own: a reference to it is what `&list[0]` was.
const WITHOUT_REFERENCES: Release = Release::new(23);

/// GIL Refs to lists, tuples and sequences that are indexed with brackets.
pub(super) fn indexed_sequences(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    context.facts.indexings.iter().map(|found| Hit { fix: fix(context, change, found), ..Hit::at(found.range) }).collect()
}

fn fix(context: &FileContext<'_>, change: &Change, found: &Indexing) -> Option<Fix> {
    let (sequence, ty) = &found.sequence;
    let mark = if can_fail(context, found.range, found.function) { "?" } else { ".unwrap()" };
    let open = context.tokens.after(sequence.end).next()?;
    let close = TextRange::new(found.range.end - 1, found.range.end);
    let fix = fix_of(change, "call the method".to_owned(), found.source)?;
    let is_referred_to = context.before(found.range.start).next() == Some("&");
    let fix = if is_referred_to { fix.needing(WITHOUT_REFERENCES) } else { fix };
    let with = |fix: Fix, range: TextRange, text: String| fix.edit(context.file, Edit::replace(range, text));
    match found.part.as_ref()? {
        Part::Item(_) => Some(with(with(fix, open, ".get_item(".to_owned()), close, format!("){mark}"))),
        Part::Slice(start, end) => {
            let text = context.slice(*sequence);
            let is_place = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
            let is_sequence = matches!(ty, Ty::GilRef(class) if class == "PySequence");
            let length = format!("{text}.len(){}", if is_sequence { mark } else { "" });
            let end = end.map_or_else(|| is_place.then_some(length), |end| Some(context.slice(end).to_owned()))?;
            let start = start.map_or("0", |start| context.slice(start));
            let mark = if is_sequence { mark } else { "" };
            Some(with(fix, TextRange::new(open.start, close.end), format!(".get_slice({start}, {end}){mark}")))
        }
    }
}
