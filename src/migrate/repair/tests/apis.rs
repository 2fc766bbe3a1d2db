//! Repairs of single APIs.

use std::path::PathBuf;

use super::super::{Course, OldFunctions};
use super::{Said, after_repair, repaired};
use crate::compiler::{Certainty, CompilerError, Label, Proposal, Span, Suggestion};
use crate::release::Release;
use crate::text::TextRange;

const NOTHING: Said<'_> = Said { code: "E0308", message: "mismatched types", notes: &[], labels: &[] };
const STRING: Said<'_> = Said { labels: &["expected `&CStr`, found `&str`"], ..NOTHING };

fn assert_mended(said: &Said<'_>, rows: &[(&str, &str)]) {
    for (before, after) in rows {
        assert_eq!(repaired(before, said).as_deref(), Some(*after), "{before}");
    }
}

#[test]
fn strings_become_c_strings() {
    assert_mended(
        &STRING,
        &[
            ("fn f() -> PyResult<()> { py.run(«\"a\"», None, None) }", "fn f() -> PyResult<()> { py.run(c\"a\", None, None) }"),
            ("fn f() -> PyResult<()> { py.run(«r#\"a\"#», None, None) }", "fn f() -> PyResult<()> { py.run(cr#\"a\"#, None, None) }"),
            (
                "fn f() -> PyResult<()> { py.run(«code», None, None)?; Ok(()) }",
                "fn f() -> PyResult<()> { py.run(&std::ffi::CString::new(code)?, None, None)?; Ok(()) }",
            ),
            (
                "fn f() { py.run(«&code», None, None).unwrap(); }",
                "fn f() { py.run(&std::ffi::CString::new(code.as_str()).unwrap(), None, None).unwrap(); }",
            ),
            (
                "fn f() { if let Err(error) = py.run(«&format!(\"{a}\")», None, None) { g(error); } }",
                "fn f() { if let Err(error) = std::ffi::CString::new(format!(\"{a}\")).map_err(pyo3::PyErr::from)\
                 .and_then(|string| py.run(&string, None, None)) { g(error); } }",
            ),
            (
                "const CODE: &str = \"a\";\nfn f() -> PyResult<()> { py.run(«CODE», None, None) }",
                "const CODE: &std::ffi::CStr = c\"a\";\nfn f() -> PyResult<()> { py.run(CODE, None, None) }",
            ),
            (
                "pub const CODE: &str = \"a\";\nfn f() -> PyResult<()> { py.run(«CODE», None, None) }",
                "pub const CODE: &str = \"a\";\nfn f() -> PyResult<()> { py.run(&std::ffi::CString::new(CODE)?, None, None) }",
            ),
        ],
    );
    // A zero byte would end the C string.
    assert_eq!(repaired("fn f() -> PyResult<()> { py.run(«\"a\\0b\"», None, None) }", &STRING), None);
}

#[test]
fn calls_that_cannot_fail_any_more_are_not_asked() {
    let tried = Said { code: "E0277", message: "the `?` operator can only be applied to values that implement `Try`", ..NOTHING };
    assert_mended(
        &tried,
        &[(
            "fn f() -> PyResult<()> { if «a.is_instance_of::<B>()?» {} Ok(()) }",
            "fn f() -> PyResult<()> { if a.is_instance_of::<B>() {} Ok(()) }",
        )],
    );
    let unwrapped = Said { code: "E0599", message: "no method named `unwrap` found for type `bool` in the current scope", ..NOTHING };
    assert_mended(&unwrapped, &[("fn f() -> bool { a.is_instance_of::<B>().«unwrap»() }", "fn f() -> bool { a.is_instance_of::<B>() }")]);
    let foreign = Said { code: "E0599", message: "no method named `unwrap` found for struct `Thing` in the current scope", ..NOTHING };
    assert_eq!(repaired("fn f() -> bool { a.b().«unwrap»() }", &foreign), None);
}

#[test]
fn conversions_that_cannot_fail_are_taken_out() {
    let said = Said { notes: &["expected type `bool`\n   found enum `Result<bool, Infallible>`"], ..NOTHING };
    assert_mended(
        &said,
        &[
            ("fn f() -> PyResult<bool> { g(«e.matches(py, c)») }", "fn f() -> PyResult<bool> { g(e.matches(py, c)?) }"),
            ("fn f() -> bool { «e.matches(py, c)» }", "fn f() -> bool { e.matches(py, c).unwrap() }"),
        ],
    );
}

#[test]
fn python_strings_and_lists_give_what_is_wanted() {
    let text = Said { notes: &["expected struct `String`\n  found struct `pyo3::Bound<'_, PyString>`"], ..NOTHING };
    assert_mended(&text, &[("fn f() -> T { g(«ty.name()?.to_owned()») }", "fn f() -> T { g(ty.name()?.to_string()) }")]);
    let list = Said { notes: &["expected struct `pyo3::Bound<'_, PySequence>`\n  found struct `pyo3::Bound<'_, PyList>`"], ..NOTHING };
    assert_mended(&list, &[("fn f() -> T { g(«m.keys()?») }", "fn f() -> T { g(m.keys()?.into_sequence()) }")]);
}

#[test]
fn indices_are_cast_to_what_is_wanted() {
    let said = Said { labels: &["expected `usize`, found `isize`"], ..NOTHING };
    assert_mended(&said, &[("fn f() { l.get_item(«i as isize») }", "fn f() { l.get_item(i as usize) }")]);
    // A negative index means something else.
    assert_eq!(repaired("fn f() { l.get_item(«-1 as isize») }", &said), None);
}

#[test]
fn errors_become_exceptions() {
    let said = Said { code: "E0599", message: "no method named `into_py` found for struct `PyErr` in the current scope", ..NOTHING };
    assert_mended(&said, &[("fn f() -> Py<PyAny> { e.«into_py»(py) }", "fn f() -> Py<PyAny> { e.into_value(py).into_any() }")]);
    let utf8 = Said {
        code: "E0277",
        message: "`?` couldn't convert the error to `PyErr`",
        labels: &["the trait `From<Utf8Error>` is not implemented for `PyErr`"],
        ..NOTHING
    };
    assert_mended(
        &utf8,
        &[(
            "fn f(py: Python<'_>, raw: &[u8]) -> PyResult<T> { g(std::str::from_utf8(raw)«?») }",
            "fn f(py: Python<'_>, raw: &[u8]) -> PyResult<T> { g(std::str::from_utf8(raw)\
             .map_err(|error| pyo3::exceptions::PyUnicodeDecodeError::new_err_from_utf8(py, raw, error))?) }",
        )],
    );
    // What makes the bytes must not run twice.
    assert_eq!(repaired("fn f(py: Python<'_>) -> PyResult<T> { g(std::str::from_utf8(h())«?») }", &utf8), None);
}

#[test]
fn capsules_are_named_for_good() {
    let said = Said {
        code: "deprecated",
        message: "use of deprecated associated function `pyo3::types::PyCapsule::new`: use `PyCapsule::new_with_value` instead",
        ..NOTHING
    };
    assert_mended(
        &said,
        &[(
            "fn f() -> T {\n    let name = CString::new(\"a.b\")?;\n    PyCapsule::«new»(py, value, Some(name))\n}",
            "fn f() -> T {\n    PyCapsule::new_with_value(py, value, c\"a.b\")\n}",
        )],
    );
    // A name that is made at run time has no lifetime to give.
    assert_eq!(repaired("fn f(name: CString) -> T { PyCapsule::«new»(py, value, Some(name)) }", &said), None);
    let reference = Said {
        code: "E0599",
        message: "no method named `reference` found for reference `&pyo3::Bound<'_, PyCapsule>` in the current scope",
        ..NOTHING
    };
    assert_mended(
        &reference,
        &[(
            "fn f() -> T { unsafe { *c.«reference»::<u64>() } }",
            "fn f() -> T { unsafe { *c.pointer_checked(c.name()?.map(|name| name.as_cstr()))?.cast::<u64>().as_ref() } }",
        )],
    );
}

#[test]
fn a_lock_takes_the_place_of_what_was_protected() {
    let said =
        Said { code: "E0599", message: "no method named `get` found for struct `std::sync::Mutex<T>` in the current scope", ..NOTHING };
    assert_mended(&said, &[("fn f() { S.«get»(py).borrow() }", "fn f() { S.lock_py_attached(py).unwrap().borrow() }")]);
    let foreign = Said { code: "E0599", message: "no method named `get` found for struct `Thing` in the current scope", ..NOTHING };
    assert_eq!(repaired("fn f() { S.«get»(py).borrow() }", &foreign), None);
}

#[test]
fn what_a_crate_beside_pyo3_asks_for_too_is_answered_as_before() {
    let missing = Said {
        code: "E0061",
        message: "this function takes 5 arguments but 4 arguments were supplied",
        labels: &["", "argument #5 of type `bool` is missing"],
        notes: &["associated function defined here"],
    };
    let call = |path: &str| format!("fn f() {{ «{path}»‹(object, true, false, true)›?; }}");
    let repaired = |path: &str| repaired(&call(path), &missing);
    let done = |path: &str| Some(format!("fn f() {{ {path}(object, true, false, true, false)?; }}"));
    for path in ["PyFileLikeObject::with_requirements", "pyo3_file::PyFileLikeObject::py_with_requirements"] {
        assert_eq!(repaired(path), done(path));
    }
    assert_eq!(repaired("MyFile::with_requirements"), None);
    assert_eq!(repaired("MyPyFileLikeObject::with_requirements"), None);
}

#[test]
fn a_python_string_that_is_matched_by_text_gives_its_text() {
    let said = Said {
        code: "E0308",
        message: "mismatched types",
        notes: &["expected struct `pyo3::Bound<'_, PyString>`\n   found reference `&'static str`"],
        labels: &["this expression has type `pyo3::Bound<'_, PyString>`", "expected `Bound<'_, PyString>`, found `&str`"],
    };
    assert_mended(
        &said,
        &[(
            "fn f() -> PyResult<u8> { match ‹o.get_type().name()?› { «\"A\"» => Ok(1), _ => Ok(2) } }",
            "fn f() -> PyResult<u8> { match o.get_type().name()?.to_str()? { \"A\" => Ok(1), _ => Ok(2) } }",
        )],
    );
    assert_eq!(repaired("fn f() -> u8 { match ‹name› { «\"A\"» => 1, _ => 2 } }", &said), None);
}

#[test]
fn text_that_the_stable_api_cannot_lend_is_copied() {
    let said = |ty| Said { code: "E0599", message: ty, ..NOTHING };
    let text = said("no method named `to_str` found for reference `&pyo3::Bound<'_, PyString>` in the current scope");
    assert_mended(&text, &[("fn f() { match s.«to_str»() { _ => g() } }", "fn f() { match s.to_cow() { _ => g() } }")]);
    let other = said("no method named `to_str` found for struct `pyo3::Bound<'_, PyAny>` in the current scope");
    assert_eq!(repaired("fn f() { s.«to_str»() }", &other), None);
}

#[test]
fn objects_are_compared_by_identity() {
    let repair = |text: &str, one: &str, other: &str| {
        let said =
            Said { code: "E0369", message: "binary operation `==` cannot be applied to type", notes: &[], labels: &[one, "", other] };
        repaired(text, &said)
    };
    let (bound, lent, free) = ("pyo3::Bound<'_, pyo3::PyAny>", "&pyo3::Bound<'_, pyo3::PyAny>", "pyo3::Py<pyo3::PyAny>");
    assert_eq!(
        repair("fn f() { g(‹v› «==» ‹py.None().bind(py)›) }", lent, lent).as_deref(),
        Some("fn f() { g(v.is(py.None().bind(py))) }"),
    );
    assert_eq!(repair("fn f() { g(‹a.b› «!=» ‹c›) }", free, free).as_deref(), Some("fn f() { g(!a.b.is(&c)) }"));
    assert_eq!(repair("fn f() { g(‹*v› «!=» ‹c›) }", bound, bound).as_deref(), Some("fn f() { g(!(*v).is(&c)) }"));
    assert_eq!(repair("fn f() { g(‹v› «==» ‹c›) }", bound, "i32"), None);
    assert_eq!(repair("fn f() { g(‹v› «+» ‹c›) }", bound, bound), None);
}

#[test]
fn a_default_for_a_name_is_text() {
    let said = Said {
        code: "E0308",
        message: "mismatched types",
        notes: &["expected struct `pyo3::Bound<'_, PyString>`\n found reference `&'static str`"],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f() { g(a.and_then(|b| b.get_type().name()).unwrap_or(«\"x\"»)) }", &said).as_deref(),
        Some("fn f() { g(a.and_then(|b| b.get_type().name()).map(|name| name.to_string()).unwrap_or(\"x\".to_owned())) }"),
    );
    assert_eq!(
        repaired("fn f() { g(a.name().unwrap_or(«x»)) }", &said).as_deref(),
        Some("fn f() { g(a.name().map(|name| name.to_string()).unwrap_or(x.to_owned())) }"),
    );
    // What this call gives is no name.
    assert_eq!(repaired("fn f() { g(a.str().unwrap_or(«\"x\"»)) }", &said), None);
}

#[test]
fn what_is_found_to_have_try_iter_is_an_object() {
    let repair = |receiver: &str, method: &str| {
        let text = "fn f() { array.iter(); }";
        let at = text.find("iter").unwrap();
        let place = PathBuf::from("lib.rs");
        let span = |range| Span {
            path: place.clone(),
            range,
            line: 1,
            label: String::new(),
            said: Label::default(),
            is_primary: true,
            in_macro: false,
        };
        let error = CompilerError {
            code: Some("E0599".to_owned()),
            message: format!("no method named `iter` found for struct `{receiver}` in the current scope"),
            spans: vec![span(TextRange::new(at, at + "iter".len()))],
            suggestions: vec![Suggestion {
                message: format!("there is a method `{method}` with a similar name"),
                kind: Proposal::default(),
                edits: vec![(place.clone(), TextRange::new(at, at + "iter".len()), method.to_owned())],
                certainty: Certainty::MaybeIncorrect,
            }],
            ..CompilerError::default()
        };
        after_repair(error, Course { functions: &OldFunctions::default(), target: Release::NEWEST }, text)
    };
    assert_eq!(repair("pyo3::Bound<'py, T>", "try_iter").as_deref(), Some("fn f() { array.try_iter(); }"));
    assert_eq!(repair("pyo3::Bound<'py, T>", "iter_mut"), None);
    for array in ["PyReadonlyArray<'_, i32, Dim<[usize; 1]>>", "pyo3::Bound<'_, PyArray<i32, Dim<[usize; 1]>>>"] {
        assert_eq!(repair(array, "try_iter"), None, "{array}");
    }
}

#[test]
fn names_that_are_returned_are_owned() {
    let said = Said {
        notes: &["expected enum `Result<&'a str, _>`\n   found enum `Result<pyo3::Bound<'_, PyString>, PyErr>`"],
        labels: &[],
        ..NOTHING
    };
    assert_mended(
        &said,
        &[
            (
                "fn f<'a>(module: &'a Bound<'_, PyModule>) -> PyResult<&'a str> { «module.name()» }",
                "fn f<'a>(module: &'a Bound<'_, PyModule>) -> PyResult<String> { module.name().and_then(|text| text.extract()) }",
            ),
            (
                "fn f(object: &Bound<'_, PyAny>) -> PyResult<&str> { «object.get_type().name()» }",
                "fn f(object: &Bound<'_, PyAny>) -> PyResult<String> { object.get_type().name().and_then(|text| text.extract()) }",
            ),
        ],
    );
    // Another value is text still.
    assert_eq!(repaired("fn f(a: &A) -> PyResult<&str> { if b { return Ok(\"b\"); } «a.name()» }", &said), None);
}

#[test]
fn numpy_arrays_are_iterated_over_by_views() {
    let message = "no method named `iter` found for struct `PyReadonlyArray<'_, i32, Dim<[usize; 1]>>` in the current scope";
    let said = Said { code: "E0599", message, notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() { a.readonly().«iter»()?.map(g) }", &said).as_deref(),
        Some("fn f() { a.readonly().as_array().iter().map(g) }"),
    );
    assert_eq!(repaired("fn f() { a.readonly().«iter»().map(g) }", &said), None);
}
