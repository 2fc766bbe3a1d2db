//! Fields that Python reads, and getters that are written in the place of the option `get`.

use super::has_option;
use crate::diagnostic::Fix;
use crate::model::{AttributeFact, Block, ClassFact, FieldFact, Host, Source, Ty};
use crate::rules::FileContext;
use crate::rust::TypeRef;
use crate::text::{Edit, indent_of, newline_of, with_line};

/// The fields of classes that Python reads.
pub(super) fn readable_fields<'c>(context: &'c FileContext<'_>) -> impl Iterator<Item = (&'c ClassFact, &'c FieldFact)> {
    context.facts.classes.iter().filter(|class| class.is_pyclass).flat_map(|class| {
        let all = has_option(class, &["get_all"]);
        class.fields.iter().filter(move |field| all || field.options.iter().any(|option| option == "get")).map(move |field| (class, field))
    })
}

/// A getter as it is to be written.
pub(super) struct Getter<'a> {
    /// What stands between its parentheses.
    pub(super) parameters: &'a str,
    pub(super) returns: &'a str,
    /// The expression in its body.
    pub(super) value: &'a str,
}

impl Getter<'_> {
    /// Writes the getter at the end of the `#[pymethods]` of the class, which it answers as well, and removes the option `get`.
    pub(super) fn in_place_of_get<'c>(
        &self,
        context: &'c FileContext<'_>,
        class: &ClassFact,
        field: &FieldFact,
        fix: Fix,
    ) -> Option<(&'c Block, Fix)> {
        let Self { parameters, returns, value } = self;
        let removed = remove_get(context, class, field)?;
        let getter = free_name(context, class, field)?;
        let block = context.facts.blocks.iter().find(|block| {
            let is_of = matches!(&block.of, Ty::Own(module, name) if *module == class.module && *name == class.name.0);
            is_of && block.source == Source::Tree && block.attributes.iter().any(|name| name == "pymethods")
        })?;
        let newline = newline_of(context.text);
        let lines = ["#[getter]".to_owned(), format!("fn {getter}({parameters}) -> {returns} {{"), format!("    {value}"), "}".to_owned()];
        let indent = format!("{}    ", indent_of(context.text, block.range.end - 1));
        let method: String = lines.iter().map(|line| format!("{newline}{indent}{line}")).collect();
        let end = block.inside.start + context.slice(block.inside).trim_end().len();
        let separator = if end == block.inside.start { "" } else { newline };
        let fix = fix.edit(context.file, removed).edit(context.file, Edit::insert(end, format!("{separator}{method}")));
        Some((block, fix))
    }
}

/// The edit that removes `get` from the `#[pyo3(get, set)]` of a field; `None` where more options are there, or others' attributes.
fn remove_get(context: &FileContext<'_>, class: &ClassFact, field: &FieldFact) -> Option<Edit> {
    if field.options.iter().any(|option| !matches!(option.as_str(), "get" | "set")) {
        return None;
    }
    let attribute = attribute_of(context, class, field)?;
    let others: Vec<&str> =
        attribute.options.iter().filter(|option| option.name != "get").map(|option| context.slice(option.range)).collect();
    Some(if others.is_empty() {
        Edit::delete(with_line(context.text, attribute.range))
    } else {
        Edit::replace(attribute.arguments?, others.join(", "))
    })
}

/// A name for the getter that the class has no method of, and under which Python still sees the name of the field.
fn free_name(context: &FileContext<'_>, class: &ClassFact, field: &FieldFact) -> Option<String> {
    let name = &field.name;
    let taken = |name: &str| {
        let mut methods = context.package.crate_model.functions_named(name);
        methods.any(|(_, method)| method.owner.as_ref().and_then(TypeRef::name) == Some(&class.name.0))
    };
    [name.clone(), format!("get_{name}")].into_iter().find(|name| !taken(name))
}

/// The `#[pyo3(…)]` of a field.
fn attribute_of<'c>(context: &'c FileContext<'_>, class: &ClassFact, field: &FieldFact) -> Option<&'c AttributeFact> {
    let before = |place: usize| place <= field.range.start;
    let start = class.fields.iter().map(|other| other.range.end).filter(|end| before(*end)).max().unwrap_or(class.name.1.end);
    let on_field = |found: &&AttributeFact| found.host == Host::Field && found.range.start >= start && before(found.range.end);
    let mut own = context.facts.attributes.iter().filter(on_field).filter(|found| found.name == "pyo3" && !found.conditional);
    let only = own.next()?;
    own.next().is_none().then_some(only)
}
