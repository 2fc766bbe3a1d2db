//! Single APIs whose arguments or results became others, where only the types tell which call is one of them.

use super::Repair;
use super::returns::{Leaves, leaves};
use super::site::{Site, behind_references, is_place, without_path};
use crate::compiler::{Fault, Label};
use crate::rust::{NodeId, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// `protected.get(py)`, which a lock has taken the place of.
pub(super) fn protected(site: &Site<'_>) -> Option<Repair> {
    let (method, ty) = site.fault().missing()?;
    if method != "get" || !behind_references(ty).starts_with("std::sync::Mutex<") {
        return None;
    }
    let (call, _) = site.method_call()?;
    let Syntax::MethodCall { arguments, .. } = &site.node(call).syntax else { return None };
    if arguments.len() != 1 {
        return None;
    }
    let end = site.node(call).range.end;
    site.repair("take the lock", vec![Edit::replace(site.place.range, "lock_py_attached"), Edit::insert(end, ".unwrap()")])
}

/// A string where a C string is wanted, alone or among other arguments that do not fit.
pub(super) fn c_strings(site: &Site<'_>) -> Option<Repair> {
    let is_string = |label: &Label| match label {
        Label::Mismatch(types) => types.expected == "&CStr" && (types.found.ends_with("str") || types.found.ends_with("String")),
        _ => false,
    };
    let edits: Vec<Edit> =
        site.places().filter(|span| is_string(&span.said)).filter_map(|span| c_string(site, span.range)).flatten().collect();
    site.repair("pass a C string", edits)
}

fn c_string(site: &Site<'_>, range: TextRange) -> Option<Vec<Edit>> {
    let text = site.text(range);
    if ["\"", "r\"", "r#"].iter().any(|quote| text.starts_with(quote)) {
        // A C string ends at its first zero byte.
        return (!text.contains("\\0")).then(|| vec![Edit::insert(range.start, "c")]);
    }
    if text.starts_with("include_str!(") || text.starts_with("concat!(") {
        return Some(vec![Edit::insert(range.start, "pyo3::ffi::c_str!("), Edit::insert(range.end, ")")]);
    }
    if let Some(edits) = constant(site, text) {
        return Some(edits);
    }
    let here = site.view.nodes.expression_at(range)?;
    let (value, is_borrowed) = match &site.node(here).syntax {
        Syntax::Reference { value } => (*value, true),
        _ => (range, false),
    };
    let owned = if is_borrowed && is_place(site.text(value)) { ".as_str()" } else { "" };
    let made = format!("std::ffi::CString::new({}{owned})", site.text(value));
    let call = call_of(site, here)?;
    let failing = match failure(site, call) {
        Failure::Left => "?",
        Failure::Unwrapped => ".unwrap()",
        // The error of the string takes the way of the call's own.
        Failure::Kept => {
            let call = site.node(call).range;
            return Some(vec![
                Edit::insert(call.start, format!("{made}.map_err(pyo3::PyErr::from).and_then(|string| ")),
                Edit::replace(range, "&string"),
                Edit::insert(call.end, ")"),
            ]);
        }
    };
    Some(vec![Edit::replace(range, format!("&{made}{failing}"))])
}

/// What becomes of the error of a call.
enum Failure {
    /// It leaves the function.
    Left,
    /// It ends the program.
    Unwrapped,
    /// The value is kept as it is.
    Kept,
}

fn failure(site: &Site<'_>, call: NodeId) -> Failure {
    let range = site.node(call).range;
    match site.node(call).parent.map(|parent| &site.node(parent).syntax) {
        Some(Syntax::Try { .. }) => return Failure::Left,
        Some(Syntax::MethodCall { receiver, method, .. }) if *receiver == range && matches!(site.text(*method), "unwrap" | "expect") => {
            return Failure::Unwrapped;
        }
        _ => {}
    }
    let body = site.view.nodes.body_of(call);
    let leaves_with_it = body.is_some_and(|body| {
        leaves(site, body) == Leaves::Result
            && site.view.nodes.inside(site.node(body).range).any(|(_, node)| match node.syntax {
                Syntax::Block { tail } => tail == Some(range) && node.parent == Some(body),
                Syntax::Return { value } => value == Some(range),
                _ => false,
            })
    });
    if leaves_with_it { Failure::Left } else { Failure::Kept }
}

/// A constant of this file that is used for nothing else becomes a C string itself.
fn constant(site: &Site<'_>, name: &str) -> Option<Vec<Edit>> {
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let text = site.view.text;
    let declared = format!("{name}: ");
    let (at, _) = text.match_indices(&declared).find(|(at, _)| text[..*at].ends_with("const ") || text[..*at].ends_with("static "))?;
    let is_private = !text[text[..at].rfind('\n').map_or(0, |line| line + 1)..at].contains("pub");
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let whole = |at: &usize| !text[..*at].ends_with(is_word) && !text[*at + name.len()..].starts_with(is_word);
    let uses = text.match_indices(name).filter(|(at, _)| whole(at)).count();
    if !is_name || !is_private || uses != 2 {
        return None;
    }
    let ty = at + declared.len();
    let equals = ty + text[ty..].find('=')?;
    let value = equals + 1 + text[equals + 1..].len() - text[equals + 1..].trim_start().len();
    let is_str = matches!(text[ty..equals].trim(), "&str" | "&'static str");
    let end = value + text[value..].find([';', '\n'])?;
    let is_literal = ["\"", "r\"", "r#"].iter().any(|quote| text[value..].starts_with(quote)) && !text[value..end].contains("\\0");
    (is_str && is_literal).then(|| {
        vec![Edit::replace(TextRange::new(ty, ty + text[ty..equals].trim_end().len()), "&std::ffi::CStr"), Edit::insert(value, "c")]
    })
}

/// The call that the argument belongs to; `Some(…)` is none.
fn call_of(site: &Site<'_>, argument: NodeId) -> Option<NodeId> {
    let range = site.node(argument).range;
    let holds = |arguments: &[TextRange]| arguments.iter().any(|argument| argument.contains(range));
    let is_call = |syntax: &Syntax, text: &str| match syntax {
        Syntax::Call { arguments, .. } => holds(arguments) && !is_variant(text),
        Syntax::MethodCall { arguments, .. } => holds(arguments),
        _ => false,
    };
    site.view.nodes.ancestors(argument).skip(1).find(|(_, node)| is_call(&node.syntax, site.text(node.range))).map(|(id, _)| id)
}

fn is_variant(call: &str) -> bool {
    call.starts_with("Some(")
}

/// `Result<bool, Infallible>` where `bool` is wanted: what was converted for the call cannot fail.
pub(super) fn infallible_result(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let TypeRef::Path { arguments, .. } = &found else { return None };
    let is_infallible = found.name() == Some("Result") && arguments.get(1).and_then(TypeRef::name) == Some("Infallible");
    if !is_infallible || expected.name() == Some("Result") {
        return None;
    }
    let here = site.view.nodes.expression_at(site.place.range)?;
    let body = site.view.nodes.body_of(here)?;
    let suffix = if leaves(site, body) == Leaves::Result { "?" } else { ".unwrap()" };
    site.repair("take the value of what cannot fail", site.suffix(site.place.range, suffix))
}

/// A `?` behind a call that cannot fail any more.
pub(super) fn tried_in_vain(site: &Site<'_>) -> Option<Repair> {
    let here = site.here()?;
    let Syntax::Try { value } = &site.node(here).syntax else { return None };
    let call = site.view.nodes.expression_at(*value)?;
    let is_call = site.node(call).syntax.is_call();
    let gone = TextRange::new(value.end, site.node(here).range.end);
    is_call.then(|| site.repair("drop the `?` of a call that cannot fail", vec![Edit::delete(gone)]))?
}

/// An `unwrap()` behind a call that cannot fail any more.
pub(super) fn unwrapped_in_vain(site: &Site<'_>) -> Option<Repair> {
    let (method, ty) = site.fault().missing()?;
    if !matches!(method, "unwrap" | "expect") || !is_plain(ty) {
        return None;
    }
    let (call, receiver) = site.method_call()?;
    let value = site.view.nodes.expression_at(receiver)?;
    let is_call = site.node(value).syntax.is_call();
    let gone = TextRange::new(receiver.end, site.node(call).range.end);
    is_call.then(|| site.repair(format!("drop the `{method}` of a call that cannot fail"), vec![Edit::delete(gone)]))?
}

/// `if let Ok(true) = call`, where the call gives the `bool` itself.
pub(super) fn bare_condition(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let unless = match site.text(site.place.range) {
        "Ok(true)" => "",
        "Ok(false)" => "!",
        _ => return None,
    };
    let is_bare = expected.name() == Some("bool") && found.name() == Some("Result");
    let (_, condition) = site.view.nodes.ancestors(site.here()?).find(|(_, node)| matches!(node.syntax, Syntax::LetCondition { .. }))?;
    let Syntax::LetCondition { pattern, value } = condition.syntax else { return None };
    let edit = Edit::replace(TextRange::new(condition.range.start, value.start), unless);
    (is_bare && pattern == site.place.range).then(|| site.repair("ask a call that cannot fail", vec![edit]))?
}

/// What PyO3's functions return without a `Result` where there was one.
fn is_plain(ty: &str) -> bool {
    let ty = behind_references(ty);
    matches!(ty, "bool" | "usize" | "isize" | "()" | "str")
        || ["pyo3::Bound<", "Bound<", "Py<", "pyo3::Py<"].iter().any(|start| ty.starts_with(start))
}

/// A Python string where its text is wanted: names of types and modules were `&str`.
pub(super) fn python_text(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let is_text = |ty: &TypeRef| class_of(ty) == Some("PyString");
    // `match class.name()? { "text" => …`: the pattern is text, and what is looked at was.
    if is_text(&expected) {
        let looked_at = site.places().find(|span| matches!(span.said, Label::HasType(_)))?;
        let is_pattern = site.text(site.place.range).starts_with('"') && site.text(looked_at.range).ends_with('?');
        return is_pattern.then(|| site.repair("take the text of a Python string", site.suffix(looked_at.range, ".to_str()?")))?;
    }
    if !is_text(&found) {
        return None;
    }
    let is_str = |ty: &TypeRef| matches!(ty, TypeRef::Reference(inner) if inner.name() == Some("str"));
    let here = site.view.nodes.expression_at(site.place.range)?;
    if is_str(&expected) {
        return site.repair("take the text of a Python string", site.suffix(site.place.range, ".to_str()?"));
    }
    if expected.name() != Some("String") {
        return None;
    }
    // `name()?.to_owned()` made a `String` of a `&str`.
    let edits = match &site.node(here).syntax {
        Syntax::MethodCall { method, arguments, .. }
            if arguments.is_empty() && matches!(site.text(*method), "to_owned" | "into_owned" | "clone") =>
        {
            vec![Edit::replace(*method, "to_string")]
        }
        _ => site.suffix(site.place.range, ".to_string()"),
    };
    site.repair("take the text of a Python string", edits)
}

/// `to_str` of a Python string, which the stable API has from Python 3.10 on: `to_cow` copies where it has to.
pub(super) fn stable_text(site: &Site<'_>) -> Option<Repair> {
    let (_, printed) = site.fault().missing().filter(|(method, _)| *method == "to_str")?;
    let printed = behind_references(printed);
    let is_text =
        matches!(without_path(printed).split_once('<')?, ("Bound" | "Borrowed", of) if of.trim_end_matches('>').ends_with("PyString"));
    site.method_call().filter(|_| is_text)?;
    site.repair("take the text of a Python string by `to_cow`", vec![Edit::replace(site.place.range, "to_cow")])
}

/// A list where a sequence is wanted, or a dict where a mapping is: `keys` of a mapping gave a sequence.
pub(super) fn protocol(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let (wanted, given, is_borrowed) = match (&expected, &found) {
        (TypeRef::Reference(wanted), TypeRef::Reference(given)) => (class_of(wanted)?, class_of(given)?, true),
        _ => (class_of(&expected)?, class_of(&found)?, false),
    };
    let method = match (given, wanted) {
        ("PyList" | "PyTuple", "PySequence") => "sequence",
        ("PyDict", "PyMapping") => "mapping",
        _ => return None,
    };
    let verb = if is_borrowed { "as" } else { "into" };
    site.repair(format!("take the object as a {method}"), site.suffix(site.place.range, &format!(".{verb}_{method}()")))
}

/// `T` of `Bound<'_, T>`.
pub(super) fn class_of(ty: &TypeRef) -> Option<&str> {
    let TypeRef::Path { arguments, .. } = ty else { return None };
    (ty.name() == Some("Bound")).then(|| arguments.first()?.name())?
}

/// Indices and lengths: `isize` or a type of C became `usize` or `isize`.
pub(super) fn sizes(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let (wanted, given) = (expected.name()?, found.name()?);
    let text = site.text(site.place.range);
    let (value, cast) = text.rsplit_once(" as ")?;
    let is_size = |name: &str| matches!(name, "usize" | "isize");
    let is_cast = matches!(given, "isize" | "i64" | "i32")
        && matches!(cast.trim(), "isize" | "i64" | "i32" | "c_long" | "Py_ssize_t" | "ffi::Py_ssize_t");
    if !is_size(wanted) || !is_cast || value.trim_start().starts_with('-') {
        return None;
    }
    let cast_at = TextRange::new(site.place.range.end - cast.len(), site.place.range.end);
    site.repair(format!("cast to `{wanted}`"), vec![Edit::replace(cast_at, wanted)])
}

/// `error.into_py(py)`: the exception itself.
pub(super) fn error_value(site: &Site<'_>) -> Option<Repair> {
    let (method, ty) = site.fault().missing()?;
    if behind_references(ty).rsplit("::").next() != Some("PyErr") {
        return None;
    }
    let (call, receiver) = site.method_call()?;
    let end = site.node(call).range.end;
    let token = match &site.node(call).syntax {
        Syntax::MethodCall { arguments, .. } if arguments.len() == 1 => site.text(arguments[0]),
        _ => return None,
    };
    let text = match method {
        "into_py" => format!(".into_value({token}).into_any()"),
        "to_object" => format!(".value({token}).clone().into_any().unbind()"),
        _ => return None,
    };
    site.repair("take the exception of the error", vec![Edit::replace(TextRange::new(receiver.end, end), text)])
}

/// `std::str::from_utf8(bytes)?`: the exception is made from the bytes.
pub(super) fn utf8_error(site: &Site<'_>) -> Option<Repair> {
    let is_meant = *site.fault() == Fault::QuestionMarkConversion("PyErr".to_owned())
        && site.places().any(|span| span.named().any(|name| name.contains("From<Utf8Error>")));
    if !is_meant {
        return None;
    }
    let here = site.here()?;
    let Some((tried, Syntax::Try { value })) =
        site.view.nodes.ancestors(here).map(|(id, node)| (id, &node.syntax)).find(|(_, syntax)| matches!(syntax, Syntax::Try { .. }))
    else {
        return None;
    };
    let call = site.view.nodes.expression_at(*value)?;
    let Syntax::Call { function, arguments } = &site.node(call).syntax else { return None };
    let [bytes] = arguments.as_slice() else { return None };
    let bytes = site.text(*bytes);
    // The bytes are named twice: they must not be made twice.
    if !site.text(*function).ends_with("from_utf8") || !is_place(bytes.trim_start_matches('&')) {
        return None;
    }
    let exception = |token: &str| format!("pyo3::exceptions::PyUnicodeDecodeError::new_err_from_utf8({token}, {bytes}, error)");
    let made = match site.token(tried) {
        Some(token) => exception(&token),
        None => format!("{}{})", site.attach(), exception("py")),
    };
    site.repair("make the exception of the bytes", vec![Edit::insert(value.end, format!(".map_err(|error| {made})"))])
}
