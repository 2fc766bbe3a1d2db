//! E0432: imports of what PyO3 no longer has; where the name itself is used, the compiler says so next.

use super::Repair;
use super::site::{Site, quoted};
use crate::text::{Edit, TextRange};

/// Crates whose names a migration can make disappear.
const ROOTS: &[&str] = &["pyo3", "numpy"];

pub(super) fn repair(site: &Site<'_>) -> Option<Repair> {
    let is_pyo3 = |path: &str| ROOTS.contains(&path.split("::").next().unwrap_or_default());
    if !site.is("E0432") || !quoted(&site.error.message).all(is_pyo3) {
        return None;
    }
    let primary = site.places().filter(|span| span.is_primary && span.label.starts_with("no `"));
    let edits = primary.map(|span| Edit::delete(with_separator(site, span.range))).collect();
    site.repair("remove an import of what is gone", edits)
}

/// The import with what separates it from its neighbours; the whole declaration if it has none.
fn with_separator(site: &Site<'_>, range: TextRange) -> TextRange {
    let text = site.view.text;
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let gap = |text: &str| text.len() - text.trim_start().len();
    if let Some(rest) = after.trim_start().strip_prefix(',') {
        return TextRange::new(range.start, range.end + gap(after) + 1 + gap(rest));
    }
    if let Some(rest) = before.trim_end().strip_suffix(',') {
        return TextRange::new(rest.len(), range.end);
    }
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let is_alone =
        matches!(before[line..].trim(), "use" | "pub use") || before[line..].trim().starts_with("use ") && !before[line..].contains('{');
    match after.trim_start().strip_prefix(';') {
        Some(rest) if is_alone => TextRange::new(line, text.len() - rest.strip_prefix('\n').unwrap_or(rest).len()),
        _ => range,
    }
}
