//! Where the edits of fixes land: in code, beside each other, under names that are free.

use hognose::diagnostic::Safety;
use hognose::release::Release;

use crate::sandbox::{Sandbox, compare};

/// The library after fixing, in a project on `release`.
fn fixed(release: u16, allow: Safety, text: &str) -> String {
    let sandbox = Sandbox::new(Release::new(release), Release::NEWEST);
    sandbox.write("src/lib.rs", text);
    sandbox.fix_library(allow).text
}

#[track_caller]
fn rewrites(release: u16, before: &str, after: &str) {
    let there = fixed(release, Safety::Unsafe, before);
    assert_eq!(there, after, "{}", compare(after, &there));
}

/// A function that returns bytes in a tuple, with these parameters and this first line.
fn pair_of_bytes(parameters: &str, line: &str) -> String {
    format!("use pyo3::prelude::*;\n\n#[pyfunction]\npub fn pair({parameters}) -> (u8, Vec<u8>) {{\n    {line}\n    (1, vec![2])\n}}\n")
}

/// The same with lists for bytes, made by the token of this name.
fn pair_of_lists(parameters: &str, line: &str, token: &str) -> String {
    format!(
        "use pyo3::prelude::*;\nuse pyo3::types::PyList;\n\n#[pyfunction]\npub fn pair({parameters}) -> PyResult<(u8, Py<PyList>)> {{\n    {line}\n    Ok({{ let (first, second) = (1, vec![2]); (first, PyList::new({token}, second)?.unbind()) }})\n}}\n"
    )
}

#[test]
fn a_parameter_is_added_where_code_ends() {
    for (before, after) in [
        ("", "py: Python<'_>"),
        ("/* none */", "py: Python<'_>/* none */"),
        ("n: u8", "n: u8, py: Python<'_>"),
        ("n: u8 // how many\n", "n: u8, py: Python<'_> // how many\n"),
        ("\n    n: u8, // how many\n", "\n    n: u8, py: Python<'_>, // how many\n"),
        ("n: u8 /* , */", "n: u8, py: Python<'_> /* , */"),
    ] {
        rewrites(20, &pair_of_bytes(before, "n();"), &pair_of_lists(after, "n();", "py"));
    }
}

#[test]
fn a_token_that_is_there_is_used() {
    for (parameter, name) in [("py: Python<'_>", "py"), ("_py: Python", "_py"), ("gil: pyo3::Python<'_>", "gil")] {
        rewrites(20, &pair_of_bytes(parameter, "n();"), &pair_of_lists(parameter, "n();", name));
    }
    // Whoever exports it, `Python` is no other type of this file.
    let exported = |text: &str| text.replace("use pyo3::prelude::*;", "use facade::*;");
    let there = fixed(20, Safety::Unsafe, &exported(&pair_of_bytes("py: Python", "n();").replace("#[pyfunction]", "#[pyo3::pyfunction]")));
    assert!(there.contains("pub fn pair(py: Python) ->") && there.contains("PyList::new(py, second)"), "{there}");
}

#[test]
fn a_taken_name_is_not_given_again() {
    for (parameters, line) in [("py: u8", "n();"), ("(py, n): (u8, u8)", "n();"), ("n: u8", "let py = n;"), ("n: u8", "n(self::py);")] {
        let after = format!("{parameters}, token: Python<'_>");
        rewrites(20, &pair_of_bytes(parameters, line), &pair_of_lists(&after, line, "token"));
    }
    let all = pair_of_bytes("py: u8, token: u8, python: u8", "n();");
    rewrites(20, &all, &all);
}

#[test]
fn a_hidden_token_is_not_used() {
    for line in ["let py = n();", "if let Some(py) = n() {}", "for (py, _) in n() {}"] {
        let text = pair_of_bytes("py: Python<'_>", line);
        rewrites(20, &text, &text);
    }
    // What a closure binds ends with it.
    let line = "n(|py| py.len());";
    rewrites(20, &pair_of_bytes("py: Python<'_>", line), &pair_of_lists("py: Python<'_>", line, "py"));
    let text = pair_of_bytes("first: Python<'_>", "n();");
    rewrites(20, &text, &text);
}

#[test]
fn a_closure_hides_nothing_that_it_needs() {
    let text = |clone: &str| {
        format!(
            "use pyo3::prelude::*;\n\npub struct Held {{\n    py: Py<PyAny>,\n    token: Py<PyAny>,\n}}\n\npub fn copy(py: &Held) -> Py<PyAny> {{\n    {clone}\n}}\n"
        )
    };
    rewrites(20, &text("py.py.clone()"), &text("Python::attach(|token| py.py.clone_ref(token))"));
    rewrites(20, &text("py.token.clone()"), &text("Python::attach(|python| py.token.clone_ref(python))"));
}

#[test]
fn lines_end_as_they_did() {
    let crlf = |text: &str| text.replace('\n', "\r\n");
    for attributes in ["/// Doc.", "#[inline]\n    /// Doc.", "/// Doc.\n    #[inline]", "/** Doc. */", "/// Doc.\n    // Why."] {
        let text = |signature: &str| {
            format!(
                "use pyo3::prelude::*;\n\n#[pyclass]\npub struct A;\n\n#[pymethods]\nimpl A {{\n    {attributes}{signature}\n    fn f(&self, n: Option<u8>) {{}}\n}}\n"
            )
        };
        let signature = "\n    #[pyo3(signature = (n=None))]";
        let after = match attributes.strip_suffix("\n    // Why.") {
            Some(_) => text("").replace("\n    // Why.", &format!("{signature}\n    // Why.")),
            None => text(signature),
        };
        rewrites(21, &crlf(&text("")), &crlf(&after));
    }
}

#[test]
fn comments_between_tokens_stay() {
    rewrites(
        20,
        "use pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\nfn f(a: & /* a */ PyDict, b: Option</* b */&PyDict>, c: &'static /* c */ str) {}\n",
        "use pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\nfn f(a: &Bound<'_, /* a */ PyDict>, b: Option</* b */&Bound<'_, PyDict>>, c: &'static /* c */ str) {}\n",
    );
    let text = |clone: &str| {
        format!(
            "use pyo3::prelude::*;\n\npub struct A {{\n    root: Py<PyAny>,\n}}\n\nimpl A {{\n    fn f(&self) -> Py<PyAny> {{\n        {clone}\n    }}\n}}\n"
        )
    };
    let twice = text("Python::attach(|py| self /* x */ .root /* x */ .clone_ref(py))");
    assert_eq!(fixed(20, Safety::Safe, &text("self /* x */ .root /* x */ .clone()")), twice);
}

#[test]
fn layout_hides_no_import() {
    let text = |path: &str| {
        format!(
            "use {path}::Number;\nuse pyo3::prelude::*;\n\n#[pymodule]\nfn decimal(_py: Python<'_>, m: &PyModule) -> PyResult<()> {{\n    m.add(\"n\", Number::ZERO)\n}}\n"
        )
    };
    for layout in ["", "/* the crate */ ", "\n    ", "// the crate\n    "] {
        let there = fixed(15, Safety::Safe, &text(&format!("{layout}decimal")));
        assert!(there.starts_with(&format!("use {layout}::decimal::Number;")), "{there}");
    }
}

#[test]
fn fixes_that_touch_are_both_applied() {
    let text = |parameters: &str| format!("use pyo3::prelude::*;\n\npub fn find{parameters} -> u8 {{\n    0\n}}\n");
    rewrites(
        16,
        &text("(of: &PyAny, key: impl ToPyObject + Copy)"),
        &text("<'py>(of: &Bound<'py, PyAny>, key: impl IntoPyObject<'py> + Copy)"),
    );
}

#[test]
fn a_renamed_type_is_owned_at_once() {
    let text = |name: &str, ty: &str| {
        format!("use pyo3::prelude::*;\nuse pyo3::types::{name};\n\npub fn f() {{\n    let mut texts: Vec<{ty}> = vec![];\n}}\n")
    };
    rewrites(20, &text("PyUnicode", "&PyUnicode"), &text("PyString", "Bound<'_, PyString>"));
}

/// A class whose protocol is implemented by `methods`, which `import` makes known.
fn protocol(import: &str, methods: &str) -> String {
    format!(
        "use pyo3::class::{import};\nuse pyo3::prelude::*;\n\n#[pyclass]\npub struct A;\n\n#[pyproto]\nimpl PyObjectProtocol for A {{\n{methods}}}\n"
    )
}

#[test]
fn an_import_stays_while_its_name_is_used() {
    let method = "    fn __repr__(&self) -> String {\n        String::new()\n    }\n";
    let text = protocol("PyObjectProtocol", method);
    assert_eq!(fixed(15, Safety::Safe, &text), text);
    rewrites(15, &text, &format!("use pyo3::prelude::*;\n\n#[pyclass]\npub struct A;\n\n#[pymethods]\nimpl A {{\n{method}}}\n"));
    // What cannot be moved keeps what it needs.
    let odd = protocol("PyObjectProtocol", "    odd!();\n").replace("#[pyproto]", "#[cfg_attr(feature = \"python\", pyproto)]");
    rewrites(15, &odd, &odd);
    let unused = protocol("{PyObjectProtocol, PyIterProtocol}", method);
    assert_eq!(fixed(15, Safety::Safe, &unused), protocol("PyObjectProtocol", method));
    // A name of another path, in a text or in a comment is none of the import's.
    let elsewhere = "use pyo3::class::PyIterProtocol;\n\n/// PyIterProtocol\npub fn f(x: other::PyIterProtocol) {\n    f(\"PyIterProtocol\", x.PyIterProtocol);\n}\n";
    assert!(!fixed(15, Safety::Safe, elsewhere).contains("use "));
    let through_super = "use pyo3::class::PyIterProtocol;\n\nmod inner {\n    fn f<T: super::PyIterProtocol>() {}\n}\n";
    assert_eq!(fixed(15, Safety::Safe, through_super), through_super);
}

#[test]
fn a_rename_that_macros_do_not_follow_is_unsafe() {
    let text = |name: &str, used: &str| format!("use pyo3::types::{name};\n\n{used}\n");
    let in_macro = text("PyLong", "odd! { + PyLong => 1 }");
    assert_eq!(fixed(22, Safety::Safe, &in_macro), in_macro);
    let used = |name: &str| text(name, &format!("pub fn f(x: &pyo3::Bound<'_, {name}>) {{}}"));
    assert_eq!(fixed(22, Safety::Safe, &used("PyLong")), used("PyInt"));
}
