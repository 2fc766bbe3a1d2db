//! GIL Refs: the types, and the methods called through them.

mod functions;
mod rewrite;
mod signature;

use super::index::index;
use super::methods::is_reported;
use super::names::mentions;
use super::standing::{Standing, fix_of, is_before, needs, standing};
use crate::catalog::Change;
use crate::diagnostic::{Findings, Fix, ImportEdit, Safety};
use crate::model::{FunctionFact, GilRefType, GilRefUse, Source, Ty, TypePosition};
use crate::release::Release;
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rust::code;
use crate::text::{Edit, TextRange, apply_edits};
use rewrite::{is_copied, upcast, write};

/// The first release without GIL Refs: from here on, a `&PyAny` that compiles is something else.
const WITHOUT_GIL_REFS: Release = Release::new(23);

/// `&PyAny` wherever a type stands.
pub(super) fn types(context: &FileContext<'_>, findings: &mut Findings) {
    let (Some(general), Some(pymodule)) = (index().row("gil-ref-type"), index().row("pymodule-signature")) else { return };
    for found in &context.facts.gil_refs {
        let in_module = found.position == TypePosition::Parameter && found.class == "PyModule" && is_module_function(context, found);
        let change = if in_module { pymodule } else { general };
        if !may_be_gil_ref(context, found) {
            continue;
        }
        let Some(standing) = standing(change, &context.package) else { continue };
        let finding = standing.report(findings, change, &context.package, (context.file, found.range));
        finding.message = finding.message.replacen(&change.old, &context.code(found.range), 1);
        finding.help(help(found));
        finding.cause = dictated(context, found).map(|block| ("outdated-conversion", block));
        finding.fix = if in_module { module_fix(context, found, change) } else { type_fix(context, found, change) };
    }
}

fn may_be_gil_ref(context: &FileContext<'_>, found: &GilRefType) -> bool {
    let before = context.package.package.pyo3.release.is_none_or(|release| release < WITHOUT_GIL_REFS);
    // With a newer PyO3 only what Python itself would pass or get is certain.
    before || (found.source == Source::Tree && is_python_signature(context, found))
}

fn is_python_signature(context: &FileContext<'_>, found: &GilRefType) -> bool {
    let in_signature = matches!(found.position, TypePosition::Parameter | TypePosition::InsideParameter | TypePosition::Return);
    in_signature && function_of(context, found).is_some_and(|function| function.is_python_callable() || function.has_attribute("pymodule"))
}

fn function_of<'a>(context: &FileContext<'a>, found: &GilRefType) -> Option<&'a FunctionFact> {
    context.facts.functions.get(found.function?)
}

fn is_module_function(context: &FileContext<'_>, found: &GilRefType) -> bool {
    function_of(context, found).is_some_and(|function| function.has_attribute("pymodule"))
}

fn help(found: &GilRefType) -> String {
    let class = &found.class;
    if class == "PyCell" {
        return "use `Bound<'py, T>` for the owned object and `&Bound<'_, T>` for an argument".to_owned();
    }
    match found.position {
        TypePosition::Parameter | TypePosition::InsideParameter | TypePosition::Closure => format!("take `&Bound<'_, {class}>`"),
        TypePosition::Return => format!("return `Bound<'py, {class}>`, owned, with the lifetime of the token or of an argument"),
        TypePosition::Field => format!("store `Py<{class}>`, or `Bound<'py, {class}>` in a type that lives no longer than the token"),
        TypePosition::Turbofish | TypePosition::Cast => format!("name `Bound<'_, {class}>`, or cast with `cast::<{class}>()`"),
        _ => format!("use `Bound<'py, {class}>` where the value is owned and `&Bound<'_, {class}>` where it is borrowed"),
    }
}

/// `&'a PyAny` to `&Bound<'a, PyAny>`: right for the type itself, and what follows from it is left to the compiler.
fn type_fix(context: &FileContext<'_>, found: &GilRefType, change: &Change) -> Option<Fix> {
    if dictated(context, found).is_some() || found.lifetime.as_deref() == Some("'static") {
        return None;
    }
    let lifetime = found.lifetime.as_deref().unwrap_or("'_");
    if found.position == TypePosition::Cast
        && let Some(edit) = upcast(context, found)
    {
        return fix_of(change, "write `.as_any()`".to_owned(), found.source).map(|fix| fix.edit(context.file, edit));
    }
    let own = write(context, found, is_copied(context, found).then_some(lifetime), lifetime)?;
    let edits = match found.signature.filter(|_| found.source == Source::Tree) {
        Some(index) => signature::edits(context, index)?,
        None => own.clone(),
    };
    let title = format!("write `{}`", preview(context, found, &edits));
    let reason = "what the body makes of it becomes owned too, and may need `&`, `.clone()` or another type";
    let mut fix = fix_of(change, title.clone(), found.source).unwrap_or_else(|| Fix::risky(title, reason, needs(change)));
    fix.safety = Safety::Unsafe;
    fix.reason.get_or_insert_with(|| reason.to_owned());
    let fix = edits.into_iter().fold(fix, |fix, edit| fix.edit(context.file, edit));
    Some(with_bound(context, found, fix))
}

/// The `impl` whose signatures PyO3 dictates, if the type stands in one of them: how they look today is for its own row to say.
fn dictated(context: &FileContext<'_>, found: &GilRefType) -> Option<TextRange> {
    let mut blocks = context.facts.dictated.iter().filter(|_| found.signature.is_some());
    blocks.find(|block| block.contains(found.range)).copied()
}

/// The type as `edits` make it.
fn preview(context: &FileContext<'_>, found: &GilRefType, edits: &[Edit]) -> String {
    let within = edits.iter().filter(|edit| found.range.contains(edit.range));
    let moved = within.map(|edit| {
        let TextRange { start, end } = edit.range;
        Edit::replace(TextRange::new(start - found.range.start, end - found.range.start), edit.text.clone())
    });
    code(&apply_edits(context.slice(found.range), &moved.collect::<Vec<_>>()).unwrap_or_default())
}

/// `m: &PyModule` of a `#[pymodule]` function.
fn module_fix(context: &FileContext<'_>, found: &GilRefType, change: &Change) -> Option<Fix> {
    let function = function_of(context, found)?;
    let parameter = function.parameters.iter().find(|parameter| parameter.range.contains(found.range))?;
    let target = context.code(found.target);
    let text = format!("&Bound<{}, {target}>", found.lifetime.as_deref().unwrap_or("'_"));
    let title = format!("write `{text}`");
    let body = function.body?;
    let fix = match parameter.name.as_deref() {
        Some(name) if only_adds(context, body, name) => Fix::safe(title, needs(change)),
        _ => Fix::risky(title, "the module is used for more than adding to it", needs(change)),
    };
    Some(with_bound(context, found, fix.edit(context.file, Edit::replace(found.range, text))))
}

/// Brings `Bound` and the trait of the type's methods into scope; a glob of the prelude has both.
fn with_bound(context: &FileContext<'_>, found: &GilRefType, fix: Fix) -> Fix {
    if found.source == Source::Definition {
        return fix;
    }
    let at = found.range.start;
    let add = |path: &str| ImportEdit::Add { file: context.file, at, path: as_seen(path, context) };
    let fix = fix.import(add("pyo3::Bound"));
    if found.class == "PyModule" { fix.import(add("pyo3::types::PyModuleMethods")) } else { fix }
}

/// Whether `name` is used in `body` only as `name.add…(…)` and as the last argument of `wrap_pyfunction!` and its like.
fn only_adds(context: &FileContext<'_>, body: TextRange, name: &str) -> bool {
    const ADDS: [&str; 6] = ["add", "add_function", "add_class", "add_wrapped", "py", "name"];
    let is_adding = |token: TextRange| {
        let after: Vec<&str> = context.after(token.end).take(3).collect();
        let is_wrapped = || context.before(token.start).take_while(|word| *word != ")").any(|word| word == "wrap_pyfunction");
        match after.as_slice() {
            [".", method, "(" | "::"] => ADDS.contains(method),
            [")", ..] => is_wrapped(),
            _ => false,
        }
    };
    // Literals can name it as well: `"{name}"`.
    let mut named = context.tokens.inside(body).filter(|token| mentions(context.tokens.text(*token), name));
    named.all(|token| context.tokens.text(token) == name && is_adding(token))
}

/// Methods called on a GIL Ref, one finding a call; those that have a row of their own are left to it.
pub(super) fn methods(context: &FileContext<'_>, findings: &mut Findings) {
    let Some(change) = index().row("gil-ref-type") else { return };
    let Some(standing) = standing(change, &context.package) else { return };
    if context.package.package.pyo3.release.is_some() && !is_before(change, &context.package) {
        return;
    }
    uses(context, change, standing, findings);
    for call in &context.facts.calls {
        let Ty::GilRef(class) = &call.receiver.1 else { continue };
        if call.source != Source::Tree || is_reported(context, call) {
            continue;
        }
        let finding = standing.report(findings, change, &context.package, (context.file, call.name.1));
        finding.message = format!("`{}` is called through the GIL Ref `&{class}`", call.name.0);
        finding.help(format!("have the receiver come as `Bound<'_, {class}>`; this call can stay as it is"));
        finding.cause = cause(context, call.name.1);
    }
}

/// The declaration of what is used at `place`, which the rule about types reports.
fn cause(context: &FileContext<'_>, place: TextRange) -> Option<(&'static str, TextRange)> {
    context.facts.origins.get(&place).map(|origin| ("gil-ref", *origin))
}

/// GIL Refs that are looped over or handed to PyO3.
fn uses(context: &FileContext<'_>, change: &'static Change, standing: Standing, findings: &mut Findings) {
    for (range, class, kind) in &context.facts.gil_ref_uses {
        let finding = standing.report(findings, change, &context.package, (context.file, *range));
        finding.message = match kind {
            GilRefUse::Loop => format!("a loop over the GIL Ref `&{class}`"),
            GilRefUse::Argument => format!("the GIL Ref `&{class}` is passed to PyO3"),
            GilRefUse::Converted => format!("the GIL Ref `&{class}` is converted"),
        };
        finding.help(format!("make the value `Bound<'_, {class}>` where it is declared"));
        finding.fix = functions::fix(context, change, *range);
        finding.cause = cause(context, *range);
    }
}
