//! E0277: a conversion that the package implements for `&Bound` is asked of the `Bound` that a method now returns.

use super::Repair;
use super::site::{Site, without_path};
use crate::compiler::Note;
use crate::text::{Edit, TextRange};

pub(super) fn convert_borrowed(site: &Site<'_>) -> Option<Repair> {
    let types = site.error.diagnosis.notes.iter().find_map(|note| match note {
        Note::ForImplementation(types) => Some(types),
        _ => None,
    })?;
    let object = types.expected.strip_prefix('&').map(without_path).filter(|ty| ty.starts_with("Bound<"))?;
    // `Borrowed` dereferences to `Bound`.
    let prefix = match without_path(&types.found) {
        found if found == object => "&",
        found if found.starts_with("Borrowed<") => "&*",
        _ => return None,
    };
    let (value, is_receiver) = converted(site)?;
    let takes_prefix = site.view.nodes.expression_at(value).is_some_and(|id| site.node(id).syntax.takes_suffix());
    if !takes_prefix {
        return None;
    }
    let edits = match is_receiver {
        true => vec![Edit::insert(value.start, format!("({prefix}")), Edit::insert(value.end, ")")],
        false => vec![Edit::insert(value.start, prefix)],
    };
    site.repair("convert from a reference to the object", edits)
}

/// The value that is converted at the place, and whether it is the receiver: `T::from(value)`, `value.into()`.
fn converted(site: &Site<'_>) -> Option<(TextRange, bool)> {
    if let Some((_, receiver)) = site.method_call() {
        return Some((receiver, true));
    }
    let (call, function, arguments) = site.call()?;
    let converts = matches!(site.text(function).rsplit("::").next(), Some("from" | "try_from"));
    match arguments {
        [only] if converts && (call == site.place.range || function.contains(site.place.range)) => Some((*only, false)),
        all => all.iter().find(|argument| **argument == site.place.range).map(|argument| (*argument, false)),
    }
}
