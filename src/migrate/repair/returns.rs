//! A function or closure that cannot fail becomes one that can: its return type, its values, and what takes them.

use super::conversions::is_constructor;
use super::site::{Site, without_path};
use crate::rust::{Closure, Function, NodeId, Syntax};
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// What `?` can do in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    /// It leaves with an error.
    Result,
    /// It leaves with `None`.
    Option,
    /// It leaves nothing that can fail.
    Value,
    /// It leaves with an error that has nothing to do with Python.
    Foreign,
    /// A closure or block says nothing; the compiler knows.
    Unknown,
}

/// What `?` does in the body with this node.
pub(super) fn leaves(site: &Site<'_>, body: NodeId) -> Leaves {
    let output = match &site.node(body).syntax {
        Syntax::Function(function) => function.output,
        Syntax::Closure(closure) if closure.output.is_some() => closure.output,
        _ => return Leaves::Unknown,
    };
    let Some(output) = output else { return Leaves::Value };
    if site.text(output).ends_with("fmt::Result") {
        return Leaves::Foreign;
    }
    let written = without_path(site.text(output));
    let name = &written[..written.find('<').unwrap_or(written.len())];
    match name.trim() {
        "Option" => Leaves::Option,
        name if name.ends_with("Result") => Leaves::Result,
        _ => Leaves::Value,
    }
}

/// The edits that let the body return `PyResult`; `done` is a value of it that is a `Result` already.
/// `None` where others dictate the type.
pub(super) fn let_it_fail(site: &Site<'_>, body: NodeId, done: Option<TextRange>) -> Option<Vec<Edit>> {
    match &site.node(body).syntax {
        Syntax::Function(function) => function_fails(site, body, function, done),
        Syntax::Closure(closure) => closure_fails(site, body, closure, done),
        _ => None,
    }
}

fn function_fails(site: &Site<'_>, id: NodeId, function: &Function, done: Option<TextRange>) -> Option<Vec<Edit>> {
    if !function_may_fail(site, id) {
        return None;
    }
    let mut edits = vec![match function.output {
        Some(output) => Edit::replace(output, format!("{}<{}>", py_result(site), site.text(output))),
        None => Edit::insert(function.inputs_end, format!(" -> {}<()>", py_result(site))),
    }];
    edits.extend(wrap_values(site, id, function.body?, done, function.output.is_none()));
    Some(edits)
}

/// Whether errors can be passed on from a body to where somebody expects them.
fn can_fail(site: &Site<'_>, id: NodeId) -> bool {
    match &site.node(id).syntax {
        Syntax::Function(_) => leaves(site, id) == Leaves::Result || function_may_fail(site, id),
        Syntax::Closure(_) => taker_follows(site, id).is_some(),
        _ => true,
    }
}

/// Whether the project itself decides what the function returns.
fn function_may_fail(site: &Site<'_>, id: NodeId) -> bool {
    let Syntax::Function(function) = &site.node(id).syntax else { return false };
    let dictated = |syntax: &Syntax| matches!(syntax, Syntax::Impl { of_trait: Some(_), .. } | Syntax::Trait);
    let outer = site.view.nodes.ancestors(id).skip(1).map(|(_, node)| &node.syntax);
    let head = site.text(TextRange::new(site.node(id).range.start, function.name_end));
    // A function inside of a method is free again.
    leaves(site, id) == Leaves::Value
        && !head.contains("extern ")
        && !outer.take_while(|syntax| !matches!(syntax, Syntax::Function(_))).any(dictated)
}

fn closure_fails(site: &Site<'_>, id: NodeId, closure: &Closure, done: Option<TextRange>) -> Option<Vec<Edit>> {
    let mut edits = taker_follows(site, id)?;
    let body = closure.body;
    let fails = format!("-> {}<_> ", py_result(site));
    match (closure.output, body_syntax(site, closure)) {
        (Some(output), _) => {
            edits.push(Edit::replace(output, format!("{}<{}>", py_result(site), site.text(output))));
            edits.extend(wrap_values(site, id, body, done, false));
        }
        (None, _) if is_collected(site, id) => edits.extend(wrap_values(site, id, body, done, false)),
        // `|x| y?` is `|x| y`: the error is what the closure gives.
        (None, Some(Syntax::Try { value })) => edits.push(Edit::delete(TextRange::new(value.end, body.end))),
        (None, Some(Syntax::Block { tail })) => {
            edits.push(Edit::insert(body.start, fails));
            edits.extend(wrap_values(site, id, body, done, tail.is_none_or(|tail| is_unit(site, tail))));
        }
        (None, _) => {
            edits.push(Edit::insert(body.start, format!("{fails}{{ ")));
            edits.extend(wrap_values(site, id, body, done, false));
            edits.push(Edit::insert(body.end, " }"));
        }
    }
    Some(edits)
}

/// Whether the results of the closure are collected, which says what their error is.
fn is_collected(site: &Site<'_>, closure: NodeId) -> bool {
    let used = site.node(closure).parent.and_then(|map| use_of(site, map));
    matches!(used, Some(Use::Collected { .. } | Use::Items))
}

/// Whether the closure is what `Python::attach` and its like run at once, and give back the value of.
fn is_attached(site: &Site<'_>, closure: NodeId) -> bool {
    match site.node(closure).parent.map(|parent| &site.node(parent).syntax) {
        Some(Syntax::Call { function, .. }) => matches!(without_path(site.text(*function)), "attach" | "with_gil"),
        Some(Syntax::MethodCall { method, .. }) => matches!(site.text(*method), "detach" | "allow_threads"),
        _ => false,
    }
}

/// `?` behind the call that runs the closure, where errors can go on from there.
fn attached_passes_on(site: &Site<'_>, closure: NodeId) -> Option<Vec<Edit>> {
    let call = site.node(closure).parent?;
    let outer = site.view.nodes.body_of(call)?;
    can_fail(site, outer).then(|| vec![Edit::insert(site.node(call).range.end, "?")])
}

/// What takes the closure has to expect a `Result` from it.
fn taker_follows(site: &Site<'_>, closure: NodeId) -> Option<Vec<Edit>> {
    if is_attached(site, closure) {
        return attached_passes_on(site, closure);
    }
    let taker = site.node(closure).parent?;
    let call = site.node(taker);
    let Syntax::MethodCall { method, arguments, .. } = &call.syntax else { return None };
    let tried = Edit::insert(call.range.end, "?");
    match (site.text(*method), arguments.as_slice()) {
        ("map", _) => mapped(site, taker),
        ("for_each", _) => Some(vec![Edit::replace(*method, "try_for_each"), tried]),
        ("map_or" | "map_or_else", [default, mapped]) if *mapped == site.node(closure).range => {
            let default = match body_of_closure(site, *default) {
                Some(body) => site.value_of_body(body)?,
                None if site.text(*method) == "map_or" => *default,
                None => return None,
            };
            Some(vec![Edit::insert(default.start, "Ok("), Edit::insert(default.end, ")"), tried])
        }
        _ => None,
    }
}

/// Whether a block ends with what has no value.
fn is_unit(site: &Site<'_>, tail: TextRange) -> bool {
    let syntax = site.view.nodes.expression_at(tail).map(|id| &site.node(id).syntax);
    matches!(syntax, Some(Syntax::If { has_else: false, .. } | Syntax::For { .. }))
}

fn body_of_closure(site: &Site<'_>, range: TextRange) -> Option<TextRange> {
    match &site.node(site.view.nodes.expression_at(range)?).syntax {
        Syntax::Closure(closure) => Some(closure.body),
        _ => None,
    }
}

fn body_syntax<'a>(site: &Site<'a>, closure: &Closure) -> Option<&'a Syntax> {
    Some(&site.node(site.view.nodes.expression_at(closure.body)?).syntax)
}

/// What becomes of the results of `.map(…)`.
enum Use {
    /// `.collect()`, as the whole call.
    Collected { method: TextRange, generics: Option<TextRange>, call: TextRange },
    /// Something takes the items one by one.
    Items,
    /// What ends here has one of them, or none.
    One(usize),
}

fn use_of(site: &Site<'_>, map: NodeId) -> Option<Use> {
    const TAKE_ITEMS: &[&str] = &["PySet::new", "PyFrozenSet::new"];
    let range = site.node(map).range;
    let next = site.node(site.node(map).parent?);
    match &next.syntax {
        Syntax::Call { function, .. } => {
            let path = site.text(*function);
            let takes_items = is_constructor(path) || TAKE_ITEMS.iter().any(|name| path.ends_with(name));
            takes_items.then_some(Use::Items)
        }
        Syntax::MethodCall { receiver, method, generics, .. } if *receiver == range => match site.text(*method) {
            "collect" => Some(Use::Collected { method: *method, generics: *generics, call: next.range }),
            "into_py_dict" => Some(Use::Items),
            "next" | "last" | "nth" => Some(Use::One(next.range.end)),
            // What only an `Option` has.
            "unwrap_or" | "unwrap_or_else" | "unwrap_or_default" | "unwrap" | "expect" | "is_some" | "is_none" | "ok_or" | "ok_or_else" => {
                Some(Use::One(range.end))
            }
            _ => None,
        },
        Syntax::MethodCall { method, arguments, .. } => {
            (site.text(*method) == "extend" && arguments.as_slice() == [range]).then_some(Use::Items)
        }
        _ => None,
    }
}

fn mapped(site: &Site<'_>, map: NodeId) -> Option<Vec<Edit>> {
    Some(match use_of(site, map)? {
        Use::Collected { method, generics, call } => collect_results(site, method, generics, call),
        Use::Items => vec![collect_items(site, site.node(map).range)],
        Use::One(end) => vec![Edit::insert(end, ".transpose()?")],
    })
}

/// `.collect()` behind an iterator of `Result`s whose values are wanted one by one.
pub(super) fn collect_items(site: &Site<'_>, items: TextRange) -> Edit {
    Edit::insert(items.end, format!(".collect::<{}<Vec<_>>>()?", py_result(site)))
}

/// `.collect()` of `Result`s.
pub(super) fn collect_results(site: &Site<'_>, method: TextRange, generics: Option<TextRange>, call: TextRange) -> Vec<Edit> {
    let result = py_result(site);
    let mut edits = match generics {
        Some(list) => {
            let inner = site.text(list).trim_start_matches("::").trim_start_matches('<').trim_end_matches('>');
            // A closing bracket of the type itself may be gone, too.
            let missing = inner.matches('<').count().saturating_sub(inner.matches('>').count());
            vec![Edit::replace(list, format!("::<{result}<{inner}{}>>", ">".repeat(missing)))]
        }
        None => vec![Edit::insert(method.end, format!("::<{result}<_>>"))],
    };
    edits.push(Edit::insert(call.end, "?"));
    edits
}

/// Puts every value that leaves the body into `Ok`.
fn wrap_values(site: &Site<'_>, id: NodeId, body: TextRange, done: Option<TextRange>, is_unit: bool) -> Vec<Edit> {
    let nodes = site.view.nodes;
    let mut edits = Vec::new();
    let mut wrap = |value: TextRange| {
        if done != Some(value) {
            edits.extend([Edit::insert(value.start, "Ok("), Edit::insert(value.end, ")")]);
        }
    };
    let block = nodes.inside(body).find(|(_, node)| node.range == body && matches!(node.syntax, Syntax::Block { .. }));
    let tail = match block.map(|(_, node)| &node.syntax) {
        Some(Syntax::Block { tail }) => *tail,
        _ => Some(body),
    };
    if let Some(tail) = tail.filter(|_| !is_unit) {
        let leaves_itself = nodes.expression_at(tail).is_some_and(|tail| matches!(site.node(tail).syntax, Syntax::Return { .. }));
        if !leaves_itself {
            wrap(tail);
        }
    }
    let mut bare = Vec::new();
    for (inner, node) in nodes.inside(body) {
        let Syntax::Return { value } = &node.syntax else { continue };
        if nodes.body_of(inner) == Some(id) {
            match value {
                Some(value) => wrap(*value),
                None => bare.push(Edit::insert(node.range.end, " Ok(())")),
            }
        }
    }
    edits.extend(bare);
    if is_unit {
        edits.push(end_with_unit(site, body, tail));
    }
    edits
}

/// `Ok(())` at the end of a block whose value was `()`.
fn end_with_unit(site: &Site<'_>, block: TextRange, tail: Option<TextRange>) -> Edit {
    let nodes = site.view.nodes;
    let last = nodes.inside(TextRange::new(block.start + 1, block.end - 1)).filter(|(id, node)| {
        let is_statement = matches!(node.syntax, Syntax::Statement { .. } | Syntax::Let { .. });
        is_statement && node.parent.is_some_and(|parent| site.node(parent).range == block) && nodes.get(*id).range.end < block.end
    });
    let Some((_, last)) = last.last() else { return Edit::insert(block.end - 1, " Ok(()) ") };
    let is_block_like = site.text(last.range).ends_with('}') || tail.is_none();
    let stop = if is_block_like { "" } else { ";" };
    if site.text(TextRange::new(last.range.end, block.end)).contains('\n') {
        let indent = indent_of(site.view.text, last.range.start);
        Edit::insert(last.range.end, format!("{stop}{}{indent}Ok(())", newline_of(site.view.text)))
    } else {
        Edit::insert(last.range.end, format!("{stop} Ok(())"))
    }
}

/// `PyResult` as this file can write it.
pub(super) fn py_result(site: &Site<'_>) -> &'static str {
    let text = site.view.text;
    // Written with its path, it may not be in scope.
    let is_in_scope = |(at, _): (usize, &str)| !text[..at].ends_with("::");
    let named = text.contains("pyo3::prelude::*") || text.match_indices("PyResult<").any(is_in_scope);
    if named { "PyResult" } else { "pyo3::PyResult" }
}
