//! Conversions that are gone, by the types that rustc names.

use super::{Said, repaired, said};

/// What becomes of a call at the mark whose receiver is a `ty`.
fn converted(marked: &str, ty: &str) -> Option<String> {
    let method = marked.split(['«', '»']).nth(1).unwrap();
    let said = Said {
        code: "E0599",
        message: &format!("no method named `{method}` found for struct `{ty}` in the current scope"),
        notes: &[],
        labels: &[&format!("method not found in `{ty}`")],
    };
    repaired(&format!("fn f(py: Python<'_>) -> PyResult<Py<PyAny>> {{ Ok({marked}) }}"), &said)
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
        assert_eq!(repaired(&text(marked), &said), Some(text(wanted)), "{marked}");
    }
}

#[test]
fn errors_of_conversions_become_the_one_that_is_wanted() {
    let projected = "the trait `From<<T as pyo3::FromPyObject<'_, '_>>::Error>` is not implemented for `PyErr`";
    let said = Said { code: "E0277", message: "`?` couldn't convert the error to `PyErr`", notes: &[], labels: &[projected] };
    assert_eq!(
        repaired("fn f<T>() -> PyResult<T> { Ok(x.extract::<T>()«?») }", &said).as_deref(),
        Some("fn f<T>() -> PyResult<T> { Ok(x.extract::<T>().map_err(Into::into)?) }"),
    );
    let message = "type mismatch resolving `<PyRef<'_, Meter> as FromPyObject<'_, '_>>::Error == PyErr`";
    let said = Said { code: "E0271", message, notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() { let r: PyResult<PyRef<'_, Meter>> = x.«extract»(); }", &said).as_deref(),
        Some("fn f() { let r: PyResult<PyRef<'_, Meter>> = x.extract().map_err(Into::into); }"),
    );
    assert_eq!(
        repaired("macro_rules! m { ($x:expr) => { attach(|py| $x?.«extract»()) } }", &said).as_deref(),
        Some("macro_rules! m { ($x:expr) => { attach(|py| $x?.extract().map_err(Into::into)) } }"),
    );
    // A closure has the error of what it ends with.
    let said = Said { code: "E0277", message: "`?` couldn't convert the error to `CastError<'_, '_>`", notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() { CELL.get_or_try_init(py, || py.import(x)«?».extract()); }", &said).as_deref(),
        Some("fn f() { CELL.get_or_try_init(py, || py.import(x)?.extract().map_err(pyo3::PyErr::from)); }"),
    );
}

#[test]
fn borrowed_objects_are_iterated_over_by_a_method() {
    let said = |ty: &str| format!("`pyo3::Borrowed<'_, '_, {ty}>` is not an iterator");
    let repair = |ty: &str| {
        let said = Said { code: "E0277", message: &said(ty), notes: &[], labels: &[] };
        repaired("fn f() { for item in «list» { g(item); } }", &said)
    };
    assert_eq!(repair("PyList").as_deref(), Some("fn f() { for item in list.iter() { g(item); } }"));
    assert_eq!(repair("pyo3::PyAny"), None);
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
        repaired("fn f() -> PyResult<()> { g(«PyList::new(py, rows.map(|row| PyList::new(py, row)))»?) }", &said).as_deref(),
        Some("fn f() -> PyResult<()> { g(PyList::new(py, rows.map(|row| PyList::new(py, row)).collect::<PyResult<Vec<_>>>()?)?) }"),
    );
}

#[test]
fn extraction_is_a_method_of_the_object() {
    let note = "expected struct `pyo3::Borrowed<'_, '_, pyo3::PyAny>`\n   found struct `pyo3::Bound<'_, pyo3::PyAny>`";
    let said = Said { code: "E0308", message: "mismatched types", notes: &[note], labels: &[] };
    let rows = [
        ("Key::extract(«k»)?", "k.extract::<Key>()?"),
        ("Key::extract(«each?»)?", "each?.extract::<Key>()?"),
        ("Vec::<Key>::extract(«&k»)?", "k.extract::<Vec<Key>>()?"),
        ("<Key as FromPyObject>::extract(«k»)?", "k.extract::<Key>()?"),
        ("FromPyObject::extract(«k»)?", "k.extract()?"),
    ];
    for (marked, wanted) in rows {
        let text = |value: &str| format!("fn f() -> PyResult<Key> {{ Ok({value}) }}");
        assert_eq!(repaired(&text(marked), &said), Some(text(wanted)), "{marked}");
    }
    let gone = "no function or associated item named `extract_bound` found for struct `Key` in the current scope";
    let said = Said { code: "E0599", message: gone, notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() -> PyResult<Key> { Key::«extract_bound»(&k.get()) }", &said).as_deref(),
        Some("fn f() -> PyResult<Key> { k.get().extract::<Key>() }"),
    );
}

#[test]
fn references_to_objects_are_cloned_into_any_object() {
    let repair = |from: &str| {
        let message = format!("the trait bound `pyo3::Py<pyo3::PyAny>: From<{from}>` is not satisfied");
        repaired("fn f() -> Py<PyAny> { none.«into»() }", &Said { code: "E0277", message: &message, notes: &[], labels: &[] })
    };
    assert_eq!(repair("pyo3::Borrowed<'_, '_, PyNone>").as_deref(), Some("fn f() -> Py<PyAny> { none.to_owned().into_any().unbind() }"));
    assert_eq!(repair("&pyo3::Bound<'_, PyDict>").as_deref(), Some("fn f() -> Py<PyAny> { none.clone().into_any().unbind() }"));
    assert_eq!(repair("String"), None);
}

#[test]
fn text_is_owned_where_python_cannot_lend_it() {
    let message = "the trait bound `&str: pyo3::FromPyObject<'_, '_>` is not satisfied";
    let said = Said { code: "E0277", message, notes: &[], labels: &[] };
    let rows = [
        ("let s = x.«extract»::<&str>()?;", "let s = x.extract::<String>()?;"),
        ("let s: &str = x.«extract»()?;", "let s: String = x.extract()?;"),
        ("match x.«extract»::<&str>()? { \"a\" => 1, _ => 2 };", "match x.extract::<String>()?.as_str() { \"a\" => 1, _ => 2 };"),
    ];
    for (marked, wanted) in rows {
        let text = |body: &str| format!("fn f() -> PyResult<()> {{ {body} Ok(()) }}");
        assert_eq!(repaired(&text(marked), &said), Some(text(wanted)), "{marked}");
    }
    let said =
        Said { code: "E0277", message: "the trait bound `for<'a> &str: FromPyObject<'a, '_>` is not satisfied", notes: &[], labels: &[] };
    assert_eq!(repaired("fn f() -> PyResult<()> { x.«extract»::<&str>()?; Ok(()) }", &said), None);
}

#[test]
fn elements_become_what_is_wanted_where_they_are_made() {
    let notes =
        &["expected struct `Vec<pyo3::Py<PyArray<f64, Dim<[usize; 1]>>>>`\n   found struct `Vec<pyo3::Bound<'_, PyArray<f64, _>>>`"];
    let said = Said { code: "E0308", message: "mismatched types", notes, labels: &[] };
    assert_eq!(
        repaired("fn f() -> PyResult<Vec<A>> { let a: Vec<_> = b.into_iter().map(|v| g(py, v)).collect(); Ok(«a») }", &said).as_deref(),
        Some("fn f() -> PyResult<Vec<A>> { let a: Vec<_> = b.into_iter().map(|v| g(py, v).unbind()).collect(); Ok(a) }"),
    );
    assert_eq!(
        repaired("fn f() -> Vec<A> { «b.into_iter().map(|v| { h(); g(py, v) }).collect()» }", &said).as_deref(),
        Some("fn f() -> Vec<A> { b.into_iter().map(|v| { h(); g(py, v).unbind() }).collect() }"),
    );
    // What makes them is elsewhere.
    assert_eq!(repaired("fn f() -> Vec<A> { «b.into_iter().map(g).collect()» }", &said), None);
}

#[test]
fn what_was_a_reference_is_converted_as_one() {
    let repair = |wanted: &str, found: &str, implemented: &str| {
        let message = format!("the trait bound `{wanted}: From<{found}>` is not satisfied");
        let note = format!("`{wanted}` implements `From<{implemented}>`");
        let said = Said { code: "E0277", message: &message, notes: &["the following other types implement", &note], labels: &[] };
        repaired("fn f() -> T { T(x.«into»()) }", &said)
    };
    assert_eq!(repair("IStr", "Cow<'_, str>", "&str").as_deref(), Some("fn f() -> T { T((&*x).into()) }"));
    assert_eq!(repair("IStr", "std::string::String", "&str").as_deref(), Some("fn f() -> T { T((&*x).into()) }"));
    assert_eq!(
        repair("Date", "pyo3::Borrowed<'_, '_, pyo3::types::PyDate>", "&pyo3::Bound<'_, pyo3::types::PyDate>").as_deref(),
        Some("fn f() -> T { T((&*x).into()) }"),
    );
    assert_eq!(repair("Date", "pyo3::Bound<'_, PyDate>", "&pyo3::Bound<'_, PyDate>").as_deref(), Some("fn f() -> T { T((&x).into()) }"),);
    for (found, implemented) in [
        ("Cow<'_, str>", "&[u8]"),
        ("Cow<'_, str>", "str"),
        ("pyo3::Borrowed<'_, '_, PyDate>", "&pyo3::Bound<'_, PyTime>"),
        ("Other", "&str"),
    ] {
        assert_eq!(repair("Date", found, implemented), None, "{found} {implemented}");
    }
}

#[test]
fn references_to_an_inferred_class_are_objects() {
    let said = Said {
        code: "E0277",
        message: "the trait bound `for<'a> &_: pyo3::FromPyObject<'a, '_>` is not satisfied",
        notes: &[],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f() { let v: Vec<&_> = a.«extract»().unwrap(); }", &said).as_deref(),
        Some("fn f() { let v: Vec<Bound<'_, _>> = a.extract().unwrap(); }"),
    );
    assert_eq!(repaired("fn f() { let v: (&_, &_) = a.«extract»().unwrap(); }", &said), None);
    assert_eq!(repaired("fn f() { let v = a.«extract»().unwrap(); }", &said), None);
}

#[test]
fn a_conversion_gives_what_its_own_token_attaches() {
    let said = Said {
        code: "",
        message: "lifetime may not live long enough",
        notes: &[],
        labels: &["method was supposed to return data with lifetime `'py` but it is returning data with lifetime `'a`"],
    };
    assert_eq!(
        repaired("impl<'py> I<'py> for &S<'a> { fn into_pyobject(self, py: Python<'py>) -> R { «Ok(self.0.clone().into_any())» } }", &said)
            .as_deref(),
        Some(
            "impl<'py> I<'py> for &S<'a> { fn into_pyobject(self, py: Python<'py>) -> R \
             { Ok(self.0.clone().into_any().unbind().into_bound(py)) } }"
        ),
    );
    // Another function may be told about the lifetime.
    assert_eq!(repaired("fn f(self, py: Python<'py>) -> R { «Ok(self.0.clone().into_any())» }", &said), None);
}

#[test]
fn the_bound_on_gil_refs_becomes_the_one_on_objects() {
    let said = Said {
        code: "E0599",
        message: "no method named `into_py` found for reference `&T` in the current scope",
        notes: &[],
        labels: &["method not found in `&T`"],
    };
    let with = |bound: &str, value: &str| {
        format!("impl<T> C<Py<PyAny>> for &'_ T where T: {bound} {{ fn c(self, py: Python<'_>) -> PyResult<Py<PyAny>> {{ Ok({value}) }} }}")
    };
    for (old, new) in [("AsRef<PyAny>", "AsRef<Py<PyAny>>"), ("D + AsRef<pyo3::PyAny>", "D + AsRef<pyo3::Py<pyo3::PyAny>>")] {
        let wanted = with(new, "self.as_ref().clone_ref(py)");
        assert_eq!(repaired(&with(old, "self.«into_py»(py)"), &said), Some(wanted));
    }
    // A bound on something else, and one on another type.
    let wanted = with("AsRef<str>", "self.into_py_any(py)?");
    assert_eq!(repaired(&with("AsRef<str>", "self.«into_py»(py)"), &said), Some(wanted));
    let wanted = with("D, U: AsRef<PyAny>", "self.into_py_any(py)?");
    assert_eq!(repaired(&with("D, U: AsRef<PyAny>", "self.«into_py»(py)"), &said), Some(wanted));
}

/// What becomes of `…?` in a function with an error type of its own, by the implementations that rustc names.
fn with_own_error(value: &str, gives: &str, implementations: &[&str]) -> Option<String> {
    let said = Said {
        code: "E0277",
        message: "`?` couldn't convert the error to `Oops`",
        notes: &[
            implementations,
            &["the question mark operation (`?`) implicitly performs a conversion on the error value using the `From` trait"],
        ]
        .concat(),
        labels: &[&format!("the trait `From<{gives}>` is not implemented for `Oops`")],
    };
    repaired(&format!("use pyo3::prelude::*;\nfn f(x: &Bound<'_, PyAny>) -> Result<T, Oops> {{ Ok({value}) }}"), &said)
}

#[test]
fn errors_of_ones_own_are_made_by_way_of_pyerr() {
    let only = "for that trait implementation, expected `pyo3::PyErr`, found `PyClassGuardError<'_, '_>`";
    let fixed = with_own_error("x.extract()«?»", "PyClassGuardError<'_, '_>", &[only]).unwrap();
    assert!(fixed.ends_with("Ok(x.extract().map_err(PyErr::from)?) }"), "{fixed}");
    let several = "`Oops` implements trait `From<T>`:\n`Oops` implements `From<PyErr>`\n`Oops` implements `From<std::io::Error>`";
    let fixed = with_own_error("x.cast::<PyDict>()«?»", "CastError<'_, '_>", &[several]).unwrap();
    assert!(fixed.ends_with("Ok(x.cast::<PyDict>().map_err(PyErr::from)?) }"), "{fixed}");
    // It is made of something else, or the error is none of PyO3's.
    let io = "for that trait implementation, expected `std::io::Error`, found `PyClassGuardError<'_, '_>`";
    assert_eq!(with_own_error("x.extract()«?»", "PyClassGuardError<'_, '_>", &[io]), None);
    assert_eq!(with_own_error("x.read()«?»", "std::io::Error", &[only]), None);
}

#[test]
fn text_that_the_stable_abi_does_not_lend_is_owned() {
    let said = said("E0277", "the trait bound `&str: pyo3::FromPyObject<'_, '_>` is not satisfied", &[]);
    let rows = [
        (
            "#[derive(«FromPyObject»)]\npub struct A<'a> {\n    pub a: &'a str,\n}",
            Some("#[derive(FromPyObject)]\npub struct A {\n    pub a: String,\n}"),
        ),
        (
            "fn f(ob: &Bound<'_, PyAny>) -> PyResult<&str> {\n    ob.str()?.«extract»()\n}",
            Some("fn f(ob: &Bound<'_, PyAny>) -> PyResult<String> {\n    ob.str()?.extract()\n}"),
        ),
        (
            "fn f(ob: &Bound<'_, PyAny>) -> T {\n    match ob.«extract»::<&str>() { Ok(text) => g(text), Err(_) => h() }\n}",
            Some("fn f(ob: &Bound<'_, PyAny>) -> T {\n    match ob.extract::<String>() { Ok(text) => g(text), Err(_) => h() }\n}"),
        ),
        ("fn f(ob: &Bound<'_, PyAny>) -> T {\n    match ob.«extract»::<&str>() { Ok(\"a\") => g(), _ => h() }\n}", None),
        // Another way out returns text that is lent.
        (
            "fn f(ob: &Bound<'_, PyAny>) -> PyResult<&str> {\n    if a() {\n        return Ok(\"\");\n    }\n    ob.str()?.«extract»()\n}",
            None,
        ),
    ];
    for (marked, wanted) in rows {
        assert_eq!(repaired(marked, &said).as_deref(), wanted, "{marked}");
    }
}
