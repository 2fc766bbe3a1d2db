//! E0308: time zones, which could be any object where dates and times are made, and are `PyTzInfo` now.

use super::Repair;
use super::site::Site;
use crate::rust::{Syntax, TypeRef};
use crate::text::{Edit, TextRange};

pub(super) fn time_zone(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let token = || site.token(site.here()?);
    let (wanted, given) = (inside(&expected), inside(&found));
    if !matches!(wanted.unwrap_or(&expected), TypeRef::Reference(object) if is_object(object, "Bound", "PyTzInfo")) {
        return None;
    }
    let given_object = given.unwrap_or(&found);
    let (is_reference, object) = match given_object {
        TypeRef::Reference(object) => (true, &**object),
        object => (false, object),
    };
    let bind = match object.name()? {
        "Bound" => String::new(),
        "Py" => format!(".bind({})", token()?),
        _ => return None,
    };
    if !is_object(object, object.name()?, "PyAny") || wanted.is_some() != given.is_some() {
        return None;
    }
    let lend = if is_reference || given.is_none() { "" } else { ".as_ref()" };
    let cast = site.cast();
    let suffix = match given {
        Some(_) => format!("{lend}.map(|object| object{bind}.{cast}()).transpose()?"),
        None => format!("{bind}.{cast}()?"),
    };
    // Making the date raised a `TypeError` for other objects, which the cast does now.
    let edits = match site.view.nodes.expression_at(site.place.range).map(|id| &site.node(id).syntax) {
        Some(Syntax::Reference { value }) => {
            let mut edits = site.suffix(*value, &suffix);
            edits.push(Edit::delete(TextRange::new(site.place.range.start, value.start)));
            edits
        }
        _ => site.suffix(site.place.range, &suffix),
    };
    site.repair("cast to a time zone", edits)
}

/// `T` of `Option<T>`.
fn inside(ty: &TypeRef) -> Option<&TypeRef> {
    match ty {
        TypeRef::Path { arguments, .. } if ty.name() == Some("Option") => arguments.first(),
        _ => None,
    }
}

fn is_object(ty: &TypeRef, pointer: &str, class: &str) -> bool {
    matches!(ty, TypeRef::Path { arguments, .. }
        if ty.name() == Some(pointer) && arguments.first().and_then(TypeRef::name) == Some(class))
}
