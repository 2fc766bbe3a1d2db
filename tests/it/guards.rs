//! What becomes of guards that kept the thread attached while they lived.

use hognose::diagnostic::Safety;
use hognose::release::Release;

use crate::sandbox::Sandbox;

const HEAD: &str = "use pyo3::prelude::*;\n\n";

/// The text after all fixes for guards, its imports left out.
fn rewritten(text: &str) -> String {
    let sandbox = Sandbox::new(Release::new(16), Release::NEWEST);
    sandbox.write("src/lib.rs", &format!("{HEAD}{text}\n"));
    let texts = sandbox.fixed(Safety::Unsafe, &|found| found.change.is_some_and(|id| ["acquire-gil", "gilguard", "gilpool"].contains(&id)));
    let (_, body) = texts["src/lib.rs"].split_once("\n\n").expect("imports");
    body.trim_end().to_owned()
}

fn assert_rewritten(before: &str, after: &str) {
    assert_eq!(rewritten(before), after);
}

#[test]
fn the_rest_of_a_function_moves_with_what_it_returns() {
    assert_rewritten(
        "\
fn f(x: &Py<PyAny>) -> PyResult<i64> {
    let gil = Python::acquire_gil();
    // Called once.
    let value = x.call0(gil.python())?;
    if value.is_none(gil.python()) {
        return Ok(0);
    }
    let text = r#\"
not indented\"#;
    value.extract(gil.python())
}",
        "\
fn f(x: &Py<PyAny>) -> PyResult<i64> {
    Python::attach(|py| {
        // Called once.
        let value = x.call0(py)?;
        if value.is_none(py) {
            return Ok(0);
        }
        let text = r#\"
not indented\"#;
        value.extract(py)
    })
}",
    );
}

#[test]
fn what_leaves_a_block_stays_outside_of_the_closure() {
    assert_rewritten(
        "\
fn f(x: &Py<PyAny>) -> Result<i64, PyErr> {
    let mut sum = 0;
    loop {
        let gil = pyo3::Python::acquire_gil();
        let py = gil.python();
        let (a, mut b): (i64, i64) = x.call0(py)?.extract(py)?;
        b += 1;
        if a == 0 {
            break;
        }
        sum += a + b;
    }
    Ok(sum)
}",
        "\
fn f(x: &Py<PyAny>) -> Result<i64, PyErr> {
    let mut sum = 0;
    loop {
        let (a, mut b) = pyo3::Python::attach(|py| -> Result<_, PyErr> {
            let (a, mut b): (i64, i64) = x.call0(py)?.extract(py)?;
            Ok((a, b))
        })?;
        b += 1;
        if a == 0 {
            break;
        }
        sum += a + b;
    }
    Ok(sum)
}",
    );
}

#[test]
fn a_dropped_guard_ends_the_closure() {
    assert_rewritten(
        "\
fn f(x: &Py<PyAny>) -> bool {
    let gil = Python::acquire_gil();
    let none: bool = x.is_none(gil.python());
    drop(gil);
    std::thread::yield_now();
    none
}",
        "\
fn f(x: &Py<PyAny>) -> bool {
    let none = Python::attach(|py| {
        let none: bool = x.is_none(py);
        none
    });
    std::thread::yield_now();
    none
}",
    );
}

#[test]
fn one_expression_is_run_attached() {
    assert_rewritten(
        "fn f(x: &Py<PyAny>) -> PyResult<Py<PyAny>> {\n    let y = x.call0(Python::acquire_gil().python())?;\n    Ok(y)\n}",
        "fn f(x: &Py<PyAny>) -> PyResult<Py<PyAny>> {\n    let y = Python::attach(|py| x.call0(py))?;\n    Ok(y)\n}",
    );
}

#[test]
fn guards_that_are_passed_on_become_tokens() {
    assert_rewritten(
        "\
fn inner(gil: &GILGuard, x: &Py<PyAny>) -> bool {
    x.is_none(gil.python())
}

fn outer(x: &Py<PyAny>) -> bool {
    let guard = Python::acquire_gil();
    inner(&guard, x)
}",
        "\
fn inner(gil: Python<'_>, x: &Py<PyAny>) -> bool {
    x.is_none(gil)
}

fn outer(x: &Py<PyAny>) -> bool {
    Python::attach(|py| {
        inner(py, x)
    })
}",
    );
}

#[test]
fn what_cannot_move_is_left() {
    for text in [
        // The jump stands where the token is still needed.
        "fn f(x: &Py<PyAny>) {\n    loop {\n        let gil = Python::acquire_gil();\n        if x.is_none(gil.python()) {\n            break;\n        }\n    }\n}",
        // The guard outlives the block.
        "fn f() -> GILGuard {\n    let gil = Python::acquire_gil();\n    gil\n}",
        "async fn f(x: &Py<PyAny>) {\n    let gil = Python::acquire_gil();\n    g(x.clone_ref(gil.python())).await;\n}",
    ] {
        assert_rewritten(text, text);
    }
}
