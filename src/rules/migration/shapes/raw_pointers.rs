//! Raw pointers to objects that a GIL Ref kept alive until the thread detached: an owned `Bound` ends with its statement or its block.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{MethodCall, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::names::mentions;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// Methods whose value points into the object.
const VIEWS: [&str; 3] = ["as_bytes", "to_str", "data"];

/// Calls of `as_ptr` whose pointer lives longer than the object that it points to.
pub(super) fn outliving_pointers(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let calls = context.facts.calls.iter().filter(|call| call.name.0 == "as_ptr" && call.arguments.is_empty() && call.kept);
    let hits = calls.filter_map(|call| {
        let object = object_behind(context, call)?;
        if object.is_temporary {
            return Some(Hit { fix: keep_owner(context, change, call, object.range), ..Hit::at(call.range) });
        }
        (is_returned(context, call) && is_local(context, call, object.range)).then(|| Hit::at(call.range))
    });
    hits.collect()
}

/// What a pointer points to, or into.
struct Object {
    range: TextRange,
    is_temporary: bool,
}

fn object_behind(context: &FileContext<'_>, call: &MethodCall) -> Option<Object> {
    let of = |call: &MethodCall| {
        let is_reference = matches!(call.receiver.1, Ty::GilRef(_));
        is_reference.then_some(Object { range: call.receiver.0, is_temporary: call.owned_receiver })
    };
    let view = || {
        let end = call.receiver.0.end;
        let is_view = |view: &&MethodCall| {
            let behind =
                view.range.end <= end && matches!(context.code(TextRange::new(view.range.end, end)).as_str(), "" | "?" | ".unwrap()");
            view.range.start == call.receiver.0.start && behind && VIEWS.contains(&view.name.0.as_str())
        };
        context.facts.calls.iter().find(is_view).and_then(of)
    };
    of(call).or_else(view)
}

/// `let pointer = object().as_ptr();` becomes two statements, the first of which keeps the object.
fn keep_owner(context: &FileContext<'_>, change: &Change, call: &MethodCall, owner: TextRange) -> Option<Fix> {
    let before: Vec<&str> = context.before(call.range.start).take(4).collect();
    let name = match before.as_slice() {
        ["=", name, "let", ..] | ["=", name, "mut", "let", ..] => *name,
        _ => return None,
    };
    let statement = context.text[..call.range.start].rfind("let")?;
    let line = context.text[..statement].rfind('\n').map_or(0, |at| at + 1);
    let owner_name = format!("{name}_owner");
    let function = context.facts.functions.get(call.function?)?;
    let is_clear = context.text[line..statement].trim().is_empty() && !mentions(context.slice(function.range), &owner_name);
    let fix = fix_of(change, "keep the object alive".to_owned(), call.source).filter(|_| is_clear && call.source == Source::Tree)?;
    let (indent, newline) = (indent_of(context.text, statement), newline_of(context.text));
    let kept = format!("let {owner_name} = {};{newline}{indent}", context.slice(owner));
    Some(fix.edit(context.file, Edit::insert(statement, kept)).edit(context.file, Edit::replace(owner, owner_name)))
}

/// Whether the function returns the pointer: nothing but brackets and casts stands between the call and the end of its body.
fn is_returned(context: &FileContext<'_>, call: &MethodCall) -> bool {
    let Some(body) = call.function.and_then(|index| context.facts.functions.get(index)?.body) else { return false };
    if context.before(call.range.start).next() == Some("return") {
        return true;
    }
    let rest = context.code(TextRange::new(call.range.end, body.end));
    rest.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '_' | ':' | '*' | ')' | '}'))
}

/// Whether an object is a variable of the function that is no parameter of it: nobody else keeps what it refers to.
fn is_local(context: &FileContext<'_>, call: &MethodCall, object: TextRange) -> bool {
    let name = context.slice(object);
    let Some(function) = call.function.and_then(|index| context.facts.functions.get(index)) else { return false };
    let Some(body) = function.body else { return false };
    let is_bound = |token: TextRange| matches!(context.before(token.start).next(), Some("let" | "mut"));
    let mut tokens = context.tokens.inside(body).filter(|token| context.tokens.text(*token) == name);
    tokens.any(is_bound) && function.parameters.iter().all(|parameter| parameter.name.as_deref() != Some(name))
}
