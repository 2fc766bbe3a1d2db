//! What a check says and fixes on a project that is behind the newest PyO3.

use hognose::diagnostic::Safety;
use hognose::release::Release;
use serde_json::{Value, json};

use crate::cli::run;
use crate::sandbox::Sandbox;
use crate::support::Run;

/// A program whose parts are outdated since 0.21 and 0.26.
const OLD: &str = "\
use pyo3::prelude::*;

#[pyfunction]
fn total(py: Python<'_>, upto: u64) -> u64 {
    py.allow_threads(|| (0..upto).sum())
}

#[pymodule]
fn sandbox(_py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(total, m)?)
}
";

fn project(release: u16, text: &str) -> Sandbox {
    let sandbox = Sandbox::on(Release::new(release));
    sandbox.write("src/lib.rs", text);
    sandbox
}

fn check(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let folder = sandbox.path("").to_string_lossy().into_owned();
    run(&[&["check", &folder], arguments].concat())
}

/// The text after the safe fixes for the release in use.
fn fixed(release: u16, text: &str) -> String {
    project(release, text).fixed(Safety::Safe, &|_| true).remove("src/lib.rs").expect("the library")
}

fn values(document: &Value, list: &str, key: &str) -> Vec<Value> {
    document[list].as_array().expect("a list").iter().map(|entry| entry[key].clone()).collect()
}

#[test]
fn fixes_wait_for_the_pyo3_that_they_need() {
    let sandbox = project(20, OLD);
    let run = check(&sandbox, &["--fix"]);
    assert_eq!(run.code, 1);
    assert_eq!(sandbox.read("src/lib.rs"), OLD);
    assert!(run.out.contains("rename to `detach` (needs PyO3 0.26; apply with `hognose migrate`)"), "{}", run.out);
    assert!(run.out.ends_with("2 fixes need a newer PyO3: `hognose migrate` upgrades and applies them\n"), "{}", run.out);
    assert!(!run.out.contains("--fix\n"), "nothing is fixable: {}", run.out);
}

#[test]
fn what_both_releases_have_is_fixed() {
    let text = |name: &str| format!("use pyo3::prelude::*;\n\npub fn f() -> usize {{\n    Python::{name}(|_py| 1)\n}}\n");
    assert_eq!(fixed(26, &text("with_gil")), text("attach"));
    assert_eq!(fixed(25, &text("with_gil")), text("with_gil"));
}

#[test]
fn of_two_new_forms_the_one_that_compiles_is_written() {
    let old = "\
use pyo3::prelude::*;

#[pyclass]
pub struct Holder {
    root: Py<PyAny>,
}

impl Holder {
    pub fn copy(&self) -> Py<PyAny> {
        self.root.clone()
    }
}
";
    assert!(fixed(16, old).contains("Python::with_gil(|py| self.root.clone_ref(py))"), "{}", fixed(16, old));
    let asked = Sandbox::new(Release::new(16), Release::NEWEST);
    asked.write("src/lib.rs", old);
    let texts = asked.fixed(Safety::Safe, &|_| true);
    assert!(texts["src/lib.rs"].contains("Python::attach(|py| self.root.clone_ref(py))"), "{}", texts["src/lib.rs"]);
}

#[test]
fn a_target_that_is_asked_for_is_written_for() {
    for how in ["option", "setting"] {
        let sandbox = project(20, OLD);
        let arguments: &[&str] = if how == "option" { &["--fix", "--target", "0.26"] } else { &["--fix"] };
        if how == "setting" {
            sandbox.write("pyproject.toml", "[tool.hognose]\ntarget = \"0.26\"\n");
        }
        let run = check(&sandbox, arguments);
        assert!(sandbox.read("src/lib.rs").contains("py.detach("), "{how}: {}", run.out);
        assert!(run.out.contains("the sources need PyO3 0.26 now: raise `pyo3` in Cargo.toml\n"), "{how}: {}", run.out);
    }
}

#[test]
fn declared_is_no_newer_target() {
    let sandbox = project(20, OLD);
    let run = check(&sandbox, &["--fix", "--target", "declared"]);
    assert_eq!((run.code, sandbox.read("src/lib.rs").as_str()), (0, OLD), "{}", run.out);
}

#[test]
fn an_unknown_release_takes_nothing_new_for_granted() {
    let sandbox = project(26, "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::with_gil(|_py| 1)\n}\n");
    let manifest = sandbox.read("Cargo.toml").replace("pyo3 = \"0.26\"", "pyo3 = { git = \"https://example.org/pyo3\" }");
    sandbox.write("Cargo.toml", &manifest);
    let document = check(&sandbox, &["--output-format", "json"]).json();
    assert_eq!(document["findings"][0]["fix"]["readiness"], "after-upgrade", "{document}");
    assert_eq!(document["findings"][0]["ahead"], false);
}

#[test]
fn findings_for_the_upgrade_are_told_from_those_of_today() {
    let text = "\
use pyo3::prelude::*;

pub fn f(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    let _ = value.downcast::<PyAny>();
    Python::with_gil(|_py| value.len())
}
";
    let sandbox = project(26, text);
    let run = check(&sandbox, &[]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("\n1 of them for when you upgrade\n"), "{}", run.out);
    let document = check(&sandbox, &["--output-format", "json"]).json();
    assert_eq!(values(&document, "findings", "ahead"), [json!(true), json!(false)], "{document}");
    let messages = values(&document, "findings", "message");
    let ends = ["(when you upgrade from 0.26: deprecated in 0.27, gone in 0.29)", "(deprecated in 0.26, gone in 0.28; this project: 0.26)"];
    for (message, end) in messages.iter().zip(ends) {
        assert!(message.as_str().is_some_and(|message| message.ends_with(end)), "{message}");
    }
    assert_eq!((&document["summary"]["ahead"], &document["summary"]["fixable_after_upgrade"]), (&json!(1), &json!(0)));
    assert_eq!(document["findings"][1]["fix"]["needs"], "0.26");
    let old = check(&project(20, OLD), &[]);
    assert!(old.out.contains("\nall for when you upgrade: nothing is outdated on the PyO3 in use\n"), "{}", old.out);
}

#[test]
fn what_the_release_in_use_cannot_do_without_is_not_reported() {
    let option = "use pyo3::prelude::*;\n\n#[pyclass(skip_from_py_object)]\n#[derive(Clone)]\npub struct Blob(Vec<u8>);\n";
    let changes = |release, arguments: &[&str], text: &str| {
        let all = [&["--output-format", "json"], arguments].concat();
        values(&check(&project(release, text), &all).json(), "findings", "change")
    };
    assert_eq!(changes(29, &[], option), Vec::<Value>::new());
    assert_eq!(changes(30, &[], option), [json!("pyclass-skip-from-py-object")]);
    let name = "\
use pyo3::prelude::*;
use pyo3::PyTypeInfo;

pub struct Own;

unsafe impl PyTypeInfo for Own {
    const NAME: &'static str = \"Own\";
    fn type_object_raw(py: Python<'_>) -> *mut pyo3::ffi::PyTypeObject {
        PyAny::type_object_raw(py)
    }
}
";
    for release in [28, 29] {
        assert_eq!(changes(release, &["--target", "declared"], name), Vec::<Value>::new(), "0.{release}");
        assert_eq!(changes(release, &[], name), [json!("pytypeinfo-name-impl")], "0.{release}");
    }
}

#[test]
fn a_class_with_a_conversion_of_its_own_gets_no_other() {
    let text = |options: &str| {
        format!(
            "\
use pyo3::prelude::*;
use pyo3::types::PyBytes;

#[pyclass{options}]
#[derive(Clone)]
pub struct Blob(Vec<u8>);

impl<'a, 'py> FromPyObject<'a, 'py> for Blob {{
    type Error = PyErr;
    fn extract(ob: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {{
        Ok(Self(ob.cast::<PyBytes>()?.as_bytes().to_vec()))
    }}
}}

#[pyfunction]
pub fn size(blob: Blob) -> usize {{
    blob.0.len()
}}
"
        )
    };
    for target in [Release::new(29), Release::NEWEST] {
        let sandbox = Sandbox::new(Release::new(29), target);
        sandbox.write("src/lib.rs", &text("(skip_from_py_object)"));
        assert_eq!(sandbox.fixed(Safety::Unsafe, &|_| true)["src/lib.rs"], text("(skip_from_py_object)"), "{target}");
    }
    let newest = Sandbox::on(Release::NEWEST);
    newest.write("src/lib.rs", &text("(skip_from_py_object)"));
    assert_eq!(newest.fixed(Safety::Unsafe, &|_| true)["src/lib.rs"], text(""));
}
