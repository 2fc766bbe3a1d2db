//! Shapes of module functions, and of attributes with arguments of an old form.

use super::Hit;
use super::signatures::old_arguments;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{AttributeFact, FunctionFact, Host, PathUse, PathUsePosition, Source};
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::rust::is_variable;
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// `#[pyfn(m, "name")]`.
pub(super) fn named_pyfns(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let found = context.facts.attributes.iter().filter(|attribute| attribute.name == "pyfn");
    let hit = |attribute: &AttributeFact| {
        let [module, name, rest @ ..] = attribute.options.as_slice() else { return None };
        if !name.is_literal || attribute.conditional {
            return None;
        }
        let mut hit = Hit::at(attribute.range);
        let (module, written) = (context.slice(module.range), context.slice(name.range));
        if rest.is_empty() {
            let indent = indent_of(context.text, attribute.range.start);
            let text = format!("#[pyfn({module})]{}{indent}#[pyo3(name = {written})]", newline_of(context.text));
            hit.fix = fix_of(change, format!("write `#[pyo3(name = {written})]`"), Source::Tree)
                .map(|fix| fix.edit(context.file, Edit::replace(attribute.range, text)));
        }
        Some(hit)
    };
    found.filter_map(hit).collect()
}

/// `#[pyfn(m)]`: a `#[pyfunction]` that the module function adds by itself.
pub(super) fn module_members(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let hit = |attribute: &AttributeFact| {
        let mut hit = Hit::at(attribute.range);
        hit.fix = add_member(context, change, attribute);
        hit
    };
    context.facts.attributes.iter().filter(|attribute| attribute.name == "pyfn").map(hit).collect()
}

fn add_member(context: &FileContext<'_>, change: &Change, attribute: &AttributeFact) -> Option<Fix> {
    let [module, options @ ..] = attribute.options.as_slice() else { return None };
    // Older forms of the options have rows of their own, which come first.
    let is_old = !old_arguments(attribute).is_empty() || options.iter().any(|option| option.is_literal);
    let function = context.facts.functions.get(attribute.function?)?;
    let around = context
        .facts
        .functions
        .iter()
        .find(|other| other.has_attribute("pymodule") && other.body.is_some_and(|body| body.cover(function.range) == body));
    if is_old || attribute.conditional || !around.is_some_and(|around| around.returns_text.contains("Result")) {
        return None;
    }
    let (indent, newline) = (indent_of(context.text, attribute.range.start), newline_of(context.text));
    let further = match options {
        [] => String::new(),
        [first, ..] => {
            let last = options.last().unwrap_or(first);
            format!("{newline}{indent}#[pyo3({})]", context.slice(first.range.cover(last.range)))
        }
    };
    let (module, name) = (context.slice(module.range), &function.name.0);
    let call = format!("{newline}{indent}{module}.add_function(wrap_pyfunction!({name}, {module})?)?;");
    let import = |path: &str| ImportEdit::Add { file: context.file, at: attribute.range.start, path: as_seen(path, context) };
    let fix = fix_of(change, "add a `#[pyfunction]`".to_owned(), Source::Tree)?
        .edit(context.file, Edit::replace(attribute.range, format!("#[pyfunction]{further}")))
        .edit(context.file, Edit::insert(function.range.end, call));
    Some(fix.import(import("pyo3::pyfunction")).import(import("pyo3::wrap_pyfunction")))
}

/// `#[pymodule(name)]`.
pub(super) fn named_modules(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    const OPTIONS: &[&str] = &["name", "crate", "module", "submodule", "gil_used"];
    let found = context.facts.attributes.iter().filter(|attribute| attribute.name == "pymodule" && attribute.host == Host::Function);
    let hit = |attribute: &AttributeFact| {
        let [option] = attribute.options.as_slice() else { return None };
        if option.value.is_some()
            || option.is_literal
            || is_variable(&option.name)
            || OPTIONS.contains(&option.name.as_str())
            || attribute.conditional
        {
            return None;
        }
        let mut hit = Hit::at(attribute.range);
        let indent = indent_of(context.text, attribute.range.start);
        let text = format!("#[pymodule]{}{indent}#[pyo3(name = \"{}\")]", newline_of(context.text), option.name);
        hit.fix = fix_of(change, format!("write `#[pyo3(name = \"{}\")]`", option.name), Source::Tree)
            .map(|fix| fix.edit(context.file, Edit::replace(attribute.range, text)));
        Some(hit)
    };
    found.filter_map(hit).collect()
}

/// `#[pyclass(name = Name)]`.
pub(super) fn unquoted_names(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let found = context.facts.attributes.iter().filter(|attribute| attribute.name == "pyclass");
    let options = found.flat_map(|attribute| attribute.options.iter()).filter(|option| option.name == "name");
    let hit = |option: &crate::model::AttributeOption| {
        let value = option.value.as_ref().filter(|value| value.is_path && !value.is_string)?;
        let written = context.slice(value.range);
        let mut hit = Hit::at(option.range);
        hit.fix = fix_of(change, format!("write `name = \"{written}\"`"), Source::Tree)
            .map(|fix| fix.edit(context.file, Edit::replace(value.range, format!("\"{written}\""))));
        Some(hit)
    };
    options.filter_map(hit).collect()
}

/// A path into a crate that has the name of a module function, or of a `#[pyfunction]`, of the same module.
pub(super) fn clashing_modules(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let is_module = |function: &&FunctionFact| function.has_attribute("pymodule") || function.has_attribute("pyfunction");
    let functions: Vec<&FunctionFact> = context.facts.functions.iter().filter(is_module).collect();
    let mut hits: Vec<Hit> = Vec::new();
    for path in context.facts.paths.iter().filter(|path| path.source == Source::Tree) {
        let Some((place, name)) = start_of_crate(path).map(|place| (place, context.slice(place))) else { continue };
        let Some(function) = functions.iter().find(|function| function.name.0 == name && function.module == path.module) else { continue };
        let is_of_crate = path.external.as_ref().is_some_and(|path| path.split("::").next() == Some(name));
        // In a group of its own: `use {a::b, c}`.
        let is_absolute = context.before(place.start).next() == Some("::");
        if !is_of_crate || is_absolute || hits.iter().any(|hit| hit.range == place) {
            continue;
        }
        let fix = fix_of(change, format!("write `::{name}`"), Source::Tree);
        let fix = fix.map(|fix| fix.edit(context.file, Edit::insert(place.start, "::")));
        let what = if function.has_attribute("pymodule") { "the module function" } else { "the function" };
        hits.push(Hit { range: place, also: Some((function.name.1, what.to_owned())), fix });
    }
    hits
}

/// Where a path of several segments begins.
fn start_of_crate(path: &PathUse) -> Option<TextRange> {
    match path.position {
        PathUsePosition::Import { .. } => path.root,
        _ => path.segments.first().filter(|_| path.segments.len() > 1).map(|(_, place)| *place),
    }
}

/// `add_submodule` with a module whose name is a path: `a.b`.
pub(super) fn dotted_submodules(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let dotted = context.facts.submodules.iter().filter(|module| module.name.contains('.'));
    dotted.map(|module| Hit::at(module.place)).collect()
}

/// `#[getter(type)]`: a keyword as the name of a property.
pub(super) fn keyword_properties(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    const KEYWORDS: &[&str] =
        &["type", "match", "in", "for", "if", "else", "while", "return", "break", "continue", "as", "where", "use", "mod", "fn"];
    let found = context.facts.attributes.iter().filter(|attribute| matches!(attribute.name.as_str(), "getter" | "setter"));
    let options = found.flat_map(|attribute| attribute.options.iter()).filter(|option| KEYWORDS.contains(&option.name.as_str()));
    let hit = |option: &crate::model::AttributeOption| {
        let raw = format!("r#{}", option.name);
        let mut hit = Hit::at(option.range);
        hit.fix =
            fix_of(change, format!("write `{raw}`"), Source::Tree).map(|fix| fix.edit(context.file, Edit::replace(option.range, raw)));
        hit
    };
    options.map(hit).collect()
}
