//! Containers of text and bytes borrowed from Python objects: no function can take them any more, because nothing would own the objects.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{FunctionFact, ParameterFact, Source};
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::rust::{SCALARS, TypeRef, parse_type};
use crate::text::{Edit, indent_of, newline_of};

/// Parameters that ask Python for such a container: `Vec<&str>`.
pub(super) fn borrowed_containers(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && function.source == Source::Tree);
    let parameters = functions.flat_map(|function| function.parameters.iter().map(move |parameter| (function, parameter)));
    let hit = |(function, parameter): (&FunctionFact, &ParameterFact)| {
        let ty = parse_type(context.slice(parameter.range));
        holds_borrowed(&ty).then(|| Hit { fix: fix(context, change, function, parameter, &ty), ..Hit::at(parameter.range) })
    };
    parameters.filter_map(hit).collect()
}

/// Whether a container in `ty` holds what is borrowed: `Option<&str>` does not.
fn holds_borrowed(ty: &TypeRef) -> bool {
    match (ty, Container::of(ty)) {
        (_, Some(_)) => has_leaf(ty),
        (TypeRef::Path { arguments, .. }, None) if ty.name() == Some("Option") => arguments.iter().any(holds_borrowed),
        _ => false,
    }
}

fn has_leaf(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Path { arguments, .. } => arguments.iter().any(has_leaf),
        TypeRef::Tuple(members) => members.iter().any(has_leaf),
        TypeRef::Reference(_) => owner(ty).is_some(),
        _ => false,
    }
}

/// The type of PyO3 that owns what `ty` borrows.
fn owner(ty: &TypeRef) -> Option<&'static str> {
    let TypeRef::Reference(target) = ty else { return None };
    match &**target {
        TypeRef::Slice(item) if item.name() == Some("u8") => Some("PyBackedBytes"),
        target if target.name() == Some("str") => Some("PyBackedStr"),
        _ => None,
    }
}

/// Takes owners instead, and borrows from them in the first line of the body: what follows stays as it is.
fn fix(context: &FileContext<'_>, change: &Change, function: &FunctionFact, parameter: &ParameterFact, ty: &TypeRef) -> Option<Fix> {
    let (name, body) = (parameter.name.as_deref()?, function.body?);
    let borrow = borrow(ty, &Place::variable(name))?;
    let owned = spell(ty, &|leaf| owner(leaf).map(str::to_owned))?;
    let borrowed = spell(ty, &|leaf| owner(leaf).map(|owner| if owner == "PyBackedStr" { "&str" } else { "&[u8]" }.to_owned()))?;
    let (indent, newline) = (indent_of(context.text, function.range.start), newline_of(context.text));
    let line = format!("{newline}{indent}    let {}: {borrowed} = {borrow};", context.slice(parameter.pattern));
    let fix = fix_of(change, format!("take `{owned}`"), Source::Tree)?;
    let fix = fix.edit(context.file, Edit::replace(parameter.range, owned.clone())).edit(context.file, Edit::insert(body.start + 1, line));
    let fix = fix.edit(context.file, Edit::replace(parameter.pattern, name));
    let owners = ["PyBackedStr", "PyBackedBytes"].into_iter().filter(|owner| owned.contains(owner));
    Some(owners.fold(fix, |fix, owner| {
        let path = as_seen(&format!("pyo3::pybacked::{owner}"), context);
        fix.import(ImportEdit::Add { file: context.file, at: function.range.start, path })
    }))
}

/// How a container is walked.
enum Container<'t> {
    List(&'t TypeRef),
    Map(&'t TypeRef, &'t TypeRef),
}

impl<'t> Container<'t> {
    fn of(ty: &'t TypeRef) -> Option<Self> {
        let TypeRef::Path { arguments, .. } = ty else { return None };
        match (ty.name()?, arguments.as_slice()) {
            ("Vec" | "VecDeque" | "HashSet" | "BTreeSet" | "IndexSet", [item]) => Some(Self::List(item)),
            ("HashMap" | "BTreeMap" | "IndexMap", [key, value]) => Some(Self::Map(key, value)),
            _ => None,
        }
    }
}

/// An expression for a value: its text, and what makes a value of it (`*`, when it is a reference).
struct Place {
    text: String,
    star: &'static str,
}

impl Place {
    fn variable(name: &str) -> Self {
        Self { text: name.to_owned(), star: "" }
    }

    fn reference(name: &str) -> Self {
        Self { text: name.to_owned(), star: "*" }
    }
}

/// The expression that borrows a `ty` from the owners at `place`; `None` for types that it does not know.
fn borrow(ty: &TypeRef, place: &Place) -> Option<String> {
    let Place { text, star } = place;
    if !has_leaf(ty) {
        return Some(if is_copied(ty) { format!("{star}{text}") } else { format!("{text}.clone()") });
    }
    match (ty, Container::of(ty)) {
        (_, Some(Container::List(item))) => {
            Some(format!("{text}.iter().map(|item| {}).collect()", borrow(item, &Place::reference("item"))?))
        }
        (_, Some(Container::Map(key, value))) => {
            let (key, value) = (borrow(key, &Place::reference("key"))?, borrow(value, &Place::reference("value"))?);
            Some(format!("{text}.iter().map(|(key, value)| ({key}, {value})).collect()"))
        }
        (TypeRef::Path { arguments, .. }, None) if ty.name() == Some("Option") => {
            Some(format!("{text}.as_ref().map(|some| {})", borrow(arguments.first()?, &Place::reference("some"))?))
        }
        (TypeRef::Tuple(members), None) => {
            let member = |(index, member)| borrow(member, &Place::variable(&format!("{text}.{index}")));
            Some(format!("({})", members.iter().enumerate().map(member).collect::<Option<Vec<_>>>()?.join(", ")))
        }
        (TypeRef::Reference(_), None) => Some(format!("&*{star}{text}")),
        _ => None,
    }
}

fn is_copied(ty: &TypeRef) -> bool {
    ty.name().is_some_and(|name| SCALARS.contains(&name))
}

/// `ty` as text, with what `leaf` says in the place of what is borrowed.
fn spell(ty: &TypeRef, leaf: &impl Fn(&TypeRef) -> Option<String>) -> Option<String> {
    let list = |types: &[TypeRef]| Some(types.iter().map(|ty| spell(ty, leaf)).collect::<Option<Vec<_>>>()?.join(", "));
    match ty {
        TypeRef::Path { segments, arguments } if arguments.is_empty() => Some(segments.join("::")),
        TypeRef::Path { segments, arguments } => Some(format!("{}<{}>", segments.join("::"), list(arguments)?)),
        TypeRef::Tuple(members) => Some(format!("({})", list(members)?)),
        TypeRef::Reference(_) => leaf(ty),
        _ => None,
    }
}
