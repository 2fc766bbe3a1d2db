//! Rows about method calls: the receiver's type decides, or a name that PyO3 alone uses.

use super::index::index;
use super::paths::{add_imports, fill, propagated};
use super::rewrites::{self, c_strings};
use super::standing::{fix_of, is_before, standing};
use crate::catalog::{Change, Era, Matcher, method_signature};
use crate::diagnostic::{Findings, Fix};
use crate::model::{MethodCall, Source, Ty};
use crate::rules::FileContext;
use crate::text::Edit;

pub(super) fn check(context: &FileContext<'_>, rule: &str, findings: &mut Findings) {
    for call in &context.facts.calls {
        for change in index().methods.get(call.name.0.as_str()).into_iter().flatten().filter(|change| change.rule == rule) {
            let Some(standing) = standing(change, &context.package) else { continue };
            if matches(context, change, call) {
                standing.report(findings, change, &context.package, (context.file, call.name.1)).fix = fix(context, change, call);
            }
        }
    }
}

/// Whether a row about methods reports this call.
pub(super) fn is_reported(context: &FileContext<'_>, call: &MethodCall) -> bool {
    let rows = index().methods.get(call.name.0.as_str()).into_iter().flatten();
    rows.into_iter().any(|change| standing(change, &context.package).is_some() && matches(context, change, call))
}

fn matches(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> bool {
    let Matcher::Method { on, args, token, literal, turbofish, distinctive, ambiguous, .. } = &change.matcher else { return false };
    let from_tokens = call.source != Source::Tree;
    if args.is_some_and(|count| count != call.arguments.len()) && !from_tokens {
        return false;
    }
    if turbofish.is_some_and(|wanted| wanted != call.turbofish.is_some()) && !from_tokens {
        return false;
    }
    let first = call.arguments.first();
    let has_token = first.is_some_and(|(range, ty)| is_token(&context.code(*range), ty));
    if *token && !has_token {
        return false;
    }
    let first_text = first.map_or_else(String::new, |(range, _)| context.code(*range));
    if literal.is_some_and(|wanted| wanted != ["\"", "r\"", "r#"].iter().any(|start| first_text.starts_with(start))) {
        return false;
    }
    if *ambiguous && *literal == Some(false) && c_strings::is_c_string(&first_text) {
        return false;
    }
    // `unwrap` and its like may be about the `Option` that the old form gave.
    let is_propagated = context.after(call.range.end).next() == Some("?");
    let is_new_form = change.became_fallible() && if change.rewrite.is_some() { is_propagated } else { call.taken_as_result };
    if *ambiguous && (is_new_form || !is_before(change, &context.package)) {
        return false;
    }
    let by_turbofish = || call.turbofish.as_ref().is_some_and(|(_, types)| is_python_class(context, types.first()));
    let anything = on.iter().any(|wanted| wanted == "*");
    let is_candidate = match classes(&call.receiver.1) {
        Receiver::Python(classes) => {
            let hidden = hides_inherited(&call.receiver.1, &call.name.0);
            let of_class = |wanted: &String| classes.iter().any(|class| wanted == class && !(hidden && is_inherited(class)));
            let is_named = on.iter().any(of_class);
            // With a trait of its own that has such a method, only a project from before the change can mean PyO3's.
            return (is_named && is_before(change, &context.package))
                || ((is_named || anything) && !context.package.crate_model.may_be_own(call));
        }
        // A type of the package has the method from PyO3 only if the package does not define it itself.
        Receiver::Own => *distinctive || *token || anything,
        // Conversions are called on anything: `"text".into_py(py)`.
        Receiver::NotPython => *distinctive || anything,
        Receiver::Unknown => *distinctive || *token || (!ambiguous && by_turbofish()),
    };
    is_candidate && !context.package.crate_model.may_be_own(call)
}

/// Whether a class has a method of this name itself, so that the one which every object has cannot be meant: `PyBool::is_true`, `PyList::iter`.
fn hides_inherited(receiver: &Ty, method: &str) -> bool {
    match receiver {
        Ty::GilRef(class) | Ty::Native(class) => class != "PyAny" && method_signature(Era::GilRefs, class, method).is_some(),
        Ty::Bound(class) => class != "PyAny" && method_signature(Era::Bound, class, method).is_some(),
        _ => false,
    }
}

fn is_inherited(class: &str) -> bool {
    matches!(class, "PyAny" | "Bound")
}

fn is_token(text: &str, ty: &Ty) -> bool {
    match ty {
        Ty::Token => true,
        Ty::Unknown => matches!(text, "py" | "_py") || text.ends_with(".py()"),
        _ => false,
    }
}

/// Whether a turbofish names a class of Python: a native type or a `#[pyclass]` of the package.
fn is_python_class(context: &FileContext<'_>, ty: Option<&Ty>) -> bool {
    match ty {
        Some(Ty::Native(_)) => true,
        Some(Ty::Own(module, name)) => context.package.crate_model.type_named(*module, name).is_some_and(|ty| ty.is_class),
        _ => false,
    }
}

/// What a receiver is, for the `on` lists of the catalogue.
enum Receiver<'a> {
    Python(Vec<&'a str>),
    Own,
    NotPython,
    Unknown,
}

fn classes(ty: &Ty) -> Receiver<'_> {
    match ty {
        Ty::Token => Receiver::Python(vec!["Python"]),
        Ty::Error => Receiver::Python(vec!["PyErr"]),
        Ty::Py(class) => Receiver::Python(vec!["Py", class]),
        // Of an unknown class nobody knows which methods hide the inherited ones.
        Ty::Bound(class) if class.is_empty() => Receiver::Python(vec!["Bound"]),
        Ty::Bound(class) => Receiver::Python(vec!["Bound", class, "PyAny"]),
        Ty::GilRef(class) | Ty::Native(class) => Receiver::Python(vec![class, "PyAny"]),
        Ty::Guard => Receiver::Python(vec!["PyRef"]),
        Ty::Own(..) => Receiver::Own,
        Ty::Unknown => Receiver::Unknown,
        Ty::Plain
        | Ty::Byte
        | Ty::Text
        | Ty::Path
        | Ty::Backed
        | Ty::Lock(_)
        | Ty::Cell(_)
        | Ty::Option(_)
        | Ty::Result(_)
        | Ty::List(_)
        | Ty::Map(..)
        | Ty::Tuple(_) => Receiver::NotPython,
    }
}

fn fix(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> Option<Fix> {
    if let Some(rewrite) = rewrites::of_method(change) {
        return rewrite(context, change, call);
    }
    let (name, name_range) = (call.name.0.as_str(), call.name.1);
    let renamed = change.renamed(name).map(|new| if call.owned_receiver && call.kept { casting_into(new) } else { new });
    let title = match (&renamed, &change.new) {
        (Some(new), _) => format!("rename to `{new}`"),
        (None, Some(new)) => format!("write `{new}`"),
        _ => return None,
    };
    let mut fix = fix_of(change, title, call.source)?;
    if let Some(suffix) = change.rewrite.as_ref().and_then(|template| template.strip_prefix("$call")) {
        return if call.source == Source::Tree { propagated(context, fix, suffix, call.range, call.function) } else { None };
    }
    if let Some(template) = &change.rewrite {
        if call.source != Source::Tree {
            return None;
        }
        let arguments: Vec<&str> = call.arguments.iter().map(|(range, _)| context.slice(*range)).collect();
        let text = fill(template, Some(context.slice(call.receiver.0)), &arguments);
        fix = fix.edit(context.file, Edit::replace(call.range, text));
    } else {
        let renamed = renamed.map(|new| Edit::replace(name_range, new));
        let strings = if call.source == Source::Tree { c_strings::literals(context, change, &call.arguments) } else { Vec::new() };
        fix = renamed.into_iter().chain(strings).fold(fix, |fix, edit| fix.edit(context.file, edit));
        if fix.edits.is_empty() {
            return None;
        }
    }
    Some(add_imports(context, call.range.start, change, fix))
}

/// The name of the cast that takes the object along: one that borrows from a temporary would not outlive its statement.
fn casting_into(name: String) -> String {
    match name.strip_prefix("cast") {
        Some(rest @ ("" | "_exact" | "_unchecked")) => format!("cast_into{rest}"),
        _ => name,
    }
}
