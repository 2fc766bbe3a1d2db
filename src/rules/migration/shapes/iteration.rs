//! `IterNextOutput` and `IterANextOutput`: an `Option`, or the exception that carries the last value.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{FunctionFact, PathUse, PathUsePosition, Source};
use crate::rules::FileContext;
use crate::rules::migration::imports::removal;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// The enums by canonical path, with the exception that ends each kind of iteration.
const OUTPUTS: &[(&str, &str)] = &[
    ("pyo3::iter::IterNextOutput", "pyo3::exceptions::PyStopIteration"),
    ("pyo3::iter::PyIterNextOutput", "pyo3::exceptions::PyStopIteration"),
    ("pyo3::pyasync::IterANextOutput", "pyo3::exceptions::PyStopAsyncIteration"),
    ("pyo3::pyasync::PyIterANextOutput", "pyo3::exceptions::PyStopAsyncIteration"),
];

/// What a path of one of the enums means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Type,
    Yield,
    Return,
}

/// Every use of the enums.
pub(super) fn outputs(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let hit = |path: &PathUse| {
        let (role, exception) = role_of(path)?;
        let mut hit = Hit::at(path.segments.first()?.1.cover(path.segments.last()?.1));
        hit.fix = rewritten(context, change, path, role, exception);
        Some(hit)
    };
    context.facts.paths.iter().filter_map(hit).collect()
}

fn role_of(path: &PathUse) -> Option<(Role, &'static str)> {
    let full = path.pyo3.as_deref()?;
    let (output, exception) = OUTPUTS.iter().find(|(output, _)| full.starts_with(output))?;
    let role = match &full[output.len()..] {
        "" => Role::Type,
        "::Yield" => Role::Yield,
        "::Return" => Role::Return,
        _ => return None,
    };
    Some((role, exception))
}

fn rewritten(context: &FileContext<'_>, change: &Change, path: &PathUse, role: Role, exception: &str) -> Option<Fix> {
    let title = if role == Role::Return { "end the iteration" } else { "write `Option`" };
    let fix = fix_of(change, title.to_owned(), path.source)?;
    if let PathUsePosition::Import { public } = path.position {
        return removal(context, path, public, fix);
    }
    if path.source != Source::Tree {
        return None;
    }
    let function = path.function.and_then(|index| context.facts.functions.get(index));
    // Without a `Result` around it, a value at the end has no way out.
    let gains_result =
        path.function.is_some_and(|index| ends_with_value(context, index)) && function.is_some_and(|function| !is_fallible(function));
    match role {
        Role::Type => {
            let in_return = function.is_some_and(|function| function.returns.0.cover(path.range) == function.returns.0);
            option_type(context, path, gains_result && in_return, fix)
        }
        Role::Yield => {
            let name = path.segments.first()?.1.cover(path.segments.last()?.1);
            let Some(call) = path.call.as_ref().filter(|_| gains_result) else {
                return (!gains_result).then(|| fix.edit(context.file, Edit::replace(name, "Some")));
            };
            let (argument, _) = call.arguments.first()?;
            let before = TextRange::new(call.range.start, argument.start);
            let after = TextRange::new(argument.end, call.range.end);
            Some(fix.edit(context.file, Edit::replace(before, "Ok(Some(")).edit(context.file, Edit::replace(after, "))")))
        }
        Role::Return => end_of_iteration(context, path, gains_result, exception, fix),
    }
}

/// `IterNextOutput<T, U>` as `Option<T>`, in a `PyResult` if it needs one.
fn option_type(context: &FileContext<'_>, path: &PathUse, gains_result: bool, fix: Fix) -> Option<Fix> {
    let (before, after) = if gains_result { ("PyResult<Option<", ">>") } else { ("Option<", ">") };
    let request = |name: &str| ImportEdit::Add { at: path.range.start, file: context.file, path: as_seen(name, context) };
    let fix = if gains_result { fix.import(request("pyo3::PyResult")) } else { fix };
    let is_open = |token: &TextRange| context.tokens.text(*token) == "<";
    let Some(open) = context.tokens.inside(path.range).find(is_open) else {
        let fix = fix.import(request("pyo3::Py")).import(request("pyo3::PyAny"));
        return Some(fix.edit(context.file, Edit::replace(path.range, format!("{before}Py<PyAny>{after}"))));
    };
    let comma = first_comma(context, TextRange::new(open.start, path.range.end))?;
    let head = TextRange::new(path.range.start, open.end);
    let tail = TextRange::new(comma.start, path.range.end);
    Some(fix.edit(context.file, Edit::replace(head, before)).edit(context.file, Edit::replace(tail, after)))
}

/// The first comma between the outermost `<` and `>`.
fn first_comma(context: &FileContext<'_>, arguments: TextRange) -> Option<TextRange> {
    let mut depth = 0_i32;
    context.tokens.inside(arguments).find(|token| {
        match context.tokens.text(*token) {
            "<" | "(" | "[" => depth += 1,
            ">" | ")" | "]" => depth -= 1,
            "," => return depth == 1,
            _ => {}
        }
        false
    })
}

/// `Return(value)` as `None`, or as the error that hands the value to Python.
fn end_of_iteration(context: &FileContext<'_>, path: &PathUse, gains_result: bool, exception: &str, fix: Fix) -> Option<Fix> {
    let call = path.call.as_ref()?;
    let (argument, _) = call.arguments.first()?;
    let name = exception.rsplit("::").next().unwrap_or(exception);
    let request = ImportEdit::Add { file: context.file, at: path.range.start, path: as_seen(exception, context) };
    if says_nothing(&context.code(*argument)) {
        let text = if gains_result { "Ok(None)" } else { "None" };
        return Some(fix.edit(context.file, Edit::replace(call.range, text)));
    }
    let mut before = context.tokens.before(call.range.start);
    let is_open = before.next().is_some_and(|token| context.tokens.text(token) == "(");
    let wrapped = before.next().filter(|token| is_open && context.tokens.text(*token) == "Ok");
    let (start, prefix, suffix) = match (gains_result, wrapped) {
        (true, _) => (call.range.start, "Err(", ")"),
        // The parenthesis that closes `Ok(` closes the error.
        (false, Some(before)) => (before.start, "Err(", ""),
        (false, None) => (call.range.start, "return Err(", ")"),
    };
    let head = Edit::replace(TextRange::new(start, argument.start), format!("{prefix}{name}::new_err(("));
    let tail = Edit::replace(TextRange::new(argument.end, call.range.end), format!(",)){suffix}"));
    Some(fix.edit(context.file, head).edit(context.file, tail).import(request))
}

/// Whether a function ends an iteration with a value of its own.
fn ends_with_value(context: &FileContext<'_>, function: usize) -> bool {
    context.facts.paths.iter().filter(|path| path.function == Some(function)).any(|path| {
        let value = path.call.as_ref().and_then(|call| call.arguments.first());
        role_of(path).is_some_and(|(role, _)| role == Role::Return) && value.is_some_and(|(value, _)| !says_nothing(&context.code(*value)))
    })
}

fn says_nothing(value: &str) -> bool {
    matches!(value, "()" | "None") || value.ends_with(".None()")
}

fn is_fallible(function: &FunctionFact) -> bool {
    function.returns_text.contains("Result")
}
