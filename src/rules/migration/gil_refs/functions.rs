//! Methods of GIL Refs that are named as functions: `PyAny::is_none`.

use super::super::standing::fix_of;
use crate::catalog::{Change, Era, method_signature};
use crate::diagnostic::Fix;
use crate::model::{PathUse, Source};
use crate::rules::FileContext;
use crate::rust::takes_suffix;
use crate::text::{Edit, TextRange};

/// Calls the method on its object instead: the type that had it as a function has it no more.
pub(super) fn fix(context: &FileContext<'_>, change: &Change, range: TextRange) -> Option<Fix> {
    let path = context.facts.paths.iter().find(|path| path.range == range && path.source == Source::Tree)?;
    let (owner, method) = path.pyo3.as_deref()?.rsplit_once("::")?;
    let class = owner.rsplit("::").next()?;
    let signature = method_signature(Era::GilRefs, class, method).filter(|signature| signature.has_receiver)?;
    let edits = match &path.call {
        Some(_) => as_call(context, path, class, method)?,
        None if signature.parameters.is_empty() => vec![Edit::replace(range, format!("|object| object.{method}()"))],
        None => return None,
    };
    let fix = fix_of(change, format!("call `{method}` on the object"), path.source)?;
    Some(edits.into_iter().fold(fix, |fix, edit| fix.edit(context.file, edit)))
}

/// `PyAny::eq(a, b)` as `a.eq(b)`.
fn as_call(context: &FileContext<'_>, path: &PathUse, class: &str, method: &str) -> Option<Vec<Edit>> {
    let call = path.call.as_ref()?;
    let ((object, _), rest) = call.arguments.split_first()?;
    if !takes_suffix(context.slice(*object))? {
        return None;
    }
    let next = rest.first().map_or(call.range.end - 1, |(range, _)| range.start);
    let before = Edit::delete(TextRange::new(call.range.start, object.start));
    let mut edits = vec![before, Edit::replace(TextRange::new(object.end, next), format!(".{method}("))];
    // The path said what is extracted.
    let untyped = context.facts.calls.iter().find(|inner| {
        let is_value = inner.range.start == object.start && context.code(TextRange::new(inner.range.end, object.end)) == "?";
        inner.name.0 == "extract" && inner.turbofish.is_none() && is_value
    });
    let written = untyped.map(|call| Edit::insert(call.name.1.end, format!("::<pyo3::Bound<'_, {}>>", class_path(class))));
    edits.extend(written);
    Some(edits)
}

/// The class wherever it is not imported.
fn class_path(class: &str) -> String {
    if class == "PyAny" { "pyo3::PyAny".to_owned() } else { format!("pyo3::types::{class}") }
}
