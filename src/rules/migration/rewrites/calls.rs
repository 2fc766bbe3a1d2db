//! Calls whose parts change places.

use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{MethodCall, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// `class.is_instance(object)` becomes `object.is_instance(class)`.
pub(super) fn is_instance(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> Option<Fix> {
    let [(object, ty)] = call.arguments.as_slice() else { return None };
    // Where both are classes the new form looks like the old one.
    let is_object = match ty {
        Ty::GilRef(class) | Ty::Bound(class) | Ty::Py(class) => class != "PyType" && !class.is_empty(),
        _ => false,
    };
    if !is_object || call.source != Source::Tree {
        return None;
    }
    let object = context.slice(*object);
    let receiver = context.slice(call.receiver.0);
    let object = object.strip_prefix('&').unwrap_or(object);
    let is_simple = |text: &str| text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '(' | ')' | '<' | '>'));
    if !is_simple(object) || !is_simple(receiver) {
        return None;
    }
    let fix = fix_of(change, "let object and class change places".to_owned(), call.source)?;
    Some(fix.edit(context.file, Edit::replace(call.range, format!("{object}.is_instance({receiver})"))))
}

/// `module.call1("name", arguments)` becomes `module.getattr("name")?.call1(arguments)`.
pub(super) fn module_call(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> Option<Fix> {
    let ((name, _), rest) = call.arguments.split_first()?;
    if call.source != Source::Tree {
        return None;
    }
    let fix = fix_of(change, "get the function by its name first".to_owned(), call.source)?;
    let rest_start = rest.first().map_or(name.end, |(range, _)| range.start);
    let fix = fix.edit(context.file, Edit::insert(call.name.1.start, format!("getattr({})?.", context.slice(*name))));
    Some(fix.edit(context.file, Edit::delete(TextRange::new(name.start, rest_start))))
}
