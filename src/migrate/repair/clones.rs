//! E0599, E0277, E0308: clones of `Py<T>`, which count a reference with a token.

use super::Repair;
use super::ownership::printed;
use super::site::Site;
use crate::compiler::Fault;
use crate::rust::{Node, NodeId, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// `object.clone()`, `objects.cloned()` and `list.fill(None)`, whose clones need a token.
pub(super) fn cloned(site: &Site<'_>) -> Option<Repair> {
    let about = match site.fault() {
        Fault::Unmet { ty, of_trait } if of_trait == "Clone" => ty,
        fault => fault.missing()?.1,
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
        ("cloned", token) => Edit::replace(behind, format!("map(|object| {})", counted(site, &ty, "object", token.as_deref())?)),
        ("clone" | "to_owned", Some(token)) => Edit::replace(TextRange::new(receiver.end, call_range.end), copy(&ty, "", token)?),
        // What leaves the function cannot do so from within a closure.
        ("clone" | "to_owned", None) if !site.text(receiver).contains(['?', '\n']) => {
            Edit::replace(call_range, counted(site, &ty, site.text(receiver), None)?)
        }
        _ => return None,
    };
    site.repair("count the reference", vec![edit])
}

/// `let x = object.clone();` with an object that is a `&Py<T>`, which is cloned only as a reference, and `x` is to be a `Py<T>`.
pub(super) fn cloned_before(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let clone = site.view.nodes.expression_at(site.origin(site.place.range)?)?;
    let receiver = clone_of(site, clone).filter(|_| is_lent(&expected, &found))?;
    site.repair("count the reference", vec![counted_clone(site, clone, receiver)])
}

/// What copies a value, by a token or while attached for it.
fn counted(site: &Site<'_>, ty: &TypeRef, value: &str, token: Option<&str>) -> Option<String> {
    match token {
        Some(token) => copy(ty, value, token),
        None => Some(format!("{}{})", site.attach(), copy(ty, value, "py")?)),
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
pub(super) fn cloned_reference(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let (TypeRef::Path { arguments: wanted, .. }, TypeRef::Path { arguments: given, .. }) = (&expected, &found) else { return None };
    if expected.name() != found.name() || expected.name() == Some("Result") {
        return None;
    }
    let at = wanted.iter().zip(given).find_map(|(wanted, given)| lent_part(wanted, given))?;
    clone_in_closure(site, site.origin(site.place.range)?, at)
}

/// The same where the items are collected: "a value of type `Vec<Py<T>>` cannot be built from an iterator over elements of type `&Py<T>`".
pub(super) fn cloned_item(site: &Site<'_>) -> Option<Repair> {
    let Fault::NotCollected { collection, item } = site.fault() else { return None };
    let (collection, item) = (printed(collection), printed(item));
    let TypeRef::Path { arguments: mut wanted, .. } = collection else { return None };
    let wanted = if wanted.len() == 1 { wanted.remove(0) } else { TypeRef::Tuple(wanted) };
    let (collect, _) = site.method_call()?;
    clone_in_closure(site, site.node(collect).range, lent_part(&wanted, &item)?)
}

/// Counts the reference in the one closure inside of a range whose value is the clone, or has it in a tuple.
fn clone_in_closure(site: &Site<'_>, range: TextRange, at: Part) -> Option<Repair> {
    let nodes = site.view.nodes;
    let clones = nodes.inside(range).filter_map(|(id, node)| {
        let receiver = clone_of(site, id)?;
        let Syntax::Closure(closure) = &site.node(nodes.body_of(id)?).syntax else { return None };
        let is_value = match at {
            Part::InTuple(nth) => is_item(site, closure.body, nth, node),
            Part::Whole => closure.body == node.range,
        };
        is_value.then_some((id, receiver))
    });
    let clones: Vec<_> = clones.collect();
    let [(clone, receiver)] = clones[..] else { return None };
    site.repair("count the reference", vec![counted_clone(site, clone, receiver)])
}

/// What `….clone()` and `….to_owned()` copy.
fn clone_of(site: &Site<'_>, id: NodeId) -> Option<TextRange> {
    match &site.node(id).syntax {
        Syntax::MethodCall { receiver, method, arguments, .. } => {
            (arguments.is_empty() && matches!(site.text(*method), "clone" | "to_owned")).then_some(*receiver)
        }
        _ => None,
    }
}

fn counted_clone(site: &Site<'_>, clone: NodeId, receiver: TextRange) -> Edit {
    let range = site.node(clone).range;
    match site.token(clone) {
        Some(token) => Edit::replace(TextRange::new(receiver.end, range.end), format!(".clone_ref({token})")),
        None => Edit::replace(range, format!("{}{}.clone_ref(py))", site.attach(), site.text(receiver))),
    }
}

/// What of an item differs.
#[derive(Clone, Copy)]
enum Part {
    /// All of it.
    Whole,
    /// The part of a tuple with this number.
    InTuple(usize),
}

/// Where `Py<T>` is wanted in an item and `&Py<T>` found, if that is so.
fn lent_part(wanted: &TypeRef, given: &TypeRef) -> Option<Part> {
    match (wanted, given) {
        _ if is_lent(wanted, given) => Some(Part::Whole),
        (TypeRef::Tuple(wanted), TypeRef::Tuple(given)) => {
            wanted.iter().zip(given).position(|(wanted, given)| is_lent(wanted, given)).map(Part::InTuple)
        }
        _ => None,
    }
}

fn is_lent(wanted: &TypeRef, given: &TypeRef) -> bool {
    wanted.name() == Some("Py") && matches!(given, TypeRef::Reference(object) if object.name() == Some("Py"))
}

/// Whether a node is the item at a place of the tuple that stands at a range.
fn is_item(site: &Site<'_>, tuple: TextRange, nth: usize, node: &Node) -> bool {
    let nodes = site.view.nodes;
    let Some(id) = nodes.expression_at(tuple) else { return false };
    let items = nodes.inside(tuple).filter(|(_, item)| item.parent == Some(id));
    site.text(tuple).starts_with('(') && items.map(|(_, item)| item.range).nth(nth) == Some(node.range)
}
