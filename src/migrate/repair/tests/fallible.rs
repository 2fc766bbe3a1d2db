//! What became fallible, and what follows from it.

use super::{Said, mended, mended_after};

const MISMATCHED: Said<'_> = Said {
    code: "E0308",
    message: "mismatched types",
    notes: &["expected struct `pyo3::Py<_>`\n   found enum `Result<pyo3::Py<_>, PyErr>`"],
    labels: &[],
};

#[test]
fn what_a_function_of_the_project_panicked_with_stays_a_panic_where_errors_cannot_leave() {
    let tried = Said {
        code: "E0277",
        message: "the `?` operator can only be used in a closure that returns `Result` or `Option`",
        notes: &[],
        labels: &[],
    };
    let closure = "fn f(a: A) { a.observe(move |x| { Python::attach(|py| { h(made(py, x)«?»); }) }); }";
    let panics = "fn f(a: A) { a.observe(move |x| { Python::attach(|py| { h(made(py, x).unwrap()); }) }); }";
    assert_eq!(mended_after("fn made(py: Python, x: X) -> PyObject { y }", closure, &tried).as_deref(), Some(panics));
    // What could fail before has no such `?` for a panic.
    assert_eq!(mended_after("fn made(py: Python, x: X) -> PyResult<PyObject> { y }", closure, &tried), None);
    assert_eq!(mended(closure, &tried), None);
    let foreign = Said {
        message: "`?` couldn't convert the error to `Problem`",
        labels: &["the trait `From<pyo3::PyErr>` is not implemented for `Problem`"],
        ..tried
    };
    let old = "impl Token { fn new(x: X) -> Token { y } fn name(&self) -> String { y } }";
    assert_eq!(
        mended_after(old, "fn f() -> Result<T, Problem> { g(Token::new(x)«?»); h() }", &foreign).as_deref(),
        Some("fn f() -> Result<T, Problem> { g(Token::new(x).unwrap()); h() }"),
    );
    assert_eq!(
        mended_after(old, "impl Token { fn f() -> Result<T, Problem> { g(Self::new(x)«?»); h() } }", &foreign).as_deref(),
        Some("impl Token { fn f() -> Result<T, Problem> { g(Self::new(x).unwrap()); h() } }"),
    );
    assert_eq!(mended_after(old, "fn f() -> Result<T, Problem> { g(Other::new(x)«?»); h() }", &foreign), None);
    assert_eq!(
        mended_after(old, "impl Display for T { fn fmt(&self, f: F) -> fmt::Result { f.write(«self.0.name()») } }", &MISMATCHED).as_deref(),
        Some("impl Display for T { fn fmt(&self, f: F) -> fmt::Result { f.write(self.0.name().unwrap()) } }"),
    );
}

#[test]
fn the_results_of_a_closure_panic_as_the_calls_in_it_did() {
    let foreign = Said {
        code: "E0277",
        message: "`?` couldn't convert the error to `Problem`",
        notes: &[],
        labels: &["the trait `From<pyo3::PyErr>` is not implemented for `Problem`"],
    };
    let old = "fn made(x: X) -> PyObject { y }";
    let mend = |closure: &str| {
        let text = format!("fn f() -> Result<T, Problem> {{ g(a.map({closure}).collect::<PyResult<_>>()«?»); h() }}");
        mended_after(old, &text, &foreign)
    };
    let panics = |closure: &str| format!("fn f() -> Result<T, Problem> {{ g(a.map({closure}).collect::<PyResult<_>>().unwrap()); h() }}");
    for closure in ["|x| made(x)", "|x| { g(); made(x) }", "|(k, x)| Ok((k, made(x)?))"] {
        assert_eq!(mend(closure), Some(panics(closure)));
    }
    // The closure could fail before.
    assert_eq!(mend("|x| read(x)"), None);
    assert_eq!(mend("|x| Ok((made(x)?, read(x)?))"), None);
}

#[test]
fn a_result_that_is_no_text_is_tried_before_its_method() {
    let said = Said {
        code: "E0599",
        message: "`Result<pyo3::Py<pyo3::PyAny>, PyErr>` doesn't implement `std::fmt::Display`",
        notes: &[],
        labels: &["method cannot be called on `Result<pyo3::Py<pyo3::PyAny>, PyErr>` due to unsatisfied trait bounds"],
    };
    assert_eq!(
        mended("fn f() -> PyResult<String> { Ok(self.to_json().«to_string»()) }", &said).as_deref(),
        Some("fn f() -> PyResult<String> { Ok(self.to_json()?.to_string()) }"),
    );
}
