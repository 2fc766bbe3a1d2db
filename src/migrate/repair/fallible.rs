//! What became fallible: `?` is inserted, and the function around it learns to fail.

use super::ownership::printed;
use super::panics::{PANIC, all_panicked, panicked_before};
use super::returns::{Leaves, collect_results, leaves, let_it_fail};
use super::site::{Site, from_bound, from_of, merged, without_path};
use super::{Concern, Repair};
use crate::compiler::{Fault, Label, Leaving, Note};
use crate::rust::{Closure, NodeId, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// A `Result` where its value is wanted: `?` goes behind the call that gives it.
pub(super) fn propagated(site: &Site<'_>) -> Option<Repair> {
    let (range, value) = fallible_expression(site)?;
    propagate(site, range, &value, "")
}

/// A `?` whose error nobody takes. No error of Python becomes the wanted one, so no such `?` was there before.
pub(super) fn unconvertible(site: &Site<'_>) -> Option<Repair> {
    is_of_python(site).then(|| panic_as_before(site))?
}

/// Whether the error that a `?` cannot convert is a `PyErr`; the error of formatting carries nothing, so nothing becomes it.
fn is_of_python(site: &Site<'_>) -> bool {
    let named = &site.error.diagnosis.named;
    let labels = site.places().flat_map(|span| span.named()).chain(named.iter().map(String::as_str));
    let mut bounds = labels.filter_map(from_of);
    named.iter().any(|name| name == "std::fmt::Error") || bounds.any(|error| without_path(error) == "PyErr")
}

/// The expression that is a `Result` where its value is wanted, and the type of that value.
fn fallible_expression(site: &Site<'_>) -> Option<(TextRange, TypeRef)> {
    match site.fault() {
        Fault::Mismatch { .. } => mismatched(site).or_else(|| matched(site)),
        Fault::NoMethod { .. } | Fault::UnmetMethod { .. } => method_of_result(site).or_else(|| mapped_item(site)),
        Fault::Unused(ty) => {
            let here = site.view.nodes.expression_at(site.place.range)?;
            (ty == "Result" && site.node(here).syntax.is_call()).then_some((site.place.range, TypeRef::Other))
        }
        // Operands, casts, indices, loops and formatted values: rustc says which type does not do.
        _ => operand(site),
    }
}

/// Wanted `PyResult<T>`, found `Result<PyResult<T>, _>`: a closure gives what can fail now as the value of its own `Result`.
pub(super) fn nested(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let TypeRef::Path { arguments, .. } = &found else { return None };
    value_of(arguments.first()?)?;
    let call = site.view.nodes.expression_at(site.place.range)?;
    let fails = |ty: &TypeRef| ty.name() == Some("Result");
    let passes_on = fails(&expected) && fails(&found) && leaves(site, site.view.nodes.body_of(call)?) == Leaves::Result;
    let is_nested_once = matches!(&expected, TypeRef::Path { arguments, .. } if arguments.first().is_some_and(|value| !fails(value)));
    (passes_on && is_nested_once && site.node(call).syntax.is_call())
        .then(|| site.repair("pass on the error around a result", vec![Edit::insert(site.place.range.end, "?")]))?
}

/// Wanted `T`, found `Result<T, PyErr>`.
fn mismatched(site: &Site<'_>) -> Option<(TextRange, TypeRef)> {
    let (expected, found) = site.types()?;
    let value = value_of(&found)?;
    let is_wanted = value_of(&expected).is_none() && !matches!(expected, TypeRef::Tuple(ref items) if items.is_empty());
    is_wanted.then(|| Some((called(site, site.place.range)?, value)))?
}

/// A pattern for the value of `Result<T, PyErr>`: `if let Some(x) = dict.get_item(…)`.
fn matched(site: &Site<'_>) -> Option<(TextRange, TypeRef)> {
    let (_, found) = site.types()?;
    if found.name() != Some("Option") {
        return None;
    }
    let (range, ty) = site.places().find_map(|span| span.of(|label| if let Label::HasType(ty) = label { Some(ty) } else { None }))?;
    let value = value_of(&printed(ty))?;
    (value.name() == Some("Option")).then_some((range, value))
}

/// A method of `T` on `Result<T, PyErr>`.
fn method_of_result(site: &Site<'_>) -> Option<(TextRange, TypeRef)> {
    let (method, receiver) = site.fault().missing()?;
    let exists = site.error.diagnosis.notes.iter().find_map(|note| match note {
        Note::MethodExistsOn { method: found, ty } if found == method => Some(ty),
        _ => None,
    })?;
    let (_, range) = site.method_call()?;
    receiver.starts_with("Result<").then(|| Some((called(site, range)?, printed(exists))))?
}

/// The closure of `dict.get_item(…).map(|item| item.method())` got an `Option` for its `item`, as there is a `Result` around it.
fn mapped_item(site: &Site<'_>) -> Option<(TextRange, TypeRef)> {
    let (call, _) = site.method_call()?;
    if !site.fault().missing().is_some_and(|(_, ty)| ty.starts_with("Option<")) {
        return None;
    }
    let closure = site.view.nodes.body_of(call)?;
    let taker = site.node(closure).parent?;
    let Syntax::MethodCall { receiver, method, .. } = &site.node(taker).syntax else { return None };
    let source = site.view.nodes.expression_at(*receiver)?;
    let Syntax::MethodCall { method: source, .. } = &site.node(source).syntax else { return None };
    let is_lookup = site.text(*source) == "get_item" && matches!(site.text(*method), "map" | "and_then");
    is_lookup.then(|| (*receiver, printed("Option<_>")))
}

/// A value that rustc calls `Result<…, PyErr>` in its message or at a place.
fn operand(site: &Site<'_>) -> Option<(TextRange, TypeRef)> {
    let by_label = site.places().find_map(|span| {
        let named = || span.named().find_map(|ty| value_of(&printed(ty)));
        let value = if let Label::Other(ty) = &span.said { value_of(&printed(ty)).or_else(named) } else { named() }?;
        let receiver = || site.method_call().filter(|_| span.range == site.place.range).map(|(_, receiver)| receiver);
        Some((receiver().unwrap_or(span.range), value))
    });
    let (range, value) = by_label.or_else(|| {
        // "the trait bound `Py<PyAny>: From<Result<…, PyErr>>` is not satisfied"
        let converted = |bound: &str| value_of(&printed(from_bound(bound)?.1));
        let value = site.error.diagnosis.named.iter().find_map(|ty| value_of(&printed(ty)).or_else(|| converted(ty)))?;
        Some((site.method_call().map_or(site.place.range, |(_, receiver)| receiver), value))
    })?;
    let here = site.view.nodes.around(range)?;
    // `{name}` in a format string.
    let captured = site.text(range).strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    let captured = captured.map(|name| name.split(':').next().unwrap_or(name)).and_then(|name| site.bound(name, here, range));
    if let Some(call) = called(site, captured.unwrap_or(range)) {
        return Some((call, value));
    }
    // `!x`, `x as u8`: the operand is inside.
    let inside = site.view.nodes.inside(site.node(here).range).find(|(id, _)| site.node(*id).syntax.is_call())?;
    let is_operand = inside.1.range.start <= range.end && (inside.1.range == range || inside.1.parent == Some(here));
    is_operand.then_some((inside.1.range, value))
}

/// The call that gave the value at a place, directly or through a variable; or the item of `items.map(|item| …)`, which a closure gave.
pub(super) fn called(site: &Site<'_>, range: TextRange) -> Option<TextRange> {
    let origin = site.origin(range).unwrap_or(range);
    let id = site.view.nodes.expression_at(origin)?;
    (site.node(id).syntax.is_call() || is_mapped(site, id)).then_some(origin)
}

fn is_mapped(site: &Site<'_>, item: NodeId) -> bool {
    let name = site.text(site.node(item).range);
    let mapped = || {
        let closure = site.view.nodes.body_of(item)?;
        let Syntax::Closure(Closure { parameters, .. }) = &site.node(closure).syntax else { return None };
        let Syntax::MethodCall { method, .. } = &site.node(site.node(closure).parent?).syntax else { return None };
        Some(site.text(*method) == "map" && parameters.iter().any(|parameter| parameter.name.as_deref() == Some(name)))
    };
    mapped().unwrap_or(false)
}

/// `T` of `Result<T, PyErr>`.
pub(super) fn value_of(ty: &TypeRef) -> Option<TypeRef> {
    let TypeRef::Path { arguments, .. } = ty else { return None };
    let of_python = match arguments.get(1) {
        Some(error) => matches!(error.name(), Some("PyErr" | "_") | None),
        None => ty.name() == Some("PyResult"),
    };
    (matches!(ty.name(), Some("Result" | "PyResult")) && of_python).then(|| arguments.first().cloned().unwrap_or(TypeRef::Other))
}

/// `?` behind the expression, as far as the function around it lets errors through; `turned` is what makes it a `Result` first.
pub(super) fn propagate(site: &Site<'_>, range: TextRange, value: &TypeRef, turned: &str) -> Option<Repair> {
    let here = site.view.nodes.expression_at(range)?;
    let body = site.view.nodes.body_of(here)?;
    let propagated = |edits: Vec<Edit>| site.repair("propagate the error of a call that can fail now", edits);
    let put = |suffix: &str| vec![Edit::insert(range.end, format!("{turned}{suffix}"))];
    // Lookups took errors for absence before they could fail.
    let absent =
        || (value.name() == Some("Option")).then(|| site.repair("take an error for absence, as before", put(".ok().flatten()")))?;
    let panicked = || if turned.is_empty() { panicked_before(site, here) } else { all_panicked(site, range) };
    let panics = || panicked().then(|| site.repair(PANIC, put(".unwrap()")))?;
    match leaves(site, body) {
        Leaves::Result | Leaves::Unknown => propagated(put("?")),
        Leaves::Option => absent().or_else(panics),
        Leaves::Foreign => panics(),
        Leaves::Value => {
            let is_returned = returned(site, body, range);
            match let_it_fail(site, body, is_returned.then_some(range)) {
                Some(mut edits) => {
                    let suffix = if is_returned { "" } else { "?" };
                    edits.splice(0..0, put(suffix).into_iter().filter(|edit| !edit.text.is_empty()));
                    let repair = propagated(merged(edits))?;
                    Some(repair.concerning(Concern::PublicResult, || site.is_public(body)))
                }
                None => absent().or_else(panics),
            }
        }
    }
}

/// Whether the expression is what the body returns.
fn returned(site: &Site<'_>, body: NodeId, range: TextRange) -> bool {
    let Syntax::Function(function) = &site.node(body).syntax else { return false };
    let nodes = site.view.nodes;
    let is_tail = function.body.is_some_and(|block| {
        nodes.inside(block).any(|(_, node)| node.range == block && node.syntax == Syntax::Block { tail: Some(range) })
    });
    is_tail || nodes.inside(site.node(body).range).any(|(_, node)| node.syntax == Syntax::Return { value: Some(range) })
}

/// A `?` stands where nothing can fail: the function or closure around it learns to.
pub(super) fn leave_with_an_error(site: &Site<'_>) -> Option<Repair> {
    let here = site.here()?;
    let body = site.view.nodes.body_of(here)?;
    // The function around it was made for `None`, and nothing that was called before could leave it with an error.
    match site.fault() {
        Fault::QuestionMark(Leaving::OptionNotResult) => return panic_as_before(site).or_else(|| take_for_absence(site)),
        Fault::QuestionMark(Leaving::Nothing) => {}
        _ => return None,
    }
    if let Some(edits) = let_it_fail(site, body, None) {
        let repair = site.repair("return a `PyResult`", merged(edits))?;
        return Some(repair.concerning(Concern::PublicResult, || site.is_public(body)));
    }
    panic_as_before(site)
}

/// Nobody takes the error of this `?`, which cannot have been there before: what could not fail then could only panic.
fn panic_as_before(site: &Site<'_>) -> Option<Repair> {
    let tried = site.node(site.here()?);
    let Syntax::Try { value } = tried.syntax else { return None };
    let call = site.view.nodes.expression_at(value)?;
    let edit = Edit::replace(TextRange::new(value.end, tried.range.end), ".unwrap()");
    panicked_before(site, call).then(|| site.repair(PANIC, vec![edit]))?
}

/// The `?` of a lookup that said `None` before, whatever the reason.
fn take_for_absence(site: &Site<'_>) -> Option<Repair> {
    let tried = site.node(site.here()?);
    let Syntax::Try { value } = tried.syntax else { return None };
    let Syntax::MethodCall { method, .. } = &site.node(site.view.nodes.expression_at(value)?).syntax else { return None };
    let edit = Edit::replace(TextRange::new(value.end, tried.range.end), ".ok().flatten()");
    (site.text(*method) == "get_item").then(|| site.repair("take an error for absence, as before", vec![edit]))?
}

/// A collection of `T` cannot be collected from `Result<T, PyErr>`.
pub(super) fn collected(site: &Site<'_>) -> Option<Repair> {
    let Fault::NotCollected { collection, item } = site.fault() else { return None };
    value_of(&printed(item))?;
    if value_of(&printed(collection)).is_some() {
        return None;
    }
    let here = site.here()?;
    let Syntax::MethodCall { method, generics, .. } = &site.node(here).syntax else { return None };
    let edits = collect_results(site, *method, *generics, site.node(here).range);
    (*method == site.place.range).then(|| site.repair("collect into a `Result`", edits))?
}
