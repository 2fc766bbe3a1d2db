//! Shapes of conversions between Rust and Python.

use std::collections::HashSet;

use super::Hit;
use super::classes::own_classes;
use crate::catalog::Change;
use crate::model::{ModuleId, Resolved, Ty};
use crate::rules::FileContext;
use crate::rust::TypeRef;

/// Places that give Python a type of the package which converts by `IntoPy` or `ToPyObject` alone.
pub(super) fn one_way_conversions(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let types = old_conversions(context);
    if types.is_empty() {
        return Vec::new();
    }
    let concerned = |ty: &Ty| own_classes(ty).iter().any(|(module, name)| types.contains(&(*module, (*name).to_owned())));
    let returns = context.facts.functions.iter().filter(|function| function.is_python_callable() && concerned(&function.returns.1));
    let raised = context
        .facts
        .paths
        .iter()
        .filter(|path| path.pyo3.as_ref().is_some_and(|path| path.starts_with("pyo3::exceptions::") && path.ends_with("::new_err")));
    let arguments = raised.filter_map(|path| path.call.as_ref()).flat_map(|call| &call.arguments).filter(|(_, ty)| concerned(ty));
    returns.map(|function| function.returns.0).chain(arguments.map(|(range, _)| *range)).map(Hit::at).collect()
}

/// The package's types with an `impl IntoPy` or `impl ToPyObject`, and none of `IntoPyObject`.
fn old_conversions(context: &FileContext<'_>) -> HashSet<(ModuleId, String)> {
    let model = context.package.crate_model;
    let (mut old, mut new) = (HashSet::new(), HashSet::new());
    for (module, of_trait, ty) in model.implementations() {
        let TypeRef::Path { segments, .. } = of_trait else { continue };
        let Resolved::Pyo3(path) = model.resolve(module, segments, false, &[]) else { continue };
        let Ty::Own(home, name) = model.ty(module, ty, &[], &[]) else { continue };
        match path.rsplit("::").next() {
            Some("IntoPy" | "ToPyObject") => old.insert((home, name)),
            Some("IntoPyObject") => new.insert((home, name)),
            _ => false,
        };
    }
    old.difference(&new).cloned().collect()
}
