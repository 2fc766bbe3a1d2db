//! Clones, casts and texts of objects.

use super::{Said, repaired, repaired_for};

#[test]
fn clones_of_references_to_objects_count_them() {
    let said = Said { code: "E0308", message: "mismatched types", notes: &[], labels: &[] };
    let option = Said { notes: &["expected enum `Option<Py<_>>`\n   found enum `Option<&Py<_>>`"], ..said };
    assert_eq!(
        repaired("fn f(py: Python) { g(«map.get(k).map(|v| v.clone())») }", &option).as_deref(),
        Some("fn f(py: Python) { g(map.get(k).map(|v| v.clone_ref(py))) }"),
    );
    let pair = Said { notes: &["expected enum `Option<(String, Py<_>)>`\n   found enum `Option<(String, &Py<_>)>`"], ..said };
    assert_eq!(
        repaired("fn f() { g(«items.next().map(|(k, v)| (k.clone(), v.clone()))») }", &pair).as_deref(),
        Some("fn f() { g(items.next().map(|(k, v)| (k.clone(), pyo3::Python::attach(|py| v.clone_ref(py))))) }"),
    );
    let iterator = Said { notes: &["expected struct `IntoIter<Py<_>>`\n   found struct `IntoIter<&Py<_>>`"], ..said };
    assert_eq!(
        repaired("fn f(py: Python) { let all = ‹a.map(|v| v.to_owned()).collect::<Vec<_>>().into_iter()›; I { all: «all» } }", &iterator)
            .as_deref(),
        Some("fn f(py: Python) { let all = a.map(|v| v.clone_ref(py)).collect::<Vec<_>>().into_iter(); I { all: all } }"),
    );
    assert_eq!(repaired("fn f() { g(«map.get(k)») }", &option), None);
    assert_eq!(repaired("fn f() { g(«a.map(|v| v.clone()).map(|v| v.clone())») }", &option), None);
}

#[test]
fn containers_of_objects_are_copied_object_by_object() {
    let bound = "the trait bound `Vec<pyo3::Py<pyo3::PyAny>>: Clone` is not satisfied";
    let copied = Said { code: "E0277", message: bound, notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f(py: Python) { m.get(k).«cloned»() }", &copied).as_deref(),
        Some("fn f(py: Python) { m.get(k).map(|object| object.iter().map(|object| object.clone_ref(py)).collect::<Vec<_>>()) }"),
    );
    let unmet = "the method `clone` exists for enum `Option<pyo3::Py<A>>`, but its trait bounds were not satisfied";
    let cloned = Said { code: "E0599", message: unmet, notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f(&self) { self.a.«clone»() }", &cloned).as_deref(),
        Some("fn f(&self) { pyo3::Python::attach(|py| self.a.as_ref().map(|object| object.clone_ref(py))) }"),
    );
    assert_eq!(
        repaired("fn f(&self) { self.a.«clone»() }", &Said { message: "no method named `clone` found for struct `A`", ..cloned }),
        None
    );
}

#[test]
fn an_iterator_is_advanced_through_a_clone() {
    let said = Said { code: "E0596", message: "cannot borrow data in a `&` reference as mutable", notes: &[], labels: &[] };
    assert_eq!(repaired("fn f() { «i.bind(py)».next() }", &said).as_deref(), Some("fn f() { i.bind(py).clone().next() }"));
    assert_eq!(repaired("fn f() { «i.bind(py)».grow() }", &said), None);
}

#[test]
fn casts_in_templates_of_macros_become_methods() {
    let unknown = Said { code: "E0433", message: "cannot find type `PyTryFrom` in this scope", notes: &[], labels: &[] };
    let template = |cast: &str| format!("macro_rules! m {{ ($f:expr) => {{ if let Ok(v) = {cast} {{ return $f(v); }} }}; }}");
    assert_eq!(repaired(&template("«PyTryFrom»::try_from(self.obj)"), &unknown), Some(template("self.obj.cast()")));
    assert_eq!(repaired(&template("<$t as «PyTryFrom»>::try_from(&object)"), &unknown), Some(template("object.cast::<$t>()")));
    assert_eq!(repaired_for(26, &template("<$t as «PyTryFrom»>::try_from(&object)"), &unknown), Some(template("object.downcast::<$t>()")));
    // For these releases the trait has `extract_bound` only.
    let message = "cannot find method or associated constant `extract` in trait `FromPyObject`";
    let missing = Said { code: "E0576", message, ..unknown };
    let extracted = template("self.obj.extract::<$t>()");
    assert_eq!(repaired_for(26, &template("<$t as FromPyObject>::«extract»(self.obj)"), &missing), Some(extracted));
    let generic = Said { code: "E0107", message: "method takes 0 generic arguments but 1 generic argument was supplied", ..unknown };
    assert_eq!(repaired(&template("$v.«is_instance»::<$t>()"), &generic), Some(template("$v.is_instance(&$v.py().get_type::<$t>())")),);
}

#[test]
fn the_text_of_a_name_has_a_default() {
    let said = Said {
        code: "E0277",
        message: "the trait bound `pyo3::Bound<'_, PyString>: From<&str>` is not satisfied",
        notes: &[],
        labels: &[],
    };
    assert_eq!(
        repaired("fn f() { let name = ty.name().unwrap_or_else(|_| \"unknown\".«into»()); }", &said).as_deref(),
        Some("fn f() { let name = ty.name().map(|name| name.to_string()).unwrap_or_else(|_| \"unknown\".into()); }"),
    );
    assert_eq!(repaired("fn f() { let name = ty.text().unwrap_or_else(|_| \"unknown\".«into»()); }", &said), None);
}

#[test]
fn extraction_says_its_type_where_the_error_is_looked_at() {
    let said = Said { code: "E0282", message: "type annotations needed", notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() { let t: Kind = self.0.extract(py).unwrap_or_else(|«err»| { err.restore(py); Kind::None }); }", &said).as_deref(),
        Some("fn f() { let t: Kind = self.0.extract::<Kind>(py).unwrap_or_else(|err| { err.restore(py); Kind::None }); }"),
    );
    assert_eq!(
        repaired("fn f() { let t: Kind = a.extract().map_err(|«err»| err.value(py))?; }", &said).as_deref(),
        Some("fn f() { let t: Kind = a.extract::<Kind>().map_err(|err| err.value(py))?; }"),
    );
    assert_eq!(repaired("fn f() { let t: Result<Kind> = a.extract().map_err(|«err»| err.value(py)); }", &said), None);
    assert_eq!(repaired("fn f() { let t: Kind = a.parse().unwrap_or_else(|«err»| err.kind()); }", &said), None);
}

#[test]
fn what_cannot_be_cloned_is_made_anew() {
    let said = Said {
        code: "E0277",
        message: "the trait bound `pyo3::Py<PyString>: Clone` is not satisfied in `(u64, pyo3::Py<PyString>)`",
        notes: &[],
        labels: &[],
    };
    assert_eq!(repaired("fn f() { self.entries.«fill»(None); }", &said).as_deref(), Some("fn f() { self.entries.fill_with(|| None); }"));
    assert_eq!(repaired("fn f() { self.entries.«fill»(entry); }", &said), None);
}

#[test]
fn upcasts_become_methods() {
    let said =
        Said { code: "E0605", message: "non-primitive cast: `pyo3::Bound<'_, PyString>` as `&pyo3::PyAny`", notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() { g(«PyString::new(py, s) as &PyAny») }", &said).as_deref(),
        Some("fn f() { g(PyString::new(py, s).into_any()) }")
    );
    let lent = Said { message: "non-primitive cast: `&pyo3::Bound<'_, PyString>` as `&pyo3::PyAny`", ..said };
    assert_eq!(repaired("fn f() { g(«s as &PyAny») }", &lent).as_deref(), Some("fn f() { g(s.as_any()) }"));
    assert_eq!(repaired("fn f() { g(«s as &A») }", &Said { message: "non-primitive cast: `&B` as `&A`", ..said }), None);
}

#[test]
fn a_list_that_is_extended_by_objects_owns_its_first() {
    let message = "the trait bound `Vec<&pyo3::Bound<'_, PyAny>>: Extend<pyo3::Bound<'_, PyAny>>` is not satisfied";
    let said = Said { code: "E0277", message, notes: &[], labels: &[] };
    assert_eq!(
        repaired("fn f() { let mut all = vec![a]; all.«extend»(list.iter()); }", &said).as_deref(),
        Some("fn f() { let mut all = vec![a.clone()]; all.extend(list.iter()); }"),
    );
    assert_eq!(repaired("fn f() { let mut all = vec![a.b()]; all.«extend»(list.iter()); }", &said), None);
}

#[test]
fn casts_of_what_rustc_alone_knows_get_their_new_name() {
    let missing = Said {
        code: "E0599",
        message: "no method named `downcast` found for struct `pyo3::Bound<'py, T>` in the current scope",
        notes: &[],
        labels: &[],
    };
    assert_eq!(repaired("fn f() { g(x.«downcast»()?) }", &missing).as_deref(), Some("fn f() { g(x.cast()?) }"));
    assert_eq!(repaired_for(26, "fn f() { g(x.«downcast»()?) }", &missing), None);
    let own = missing.message.replace("pyo3::Bound<'py, T>", "Own");
    assert_eq!(repaired("fn f() { g(x.«downcast»()?) }", &Said { message: &own, ..missing }), None);
}

#[test]
fn gone_names_leave_their_imports() {
    let said = |labels| Said { code: "E0432", message: "unresolved import `pyo3::AsPyPointer`", notes: &[], labels };
    let gone = said(&["no `AsPyPointer` in the root"]);
    assert_eq!(repaired("use pyo3::{a, «AsPyPointer», b};", &gone).as_deref(), Some("use pyo3::{a, b};"));
    assert_eq!(repaired("use pyo3::{a, «AsPyPointer»};", &gone).as_deref(), Some("use pyo3::{a};"));
    assert_eq!(repaired("use a::b;\nuse «pyo3::AsPyPointer»;\nuse c;\n", &gone).as_deref(), Some("use a::b;\nuse c;\n"));
    // A crate that is not there is another matter.
    assert_eq!(repaired("use «pyo3::AsPyPointer»;", &said(&["use of unresolved module `pyo3`"])), None);
}

#[test]
fn methods_of_a_gone_trait_stay() {
    let said = Said { code: "E0405", message: "cannot find trait `AsPyPointer` in this scope", notes: &[], labels: &[] };
    assert_eq!(
        repaired("unsafe impl «AsPyPointer» for Key {\n    fn as_ptr(&self) -> P { self.0 }\n}", &said).as_deref(),
        Some("impl Key {\n    pub(crate) fn as_ptr(&self) -> P { self.0 }\n}"),
    );
    assert_eq!(repaired("fn f<T: «AsPyPointer»>(t: T) {}", &said), None);
}
