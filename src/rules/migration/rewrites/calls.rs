//! Calls whose parts change places.

use super::casts::behind_reference;
use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{MethodCall, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::standing::fix_of;
use crate::rust::code;
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
    let object = behind_reference(context, *object);
    let receiver = context.slice(call.receiver.0);
    let is_simple = |text: &str| code(text).chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '(' | ')' | '<' | '>'));
    if !is_simple(object) || !is_simple(receiver) {
        return None;
    }
    let fix = fix_of(change, "swap object and class".to_owned(), call.source)?;
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

/// `object.is_ellipsis()` becomes `object.is(&object.py().Ellipsis())`.
pub(super) fn is_ellipsis(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> Option<Fix> {
    let receiver = context.code(call.receiver.0);
    let is_place = receiver.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'));
    let has_token = !matches!(call.receiver.1, Ty::Py(_));
    if call.source != Source::Tree || !is_place || !has_token {
        return None;
    }
    let fix = fix_of(change, "compare with the object itself".to_owned(), call.source)?;
    let rest = TextRange::new(call.receiver.0.end, call.range.end);
    Some(fix.edit(context.file, Edit::replace(rest, format!(".is(&{receiver}.py().Ellipsis())"))))
}

/// Methods that mean the same on a Python string as on text, or are repaired by their types.
const OF_BOTH: [&str; 8] = ["to_string", "to_owned", "into_owned", "clone", "extract", "to_str", "to_cow", "into"];

/// `class.name()?.len()` asked text for its length: the names of classes whose text is used at once, with what makes it text again.
pub(in crate::rules::migration) fn class_names(context: &FileContext<'_>, change: &Change) -> Vec<(TextRange, Option<Fix>)> {
    let is_class = |ty: &Ty| matches!(ty, Ty::GilRef(class) | Ty::Bound(class) if class == "PyType");
    let is_name = |call: &&MethodCall| matches!(call.name.0.as_str(), "name" | "qualname") && call.arguments.is_empty();
    let calls = context.facts.calls.iter().filter(|call| call.source == Source::Tree && is_class(&call.receiver.1)).filter(is_name);
    let found = calls.filter_map(|call| {
        let after: Vec<TextRange> = context.tokens.after(call.range.end).take(6).collect();
        let words: Vec<&str> = after.iter().map(|token| context.tokens.text(*token)).collect();
        let (taken, name) = match words.as_slice() {
            ["?", ".", name, ..] => (after[0].end, name),
            [".", "unwrap", "(", ")", ".", name] => (after[3].end, name),
            _ => return None,
        };
        let fix = || {
            let fix = fix_of(change, "make text of the name".to_owned(), call.source)?;
            Some(fix.edit(context.file, Edit::insert(taken, ".to_string()")))
        };
        (!OF_BOTH.contains(name)).then(|| (call.name.1, fix()))
    });
    found.collect()
}
