//! Attributes that moved to another item, or became a name or a path.

use super::Hit;
use super::signatures::insert_attribute;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{AttributeFact, AttributeOption, ClassFact, FunctionFact, Host, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::attributes::remove_option;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::rust::string_value;
use crate::text::{Edit, with_line};

/// `text_signature` on a class, which belongs to its constructor.
pub(super) fn class_text_signatures(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let on_class = |attribute: &&AttributeFact| {
        attribute.host == Host::Class
            && matches!(attribute.name.as_str(), "pyclass" | "pyo3")
            && attribute.siblings.iter().any(|name| name == "pyclass")
    };
    let hit = |attribute: &AttributeFact| {
        let option = attribute.options.iter().find(|option| option.name == "text_signature")?;
        let mut hit = Hit::at(option.range);
        hit.fix = move_to_constructor(context, change, attribute, option);
        Some(hit)
    };
    context.facts.attributes.iter().filter(on_class).filter_map(hit).collect()
}

fn move_to_constructor(context: &FileContext<'_>, change: &Change, attribute: &AttributeFact, option: &AttributeOption) -> Option<Fix> {
    let following = context.facts.classes.iter().filter(|class| class.name.1.start >= attribute.range.end);
    let class = following.min_by_key(|class| class.name.1.start)?;
    let constructor = constructor_of(context, class);
    let title = if constructor.is_some() { "move it to the constructor" } else { "remove `text_signature`" };
    let alone = attribute.name == "pyo3" && attribute.options.len() == 1 && !attribute.conditional;
    let removal =
        if alone { Edit::delete(with_line(context.text, attribute.range)) } else { remove_option(context.text, attribute, option)? };
    let fix = fix_of(change, title.to_owned(), Source::Tree)?.edit(context.file, removal);
    Some(match constructor.filter(|constructor| !constructor.options.iter().any(|option| option == "text_signature")) {
        Some(constructor) => {
            let text = format!("#[pyo3({})]", context.slice(option.range));
            fix.edit(context.file, insert_attribute(context.text, constructor, &text))
        }
        None => fix,
    })
}

/// The `#[new]` function of a class, if this file has it.
fn constructor_of<'a>(context: &'a FileContext<'_>, class: &ClassFact) -> Option<&'a FunctionFact> {
    context.facts.functions.iter().find(|function| {
        let of_class = function.block.is_some_and(
            |block| matches!(&context.facts.blocks[block].of, Ty::Own(module, name) if *module == class.module && *name == class.name.0),
        );
        of_class && (function.has_attribute("new") || function.has_attribute("__new__"))
    })
}

/// `#[call]`: the method is `__call__` for Python, whatever Rust calls it.
pub(super) fn call_attributes(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let found = context.facts.attributes.iter().filter(|attribute| {
        matches!(attribute.name.as_str(), "call" | "__call__") && attribute.block_attributes.iter().any(|name| name == "pymethods")
    });
    let hit = |attribute: &AttributeFact| {
        let mut hit = Hit::at(attribute.range);
        hit.fix = name_as_call(context, change, attribute);
        hit
    };
    found.map(hit).collect()
}

fn name_as_call(context: &FileContext<'_>, change: &Change, attribute: &AttributeFact) -> Option<Fix> {
    let index = attribute.function?;
    let function = context.facts.functions.get(index)?;
    let fix = fix_of(change, "name the method `__call__`".to_owned(), Source::Tree)?;
    let edit = match (function.name.0.as_str(), attribute.conditional) {
        ("__call__", true) => return None,
        ("__call__", false) => Edit::delete(with_line(context.text, attribute.range)),
        // Rust callers keep the name that they know.
        (_, true) => Edit::replace(attribute.range, "pyo3(name = \"__call__\")"),
        (_, false) => Edit::replace(attribute.range, "#[pyo3(name = \"__call__\")]"),
    };
    let fix = fix.edit(context.file, edit);
    // A special method other than the constructor takes no text of its own.
    let texts = context.facts.attributes.iter().filter(|other| other.function == Some(index) && other.name == "text_signature");
    Some(texts.fold(fix, |fix, text| fix.edit(context.file, Edit::delete(with_line(context.text, text.range)))))
}

/// `from_py_with = "convert"`: a path in quotes.
pub(super) fn quoted_converters(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let options = context.facts.attributes.iter().filter(|attribute| attribute.name == "pyo3").flat_map(|attribute| &attribute.options);
    let hit = |option: &AttributeOption| {
        let value = option.value.as_ref().filter(|value| option.name == "from_py_with" && value.is_string)?;
        let path = string_value(context.slice(value.range))?;
        let mut hit = Hit::at(option.range);
        // Methods of GIL Refs became methods of `Bound`, by a trait.
        let (path, import) = match path.strip_prefix("PyAny::").or_else(|| path.strip_prefix("pyo3::PyAny::")) {
            Some(method) => (format!("{}::<'_, {}>::{method}", as_seen("pyo3::Bound", context), as_seen("pyo3::PyAny", context)), true),
            None => (path, false),
        };
        hit.fix = fix_of(change, format!("write `from_py_with = {path}`"), Source::Tree).map(|fix| {
            let fix = fix.edit(context.file, Edit::replace(value.range, path));
            let request =
                || ImportEdit::Add { file: context.file, at: value.range.start, path: as_seen("pyo3::types::PyAnyMethods", context) };
            if import { fix.import(request()) } else { fix }
        });
        Some(hit)
    };
    options.filter_map(hit).collect()
}
