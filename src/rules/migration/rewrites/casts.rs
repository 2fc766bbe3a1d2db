//! Looking at an object as another type: `PyCell<T>` in casts, and the traits that casts were methods of.

use super::guards::removed_import;
use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{PathUse, PathUsePosition, Source};
use crate::rules::FileContext;
use crate::rules::migration::standing::fix_of;
use crate::rust::takes_suffix;
use crate::text::{Edit, TextRange};

/// Methods whose turbofish names the type to look at an object as.
const CASTS: &[&str] =
    &["downcast", "downcast_exact", "downcast_into", "downcast_bound", "cast", "cast_into", "cast_bound", "cast_as", "is_instance_of"];

/// `downcast::<PyCell<T>>()` becomes `downcast::<T>()`, and the import goes.
pub(super) fn cell(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    if let PathUsePosition::Import { public } = path.position {
        return removed_import(context, change, path, public);
    }
    let is_cast = context.facts.calls.iter().any(|call| {
        let named = call.turbofish.as_ref().is_some_and(|(range, _)| {
            let before = TextRange::new(range.start, path.range.start.max(range.start));
            range.contains(path.range) && context.code(before).trim_start_matches("::<").trim_end_matches('>').is_empty()
        });
        named && CASTS.contains(&call.name.0.as_str())
    });
    let place = |wanted: &'static str| move |token: &TextRange| context.tokens.text(*token) == wanted;
    let (mut tokens, mut reversed) = (context.tokens.inside(path.range), context.tokens.inside(path.range).rev());
    let inside = TextRange::new(tokens.find(place("<"))?.end, reversed.find(place(">"))?.start);
    let fix = fix_of(change, format!("name `{}`", context.code(inside)), path.source).filter(|_| is_cast)?;
    let before = Edit::delete(TextRange::new(path.range.start, inside.start));
    Some(fix.edit(context.file, before).edit(context.file, Edit::delete(TextRange::new(inside.end, path.range.end))))
}

/// `<T as PyTryFrom>::try_from(object)` becomes `object.downcast::<T>()`.
pub(super) fn try_from(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    if let PathUsePosition::Import { public } = path.position {
        return removed_import(context, change, path, public);
    }
    let call = path.call.as_ref().filter(|_| path.source == Source::Tree)?;
    let [(argument, _)] = call.arguments.as_slice() else { return None };
    let method = match path.segments.last()?.0.as_str() {
        "try_from" => "downcast",
        "try_from_exact" => "downcast_exact",
        "try_from_unchecked" => "downcast_unchecked",
        _ => return None,
    };
    let before = context.code(TextRange::new(call.range.start, path.range.start.max(call.range.start)));
    let target = before.trim_start_matches('<').strip_suffix(" as").map(|target| format!("::<{target}>"));
    let object = behind_reference(context, *argument);
    let object = if takes_suffix(object)? { object.to_owned() } else { format!("({object})") };
    let text = format!("{object}.{method}{}()", target.unwrap_or_default());
    let fix = fix_of(change, format!("write `{text}`"), path.source)?;
    Some(fix.edit(context.file, Edit::replace(call.range, text)))
}

/// A trait that only has to go from the imports: what it gave is a method of `Bound`.
pub(super) fn import_alone(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    match path.position {
        PathUsePosition::Import { public } => removed_import(context, change, path, public),
        _ => None,
    }
}

/// The text of an expression, without the `&` that it may begin with.
pub(super) fn behind_reference<'a>(context: &FileContext<'a>, expression: TextRange) -> &'a str {
    let mut tokens = context.tokens.inside(expression);
    let is_reference = tokens.next().is_some_and(|first| context.tokens.text(first) == "&");
    let start = tokens.next().filter(|_| is_reference).map_or(expression.start, |second| second.start);
    context.slice(TextRange::new(start, expression.end))
}
