//! What must not be overlooked: the forms of old code that are found although something about them is unusual.

use hognose::release::Release;

use crate::sandbox::Sandbox;

/// The places of the findings about `change` in a project on `release`: file and line.
fn places(release: u16, change: &str, files: &[(&str, &str)]) -> Vec<String> {
    let sandbox = Sandbox::new(Release::new(release), Release::NEWEST);
    for (path, text) in files {
        sandbox.write(path, text);
    }
    let found = sandbox.check().into_iter().filter(|finding| finding.change == Some(change));
    found.map(|finding| format!("{}:{}", finding.path, finding.line)).collect()
}

#[test]
fn raw_names_of_modules_are_followed() {
    const OLD: &str = "use pyo3::prelude::*;\npub fn f() { Python::with_gil(|_| ()) }\n";
    let files = [
        ("src/lib.rs", "mod r#match;\nmod r#plain;\nmod r#in { pub mod r#type; }\n#[path = \"other.rs\"]\nmod r#use;\n"),
        ("src/match.rs", OLD),
        ("src/plain/mod.rs", OLD),
        ("src/in/type.rs", OLD),
        ("src/other.rs", OLD),
    ];
    assert_eq!(places(25, "with-gil", &files), ["src/in/type.rs:2", "src/match.rs:2", "src/other.rs:2", "src/plain/mod.rs:2"]);
}

#[test]
fn raw_names_mean_what_plain_ones_mean() {
    let files = [
        ("src/lib.rs", "mod r#type;\nuse crate::r#type::{r#match, Attached};\npub fn f() { r#match(); Attached::r#with_gil(|_| ()) }\n"),
        (
            "src/type.rs",
            "pub use r#pyo3::prelude::r#Python as Attached;\npub use self::r#if as r#match;\npub fn r#if() { r#pyo3::Python::with_gil(|_| ()) }\n",
        ),
    ];
    assert_eq!(places(25, "with-gil", &files), ["src/lib.rs:3", "src/type.rs:3"]);
    let own =
        "use pyo3::prelude::*;\nstruct r#Own;\nimpl Own { fn r#downcast_into(&self) {} }\npub fn f(own: &Own) { own.downcast_into() }\n";
    assert!(places(25, "any-downcast-into", &[("src/lib.rs", own)]).is_empty());
    let other = own.replace("r#downcast_into", "r#other");
    assert_eq!(places(25, "any-downcast-into", &[("src/lib.rs", &other)]), ["src/lib.rs:4"]);
}

/// A library of one file on PyO3 0.22, whose findings about `change` are told by line.
fn lines(change: &str, text: &str) -> Vec<usize> {
    let places = places(22, change, &[("src/lib.rs", &format!("use pyo3::prelude::*;\nuse pyo3::types::PyList;\n{text}"))]);
    places.iter().map(|place| place.rsplit(':').next().unwrap().parse::<usize>().unwrap() - 2).collect()
}

#[test]
fn own_methods_are_told_apart_by_their_shape() {
    let own = "pub struct Node;\nimpl Node {\n    fn downcast(&self) -> u8 { 0 }\n    fn extract_bound(&self, a: u8) -> u8 { a }\n}\n";
    let call = |call: &str| format!("{own}pub fn f(py: Python<'_>, x: &other::X) {{ x.{call}; }}\n");
    assert_eq!(lines("any-downcast", &call("downcast::<PyList>()")), [6]);
    // Without its type argument it can be the one of the package.
    assert!(lines("any-downcast", &call("downcast()")).is_empty());
    assert!(lines("any-downcast", &call("downcast::<Other>()")).is_empty());
    let generic = call("downcast::<PyList>()").replace("fn downcast(", "fn downcast<T>(");
    assert!(lines("any-downcast", &generic).is_empty());
    let own_into_py = call("into_py(py)").replace("fn downcast(&self)", "fn into_py(&self, depth: u8)");
    assert_eq!(lines("into-py", &own_into_py), [6]);
    let with_token = call("into_py(py)").replace("fn downcast(&self)", "fn into_py(&self, py: Python<'_>)");
    assert!(lines("into-py", &with_token).is_empty());
}

#[test]
fn own_methods_are_told_apart_by_their_receiver() {
    let own = "pub trait Export {\n    fn into_py(self, py: Python<'_>) -> u8;\n}\nimpl Export for other::Tree {\n    fn into_py(self, _: Python<'_>) -> u8 { 0 }\n}\n#[derive(Clone)]\n#[pyclass]\npub struct Leaf;\n";
    let call = |ty: &str, value: &str| format!("{own}pub fn f(py: Python<'_>, x: {ty}) {{ {value}.into_py(py); }}\n");
    for (ty, value) in [("bool", "x"), ("Leaf", "x"), ("u8", "(x == 1)"), ("u8", "Leaf"), ("PyRef<'_, Leaf>", "x"), ("Vec<u8>", "x")] {
        assert_eq!(lines("into-py", &call(ty, value)), [10], "{ty} {value}");
    }
    for (ty, value) in [("other::Tree", "x"), ("&other::Tree", "x"), ("other::Leaf", "(x + 1)")] {
        assert!(lines("into-py", &call(ty, value)).is_empty(), "{ty} {value}");
    }
    let for_bool = call("bool", "x").replace("for other::Tree", "for bool");
    assert!(lines("into-py", &for_bool).is_empty());
    let for_all = call("bool", "x").replace("impl Export for other::Tree", "impl<T> Export for T");
    assert!(lines("into-py", &for_all).is_empty());
    let by_macro = format!("macro_rules! export {{ ($t:ty) => {{ impl Export for $t {{ }} }} }}\n{}", call("bool", "x"));
    assert!(lines("into-py", &by_macro).is_empty());
    let leads_on = call("Leaf", "x").replace("#[pyclass]", "impl std::ops::Deref for Leaf { type Target = other::Tree; }");
    assert!(lines("into-py", &leads_on).is_empty());
}

#[test]
fn traits_that_are_not_in_scope_have_no_methods() {
    let inner = "pub mod export {\n    pub trait Export {\n        fn into_py(self, py: pyo3::Python<'_>) -> u8;\n    }\n    impl<T> Export for T { }\n}\n";
    let call = |body: &str, uses: &str| format!("{uses}{inner}pub fn f(py: Python<'_>, x: &other::X) {{ {body}x.into_py(py); }}\n");
    assert_eq!(lines("into-py", &call("", "")), [7]);
    for uses in ["use export::Export; ", "use export::Export as _; ", "use export::*; ", "use export::Export as Other; "] {
        assert!(lines("into-py", &call("", uses)).is_empty(), "{uses}");
        assert!(lines("into-py", &call(uses, "")).is_empty(), "{uses}");
    }
}

#[test]
fn calls_through_gil_refs_are_found_where_another_class_has_a_row() {
    let text = "pub fn f(list: &PyList, any: &PyAny) {\n    for _ in list.iter() {}\n    any.iter();\n    list.get_item(0);\n}\n";
    // Each use of a parameter is told with its type.
    assert_eq!(lines("gil-ref-type", text), [1, 1]);
    assert_eq!(lines("any-iter", text), [3]);
}
