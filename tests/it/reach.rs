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

/// The lines of the findings about `change` in a library of one file on PyO3 0.21.
fn lines(change: &str, text: &str) -> Vec<usize> {
    let places = places(21, change, &[("src/lib.rs", &format!("use pyo3::prelude::*;\nuse pyo3::types::PyList;\n{text}"))]);
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

/// Whether the class `Point` is reported as extracted by value, when a library on PyO3 0.27 holds this.
fn is_extracted(text: &str) -> bool {
    let class = "use pyo3::prelude::*;\nuse std::collections::HashMap;\n#[pyclass] #[derive(Clone)]\npub struct Point { x: u8 }\n";
    places(27, "pyclass-clone-frompyobject", &[("src/lib.rs", &format!("{class}{text}\n"))]).contains(&"src/lib.rs:4".to_owned())
}

#[test]
fn classes_are_extracted_by_value_wherever_their_type_is_asked_for() {
    let body = |statements: &str| {
        format!(
            "pub struct Pair(u8, Point);\npub struct Held {{ point: Point }}\npub enum Kind {{ A(Point), B {{ point: Point }} }}\ntype Points = Vec<Point>;\n\
             fn take(_: Point) {{}}\nfn lend(_: u8, _: &Point) {{}}\nimpl Held {{ fn put(&mut self, _: Option<Point>) {{}} }}\n\
             pub fn f(any: &Bound<'_, PyAny>, held: &mut Held) -> PyResult<()> {{ {statements} Ok(()) }}"
        )
    };
    for statements in [
        "let p: Point = any.extract()?;",
        "let p: PyResult<Point> = any.extract();",
        "let Ok(p): Result<Point, PyErr> = any.getattr(\"a\").unwrap().extract() else { return Ok(()) };",
        "let p: Option<Vec<(u8, Point)>> = any.extract().map_err(|e| e)?;",
        "let p: HashMap<String, Point> = any.extract()?;",
        "let p: [Point; 2] = any.extract()?;",
        "let p: (String, Point) = (any.extract()?, any.extract()?);",
        "let p: Points = any.extract()?;",
        "let p: Vec<Point> = any.try_iter()?.map(|one| one?.extract()).collect::<PyResult<_>>()?;",
        "let p: Point = if any.is_none() { return Ok(()) } else { any.extract()? };",
        "let p: &Point = &any.extract()?;",
        "any.extract::<Option<Point>>()?;",
        "any.try_iter()?.map(|one| one?.extract()).collect::<PyResult<Vec<Point>>>()?;",
        "take(any.extract()?);",
        "lend(1, &any.extract()?);",
        "held.put(Some(any.extract()?));",
        "held.put(any.extract()?);",
        "Pair(1, any.extract()?);",
        "Kind::A(any.extract()?);",
        "Kind::B { point: any.extract()? };",
        "Held { point: any.extract()? };",
        "let g = || -> PyResult<Point> { any.extract() };",
        "fn g(any: &Bound<'_, PyAny>) -> PyResult<Point> { Ok(any.extract()?) }",
        "Point::extract_bound(any)?;",
        "println!(\"{}\", any.extract::<Point>()?.x);",
    ] {
        assert!(is_extracted(&body(statements)), "{statements}");
    }
    for statements in [
        "let p: u8 = any.extract()?;",
        "let p: PyRef<'_, Point> = any.extract()?;",
        "let p: Py<Point> = any.extract()?;",
        "let p: Result<u8, Point> = any.extract().map_err(|_| panic!());",
        "let p: (u8, Point) = (any.extract()?, panic!());",
        "let p: Point = make(any.extract()?);",
        "lend(any.extract()?, panic!());",
        "Pair(any.extract()?, panic!());",
    ] {
        assert!(!is_extracted(&body(statements)), "{statements}");
    }
}

#[test]
fn classes_are_extracted_by_value_in_signatures_and_fields() {
    for text in [
        "#[pyfunction] fn f(points: Option<Point>) {}",
        "#[pyfunction] fn f(points: Vec<Point>) {}",
        "#[pyfunction] fn f(points: (Point, u8)) {}",
        "#[pyfunction] fn f(points: [Point; 3]) {}",
        "#[pyfunction] fn f(points: hashbrown::HashMap<String, Option<Point>>) {}",
        "use indexmap::IndexMap; #[pyfunction] fn f(points: IndexMap<String, Point>) {}",
        "#[pyfunction] fn f(points: smallvec::SmallVec<[Point; 4]>) {}",
        "#[pyfunction] fn f(points: either::Either<u8, Point>) {}",
        "#[pymethods] impl Point { fn add(&self, other: Self) {} }",
        "#[pymethods] impl Point { fn add(&self, others: Vec<Self>) {} }",
        "#[derive(FromPyObject)] struct Request { point: Point }",
        "#[derive(FromPyObject)] enum Request { One(Point), Many(Vec<Point>) }",
        "#[pyclass] struct Line { #[pyo3(get, set)] start: Point }",
        "#[pyclass(set_all)] struct Line { start: Point }",
        "fn start(any: &Bound<'_, PyAny>) -> PyResult<Point> { any.extract() }",
        "struct Line { start: Point } impl Line { fn set(&mut self, any: &Bound<'_, PyAny>) { self.start = any.extract().unwrap(); } }",
        "impl Point { fn read(any: &Bound<'_, PyAny>) -> PyResult<Self> { any.extract() } }",
    ] {
        assert!(is_extracted(text), "{text}");
    }
    for text in [
        "#[pyfunction] fn f(points: Vec<PyRef<'_, Point>>) {}",
        "#[pyfunction] fn f(point: &Point) {}",
        "fn f(point: Point) {}",
        "#[pyclass] struct Line { #[pyo3(get)] start: Point }",
        "mod other { pub struct Point; #[pyo3::pyfunction] fn f(point: Point) {} }",
        "fn start<Point>(any: &Bound<'_, PyAny>) -> PyResult<Point> { any.extract() }",
    ] {
        assert!(!is_extracted(text), "{text}");
    }
}

#[test]
fn a_class_may_be_extracted_in_another_file() {
    let class = "use pyo3::prelude::*;\n#[pyclass]\n#[derive(Clone)]\npub struct PyPoint;\n";
    let user = "use pyo3::prelude::*;\nuse crate::point::PyPoint as Other;\n#[pyfunction]\nfn f(\n    point: Other,\n    points: Vec<Other>,\n) {}\n";
    let files = [("src/lib.rs", "mod point;\nmod user;\n"), ("src/point.rs", class), ("src/user.rs", user)];
    assert_eq!(places(27, "pyclass-clone-frompyobject", &files), ["src/point.rs:4", "src/user.rs:5", "src/user.rs:6"]);
}

#[test]
fn names_that_lead_in_circles_are_found() {
    let outer = "mod user;\nmod point;\npub use crate::shapes::user::*;\npub use crate::shapes::point::*;\n";
    let class = "use pyo3::prelude::*;\n#[pyclass]\n#[derive(Clone)]\npub struct Point;\n";
    let user = "use pyo3::prelude::*;\nuse crate::shapes::Point;\n#[pyfunction]\npub fn f(point: Point) {}\n";
    let files =
        [("src/lib.rs", "mod shapes;\n"), ("src/shapes/mod.rs", outer), ("src/shapes/point.rs", class), ("src/shapes/user.rs", user)];
    assert_eq!(places(27, "pyclass-clone-frompyobject", &files), ["src/shapes/point.rs:4", "src/shapes/user.rs:4"]);
}

#[test]
fn classes_in_the_bodies_of_functions_are_extracted_there() {
    let body = "#[pyclass] #[derive(Clone)] struct Inner; #[pymethods] impl Inner { fn f(&self, other: Option<Inner>) {} }";
    let text = format!("use pyo3::prelude::*;\n#[pymodule] fn m(_m: &Bound<'_, PyModule>) -> PyResult<()> {{\n{body}\nOk(()) }}\n");
    assert_eq!(places(27, "pyclass-clone-frompyobject", &[("src/lib.rs", &text)]), ["src/lib.rs:3"]);
}

#[test]
fn types_with_old_conversions_are_found_wherever_python_gets_them() {
    let types = "pub struct Key;\nimpl IntoPy<PyObject> for Key { fn into_py(self, py: Python<'_>) -> PyObject { py.None() } }\n\
                 #[derive(IntoPyObject)] pub struct Both;\nimpl ToPyObject for Both { fn to_object(&self, py: Python<'_>) -> PyObject { py.None() } }\n";
    for (text, wanted) in [
        ("#[pyfunction] fn f() -> Key { panic!() }", 1),
        ("#[pyfunction] fn f() -> PyResult<Option<Vec<Key>>> { panic!() }", 1),
        ("#[pyfunction] fn f() -> hashbrown::HashMap<u8, Key> { panic!() }", 1),
        ("#[pyfunction] fn f() -> smallvec::SmallVec<[Key; 2]> { panic!() }", 1),
        ("#[pyfunction] fn f() -> (u8, either::Either<Key, u8>) { panic!() }", 1),
        ("#[pyclass] struct A { #[pyo3(get)] key: Option<Key> }", 1),
        ("#[pyclass(get_all)] struct A { key: Key }", 1),
        ("fn f(list: &Bound<'_, PyList>, key: Key) { list.append(key); }", 1),
        ("fn f(any: &Bound<'_, PyAny>, key: Key) { any.call1((1, key)); }", 1),
        ("fn f(py: Python<'_>, keys: Vec<Key>) { PyList::new_bound(py, keys); }", 1),
        ("#[pyfunction] fn f() -> Both { panic!() }", 0),
        ("#[pyclass] struct A { key: Key }", 0),
        ("fn f() -> Key { panic!() }", 0),
        ("fn f(own: &other::List, key: Key) { own.append(key); }", 0),
    ] {
        assert_eq!(lines("intopy-only-type", &format!("{types}{text}\n")), vec![5; wanted], "{text}");
    }
}

#[test]
fn clones_of_what_locks_hold_and_of_what_needs_clones_are_found() {
    let held = "pub struct Inner { f: Option<Py<PyAny>> }\npub struct Outer { inner: std::sync::Mutex<Inner>, cell: std::cell::RefCell<Vec<Py<PyAny>>> }\n";
    for (text, wanted) in [
        ("pub fn f(o: &Outer) { o.inner.lock().unwrap().f.clone(); }", 1),
        ("pub fn f(o: &Outer) { let inner = o.inner.lock().unwrap(); inner.f.as_ref().cloned(); }", 1),
        ("pub fn f(o: &Outer) { o.cell.borrow().clone(); }", 1),
        ("pub fn f(o: &mut [Option<Py<PyAny>>]) { o.fill(None); }", 1),
        ("pub fn f(o: pyo3::pybacked::PyBackedStr) { o.clone(); }", 1),
        ("pub fn f(o: &mut Vec<u8>) { o.fill(0); }", 0),
        ("pub fn f(o: std::sync::Arc<std::sync::Mutex<Py<PyAny>>>) { o.clone(); }", 0),
    ] {
        assert_eq!(lines("py-clone", &format!("{held}{text}\n")), vec![3; wanted], "{text}");
    }
}

#[test]
fn classes_are_not_sync_when_types_inside_of_them_are_not() {
    let class = |inner: &str| format!("use std::cell::RefCell;\n{inner}\n#[pyclass]\npub struct Outer {{ inner: Option<Inner> }}\n");
    for inner in ["struct Inner(RefCell<u8>);", "struct Inner { a: Deep } struct Deep(std::rc::Rc<u8>);"] {
        assert_eq!(lines("pyclass-sync", &class(inner)), [4], "{inner}");
    }
    for inner in [
        "struct Inner(std::sync::Mutex<RefCell<u8>>);",
        "struct Inner(Option<Box<Inner>>);",
        "struct Inner(RefCell<u8>); unsafe impl Sync for Inner {}",
        "struct Inner(RefCell<u8>); unsafe impl Sync for Outer {}",
        "struct Rc<T>(T); struct Inner(Rc<u8>);",
    ] {
        assert!(lines("pyclass-sync", &class(inner)).is_empty(), "{inner}");
    }
}

#[test]
fn gil_refs_are_found_where_a_function_converts_them() {
    let text = "pub struct A<'a> { a: Option<&'a PyAny> }\npub fn f(a: A<'_>) -> Option<PyObject> { a.a.map(Into::into) }\n\
                pub fn g(a: Option<u8>) -> Option<u64> { a.map(Into::into) }\n";
    assert_eq!(lines("gil-ref-type", text), [1, 2]);
}
