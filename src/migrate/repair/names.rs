//! E0107, E0599: `Bound`, as the rules write it, is something else in this file, such as `std::ops::Bound`.

use super::Repair;
use super::ownership::printed;
use super::site::Site;
use crate::catalog::{Era, method_signature};
use crate::compiler::{Fault, Generics};
use crate::text::Edit;

/// The name that PyO3's type shares with that of the standard library.
const NAME: &str = "Bound";

pub(super) fn name_in_full(site: &Site<'_>) -> Option<Repair> {
    let at = as_type(site).or_else(|| as_path(site))?;
    site.repair("name PyO3's `Bound` in full", vec![Edit::insert(at, "pyo3::")])
}

/// `Bound<'_, T>`: PyO3's takes a lifetime, and this code compiled before a rule wrote one.
fn as_type(site: &Site<'_>) -> Option<usize> {
    let is_other = *site.fault() == Fault::GenericCount(Generics::OneLifetimeTooMany);
    (is_other && site.text(site.place.range) == NAME).then_some(site.place.range.start)
}

/// `Bound::from_owned_ptr(…)`, a function that PyO3's has.
fn as_path(site: &Site<'_>) -> Option<usize> {
    let (function, ty) = site.fault().missing()?;
    let is_static = method_signature(Era::Bound, NAME, function).is_some_and(|signature| !signature.has_receiver);
    let is_other = !ty.starts_with("pyo3::") && printed(ty).name() == Some(NAME);
    let before = site.view.text.get(..site.place.range.start)?.strip_suffix("::")?.strip_suffix(NAME)?;
    let is_bare = !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'));
    (is_static && is_other && is_bare).then_some(before.len())
}
