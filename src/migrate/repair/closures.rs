//! E0631: a closure's written types, or a function that is passed on, do not take what they are called with.

use super::Repair;
use super::ownership::printed;
use super::site::{Site, is_name};
use crate::compiler::Label;
use crate::rust::{Syntax, TypeRef};
use crate::text::Edit;

/// A closure whose parameters have types.
pub(super) fn written_types(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = signatures(site)?;
    let header = site.places().find(|span| span.said == Label::FoundSignature)?.range;
    let closure = site.view.nodes.iter().find_map(|(_, node)| match &node.syntax {
        Syntax::Closure(closure) if node.range.start == header.start => Some(closure),
        _ => None,
    })?;
    let edits = closure.parameters.iter().zip(expected.iter().zip(&found)).filter_map(|(parameter, (wanted, given))| {
        let ty = parameter.ty?;
        borrowed(site.text(ty), wanted, given).map(|at| Edit::insert(ty.start + at, "&"))
    });
    site.repair("take what the closure is called with", edits.collect())
}

/// `objects.map(convert)` with a function that takes a reference, as it did before, where the objects are owned now.
pub(super) fn named_function(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = signatures(site)?;
    let ([TypeRef::Path { .. }], [TypeRef::Reference(object)]) = (expected.as_slice(), found.as_slice()) else { return None };
    let is_object = |ty: &TypeRef| ty.name() == Some("Bound");
    let function = site.view.nodes.expression_at(site.place.range)?;
    let is_named = site.node(function).syntax == Syntax::Primary && words_only(site.text(site.place.range));
    let call = format!("|object| {}(&object)", site.text(site.place.range));
    let lends = is_object(&expected[0]) && is_object(object) && is_named;
    lends.then(|| site.repair("lend the object to the function", vec![Edit::replace(site.place.range, call)]))?
}

/// The parameters that are wanted, and those that are there.
fn signatures(site: &Site<'_>) -> Option<(Vec<TypeRef>, Vec<TypeRef>)> {
    let signatures = site.error.diagnosis.signatures()?;
    Some((parameters(&signatures.expected)?, parameters(&signatures.found)?))
}

/// Whether a path is one of names, with types at most for the last: `A::f`, `f::<T>`.
fn words_only(path: &str) -> bool {
    path.split_once("::<").map_or(path, |(path, _)| path).split("::").all(is_name)
}

/// The types in `for<'a> fn(A, B) -> _`.
fn parameters(signature: &str) -> Option<Vec<TypeRef>> {
    let start = signature.find("fn(")? + "fn(".len();
    let mut depth = 0;
    let length = signature[start..].find(|c: char| {
        depth += i32::from(matches!(c, '(' | '<')) - i32::from(matches!(c, ')' | '>'));
        depth < 0
    })?;
    let TypeRef::Tuple(types) = printed(&format!("({},)", &signature[start..start + length])) else { return None };
    Some(types)
}

/// Where `&` has to go into the written type, if that is all there is to it.
fn borrowed(written: &str, wanted: &TypeRef, given: &TypeRef) -> Option<usize> {
    match (wanted, given) {
        (TypeRef::Reference(inner), given @ TypeRef::Path { .. }) if inner.name() == Some("Bound") && given.name() == Some("Bound") => {
            Some(0)
        }
        (TypeRef::Path { arguments: wanted, .. }, TypeRef::Path { arguments: given, .. }) => {
            let inner = written.find('<')? + 1;
            borrowed(&written[inner..], wanted.first()?, given.first()?).map(|at| inner + at)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(written: &str, wanted: &str, given: &str) -> Option<usize> {
        borrowed(written, &printed(wanted), &printed(given))
    }

    #[test]
    fn references_go_before_the_object() {
        assert_eq!(place("Bound<'_, PyDict>", "&'a pyo3::Bound<'b, _>", "pyo3::Bound<'_, _>"), Some(0));
        assert_eq!(place("Option<Bound<'_, PyDict>>", "Option<&'a pyo3::Bound<'b, _>>", "Option<pyo3::Bound<'_, _>>"), Some(7));
        assert_eq!(place("String", "&'a str", "String"), None);
    }

    #[test]
    fn signatures_have_parameters() {
        let signature = "for<'a, 'b> fn(&'a pyo3::Bound<'b, _>, Option<pyo3::Bound<'_, _>>) -> _";
        assert_eq!(parameters(signature).map(|types| types.len()), Some(2));
    }
}
