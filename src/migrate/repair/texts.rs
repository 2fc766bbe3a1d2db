//! E0308: a function returns the text of a Python object, which only GIL Refs lent for as long as the thread is attached.

use super::apis::class_of;
use super::site::Site;
use super::{Concern, Repair};
use crate::rust::{Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// `fn f(module: &Bound<'_, PyModule>) -> PyResult<&str> { module.name() }`: names are Python strings now, and the function owns them.
pub(super) fn returned_text(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let is_str = matches!(value_of(&expected)?, TypeRef::Reference(inner) if inner.name() == Some("str"));
    let is_object = class_of(value_of(&found)?) == Some("PyString");
    if !is_str || !is_object {
        return None;
    }
    let nodes = site.view.nodes;
    let value = site.place.range;
    let id = nodes.body_of(nodes.expression_at(value)?)?;
    let Syntax::Function(function) = &site.node(id).syntax else { return None };
    let body = function.body?;
    // The only way out: other values would be text still.
    let is_tail = nodes.inside(body).any(|(_, node)| node.range == body && node.syntax == Syntax::Block { tail: Some(value) });
    let is_left = nodes.inside(body).any(|(inner, node)| matches!(node.syntax, Syntax::Return { .. }) && nodes.body_of(inner) == Some(id));
    if !is_tail || is_left {
        return None;
    }
    let lent = lent_text(site, function.output?)?;
    let mut edits = site.suffix(value, ".and_then(|text| text.extract())");
    edits.push(Edit::replace(lent, "String"));
    let repair = site.repair("return the text of a Python string as a `String`", edits)?;
    Some(repair.concerning(Concern::PublicText, || site.is_public(id)))
}

/// `T` of `Result<T, E>`.
fn value_of(ty: &TypeRef) -> Option<&TypeRef> {
    match ty {
        TypeRef::Path { arguments, .. } if ty.name() == Some("Result") => arguments.first(),
        _ => None,
    }
}

/// The only `&str` in a written type.
fn lent_text(site: &Site<'_>, written: TextRange) -> Option<TextRange> {
    let is_lent = |text: &str| text.starts_with('&') && text.trim_start_matches('&').rsplit(' ').next() == Some("str");
    let mut lent = site.view.nodes.inside(written).map(|(_, node)| node.range).filter(|range| is_lent(site.text(*range)));
    let first = lent.next()?;
    lent.next().is_none().then_some(first)
}
