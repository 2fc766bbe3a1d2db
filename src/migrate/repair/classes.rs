//! E0277: a class is taken by value, which it has to say since 0.28: rustc names the class and the place of its definition.

use std::path::Path;

use super::{Repair, View};
use crate::compiler::{CompilerError, Span};
use crate::text::Edit;

/// Adds `from_py_object` to the `#[pyclass]` of the type that has no `FromPyObject` any more.
pub(super) fn repair<'t>(error: &CompilerError, view: impl Fn(&Path) -> Option<View<'t>>) -> Option<Repair> {
    let is_about =
        |message: &str| message.starts_with("the trait `") && message.contains("FromPyObject<") && message.contains("not implemented for");
    let (_, definition) = error.explained.iter().find(|(message, _)| error.code.as_deref() == Some("E0277") && is_about(message))?;
    let edit = taken_by_value(view(&definition.path)?.text, definition)?;
    Some(Repair { path: definition.path.clone(), edits: vec![edit], title: "let the class be taken by value".to_owned() })
}

/// What the old macro did for every class with `Clone`; a class without it could not be taken by value before either.
fn taken_by_value(text: &str, definition: &Span) -> Option<Edit> {
    let attributes = attributes_before(text.get(..definition.range.start)?);
    let start = definition.range.start - attributes.len();
    let at = ["#[pyclass", "#[pyo3::pyclass"].iter().find_map(|written| attributes.find(written).map(|at| at + written.len()))?;
    if attributes.contains("from_py_object") {
        return None;
    }
    match attributes[at..].chars().next()? {
        '(' => Some(Edit::insert(start + at + 1, "from_py_object, ")),
        ']' => Some(Edit::insert(start + at, "(from_py_object)")),
        _ => None,
    }
}

/// The text after the item before: attributes and comments of the definition that follows.
fn attributes_before(text: &str) -> &str {
    let end = |mark: &str| text.rfind(mark).map_or(0, |at| at + mark.len());
    &text[end("}\n").max(end(";\n"))..]
}
