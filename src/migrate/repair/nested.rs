//! A `Result` ended up inside of an `Option` or a collection, as the closure or the element that made it can fail now.

use super::Repair;
use super::conversions::is_constructor;
use super::fallible::{called, propagate, value_of};
use super::ownership::printed;
use super::panics::panicked_before;
use super::returns::{collect_items, collect_results};
use super::site::Site;
use crate::compiler::{Fault, Label, Note};
use crate::rust::{Node, NodeId, Syntax, TypeRef};
use crate::text::TextRange;

/// Methods of `Option` with a value for `None`, which is no `Result`.
const DEFAULTS: &[&str] = &["unwrap_or", "unwrap_or_else", "unwrap_or_default"];

/// Wanted `Option<T>`, found `Option<Result<T, PyErr>>`.
pub(super) fn option_of_results(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let is_wanted = inside("Option", &expected).is_some_and(|wanted| wanted.name() != Some("Result"));
    let value = value_of(inside("Option", &found)?).filter(|_| is_wanted)?;
    turned(site, site.place.range, &value)
}

/// `items.map(…).unwrap_or(default)`: a `Result` is wanted for the default, as the closure gives one.
pub(super) fn default(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let value = value_of(&expected).filter(|_| value_of(&found).is_none())?;
    let here = site.view.nodes.expression_at(site.place.range)?;
    let option = optional_before(site, site.node(here).parent?).or_else(|| optional_before(site, closed_over(site, here)?))?;
    turned(site, option, &value)
}

/// The same, told from the whole expression.
pub(super) fn before_default(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let value = value_of(&found).filter(|_| value_of(&expected).is_none())?;
    let call = site.view.nodes.expression_at(site.origin(site.place.range)?)?;
    let option = optional_before(site, call)?;
    turned(site, option, &value)
}

/// `unwrap_or_default` of an `Option` of results, which have no default.
pub(super) fn no_default(site: &Site<'_>) -> Option<Repair> {
    let (ty, _) = site.fault().unmet().filter(|(_, of_trait)| *of_trait == "Default")?;
    let value = value_of(&printed(ty))?;
    let (_, option) = site.method_call().filter(|_| site.text(site.place.range) == "unwrap_or_default")?;
    turned(site, option, &value)
}

/// The `x.map(…)` of `x.map(…).unwrap_or(value)`, if the value is no call that can fail itself.
fn optional_before(site: &Site<'_>, call: NodeId) -> Option<TextRange> {
    let nodes = site.view.nodes;
    let Syntax::MethodCall { receiver, method, arguments, .. } = &site.node(call).syntax else { return None };
    let Syntax::MethodCall { method: maker, .. } = &site.node(nodes.expression_at(*receiver)?).syntax else { return None };
    let fails = |argument: &TextRange| nodes.expression_at(*argument).is_some_and(|id| panicked_before(site, id));
    let is_option = DEFAULTS.contains(&site.text(*method)) && matches!(site.text(*maker), "map" | "and_then");
    (is_option && !arguments.iter().any(fails)).then_some(*receiver)
}

/// The call that takes the closure whose value an expression is.
fn closed_over(site: &Site<'_>, value: NodeId) -> Option<NodeId> {
    let closure = site.view.nodes.body_of(value)?;
    let Syntax::Closure(written) = &site.node(closure).syntax else { return None };
    let is_value = site.value_of_body(written.body) == Some(site.node(value).range);
    is_value.then(|| site.node(closure).parent)?
}

/// The first of several values decides their type: arms, branches, elements.
pub(super) fn sibling(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let value = value_of(&expected).filter(|_| value_of(&found).is_none())?;
    let decides = |label: &Label| match label {
        Label::FoundOfType(ty) => ty.starts_with("Result<"),
        label => *label == Label::Expected,
    };
    let decided = site.places().filter(|span| span.range != site.place.range && decides(&span.said)).map(|span| span.range).last();
    let first = decided.or_else(|| first_element(site))?;
    propagate(site, called(site, first)?, &value, "")
}

/// The first element of the list that the place is another element of.
fn first_element(site: &Site<'_>) -> Option<TextRange> {
    let nodes = site.view.nodes;
    let here = nodes.expression_at(site.place.range)?;
    let list = site.node(here).parent.filter(|list| is_list(site, *list))?;
    let first = elements(site, list).next().map(|(_, node)| node.range);
    first.filter(|first| *first != site.place.range)
}

fn is_list(site: &Site<'_>, id: NodeId) -> bool {
    let node = site.node(id);
    node.syntax == Syntax::Primary && ["[", "vec![", "vec!["].iter().any(|start| site.text(node.range).starts_with(start))
}

fn elements<'a>(site: &Site<'a>, of: NodeId) -> impl Iterator<Item = (NodeId, &'a Node)> {
    site.view.nodes.inside(site.node(of).range).filter(move |(_, node)| node.parent == Some(of))
}

/// A map cannot be collected from `(K, Result<V, PyErr>)`: the closure that makes the tuple fails with it.
pub(super) fn item_of_tuple(site: &Site<'_>) -> Option<Repair> {
    let Fault::NotCollected { item, .. } = site.fault() else { return None };
    let item = printed(item);
    let (_, mapped) = site.method_call()?;
    let nodes = site.view.nodes;
    let Syntax::MethodCall { arguments, .. } = &site.node(nodes.expression_at(mapped)?).syntax else { return None };
    let [closure] = arguments.as_slice() else { return None };
    let Syntax::Closure(closure) = &site.node(nodes.expression_at(*closure)?).syntax else { return None };
    if let TypeRef::Tuple(_) = item { part(site, site.value_of_body(closure.body)?, &item) } else { None }
}

/// `list.push(value)` decided before what the list holds.
pub(super) fn pushed(site: &Site<'_>) -> Option<Repair> {
    site.types().filter(|(expected, found)| !holds_results(expected) && holds_results(found))?;
    let argument = |label: &Label| if let Label::ArgumentOfType(ty) = label { Some(printed(ty)) } else { None };
    let (range, ty) = site.places().find_map(|span| span.of(argument))?;
    part(site, range, &ty)
}

fn holds_results(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Path { arguments, .. } => value_of(ty).is_some() || arguments.iter().any(holds_results),
        TypeRef::Tuple(items) => items.iter().any(holds_results),
        _ => false,
    }
}

/// `?` behind a call of this type, or behind the one in a tuple.
fn part(site: &Site<'_>, range: TextRange, ty: &TypeRef) -> Option<Repair> {
    if let Some(value) = value_of(ty) {
        return propagate(site, called(site, range)?, &value, "");
    }
    let TypeRef::Tuple(items) = ty else { return None };
    let (nth, value) = items.iter().enumerate().find_map(|(nth, item)| Some((nth, value_of(item)?)))?;
    let tuple = site.view.nodes.expression_at(range).filter(|_| site.text(range).starts_with('('))?;
    let (_, item) = elements(site, tuple).nth(nth)?;
    propagate(site, called(site, item.range)?, &value, "")
}

/// No Python object can be made of results, nor of what holds them.
pub(super) fn object(site: &Site<'_>) -> Option<Repair> {
    let Fault::NotConvertible(ty) = site.fault() else { return None };
    let value = value_of(&printed(ty.trim_start_matches('&')))?;
    let required = |note: &Note| if let Note::RequiredFor(ty) = note { Some(printed(ty.trim_start_matches('&'))) } else { None };
    let holder = site.error.diagnosis.notes.iter().rev().find_map(required);
    let range = match &holder {
        Some(_) => site.place.range,
        None => items_of_constructor(site)?,
    };
    let range = without_borrow(site, range);
    match holder.as_ref().and_then(TypeRef::name) {
        Some("Option") => turned(site, range, &value),
        Some("Vec" | "HashSet" | "BTreeSet") | None => collected(site, site.origin(range)?),
        Some(_) => None,
    }
}

/// `made(x).into_py_any(py)` where `made` can fail now.
pub(super) fn receiver(site: &Site<'_>) -> Option<Repair> {
    let Fault::NotConvertibleReceiver(ty) = site.fault() else { return None };
    let value = value_of(&printed(ty))?;
    let (_, receiver) = site.method_call()?;
    propagate(site, called(site, receiver)?, &value, "")
}

/// What `PyList::new(py, items)` makes a list of.
fn items_of_constructor(site: &Site<'_>) -> Option<TextRange> {
    let (_, function, arguments) = site.call()?;
    is_constructor(site.text(function)).then(|| arguments.get(1).copied())?
}

fn without_borrow(site: &Site<'_>, range: TextRange) -> TextRange {
    match site.view.nodes.expression_at(range).map(|id| &site.node(id).syntax) {
        Some(Syntax::Reference { value }) => *value,
        _ => range,
    }
}

/// The results of `items.map(…)` are collected into one.
fn collected(site: &Site<'_>, range: TextRange) -> Option<Repair> {
    let Syntax::MethodCall { method, generics, .. } = &site.node(site.view.nodes.expression_at(range)?).syntax else { return None };
    let edits = match site.text(*method) {
        "collect" => collect_results(site, *method, *generics, range),
        "map" => vec![collect_items(site, range)],
        _ => return None,
    };
    site.repair("collect into a `Result`", edits)
}

/// `list.extend(items.map(…))`, where the closure gives results now.
pub(super) fn extended(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let _ = value_of(&found).filter(|_| value_of(&expected).is_none())?;
    let nodes = site.view.nodes;
    let call = closed_over(site, nodes.expression_at(site.place.range)?)?;
    let mapped = site.node(call);
    let Syntax::MethodCall { method, .. } = &mapped.syntax else { return None };
    let Syntax::MethodCall { method: taker, arguments, .. } = &site.node(mapped.parent?).syntax else { return None };
    let is_taken = arguments.as_slice() == [mapped.range] && site.text(*taker) == "extend" && site.text(*method) == "map";
    is_taken.then(|| collected(site, mapped.range))?
}

/// An `Option` of results becomes a result, and goes the way of all results.
fn turned(site: &Site<'_>, range: TextRange, value: &TypeRef) -> Option<Repair> {
    propagate(site, called(site, range)?, value, ".transpose()")
}

/// `T` of `Option<T>`.
fn inside<'t>(name: &str, ty: &'t TypeRef) -> Option<&'t TypeRef> {
    match ty {
        TypeRef::Path { arguments, .. } if ty.name() == Some(name) => arguments.first(),
        _ => None,
    }
}
