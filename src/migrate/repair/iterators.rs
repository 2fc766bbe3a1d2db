//! E0271: closures and functions that give borrowed objects where owned ones are wanted, or the reverse.

use super::Repair;
use super::ownership::printed;
use super::site::{Site, behind_references, is_place, without_path};
use crate::compiler::{Fault, Label, Note};
use crate::rust::{Closure, NodeId, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// `iterator.iter()?`: an iterator of Python is an object, and Rust's iterators have nothing of that name to suggest.
pub(super) fn of_iterator(site: &Site<'_>) -> Option<Repair> {
    let (_, ty) = site.fault().missing()?;
    let is_iterator = without_path(behind_references(ty)).starts_with("Bound<") && ty.ends_with("PyIterator>");
    let is_method = is_iterator && site.text(site.place.range) == "iter" && site.method_call().is_some();
    is_method.then(|| site.repair("iterate by `try_iter`", vec![Edit::replace(site.place.range, "try_iter")]))?
}

/// "expected `{closure@…}` to return `Option<Bound<…>>`, but it returns `Option<&Bound<…>>`"
pub(super) fn given_by_closure(site: &Site<'_>) -> Option<Repair> {
    let Fault::ClosureReturns(types) = site.fault() else { return None };
    let (wanted, given) = (printed(&types.expected), printed(&types.found));
    let (wanted, given) = (item_of(&wanted), item_of(&given));
    if is_owned(wanted) && is_lent(given) {
        return cast_into(site);
    }
    if is_lent(wanted) && is_owned(given) {
        return own_the_items_before(site);
    }
    None
}

/// `T` of `Option<T>`, else the type itself.
fn item_of(ty: &TypeRef) -> &TypeRef {
    match ty {
        TypeRef::Path { arguments, .. } if ty.name() == Some("Option") => arguments.first().unwrap_or(ty),
        _ => ty,
    }
}

fn is_owned(ty: &TypeRef) -> bool {
    ty.name() == Some("Bound")
}

fn is_lent(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Reference(object) if is_owned(object))
}

/// `let mut list = vec![object];` with a borrowed object, and `list.extend(…)` with owned ones.
pub(super) fn own_the_listed(site: &Site<'_>) -> Option<Repair> {
    let (list, of_trait) = site.fault().unmet()?;
    let items = of_trait.strip_prefix("Extend<")?;
    let TypeRef::Path { arguments, .. } = printed(list) else { return None };
    if !is_lent(arguments.first()?) || !is_owned(&printed(items.strip_suffix('>')?)) {
        return None;
    }
    let (_, receiver) = site.method_call()?;
    let listed = site.origin(receiver)?;
    let objects = site.text(listed).strip_prefix("vec![")?.strip_suffix(']')?;
    let owned: Vec<String> = objects
        .split(',')
        .map(|object| object.trim())
        .map(|object| is_place(object).then(|| format!("{object}.clone()")))
        .collect::<Option<_>>()?;
    site.repair("own the objects of the list", vec![Edit::replace(listed, format!("vec![{}]", owned.join(", ")))])
}

/// `a.chain(b)` with borrowed items in `a` and owned ones in `b`.
fn own_the_items_before(site: &Site<'_>) -> Option<Repair> {
    let bounded = site.places().find(|span| span.said == Label::RequiredByBound && site.text(span.range) == "chain")?;
    let Syntax::MethodCall { receiver, .. } = &site.node(site.view.nodes.around(bounded.range)?).syntax else { return None };
    site.repair("own the items", site.suffix(*receiver, ".cloned()"))
}

/// `|item| item.cast::<T>()` with an item that the closure owns, and that can become the cast object.
fn cast_into(site: &Site<'_>) -> Option<Repair> {
    // Iterating over an object gives owned items.
    let is_iterated = |note: &Note| matches!(note, Note::RequiredFor(ty) if ty.contains("Bound<'_, ") && ty.contains("PyIterator>"));
    if !site.error.diagnosis.notes.iter().any(is_iterated) {
        return None;
    }
    let nodes = site.view.nodes;
    let (outer, closure) = nodes.ancestors(nodes.expression_at(site.place.range)?).find_map(|(id, node)| match &node.syntax {
        Syntax::Closure(closure) => Some((id, closure)),
        _ => None,
    })?;
    let casts = nodes.inside(closure.body).filter_map(|(id, node)| match &node.syntax {
        Syntax::MethodCall { receiver, method, .. } if site.text(*method) == site.cast() => Some((id, *receiver, *method)),
        _ => None,
    });
    let casts: Vec<(NodeId, TextRange, TextRange)> = casts.collect();
    let [(cast, object, method)] = casts[..] else { return None };
    let owns = owns(site, outer, closure, cast, site.text(object));
    owns.then(|| site.repair("let the cast take the object", vec![Edit::insert(method.end, "_into")]))?
}

/// Whether a name is the item of an outer closure, or what `and_then` and `map` take out of that.
fn owns(site: &Site<'_>, outer: NodeId, closure: &Closure, inner: NodeId, name: &str) -> bool {
    let is_parameter = |closure: &Closure, name: &str| matches!(closure.parameters.as_slice(), [only] if only.ty.is_none() && only.name.as_deref() == Some(name));
    let Some(around) = site.view.nodes.body_of(inner) else { return false };
    if around == outer {
        return is_parameter(closure, name);
    }
    let Syntax::Closure(within) = &site.node(around).syntax else { return false };
    let taker = site.node(around).parent.map(|parent| &site.node(parent).syntax);
    let Some(Syntax::MethodCall { receiver, method, .. }) = taker else { return false };
    let source = site.text(*receiver);
    let passes_on = matches!(site.text(*method), "and_then" | "map") && site.view.nodes.body_of(around) == Some(outer);
    passes_on && is_parameter(within, name) && is_parameter(closure, source.trim_end_matches(".ok()"))
}

/// `objects.and_then(T::try_from)` with owned objects, where `T` is made of a reference, as it was before.
pub(super) fn converted_by_path(site: &Site<'_>) -> Option<Repair> {
    // The place is the path or the type in it.
    let mut around = site.view.nodes.ancestors(site.here()?).map(|(_, node)| node).skip_while(|node| node.syntax != Syntax::Primary);
    let path = around.next()?.range;
    let function = site.text(path);
    let (ty, conversion) = [("::try_from", "TryFrom"), ("::from", "From")]
        .iter()
        .find_map(|(suffix, of_trait)| Some((function.strip_suffix(suffix)?, *of_trait)))?;
    let is_passed = matches!(&around.next()?.syntax, Syntax::MethodCall { arguments, .. } if arguments.contains(&path));
    let takes_objects = site.conversion().is_some_and(|(_, from)| is_owned(&printed(from)));
    let is_made_of_reference = |syntax: &Syntax| {
        let Syntax::Impl { of_trait: Some(of_trait), of_type } = syntax else { return false };
        // With a lifetime of its own, the reference would be kept.
        let is_lent = site.text(*of_trait).strip_prefix(conversion).is_some_and(|from| from.starts_with("<&Bound<"));
        is_lent && printed(site.text(*of_type)).name() == printed(ty).name()
    };
    let is_local = site.view.nodes.iter().any(|(_, node)| is_made_of_reference(&node.syntax));
    let call = format!("|object| {function}(&object)");
    (is_passed && takes_objects && is_local).then(|| site.repair("lend the object to the conversion", vec![Edit::replace(path, call)]))?
}
