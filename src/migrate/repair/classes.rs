//! E0277: options that a `#[pyclass]` needs now: it is taken by value, or it is not `Sync`. rustc points at the class.

use super::Repair;
use super::site::Site;
use crate::compiler::{Note, Span};
use crate::text::Edit;

/// The attribute.
const NAME: &str = "pyclass";

/// The type has no `FromPyObject` any more. The old macro made one for every class with `Clone`; a class without it could not be taken by
/// value before either.
pub(super) fn taken_by_value(site: &Site<'_>) -> Option<Repair> {
    let is_about = |note: &Note| matches!(note, Note::NotImplemented { of_trait, .. } if of_trait.contains("FromPyObject<"));
    let (_, class) = site.error.diagnosis.explained.iter().find(|(note, _)| is_about(note))?;
    opt_in(site, class, "from_py_object", "let the class be taken by value")
}

/// A class has to be `Sync` since 0.23, or say that it stays on its thread. rustc sees what is inside of other types, and which traits
/// `dyn` stands for.
pub(super) fn unshared(site: &Site<'_>) -> Option<Repair> {
    let is_asserted = site.error.diagnosis.noted().any(|name| name.contains("pyclass::assertions::assert_pyclass_s"));
    let title = "let the class stay on its thread, as it is not `Sync`: an object that is used on another one raises an exception";
    is_asserted.then(|| opt_in(site, site.place, "unsendable", title))?
}

/// Adds the option to the `#[pyclass]` of a definition.
fn opt_in(site: &Site<'_>, class: &Span, option: &str, title: &str) -> Option<Repair> {
    let edit = with_option(site.files.get(class.path.as_path())?.text, class, option)?;
    Some(Repair::new(&class.path, vec![edit], title))
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
