//! Borrows that end too early.

use super::{Said, repaired};

#[test]
fn a_temporary_gets_a_name() {
    let said = Said { code: "E0716", message: "temporary value dropped while borrowed", notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() {\n    let name = «a.str()?».to_str()?;\n}", &said).as_deref(),
        Some("fn f() {\n    let name = a.str()?;\n    let name = name.to_str()?;\n}"),
    );
    // The rest of the value means another `name`.
    assert_eq!(
        repaired("fn f() {\n    let name = «a.str()?».g(name)?;\n}", &said).as_deref(),
        Some("fn f() {\n    let object = a.str()?;\n    let name = object.g(name)?;\n}"),
    );
}

#[test]
fn text_leaves_its_object_as_a_copy() {
    let said = Said { code: "E0515", message: "cannot return value referencing function parameter `p`", notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() { a.map(|p| «p.extract::<&str>()») }", &said).as_deref(),
        Some("fn f() { a.map(|p| p.extract::<String>()) }"),
    );
    assert_eq!(
        repaired("fn f() { a.and_then(|p| «p.cast::<PyString>().map_err(PyErr::from)») }", &said).as_deref(),
        Some("fn f() { a.and_then(|p| p.cast_into::<PyString>().map_err(PyErr::from)) }"),
    );
    let said = Said { message: "cannot return value referencing temporary value", ..said };
    assert_eq!(
        repaired("fn f<'a>(a: &A) -> PyResult<&'a str> { «a.kind()?.extract()» }", &said).as_deref(),
        Some("fn f<'a>(a: &A) -> PyResult<String> { a.kind()?.extract() }"),
    );
    // What is no text of a Python object is not copied.
    assert_eq!(repaired("fn f<'a>(a: &A) -> PyResult<&'a X> { «a.kind()?.x()» }", &said), None);
}

#[test]
fn what_is_consumed_is_owned_before() {
    let said = |ty: &'static str| {
        let message = format!("cannot move out of dereference of `{ty}`");
        move |marked: &str| repaired(marked, &Said { code: "E0507", message: &message, notes: &[], labels: &[] })
    };
    let borrowed = said("pyo3::Borrowed<'_, '_, pyo3::PyAny>");
    assert_eq!(borrowed("fn f() { «ob.clone()».unbind() }").as_deref(), Some("fn f() { ob.to_owned().unbind() }"));
    assert_eq!(
        borrowed("fn f() { «ob.cast::<PyType>()?.clone()».unbind() }").as_deref(),
        Some("fn f() { ob.cast::<PyType>()?.to_owned().unbind() }")
    );
    assert_eq!(borrowed("fn f() { «ob».unbind() }").as_deref(), Some("fn f() { ob.to_owned().unbind() }"));
    assert_eq!(said("std::sync::MutexGuard<'_, A>")("fn f() { «a.clone()».into_inner() }"), None);
}
