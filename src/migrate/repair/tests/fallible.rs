//! What became fallible, and what follows from it.

use super::{Said, repaired, repaired_after};

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
    assert_eq!(repaired_after("fn made(py: Python, x: X) -> PyObject { y }", closure, &tried).as_deref(), Some(panics));
    // What could fail before has no such `?` for a panic.
    assert_eq!(repaired_after("fn made(py: Python, x: X) -> PyResult<PyObject> { y }", closure, &tried), None);
    assert_eq!(repaired(closure, &tried), None);
    let foreign = Said {
        message: "`?` couldn't convert the error to `Problem`",
        labels: &["the trait `From<pyo3::PyErr>` is not implemented for `Problem`"],
        ..tried
    };
    let old = "impl Token { fn new(x: X) -> Token { y } fn name(&self) -> String { y } }";
    assert_eq!(
        repaired_after(old, "fn f() -> Result<T, Problem> { g(Token::new(x)«?»); h() }", &foreign).as_deref(),
        Some("fn f() -> Result<T, Problem> { g(Token::new(x).unwrap()); h() }"),
    );
    assert_eq!(
        repaired_after(old, "impl Token { fn f() -> Result<T, Problem> { g(Self::new(x)«?»); h() } }", &foreign).as_deref(),
        Some("impl Token { fn f() -> Result<T, Problem> { g(Self::new(x).unwrap()); h() } }"),
    );
    assert_eq!(repaired_after(old, "fn f() -> Result<T, Problem> { g(Other::new(x)«?»); h() }", &foreign), None);
    assert_eq!(
        repaired_after(old, "impl Display for T { fn fmt(&self, f: F) -> fmt::Result { f.write(«self.0.name()») } }", &MISMATCHED)
            .as_deref(),
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
    let repair = |closure: &str| {
        let text = format!("fn f() -> Result<T, Problem> {{ g(a.map({closure}).collect::<PyResult<_>>()«?»); h() }}");
        repaired_after(old, &text, &foreign)
    };
    let panics = |closure: &str| format!("fn f() -> Result<T, Problem> {{ g(a.map({closure}).collect::<PyResult<_>>().unwrap()); h() }}");
    for closure in ["|x| made(x)", "|x| { g(); made(x) }", "|(k, x)| Ok((k, made(x)?))"] {
        assert_eq!(repair(closure), Some(panics(closure)));
    }
    // The closure could fail before.
    assert_eq!(repair("|x| read(x)"), None);
    assert_eq!(repair("|x| Ok((made(x)?, read(x)?))"), None);
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
        repaired("fn f() -> PyResult<String> { Ok(self.to_json().«to_string»()) }", &said).as_deref(),
        Some("fn f() -> PyResult<String> { Ok(self.to_json()?.to_string()) }"),
    );
}

/// `said` with other types in its note.
fn differing<'a>(said: &Said<'a>, note: &'a [&'a str]) -> Said<'a> {
    Said { code: said.code, message: said.message, notes: note, labels: said.labels }
}

#[test]
fn an_option_of_results_is_turned_into_a_result() {
    let option = differing(&MISMATCHED, &["expected enum `Option<pyo3::Py<_>>`\n   found enum `Option<Result<pyo3::Py<_>, PyErr>>`"]);
    let repair = |text: &str| repaired_after("fn made(x: X) -> PyObject { y }", text, &option);
    assert_eq!(
        repair("fn f() -> PyResult<T> { Ok(T { a: «o.map(|x| made(x))» }) }").as_deref(),
        Some("fn f() -> PyResult<T> { Ok(T { a: o.map(|x| made(x)).transpose()? }) }"),
    );
    assert_eq!(
        repair("fn f() -> PyResult<T> { let a = o.map(|x| made(x)); g(«a») }").as_deref(),
        Some("fn f() -> PyResult<T> { let a = o.map(|x| made(x)).transpose()?; g(a) }"),
    );
    assert_eq!(
        repair("fn f() -> T { T { a: «o.map(|x| made(x))» } }").as_deref(),
        Some("fn f() -> pyo3::PyResult<T> { Ok(T { a: o.map(|x| made(x)).transpose()? }) }"),
    );
    assert_eq!(
        repair("fn f() -> Option<Py<PyAny>> { «o.map(|x| made(x))» }").as_deref(),
        Some("fn f() -> Option<Py<PyAny>> { o.map(|x| made(x)).transpose().unwrap() }"),
    );
    assert_eq!(
        repair("fn f() -> Option<Py<PyAny>> { «o.map(|x| made(x)).next()» }").as_deref(),
        Some("fn f() -> Option<Py<PyAny>> { o.map(|x| made(x)).next().transpose().unwrap() }"),
    );
    // The closure could fail before, and what it gave is not known.
    assert_eq!(repair("fn f() -> Option<Py<PyAny>> { «o.map(|x| read(x))» }"), None);
    let results = ["expected enum `Option<Result<pyo3::Py<_>, E>>`\n   found enum `Option<Result<pyo3::Py<_>, PyErr>>`"];
    assert_eq!(repaired("fn f() -> PyResult<T> { g(«o.map(|x| made(x))») }", &differing(&MISMATCHED, &results)), None);
}

#[test]
fn an_option_of_results_has_a_default_once_it_is_a_result() {
    let default = differing(&MISMATCHED, &["expected enum `Result<pyo3::Py<_>, PyErr>`\n found struct `pyo3::Py<_>`"]);
    let after = "fn f() -> PyResult<T> { Ok(o.map(|x| made(x)).transpose()?.unwrap_or(py.None())) }";
    assert_eq!(repaired("fn f() -> PyResult<T> { Ok(o.map(|x| made(x)).unwrap_or(«py.None()»)) }", &default).as_deref(), Some(after));
    assert_eq!(repaired("fn f() -> PyResult<T> { Ok(«o.map(|x| made(x)).unwrap_or(py.None())») }", &MISMATCHED).as_deref(), Some(after));
    assert_eq!(
        repaired("fn f() -> PyResult<T> { Ok(o.map(|x| made(x)).unwrap_or_else(|| «py.None()»)) }", &default).as_deref(),
        Some("fn f() -> PyResult<T> { Ok(o.map(|x| made(x)).transpose()?.unwrap_or_else(|| py.None())) }"),
    );
    // A default that can fail itself is a result already.
    assert_eq!(
        repaired_after(
            "fn none(py: P) -> PyObject { x }",
            "fn f() -> PyResult<T> { Ok(«o.map(|x| made(x)).unwrap_or_else(none(py))») }",
            &MISMATCHED,
        )
        .as_deref(),
        Some("fn f() -> PyResult<T> { Ok(o.map(|x| made(x)).unwrap_or_else(none(py))?) }"),
    );
}

#[test]
fn the_first_value_that_can_fail_makes_no_results_of_the_others() {
    let said = |labels| Said {
        labels,
        notes: &["expected enum `Result<pyo3::Py<_>, PyErr>`\n found struct `pyo3::Py<_>`"],
        ..differing(&MISMATCHED, &[])
    };
    let arms = said(&["this is found to be of type `Result<pyo3::Py<pyo3::PyAny>, PyErr>`"]);
    assert_eq!(
        repaired("fn f() -> PyResult<T> { g(match o { A => ‹made(x)›, B => «py.None()» }) }", &arms).as_deref(),
        Some("fn f() -> PyResult<T> { g(match o { A => made(x)?, B => py.None() }) }"),
    );
    let branches = said(&["expected because of this"]);
    assert_eq!(
        repaired("fn f() -> PyResult<T> { g(if o { ‹made(x)› } else { «py.None()» }) }", &branches).as_deref(),
        Some("fn f() -> PyResult<T> { g(if o { made(x)? } else { py.None() }) }"),
    );
    assert_eq!(
        repaired("fn f() -> PyResult<T> { g(vec![made(x), «py.None()»]) }", &said(&[])).as_deref(),
        Some("fn f() -> PyResult<T> { g(vec![made(x)?, py.None()]) }"),
    );
    assert_eq!(repaired("fn f() -> PyResult<T> { g(made(x), «py.None()») }", &said(&[])), None);
}

#[test]
fn what_becomes_an_object_holds_no_results() {
    let said = |notes| Said {
        code: "E0277",
        message: "`Result<pyo3::Py<pyo3::PyAny>, PyErr>` cannot be converted to a Python object",
        notes,
        labels: &["the trait `pyo3::IntoPyObject<'_>` is not implemented for `Result<pyo3::Py<pyo3::PyAny>, PyErr>`"],
    };
    let optional = said(&["required for `Option<Result<pyo3::Py<pyo3::PyAny>, PyErr>>` to implement `pyo3::IntoPyObject<'_>`"]);
    assert_eq!(
        repaired("fn f() -> PyResult<()> { let v = o.map(|x| made(x)); dict.set_item(k, «v») }", &optional).as_deref(),
        Some("fn f() -> PyResult<()> { let v = o.map(|x| made(x)).transpose()?; dict.set_item(k, v) }"),
    );
    let several = said(&["required for `Vec<Result<pyo3::Py<pyo3::PyAny>, PyErr>>` to implement `pyo3::IntoPyObject<'_>`"]);
    assert_eq!(
        repaired("fn f() -> PyResult<()> { let v: Vec<_> = o.map(|x| made(x)).collect(); dict.set_item(k, «v») }", &several).as_deref(),
        Some("fn f() -> PyResult<()> { let v: Vec<_> = o.map(|x| made(x)).collect::<PyResult<_>>()?; dict.set_item(k, v) }"),
    );
    let repair = |text: &str| repaired(text, &said(&[]));
    assert_eq!(
        repair("fn f() -> PyResult<T> { let v: Vec<_> = o.map(|x| made(x)).collect(); g(«PyList::new(py, &v)») }").as_deref(),
        Some("fn f() -> PyResult<T> { let v: Vec<_> = o.map(|x| made(x)).collect::<PyResult<_>>()?; g(PyList::new(py, &v)) }"),
    );
    assert_eq!(
        repair("fn f() -> PyResult<T> { g(«PyList::new(py, o.map(|x| made(x)))») }").as_deref(),
        Some("fn f() -> PyResult<T> { g(PyList::new(py, o.map(|x| made(x)).collect::<PyResult<Vec<_>>>()?)) }"),
    );
}

#[test]
fn what_is_collected_or_added_holds_no_results() {
    let map = Said {
        code: "E0277",
        message: "a value of type `HashMap<u8, Py<PyAny>>` cannot be built from an iterator over elements of type `(u8, Result<Py<PyAny>, PyErr>)`",
        notes: &[],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f() -> PyResult<T> { Ok(o.map(|(k, x)| (k, made(x))).«collect»()) }", &map).as_deref(),
        Some("fn f() -> PyResult<T> { Ok(o.map(|(k, x)| (k, made(x)?)).collect()) }"),
    );
    let pushed = Said {
        labels: &["this argument has type `(String, Result<pyo3::Py<pyo3::PyAny>, pyo3::PyErr>)`..."],
        ..differing(
            &MISMATCHED,
            &["expected struct `Vec<(String, pyo3::Py<_>)>`\n found struct `Vec<(String, Result<pyo3::Py<_>, PyErr>)>`"],
        )
    };
    assert_eq!(
        repaired("fn f() -> PyResult<T> { let mut v = vec![]; v.push(‹(k, made(x))›); g(«v») }", &pushed).as_deref(),
        Some("fn f() -> PyResult<T> { let mut v = vec![]; v.push((k, made(x)?)); g(v) }"),
    );
    let returned = Said { code: "E0271", message: "expected closure to return `Py<PyAny>`", ..differing(&MISMATCHED, MISMATCHED.notes) };
    assert_eq!(
        repaired("fn f() -> PyResult<()> { list.extend(o.map(|x| «made(x)»)); g() }", &returned).as_deref(),
        Some(
            "fn f() -> pyo3::PyResult<()> { list.extend(o.map(|x| made(x)).collect::<PyResult<Vec<_>>>()?); g() }"
                .replace("pyo3::", "")
                .as_str()
        ),
    );
}

#[test]
fn closures_that_can_fail_say_so_where_nothing_else_does() {
    let tried = Said {
        code: "E0277",
        message: "the `?` operator can only be used in a closure that returns `Result` or `Option`",
        notes: &[],
        labels: &[],
    };
    let repair = |text: &str| repaired(&format!("fn f() -> PyResult<T> {{ {text} }}"), &tried);
    let after = |text: &str| Some(format!("fn f() -> PyResult<T> {{ {text} }}"));
    assert_eq!(repair("g(o.map_or(py.None(), |x| made(x)«?»))"), after("g(o.map_or(Ok(py.None()), |x| made(x))?)"));
    assert_eq!(
        repair("g(o.map_or_else(|| py.None(), |x| { h(); made(x)«?» }))"),
        after("g(o.map_or_else(|| Ok(py.None()), |x| -> PyResult<_> { h(); Ok(made(x)?) })?)"),
    );
    assert_eq!(
        repair("g(o.map(|x| h(x«?»)).unwrap_or_default())"),
        after("g(o.map(|x| -> PyResult<_> { Ok(h(x?)) }).transpose()?.unwrap_or_default())"),
    );
    assert_eq!(repair("o.for_each(|x| { made(x)«?»; }); g()"), after("o.try_for_each(|x| -> PyResult<_> { made(x)?; Ok(()) })?; g()"),);
    assert_eq!(
        repair("o.map(|(k, v)| (k, made(v)«?»)).into_py_dict(py)"),
        after("o.map(|(k, v)| Ok((k, made(v)?))).collect::<PyResult<Vec<_>>>()?.into_py_dict(py)"),
    );
    assert_eq!(
        repair("list.extend(o.map(|x| made(x)«?»)); g()"),
        after("list.extend(o.map(|x| Ok(made(x)?)).collect::<PyResult<Vec<_>>>()?); g()")
    );
    assert_eq!(repair("g(o.iter().map(|x| made(x)«?»).next())"), after("g(o.iter().map(|x| made(x)).next().transpose()?)"));
    assert_eq!(repair("g(o.map(|x| read(x)«?»))"), None);
    assert_eq!(
        repair("o.for_each(|x| { if let Err(e) = made(x)«?» { g(e); } }); g()"),
        after("o.try_for_each(|x| -> PyResult<_> { if let Err(e) = made(x)? { g(e); } Ok(()) })?; g()"),
    );
    // What an item of an iterator is, was decided by the closure before.
    let said = Said {
        code: "E0599",
        message: "`Result<pyo3::Py<pyo3::PyAny>, PyErr>` doesn't implement `std::fmt::Display`",
        notes: &[],
        labels: &["method cannot be called on `Result<pyo3::Py<pyo3::PyAny>, PyErr>` due to unsatisfied trait bounds"],
    };
    let text = "fn f() -> PyResult<T> { g(o.map(|x| made(x)).map(|x| x.«to_string»()).collect()) }";
    let tried = "fn f() -> PyResult<T> { g(o.map(|x| made(x)).map(|x| x?.to_string()).collect()) }";
    assert_eq!(repaired(text, &said).as_deref(), Some(tried));
}

#[test]
fn results_are_taken_apart_before_they_are_converted() {
    let message = "`Result<events::TextEvent, pyo3::PyErr>` cannot be converted to a Python object";
    let said = Said { code: "E0599", message, notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() -> PyResult<Py<PyAny>> { TextEvent::new(e).«into_py_any»(py) }", &said).as_deref(),
        Some("fn f() -> PyResult<Py<PyAny>> { TextEvent::new(e)?.into_py_any(py) }"),
    );
    let own = Said { message: "`Result<events::TextEvent, Problem>` cannot be converted to a Python object", ..said };
    assert_eq!(repaired("fn f() -> PyResult<Py<PyAny>> { TextEvent::new(e).«into_py_any»(py) }", &own), None);
}
