//! E0596: an iterator is advanced through `&Bound`; a clone is the same Python object, and can be.

use super::Repair;
use super::site::Site;

pub(super) fn repair(site: &Site<'_>) -> Option<Repair> {
    let is_python = || site.error.suggestions.iter().flat_map(|suggestion| &suggestion.edits).any(|(_, _, text)| text.contains("Bound<"));
    if !site.is("E0596") || !site.error.message.ends_with("as it is behind a `&` reference") || !is_python() {
        return None;
    }
    let origin = site.origin(site.place.range)?;
    site.repair("clone what is advanced", site.suffix(origin, ".clone()"))
}
