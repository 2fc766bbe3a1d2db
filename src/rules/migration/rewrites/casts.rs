//! Looking at an object as another type: `PyCell<T>` in casts, and the traits that casts were methods of.

use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
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
        let whole = |range: &TextRange| context.slice(*range).trim_start_matches("::<").trim_end_matches('>').trim_end() == "";
        let named = call.turbofish.as_ref().is_some_and(|(range, _)| {
            let before = TextRange::new(range.start, path.range.start.max(range.start));
            range.contains(path.range) && whole(&before)
        });
        named && CASTS.contains(&call.name.0.as_str())
    });
    let written = context.slice(path.range);
    let inside = TextRange::new(path.range.start + written.find('<')? + 1, path.range.start + written.rfind('>')?);
    let fix = fix_of(change, format!("name `{}`", context.slice(inside)), path.source).filter(|_| is_cast)?;
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
    let before = context.slice(TextRange::new(call.range.start, path.range.start.max(call.range.start)));
    let target = before.trim_start_matches('<').trim_end().strip_suffix(" as").map(|target| format!("::<{}>", target.trim()));
    let written = context.slice(*argument);
    let object = written.strip_prefix('&').unwrap_or(written);
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

fn removed_import(context: &FileContext<'_>, change: &Change, path: &PathUse, public: bool) -> Option<Fix> {
    let fix = fix_of(change, "take the import out".to_owned(), path.source)?;
    // Others may import the name from here.
    (!public).then(|| fix.import(ImportEdit::Remove { file: context.file, leaf: path.range }))
}
