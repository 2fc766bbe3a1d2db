//! E0405: a `where` predicate asks for a trait that is gone, of a type that has what the trait gave without it.

use super::Repair;
use super::site::{Site, without_path};
use crate::text::{Edit, TextRange};

/// `where Py<T>: AsPyPointer`: every `Py` and every `Bound` has `as_ptr`.
pub(super) fn gone_bound(site: &Site<'_>) -> Option<Repair> {
    let text = site.view.text;
    let named = site.place.range;
    if site.text(named) != "AsPyPointer" {
        return None;
    }
    let clause = text[..named.start].rfind("where")?;
    let before = &text[clause..named.start];
    let start = clause + before.rfind(',').map_or("where".len(), |comma| comma + 1);
    let (ty, path) = text[start..named.start].split_once(':')?;
    let is_pointer = ["Py<", "Bound<", "&Py<", "&Bound<"].iter().any(|pointer| without_path(ty.trim()).starts_with(pointer));
    let is_path = path.trim().split("::").all(|segment| segment.chars().all(|c| c.is_alphanumeric() || c == '_'));
    let rest = text[named.end..].trim_start();
    if !is_pointer || !is_path || before.contains('{') || !rest.starts_with([',', '{', ';']) {
        return None;
    }
    let after = named.end + (text[named.end..].len() - rest.len());
    let is_only = before.matches(',').count() == 0 && text[after..].trim_start_matches(',').trim_start().starts_with('{');
    let range = match (is_only, rest.starts_with(',')) {
        // The clause goes with its only predicate.
        (true, has_comma) => TextRange::new(text[..clause].trim_end().len(), after + usize::from(has_comma)),
        (false, true) => TextRange::new(start, after + 1),
        (false, false) => TextRange::new(start, named.end),
    };
    site.repair("take out a bound that every object meets", vec![Edit::delete(range)])
}
