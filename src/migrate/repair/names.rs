//! E0107: `Bound`, as the rules write it, is something else in this file, such as `std::ops::Bound`.

use super::Repair;
use super::site::Site;
use crate::text::Edit;

pub(super) fn repair(site: &Site<'_>) -> Option<Repair> {
    // PyO3's takes a lifetime, and this code compiled before a rule wrote one.
    let is_other = site.is("E0107") && site.error.message.contains(" takes 0 lifetime arguments but 1 lifetime argument was supplied");
    let is_bound = site.text(site.place.range) == "Bound";
    (is_other && is_bound).then(|| site.repair("name PyO3's `Bound` in full", vec![Edit::insert(site.place.range.start, "pyo3::")]))?
}
