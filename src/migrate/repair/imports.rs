//! E0432, E0405: names that PyO3 no longer has leave imports, and implementations of a gone trait become methods of the type itself.

use super::Repair;
use super::site::Site;
use crate::compiler::{Fault, Label};
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

/// Crates whose names a migration can make disappear.
const ROOTS: &[&str] = &["pyo3", "numpy"];

/// Traits whose only method lives on under the same name.
const ABSORBED: &[&str] = &["AsPyPointer"];

/// `unsafe impl AsPyPointer for A { fn as_ptr … }` becomes `impl A { pub(crate) fn as_ptr … }`.
pub(super) fn inherent(site: &Site<'_>) -> Option<Repair> {
    let Fault::UnresolvedTrait(name) = site.fault() else { return None };
    let name = ABSORBED.iter().find(|absorbed| *absorbed == name)?;
    let (id, item) = site.view.nodes.ancestors(site.here()?).find(|(_, node)| matches!(node.syntax, Syntax::Impl { .. }))?;
    let Syntax::Impl { of_trait: Some(of_trait), .. } = item.syntax else { return None };
    // A bound is no implementation.
    if !of_trait.contains(site.place.range) || !site.text(of_trait).ends_with(name) {
        return None;
    }
    let rest = site.view.text.get(of_trait.end..)?;
    let after = rest.trim_start().strip_prefix("for")?.trim_start();
    let mut edits = vec![Edit::delete(TextRange::new(of_trait.start, site.view.text.len() - after.len()))];
    let head = site.text(TextRange::new(item.range.start, of_trait.start));
    if let Some(at) = head.find("unsafe impl") {
        let start = item.range.start + at;
        edits.push(Edit::delete(TextRange::new(start, start + "unsafe ".len())));
    }
    let methods = site.view.nodes.inside(item.range).filter(|(_, node)| node.parent == Some(id));
    for (_, method) in methods {
        if let Syntax::Function(function) = &method.syntax {
            let head = site.text(TextRange::new(method.range.start, function.name_end));
            let start = head.rfind("unsafe fn").or_else(|| head.rfind("fn "))?;
            edits.push(Edit::insert(method.range.start + start, "pub(crate) "));
        }
    }
    site.repair("keep the methods of a gone trait as the type's own", edits)
}

/// Imports of what is gone.
pub(super) fn unimport(site: &Site<'_>) -> Option<Repair> {
    let is_pyo3 = |path: &str| ROOTS.contains(&path.split("::").next().unwrap_or_default());
    if !site.error.diagnosis.named.iter().all(|name| is_pyo3(name)) {
        return None;
    }
    let primary = site.places().filter(|span| span.is_primary && span.said == Label::NoItem);
    let edits = primary.map(|span| Edit::delete(with_separator(site, span.range))).collect();
    site.repair("remove an import of what is gone", edits)
}

/// One of a list with what separates it from its neighbours; the whole declaration if it is an import without any.
pub(super) fn with_separator(site: &Site<'_>, range: TextRange) -> TextRange {
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
