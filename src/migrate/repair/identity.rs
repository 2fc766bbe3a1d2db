//! E0369: `==` of two Python objects, which compared whether they are one and the same: that is what `is` does.

use super::Repair;
use super::ownership::printed;
use super::site::{Site, merged};
use crate::rust::TypeRef;
use crate::text::{Edit, TextRange};

pub(super) fn compare_identity(site: &Site<'_>) -> Option<Repair> {
    let not = match site.text(site.place.range) {
        "==" => "",
        "!=" => "!",
        _ => return None,
    };
    let mut operands: Vec<(TextRange, TypeRef)> =
        site.places().filter(|span| span.range != site.place.range).map(|span| (span.range, printed(span.other_words()))).collect();
    operands.sort_by_key(|(range, _)| range.start);
    let [(left, one), (right, other)] = operands.as_slice() else { return None };
    let is_between = left.end <= site.place.range.start && site.place.range.end <= right.start;
    if !is_between || !is_object(one) || !is_object(other) {
        return None;
    }
    let borrow = if matches!(other, TypeRef::Reference(_)) { "" } else { "&" };
    let mut edits = vec![Edit::insert(left.start, not)];
    edits.extend(site.suffix(*left, ".is("));
    edits.extend([Edit::replace(TextRange::new(left.end, right.start), borrow), Edit::insert(right.end, ")")]);
    site.repair("compare by identity", merged(edits))
}

fn is_object(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Reference(inner) => is_object(inner),
        _ => matches!(ty.name(), Some("Bound" | "Borrowed" | "Py")),
    }
}
