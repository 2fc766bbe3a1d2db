//! E0596: an iterator is advanced through `&Bound`; a clone is the same Python object, and can be.

use super::Repair;
use super::site::{Site, without_path};
use crate::compiler::{Fault, Mutation};
use crate::rust::Syntax;

pub(super) fn advance_clone(site: &Site<'_>) -> Option<Repair> {
    // rustc suggests `&mut` before the type, or just `mut` after its `&`.
    let suggested = || site.error.suggestions.iter().flat_map(|suggestion| &suggestion.edits);
    let is_before_object = |at: usize| site.view.text.get(at..).is_some_and(|ty| without_path(ty).starts_with("Bound<"));
    let is_python = || suggested().any(|(_, range, text)| text.contains("Bound<") || text == "mut " && is_before_object(range.end));
    let is_meant = match site.fault() {
        Fault::NotMutable(Mutation::BehindReference) => is_python(),
        Fault::NotMutable(Mutation::InReference) => is_bound_iterator(site),
        _ => false,
    };
    if !is_meant {
        return None;
    }
    let origin = site.origin(site.place.range).unwrap_or(site.place.range);
    site.repair("clone what is advanced", site.suffix(origin, ".clone()"))
}

/// `iterator.bind(py).next()`.
fn is_bound_iterator(site: &Site<'_>) -> bool {
    let calls = |id, name: &str| matches!(&site.node(id).syntax, Syntax::MethodCall { method, .. } if site.text(*method) == name);
    let call = site.view.nodes.expression_at(site.place.range).filter(|id| calls(*id, "bind"));
    call.and_then(|id| site.node(id).parent).is_some_and(|parent| calls(parent, "next"))
}
