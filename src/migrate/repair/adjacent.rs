//! E0061: parameters that crates tied to PyO3 have added to their functions.

use super::Repair;
use super::site::Site;
use crate::rust::Syntax;
use crate::text::Edit;

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

pub(super) fn repair(site: &Site<'_>) -> Option<Repair> {
    if !site.is("E0061") {
        return None;
    }
    let here = site.here()?;
    let (_, call) = site.view.nodes.ancestors(here).find(|(_, node)| matches!(node.syntax, Syntax::Call { .. }))?;
    let Syntax::Call { function, arguments } = &call.syntax else { return None };
    if !function.contains(site.place.range) {
        return None;
    }
    let path = site.text(*function);
    let is_named = |name: &str| path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with("::"));
    let missing = |added: &&Added| format!("argument #{} of type `{}` is missing", added.before + 1, added.ty);
    let added = ADDED.iter().find(|added| {
        added.before == arguments.len()
            && added.functions.iter().any(|name| is_named(name))
            && site.places().any(|span| span.label == missing(added))
    })?;
    let end = arguments.last()?.end;
    site.repair(format!("pass `{}`", added.argument), vec![Edit::insert(end, format!(", {}", added.argument))])
}
