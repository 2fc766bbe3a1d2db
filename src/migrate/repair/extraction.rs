//! `T::extract(object)` and `object.into()`, where the trait behind them now wants or knows another form of the object.

use super::Repair;
use super::ownership::printed;
use super::site::{Site, without_lifetime, without_path, words};
use crate::compiler::Fault;
use crate::rust::{Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// `T::extract(object)`, which takes a `Borrowed` now: `object.extract::<T>()` makes one of whatever the object is.
pub(super) fn extraction(site: &Site<'_>) -> Option<Repair> {
    let is_meant = match site.fault() {
        Fault::Mismatch { .. } => site.types()?.0.name() == Some("Borrowed"),
        // Without an `extract` of the trait, `T::extract` is one of PyO3's own traits, with another parameter.
        Fault::ArgumentCount => true,
        Fault::UnresolvedItem => site.text(site.place.range) == "extract",
        _ => site.text(site.place.range) == "extract_bound",
    };
    if !is_meant {
        return None;
    }
    let (call, function, arguments) = site.call()?;
    let [object] = arguments else { return None };
    let (of, name) = site.text(function).rsplit_once("::")?;
    if !matches!(name, "extract" | "extract_bound") || !(object.contains(site.place.range) || function.contains(site.place.range)) {
        return None;
    }
    let ty = match of.strip_prefix('<').and_then(|of| of.strip_suffix('>')) {
        Some(qualified) => qualified.split(" as ").next()?.trim(),
        None => of,
    };
    let turbofish = if without_path(ty) == "FromPyObject" { String::new() } else { format!("::<{}>", ty.replace("::<", "<")) };
    // The method borrows by itself.
    let id = site.view.nodes.expression_at(*object)?;
    let object = if let Syntax::Reference { value } = site.node(id).syntax { value } else { *object };
    let mut edits = site.suffix(object, &format!(".extract{turbofish}()"));
    edits.push(Edit::delete(TextRange::new(call.start, object.start)));
    edits.push(Edit::delete(TextRange::new(object.end, call.end)));
    site.repair(format!("extract a `{}` by a method", without_path(ty)), merged(edits))
}

/// `let x: T = object.extract().unwrap_or_else(|error| …)`: the error depends on the type that is extracted, which has to come first.
pub(super) fn untyped(site: &Site<'_>) -> Option<Repair> {
    let nodes = site.view.nodes;
    let (closure, _) = nodes.ancestors(site.here()?).find(|(_, node)| matches!(node.syntax, Syntax::Closure(_)))?;
    let taker = site.node(site.node(closure).parent?);
    let Syntax::MethodCall { receiver, method, .. } = &taker.syntax else { return None };
    let value = match site.text(*method) {
        "unwrap_or_else" => taker.range,
        "map_err" => {
            let parent = site.node(taker.parent?);
            matches!(parent.syntax, Syntax::Try { .. }).then_some(parent.range)?
        }
        _ => return None,
    };
    let Syntax::MethodCall { method: extract, generics: None, .. } = &site.node(nodes.expression_at(*receiver)?).syntax else {
        return None;
    };
    let statement = nodes.statement_of(closure)?;
    let Syntax::Let { ty: Some(ty), value: Some(bound), .. } = site.node(statement).syntax else { return None };
    let is_extracted = site.text(*extract) == "extract" && bound == value;
    let written = Edit::insert(extract.end, format!("::<{}>", site.text(ty)));
    is_extracted.then(|| site.repair("say what is extracted", vec![written]))?
}

/// `object.as_ref()`, which made a `&PyAny` of a GIL Ref. rustc finds no type for it now.
pub(super) fn upcast(site: &Site<'_>) -> Option<Repair> {
    let of_object = |text: &str| text.contains("Bound<'_, ") && text.contains(" as AsRef<");
    let mut edits = site.error.suggestions.iter().flat_map(|suggestion| &suggestion.edits);
    let is_upcast = site.text(site.place.range) == "as_ref" && edits.any(|(_, _, text)| of_object(text));
    is_upcast.then(|| site.repair("take the object as a `PyAny`", vec![Edit::replace(site.place.range, "as_any")]))?
}

/// An insertion and a deletion that meet are one replacement.
fn merged(edits: Vec<Edit>) -> Vec<Edit> {
    let (insertions, mut others): (Vec<Edit>, Vec<Edit>) = edits.into_iter().partition(|edit| edit.range.is_empty());
    for insertion in insertions {
        let at = insertion.range.start;
        match others.iter_mut().find(|other| other.range.start == at || other.range.end == at) {
            Some(other) => other.text.push_str(&insertion.text),
            None => others.push(insertion),
        }
    }
    others
}

/// `object.into()` as a `Py<PyAny>`, of what does not turn into one by itself.
pub(super) fn into_object(site: &Site<'_>) -> Option<Repair> {
    let (target, from) = site.conversion()?;
    let is_object = matches!(printed(target), TypeRef::Path { ref arguments, .. }
        if without_path(target).starts_with("Py<") && arguments.first().and_then(TypeRef::name) == Some("PyAny"));
    let suffix = match from.strip_prefix('&') {
        Some(from) if without_path(without_lifetime(from)).starts_with("Bound<") => ".clone().into_any().unbind()",
        None if without_path(from).starts_with("Borrowed<") => ".to_owned().into_any().unbind()",
        _ => return None,
    };
    let (object, whole) = match site.method_call().filter(|_| site.text(site.place.range) == "into") {
        Some((call, receiver)) => (receiver, site.node(call).range),
        None => made_from(site)?,
    };
    let mut edits = vec![Edit::replace(TextRange::new(object.end, whole.end), suffix)];
    if whole.start < object.start {
        edits.push(Edit::delete(TextRange::new(whole.start, object.start)));
    }
    is_object.then(|| site.repair("make a `Py<PyAny>` of the object", edits))?
}

/// The object in `Py::<PyAny>::from(object)`, and all of that call.
fn made_from(site: &Site<'_>) -> Option<(TextRange, TextRange)> {
    let (call, function, arguments) = site.call()?;
    let [object] = arguments[..] else { return None };
    let takes_suffix = site.node(site.view.nodes.expression_at(object)?).syntax.takes_suffix();
    let is_from = site.text(function).ends_with(">::from") && function.contains(site.place.range);
    (is_from && takes_suffix).then_some((object, call))
}

/// `object.extract::<&str>()`, which the stable ABI of Pythons before 3.10 cannot lend.
pub(super) fn text(site: &Site<'_>) -> Option<Repair> {
    let (call, _) = site.method_call().filter(|_| site.text(site.place.range) == "extract")?;
    if !site.fault().unmet().is_some_and(|(ty, of_trait)| ty == "&str" && of_trait.ends_with("FromPyObject<'_, '_>")) {
        return None;
    }
    let Syntax::MethodCall { generics, .. } = &site.node(call).syntax else { return None };
    let mut around = site.view.nodes.ancestors(call).skip(1).map(|(_, node)| node);
    let mut next = around.next()?;
    let mut value = site.node(call).range;
    if matches!(next.syntax, Syntax::Try { .. }) {
        value = next.range;
        next = around.next()?;
    } else if generics.is_none() || site.text(next.range).contains("Ok(\"") {
        // What is matched with literals has to stay text.
        return None;
    }
    let written = match (generics, &next.syntax) {
        (Some(list), _) => TextRange::new(list.start + "::<".len(), list.end - 1),
        (None, Syntax::Let { ty: Some(ty), value: Some(bound), .. }) if *bound == value => *ty,
        _ => return None,
    };
    if site.text(written) != "&str" {
        return None;
    }
    let mut edits = vec![Edit::replace(written, "String")];
    // Patterns are literals.
    let is_tried = value != site.node(call).range;
    if is_tried && matches!(next.syntax, Syntax::Match { value: matched, .. } if matched == value) {
        edits.push(Edit::insert(value.end, ".as_str()"));
    }
    site.repair("extract a `String`", edits)
}

/// A method that extracts what is wanted later, as `extract` does, where a reference to an object is wanted: it gives the object.
pub(super) fn inferred(site: &Site<'_>) -> Option<Repair> {
    let (object, of_trait) = site.fault().unmet()?;
    let object = object.trim_start_matches("for<'a> ");
    let is_extracted = without_path(of_trait).starts_with("FromPyObject");
    let (call, _) = site.method_call().filter(|_| is_extracted)?;
    let Syntax::MethodCall { method, generics: None, .. } = &site.node(call).syntax else { return None };
    let TypeRef::Reference(object) = printed(object) else { return None };
    let TypeRef::Path { arguments, .. } = &*object else { return None };
    let class = arguments.first()?.name().filter(|class| object.name() == Some("Bound") && *class != "_")?;
    let root = if words(site.view.text).any(|word| word == class) { "" } else { "pyo3::types::" };
    site.repair(format!("extract a `Bound<{class}>`"), vec![Edit::insert(method.end, format!("::<Bound<'_, {root}{class}>>"))])
}

/// `let objects: Vec<&_> = object.extract()?`: what a reference to some class was is an object of that class.
pub(super) fn reference(site: &Site<'_>) -> Option<Repair> {
    let (object, of_trait) = site.fault().unmet()?;
    let is_open = object.trim_start_matches("for<'a> ") == "&_" && of_trait.contains("FromPyObject<");
    let (call, _) = site.method_call().filter(|_| is_open && site.text(site.place.range) == "extract")?;
    let Syntax::Let { ty: Some(ty), .. } = site.node(site.view.nodes.statement_of(call)?).syntax else { return None };
    let mut written = site.text(ty).match_indices("&_").map(|(at, found)| TextRange::new(ty.start + at, ty.start + at + found.len()));
    let (reference, None) = (written.next()?, written.next()) else { return None };
    site.repair("extract an object", vec![Edit::replace(reference, "Bound<'_, _>")])
}
