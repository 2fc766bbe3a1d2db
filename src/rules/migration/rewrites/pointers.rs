//! Functions that make objects of raw pointers: they live on `Bound`, and give a `PyAny`.

use super::guards::removed_import;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{MethodCall, PathUse, PathUsePosition, Source};
use crate::release::Release;
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// The first release on which casts are called so.
const CAST: Release = Release::new(27);
/// The first release with `Bound`, on which they are called downcasts.
const DOWNCAST: Release = Release::new(21);

/// The unchecked cast of an owned object, and the first release that has it.
fn unchecked_cast(context: &FileContext<'_>) -> (&'static str, Release) {
    if context.package.writes_newer(CAST, DOWNCAST) { ("cast_into_unchecked", CAST) } else { ("downcast_into_unchecked", DOWNCAST) }
}

/// `Py::<T>::from_owned_ptr(py, pointer)` and its like.
pub(super) fn of_py(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    let call = path.call.as_ref().filter(|_| path.source == Source::Tree)?;
    let (name, _) = path.segments.last()?;
    let owner = path.segments.get(path.segments.len().checked_sub(2)?)?;
    let written = context.code(TextRange::new(owner.1.end, path.range.end));
    let class = written.strip_prefix("::<").and_then(|rest| rest.rsplit_once(">::")).map(|(class, _)| class);
    let (method, since) = unchecked_cast(context);
    let cast = match class {
        _ if owner.0 == "PyObject" => String::new(),
        Some("PyAny" | "_") => String::new(),
        Some(class) => format!(".{method}::<{class}>()"),
        None => format!(".{method}()"),
    };
    let suffix = match (is_plain(name), cast.as_str()) {
        (true, cast) => format!("{cast}.unbind()"),
        (false, "") => ".map(Bound::unbind)".to_owned(),
        (false, cast) => format!(".map(|object| object{cast}.unbind())"),
    };
    let fix = fix_of(change, format!("call `Bound::{name}`"), path.source)?;
    let fix = if cast.is_empty() { fix } else { fix.needing(since) };
    let fix = fix.edit(context.file, Edit::replace(path.range, format!("Bound::{name}")));
    Some(with_bound(context, call.range, fix).edit(context.file, Edit::insert(call.range.end, suffix)))
}

/// `py.from_owned_ptr::<T>(pointer)` and its like.
pub(super) fn of_token(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> Option<Fix> {
    let name = call.name.0.as_str();
    let [(pointer, _)] = call.arguments.as_slice() else { return None };
    if call.source != Source::Tree {
        return None;
    }
    let written = call.turbofish.as_ref().map(|(range, _)| context.code(*range));
    let class = written.as_deref().and_then(|written| written.strip_prefix("::<")?.strip_suffix('>'));
    let (method, since) = unchecked_cast(context);
    let cast = match class {
        Some("PyAny") => String::new(),
        Some("_") | None => format!(".{method}()"),
        Some(class) => format!(".{method}::<{class}>()"),
    };
    let suffix = match (is_plain(name), cast.as_str()) {
        (true, cast) => cast.to_owned(),
        (false, "") => String::new(),
        (false, cast) => format!(".map(|object| object{cast})"),
    };
    let token = context.slice(call.receiver.0);
    let fix = fix_of(change, format!("call `Bound::{name}`"), call.source)?;
    let before = TextRange::new(call.range.start, pointer.start);
    let fix = fix.edit(context.file, Edit::replace(before, format!("Bound::{name}({token}, ")));
    let fix = if suffix.is_empty() { fix } else { fix.needing(since).edit(context.file, Edit::insert(call.range.end, suffix)) };
    Some(with_bound(context, call.range, fix))
}

/// Names of the functions that make objects of pointers.
const MAKERS: [&str; 8] = [
    "from_owned_ptr",
    "from_owned_ptr_or_err",
    "from_owned_ptr_or_opt",
    "from_owned_ptr_or_panic",
    "from_borrowed_ptr",
    "from_borrowed_ptr_or_err",
    "from_borrowed_ptr_or_opt",
    "from_borrowed_ptr_or_panic",
];

/// `PyDict::from_owned_ptr(py, pointer)`, which came from `FromPyPointer`: the calls of a file with their fixes.
pub(in crate::rules::migration) fn of_classes(context: &FileContext<'_>, change: &Change) -> Vec<(TextRange, Option<Fix>)> {
    let found = context.facts.paths.iter().filter_map(|path| {
        let (class, name) = path.pyo3.as_deref()?.rsplit_once("::")?;
        let is_class = class == "pyo3::PyAny" || class.starts_with("pyo3::types::Py");
        (is_class && MAKERS.contains(&name)).then(|| (path.range, of_class(context, change, path)))
    });
    found.collect()
}

fn of_class(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    let call = path.call.as_ref().filter(|_| path.source == Source::Tree)?;
    let name = path.segments.last()?.0.trim_end_matches("_or_panic");
    let owner = path.segments.get(path.segments.len().checked_sub(2)?)?;
    let class = context.slice(TextRange::new(path.segments.first()?.1.start, owner.1.end));
    let (method, since) = unchecked_cast(context);
    let suffix = match (owner.0.as_str(), is_plain(name)) {
        ("PyAny", _) => String::new(),
        (_, true) => format!(".{method}::<{class}>()"),
        (_, false) => format!(".map(|object| object.{method}::<{class}>())"),
    };
    let fix = fix_of(change, format!("call `Bound::{name}`"), path.source)?;
    let fix = fix.edit(context.file, Edit::replace(path.range, format!("Bound::{name}")));
    let fix = if suffix.is_empty() { fix } else { fix.needing(since).edit(context.file, Edit::insert(call.range.end, suffix)) };
    Some(with_bound(context, call.range, fix))
}

/// A trait that only brought methods into scope which are inherent now: its import goes, and what implements it has the methods itself.
pub(super) fn trait_import(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    match path.position {
        PathUsePosition::Import { public } => removed_import(context, change, path, public),
        PathUsePosition::Implemented => own_methods(context, change, path),
        _ => None,
    }
}

/// `unsafe impl AsPyPointer for T { fn as_ptr(&self) … }` without the trait.
fn own_methods(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    let block = context.facts.blocks.iter().find(|block| block.lead.contains(path.range) && block.source == Source::Tree)?;
    let written = context.facts.implementations.iter().find(|written| written.trait_range == path.range)?;
    let lead = TextRange::new(path.range.start, block.of_range.start);
    let mut fix = fix_of(change, "make the methods its own".to_owned(), path.source)?.edit(context.file, Edit::delete(lead));
    let head = TextRange::new(block.range.start, block.lead.start);
    let mut before = context.tokens.inside(head).rev();
    let keyword = before.next()?;
    if let Some(unsafety) = before.next().filter(|token| context.tokens.text(*token) == "unsafe") {
        fix = fix.edit(context.file, Edit::delete(TextRange::new(unsafety.start, keyword.start)));
    }
    for (_, name) in &written.items {
        let keyword = context.tokens.before(name.start).next()?;
        fix = fix.edit(context.file, Edit::insert(keyword.start, "pub "));
    }
    Some(fix)
}

/// Whether it gives the object itself, no `Option` or `Result`.
fn is_plain(name: &str) -> bool {
    name.ends_with("_ptr")
}

fn with_bound(context: &FileContext<'_>, at: TextRange, fix: Fix) -> Fix {
    fix.import(ImportEdit::Add { file: context.file, at: at.start, path: as_seen("pyo3::Bound", context) })
}
