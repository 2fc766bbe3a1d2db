//! What stands before and behind an expression to make its type the one that is wanted, as far as ownership of Python objects goes.

use crate::rust::{TypeRef, parse_type};

/// What to put around an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrap {
    pub(super) prefix: Prefix,
    pub(super) suffix: String,
}

/// What to put before an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefix {
    /// Nothing.
    Nothing,
    /// `&`.
    Borrow,
    /// What attaches for a token `py`; a `)` of the suffix closes it.
    Attach,
}

/// Reads a type as rustc prints it: Rust, but for what it leaves out.
pub(super) fn printed(ty: &str) -> TypeRef {
    parse_type(&ty.replace("...", "_").replace("{closure", "_"))
}

/// What makes `expected` of `found`; `token` is an expression for the token of the interpreter, where there is one.
pub(super) fn wrap(expected: &TypeRef, found: &TypeRef, token: Option<&str>) -> Option<Wrap> {
    let suffix = |suffix: String| Some(Wrap { prefix: Prefix::Nothing, suffix });
    match (Shape::of(expected), Shape::of(found)) {
        (Shape::Borrowed(to), Shape::Borrowed(from)) if is_upcast(to, from) => suffix(".as_any()".to_owned()),
        (Shape::Borrowed(_), Shape::Owned(_) | Shape::Lent(_)) => Some(Wrap { prefix: Prefix::Borrow, suffix: String::new() }),
        (Shape::Borrowed(_), Shape::Free(_) | Shape::FreeBorrowed(_)) => suffix(format!(".bind({})", token?)),
        (Shape::Lent(to), Shape::Owned(from) | Shape::Borrowed(from)) => {
            suffix(if is_upcast(to, from) { ".as_any().as_borrowed()" } else { ".as_borrowed()" }.to_owned())
        }
        (Shape::Owned(to), Shape::Borrowed(from)) => suffix(format!(".clone(){}", upcast(to, from))),
        (Shape::Owned(to), Shape::Lent(from)) => suffix(format!(".to_owned(){}", upcast(to, from))),
        (Shape::Owned(to), Shape::Owned(from)) if to != from => suffix(upcast(to, from).to_owned()),
        (Shape::Owned(to), Shape::Free(from)) => suffix(format!(".into_bound({}){}", token?, upcast(to, from))),
        (Shape::Owned(to), Shape::FreeBorrowed(from)) => suffix(format!(".bind({}).clone(){}", token?, upcast(to, from))),
        (Shape::Free(to), Shape::Owned(from)) => suffix(format!("{}.unbind()", upcast(to, from))),
        (Shape::Free(to), Shape::Borrowed(from)) => suffix(format!(".clone(){}.unbind()", upcast(to, from))),
        (Shape::Free(to), Shape::Lent(from)) => suffix(format!(".to_owned(){}.unbind()", upcast(to, from))),
        (Shape::Free(to), Shape::Free(from)) if to != from => suffix(upcast(to, from).to_owned()),
        (Shape::Free(to), Shape::FreeBorrowed(from)) => Some(match token {
            Some(token) => Wrap { prefix: Prefix::Nothing, suffix: format!(".clone_ref({token}){}", upcast(to, from)) },
            None => Wrap { prefix: Prefix::Attach, suffix: format!(".clone_ref(py){})", upcast(to, from)) },
        }),
        (Shape::Maybe(to), Shape::Maybe(from)) => inside_option(to, from, token),
        (Shape::Maybe(to), Shape::MaybeBorrowed(from)) => match (Shape::of(to), Shape::of(from)) {
            (Shape::Borrowed(_), Shape::Owned(_)) => suffix(".as_ref()".to_owned()),
            (Shape::Owned(to), Shape::Owned(from)) if to == from => suffix(".clone()".to_owned()),
            _ => None,
        },
        _ => None,
    }
    .filter(|wrap| wrap.prefix != Prefix::Nothing || !wrap.suffix.is_empty())
}

/// The same for what an `Option` holds.
fn inside_option(expected: &TypeRef, found: &TypeRef, token: Option<&str>) -> Option<Wrap> {
    let suffix = match (Shape::of(expected), Shape::of(found)) {
        (Shape::Borrowed(to), Shape::Owned(from)) if to == from => ".as_ref()".to_owned(),
        (Shape::Borrowed(_), Shape::Owned(_)) => ".as_ref().map(|object| object.as_any())".to_owned(),
        (Shape::Owned(to), Shape::Borrowed(from)) if to == from => ".cloned()".to_owned(),
        (_, _) => {
            let inner = wrap(expected, found, token)?;
            if inner.prefix == Prefix::Nothing { format!(".map(|object| object{})", inner.suffix) } else { return None }
        }
    };
    Some(Wrap { prefix: Prefix::Nothing, suffix })
}

/// A type as far as ownership of Python objects goes.
enum Shape<'a> {
    /// `Bound<'_, T>`.
    Owned(&'a str),
    /// `&Bound<'_, T>`.
    Borrowed(&'a str),
    /// `Borrowed<'_, '_, T>`.
    Lent(&'a str),
    /// `Py<T>`.
    Free(&'a str),
    /// `&Py<T>`.
    FreeBorrowed(&'a str),
    /// `Option<T>`.
    Maybe(&'a TypeRef),
    /// `&Option<T>`.
    MaybeBorrowed(&'a TypeRef),
    /// Anything else.
    Other,
}

impl<'a> Shape<'a> {
    fn of(ty: &'a TypeRef) -> Self {
        match ty {
            TypeRef::Reference(inner) => match Self::of(inner) {
                Self::Owned(class) => Self::Borrowed(class),
                Self::Free(class) => Self::FreeBorrowed(class),
                Self::Maybe(inner) => Self::MaybeBorrowed(inner),
                _ => Self::Other,
            },
            TypeRef::Path { arguments, .. } => {
                let class = || arguments.first().and_then(TypeRef::name).unwrap_or("_");
                match ty.name() {
                    Some("Bound") => Self::Owned(class()),
                    Some("Borrowed") => Self::Lent(class()),
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
    if is_upcast(to, from) { ".into_any()" } else { "" }
}

fn is_upcast(to: &str, from: &str) -> bool {
    to == "PyAny" && from != "PyAny" && from != "_"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(expected: &str, found: &str) -> Option<(String, String)> {
        wrap(&parse_type(expected), &parse_type(found), Some("py")).map(|wrap| {
            let prefix = if wrap.prefix == Prefix::Borrow { "&" } else { "" };
            (prefix.to_owned(), wrap.suffix)
        })
    }

    #[test]
    fn ownership_is_mended_by_what_is_wanted() {
        let rows = [
            ("&pyo3::Bound<'_, pyo3::types::PyList>", "pyo3::Bound<'_, pyo3::types::PyList>", Some(("&", ""))),
            // A borrow is all that it takes: `&Bound<'_, PyList>` dereferences to `&Bound<'_, PyAny>`.
            ("&Bound<'_, PyAny>", "Bound<'_, PyList>", Some(("&", ""))),
            ("&Bound<'_, PyAny>", "&Bound<'_, PyList>", Some(("", ".as_any()"))),
            ("&Bound<'_, PyAny>", "Py<PyAny>", Some(("", ".bind(py)"))),
            ("Bound<'_, PyAny>", "&Bound<'_, PyAny>", Some(("", ".clone()"))),
            ("Bound<'_, PyAny>", "Borrowed<'_, '_, PyAny>", Some(("", ".to_owned()"))),
            ("Bound<'_, PyAny>", "&Bound<'_, PyDict>", Some(("", ".clone().into_any()"))),
            ("Bound<'_, PyAny>", "Bound<'_, PyDict>", Some(("", ".into_any()"))),
            ("Bound<'_, PyAny>", "Py<PyDict>", Some(("", ".into_bound(py).into_any()"))),
            ("Py<PyAny>", "Bound<'_, PyDict>", Some(("", ".into_any().unbind()"))),
            ("Py<PyDict>", "Bound<'_, PyDict>", Some(("", ".unbind()"))),
            ("Py<PyDict>", "&Py<PyDict>", Some(("", ".clone_ref(py)"))),
            ("Borrowed<'_, '_, PyAny>", "&Bound<'_, PyAny>", Some(("", ".as_borrowed()"))),
            ("Borrowed<'_, '_, PyAny>", "Bound<'_, PyDict>", Some(("", ".as_any().as_borrowed()"))),
            ("Option<&Bound<'_, PyDict>>", "Option<Bound<'_, PyDict>>", Some(("", ".as_ref()"))),
            ("Option<Bound<'_, PyDict>>", "Option<&Bound<'_, PyDict>>", Some(("", ".cloned()"))),
            ("Option<Py<PyDict>>", "Option<Bound<'_, PyDict>>", Some(("", ".map(|object| object.unbind())"))),
            ("Bound<'_, PyAny>", "Bound<'_, PyAny>", None),
            ("Bound<'_, PyDict>", "Bound<'_, PyAny>", None),
            ("String", "Bound<'_, PyAny>", None),
        ];
        for (expected, found, wanted) in rows {
            let wanted = wanted.map(|(prefix, suffix)| (prefix.to_owned(), suffix.to_owned()));
            assert_eq!(wrapped(expected, found), wanted, "{expected} <- {found}");
        }
    }
}
