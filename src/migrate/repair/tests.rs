//! Repairs of errors as rustc words them; `«…»` is the place of the error, `‹…›` another place, in its order.

mod apis;
mod borrows;
mod casts;
mod classes;
mod conversions;
mod fallible;
mod macros;
mod objects;
mod table;

use std::path::{Path, PathBuf};

use super::{Course, Files, OldFunctions, Repair, View, repair};
use crate::compiler::{CompilerError, Label, Span};
use crate::release::Release;
use crate::rust::Nodes;
use crate::text::{TextRange, apply_edits};

/// An error: its code, its first line, its notes, and what is said at its places.
struct Said<'a> {
    code: &'a str,
    message: &'a str,
    notes: &'a [&'a str],
    labels: &'a [&'a str],
}

/// An error without labels.
fn said<'a>(code: &'a str, message: &'a str, notes: &'a [&'a str]) -> Said<'a> {
    Said { code, message, notes, labels: &[] }
}

/// The text after the repair.
fn repaired(marked: &str, said: &Said<'_>) -> Option<String> {
    repaired_after("", marked, said)
}

/// The text after the repair, in a project that was `old` before the migration.
fn repaired_after(old: &str, marked: &str, said: &Said<'_>) -> Option<String> {
    repaired_on(Course { functions: &OldFunctions::read([old]), target: Release::NEWEST }, marked, said)
}

/// The text after the repair, in a migration to a release.
fn repaired_for(release: u16, marked: &str, said: &Said<'_>) -> Option<String> {
    repaired_on(Course { functions: &OldFunctions::default(), target: Release::new(release) }, marked, said)
}

fn repaired_on(course: Course<'_>, marked: &str, said: &Said<'_>) -> Option<String> {
    let (text, error) = error_in(marked, said);
    after_repair(error, course, &text)
}

/// The repair of an error in a migration to the newest release.
fn repair_of(marked: &str, said: &Said<'_>) -> Repair {
    let (text, error) = error_in(marked, said);
    let error = error.diagnosed();
    let nodes = Nodes::read(&text).unwrap();
    let files = Files::from([(Path::new("lib.rs"), View { text: &text, nodes: &nodes })]);
    repair(&error, Course { functions: &OldFunctions::default(), target: Release::NEWEST }, &files).unwrap()
}

/// The text without its marks, and the error in it.
fn error_in(marked: &str, said: &Said<'_>) -> (String, CompilerError) {
    let (text, places) = unmarked(marked);
    let span = |(nth, &(range, is_primary)): (usize, &(TextRange, bool))| Span {
        path: PathBuf::from("lib.rs"),
        range,
        line: text[..range.start].lines().count(),
        label: said.labels.get(nth).copied().unwrap_or_default().to_owned(),
        said: Label::default(),
        is_primary,
        in_macro: false,
    };
    let mut spans: Vec<Span> = places.iter().enumerate().map(span).collect();
    spans.sort_by_key(|span| !span.is_primary);
    let pointed_at = spans.iter().filter(|span| !span.is_primary).cloned();
    let explained = said.notes.iter().map(|&note| note.to_owned()).zip(pointed_at).collect();
    let error = CompilerError {
        code: (!said.code.is_empty()).then(|| said.code.to_owned()),
        message: said.message.to_owned(),
        spans,
        notes: said.notes.iter().map(|&note| note.to_owned()).collect(),
        explained,
        ..CompilerError::default()
    };
    (text, error)
}

/// The text after the repair of an error in it.
fn after_repair(error: CompilerError, course: Course<'_>, text: &str) -> Option<String> {
    let error = error.diagnosed();
    let nodes = Nodes::read(text).unwrap();
    let files = Files::from([(Path::new("lib.rs"), View { text, nodes: &nodes })]);
    table::assert_ordered(&error, course, &files);
    Some(apply_edits(text, &repair(&error, course, &files)?.edits).unwrap())
}

fn unmarked(marked: &str) -> (String, Vec<(TextRange, bool)>) {
    let (mut text, mut places, mut open) = (String::new(), Vec::new(), Vec::new());
    for character in marked.chars() {
        match character {
            '«' | '‹' => {
                open.push(places.len());
                places.push((TextRange::empty(text.len()), character == '«'));
            }
            '»' | '›' => places[open.pop().unwrap()].0.end = text.len(),
            other => text.push(other),
        }
    }
    (text, places)
}

#[test]
fn what_gave_none_panics_as_before_where_a_call_can_fail_now() {
    let tried = Said {
        code: "E0277",
        message: "the `?` operator can only be used on `Option`s, not `Result`s, in a closure that returns `Option`",
        notes: &[],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f() { h(|| { g(PyTuple::new(py, [1])«?»); return None; }) }", &tried).as_deref(),
        Some("fn f() { h(|| { g(PyTuple::new(py, [1]).unwrap()); return None; }) }"),
    );
    let foreign = Said {
        code: "E0277",
        message: "`?` couldn't convert the error to `Problem`",
        labels: &["the trait `From<pyo3::PyErr>` is not implemented for `Problem`"],
        ..tried
    };
    assert_eq!(
        repaired("fn f() -> Result<T, Problem> { g(PyTuple::new(py, [1])«?»); h() }", &foreign).as_deref(),
        Some("fn f() -> Result<T, Problem> { g(PyTuple::new(py, [1]).unwrap()); h() }"),
    );
    let io = Said { labels: &["the trait `From<std::io::Error>` is not implemented for `Problem`"], ..foreign };
    assert_eq!(repaired("fn f() -> Result<T, Problem> { g(PyTuple::new(py, [1])«?»); h() }", &io), None);
    // A lookup that found nothing did not panic.
    assert_eq!(
        repaired("fn f() { h(|| { g(dict.get_item(1)«?»); return None; }) }", &tried).as_deref(),
        Some("fn f() { h(|| { g(dict.get_item(1).ok().flatten()); return None; }) }"),
    );
    let mismatched = Said {
        code: "E0308",
        message: "mismatched types",
        notes: &["expected struct `pyo3::Bound<'py, _>`\n   found enum `Result<pyo3::Bound<'_, _>, PyErr>`"],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f() -> Option<Bound<'_, PyTuple>> { Some(«PyTuple::new(py, [1])») }", &mismatched).as_deref(),
        Some("fn f() -> Option<Bound<'_, PyTuple>> { Some(PyTuple::new(py, [1]).unwrap()) }"),
    );
    assert_eq!(
        repaired("impl T for S { fn f(self) -> Py<PyAny> { «pyo3::IntoPyObjectExt::into_py_any(self.0, py)» } }", &mismatched).as_deref(),
        Some("impl T for S { fn f(self) -> Py<PyAny> { pyo3::IntoPyObjectExt::into_py_any(self.0, py).unwrap() } }"),
    );
}

#[test]
fn a_call_that_can_fail_now_makes_its_function_fail() {
    let said = Said {
        code: "E0308",
        message: "mismatched types",
        notes: &["expected struct `pyo3::Bound<'py, _>`\n   found enum `Result<pyo3::Bound<'_, _>, PyErr>`"],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f(py: Python<'_>) -> Bound<'_, PyList> { «PyList::new(py, [1])» }", &said).as_deref(),
        Some("fn f(py: Python<'_>) -> pyo3::PyResult<Bound<'_, PyList>> { PyList::new(py, [1]) }"),
    );
    assert_eq!(
        repaired("fn f(py: Python<'_>) { if X { return; } g(«PyList::new(py, [1])»); }", &said).as_deref(),
        Some("fn f(py: Python<'_>) -> pyo3::PyResult<()> { if X { return Ok(()); } g(PyList::new(py, [1])?); Ok(()) }"),
    );
    // Somebody wrote `PyResult` with its path.
    assert_eq!(
        repaired("fn g() -> pyo3::PyResult<()> {}\nfn f() -> L { «PyList::new(py, [1])» }", &said).as_deref(),
        Some("fn g() -> pyo3::PyResult<()> {}\nfn f() -> pyo3::PyResult<L> { PyList::new(py, [1]) }"),
    );
    assert_eq!(
        repaired("fn f() -> PyResult<u8> { let list = ‹PyList::new(py, [1])›; g(«list») }", &said).as_deref(),
        Some("fn f() -> PyResult<u8> { let list = PyList::new(py, [1])?; g(list) }"),
    );
    let converted = Said {
        code: "E0277",
        message: "the trait bound `Py<PyAny>: From<Result<Bound<'_, PyList>, PyErr>>` is not satisfied",
        notes: &[],
        ..said
    };
    assert_eq!(
        repaired("fn f() -> PyResult<P> { let list = PyList::new(py, [1]); Ok(list.«into»()) }", &converted).as_deref(),
        Some("fn f() -> PyResult<P> { let list = PyList::new(py, [1])?; Ok(list.into()) }"),
    );
    // The trait says what it returns; it could only panic before.
    assert_eq!(
        repaired("impl Default for S { fn default() -> Self { S(«PyList::new(py, [1])») } }", &said).as_deref(),
        Some("impl Default for S { fn default() -> Self { S(PyList::new(py, [1]).unwrap()) } }"),
    );
    // What these did before is not known.
    assert_eq!(repaired("impl Default for S { fn default() -> Self { S(«list.get_item(1)») } }", &said), None);
    assert_eq!(repaired("impl Default for S { fn default() -> Self { S(«made(py)») } }", &said), None);
    assert_eq!(repaired("impl Default for S { fn default() -> Self { S(«S::new(py)») } }", &said), None);
    assert_eq!(
        repaired("impl Display for S { fn fmt(&self) -> fmt::Result { g(«PyList::new(py, [1])») } }", &said).as_deref(),
        Some("impl Display for S { fn fmt(&self) -> fmt::Result { g(PyList::new(py, [1]).unwrap()) } }"),
    );
    let shown = Said { code: "E0277", message: "`Result<Py<PyAny>, PyErr>` doesn't implement `std::fmt::Display`", notes: &[], ..said };
    assert_eq!(
        repaired("fn f() -> PyResult<S> { let t = a.target(); Ok(format!(\"«{t}»\"))}", &shown).as_deref(),
        Some("fn f() -> PyResult<S> { let t = a.target()?; Ok(format!(\"{t}\"))}"),
    );
}

#[test]
fn a_lookup_in_a_dict_can_fail() {
    let said = Said {
        code: "E0308",
        message: "mismatched types",
        notes: &["expected enum `Result<Option<pyo3::Bound<'_, PyAny>>, PyErr>`\n   found enum `Option<_>`"],
        labels: &["", "this expression has type `Result<Option<pyo3::Bound<'_, PyAny>>, PyErr>`"],
    };
    let text = |output: &str, lookup: &str| format!("fn f(d: &D) -> {output} {{ if let Some(x) = {lookup} {{ g(x) }} else {{ h() }} }}");
    let marked = |output: &str| text(output, "‹d.get_item(1)›").replace("Some(x)", "«Some(x)»");
    assert_eq!(repaired(&marked("PyResult<u8>"), &said), Some(text("PyResult<u8>", "d.get_item(1)?")));
    // Errors were absence, and an `Option` can say that still.
    assert_eq!(repaired(&marked("Option<u8>"), &said), Some(text("Option<u8>", "d.get_item(1).ok().flatten()")));
}

#[test]
fn a_question_mark_in_a_closure_makes_the_collection_a_result() {
    let said = Said {
        code: "E0277",
        message: "the `?` operator can only be used in a closure that returns `Result` or `Option` (or another type that implements `FromResidual`)",
        notes: &[],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f() -> PyResult<V> { let v: V = a.iter().map(|x| x.len()«?» + 1).collect(); Ok(v) }", &said).as_deref(),
        Some("fn f() -> PyResult<V> { let v: V = a.iter().map(|x| Ok(x.len()? + 1)).collect::<PyResult<_>>()?; Ok(v) }"),
    );
    assert_eq!(
        repaired("fn f() -> PyResult<V> { let v = a.map(|x| { x.len()«?» }).unwrap_or(3); Ok(v) }", &said).as_deref(),
        Some("fn f() -> PyResult<V> { let v = a.map(|x| -> PyResult<_> { Ok(x.len()?) }).transpose()?.unwrap_or(3); Ok(v) }"),
    );
    assert_eq!(
        repaired("impl S { fn f(&self) -> V { Python::attach(|py| { let a = b(py); a.len()«?» }) } }", &said).as_deref(),
        Some("impl S { fn f(&self) -> V { Python::attach(|py| -> pyo3::PyResult<_> { let a = b(py); Ok(a.len()?) })? } }"),
    );
    assert_eq!(
        repaired("fn f() -> PyResult<V> { Ok(Python::attach(|py| v.into_py_any(py)«?»)) }", &said).as_deref(),
        Some("fn f() -> PyResult<V> { Ok(Python::attach(|py| v.into_py_any(py))?) }"),
    );
    // Errors cannot go anywhere: converting panicked before.
    assert_eq!(
        repaired("impl Drop for S { fn drop(&mut self) { Python::attach(|py| v.into_py_any(py)«?»); } }", &said).as_deref(),
        Some("impl Drop for S { fn drop(&mut self) { Python::attach(|py| v.into_py_any(py).unwrap()); } }"),
    );
    // Nobody knows what takes the closure, and a lookup did not panic.
    assert_eq!(repaired("fn f() -> PyResult<V> { a.sort_by_key(|x| x.get_item(1)«?»); Ok(v) }", &said), None);
}

#[test]
fn a_variable_owns_what_it_is_assigned() {
    let said = Said {
        code: "E0308",
        message: "mismatched types",
        notes: &["expected reference `&pyo3::Bound<'_, _>`\n  found struct `pyo3::Bound<'_, _>`"],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f(root: &B) { let mut at = root; for x in y { at = «at.get(x)»; } }", &said).as_deref(),
        Some("fn f(root: &B) { let mut at = root.clone(); for x in y { at = at.get(x); } }"),
    );
    assert_eq!(repaired("fn f() { g(«at.get(x)») }", &said).as_deref(), Some("fn f() { g(&at.get(x)) }"));
    assert_eq!(repaired("fn f() -> S { S { «at» } }", &said).as_deref(), Some("fn f() -> S { S { at: &at } }"));
}

#[test]
fn an_argument_shares_the_lifetime_of_the_result() {
    let said = Said {
        code: "",
        message: "lifetime may not live long enough",
        notes: &[],
        labels: &[
            "has type `&pyo3::Bound<'1, PyAny>`",
            "method was supposed to return data with lifetime `'py` but `'1` must outlive `'py`",
        ],
    };
    let labels: &[&str] = &[said.labels[0], "returning this value requires that `'1` must outlive `'py`"];
    assert_eq!(
        repaired("fn f<'py>(‹a›: &Bound<'_, PyAny>) -> Bound<'py, PyAny> { «g(a)» }", &Said { labels, ..said }).as_deref(),
        Some("fn f<'py>(a: &Bound<'py, PyAny>) -> Bound<'py, PyAny> { g(a) }"),
    );
}

#[test]
fn owners_are_cloned_where_references_were_copied() {
    let said = |code, message| Said { code, message, notes: &[], labels: &["", "this field does not implement `Copy`"] };
    assert_eq!(
        repaired("fn f() { a.iter().«copied»() }", &said("E0277", "the trait bound `pyo3::Bound<'_, PyAny>: Copy` is not satisfied"))
            .as_deref(),
        Some("fn f() { a.iter().cloned() }"),
    );
    assert_eq!(repaired("fn f() { a.iter().«copied»() }", &said("E0277", "the trait bound `Own: Copy` is not satisfied")), None);
    let copy = said("E0204", "the trait `Copy` cannot be implemented for this type");
    assert_eq!(
        repaired("#[derive(Clone, «Copy», Debug)]\nstruct S<'py> { a: ‹Bound<'py, PyAny>› }", &copy).as_deref(),
        Some("#[derive(Clone, Debug)]\nstruct S<'py> { a: Bound<'py, PyAny> }"),
    );
    assert_eq!(
        repaired("fn f() { g(«*a») }", &said("E0614", "type `pyo3::Bound<'_, PyAny>` cannot be dereferenced")).as_deref(),
        Some("fn f() { g(a) }"),
    );
    assert_eq!(
        repaired("fn f() { «(*a)».call0() }", &said("E0614", "type `pyo3::Bound<'_, PyAny>` cannot be dereferenced")).as_deref(),
        Some("fn f() { a.call0() }"),
    );
    let owned = said("E0599", "the method `to_owned` exists for struct `pyo3::Py<pyo3::PyAny>`, but its trait bounds were not satisfied");
    assert_eq!(
        repaired("fn f(py: Python<'_>) { g(a.b.«to_owned»()) }", &owned).as_deref(),
        Some("fn f(py: Python<'_>) { g(a.b.clone_ref(py)) }"),
    );
    assert_eq!(
        repaired("fn f() { g(a.«to_owned»()) }", &owned).as_deref(),
        Some("fn f() { g(pyo3::Python::attach(|py| a.clone_ref(py))) }")
    );
}

#[test]
fn methods_named_by_a_path_are_called_on_the_object() {
    let said = Said {
        code: "E0599",
        message: "no function or associated item named `eq` found for struct `pyo3::PyAny` in the current scope",
        notes: &[],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f() { PyAny::«eq»(a.extract(py)?, b) }", &said).as_deref(),
        Some("fn f() { a.extract::<Bound<'_, PyAny>>(py)?.eq(b) }"),
    );
    assert_eq!(repaired("fn f() { a.map(PyAny::«eq») }", &said).as_deref(), Some("fn f() { a.map(|object| object.eq()) }"));
    // What took the token was no method.
    assert_eq!(repaired("fn f(py: Python<'_>) { PyAny::«eq»(py, b) }", &said), None);
}

#[test]
fn conversions_that_are_gone_have_methods() {
    let said = Said {
        code: "E0277",
        message: "the trait bound `Py<PyAny>: From<Borrowed<'_, '_, PyNone>>` is not satisfied",
        notes: &[],
        labels: &[],
    };
    assert_eq!(repaired("fn f() { g(none.«into»()) }", &said).as_deref(), Some("fn f() { g(none.to_owned().into_any().unbind()) }"));
}

#[test]
fn clones_of_objects_count_with_a_token() {
    let iterated =
        Said { code: "E0277", message: "the trait bound `pyo3::Py<pyo3::PyAny>: Clone` is not satisfied", notes: &[], labels: &[] };
    let text = |call: &str| format!("fn f(py: Python<'_>, all: &[Py<PyAny>]) -> Vec<Py<PyAny>> {{\n    all.iter().{call}.collect()\n}}\n");
    assert_eq!(repaired(&text("«cloned»()"), &iterated), Some(text("map(|object| object.clone_ref(py))")));
    let one = Said {
        code: "E0599",
        message: "no method named `clone` found for struct `pyo3::Py<T>` in the current scope",
        notes: &[],
        labels: &[],
    };
    let text = |call: &str| format!("fn f(held: &Held) -> Py<PyAny> {{\n    {call}\n}}\n");
    assert_eq!(repaired(&text("held.object().«clone»()"), &one), Some(text("pyo3::Python::attach(|py| held.object().clone_ref(py))")));
    let other = Said { message: "no method named `clone` found for struct `Held` in the current scope", ..one };
    assert_eq!(repaired(&text("held.«clone»()"), &other), None);
}
