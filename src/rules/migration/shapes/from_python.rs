//! `FromPyObject` of the time before its second lifetime: implementations and bounds.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{ConversionFunction, ConversionImpl, PathUsePosition, Source, Ty};
use crate::release::Release;
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::rust::has_word;
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// First release with two lifetimes.
const TWO_LIFETIMES: Release = Release::new(27);

/// `fn extract(object: &PyAny)`, for a target whose trait still has one lifetime.
pub(super) fn gil_ref_impls(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    if context.package.target >= TWO_LIFETIMES {
        return Vec::new();
    }
    let of_gil_ref = |written: &&ConversionImpl| {
        let parameter = written.function.as_ref().filter(|function| function.name.0 == "extract").and_then(|function| function.parameter);
        written.of_trait == "pyo3::FromPyObject" && parameter.is_some_and(|(_, ty)| !context.code(ty).contains("Bound<"))
    };
    let found = context.facts.conversions.iter().filter(of_gil_ref);
    found.map(|written| Hit { fix: extract_bound(context, change, written), ..Hit::at(written.trait_range) }).collect()
}

fn extract_bound(context: &FileContext<'_>, change: &Change, written: &ConversionImpl) -> Option<Fix> {
    let function = written.function.as_ref()?;
    let (_, parameter) = function.parameter?;
    let class = context.slice(function.class?);
    let [lifetime] = written.trait_lifetimes.as_slice() else { return None };
    let root = if written.source == Source::Definition { as_seen("pyo3::", context) } else { String::new() };
    let fix = fix_of(change, "take a `&Bound`".to_owned(), written.source)?
        .edit(context.file, Edit::replace(function.name.1, "extract_bound"))
        .edit(context.file, Edit::replace(parameter, format!("&{root}Bound<{lifetime}, {class}>")));
    Some(if root.is_empty() { import(context, fix, function, &["pyo3::Bound"]) } else { fix })
}

/// `impl<'py> FromPyObject<'py> for T`.
pub(super) fn one_lifetime_impls(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let implementations = context.facts.implementations.iter();
    let old = implementations.filter(|found| found.of_trait.as_deref() == Some("pyo3::FromPyObject") && found.lifetimes == 1);
    old.map(|found| {
        let written = context.facts.conversions.iter().find(|conversion| conversion.trait_range == found.trait_range);
        Hit { fix: written.and_then(|written| rewrite(context, change, written)), ..Hit::at(found.trait_range) }
    })
    .collect()
}

fn rewrite(context: &FileContext<'_>, change: &Change, written: &ConversionImpl) -> Option<Fix> {
    let function = written.function.as_ref()?;
    let (_, parameter) = function.parameter?;
    let class = context.slice(function.class?);
    let [lifetime] = written.trait_lifetimes.as_slice() else { return None };
    let (object, python) = lifetimes(context, written, function, lifetime);
    // Where a macro is called, nobody knows what is imported.
    let root = if written.source == Source::Definition { as_seen("pyo3::", context) } else { String::new() };
    let path = TextRange::new(written.trait_range.start, written.trait_name.end);
    let fix = fix_of(change, "write it with two lifetimes".to_owned(), written.source)?
        .edit(context.file, Edit::replace(written.trait_range, format!("{}<{object}, {python}>", context.slice(path))))
        .edit(context.file, Edit::replace(function.name.1, "extract"))
        .edit(context.file, Edit::replace(parameter, format!("{root}Borrowed<{object}, {python}, {class}>")))
        .edit(context.file, insert_before(context, function, &[&format!("type Error = {root}PyErr;")]));
    Some(if root.is_empty() { import(context, fix, function, &["pyo3::Borrowed", "pyo3::PyErr"]) } else { fix })
}

/// The lifetimes of the object and of the token. The one lifetime was both: it stays with the object if the type borrows from that,
/// which only GIL Refs allowed, and goes to the token otherwise.
fn lifetimes<'w>(
    context: &FileContext<'_>,
    written: &ConversionImpl,
    function: &ConversionFunction,
    lifetime: &'w str,
) -> (&'w str, &'w str) {
    if lifetime == "'_" {
        return ("'_", "'_");
    }
    let takes_gil_ref = function.name.0 == "extract";
    let named = has_word(context.slice(written.self_type.0), lifetime);
    if takes_gil_ref && named && !holds_python(context, &written.self_type.1) { (lifetime, "'_") } else { ("'_", lifetime) }
}

/// Whether a type of the package holds objects of Python, whose lifetime is that of the token.
fn holds_python(context: &FileContext<'_>, ty: &Ty) -> bool {
    let model = context.package.crate_model;
    let Ty::Own(module, name) = ty else { return ty.carries_token() };
    let fields = model.type_named(*module, name).map(|own| (own.fields.as_slice(), own.generics.as_slice()));
    fields.is_some_and(|(fields, generics)| fields.iter().any(|(_, ty)| model.ty(*module, ty, generics, &[]).carries_token()))
}

/// Inserts associated types before the function, and an empty line between.
pub(super) fn insert_before(context: &FileContext<'_>, function: &ConversionFunction, lines: &[&str]) -> Edit {
    let (indent, newline) = (indent_of(context.text, function.range.start), newline_of(context.text));
    let lines: Vec<String> = lines.iter().map(|line| format!("{line}{newline}")).collect();
    Edit::insert(function.range.start, format!("{}{newline}{indent}", lines.join(indent)))
}

/// Asks for names of PyO3 at the place of `function`.
pub(super) fn import(context: &FileContext<'_>, fix: Fix, function: &ConversionFunction, paths: &[&str]) -> Fix {
    let add = |path: &&str| ImportEdit::Add { file: context.file, at: function.range.start, path: as_seen(path, context) };
    paths.iter().map(add).fold(fix, Fix::import)
}

/// `T: FromPyObject<'py>`. A `T` that Python hands over is owned as a rule, since what it could borrow from is a temporary of the function.
pub(super) fn one_lifetime_bounds(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let bounds = context.facts.paths.iter().filter(|path| path.position == PathUsePosition::Bound);
    let old = bounds.filter(|path| path.pyo3.as_deref() == Some("pyo3::FromPyObject") && path.source == Source::Tree);
    let is_lifetime = |token: &TextRange| context.tokens.text(*token).starts_with('\'');
    let old = old.filter(|path| context.tokens.inside(path.range).filter(is_lifetime).count() == 1);
    old.map(|path| {
        let mut hit = Hit::at(path.range);
        hit.fix = fix_of(change, "use `FromPyObjectOwned` as the bound".to_owned(), Source::Tree).and_then(|fix| {
            let (_, name) = path.segments.last()?;
            let owned = as_seen("pyo3::conversion::FromPyObjectOwned", context);
            Some(if path.segments.len() > 1 {
                fix.edit(context.file, Edit::replace(TextRange::new(path.range.start, name.end), owned))
            } else {
                let import = ImportEdit::Add { file: context.file, at: path.range.start, path: owned };
                fix.edit(context.file, Edit::replace(*name, "FromPyObjectOwned")).import(import)
            })
        });
        hit
    })
    .collect()
}
