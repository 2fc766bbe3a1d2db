//! Shapes of conversions between Rust and Python.

use std::collections::HashSet;

use super::Hit;
use super::classes::own_classes;
use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{FunctionFact, ModuleId, ParameterFact, Resolved, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::standing::fix_of;
use crate::rust::TypeRef;
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// Parameters that ask Python for a container of borrowed text: `Vec<&str>`.
pub(super) fn borrowed_containers(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    const CONTAINERS: &[&str] = &["Vec<", "HashSet<", "BTreeSet<", "HashMap<", "BTreeMap<"];
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && function.source == Source::Tree);
    let parameters = functions.flat_map(|function| function.parameters.iter().map(move |parameter| (function, parameter)));
    let concerned = parameters.filter(|(_, parameter)| {
        let written = context.slice(parameter.range);
        let text = written
            .rfind("str")
            .is_some_and(|at| written[..at].contains('&') && written[at + 3..].trim_start().starts_with(['>', ',', ')']));
        text && CONTAINERS.iter().any(|container| written.contains(container))
    });
    concerned
        .map(|(function, parameter)| Hit { fix: own_strings(context, change, function, parameter), ..Hit::at(parameter.range) })
        .collect()
}

/// Takes strings, and lets the body have what it had: a container of references to them.
fn own_strings(context: &FileContext<'_>, change: &Change, function: &FunctionFact, parameter: &ParameterFact) -> Option<Fix> {
    let (written, body) = (context.slice(parameter.range), function.body?);
    let name = parameter.name.as_ref()?;
    let arguments = |ty: &'_ str, names: &[&str]| {
        let (path, rest) = ty.split_once('<')?;
        let last = path.trim().rsplit("::").next()?;
        names.contains(&last.trim()).then(|| rest.trim_end().strip_suffix('>').map(|rest| rest.trim().to_owned()))?
    };
    let optional = arguments(written, &["Option"]);
    let text = arguments(optional.as_deref().unwrap_or(written), &["Vec", "HashSet", "BTreeSet"])?;
    // A named lifetime is one that the result may have as well.
    if text.trim_end_matches(',').split_whitespace().collect::<String>() != "&str" {
        return None;
    }
    let at = parameter.range.start + written.rfind(&text)?;
    let references = match optional {
        Some(_) => format!("{name}.as_ref().map(|{name}| {name}.iter().map(String::as_str).collect())"),
        None => format!("{name}.iter().map(String::as_str).collect()"),
    };
    let (newline, indent) = (newline_of(context.text), indent_of(context.text, function.range.start));
    let pattern = context.slice(parameter.pattern);
    let binding = format!("{newline}{indent}    let {pattern}: {written} = {references};");
    let fix = fix_of(change, "take owned strings".to_owned(), Source::Tree)?
        .edit(context.file, Edit::replace(TextRange::new(at, at + text.len()), "String"))
        .edit(context.file, Edit::insert(body.start + 1, binding));
    // The parameter itself is only read.
    Some(if pattern == name { fix } else { fix.edit(context.file, Edit::replace(parameter.pattern, name)) })
}

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
