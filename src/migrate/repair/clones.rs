//! E0599, E0277: clones of `Py<T>`, which count a reference with a token.

use super::Repair;
use super::ownership::printed;
use super::site::{Site, quoted};
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

pub(super) fn repair(site: &Site<'_>) -> Option<Repair> {
    let about = match site.error.code.as_deref()? {
        // "the trait bound `pyo3::Py<T>: Clone` is not satisfied"
        "E0277" => quoted(&site.error.message).next()?.strip_suffix(": Clone")?,
        // "no method named `clone` found for struct `pyo3::Py<T>` in the current scope"
        "E0599" => quoted(&site.error.message).nth(1)?,
        _ => return None,
    };
    let (call, receiver) = site.method_call()?;
    if printed(about).name() != Some("Py") {
        return None;
    }
    let call_range = site.node(call).range;
    let Syntax::MethodCall { method, arguments, .. } = &site.node(call).syntax else { return None };
    let token = site.token(call);
    let counted = |object: &str| match &token {
        Some(token) => format!("{object}.clone_ref({token})"),
        None => format!("pyo3::Python::attach(|py| {object}.clone_ref(py))"),
    };
    let behind = TextRange::new(method.start, call_range.end);
    let edit = match (site.text(*method), &token) {
        _ if !arguments.is_empty() => return None,
        ("cloned", _) => Edit::replace(behind, format!("map(|object| {})", counted("object"))),
        ("clone", Some(token)) => Edit::replace(behind, format!("clone_ref({token})")),
        // What leaves the function cannot do so from within a closure.
        ("clone", None) if !site.text(receiver).contains(['?', '\n']) => Edit::replace(call_range, counted(site.text(receiver))),
        _ => return None,
    };
    site.repair("count the reference", vec![edit])
}
