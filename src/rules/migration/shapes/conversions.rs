//! Shapes of conversions between Rust and Python.

use std::collections::HashSet;

use super::Hit;
use crate::catalog::Change;
use crate::model::{FieldFact, OwnType, Resolved, Ty};
use crate::rules::FileContext;
use crate::rust::{TypeRef, parse_type};
use crate::text::TextRange;

/// Methods of objects that convert their arguments, whole or member by member.
const TAKERS: &[&str] =
    &["add", "append", "call", "call1", "call_method", "call_method1", "contains", "del_item", "get_item", "insert", "set_item", "setattr"];

/// Places that give Python a type of the package which converts by `IntoPy` or `ToPyObject` alone.
pub(super) fn one_way_conversions(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let types = old_conversions(context);
    if types.is_empty() {
        return Vec::new();
    }
    let concerned = |ty: &Ty| ty.own_types().iter().any(|own| types.contains(own));
    let held = |module, range: TextRange| {
        let inside = context.package.crate_model.own_types_in(module, &parse_type(context.slice(range)), &[]);
        inside.iter().any(|own| types.contains(own))
    };
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable());
    let returns = functions.filter(|function| concerned(&function.returns.1) || held(function.module, function.returns.0));
    let fields = context.facts.classes.iter().filter(|class| class.is_pyclass).flat_map(|class| {
        let all = class.options.iter().any(|option| option == "get_all");
        let got = move |field: &&FieldFact| all || is_got(field);
        class.fields.iter().filter(got).filter(|field| concerned(&field.ty) || held(class.module, field.range))
    });
    let paths = context.facts.paths.iter().filter(|path| path.pyo3.as_deref().is_some_and(converts_arguments));
    let of_paths = paths.filter_map(|path| path.call.as_ref()).flat_map(|call| &call.arguments);
    let is_object = |ty: &Ty| matches!(ty, Ty::GilRef(_) | Ty::Bound(_) | Ty::Py(_));
    let calls = context.facts.calls.iter().filter(|call| TAKERS.contains(&call.name.0.as_str()) && is_object(&call.receiver.1));
    let arguments = of_paths.chain(calls.flat_map(|call| &call.arguments)).filter(|(_, ty)| concerned(ty)).map(|(range, _)| *range);
    returns.map(|function| function.returns.0).chain(fields.map(|field| field.range)).chain(arguments).map(Hit::at).collect()
}

fn is_got(field: &FieldFact) -> bool {
    field.options.iter().any(|option| option == "get")
}

/// Whether the function of PyO3 at this path converts what it is given: exceptions, collections.
fn converts_arguments(path: &str) -> bool {
    let Some((owner, name)) = path.rsplit_once("::") else { return false };
    match name {
        "new_err" => owner.starts_with("pyo3::exceptions::"),
        "new" | "new_bound" => {
            let class = owner.strip_prefix("pyo3::types::");
            matches!(class, Some("PyList" | "PyTuple" | "PySet" | "PyFrozenSet"))
        }
        _ => false,
    }
}

/// The package's types with an `impl IntoPy` or `impl ToPyObject`, and none of `IntoPyObject`.
fn old_conversions(context: &FileContext<'_>) -> HashSet<OwnType> {
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
    // Classes are converted by PyO3 itself.
    let is_converted = |(module, name): &OwnType| {
        model
            .type_named(*module, name)
            .is_some_and(|ty| ty.is_class || ty.derives.iter().any(|derived| derived.starts_with("IntoPyObject")))
    };
    old.difference(&new).filter(|own| !is_converted(own)).cloned().collect()
}
