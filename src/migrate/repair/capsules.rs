//! Capsules: their names are C strings that live as long as the program, and are compared when the pointer is taken.

use super::Repair;
use super::site::{Site, is_place, words};
use crate::compiler::Fault;
use crate::rust::{NodeId, Syntax};
use crate::text::{Edit, TextRange, with_line};

/// `PyCapsule::new(py, value, Some(name))` where `name` was made of a literal.
pub(super) fn named(site: &Site<'_>) -> Option<Repair> {
    let Fault::Deprecated(path) = site.fault() else { return None };
    let new = match path.as_str() {
        "pyo3::types::PyCapsule::new" => "new_with_value",
        "pyo3::types::PyCapsule::new_with_destructor" => "new_with_value_and_destructor",
        _ => return None,
    };
    let here = site.here()?;
    let (_, _, arguments) = site.call()?;
    let argument = *arguments.get(2)?;
    let name = site.text(argument).strip_prefix("Some(")?.strip_suffix(')')?.trim();
    let mut edits = vec![Edit::replace(site.place.range, new)];
    if let Some(literal) = literal_of(name) {
        edits.push(Edit::replace(argument, format!("c{literal}")));
    } else {
        let (made, literal) = variable(site, here, name)?;
        edits.push(Edit::replace(argument, format!("c{literal}")));
        edits.push(Edit::delete(with_line(site.view.text, made)));
    }
    site.repair(format!("call `{new}`"), edits)
}

/// The literal in `CString::new("…").unwrap()` and its like.
fn literal_of(made: &str) -> Option<&str> {
    let (path, rest) = made.split_once('(')?;
    let (literal, after) = rest.split_once("\")").map(|(literal, after)| (&rest[..=literal.len()], after))?;
    let is_literal = literal.starts_with('"') && !literal[1..literal.len() - 1].contains(['"', '\\']);
    let is_taken = after == "?" || after == ".unwrap()" || after.starts_with(".expect(");
    ((path == "CString::new" || path.ends_with("::CString::new")) && is_literal && is_taken).then_some(literal)
}

/// The `let` that made this variable of a literal, if it is used nowhere else.
fn variable<'t>(site: &Site<'t>, here: NodeId, name: &str) -> Option<(TextRange, &'t str)> {
    let body = site.view.nodes.function_of(here)?.body?;
    let (range, value) = site.view.nodes.inside(body).find_map(|(_, node)| match &node.syntax {
        Syntax::Let { pattern, value, .. } if site.text(*pattern) == name => Some((node.range, (*value)?)),
        _ => None,
    })?;
    (words(site.text(body)).filter(|word| *word == name).count() == 2).then(|| Some((range, literal_of(site.text(value))?)))?
}

/// `capsule.reference::<T>()`: the pointer is asked for under the name that the capsule has.
pub(super) fn reference(site: &Site<'_>) -> Option<Repair> {
    let (method, ty) = site.fault().missing()?;
    if method != "reference" || !ty.contains("PyCapsule>") {
        return None;
    }
    let (call, receiver) = site.method_call()?;
    let capsule = site.text(receiver);
    let Syntax::MethodCall { generics, .. } = &site.node(call).syntax else { return None };
    // The capsule is named twice.
    if !is_place(capsule) {
        return None;
    }
    let cast = generics.map_or("cast()".to_owned(), |generics| format!("cast{}()", site.text(generics)));
    let text = format!(".pointer_checked({capsule}.name()?.map(|name| name.as_cstr()))?.{cast}.as_ref()");
    let old = TextRange::new(receiver.end, site.node(call).range.end);
    site.repair("take the pointer under the capsule's own name", vec![Edit::replace(old, text)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_made_of_literals_are_seen() {
        assert_eq!(literal_of("CString::new(\"a.b\")?"), Some("\"a.b\""));
        assert_eq!(literal_of("std::ffi::CString::new(\"a\").unwrap()"), Some("\"a\""));
        assert_eq!(literal_of("CString::new(name)?"), None);
        assert_eq!(literal_of("CString::new(\"a\").map(f)"), None);
        assert_eq!(literal_of("OsString::new(\"a\")?"), None);
    }
}
