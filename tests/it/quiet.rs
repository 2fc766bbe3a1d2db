//! Code in which nothing is wrong, beside the code that differs in the one thing that counts.

use hognose::release::Release;

use crate::sandbox::{Found, Sandbox};

/// What the row or rule of this name finds in a library on `release`: the lines.
fn lines(name: &str, release: u16, text: &str) -> Vec<usize> {
    let sandbox = Sandbox::new(Release::new(release), Release::NEWEST);
    sandbox.write("src/lib.rs", text);
    let is_named = |found: &Found| found.rule == name || found.change == Some(name);
    sandbox.check().into_iter().filter(is_named).map(|found| found.line).collect()
}

/// Whether `missing-cdylib` speaks of the package in `folder`, in a tree of these files.
fn is_called_incomplete(files: &[(&str, &str)]) -> bool {
    let sandbox = Sandbox::new(Release::NEWEST, Release::NEWEST);
    for (path, text) in files {
        sandbox.write(path, text);
    }
    sandbox.check().iter().any(|found| found.rule == "missing-cdylib")
}

/// No line.
const NOWHERE: [usize; 0] = [];

const MODULE: &str = "use pyo3::prelude::*;\n\n#[pymodule]\npub fn shop(_m: &Bound<'_, PyModule>) -> PyResult<()> {\n    Ok(())\n}\n";

fn package(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{rest}\n[dependencies]\npyo3 = \"0.30\"\n")
}

#[test]
fn a_library_that_another_package_bundles_needs_no_cdylib() {
    let workspace = "[workspace]\nmembers = [\"crates/*\", \"wheel\"]\n\n[workspace.dependencies]\nshop = { path = \"crates/shop\" }\n";
    let shop = package("shop", "");
    let wheel = package("wheel", "[lib]\ncrate-type = [\"cdylib\"]\n") + "shop = { workspace = true }\n";
    let alone = [("Cargo.toml", workspace), ("crates/shop/Cargo.toml", &shop), ("crates/shop/src/lib.rs", MODULE)];
    assert!(is_called_incomplete(&alone));
    let bundled = [alone.as_slice(), &[("wheel/Cargo.toml", &wheel), ("wheel/src/lib.rs", "")]].concat();
    assert!(!is_called_incomplete(&bundled));
    // A dependency of its tests alone builds nothing.
    let tests = package("wheel", "[dev-dependencies]\nshop = { path = \"../crates/shop\" }\n");
    let tested = [alone.as_slice(), &[("wheel/Cargo.toml", &tests), ("wheel/src/lib.rs", "")]].concat();
    assert!(is_called_incomplete(&tested));
}

#[test]
fn modules_for_tests_and_embedded_ones_need_no_cdylib() {
    let manifest = package("shop", "");
    let library = |text: &str| is_called_incomplete(&[("Cargo.toml", &manifest), ("src/lib.rs", text)]);
    assert!(library(MODULE));
    assert!(!library(&format!("#[cfg(test)]\nmod tests {{\n{MODULE}}}\n")));
    assert!(!library(&MODULE.replace("#[pymodule]", "#[cfg(all(test, feature = \"full\"))]\n#[pymodule]")));
    assert!(library(&MODULE.replace("#[pymodule]", "#[cfg(not(test))]\n#[pymodule]")));
    assert!(!is_called_incomplete(&[
        ("Cargo.toml", &manifest),
        ("src/lib.rs", "#[cfg(test)]\nmod checks;\n"),
        ("src/checks/mod.rs", "mod module;\n"),
        ("src/checks/module.rs", MODULE),
    ]));
    // A program that has Python in it, and a test that starts Python around an extension.
    let program = "fn main() {\n    pyo3::append_to_inittab!(shop);\n    pyo3::Python::initialize();\n}\n";
    assert!(!is_called_incomplete(&[("Cargo.toml", &manifest), ("src/lib.rs", MODULE), ("src/main.rs", program)]));
    let test = "#[test]\nfn works() {\n    pyo3::Python::initialize();\n}\n";
    assert!(is_called_incomplete(&[("Cargo.toml", &manifest), ("src/lib.rs", MODULE), ("tests/works.rs", test)]));
    assert!(library(&format!("{MODULE}\n{test}")));
    let embedding = manifest.replace("\"0.30\"", "{ version = \"0.30\", features = [\"auto-initialize\"] }");
    assert!(!is_called_incomplete(&[("Cargo.toml", &embedding), ("src/lib.rs", MODULE)]));
}

#[test]
fn variables_of_macros_are_no_unquoted_names() {
    let class = |matcher: &str, name: &str| {
        format!(
            "use pyo3::prelude::*;\n\nmacro_rules! class {{\n    ({matcher}) => {{\n        #[pyclass(name = {name})]\n        pub struct $class;\n    }};\n}}\n"
        )
    };
    assert_eq!(lines("outdated-attribute", 30, &class("$class:ident, $name:expr", "$name")), NOWHERE);
    assert_eq!(lines("outdated-attribute", 30, &class("$class:ident, $($name:literal)?", "$($name)?")), NOWHERE);
    assert_eq!(lines("outdated-attribute", 30, &class("$class:ident", "Shop")), [5]);
    let module = |name: &str| {
        format!(
            "use pyo3::prelude::*;\n\nmacro_rules! module {{\n    ($name:ident) => {{\n        #[pymodule({name})]\n        fn inner(_m: &Bound<'_, PyModule>) -> PyResult<()> {{\n            Ok(())\n        }}\n    }};\n}}\n"
        )
    };
    assert_eq!(lines("outdated-attribute", 17, &module("$name")), NOWHERE);
    assert_eq!(lines("outdated-attribute", 17, &module("shop")), [5]);
    let quoted = "use quote::quote;\n\nfn class(name: &str) -> TokenStream {\n    quote! {\n        #[pyclass(name = #name)]\n        struct Shop;\n    }\n}\n";
    assert_eq!(lines("outdated-attribute", 30, quoted), NOWHERE);
}

#[test]
fn submodules_count_by_the_name_that_they_were_made_with() {
    let adding = |statements: &str| {
        format!(
            "use pyo3::prelude::*;\n\n#[pymodule]\nfn shop(py: Python<'_>, m: &Bound<'_, PyModule>) -> PyResult<()> {{\n{statements}    Ok(())\n}}\n"
        )
    };
    let named = |name: &str| adding(&format!("    let sub = PyModule::new(py, {name})?;\n    m.add_submodule(&sub)?;\n"));
    assert_eq!(lines("add-submodule-name", 27, &named("\"shop.prices\"")), [6]);
    assert_eq!(lines("add-submodule-name", 27, &named("\"prices\"")), NOWHERE);
    assert_eq!(lines("add-submodule-name", 27, &named("NAME")), NOWHERE);
    assert_eq!(lines("add-submodule-name", 28, &named("\"shop.prices\"")), NOWHERE);
    let at_once = adding("    m.add_submodule(&PyModule::new(py, \"shop.prices\")?)?;\n");
    assert_eq!(lines("add-submodule-name", 27, &at_once), [5]);
    let hidden = adding("    let sub = PyModule::new(py, \"shop.prices\")?;\n    let sub = other(sub);\n    m.add_submodule(&sub)?;\n");
    assert_eq!(lines("add-submodule-name", 27, &hidden), NOWHERE);
}

#[test]
fn closures_count_when_they_are_known_to_hold_what_threads_cannot_share() {
    let closure = |before: &str, body: &str| {
        format!(
            "use pyo3::prelude::*;\nuse pyo3::types::PyCFunction;\nuse std::cell::RefCell;\n\nfn f(py: Python<'_>, log: Log) {{\n{before}    let _ = PyCFunction::new_closure(py, None, None, {body});\n}}\n"
        )
    };
    assert_eq!(lines("new-closure-sync", 28, &closure("", "move |_, _| log.push(1)")), NOWHERE);
    let cell = "    let log = RefCell::new(Vec::new());\n";
    assert_eq!(lines("new-closure-sync", 28, &closure(cell, "move |_, _| log.borrow_mut().push(1)")), [7]);
    assert_eq!(lines("new-closure-sync", 29, &closure(cell, "move |_, _| log.borrow_mut().push(1)")), NOWHERE);
    assert_eq!(lines("new-closure-sync", 28, &closure(cell, "move |log, _| log.len()")), NOWHERE);
    let named = "    let log: RefCell<Vec<u8>> = Default::default();\n    let note = move |_, _| log.borrow_mut().push(1);\n";
    assert_eq!(lines("new-closure-sync", 28, &closure(named, "note")), [8]);
}

#[test]
fn classes_of_different_targets_are_different_classes() {
    let sandbox = Sandbox::new(Release::new(27), Release::NEWEST);
    let class = "use pyo3::prelude::*;\n\n#[pyclass]\n#[derive(Clone)]\nstruct Point;\n\n";
    let taking = "#[pyfunction]\nfn show(point: Point) {}\n";
    sandbox.write("tests/one.rs", class);
    sandbox.write("tests/two.rs", &format!("{class}{taking}"));
    let found: Vec<_> = sandbox.check().into_iter().map(|found| (found.path, found.line)).collect();
    assert_eq!(found, [("tests/two.rs".to_owned(), 5), ("tests/two.rs".to_owned(), 8)]);
    // The library's class is the same one for all of them.
    sandbox.write("src/lib.rs", &class.replace("struct", "pub struct"));
    sandbox.write("tests/one.rs", "");
    sandbox.write("tests/two.rs", &format!("use pyo3::prelude::*;\nuse sandbox::Point;\n\n{taking}"));
    assert!(sandbox.check().iter().any(|found| found.path == "src/lib.rs" && found.line == 5));
}

#[test]
fn options_count_however_the_attribute_is_named() {
    let taking = |attribute: &str| {
        format!("use pyo3::prelude::*;\n\n#[{attribute}]\n#[derive(Clone)]\nstruct Point;\n\n#[pyfunction]\nfn show(point: Point) {{}}\n")
    };
    assert_eq!(lines("pyclass-clone-frompyobject", 29, &taking("pyo3::pyclass")), [5, 8]);
    assert_eq!(lines("pyclass-clone-frompyobject", 29, &taking("pyo3::pyclass(from_py_object)")), NOWHERE);
    assert_eq!(lines("pyclass-clone-frompyobject", 29, &taking("cfg_attr(feature = \"python\", pyo3::pyclass(from_py_object))")), NOWHERE);
}

#[test]
fn what_people_allow_themselves_is_not_reported() {
    let quiet = |text: &str| {
        let text = format!("use pyo3::prelude::*;\n\n{text}");
        let sandbox = Sandbox::new(Release::new(26), Release::new(26));
        sandbox.write("src/lib.rs", &text);
        sandbox.check().is_empty()
    };
    let call = "Python::with_gil(|py| py.None())";
    assert!(!quiet(&format!("fn f() {{\n    {call};\n}}\n")));
    for attribute in [
        "#[allow(deprecated)]",
        "#[allow(deprecated, reason = \"for old ones\")]",
        "#[expect(clippy::all, deprecated)]",
        "#[cfg_attr(feature = \"old\", allow(deprecated))]",
        "#[allow(warnings)]",
    ] {
        for text in [
            format!("{attribute}\nfn f() {{\n    {call};\n}}\n"),
            format!("{attribute}\nmod inner {{\n    use pyo3::prelude::*;\n\n    fn f() {{\n        {call};\n    }}\n}}\n"),
            format!("struct A;\n\n{attribute}\nimpl A {{\n    fn f() {{\n        {call};\n    }}\n}}\n"),
            format!("struct A;\n\nimpl A {{\n    {attribute}\n    fn f() {{\n        {call};\n    }}\n}}\n"),
            format!("trait A {{\n    {attribute}\n    fn f() {{\n        {call};\n    }}\n}}\n"),
            format!("struct A {{\n    {attribute}\n    b: PyObject,\n}}\n"),
            format!("fn f() {{\n    {attribute}\n    {call};\n}}\n"),
            format!("fn f() {{\n    {attribute}\n    let a = {call};\n}}\n"),
            format!("fn f() {{\n    let mut a = py.None();\n    {attribute}\n    a = {call};\n}}\n"),
            format!("fn f() {{\n    {attribute}\n    {{\n        {call};\n    }}\n}}\n"),
            format!("fn f() {{\n    match a {{\n        {attribute}\n        Some(_) => {call},\n        None => b,\n    }};\n}}\n"),
            format!("fn f() -> A {{\n    A {{\n        {attribute}\n        b: {call},\n    }}\n}}\n"),
            format!(
                "macro_rules! f {{\n    () => {{\n        {attribute}\n        fn f() {{\n            {call};\n        }}\n    }};\n}}\n"
            ),
        ] {
            // What `mod inner` of a macro calls is no matter; on a release that has the name without a deprecation nothing is.
            assert!(quiet(&text), "{text}");
        }
    }
    for text in [
        format!("#![allow(deprecated)]\n\nfn f() {{\n    {call};\n}}\n"),
        format!("fn f() {{\n    #![allow(deprecated)]\n    {call};\n}}\n"),
    ] {
        let sandbox = Sandbox::new(Release::new(26), Release::new(26));
        sandbox.write("src/lib.rs", &text.replacen("\n\nfn", "\nuse pyo3::prelude::*;\n\nfn", 1).replacen("Python::", "pyo3::Python::", 1));
        assert!(sandbox.check().is_empty(), "{text}");
    }
    for text in [
        format!("#[allow(dead_code, reason = \"deprecated\")]\nfn f() {{\n    {call};\n}}\n"),
        format!("#[warn(deprecated)]\nfn f() {{\n    {call};\n}}\n"),
        format!("fn f() {{\n    #[allow(deprecated)]\n    let a = 1;\n    {call};\n}}\n"),
        format!("#[allow(deprecated)]\nmod inner {{\n    #[deny(deprecated)]\n    fn f() {{\n        pyo3::{call};\n    }}\n}}\n"),
    ] {
        assert!(!quiet(&text), "{text}");
    }
}

#[test]
fn a_module_and_a_manifest_allow_for_all_that_is_in_them() {
    let sandbox = Sandbox::new(Release::new(26), Release::new(26));
    let call = "pub fn f() {\n    pyo3::Python::with_gil(|py| py.None());\n}\n";
    sandbox.write("src/lib.rs", "mod old;\n");
    sandbox.write("src/old.rs", "mod inner;\n");
    sandbox.write("src/old/inner.rs", call);
    assert_eq!(sandbox.check().len(), 1);
    sandbox.write("src/lib.rs", "#[allow(deprecated)]\nmod old;\n");
    assert_eq!(sandbox.check(), []);
    sandbox.write("src/lib.rs", "#![allow(deprecated)]\n\nmod old;\n");
    assert_eq!(sandbox.check(), []);
    sandbox.write("src/lib.rs", "mod old;\n");
    let manifest = crate::sandbox::manifest(Release::new(26));
    sandbox.write("Cargo.toml", &format!("{manifest}\n[lints.rust]\ndeprecated = {{ level = \"allow\", priority = 1 }}\n"));
    assert_eq!(sandbox.check(), []);
}

#[test]
fn a_capsule_without_a_name_has_no_new_form() {
    let capsule = |name: &str| {
        format!(
            "use pyo3::prelude::*;\nuse pyo3::types::PyCapsule;\n\nfn f(py: Python<'_>) {{\n    let _ = PyCapsule::new(py, 1, {name});\n}}\n"
        )
    };
    assert_eq!(lines("capsule-new", 30, &capsule("None")), NOWHERE);
    assert_eq!(lines("capsule-new", 30, &capsule("Some(name)")), [5]);
}

#[test]
fn features_of_pyo3_itself_are_its_own() {
    let features = "\n[features]\nextension-module = [\"pyo3-ffi/extension-module\"]\n";
    let manifest = |name: &str, more: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.29.0\"\nedition = \"2021\"\n\n[dependencies]\npyo3-ffi = \"0.29\"\n{more}{features}"
        )
    };
    let finds = |text: &str| {
        let sandbox = Sandbox::new(Release::new(29), Release::NEWEST);
        sandbox.write("Cargo.toml", text);
        sandbox.check().iter().any(|found| found.rule == "outdated-feature")
    };
    assert!(finds(&manifest("shop", "")));
    assert!(!finds(&manifest("pyo3", "")));
    assert!(!finds(&manifest("fork-of-pyo3", "pyo3-macros = \"0.29\"\n")));
}

#[test]
fn attaching_while_detached_is_reported_where_nothing_else_is_done() {
    let found = |body: &str, more: &str| {
        let text = format!(
            "use pyo3::prelude::*;\nuse rayon::prelude::*;\n\nfn f(py: Python<'_>, items: &[u64]) {{\n    py.detach(|| {body});\n}}\n{more}"
        );
        !lines("python-access-while-detached", 30, &text).is_empty()
    };
    assert!(found("Python::attach(|py| py.None())", ""));
    assert!(found("{ Python::attach(|py| py.None()); }", ""));
    assert!(found("{ Python::attach(|py| py.check_signals())? }", ""));
    assert!(!found("{ work(); Python::attach(|py| py.None()); }", "fn work() {}\n"));
    assert!(!found("loop { Python::attach(|py| py.check_signals())?; }", ""));
    assert!(!found("items.par_iter().map(|_| Python::attach(|py| py.None())).collect()", ""));
    assert!(!found(
        "help(items)",
        "fn help(items: &[u64]) {\n    items.par_iter().for_each(|_| Python::attach(|py| drop(py.None())));\n}\n"
    ));
    assert!(!found("help()", "fn help() {\n    Python::attach(|py| py.None());\n}\n"));
}

#[test]
fn claims_count_on_the_thread_and_in_the_moment_that_detaches() {
    let found = |body: &str, more: &str| {
        let text = format!("use pyo3::prelude::*;\n\nfn f(py: Python<'_>) {{\n    py.detach(|| {body});\n}}\n{more}");
        !lines("python-access-while-detached", 30, &text).is_empty()
    };
    let claim = "unsafe { Python::assume_attached() }";
    assert!(found(&format!("{{ {claim}; }}"), ""));
    assert!(!found(&format!("std::panic::set_hook(Box::new(|_| {{ {claim}; }}))"), ""));
    assert!(!found(&format!("{{ let hook = || {{ {claim}; }}; keep(hook) }}"), ""));
    assert!(!found(&format!("unsafe {{ pyo3::ffi::PyGILState_Ensure(); {claim}; }}"), ""));
    assert!(found("help()", &format!("fn help() {{\n    {claim};\n}}\n")));
    assert!(found("help()", &format!("fn help() {{\n    deeper();\n}}\n\nfn deeper() {{\n    {claim};\n}}\n")));
    assert!(!found("help()", &format!("fn help() {{\n    register(|| {{\n        {claim};\n    }});\n}}\n")));
    assert!(!found("help()", &format!("fn help() {{\n    register(|| deeper());\n}}\n\nfn deeper() {{\n    {claim};\n}}\n")));
    assert!(!found("help()", &format!("fn help() {{\n    let state = unsafe {{ pyo3::ffi::PyGILState_Ensure() }};\n    {claim};\n}}\n")));
    assert!(!found("help()", &format!("fn help() {{\n    Python::attach(|_| {claim});\n}}\n")));
}

#[test]
fn paths_of_other_crates_and_units_by_themselves_are_what_they_were() {
    let text =
        |import: &str, returns: &str| format!("use pyo3::prelude::*;\n{import}\n#[pyfunction]\npub fn f() -> {returns} {{\n    g()\n}}\n");
    assert_eq!(lines("pathbuf-pathlib", 20, &text("use std::path::PathBuf;\n", "PathBuf")), [5]);
    assert_eq!(lines("pathbuf-pathlib", 20, &text("use std::path;\n", "Vec<path::PathBuf>")), [5]);
    assert_eq!(lines("pathbuf-pathlib", 20, &text("use svg::Path;\n", "Path")), NOWHERE);
    assert_eq!(lines("pathbuf-pathlib", 20, &text("use tree::*;\n", "Vec<Path>")), NOWHERE);
    assert_eq!(lines("pathbuf-pathlib", 24, &text("use std::path::PathBuf;\n", "PathBuf")), NOWHERE);
    assert_eq!(lines("unit-into-tuple", 20, &text("", "PyResult<Option<()>>")), [4]);
    assert_eq!(lines("unit-into-tuple", 20, &text("", "PyResult<()>")), NOWHERE);
    assert_eq!(lines("unit-into-tuple", 20, &text("", "()")), NOWHERE);
}

#[test]
fn pointers_are_called_stale_only_where_their_objects_end_before_them() {
    let text = |body: &str| {
        format!(
            "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(py: Python<'_>, list: &PyList) -> *mut pyo3::ffi::PyObject {{\n{body}\n}}\n"
        )
    };
    let stale = |body: &str| lines("pointer-outlives-object", 20, &text(body));
    assert_eq!(stale("PyList::empty(py).as_ptr()"), [4]);
    assert_eq!(stale("let dict = PyDict::new(py);\ndict.as_ptr()"), [5]);
    assert_eq!(stale("let dict = PyDict::new(py);\nreturn dict.as_ptr();"), [5]);
    assert_eq!(stale("let dict = PyDict::new(py);\nunsafe { g(dict.as_ptr()); }\ndict.as_ptr() as *mut pyo3::ffi::PyObject"), [6]);
    assert_eq!(stale("let bytes = PyBytes::new(py, b\"a\").as_bytes().as_ptr();\ng(bytes)"), [4]);
    // What the caller holds, and what ends with the statement or the block in which the pointer is used.
    assert_eq!(stale("list.as_ptr()"), NOWHERE);
    assert_eq!(stale("g(PyList::empty(py).as_ptr())"), NOWHERE);
    assert_eq!(stale("let dict = PyDict::new(py);\nlet pointer = dict.as_ptr();\ng(pointer)"), NOWHERE);
    assert_eq!(stale("let dict = PyDict::new(py);\nif dict.as_ptr().is_null() { g(list.as_ptr()) } else { g(dict.as_ptr()) }"), NOWHERE);
    assert_eq!(stale("let values = vec![1];\nvalues.as_ptr() as *mut _"), NOWHERE);
}
