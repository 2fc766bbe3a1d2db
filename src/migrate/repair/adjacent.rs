//! What crates tied to PyO3 have added to their functions, and what they have taken out.

use super::Repair;
use super::site::Site;
use crate::compiler::Label;
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

/// A parameter that a function has got at its end.
struct Added {
    /// The functions with it, as calls end.
    functions: &'static [&'static str],
    /// How many arguments they took before.
    before: usize,
    /// The type of the new parameter.
    ty: &'static str,
    /// What keeps the call's meaning.
    argument: &'static str,
}

const ADDED: &[Added] = &[
    // pyo3-file 0.8 can ask for `fileno()`, too; the releases before never did.
    Added {
        functions: &["PyFileLikeObject::with_requirements", "PyFileLikeObject::py_with_requirements"],
        before: 4,
        ty: "bool",
        argument: "false",
    },
];

/// `array.readonly().iter()?`: numpy's iterators gave references to the elements in order, as those of ndarray do.
pub(super) fn iterator_of_array(site: &Site<'_>) -> Option<Repair> {
    let of_array = site.fault().missing().is_some_and(|(method, ty)| method == "iter" && ty.starts_with("PyReadonlyArray<"));
    let (call, _) = site.method_call().filter(|_| of_array)?;
    let tried = site.node(site.node(call).parent?);
    let is_tried = matches!(tried.syntax, Syntax::Try { .. });
    let view = Edit::replace(TextRange::new(site.place.range.start, tried.range.end), "as_array().iter()");
    is_tried.then(|| site.repair("iterate over a view of the array", vec![view]))?
}

/// A call without an argument that the function takes now.
pub(super) fn added(site: &Site<'_>) -> Option<Repair> {
    let (_, function, arguments) = site.call()?;
    if !function.contains(site.place.range) {
        return None;
    }
    let path = site.text(function);
    let is_named = |name: &str| path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with("::"));
    let is_missing = |added: &&Added| {
        site.places().any(|span| matches!(&span.said, Label::Missing { number, ty } if *number == added.before + 1 && ty == added.ty))
    };
    let added = ADDED
        .iter()
        .find(|added| added.before == arguments.len() && added.functions.iter().any(|name| is_named(name)) && is_missing(added))?;
    let end = arguments.last()?.end;
    site.repair(format!("pass `{}`", added.argument), vec![Edit::insert(end, format!(", {}", added.argument))])
}
