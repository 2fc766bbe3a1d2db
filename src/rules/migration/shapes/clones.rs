//! Clones of `Py<T>`: counting a reference needs a token, which is in scope or has to be asked for.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{ClassFact, FieldFact, Form, MethodCall, Source, Style, Ty};
use crate::release::Release;
use crate::rules::FileContext;
use crate::rules::migration::attributes::remove_option;
use crate::rules::migration::names::{free_token, mentions};
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange, indent_of, newline_of, with_line};

/// First release with `Python::attach`.
const ATTACH: Release = Release::new(26);
/// The first release with `Python::with_gil`, which became `attach`.
const WITH_GIL: Release = Release::new(12);

/// `.clone()` of a `Py<T>`, of an `Option<Py<T>>` and its like.
pub(super) fn clones(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    if has_feature(context) {
        return Vec::new();
    }
    let of_objects = context.facts.calls.iter().filter(|call| {
        let copies = match call.name.0.as_str() {
            "clone" | "cloned" | "to_owned" | "to_vec" => call.arguments.is_empty(),
            "fill" | "resize" | "extend_from_slice" => matches!(call.receiver.1, Ty::List(_)),
            _ => false,
        };
        copies && call.receiver.1.holds_py()
    });
    let hit = |call: &MethodCall| {
        let mut hit = Hit::at(call.name.1);
        hit.fix = counted(context, change, call);
        hit
    };
    of_objects.map(hit).collect()
}

fn counted(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> Option<Fix> {
    let fix = fix_of(change, "count the reference with `clone_ref`".to_owned(), call.source)?;
    let receiver = context.slice(call.receiver.0);
    let method = TextRange::new(call.name.1.start, call.range.end);
    let code = context.code(call.receiver.0);
    let is_place = !code.contains(['(', '?', '[']);
    let (attach, since) = attach(context);
    let py = free_token(receiver)?;
    let one = |object: &str| match &call.token {
        Some(token) => format!("{object}.clone_ref({token})"),
        None => format!("Python::{attach}(|{py}| {object}.clone_ref({py}))"),
    };
    let fix = if call.token.is_some() { fix } else { with_python(context, call.range.start, fix.needing(since)) };
    // The token may be that of a variable which is called so.
    let object = ["object", "item"].into_iter().find(|name| call.token.as_ref().is_none_or(|token| !mentions(token, name)))?;
    let each = format!("map(|{object}| {})", one(object));
    let text = match (&call.receiver.1, call.name.0.as_str()) {
        (Ty::Py(_), "clone" | "to_owned") if call.token.is_some() => one("").trim_start_matches('.').to_owned(),
        (Ty::Py(_), "clone" | "to_owned") => {
            // What leaves the function cannot do so from within a closure.
            return (!code.contains('?') && !code.contains(".await"))
                .then(|| fix.edit(context.file, Edit::replace(call.range, one(receiver))));
        }
        (Ty::Option(inner), "clone" | "to_owned") if is_place && matches!(**inner, Ty::Py(_)) => format!("as_ref().{each}"),
        (Ty::Option(inner) | Ty::List(inner), "cloned") if matches!(**inner, Ty::Py(_)) => each,
        (Ty::List(inner), "clone" | "cloned" | "to_owned" | "to_vec")
            if is_place && matches!(**inner, Ty::Py(_)) && is_list(context, call, &code) =>
        {
            format!("iter().{each}.collect::<Vec<_>>()")
        }
        _ => return None,
    };
    Some(fix.edit(context.file, Edit::replace(method, text)))
}

/// Whether a field of `self`, or a parameter, is written as a `Vec` or a slice.
fn is_list(context: &FileContext<'_>, call: &MethodCall, receiver: &str) -> bool {
    let Some(function) = call.function.and_then(|index| context.facts.functions.get(index)) else { return false };
    let written = match receiver.strip_prefix("self.") {
        Some(field) => {
            let class = function.block.and_then(|block| match &context.facts.blocks[block].of {
                Ty::Own(module, name) => context.facts.classes.iter().find(|class| class.module == *module && class.name.0 == *name),
                _ => None,
            });
            class.and_then(|class| class.fields.iter().find(|found| found.name == field)).map(|field| field.written.clone())
        }
        None => {
            let parameter = function.parameters.iter().find(|parameter| parameter.name.as_deref() == Some(receiver));
            parameter.map(|parameter| context.code(parameter.range))
        }
    };
    written.is_some_and(|written| {
        let written = written.trim_start_matches('&');
        written.starts_with("Vec<") || written.starts_with('[')
    })
}

/// `#[derive(Clone)]` over a `Py<T>`, which needs the feature `py-clone` since 0.22.
pub(super) fn derived_clones(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    if has_feature(context) {
        return Vec::new();
    }
    let hit = |class: &ClassFact| {
        let (_, derive) = class.derives.iter().find(|(name, _)| name == "Clone")?;
        let field = class.fields.iter().find(|field| field.ty.holds_py() && !field.written.starts_with('&'))?;
        let label = format!("`{}` holds a `Py`", field.name.rsplit("::").next().unwrap_or_default());
        let fix = by_hand(context, change, class, *derive);
        Some(Hit { range: *derive, also: Some((field.range, label)), fix })
    };
    context.facts.classes.iter().filter_map(hit).collect()
}

/// Takes `Clone` out of the derive, and writes the implementation.
fn by_hand(context: &FileContext<'_>, change: &Change, class: &ClassFact, derive: TextRange) -> Option<Fix> {
    let attributes = context.facts.attributes.iter().filter(|attribute| attribute.name == "derive" && !attribute.conditional);
    let attribute = attributes.into_iter().find(|attribute| attribute.range.cover(derive) == attribute.range)?;
    let option = attribute.options.iter().find(|option| option.range == derive)?;
    let named_py = class.fields.iter().any(|field| field.name.rsplit("::").next() == Some("py"));
    // How often the fields of a macro's template are repeated, only the macro knows.
    let is_repeated = context.code(class.range).contains("$(");
    if class.is_generic || named_py || is_repeated {
        return None;
    }
    let removal = match attribute.options.len() {
        1 => Edit::delete(with_line(context.text, attribute.range)),
        _ => remove_option(context.text, attribute, option)?,
    };
    let (attach, since) = attach(context);
    let fix = fix_of(change, "implement `Clone` by hand".to_owned(), Source::Tree)?.needing(since).edit(context.file, removal);
    let text = implementation(context, class, attach)?;
    Some(with_python(context, class.range.start, fix.edit(context.file, Edit::insert(class.range.end, text))))
}

fn implementation(context: &FileContext<'_>, class: &ClassFact, attach: &str) -> Option<String> {
    let (newline, indent) = (newline_of(context.text), indent_of(context.text, class.range.start));
    let arms: Vec<String> = class.forms.iter().map(|form| value(class, form)).collect::<Option<_>>()?;
    let mut lines =
        vec![String::new(), String::new(), format!("impl Clone for {} {{", class.name.0), "    fn clone(&self) -> Self {".to_owned()];
    if class.forms.iter().any(|form| !form.name.is_empty()) {
        lines.push(format!("        Python::{attach}(|py| match self {{"));
        lines.extend(arms.iter().map(|arm| format!("            {arm},")));
        lines.push("        })".to_owned());
    } else {
        lines.push(format!("        Python::{attach}(|py| {})", arms.concat()));
    }
    lines.extend(["    }", "}"].map(str::to_owned));
    let indented = lines.iter().map(|line| if line.is_empty() { line.clone() } else { format!("{indent}{line}") });
    Some(indented.collect::<Vec<_>>().join(newline))
}

/// The clone of a struct, or the arm of a variant.
fn value(class: &ClassFact, form: &Form) -> Option<String> {
    let is_variant = !form.name.is_empty();
    let prefix = if is_variant { format!("{}::", form.name) } else { String::new() };
    let fields: Vec<(&str, &FieldFact)> = class
        .fields
        .iter()
        .filter_map(|field| Some((field.name.strip_prefix(&prefix)?, field)))
        .filter(|(name, _)| !name.contains(':'))
        .collect();
    let of = if is_variant { format!("Self::{}", form.name) } else { "Self".to_owned() };
    let bound = |name: &str| match (is_variant, form.style) {
        (false, _) => format!("self.{name}"),
        (true, Style::Tuple) => format!("field_{name}"),
        (true, _) => name.to_owned(),
    };
    let clones: Vec<String> = fields.iter().map(|(name, field)| clone_of(&bound(name), field)).collect::<Option<_>>()?;
    let names: Vec<String> = fields.iter().map(|(name, _)| bound(name)).collect();
    let (pattern, value) = match form.style {
        Style::Unit => (of.clone(), of),
        Style::Tuple => (format!("{of}({})", names.join(", ")), format!("{of}({})", clones.join(", "))),
        Style::Named => {
            let pairs: Vec<String> = fields.iter().zip(&clones).map(|((name, _), clone)| format!("{name}: {clone}")).collect();
            (format!("{of} {{ {} }}", names.join(", ")), format!("{of} {{ {} }}", pairs.join(", ")))
        }
    };
    Some(if is_variant { format!("{pattern} => {value}") } else { value })
}

/// The clone of a field; `None` where objects lie deeper than is known how to reach.
fn clone_of(place: &str, field: &FieldFact) -> Option<String> {
    let is_py = |ty: &Ty| matches!(ty, Ty::Py(_));
    let head = field.written.split('<').next().and_then(|path| path.rsplit("::").next()).map_or("", str::trim);
    match &field.ty {
        ty if field.written.starts_with('&') || !ty.holds_py() => Some(format!("{place}.clone()")),
        Ty::Py(_) if head != "Box" => Some(format!("{place}.clone_ref(py)")),
        Ty::Option(inner) if is_py(inner) => Some(format!("{place}.as_ref().map(|object| object.clone_ref(py))")),
        Ty::List(inner) if is_py(inner) && matches!(head, "Vec" | "VecDeque") => {
            Some(format!("{place}.iter().map(|object| object.clone_ref(py)).collect()"))
        }
        Ty::Map(key, value) if is_py(value) && !key.holds_py() => {
            Some(format!("{place}.iter().map(|(key, object)| (key.clone(), object.clone_ref(py))).collect()"))
        }
        _ => None,
    }
}

/// What attaches the thread, and since which release.
fn attach(context: &FileContext<'_>) -> (&'static str, Release) {
    if context.package.writes_newer(ATTACH, WITH_GIL) { ("attach", ATTACH) } else { ("with_gil", WITH_GIL) }
}

fn with_python(context: &FileContext<'_>, at: usize, fix: Fix) -> Fix {
    fix.import(ImportEdit::Add { file: context.file, at, path: as_seen("pyo3::Python", context) })
}

fn has_feature(context: &FileContext<'_>) -> bool {
    context.package.package.pyo3.features.iter().any(|feature| feature.name == "py-clone")
}
