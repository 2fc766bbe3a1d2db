//! E0277: options that a `#[pyclass]` needs now: it is taken by value, or it is not `Sync`. rustc points at the class.

use std::path::Path;

use super::{Repair, View};
use crate::compiler::{CompilerError, Span};
use crate::text::Edit;

/// The attribute.
const NAME: &str = "pyclass";

/// Adds the option to the `#[pyclass]` that the error is about.
pub(super) fn repair<'t>(error: &CompilerError, view: impl Fn(&Path) -> Option<View<'t>>) -> Option<Repair> {
    if error.code.as_deref() != Some("E0277") {
        return None;
    }
    let (class, option, title) = taken_by_value(error).or_else(|| unshared(error))?;
    let edit = with_option(view(&class.path)?.text, class, option)?;
    Some(Repair { path: class.path.clone(), edits: vec![edit], title: title.to_owned() })
}

/// The type has no `FromPyObject` any more. The old macro made one for every class with `Clone`; a class without it could not be taken by
/// value before either.
fn taken_by_value(error: &CompilerError) -> Option<(&Span, &'static str, &'static str)> {
    let is_about =
        |message: &str| message.starts_with("the trait `") && message.contains("FromPyObject<") && message.contains("not implemented for");
    let (_, class) = error.explained.iter().find(|(message, _)| is_about(message))?;
    Some((class, "from_py_object", "let the class be taken by value"))
}

/// A class has to be `Sync` since 0.23, or say that it stays on its thread. rustc sees what is inside of other types, and which traits
/// `dyn` stands for.
fn unshared(error: &CompilerError) -> Option<(&Span, &'static str, &'static str)> {
    let is_asserted = error.notes.iter().any(|note| note.contains("pyclass::assertions::assert_pyclass_s"));
    let class = error.spans.first().filter(|_| is_asserted && error.message.ends_with(" cannot be shared between threads safely"))?;
    Some((
        class,
        "unsendable",
        "let the class stay on its thread, as it is not `Sync`: an object that is used on another one raises an exception",
    ))
}

/// Adds an option to the attribute before a definition.
fn with_option(text: &str, definition: &Span, option: &str) -> Option<Edit> {
    let attributes = attributes_before(text.get(..definition.range.start)?);
    let start = definition.range.start - attributes.len();
    // On its own, or as what a `cfg_attr` brings.
    let stands = |at: usize| {
        let (before, after) = (&attributes[..at], &attributes[at + NAME.len()..]);
        before.trim_end().ends_with(['[', ',', '(', ':']) && after.trim_start().starts_with(['(', ']', ',', ')'])
    };
    let at = attributes.match_indices(NAME).map(|(at, _)| at).find(|at| stands(*at))? + NAME.len();
    if attributes.contains(option) {
        return None;
    }
    match attributes[at..].chars().next()? {
        '(' => Some(Edit::insert(start + at + 1, format!("{option}, "))),
        _ => Some(Edit::insert(start + at, format!("({option})"))),
    }
}

/// The text after the item before: attributes and comments of the definition that follows.
fn attributes_before(text: &str) -> &str {
    let end = |mark: &str| text.rfind(mark).map_or(0, |at| at + mark.len());
    &text[end("}\n").max(end(";\n")).max(end("{\n"))..]
}
