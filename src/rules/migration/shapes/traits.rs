//! Methods of `Bound` whose traits are not in scope.

use super::Hit;
use crate::catalog::{Change, Era, method_signature, symbols};
use crate::diagnostic::ImportEdit;
use crate::model::{MethodCall, ModuleId, Resolved, Source, Ty};
use crate::release::Release;
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;

/// The first release that has `Bound`: in code for it, the compiler has seen to it that traits are in scope, but for what a macro brought.
const WITH_BOUND: Release = Release::new(21);

/// Methods that rust-numpy's arrays share whatever their elements are.
const UNTYPED_ARRAY: &[&str] =
    &["shape", "ndim", "strides", "len", "is_empty", "dtype", "is_contiguous", "is_fortran_contiguous", "is_c_contiguous"];

/// Methods of `Bound` in a module that does not import their trait.
pub(super) fn methods_without_trait(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let is_old = context.package.package.pyo3.release.is_some_and(|release| release < WITH_BOUND);
    let hit = |call: &MethodCall| {
        let class = match &call.receiver.1 {
            Ty::Bound(class) => class,
            // Python's methods of the same names are found without an import, and mean something else: `len` is the first dimension.
            Ty::GilRef(class) if is_array(class) => class,
            _ => return None,
        };
        let function = call.function.and_then(|index| context.facts.functions.get(index));
        let by_macro = class == "PyModule" && function.is_some_and(|function| function.has_attribute("pymodule"));
        let path = trait_of(class, &call.name.0).filter(|_| call.source == Source::Tree && (is_old || by_macro))?;
        let name = path.rsplit("::").next()?;
        if in_scope(context, call.module, &path) {
            return None;
        }
        let add = ImportEdit::Add { file: context.file, at: call.range.start, path: as_seen(&path, context) };
        let mut hit = Hit::at(call.name.1);
        hit.fix = fix_of(change, format!("import `{name}`"), Source::Tree).map(|fix| fix.import(add));
        Some(hit)
    };
    context.facts.calls.iter().filter_map(hit).collect()
}

/// The trait that gives `Bound<class>` this method; `None` for methods of its own.
fn trait_of(class: &str, method: &str) -> Option<String> {
    if is_array(class) {
        return match UNTYPED_ARRAY.contains(&method) {
            true => Some("numpy::PyUntypedArrayMethods".to_owned()),
            false => class.starts_with("PyArray").then(|| "numpy::PyArrayMethods".to_owned()),
        };
    }
    let has_method = |class: &&str| method_signature(Era::Bound, class, method).is_some_and(|signature| signature.has_receiver);
    let of_bound = has_method(&"Bound");
    let owner = [class, "PyAny"].into_iter().find(|class| has_method(class) && !of_bound)?;
    let path = format!("pyo3::types::{owner}Methods");
    symbols().contains(&path).then_some(path)
}

/// Whether it is a class of rust-numpy's arrays, or of their guards.
fn is_array(class: &str) -> bool {
    ["PyArray", "PyReadonlyArray", "PyReadwriteArray"].into_iter().any(|start| class.starts_with(start)) && class != "PyArrayDescr"
}

/// Whether `module` imports the trait at `path`, by its name or with others of its crate.
fn in_scope(context: &FileContext<'_>, module: ModuleId, path: &str) -> bool {
    let (root, name) = (path.split("::").next().unwrap_or_default(), path.rsplit("::").next().unwrap_or_default());
    let model = context.package.crate_model;
    let is_known = matches!(model.resolve(module, &[name.to_owned()], false, &[]), Resolved::Pyo3(_) | Resolved::External(_));
    let prelude = format!("{root}::prelude::*");
    let imported = || {
        context.facts.paths.iter().filter(|path| path.module == module).any(|path| {
            let spelled = path.spelled.as_deref().or(path.external.as_deref()).unwrap_or_default();
            spelled == prelude || spelled.rsplit("::").next() == Some(name)
        })
    };
    is_known || model.has_glob_of(module, root) || imported()
}
