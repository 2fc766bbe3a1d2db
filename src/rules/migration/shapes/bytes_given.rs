//! Bytes that are put into an object of Python: methods that took anything with `ToPyObject` made a list of them, slices and arrays included.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{MethodCall, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::paths::{as_seen, can_fail};
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// Methods of objects, and which of their arguments was converted by `ToPyObject`.
pub(super) const TAKERS: [(&str, usize); 4] = [("set_item", 1), ("setattr", 1), ("append", 0), ("insert", 1)];

/// Calls that give such bytes to Python.
pub(super) fn given_bytes(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let found = context.facts.calls.iter().filter_map(|call| {
        let of_python = matches!(&call.receiver.1, Ty::GilRef(class) | Ty::Bound(class) if !class.is_empty());
        let (_, index) = TAKERS.iter().find(|(name, _)| of_python && call.name.0 == *name)?;
        let (range, ty) = call.arguments.get(*index)?;
        let is_bytes = matches!(ty, Ty::List(element) if **element == Ty::Byte);
        (is_bytes && call.source == Source::Tree).then(|| Hit { fix: list(context, change, call, *range), ..Hit::at(*range) })
    });
    found.collect()
}

fn list(context: &FileContext<'_>, change: &Change, call: &MethodCall, value: TextRange) -> Option<Fix> {
    let py = call.token.as_ref().filter(|_| can_fail(context, call.range, call.function))?;
    let fix = fix_of(change, "give a list".to_owned(), call.source)?;
    let fix = fix.edit(context.file, Edit::insert(value.start, format!("PyList::new({py}, ")));
    let import = ImportEdit::Add { file: context.file, at: call.range.start, path: as_seen("pyo3::types::PyList", context) };
    Some(fix.edit(context.file, Edit::insert(value.end, ")?")).import(import))
}
