//! Conversions that are gone, by the types that rustc names.

use super::{Said, mended};

/// What becomes of a call at the mark whose receiver is a `ty`.
fn converted(marked: &str, ty: &str) -> Option<String> {
    let method = marked.split(['«', '»']).nth(1).unwrap();
    let said = Said {
        code: "E0599",
        message: &format!("no method named `{method}` found for struct `{ty}` in the current scope"),
        notes: &[],
        labels: &[&format!("method not found in `{ty}`")],
    };
    mended(&format!("fn f(py: Python<'_>) -> PyResult<Py<PyAny>> {{ Ok({marked}) }}"), &said)
        .map(|text| text["fn f(py: Python<'_>) -> PyResult<Py<PyAny>> { Ok(".len()..text.len() - ") }".len()].to_owned())
}

#[test]
fn the_type_decides_what_becomes_of_a_conversion() {
    let rows = [
        ("x.«into_py»(py)", "String", "x.into_py_any(py)?"),
        ("x.«to_object»(py)", "String", "(&x).into_py_any(py)?"),
        ("x.«to_object»(py)", "&String", "x.into_py_any(py)?"),
        ("x.«to_object»(py)", "i64", "x.into_py_any(py)?"),
        ("x.lock().unwrap().«to_object»(py)", "std::sync::MutexGuard<'_, HashSet<u8>>", "(&*x.lock().unwrap()).into_py_any(py)?"),
        // Objects are handed on as they are.
        ("x.«into_py»(py)", "pyo3::Bound<'_, PyDict>", "x.into_any().unbind()"),
        ("x.«into_py»(py)", "&'a pyo3::Bound<'_, pyo3::PyAny>", "x.clone().unbind()"),
        ("x.«to_object»(py)", "pyo3::Bound<'_, PyDict>", "x.clone().into_any().unbind()"),
        ("x.call0()?.«to_object»(py)", "pyo3::Bound<'_, pyo3::PyAny>", "x.call0()?.unbind()"),
        ("x.«into_py»(py)", "pyo3::Borrowed<'_, '_, PyList>", "x.to_owned().into_any().unbind()"),
        ("x.«into_py»(py)", "pyo3::Py<pyo3::PyAny>", "x"),
        ("x.«into_py»(py)", "pyo3::Py<Node>", "x.into_any()"),
        ("x.«to_object»(py)", "pyo3::Py<pyo3::PyAny>", "x.clone_ref(py)"),
        // What became fallible before its value can be converted.
        ("PyList::new(py, x).«into_py»(py)", "Result<pyo3::Bound<'_, PyList>, PyErr>", "PyList::new(py, x)?.into_py(py)"),
        // These stay the same kind of object.
        ("().«into_py»(py)", "()", "py.None()"),
        ("x.«into_py»(py)", "Vec<u8>", "pyo3::types::PyList::new(py, x)?.into_any().unbind()"),
        ("x.«to_object»(py)", "[u8; 4]", "pyo3::types::PyList::new(py, &x)?.into_any().unbind()"),
        ("x.«into_py»(py)", "&[u8]", "x.into_py_any(py)?"),
        ("x.«into_py»(py)", "PathBuf", "x.into_os_string().into_py_any(py)?"),
        ("x.«to_object»(py)", "&std::path::Path", "x.as_os_str().into_py_any(py)?"),
    ];
    for (marked, ty, wanted) in rows {
        assert_eq!(converted(marked, ty).as_deref(), Some(wanted), "{marked} of {ty}");
    }
}

#[test]
fn conversions_that_would_become_other_objects_are_left() {
    for (marked, ty) in [
        ("x.«into_py»(py)", "HashMap<String, Vec<u8>>"),
        ("g().«into_py»(py)", "()"),
        ("x.«into_any»(py)", "String"),
        ("x.«to_object»(py, 1)", "String"),
    ] {
        assert_eq!(converted(marked, ty), None, "{marked} of {ty}");
    }
}

#[test]
fn the_wanted_class_decides_what_a_conversion_makes() {
    let said = Said {
        code: "E0308",
        message: "mismatched types",
        notes: &["expected struct `Py<PyString>`\n   found struct `Py<PyAny>`"],
        labels: &[],
    };
    let rows = [
        ("«x.into_py_any(py)?»", "x.into_pyobject(py)?.unbind()"),
        ("«x.clone().into_any().unbind()»", "x.clone().unbind()"),
        ("«x.into_any()»", "x"),
    ];
    for (marked, wanted) in rows {
        let text = |value: &str| format!("fn f(py: Python<'_>) -> PyResult<()> {{ let y: Py<PyString> = {value}; Ok(()) }}");
        assert_eq!(mended(&text(marked), &said), Some(text(wanted)), "{marked}");
    }
}

#[test]
fn errors_of_conversions_become_the_one_that_is_wanted() {
    let projected = "the trait `From<<T as pyo3::FromPyObject<'_, '_>>::Error>` is not implemented for `PyErr`";
    let said = Said { code: "E0277", message: "`?` couldn't convert the error to `PyErr`", notes: &[], labels: &[projected] };
    assert_eq!(
        mended("fn f<T>() -> PyResult<T> { Ok(x.extract::<T>()«?») }", &said).as_deref(),
        Some("fn f<T>() -> PyResult<T> { Ok(x.extract::<T>().map_err(Into::into)?) }"),
    );
    let message = "type mismatch resolving `<PyRef<'_, Meter> as FromPyObject<'_, '_>>::Error == PyErr`";
    let said = Said { code: "E0271", message, notes: &[], labels: &[] };
    assert_eq!(
        mended("fn f() { let r: PyResult<PyRef<'_, Meter>> = x.«extract»(); }", &said).as_deref(),
        Some("fn f() { let r: PyResult<PyRef<'_, Meter>> = x.extract().map_err(Into::into); }"),
    );
    // The error of another type is one that could not happen before.
    let said = Said {
        code: "E0277",
        message: "`?` couldn't convert the error to `JsonError`",
        notes: &[],
        labels: &["the trait `From<pyo3::PyErr>` is not implemented for `JsonError`"],
    };
    assert_eq!(
        mended("fn f() -> Result<(), JsonError> { g(PyList::new(py, x)«?»); Ok(()) }", &said).as_deref(),
        Some("fn f() -> Result<(), JsonError> { g(PyList::new(py, x).unwrap()); Ok(()) }"),
    );
    assert_eq!(mended("fn f() -> Result<(), JsonError> { g(x.call0()«?»); Ok(()) }", &said), None);
}

#[test]
fn borrowed_objects_are_iterated_over_by_a_method() {
    let said = |ty: &str| format!("`pyo3::Borrowed<'_, '_, {ty}>` is not an iterator");
    let mend = |ty: &str| {
        let said = Said { code: "E0277", message: &said(ty), notes: &[], labels: &[] };
        mended("fn f() { for item in «list» { g(item); } }", &said)
    };
    assert_eq!(mend("PyList").as_deref(), Some("fn f() { for item in list.iter() { g(item); } }"));
    assert_eq!(mend("pyo3::PyAny"), None);
}

#[test]
fn results_of_a_closure_are_collected_before_they_are_converted() {
    let said = Said {
        code: "E0277",
        message: "`Result<pyo3::Bound<'_, PyList>, pyo3::PyErr>` cannot be converted to a Python object",
        notes: &[],
        labels: &[],
    };
    assert_eq!(
        mended("fn f() -> PyResult<()> { g(«PyList::new(py, rows.map(|row| PyList::new(py, row)))»?) }", &said).as_deref(),
        Some("fn f() -> PyResult<()> { g(PyList::new(py, rows.map(|row| PyList::new(py, row)).collect::<PyResult<Vec<_>>>()?)?) }"),
    );
}
