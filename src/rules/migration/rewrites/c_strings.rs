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
    let places = concerned.filter_map(|(range, _)| literal_in(context, *range));
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
        .any(|(range, ty)| *ty != Ty::Plain && !is_c_string(&context.code(*range)))
}

/// Code that is a `&CStr` already, or none at all.
pub(in crate::rules::migration) fn is_c_string(code: &str) -> bool {
    let inner = code.strip_prefix("Some(").unwrap_or(code);
    ["c\"", "cr\"", "cr#"].iter().any(|start| inner.starts_with(start))
        || code.contains("c_str!(")
        || code.contains("CString")
        || code == "None"
}

/// The place of the string literal in `"…"` or `Some("…")`.
fn literal_in(context: &FileContext<'_>, range: TextRange) -> Option<TextRange> {
    let tokens: Vec<TextRange> = context.tokens.inside(range).collect();
    let words: Vec<&str> = tokens.iter().map(|token| context.tokens.text(*token)).collect();
    let (place, literal) = match words.as_slice() {
        [literal] => (tokens[0], literal),
        ["Some", "(", literal, ")"] => (tokens[2], literal),
        _ => return None,
    };
    let is_literal = ["\"", "r\"", "r#\""].iter().any(|quote| literal.starts_with(quote));
    // A C string ends at its first zero byte, and a literal of it cannot hold one.
    let holds_zero = ["\\0", "\\x00", "\\u{0}"].iter().any(|zero| literal.contains(zero));
    (is_literal && !holds_zero).then_some(place)
}
