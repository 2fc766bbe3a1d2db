//! What becomes of GIL Refs wherever a type stands, with their lifetimes.

use hognose::diagnostic::Safety;
use hognose::release::Release;

use crate::sandbox::Sandbox;

const HEAD: &str = "use std::collections::HashMap;\n\nuse pyo3::prelude::*;\nuse pyo3::types::*;\n\n";

/// The text after all fixes of GIL Refs, its imports left out.
fn rewritten(text: &str) -> String {
    let sandbox = Sandbox::new(Release::new(20), Release::NEWEST);
    sandbox.write("src/lib.rs", &format!("{HEAD}{text}\n"));
    let texts = sandbox.fixed(Safety::Unsafe, &|found| found.rule.name.starts_with("gil-ref") || found.rule.name == "renamed-api");
    let (_, body) = texts["src/lib.rs"].split_once("\n\n").and_then(|(_, rest)| rest.split_once("\n\n")).expect("imports");
    body.trim_end().to_owned()
}

fn assert_rewritten(rows: &[(&str, &str)]) {
    let wrong = rows.iter().filter_map(|(before, after)| {
        let there = rewritten(before);
        (there != *after).then(|| format!("{before}\n  wanted {after}\n  got    {there}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn where_a_type_stands_decides_who_owns() {
    assert_rewritten(&[
        ("fn f(a: &PyAny) {}", "fn f(a: &Bound<'_, PyAny>) {}"),
        ("fn f(a: Option<&PyAny>) {}", "fn f(a: Option<&Bound<'_, PyAny>>) {}"),
        ("fn f(a: Vec<&PyAny>) {}", "fn f(a: Vec<Bound<'_, PyAny>>) {}"),
        ("fn f(a: &[&PyAny]) {}", "fn f(a: &[Bound<'_, PyAny>]) {}"),
        ("fn f(a: (&PyAny, i32)) {}", "fn f(a: (Bound<'_, PyAny>, i32)) {}"),
        ("fn f(a: HashMap<String, &PyAny>) {}", "fn f(a: HashMap<String, Bound<'_, PyAny>>) {}"),
        ("fn f(a: &pyo3::types::PyDict) {}", "fn f(a: &Bound<'_, pyo3::types::PyDict>) {}"),
        ("fn f<'a>(a: impl Iterator<Item = &'a PyAny>) {}", "fn f<'a>(a: impl Iterator<Item = Bound<'a, PyAny>>) {}"),
        ("type A<'a> = (&'a PyAny, &'a PyAny);", "type A<'a> = (Bound<'a, PyAny>, Bound<'a, PyAny>);"),
        ("type F = Box<dyn Fn(&PyAny) -> bool>;", "type F = Box<dyn Fn(&Bound<'_, PyAny>) -> bool>;"),
        ("const F: &[fn(Option<&PyAny>)] = &[];", "const F: &[fn(Option<&Bound<'_, PyAny>>)] = &[];"),
        ("struct S<'a> {\n    a: &'a PyAny,\n}", "struct S<'a> {\n    a: Bound<'a, PyAny>,\n}"),
        ("#[derive(Clone, Copy)]\nstruct S<'a>(&'a PyAny);", "#[derive(Clone, Copy)]\nstruct S<'a>(&'a Bound<'a, PyAny>);"),
        ("#[derive(Clone)]\nenum E<'a> {\n    A(&'a PyAny),\n}", "#[derive(Clone)]\nenum E<'a> {\n    A(Bound<'a, PyAny>),\n}"),
        ("#[pyclass]\nstruct S;\n\nfn f(s: &PyCell<S>) {}", "#[pyclass]\nstruct S;\n\nfn f(s: &Bound<'_, S>) {}"),
    ]);
}

#[test]
fn what_is_returned_is_owned_and_has_the_lifetime_of_its_token() {
    assert_rewritten(&[
        ("fn f(py: Python<'_>) -> &PyDict { loop {} }", "fn f(py: Python<'_>) -> Bound<'_, PyDict> { loop {} }"),
        ("fn f(py: Python) -> &PyDict { loop {} }", "fn f(py: Python) -> Bound<'_, PyDict> { loop {} }"),
        ("fn f(a: &PyAny) -> PyResult<&PyAny> { loop {} }", "fn f<'py>(a: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> { loop {} }"),
        (
            "fn f<T>(a: &PyAny, b: T) -> Vec<&PyAny> { loop {} }",
            "fn f<'py, T>(a: &Bound<'py, PyAny>, b: T) -> Vec<Bound<'py, PyAny>> { loop {} }",
        ),
        (
            "fn f<'p>(a: &'p PyAny, b: &'p PyAny) -> &'p PyAny { loop {} }",
            "fn f<'p>(a: &Bound<'p, PyAny>, b: &Bound<'p, PyAny>) -> Bound<'p, PyAny> { loop {} }",
        ),
        // Objects that meet in a call have one token.
        (
            "fn f<'p>(py: Python, a: &'p PyAny, b: &PyAny) -> &'p PyAny { loop {} }",
            "fn f<'p>(py: Python<'p>, a: &Bound<'p, PyAny>, b: &Bound<'p, PyAny>) -> Bound<'p, PyAny> { loop {} }",
        ),
        ("fn f(a: &PyAny, b: &PyAny) -> bool { loop {} }", "fn f(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> bool { loop {} }"),
        ("type F = fn(&PyAny) -> PyResult<&PyAny>;", "type F = for<'py> fn(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>;"),
        ("fn f(g: impl Fn(&PyAny) -> &PyAny) {}", "fn f(g: impl for<'py> Fn(&Bound<'py, PyAny>) -> Bound<'py, PyAny>) {}"),
        (
            "type A<'a> = Option<&'a PyAny>;\n\nfn f(a: &PyAny) -> A { loop {} }",
            "type A<'a> = Option<Bound<'a, PyAny>>;\n\nfn f<'py>(a: &Bound<'py, PyAny>) -> A<'py> { loop {} }",
        ),
    ]);
}

#[test]
fn what_is_borrowed_from_an_object_keeps_its_lifetime() {
    assert_rewritten(&[
        ("fn f(a: &PyString) -> PyResult<&str> { loop {} }", "fn f<'a>(a: &'a Bound<'_, PyString>) -> PyResult<&'a str> { loop {} }"),
        ("fn f<'a>(a: &'a PyString) -> &'a str { loop {} }", "fn f<'a>(a: &'a Bound<'_, PyString>) -> &'a str { loop {} }"),
        (
            "struct T<'a>(&'a str);\n\nfn f<'a>(a: &'a PyAny) -> T<'a> { loop {} }",
            "struct T<'a>(&'a str);\n\nfn f<'a>(a: &'a Bound<'_, PyAny>) -> T<'a> { loop {} }",
        ),
        (
            "struct T<'a>(&'a PyAny);\n\nfn f<'a>(a: &'a PyAny) -> T<'a> { loop {} }",
            "struct T<'a>(Bound<'a, PyAny>);\n\nfn f<'a>(a: &Bound<'a, PyAny>) -> T<'a> { loop {} }",
        ),
        (
            "struct T<'a>(&'a PyAny, &'a str);\n\nfn f<'a>(a: &'a PyAny) -> T<'a> { loop {} }",
            "struct T<'a>(Bound<'a, PyAny>, &'a str);\n\nfn f<'a>(a: &'a Bound<'a, PyAny>) -> T<'a> { loop {} }",
        ),
        (
            "struct T<'a>(&'a str);\n\nfn f<'a>(a: &'a PyAny, b: &mut Vec<T<'a>>) {}",
            "struct T<'a>(&'a str);\n\nfn f<'a>(a: &'a Bound<'_, PyAny>, b: &mut Vec<T<'a>>) {}",
        ),
    ]);
}

#[test]
fn headers_and_methods_change_alike() {
    assert_rewritten(&[
        (
            "struct T(i32);\n\nimpl<'a> From<&'a PyAny> for T {\n    fn from(a: &'a PyAny) -> Self { loop {} }\n}",
            "struct T(i32);\n\nimpl<'a> From<&Bound<'a, PyAny>> for T {\n    fn from(a: &Bound<'a, PyAny>) -> Self { loop {} }\n}",
        ),
        (
            "struct T<'a>(&'a str);\n\nimpl<'a> From<&'a PyAny> for T<'a> {\n    fn from(a: &'a PyAny) -> Self { loop {} }\n}",
            "struct T<'a>(&'a str);\n\nimpl<'a> From<&'a Bound<'_, PyAny>> for T<'a> {\n    fn from(a: &'a Bound<'_, PyAny>) -> Self { loop {} }\n}",
        ),
        (
            "struct T;\n\nimpl From<Option<&PyAny>> for T {\n    fn from(a: Option<&PyAny>) -> Self { loop {} }\n}",
            "struct T;\n\nimpl From<Option<&Bound<'_, PyAny>>> for T {\n    fn from(a: Option<&Bound<'_, PyAny>>) -> Self { loop {} }\n}",
        ),
        (
            "trait T<'a> {\n    fn f(&'a self) -> &'a PyAny;\n}\n\nimpl<'a> T<'a> for PyAny {\n    fn f(&'a self) -> &'a PyAny { self }\n}",
            "trait T<'a> {\n    fn f(&'a self) -> Bound<'a, PyAny>;\n}\n\nimpl<'a> T<'a> for Bound<'a, PyAny> {\n    fn f(&'a self) -> Bound<'a, PyAny> { self }\n}",
        ),
        (
            "struct T<'py>(&'py PyList);\n\nimpl<'py> T<'py> {\n    fn f(a: &PyAny) -> &PyAny { loop {} }\n}",
            "struct T<'py>(Bound<'py, PyList>);\n\nimpl<'py> T<'py> {\n    fn f<'py1>(a: &Bound<'py1, PyAny>) -> Bound<'py1, PyAny> { loop {} }\n}",
        ),
    ]);
}

#[test]
fn functions_of_a_type_stay_with_the_type() {
    let text = "trait Named {\n    fn name() -> &'static str;\n}\n\nimpl Named for PyDict {\n    fn name() -> &'static str { \"dict\" }\n}";
    assert_rewritten(&[(text, text)]);
}

#[test]
fn expressions_own_what_they_make() {
    assert_rewritten(&[
        ("fn f(a: &PyAny) {\n    let b: &PyAny = a;\n}", "fn f(a: &Bound<'_, PyAny>) {\n    let b: &Bound<'_, PyAny> = a;\n}"),
        (
            "fn f(a: &PyAny) {\n    let b: &PyAny = a.getattr(\"b\").unwrap();\n}",
            "fn f(a: &Bound<'_, PyAny>) {\n    let b: Bound<'_, PyAny> = a.getattr(\"b\").unwrap();\n}",
        ),
        (
            "fn f(a: &PyAny) {\n    let b: &PyList = a.downcast().unwrap();\n}",
            "fn f(a: &Bound<'_, PyAny>) {\n    let b: &Bound<'_, PyList> = a.cast().unwrap();\n}",
        ),
        (
            "fn f(a: &PyAny) {\n    let b: &PyList = a.getattr(\"b\").unwrap().downcast().unwrap();\n}",
            "fn f(a: &Bound<'_, PyAny>) {\n    let b: Bound<'_, PyList> = a.getattr(\"b\").unwrap().cast_into().unwrap();\n}",
        ),
        (
            "fn f(a: &PyAny) -> usize {\n    a.getattr(\"b\").unwrap().downcast::<PyList>().unwrap().len()\n}",
            "fn f(a: &Bound<'_, PyAny>) -> usize {\n    a.getattr(\"b\").unwrap().cast::<PyList>().unwrap().len()\n}",
        ),
        (
            "fn f(a: &PyAny) {\n    a.extract::<(&PyAny, i32)>().unwrap();\n}",
            "fn f(a: &Bound<'_, PyAny>) {\n    a.extract::<(Bound<'_, PyAny>, i32)>().unwrap();\n}",
        ),
        (
            "fn f(a: &PyList) {\n    a.iter().for_each(|b: &PyAny| drop(b));\n}",
            "fn f(a: &Bound<'_, PyList>) {\n    a.iter().for_each(|b: Bound<'_, PyAny>| drop(b));\n}",
        ),
        ("fn f() {\n    let g = |b: &PyAny| drop(b);\n}", "fn f() {\n    let g = |b: &Bound<'_, PyAny>| drop(b);\n}"),
        ("fn f(a: &PyList) {\n    g(a as &PyAny);\n}", "fn f(a: &Bound<'_, PyList>) {\n    g(a.as_any());\n}"),
        (
            "fn f(a: Option<&PyAny>) -> Option<bool> {\n    a.map(PyAny::is_none)\n}",
            "fn f(a: Option<&Bound<'_, PyAny>>) -> Option<bool> {\n    a.map(|object| object.is_none())\n}",
        ),
        (
            "fn f(a: &PyAny, b: &PyAny) -> PyResult<bool> {\n    PyAny::eq(a.extract()?, b)\n}",
            "fn f(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<bool> {\n    a.extract::<pyo3::Bound<'_, pyo3::PyAny>>()?.eq(b)\n}",
        ),
    ]);
}

#[test]
fn macros_take_what_their_tokens_show() {
    assert_rewritten(&[
        (
            "macro_rules! m {\n    ($name:ident) => {\n        fn $name(a: &PyAny, b: Option<&PyDict>) -> bool { loop {} }\n    };\n}",
            "macro_rules! m {\n    ($name:ident) => {\n        fn $name(a: &Bound<'_, PyAny>, b: Option<&Bound<'_, PyDict>>) -> bool { loop {} }\n    };\n}",
        ),
        (
            "macro_rules! m {\n    ($type:ty) => {};\n}\n\nfn f(a: u8) {\n    m!(&PyList);\n    m!(&a);\n}",
            "macro_rules! m {\n    ($type:ty) => {};\n}\n\nfn f(a: u8) {\n    m!(&Bound<'_, PyList>);\n    m!(&a);\n}",
        ),
        (
            "macro_rules! m {\n    ($value:expr) => {\n        let a: Vec<&PyAny> = $value;\n    };\n}",
            "macro_rules! m {\n    ($value:expr) => {\n        let a: Vec<Bound<'_, PyAny>> = $value;\n    };\n}",
        ),
    ]);
}

#[test]
fn names_in_a_macro_mean_what_they_mean_where_it_is_called() {
    let definition = "mod lone {\n    #[macro_export]\n    macro_rules! m {\n        ($name:ident) => {\n            fn $name(a: &PyAny) -> PyObject { Python::with_gil(|py| a.into()) }\n        };\n    }\n}";
    let rewritten = "mod lone {\n    #[macro_export]\n    macro_rules! m {\n        ($name:ident) => {\n            fn $name(a: &pyo3::Bound<'_, PyAny>) -> pyo3::Py<pyo3::PyAny> { Python::attach(|py| a.into()) }\n        };\n    }\n}";
    let other = "mod other {\n    struct PyAny;\n    struct PyObject;\n    struct Python;\n    m!(f);\n}";
    assert_rewritten(&[
        (&format!("{definition}\nm!(f);"), &format!("{rewritten}\nm!(f);")),
        (&format!("{definition}\nfn g() {{ m!(f); }}"), &format!("{rewritten}\nfn g() {{ m!(f); }}")),
        // Nobody calls it, or somebody means something else by its names.
        (definition, definition),
        (&format!("{definition}\nm!(f);\n{other}"), &format!("{definition}\nm!(f);\n{other}")),
    ]);
}
