//! Bounds by `IntoPy` and `ToPyObject`: those of `IntoPyObject` name the lifetime of the token.

use super::own_traits::own_into_py;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{Clause, LentBy, LifetimeRole, LifetimeUse, PathUse, SignatureFact, Source};
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// `T: IntoPy<PyObject>` and `T: ToPyObject`.
pub(super) fn rewrite(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    let (_, name) = path.segments.last().filter(|_| path.source == Source::Tree)?;
    let Some(new) = new_trait(context, path) else { return own_into_py(context, change, path) };
    let lent = lent(context, path);
    if let Some(LentBy::Trait { removed, items }) = lent {
        return as_method(context, change, path, *removed, *items);
    }
    if let Some(LentBy::Block { parameter, predicate, removed, clause }) = lent {
        return on_references(context, change, path, (parameter, *predicate, *removed, *clause));
    }
    let (lifetime, mut edits) = lifetime(context, path);
    let (binder, lifetime) = match &lifetime {
        Some(lifetime) => (String::new(), lifetime.clone()),
        None => {
            let free = unused(context, path.signature);
            (format!("for<{free}> "), free)
        }
    };
    let seen = as_seen(new, context);
    let short = new.rsplit("::").next().unwrap_or(new);
    let written = if path.segments.len() > 1 { seen.as_str() } else { short };
    // The conversion takes the value, of which there is a reference only. A bound on references would ask for types at every call:
    // rustc does not find the parameter behind the reference, as references to references convert as well.
    let clone = if matches!(lent, Some(LentBy::Function { is_cloned: false })) { " + Clone" } else { "" };
    edits.push(Edit::replace(TextRange::new(path.segments[0].1.start, path.range.end), format!("{binder}{written}<{lifetime}>{clone}")));
    let mut fix = fix_of(change, format!("bound by `{short}`"), path.source)?;
    fix.edits.extend(edits.into_iter().map(|edit| (context.file, edit)));
    let import = ImportEdit::Add { file: context.file, at: name.start, path: seen };
    Some(if path.segments.len() > 1 { fix } else { fix.import(import) })
}

/// `trait T: ToPyObject` gets the method of the old trait: no bound on `Self` says that all references to it can be converted.
fn as_method(context: &FileContext<'_>, change: &Change, path: &PathUse, removed: TextRange, items: usize) -> Option<Fix> {
    let keyword = context.tokens.before(removed.start).find(|token| context.tokens.text(*token) == "trait")?;
    let (newline, indent) = (newline_of(context.text), indent_of(context.text, keyword.start));
    let seen = |name: &str| if path.segments.len() > 1 { as_seen(&format!("pyo3::{name}"), context) } else { name.to_owned() };
    let method = format!(
        "{newline}{indent}    /// Makes a Python object of the value.{newline}{indent}    fn to_object(&self, py: {}<'_>) -> {}<{}>;{newline}",
        seen("Python"),
        seen("Py"),
        seen("PyAny"),
    );
    let mut fix = fix_of(change, "require the method of the old trait".to_owned(), path.source)?;
    fix.reason = Some("each implementation of the trait needs the method".to_owned());
    fix = fix.edit(context.file, Edit::delete(removed)).edit(context.file, Edit::insert(items, method));
    let imports = ["pyo3::Python", "pyo3::Py", "pyo3::PyAny"].iter().filter(|_| path.segments.len() == 1);
    Some(imports.fold(fix, |fix, name| fix.import(ImportEdit::Add { file: context.file, at: removed.start, path: as_seen(name, context) })))
}

/// Who has only references to values of the parameter that this bound by `ToPyObject` is of.
fn lent<'c>(context: &'c FileContext<'_>, path: &PathUse) -> Option<&'c LentBy> {
    let of_references = path.pyo3.as_deref() == Some("pyo3::ToPyObject");
    context.facts.lent_bounds.iter().find(|bound| of_references && bound.range == path.range).map(|bound| &bound.holder)
}

/// `impl<T: ToPyObject>` with methods that borrow: a `&T` is what is converted.
fn on_references(
    context: &FileContext<'_>,
    change: &Change,
    path: &PathUse,
    (parameter, predicate, removed, clause): (&str, Option<TextRange>, TextRange, Clause),
) -> Option<Fix> {
    let (_, name) = path.segments.last()?;
    let borrow = lifetime_named("'a", context, path.signature);
    let (token, mut edits) = lifetime(context, path);
    let (binder, token) = match token {
        Some(token) => (borrow.clone(), token),
        None => {
            let free = unused(context, path.signature);
            (format!("{borrow}, {free}"), free)
        }
    };
    let seen = as_seen("pyo3::IntoPyObject", context);
    let written = if path.segments.len() > 1 { seen.as_str() } else { "IntoPyObject" };
    let (subject, of_trait) = (format!("for<{binder}> &{borrow} {parameter}"), format!("{written}<{token}>"));
    match predicate {
        Some(place) => edits.extend([Edit::replace(place, subject), Edit::replace(path.range, of_trait)]),
        None => {
            let Clause { at, before } = clause;
            edits.extend([Edit::delete(removed), Edit::insert(at, format!("{before}{subject}: {of_trait}"))]);
        }
    }
    let mut fix = fix_of(change, "use `IntoPyObject` as the bound of references".to_owned(), path.source)?;
    fix.edits.extend(edits.into_iter().map(|edit| (context.file, edit)));
    let import = ImportEdit::Add { file: context.file, at: name.start, path: seen };
    Some(if path.segments.len() > 1 { fix } else { fix.import(import) })
}

/// What converts now as the old trait did; `None` for conversions into other types of Rust.
fn new_trait(context: &FileContext<'_>, path: &PathUse) -> Option<&'static str> {
    let of_trait = path.pyo3.as_deref()?;
    match of_trait {
        "pyo3::ToPyObject" => Some("pyo3::IntoPyObject"),
        "pyo3::IntoPy" => {
            let inside = |other: &&PathUse| other.range.start > path.range.start && path.range.contains(other.range);
            let mut arguments = context.facts.paths.iter().filter(inside);
            let names: Vec<&str> = arguments.by_ref().filter_map(|other| other.pyo3.as_deref()).collect();
            match names.as_slice() {
                ["pyo3::PyObject"] | ["pyo3::Py", "pyo3::PyAny"] => Some("pyo3::IntoPyObject"),
                ["pyo3::Py", "pyo3::types::PyTuple"] => Some("pyo3::call::PyCallArgs"),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The lifetime of the token of the function whose bound it is, and what it takes to give it a name.
fn lifetime(context: &FileContext<'_>, path: &PathUse) -> (Option<String>, Vec<Edit>) {
    let conversions = &context.facts.conversions;
    // An implementation of the same traits gets this lifetime.
    if conversions
        .iter()
        .any(|of| of.generics_at <= path.range.start && of.function.as_ref().is_some_and(|f| path.range.end <= f.range.start))
    {
        return (Some("'py".to_owned()), Vec::new());
    }
    let Some(signature) = path.signature.and_then(|index| context.facts.signatures.get(index)) else { return (None, Vec::new()) };
    let of_python = |input: &&LifetimeUse| matches!(input.role, LifetimeRole::GilRef(_) | LifetimeRole::Token | LifetimeRole::Python);
    let inputs: Vec<&LifetimeUse> = signature.inputs.iter().filter(of_python).collect();
    let is_token = |input: &&&LifetimeUse| input.role == LifetimeRole::Token;
    if attaches(context, path) && !inputs.iter().any(|input| is_token(&input)) {
        return (None, Vec::new());
    }
    let tokens = inputs.iter().filter(is_token);
    if let Some(named) = tokens.chain(&inputs).find_map(|input| input.name.clone()) {
        return (Some(named), Vec::new());
    }
    let (Some(declaration), false) = (&signature.declaration, inputs.is_empty()) else {
        return (None, Vec::new());
    };
    let fresh = unused(context, path.signature);
    let mut edits: Vec<Edit> = inputs.iter().map(|input| input.write(&fresh)).collect();
    // What is returned took its lifetime from the only one that was left out.
    let left_out = |output: &&LifetimeUse| output.name.is_none() && of_python(output);
    edits.extend(signature.outputs.iter().filter(left_out).map(|output| output.write(&fresh)));
    edits.push(declaration.edit(&fresh));
    (Some(fresh), edits)
}

/// Whether the function attaches by itself: that token has a lifetime of its own.
fn attaches(context: &FileContext<'_>, path: &PathUse) -> bool {
    let function = path.function.and_then(|index| context.facts.functions.get(index));
    function.is_some_and(|function| {
        let mut tokens = context.tokens.inside(function.range).map(|token| context.tokens.text(token)).peekable();
        std::iter::from_fn(|| tokens.next().map(|word| (word, tokens.peek().copied())))
            .any(|(word, next)| matches!(word, "with_gil" | "attach") && next == Some("("))
    })
}

/// A lifetime for a token that nothing around declares.
fn unused(context: &FileContext<'_>, signature: Option<usize>) -> String {
    lifetime_named("'py", context, signature)
}

/// A lifetime that nothing around declares, by this name or one that begins with it.
fn lifetime_named(name: &str, context: &FileContext<'_>, signature: Option<usize>) -> String {
    let signatures = &context.facts.signatures;
    let innermost = signature.and_then(|index| signatures.get(index));
    let around = std::iter::successors(innermost, |inner: &&SignatureFact| signatures.get(inner.outer?));
    let taken: Vec<&String> = around.flat_map(|signature| &signature.declared).collect();
    let candidates = std::iter::once(name.to_owned()).chain((1..).map(|number| format!("{name}{number}")));
    candidates.into_iter().find(|name| !taken.contains(&name)).unwrap_or_default()
}
