//! Borrows that end too early.

use super::{Said, mended};

#[test]
fn a_temporary_gets_a_name() {
    let said = Said { code: "E0716", message: "temporary value dropped while borrowed", notes: &[], labels: &[] };
    assert_eq!(
        mended("fn f() {\n    let name = «a.str()?».to_str()?;\n}", &said).as_deref(),
        Some("fn f() {\n    let name = a.str()?;\n    let name = name.to_str()?;\n}"),
    );
    // The rest of the value means another `name`.
    assert_eq!(
        mended("fn f() {\n    let name = «a.str()?».g(name)?;\n}", &said).as_deref(),
        Some("fn f() {\n    let object = a.str()?;\n    let name = object.g(name)?;\n}"),
    );
}

#[test]
fn text_leaves_its_object_as_a_copy() {
    let said = Said { code: "E0515", message: "cannot return value referencing function parameter `p`", notes: &[], labels: &[] };
    assert_eq!(
        mended("fn f() { a.map(|p| «p.extract::<&str>()») }", &said).as_deref(),
        Some("fn f() { a.map(|p| p.extract::<String>()) }"),
    );
    assert_eq!(
        mended("fn f() { a.and_then(|p| «p.cast::<PyString>().map_err(PyErr::from)») }", &said).as_deref(),
        Some("fn f() { a.and_then(|p| p.cast_into::<PyString>().map_err(PyErr::from)) }"),
    );
    let said = Said { message: "cannot return value referencing temporary value", ..said };
    assert_eq!(
        mended("fn f<'a>(a: &A) -> PyResult<&'a str> { «a.kind()?.extract()» }", &said).as_deref(),
        Some("fn f<'a>(a: &A) -> PyResult<String> { a.kind()?.extract() }"),
    );
    // What is no text of a Python object is not copied.
    assert_eq!(mended("fn f<'a>(a: &A) -> PyResult<&'a X> { «a.kind()?.x()» }", &said), None);
}
