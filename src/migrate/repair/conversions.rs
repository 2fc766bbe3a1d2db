//! Conversions between Rust and Python: `into_py` and `to_object` become what fits the type that rustc names, and errors become `PyErr`.

use super::Repair;
use super::ownership::printed;
use super::returns::py_result;
use super::site::{Site, behind_references, from_of, without_path};
use crate::compiler::{Fault, Label, Note};
use crate::rust::{Node, NodeId, SCALARS, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// Smart pointers that convert by what they point at.
const POINTERS: &[&str] = &["MutexGuard", "RwLockReadGuard", "RwLockWriteGuard", "Ref", "RefMut", "Rc", "LazyLock", "OnceCell"];

/// Errors of PyO3 that turn into `PyErr`.
const ERRORS: &[&str] =
    &["CastError", "CastIntoError", "DowncastError", "DowncastIntoError", "PyClassGuardError", "PyClassGuardMutError", "Infallible"];

/// The two methods that are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// `into_py`, which took the value.
    IntoPy,
    /// `to_object`, which took a reference.
    ToObject,
}

/// A call of one of them.
struct OldCall<'a> {
    method: Method,
    /// The whole call.
    range: TextRange,
    /// What is converted.
    receiver: TextRange,
    /// The expression for the token.
    token: &'a str,
}

/// `x.into_py(py)` and `x.to_object(py)`.
pub(super) fn old_call(site: &Site<'_>) -> Option<Repair> {
    let (call, receiver) = site.method_call()?;
    let method = match site.text(site.place.range) {
        "into_py" => Method::IntoPy,
        "to_object" => Method::ToObject,
        _ => return None,
    };
    // The project's own trait of that name, which the rules put at the root.
    let mut suggested = site.error.suggestions.iter().flat_map(|suggestion| &suggestion.edits);
    let is_own = |text: &str| text.trim().strip_suffix("::IntoPy;").is_some_and(|start| start == "use crate");
    if let Some((_, range, text)) = suggested.find(|(path, _, text)| *path == site.place.path && is_own(text)) {
        return site.repair("import the trait of the project", vec![Edit::replace(*range, text.as_str())]);
    }
    let Syntax::MethodCall { arguments, generics: None, .. } = &site.node(call).syntax else { return None };
    let [token] = arguments.as_slice() else { return None };
    let old = OldCall { method, range: site.node(call).range, receiver, token: site.text(*token) };
    let ty = receiver_type(site)?;
    let edits = converted(site, &old, ty.trim())?;
    site.repair(format!("convert `{}` by `IntoPyObject`", shortened(ty)), edits)
}

/// The type that has no such method: in the label in full, in the message perhaps with the names of its parameters.
fn receiver_type<'a>(site: &Site<'a>) -> Option<&'a str> {
    match (&site.place.said, site.fault()) {
        (Label::NoMethodIn(ty), _) | (_, Fault::AmbiguousNumber(ty)) => Some(ty),
        (_, fault) => Some(fault.missing()?.1),
    }
}

fn shortened(ty: &str) -> &str {
    without_path(behind_references(ty))
}

fn converted(site: &Site<'_>, old: &OldCall<'_>, ty: &str) -> Option<Vec<Edit>> {
    let (is_reference, target) = referenced(ty);
    let token = old.token;
    let name = without_path(target);
    let name = &name[..name.find('<').unwrap_or(name.len())];
    let class = printed(target);
    match name {
        "Result" => return Some(vec![Edit::insert(old.receiver.end, "?")]),
        "Bound" | "Borrowed" | "Py" => return Some(suffixed(old, &object(site, old, name, is_reference, &class))),
        _ => {}
    }
    if let Some(bound) = bound_on_objects(site, target) {
        let mut edits = suffixed(old, &format!(".as_ref().clone_ref({token})"));
        edits.push(bound);
        return Some(edits);
    }
    match target {
        "()" => return (site.text(old.receiver) == "()").then(|| vec![Edit::replace(old.range, format!("{token}.None()"))]),
        "Vec<u8>" | "std::vec::Vec<u8>" => return Some(list(old, is_reference)),
        _ if target.starts_with("[u8; ") => return Some(list(old, is_reference)),
        "[u8]" if old.method == Method::ToObject => return Some(list(old, true)),
        "[u8]" => {}
        // Bytes further inside of the type would become another kind of object as well.
        _ if target.contains("Vec<u8>") || target.contains("[u8; ") => return None,
        _ => {}
    }
    let (open, way) = match (name, old.method) {
        // Paths were text, and are `pathlib.Path` now.
        ("PathBuf", Method::IntoPy) if !is_reference => ("", ".into_os_string()"),
        ("PathBuf" | "Path", _) => ("", ".as_os_str()"),
        (_, Method::IntoPy) => ("", ""),
        (name, Method::ToObject) if POINTERS.contains(&name) => ("&*", ""),
        (name, Method::ToObject) if is_reference || is_scalar(name) => ("", ""),
        (_, Method::ToObject) => ("&", ""),
    };
    let suffix = format!("{way}.into_py_any({token})?");
    if open.is_empty() {
        return Some(suffixed(old, &suffix));
    }
    let behind = TextRange::new(old.receiver.end, old.range.end);
    Some(vec![Edit::insert(old.receiver.start, format!("({open}")), Edit::replace(behind, format!("){suffix}"))])
}

/// `T: AsRef<PyAny>` was the bound on all GIL Refs, `T: AsRef<Py<PyAny>>` is the one on all that points at objects: the edit of the bound
/// around the place.
fn bound_on_objects(site: &Site<'_>, parameter: &str) -> Option<Edit> {
    let is_bound = |node: &Node| {
        let before = &site.view.text[..node.range.start];
        let bounds = before.rfind(&format!("{parameter}:")).map(|at| &before[at..]);
        matches!(&node.syntax, Syntax::TypePath { name, .. } if name == "PyAny")
            && bounds.is_some_and(|bounds| bounds.ends_with("AsRef<") && !bounds.contains([',', '{', '(']))
    };
    let definitions =
        site.view.nodes.ancestors(site.here()?).filter(|(_, node)| matches!(node.syntax, Syntax::Impl { .. } | Syntax::Function(_)));
    let mut bounds = definitions.flat_map(|(_, node)| site.view.nodes.inside(node.range)).filter(|(_, node)| is_bound(node));
    let class = bounds.next()?.1.range;
    let path = site.text(class).strip_suffix("PyAny")?;
    Some(Edit::replace(class, format!("{path}Py<{path}PyAny>")))
}

fn is_scalar(name: &str) -> bool {
    // A literal whose type rustc has not decided yet is a number, too.
    SCALARS.contains(&name) || matches!(name, "{integer}" | "{float}")
}

/// `&'a T` as whether it is one, and `T`.
fn referenced(ty: &str) -> (bool, &str) {
    (ty.starts_with('&'), behind_references(ty))
}

/// What makes a `Py<PyAny>` of an object: conversions of objects were new references.
fn object(site: &Site<'_>, old: &OldCall<'_>, pointer: &str, is_reference: bool, ty: &TypeRef) -> String {
    let class = match ty {
        TypeRef::Path { arguments, .. } => arguments.first().and_then(TypeRef::name),
        _ => None,
    };
    let upcast = if class == Some("PyAny") { "" } else { ".into_any()" };
    let is_kept = is_reference || (old.method == Method::ToObject && !is_temporary(site, old.receiver));
    match (pointer, is_kept) {
        ("Py", true) => format!(".clone_ref({}){upcast}", old.token),
        ("Py", false) => upcast.to_owned(),
        ("Borrowed", _) => format!(".to_owned(){upcast}.unbind()"),
        (_, true) => format!(".clone(){upcast}.unbind()"),
        (_, false) => format!("{upcast}.unbind()"),
    }
}

/// Whether the expression is a value that nobody else has.
fn is_temporary(site: &Site<'_>, range: TextRange) -> bool {
    let call = |id: NodeId| site.node(id).syntax.is_call() || matches!(site.node(id).syntax, Syntax::Try { .. });
    site.view.nodes.expression_at(range).is_some_and(call)
}

/// Bytes that became a list go on to be one.
fn list(old: &OldCall<'_>, is_reference: bool) -> Vec<Edit> {
    let token = old.token;
    let borrow = if is_reference || old.method == Method::IntoPy { "" } else { "&" };
    let behind = TextRange::new(old.receiver.end, old.range.end);
    vec![
        Edit::insert(old.receiver.start, format!("pyo3::types::PyList::new({token}, {borrow}")),
        Edit::replace(behind, ")?.into_any().unbind()"),
    ]
}

/// Puts `suffix` in the place of the call's method.
fn suffixed(old: &OldCall<'_>, suffix: &str) -> Vec<Edit> {
    vec![Edit::replace(TextRange::new(old.receiver.end, old.range.end), suffix)]
}

/// A `Py<T>` is wanted where a conversion gives a `Py<PyAny>`: it was the wanted type that decided what `into_py` made.
pub(super) fn wanted_class(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let class = |ty: &TypeRef| match ty {
        TypeRef::Path { arguments, .. } if ty.name() == Some("Py") => Some(arguments.first()?.name()?.to_owned()),
        _ => None,
    };
    let (wanted, found) = (class(&expected)?, class(&found)?);
    if found != "PyAny" || wanted == "PyAny" {
        return None;
    }
    let here = site.view.nodes.expression_at(site.place.range)?;
    let edits = match &site.node(here).syntax {
        Syntax::Try { value } => {
            let call = site.view.nodes.expression_at(*value)?;
            let Syntax::MethodCall { method, .. } = &site.node(call).syntax else { return None };
            let is_conversion = site.text(*method) == "into_py_any";
            is_conversion.then(|| vec![Edit::replace(*method, "into_pyobject"), Edit::insert(site.place.range.end, ".unbind()")])?
        }
        Syntax::MethodCall { receiver, method, .. } => {
            let upcast = match site.text(*method) {
                "into_any" => here,
                "unbind" => site.view.nodes.expression_at(*receiver)?,
                _ => return None,
            };
            let Syntax::MethodCall { receiver, method, .. } = &site.node(upcast).syntax else { return None };
            let behind = TextRange::new(receiver.end, site.node(upcast).range.end);
            (site.text(*method) == "into_any").then(|| vec![Edit::delete(behind)])?
        }
        _ => return None,
    };
    site.repair(format!("convert into a `Py<{wanted}>`"), edits)
}

/// A `PyResult<T>` is wanted, and the error is another one that turns into `PyErr`.
pub(super) fn other_error(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let in_results = error_of(&expected).zip(error_of(&found));
    let suffix = if in_results.is_some() { ".map_err(Into::into)" } else { ".into()" };
    let (expected, found) = in_results.unwrap_or((&expected, &found));
    let is_wanted = expected.name() == Some("PyErr");
    let turns = match found {
        TypeRef::Path { .. } => found.name().is_some_and(|name| ERRORS.contains(&name)),
        // `<T as FromPyObject<'_, '_>>::Error` is no plain path.
        TypeRef::Other => site.error.diagnosis.noted().chain(site.place.named()).any(is_projected),
        _ => false,
    };
    if !is_wanted || !turns {
        return None;
    }
    site.repair("make a `PyErr` of the error", site.suffix(site.place.range, suffix))
}

/// `E` of `Result<T, E>`.
fn error_of(ty: &TypeRef) -> Option<&TypeRef> {
    match ty {
        TypeRef::Path { arguments, .. } if ty.name() == Some("Result") => arguments.get(1),
        _ => None,
    }
}

/// Whether a text names the error of a conversion of a generic type, which is one that turns into `PyErr`.
fn is_projected(text: &str) -> bool {
    ["FromPyObject<", "IntoPyObject<"]
        .iter()
        .any(|name| text.match_indices(name).any(|(at, _)| text[..at].contains(" as ") && text[at..].contains(">>::Error")))
}

/// `?` where the error does not become the one of the function.
pub(super) fn error_at_question_mark(site: &Site<'_>) -> Option<Repair> {
    let Fault::QuestionMarkConversion(wanted) = site.fault() else { return None };
    let (question, value) = site.view.nodes.iter().rev().find_map(|(id, node)| match &node.syntax {
        Syntax::Try { value } if node.range.end == site.place.range.end => Some((id, *value)),
        _ => None,
    })?;
    let wanted = printed(wanted);
    let wanted = wanted.name()?;
    if wanted == "PyErr" {
        // `PyErr` is not known to be made from the error of a generic conversion, but that is known to turn into `PyErr`.
        let diagnosis = &site.error.diagnosis;
        let named = diagnosis.named.iter().map(String::as_str).chain(diagnosis.noted()).chain(site.places().flat_map(|span| span.named()));
        let is_generic = named.into_iter().any(is_projected);
        return is_generic.then(|| site.repair("make a `PyErr` of the error", site.suffix(value, ".map_err(Into::into)")))?;
    }
    if ERRORS.contains(&wanted) { closure_of_an_extraction(site, question) } else { by_way_of_pyerr(site, value) }
}

/// The error type is the project's own and is made from `PyErr`, which casts and extractions gave before.
fn by_way_of_pyerr(site: &Site<'_>, value: TextRange) -> Option<Repair> {
    let is_of = |ty: &str, names: &[&str]| printed(ty).name().is_some_and(|name| names.contains(&name));
    let missing =
        site.places().find_map(|span| if let Label::NotImplemented { of_trait } = &span.said { from_of(of_trait) } else { None })?;
    let diagnosis = &site.error.diagnosis;
    let only = diagnosis
        .notes
        .iter()
        .filter_map(|note| if let Note::ForImplementation(types) = note { Some(types.expected.as_str()) } else { None });
    let several = diagnosis.implementations().filter_map(|(_, of_trait)| from_of(of_trait));
    let takes_pyerr = only.chain(several).any(|ty| is_of(ty, &["PyErr"]));
    let edits = site.suffix(value, &format!(".map_err({}::from)", py_err(site)));
    (is_of(missing, ERRORS) && takes_pyerr).then(|| site.repair("make a `PyErr` of the error", edits))?
}

/// `PyErr` as it is spelled here.
fn py_err(site: &Site<'_>) -> &'static str {
    if py_result(site).contains("::") { "pyo3::PyErr" } else { "PyErr" }
}

/// A closure ends with `object.extract()`, whose error decides which one the closure has.
fn closure_of_an_extraction(site: &Site<'_>, inside: NodeId) -> Option<Repair> {
    let Syntax::Closure(closure) = &site.node(site.view.nodes.body_of(inside)?).syntax else { return None };
    let body = site.view.nodes.expression_at(closure.body)?;
    let tail = match &site.node(body).syntax {
        Syntax::Block { tail } => site.view.nodes.expression_at((*tail)?)?,
        _ => body,
    };
    let Syntax::MethodCall { method, .. } = &site.node(tail).syntax else { return None };
    let gives_own_error = matches!(site.text(*method), "extract" | "cast" | "cast_into" | "cast_exact" | "cast_into_exact");
    let error = format!(".map_err({}::from)", py_err(site));
    gives_own_error.then(|| site.repair("make a `PyErr` of the error", site.suffix(site.node(tail).range, &error)))?
}

/// `PyList::new` and `PyTuple::new`, which could not fail before 0.23.
pub(super) fn is_constructor(path: &str) -> bool {
    ["PyList::new", "PyTuple::new"].iter().any(|name| path == *name || path.ends_with(&format!("::{name}")))
}

/// `x.into()` where what `x` is now has no conversion, but the reference that it was has one.
pub(super) fn by_reference(site: &Site<'_>) -> Option<Repair> {
    let (wanted, found) = site.conversion()?;
    let (wanted, found) = (printed(wanted), printed(found));
    let TypeRef::Path { arguments, .. } = &found else { return None };
    let (borrow, target) = match (found.name()?, arguments.as_slice()) {
        ("Cow", [target]) => ("&*", target.clone()),
        ("Borrowed", of) => ("&*", TypeRef::Path { segments: vec!["Bound".to_owned()], arguments: of.to_vec() }),
        ("Bound", _) => ("&", found.clone()),
        ("String" | "PyBackedStr", []) => ("&*", printed("str")),
        _ => return None,
    };
    // "`A` implements `From<&B>`"
    let converts = |(ty, of_trait): &(String, String)| {
        let TypeRef::Reference(from) = printed(from_of(of_trait)?) else { return None };
        Some(printed(ty) == wanted && is_same(&from, &target))
    };
    let is_known = site.error.diagnosis.implementations().any(|row| converts(row) == Some(true));
    let (_, receiver) = site.method_call().filter(|_| is_known && site.text(site.place.range) == "into")?;
    let edits = vec![Edit::insert(receiver.start, format!("({borrow}")), Edit::insert(receiver.end, ")")];
    site.repair("convert the reference", edits)
}

/// Whether two types are the same, whatever the path that they are written with.
fn is_same(one: &TypeRef, other: &TypeRef) -> bool {
    match (one, other) {
        (TypeRef::Path { arguments: ones, .. }, TypeRef::Path { arguments: others, .. }) => {
            one.name() == other.name() && ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| is_same(one, other))
        }
        _ => one == other,
    }
}

/// `object.extract()` as a `PyResult`.
pub(super) fn error_of_extraction(site: &Site<'_>) -> Option<Repair> {
    let Fault::Projection { projection: Some(projection), wanted: Some(wanted), .. } = site.fault() else { return None };
    let is_extraction = projection.contains(" as FromPyObject<") || projection.contains("::FromPyObject<");
    if !is_extraction || !projection.ends_with(">::Error") || wanted != "PyErr" {
        return None;
    }
    let edits = match site.method_call() {
        Some((call, _)) => site.suffix(site.node(call).range, ".map_err(Into::into)"),
        // The text of a `macro_rules!` is no expression; a call without arguments shows its end.
        None => {
            let after = site.view.text.get(site.place.range.end..)?;
            let is_call = site.text(site.place.range) == "extract" && after.starts_with("()");
            is_call.then(|| vec![Edit::insert(site.place.range.end + "()".len(), ".map_err(Into::into)")])?
        }
    };
    site.repair("make a `PyErr` of the error", edits)
}

/// `for item in list`, where `list` is a `Borrowed`: that is no reference to a `Bound`, which can be iterated over.
pub(super) fn borrowed_loop(site: &Site<'_>) -> Option<Repair> {
    const CLASSES: &[&str] = &["PyList", "PyTuple", "PyDict", "PySet", "PyFrozenSet"];
    let Fault::NotIterator(ty) = site.fault() else { return None };
    let TypeRef::Path { arguments, .. } = printed(ty) else { return None };
    let class = arguments.first().and_then(TypeRef::name)?;
    let is_borrowed = without_path(ty).starts_with("Borrowed<");
    if !is_borrowed || !CLASSES.contains(&class) {
        return None;
    }
    site.repair("iterate by a method", site.suffix(site.place.range, ".iter()"))
}
