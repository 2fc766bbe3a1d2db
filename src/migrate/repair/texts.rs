//! E0308, E0277: a function returns the text of a Python object, which only GIL Refs lent for as long as the thread is attached.

use super::apis::class_of;
use super::site::Site;
use super::{Concern, Repair};
use crate::rust::{NodeId, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// `fn f(module: &Bound<'_, PyModule>) -> PyResult<&str> { module.name() }`: names are Python strings now, and the function owns them.
pub(super) fn returned_text(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let is_str = matches!(value_of(&expected)?, TypeRef::Reference(inner) if inner.name() == Some("str"));
    let is_object = class_of(value_of(&found)?) == Some("PyString");
    if !is_str || !is_object {
        return None;
    }
    let value = site.place.range;
    let mut edits = site.suffix(value, ".and_then(|text| text.extract())");
    let (function, lent) = only_text_returned(site, value)?;
    edits.push(Edit::replace(lent, "String"));
    let repair = site.repair("return the text of a Python string as a `String`", edits)?;
    Some(repair.concerning(Concern::PublicText, || site.is_public(function)))
}

/// `fn f(object: &Bound<'_, PyAny>) -> PyResult<&str> { object.extract() }`: the stable ABI of Pythons before 3.10 lends no text.
pub(super) fn extracted_text(site: &Site<'_>) -> Option<Repair> {
    let (call, _) = site.method_call().filter(|_| site.text(site.place.range) == "extract")?;
    let is_lent = site.fault().unmet().is_some_and(|(ty, of_trait)| ty == "&str" && of_trait.contains("FromPyObject<"));
    let Syntax::MethodCall { generics: None, .. } = site.node(call).syntax else { return None };
    let (function, lent) = only_text_returned(site, site.node(call).range).filter(|_| is_lent)?;
    let repair = site.repair("return the text of a Python string as a `String`", vec![Edit::replace(lent, "String")])?;
    Some(repair.concerning(Concern::PublicText, || site.is_public(function)))
}

/// The function around a value and the `&str` in what it returns, if the value is the only way out: others would be text still.
fn only_text_returned(site: &Site<'_>, value: TextRange) -> Option<(NodeId, TextRange)> {
    let nodes = site.view.nodes;
    let id = nodes.body_of(nodes.expression_at(value)?)?;
    let Syntax::Function(function) = &site.node(id).syntax else { return None };
    let body = function.body?;
    let is_tail = nodes.inside(body).any(|(_, node)| node.range == body && node.syntax == Syntax::Block { tail: Some(value) });
    let is_left = nodes.inside(body).any(|(inner, node)| matches!(node.syntax, Syntax::Return { .. }) && nodes.body_of(inner) == Some(id));
    if !is_tail || is_left {
        return None;
    }
    Some((id, lent_text(site, function.output?)?))
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
