//! E0308: a value is owned where a borrowed one is wanted, or the reverse, or is of a more special class.

use super::Repair;
use super::ownership::{Prefix, Wrap, printed, wrap};
use super::site::{Site, merged, words};
use crate::compiler::{Fault, Label, Mismatched, Note};
use crate::rust::{Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// Several arguments are wrong: each has its label, and none is the primary place.
pub(super) fn arguments(site: &Site<'_>) -> Option<Repair> {
    let told = site.error.diagnosis.explained.iter().filter(|(_, span)| span.path == site.place.path);
    let told = told.filter_map(|(note, span)| if let Note::Mismatch(types) = note { Some((types, span)) } else { None });
    let labelled = site.places().filter_map(|span| if let Label::Mismatch(types) = &span.said { Some((types, span)) } else { None });
    let adapted =
        labelled.chain(told).filter_map(|(types, span)| around(site, span.range, &printed(&types.expected), &printed(&types.found)));
    let edits = adapted.flatten().collect();
    is_of_arguments(site).then(|| site.repair("adapt the arguments", edits))?
}

fn is_of_arguments(site: &Site<'_>) -> bool {
    matches!(site.fault(), Fault::Mismatch { at: Mismatched::Arguments, .. })
}

/// A value of another type than the wanted one.
pub(super) fn value(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types().filter(|_| !is_of_arguments(site))?;
    let title = format!("make `{}` of `{}`", show(&expected), show(&found));
    if expected.name() == Some("Result") && found.name() != Some("Result") {
        return None;
    }
    if let Some(edit) = written_type(site, &expected, &found) {
        return site.repair("write the type that the value has", vec![edit]);
    }
    let edits = around(site, site.place.range, &expected, &found).or_else(|| elements(site, &expected, &found));
    let edits = edits.or_else(|| without_upcast(site, &expected, &found))?;
    site.repair(title, edits)
}

/// `x.into_any().unbind()` where a `Py` of the class of `x` is wanted: conversions made either of an object.
fn without_upcast(site: &Site<'_>, expected: &TypeRef, found: &TypeRef) -> Option<Vec<Edit>> {
    let (wanted, given) = (pointed_at(expected)?, pointed_at(found)?);
    let value = site.origin(site.place.range)?;
    let upcasts = site.view.nodes.inside(value).filter_map(|(id, node)| match &node.syntax {
        Syntax::MethodCall { receiver, method, arguments, .. } if site.text(*method) == "into_any" && arguments.is_empty() => {
            let parent = site.node(site.node(id).parent?);
            let is_unbound = matches!(&parent.syntax, Syntax::MethodCall { method, .. } if site.text(*method) == "unbind");
            is_unbound.then(|| TextRange::new(receiver.end, node.range.end))
        }
        _ => None,
    });
    let upcasts: Vec<TextRange> = upcasts.collect();
    let [upcast] = upcasts[..] else { return None };
    (given == "PyAny" && wanted != given && wanted != "_").then(|| vec![Edit::delete(upcast)])
}

/// `T` of `Py<T>`, which an `Option` or a `Vec` may hold.
fn pointed_at(ty: &TypeRef) -> Option<&str> {
    let TypeRef::Path { arguments, .. } = ty else { return None };
    match ty.name()? {
        "Py" => arguments.first()?.name(),
        "Option" | "Vec" => pointed_at(arguments.first()?),
        _ => None,
    }
}

/// `Vec<T>` where the elements are something else: the closure that makes each of them makes what is wanted.
fn elements(site: &Site<'_>, expected: &TypeRef, found: &TypeRef) -> Option<Vec<Edit>> {
    let element = |ty: &TypeRef| match ty {
        TypeRef::Path { arguments, .. } if ty.name() == Some("Vec") => arguments.first().cloned(),
        _ => None,
    };
    let (wanted, given) = (element(expected)?, element(found)?);
    let made = |range: TextRange| Some(&site.node(site.view.nodes.expression_at(range)?).syntax);
    let Syntax::MethodCall { receiver, method: collect, .. } = made(site.origin(site.place.range)?)? else { return None };
    let Syntax::MethodCall { method: map, arguments, .. } = made(*receiver)? else { return None };
    let [closure] = arguments.as_slice() else { return None };
    let Syntax::Closure(closure) = made(*closure)? else { return None };
    let value = site.value_of_body(closure.body)?;
    // Owned by owned: a reference made in the closure would not outlive it.
    let wrap = wrap(&wanted, &given, None).filter(|wrap| wrap.prefix == Prefix::Nothing)?;
    let is_collected = site.text(*collect) == "collect" && site.text(*map) == "map";
    is_collected.then(|| apply(site, &wrap, value))
}

/// `x.into()` has no conversion for what `x` is now: the method that makes the wanted type takes its place.
pub(super) fn converted(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.conversion()?;
    let (call, receiver) = site.method_call().filter(|_| site.text(site.place.range) == "into")?;
    let wrap = wrap(&printed(expected), &printed(found), site.token(call).as_deref()).filter(|wrap| wrap.prefix == Prefix::Nothing)?;
    let edit = Edit::replace(TextRange::new(receiver.end, site.node(call).range.end), wrap.suffix);
    site.repair("convert by the method of the object", vec![edit])
}

/// `let x: &PyList = …` was a GIL Ref; the value says what it is now.
fn written_type(site: &Site<'_>, expected: &TypeRef, found: &TypeRef) -> Option<Edit> {
    let TypeRef::Reference(class) = expected else { return None };
    let class = class.name().filter(|name| name.starts_with("Py") && !matches!(*name, "PyErr" | "Python"))?;
    let statement = site.view.nodes.statement_of(site.here()?)?;
    let Syntax::Let { ty: Some(ty), value: Some(value), .. } = site.node(statement).syntax else { return None };
    let (prefix, object) = match found {
        TypeRef::Reference(object) => ("&", &**object),
        object => ("", object),
    };
    let TypeRef::Path { arguments, .. } = object else { return None };
    if value != site.place.range || object.name() != Some("Bound") {
        return None;
    }
    let of = arguments.first()?.name().filter(|name| *name != "_").unwrap_or(class);
    // What a macro is given is another class at every call.
    let written = site.text(ty).trim_start_matches('&').trim_start();
    if written.starts_with('$') {
        return Some(Edit::replace(ty, format!("{prefix}Bound<'_, {written}>")));
    }
    // The class that the file names already is in scope; others have their full path.
    let path = if words(site.view.text).any(|word| word == of) { "" } else { "pyo3::types::" };
    Some(Edit::replace(ty, format!("{prefix}Bound<'_, {path}{of}>")))
}

fn around(site: &Site<'_>, range: TextRange, expected: &TypeRef, found: &TypeRef) -> Option<Vec<Edit>> {
    let id = site.view.nodes.expression_at(range)?;
    let token = site.token(id);
    let wrap = wrap(expected, found, token.as_deref()).or_else(|| lent(expected, found))?;
    // A variable that began as a borrow is assigned an owned value: it has to own its first value, too.
    if wrap.prefix == Prefix::Borrow
        && let Some(Syntax::Assign { place, value }) = site.node(id).parent.map(|parent| &site.node(parent).syntax)
        && *value == range
    {
        let first = site.origin(*place).filter(|origin| origin != place)?;
        return Some(site.suffix(first, ".clone()"));
    }
    Some(apply(site, &wrap, range))
}

/// A reference to whatever it is, and an object.
fn lent(expected: &TypeRef, found: &TypeRef) -> Option<Wrap> {
    let TypeRef::Reference(of) = expected else { return None };
    let is_open = matches!(**of, TypeRef::Other | TypeRef::Traits(_)) || of.name() == Some("_");
    (is_open && matches!(found.name(), Some("Bound" | "Py"))).then(|| Wrap { prefix: Prefix::Borrow, suffix: String::new() })
}

fn apply(site: &Site<'_>, wrap: &Wrap, range: TextRange) -> Vec<Edit> {
    let expression = site.view.nodes.expression_at(range).map(|id| &site.node(id).syntax);
    let prefix = match wrap.prefix {
        Prefix::Nothing => String::new(),
        Prefix::Borrow => "&".to_owned(),
        Prefix::Attach => site.attach(),
    };
    if !prefix.is_empty() && !wrap.suffix.is_empty() && expression != Some(&Syntax::Shorthand) {
        let mut edits = vec![Edit::insert(range.start, prefix)];
        edits.extend(site.suffix(range, &wrap.suffix));
        return merged(edits);
    }
    if expression == Some(&Syntax::Shorthand) {
        let name = site.text(range);
        return vec![Edit::insert(range.end, format!(": {prefix}{name}{}", wrap.suffix))];
    }
    if wrap.suffix.is_empty() {
        // `Other` are operators, casts and closures: weaker than a borrow.
        return match expression {
            Some(Syntax::Other | Syntax::Closure(_)) => {
                vec![Edit::insert(range.start, format!("{prefix}(")), Edit::insert(range.end, ")")]
            }
            _ => vec![Edit::insert(range.start, prefix)],
        };
    }
    // `&x` where `x` is wanted: the reference goes instead of being cloned through.
    if let Some(Syntax::Reference { value }) = expression {
        let mut edits = site.suffix(*value, &wrap.suffix);
        edits.push(Edit::delete(TextRange::new(range.start, value.start)));
        return edits;
    }
    site.suffix(range, &wrap.suffix)
}

fn show(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Reference(inner) => format!("&{}", show(inner)),
        TypeRef::Path { arguments, .. } => {
            let name = ty.name().unwrap_or("_");
            match arguments.first() {
                Some(argument) => format!("{name}<{}>", show(argument)),
                None => name.to_owned(),
            }
        }
        _ => "_".to_owned(),
    }
}
