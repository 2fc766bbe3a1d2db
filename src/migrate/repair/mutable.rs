//! E0596: an iterator is advanced through `&Bound`; a clone is the same Python object, and can be.

use super::Repair;
use super::site::Site;
use crate::rust::Syntax;

pub(super) fn repair(site: &Site<'_>) -> Option<Repair> {
    let is_python = || site.error.suggestions.iter().flat_map(|suggestion| &suggestion.edits).any(|(_, _, text)| text.contains("Bound<"));
    let is_object = site.error.message.ends_with("as it is behind a `&` reference") && is_python();
    let is_iterated = site.error.message == "cannot borrow data in a `&` reference as mutable" && is_bound_iterator(site);
    if !site.is("E0596") || !(is_object || is_iterated) {
        return None;
    }
    let origin = site.origin(site.place.range)?;
    site.repair("clone what is advanced", site.suffix(origin, ".clone()"))
}

/// `iterator.bind(py).next()`.
fn is_bound_iterator(site: &Site<'_>) -> bool {
    let calls = |id, name: &str| matches!(&site.node(id).syntax, Syntax::MethodCall { method, .. } if site.text(*method) == name);
    let call = site.view.nodes.expression_at(site.place.range).filter(|id| calls(*id, "bind"));
    call.and_then(|id| site.node(id).parent).is_some_and(|parent| calls(parent, "next"))
}
