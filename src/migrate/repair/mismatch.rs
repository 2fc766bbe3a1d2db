//! E0308: a value is owned where a borrowed one is wanted, or the reverse, or has not been taken out of a `Result`.

use super::Repair;
use crate::compiler::{CompilerError, Span};
use crate::rust::{TypeRef, parse_type, takes_suffix};
use crate::text::{Edit, TextRange};

/// What stands before and behind an expression to make it another type.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wrap {
    prefix: &'static str,
    suffix: String,
}

pub(super) fn repair(error: &CompilerError, place: &Span, source: &str) -> Option<Repair> {
    if error.code.as_deref() != Some("E0308") {
        return None;
    }
    let (expected, found) = types(error, place)?;
    let wrap = wrap(&expected, &found)?;
    let text = source.get(place.range.start..place.range.end)?;
    let edits = apply(&wrap, text, place)?;
    let title = format!("make `{}` of `{}`", show(&expected), show(&found));
    Some(Repair { path: place.path.clone(), edits, title })
}

/// The two types that rustc names, in full from its note, else from the label.
fn types(error: &CompilerError, place: &Span) -> Option<(TypeRef, TypeRef)> {
    let note = error.notes.iter().find(|note| note.starts_with("expected ") && note.contains("found "));
    let text = note.unwrap_or(&place.label);
    let mut quoted = text.split('`').skip(1).step_by(2);
    let expected = quoted.next()?;
    let found = quoted.next()?;
    Some((parse_type(&elided(expected)), parse_type(&elided(found))))
}

/// Types as rustc prints them are Rust, but for what it leaves out.
fn elided(printed: &str) -> String {
    printed.replace("...", "_").replace("{closure", "_")
}

fn wrap(expected: &TypeRef, found: &TypeRef) -> Option<Wrap> {
    let suffix = |suffix: String| Some(Wrap { prefix: "", suffix });
    match (Shape::of(expected), Shape::of(found)) {
        (Shape::Borrowed(_), Shape::Owned(_)) => Some(Wrap { prefix: "&", suffix: String::new() }),
        (Shape::Owned(to), Shape::Borrowed(from)) => suffix(format!(".clone(){}", upcast(to, from))),
        (Shape::Owned(to), Shape::Owned(from)) if to != from => suffix(upcast(to, from).to_owned()),
        (Shape::Free(to), Shape::Owned(from)) => suffix(format!("{}.unbind()", upcast(to, from))),
        (Shape::Free(to), Shape::Borrowed(from)) => suffix(format!(".clone(){}.unbind()", upcast(to, from))),
        (Shape::Maybe(to), Shape::Maybe(from)) => match (Shape::of(to), Shape::of(from)) {
            (Shape::Borrowed(_), Shape::Owned(_)) => suffix(".as_ref()".to_owned()),
            (Shape::Owned(_), Shape::Borrowed(_)) => suffix(".cloned()".to_owned()),
            _ => None,
        },
        _ => None,
    }
    .filter(|wrap| !wrap.prefix.is_empty() || !wrap.suffix.is_empty())
}

/// A type as far as ownership of Python objects goes.
enum Shape<'a> {
    /// `Bound<'_, T>`.
    Owned(&'a str),
    /// `&Bound<'_, T>`.
    Borrowed(&'a str),
    /// `Py<T>`.
    Free(&'a str),
    /// `Option<T>`.
    Maybe(&'a TypeRef),
    /// Anything else.
    Other,
}

impl<'a> Shape<'a> {
    fn of(ty: &'a TypeRef) -> Self {
        match ty {
            TypeRef::Reference(inner) => match Self::of(inner) {
                Self::Owned(class) => Self::Borrowed(class),
                _ => Self::Other,
            },
            TypeRef::Path { arguments, .. } => {
                let class = || arguments.first().and_then(TypeRef::name).unwrap_or("_");
                match ty.name() {
                    Some("Bound") => Self::Owned(class()),
                    Some("Py") => Self::Free(class()),
                    Some("Option") => arguments.first().map_or(Self::Other, Self::Maybe),
                    _ => Self::Other,
                }
            }
            _ => Self::Other,
        }
    }
}

/// What makes a `PyAny` of a more special object.
fn upcast(to: &str, from: &str) -> &'static str {
    if to == "PyAny" && from != "PyAny" { ".into_any()" } else { "" }
}

fn apply(wrap: &Wrap, text: &str, place: &Span) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    if wrap.suffix.is_empty() {
        edits.push(Edit::insert(place.range.start, wrap.prefix));
        return Some(edits);
    }
    // `&x` where `x` is wanted: the reference goes instead of being cloned through.
    let reference = text.len() - text.strip_prefix('&').map_or(text.len(), |rest| rest.trim_start().len());
    if reference > 0 {
        edits.push(Edit::delete(TextRange::new(place.range.start, place.range.start + reference)));
    }
    if takes_suffix(&text[reference..])? {
        edits.push(Edit::insert(place.range.end, wrap.suffix.clone()));
    } else {
        edits.push(Edit::insert(place.range.start + reference, "("));
        edits.push(Edit::insert(place.range.end, format!("){}", wrap.suffix)));
    }
    Some(edits)
}

fn show(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Reference(inner) => format!("&{}", show(inner)),
        TypeRef::Path { arguments, .. } => {
            let name = ty.name().unwrap_or("_");
            match arguments.first() {
                Some(argument) => format!("{name}<{}>", show(argument)),
                None => name.to_owned(),
            }
        }
        _ => "_".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(expected: &str, found: &str) -> Option<(String, String)> {
        wrap(&parse_type(expected), &parse_type(found)).map(|wrap| (wrap.prefix.to_owned(), wrap.suffix))
    }

    #[test]
    fn ownership_is_mended_by_what_is_wanted() {
        let rows = [
            ("&pyo3::Bound<'_, pyo3::PyAny>", "pyo3::Bound<'_, pyo3::types::PyList>", Some(("&", ""))),
            ("Bound<'_, PyAny>", "&Bound<'_, PyAny>", Some(("", ".clone()"))),
            ("Bound<'_, PyAny>", "&Bound<'_, PyDict>", Some(("", ".clone().into_any()"))),
            ("Bound<'_, PyAny>", "Bound<'_, PyDict>", Some(("", ".into_any()"))),
            ("Py<PyAny>", "Bound<'_, PyDict>", Some(("", ".into_any().unbind()"))),
            ("Py<PyDict>", "Bound<'_, PyDict>", Some(("", ".unbind()"))),
            ("Option<&Bound<'_, PyDict>>", "Option<Bound<'_, PyDict>>", Some(("", ".as_ref()"))),
            ("Bound<'_, PyAny>", "Bound<'_, PyAny>", None),
            ("String", "Bound<'_, PyAny>", None),
        ];
        for (expected, found, wanted) in rows {
            let wanted = wanted.map(|(prefix, suffix)| (prefix.to_owned(), suffix.to_owned()));
            assert_eq!(wrapped(expected, found), wanted, "{expected} <- {found}");
        }
    }
}
