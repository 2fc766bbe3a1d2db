//! E0277, E0204, E0507, E0614: GIL Refs were references, which can be copied and dereferenced; `Bound` and `Py` are owners.

use super::imports::with_separator;
use super::site::{Site, is_name, without_path};
use super::{Concern, Repair};
use crate::compiler::{Fault, Label};
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

/// `.copied()` becomes `.cloned()`.
pub(super) fn copied(site: &Site<'_>) -> Option<Repair> {
    let (ty, bound) = site.fault().unmet()?;
    let is_copied = bound == "Copy" && is_owner(ty) && site.method_call().is_some() && site.text(site.place.range) == "copied";
    is_copied.then(|| site.repair("clone what cannot be copied", vec![Edit::replace(site.place.range, "cloned")]))?
}

/// `#[derive(Clone, Copy)]` becomes `#[derive(Clone)]` where a field is an owner now.
pub(super) fn derived(site: &Site<'_>) -> Option<Repair> {
    let of_python = site.places().any(|span| span.said == Label::FieldNotCopy && site.text(span.range).contains("Bound<"));
    let (id, definition) = site.view.nodes.ancestors(site.here()?).find(|(_, node)| matches!(node.syntax, Syntax::Definition { .. }))?;
    let derived = in_derive(site, definition.range)?;
    let repair = site.repair("do not derive `Copy`", vec![Edit::delete(with_separator(site, derived))])?;
    of_python.then(|| repair.concerning(Concern::PublicCopy, || site.is_public(id)))
}

/// `Copy` in the `#[derive(…)]` of a definition; rustc points at the name of the type.
fn in_derive(site: &Site<'_>, definition: TextRange) -> Option<TextRange> {
    let text = site.text(definition);
    let list = text.find("derive(")? + "derive(".len();
    let names = &text[list..list + text[list..].find(')')?];
    let at = names.match_indices("Copy").map(|(at, _)| at).find(|at| {
        let (before, after) = (names[..*at].trim_end(), names[at + "Copy".len()..].trim_start());
        (before.is_empty() || before.ends_with([',', ':'])) && (after.is_empty() || after.starts_with(','))
    })?;
    let start = definition.start + list + at;
    Some(TextRange::new(start, start + "Copy".len()))
}

/// `*x` of a `Bound` that was a reference to a reference.
pub(super) fn dereferenced(site: &Site<'_>) -> Option<Repair> {
    let Fault::NotDereferenced(ty) = site.fault() else { return None };
    let (range, text) = (site.place.range, site.text(site.place.range));
    let edit = match text.strip_prefix("(*").and_then(|rest| rest.strip_suffix(')')) {
        Some(name) if is_name(name) => Edit::replace(range, name),
        None if text.starts_with('*') => Edit::delete(TextRange::new(range.start, range.start + 1)),
        _ => return None,
    };
    is_owner(ty).then(|| site.repair("take the object itself", vec![edit]))?
}

/// The clone of a `Borrowed` is a `Borrowed`, which nothing can be moved out of; an owned object is meant.
pub(super) fn owned(site: &Site<'_>) -> Option<Repair> {
    let Fault::MovedOut(ty) = site.fault() else { return None };
    if !without_path(ty).starts_with("Borrowed<") {
        return None;
    }
    let (place, text) = (site.place.range, site.text(site.place.range));
    let edits = match text.strip_suffix(".clone()") {
        Some(object) => vec![Edit::replace(TextRange::new(place.start + object.len(), place.end), ".to_owned()")],
        None => site.suffix(place, ".to_owned()"),
    };
    site.repair("own the object", edits)
}

fn is_owner(ty: &str) -> bool {
    without_path(ty).starts_with("Bound<")
}
