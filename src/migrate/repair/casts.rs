//! Casts and checks of classes in a form that is gone, where only the compiler saw them: in the bodies of the project's own macros.

use super::Repair;
use super::site::{Site, behind_references, is_name, without_path};
use crate::compiler::Fault;
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

/// `downcast`, where only rustc knows that it is the one of objects.
pub(super) fn renamed(site: &Site<'_>) -> Option<Repair> {
    let (_, ty) = site.fault().missing()?;
    let ty = behind_references(ty);
    let rest = site.text(site.place.range).strip_prefix("downcast")?;
    let is_object = ["Bound<", "Borrowed<"].iter().any(|object| without_path(ty).starts_with(object));
    let is_cast = is_object && site.cast() == "cast" && matches!(rest, "" | "_into" | "_exact" | "_into_exact");
    is_cast.then(|| site.repair("cast by its new name", vec![Edit::replace(site.place.range, format!("cast{rest}"))]))?
}

/// `PyTryFrom::try_from(object)` and `<T as PyTryFrom>::try_from(object)`.
pub(super) fn cast(site: &Site<'_>) -> Option<Repair> {
    let (call, function, arguments) = site.call().filter(|_| site.text(site.place.range) == "PyTryFrom")?;
    let [object] = arguments[..] else { return None };
    let (of, name) = site.text(function).rsplit_once("::")?;
    let method = match name {
        "try_from" => site.cast().to_owned(),
        "try_from_exact" => format!("{}_exact", site.cast()),
        _ => return None,
    };
    let class = match of.strip_prefix('<').and_then(|of| of.strip_suffix('>')) {
        Some(qualified) => format!("::<{}>", qualified.rsplit_once(" as ")?.0.trim()),
        None => String::new(),
    };
    // The method borrows by itself.
    let object = match site.node(site.view.nodes.expression_at(object)?).syntax {
        Syntax::Reference { value } => value,
        _ => object,
    };
    let edits = vec![
        Edit::delete(TextRange::new(call.start, object.start)),
        Edit::replace(TextRange::new(object.end, call.end), format!(".{method}{class}()")),
    ];
    let takes_suffix = site.node(site.view.nodes.expression_at(object)?).syntax.takes_suffix();
    takes_suffix.then(|| site.repair("cast by the method of `Bound`", edits))?
}

/// `object as &PyAny`, which GIL Refs could be.
pub(super) fn upcast(site: &Site<'_>) -> Option<Repair> {
    let Fault::Cast { from, to } = site.fault() else { return None };
    let method = match from.strip_prefix('&').map_or((false, from.as_str()), |object| (true, object)) {
        (is_lent, object) if without_path(object).starts_with("Bound<") => {
            if is_lent {
                ".as_any()"
            } else {
                ".into_any()"
            }
        }
        (false, object) if without_path(object).starts_with("Py<") => ".into_any()",
        _ => return None,
    };
    let text = site.text(site.place.range);
    let (value, _) = text.rsplit_once(" as ")?;
    // The place takes in the parentheses around a cast.
    let end = site.place.range.end - usize::from(text.starts_with('(') && text.ends_with(')'));
    let behind = TextRange::new(site.place.range.start + value.trim_end().len(), end);
    let is_any = to.strip_prefix('&').map(without_path) == Some("PyAny");
    is_any.then(|| site.repair("make a `PyAny` of the object", vec![Edit::replace(behind, method)]))?
}

/// `object.is_instance::<T>()`, whose class is an argument now.
pub(super) fn is_instance(site: &Site<'_>) -> Option<Repair> {
    if site.text(site.place.range) != "is_instance" {
        return None;
    }
    let (call, receiver) = site.method_call()?;
    let Syntax::MethodCall { generics: Some(generics), method, arguments, .. } = &site.node(call).syntax else { return None };
    let object = site.text(receiver);
    let is_place = object.split('.').all(|part| is_name(part.trim_start_matches('$')));
    if !is_place || !arguments.is_empty() {
        return None;
    }
    let class = site.text(*generics).trim_start_matches("::");
    let end = site.node(call).range.end;
    let edit = Edit::replace(TextRange::new(method.end, end), format!("(&{object}.py().get_type::{class}())"));
    site.repair("pass the class as an object", vec![edit])
}
