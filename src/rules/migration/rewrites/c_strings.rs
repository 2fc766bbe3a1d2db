//! Arguments that have to be C strings.

use crate::catalog::Change;
use crate::model::Ty;
use crate::rules::FileContext;
use crate::text::{Edit, TextRange};

/// The first edition with `c"…"` literals.
const LITERALS: u16 = 2021;

/// Turns the string literals among the row's arguments into C strings; what is no literal is left to its type.
pub(in crate::rules::migration) fn literals(context: &FileContext<'_>, change: &Change, arguments: &[(TextRange, Ty)]) -> Vec<Edit> {
    let has_literals = context.package.package.edition.parse::<u16>().is_ok_and(|edition| edition >= LITERALS);
    let concerned = change.c_strings.iter().filter_map(|&index| arguments.get(index));
    let places = concerned
        .filter_map(|(range, _)| literal_in(context.slice(*range)).map(|at| TextRange::new(range.start + at.start, range.start + at.end)));
    let edits = places.flat_map(|at| {
        if has_literals {
            vec![Edit::insert(at.start, "c")]
        } else {
            vec![Edit::insert(at.start, "pyo3::ffi::c_str!("), Edit::insert(at.end, ")")]
        }
    });
    edits.collect()
}

/// Whether one of the row's arguments may be a string that is no C string yet.
pub(in crate::rules::migration) fn are_wanted(context: &FileContext<'_>, change: &Change, arguments: &[(TextRange, Ty)]) -> bool {
    change
        .c_strings
        .iter()
        .filter_map(|&index| arguments.get(index))
        .any(|(range, ty)| *ty != Ty::Plain && !is_c_string(context.slice(*range)))
}

/// Text that is a `&CStr` already, or none at all.
pub(in crate::rules::migration) fn is_c_string(text: &str) -> bool {
    let inner = inside_some(text).unwrap_or(text);
    ["c\"", "cr\"", "cr#"].iter().any(|start| inner.starts_with(start))
        || text.contains("c_str!(")
        || text.contains("CString")
        || text == "None"
}

fn inside_some(text: &str) -> Option<&str> {
    text.strip_prefix("Some(")?.strip_suffix(')').map(str::trim)
}

/// The place of the string literal in `"…"` or `Some("…")`.
fn literal_in(text: &str) -> Option<TextRange> {
    let inner = inside_some(text).unwrap_or(text);
    let start = text.find(inner)?;
    let is_literal = ["\"", "r\"", "r#"].iter().any(|quote| inner.starts_with(quote)) && inner.ends_with(['"', '#']);
    // A C string ends at its first zero byte, and a literal of it cannot hold one.
    let holds_zero = ["\\0", "\\x00", "\\u{0}"].iter().any(|zero| inner.contains(zero));
    (is_literal && !holds_zero).then(|| TextRange::new(start, start + inner.len()))
}
