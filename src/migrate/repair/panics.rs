//! What panicked before where it fails now: there a panic is what it was, if nobody can take the error.

use super::conversions::is_constructor;
use super::site::Site;
use crate::rust::{Node, NodeId, Syntax};
use crate::text::TextRange;

/// What is said of an `unwrap` that a repair puts in.
pub(super) const PANIC: &str = "panic where PyO3 panicked before: errors cannot leave this function";

/// Whether a call that could not fail before panicked instead: PyO3's constructors of lists and tuples did, and its conversions, and so
/// did what calls them in the project, where it could not fail either. Lookups said `None`.
pub(super) fn panicked_before(site: &Site<'_>, call: NodeId) -> bool {
    let is_conversion = |name: &str| matches!(name, "into_pyobject" | "into_py_any" | "into_bound_py_any" | "into_py_dict");
    match &site.node(call).syntax {
        Syntax::Call { function, .. } => {
            let written = site.text(*function);
            is_constructor(written)
                || written.rsplit_once("IntoPyObjectExt::").is_some_and(|(_, name)| is_conversion(name))
                || site.functions.path_was_infallible(&without_self(site, call, written))
        }
        Syntax::MethodCall { receiver, method, .. } => match site.text(*method) {
            "get_item" => false,
            "collect" | "transpose" => all_panicked(site, *receiver),
            "map_or" | "map_or_else" => all_panicked(site, site.node(call).range),
            name => is_conversion(name) || site.functions.method_was_infallible(name),
        },
        _ => false,
    }
}

/// `Self::f` with the name of the type.
fn without_self(site: &Site<'_>, call: NodeId, path: &str) -> String {
    let of_type = || Some(format!("{}::{}", site.text(site.view.nodes.implemented_type(call)?), path.strip_prefix("Self::")?));
    of_type().unwrap_or_else(|| path.to_owned())
}

/// Whether all that can fail in the closure of `items.map(|item| …)`, the last one of several, panicked before.
pub(super) fn all_panicked(site: &Site<'_>, mapped: TextRange) -> bool {
    let nodes = site.view.nodes;
    let Some(Syntax::MethodCall { receiver, method, arguments, .. }) = nodes.expression_at(mapped).map(|call| &site.node(call).syntax)
    else {
        return false;
    };
    if matches!(site.text(*method), "next" | "last" | "nth") {
        return all_panicked(site, *receiver);
    }
    let closure = || {
        let [argument] = arguments.as_slice() else { return None };
        let id = nodes.expression_at(*argument)?;
        if let Syntax::Closure(closure) = &site.node(id).syntax { Some((id, closure.body)) } else { None }
    };
    let Some((closure, body)) = closure() else { return false };
    let tried = |(id, node): (NodeId, &Node)| match node.syntax {
        Syntax::Try { value } if nodes.body_of(id) == Some(closure) => Some(value),
        _ => None,
    };
    let mut calls: Vec<TextRange> = nodes.inside(body).filter_map(tried).collect();
    if calls.is_empty() {
        calls.extend(site.value_of_body(body));
    }
    !calls.is_empty() && calls.into_iter().all(|call| nodes.expression_at(call).is_some_and(|call| panicked_before(site, call)))
}
