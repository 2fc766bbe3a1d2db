//! E0599, E0277, E0308: clones of `Py<T>`, which count a reference with a token.

use super::Repair;
use super::mismatch::types;
use super::ownership::{ATTACH, printed};
use super::site::{Site, quoted};
use crate::rust::{Node, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

pub(super) fn repair(site: &Site<'_>) -> Option<Repair> {
    if site.is("E0308") {
        return cloned_reference(site);
    }
    let about = match site.error.code.as_deref()? {
        // "the trait bound `pyo3::Py<T>: Clone` is not satisfied"
        "E0277" => quoted(&site.error.message).next()?.strip_suffix(": Clone")?,
        // "no method named `clone` found for struct `pyo3::Py<T>` in the current scope"
        "E0599" => quoted(&site.error.message).nth(1)?,
        _ => return None,
    };
    let (call, receiver) = site.method_call()?;
    let ty = printed(about);
    copy(&ty, "object", "py")?;
    let call_range = site.node(call).range;
    let Syntax::MethodCall { method, arguments, .. } = &site.node(call).syntax else { return None };
    let token = site.token(call);
    let behind = TextRange::new(method.start, call_range.end);
    let edit = match (site.text(*method), &token) {
        ("fill", _) if arguments.len() == 1 && site.text(arguments[0]) == "None" => {
            let edits = vec![Edit::replace(*method, "fill_with"), Edit::insert(arguments[0].start, "|| ")];
            return site.repair("fill without clones", edits);
        }
        _ if !arguments.is_empty() => return None,
        ("cloned", token) => Edit::replace(behind, format!("map(|object| {})", counted(&ty, "object", token.as_deref())?)),
        ("clone" | "to_owned", Some(token)) => Edit::replace(TextRange::new(receiver.end, call_range.end), copy(&ty, "", token)?),
        // What leaves the function cannot do so from within a closure.
        ("clone" | "to_owned", None) if !site.text(receiver).contains(['?', '\n']) => {
            Edit::replace(call_range, counted(&ty, site.text(receiver), None)?)
        }
        _ => return None,
    };
    site.repair("count the reference", vec![edit])
}

/// What copies a value, by a token or while attached for it.
fn counted(ty: &TypeRef, value: &str, token: Option<&str>) -> Option<String> {
    match token {
        Some(token) => copy(ty, value, token),
        None => Some(format!("{ATTACH}{})", copy(ty, value, "py")?)),
    }
}

/// What copies a value that holds objects, as `clone` did.
fn copy(ty: &TypeRef, value: &str, token: &str) -> Option<String> {
    let TypeRef::Path { arguments, .. } = ty else { return None };
    match (ty.name()?, arguments.as_slice()) {
        ("Py", _) => Some(format!("{value}.clone_ref({token})")),
        ("Option", [object]) => Some(format!("{value}.as_ref().map(|object| {})", copy(object, "object", token)?)),
        ("Vec", [object]) => Some(format!("{value}.iter().map(|object| {}).collect::<Vec<_>>()", copy(object, "object", token)?)),
        _ => None,
    }
}

/// `objects.map(|object| object.clone())` with objects that are `&Py<T>`: a reference is all that can be cloned there.
fn cloned_reference(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = types(site.error, site.place)?;
    let at = lent_object(&expected, &found)?;
    let nodes = site.view.nodes;
    let clones = nodes.inside(site.origin(site.place.range)?).filter_map(|(id, node)| {
        let Syntax::MethodCall { receiver, method, arguments, .. } = &node.syntax else { return None };
        let is_clone = arguments.is_empty() && matches!(site.text(*method), "clone" | "to_owned");
        let Syntax::Closure(closure) = &site.node(nodes.body_of(id)?).syntax else { return None };
        let is_value = match at {
            Some(nth) => is_item(site, closure.body, nth, node),
            None => closure.body == node.range,
        };
        (is_clone && is_value).then_some((id, *receiver, node.range))
    });
    let clones: Vec<_> = clones.collect();
    let [(clone, receiver, range)] = clones[..] else { return None };
    let counted = match site.token(clone) {
        Some(token) => Edit::replace(TextRange::new(receiver.end, range.end), format!(".clone_ref({token})")),
        None => Edit::replace(range, format!("{ATTACH}{}.clone_ref(py))", site.text(receiver))),
    };
    site.repair("count the reference", vec![counted])
}

/// Where `Py<T>` is wanted inside of a type and `&Py<T>` found: the place in a tuple, if it is in one. `None` where that is not what differs.
fn lent_object(expected: &TypeRef, found: &TypeRef) -> Option<Option<usize>> {
    let is_lent = |(wanted, found): &(&TypeRef, &TypeRef)| {
        wanted.name() == Some("Py") && matches!(found, TypeRef::Reference(object) if object.name() == Some("Py"))
    };
    let (TypeRef::Path { arguments: wanted, .. }, TypeRef::Path { arguments: given, .. }) = (expected, found) else { return None };
    if expected.name() != found.name() || expected.name() == Some("Result") {
        return None;
    }
    wanted.iter().zip(given).find_map(|pair| match pair {
        pair if is_lent(&pair) => Some(None),
        (TypeRef::Tuple(wanted), TypeRef::Tuple(given)) => wanted.iter().zip(given).position(|pair| is_lent(&pair)).map(Some),
        _ => None,
    })
}

/// Whether a node is the item at a place of the tuple that stands at a range.
fn is_item(site: &Site<'_>, tuple: TextRange, nth: usize, node: &Node) -> bool {
    let nodes = site.view.nodes;
    let Some(id) = nodes.expression_at(tuple) else { return false };
    let items = nodes.inside(tuple).filter(|(_, item)| item.parent == Some(id));
    site.text(tuple).starts_with('(') && items.map(|(_, item)| item.range).nth(nth) == Some(node.range)
}
