//! Every row of the catalogue does what its own snippets say: `before` is found, and becomes `after`.

use hognose::catalog::{Change, RowSafety, Series, changes};
use hognose::diagnostic::Safety;
use hognose::release::Release;
use hognose::scaffold::versions;

use crate::sandbox::{Example, Files, Sandbox, compare};

/// The release on which the old form has ceased to work, or was deprecated if it still works.
fn effect(change: &Change) -> Release {
    change.gone.or(change.deprecated).expect("a row is dated").0
}

/// A project with the snippet, on the last release before the change; on the one of the change where the release before needs the old form.
fn project(change: &Change, snippet: &str) -> (Sandbox, &'static str) {
    let effect = effect(change);
    let is_needed_before = change.delete && change.gone.is_none() && change.available.is_some_and(|spare| spare.0 == effect);
    let on = if is_needed_before { effect } else { Release::new(effect.minor() - 1) };
    let sandbox = Sandbox::new(on, effect);
    let file = if snippet.starts_with('[') { "Cargo.toml" } else { "src/lib.rs" };
    sandbox.write(file, snippet);
    (sandbox, file)
}

/// What all rows show as old.
pub(crate) fn snippets() -> Vec<Example> {
    let snippet = |change: &'static Change| {
        let text = change.before.clone()?;
        let effect = effect(change);
        let file = if text.starts_with('[') { "Cargo.toml" } else { "src/lib.rs" };
        Some(Example { name: change.id.clone(), file, release: Release::new(effect.minor() - 1), target: effect, text })
    };
    changes().iter().filter_map(snippet).collect()
}

/// The id of every row that has snippets, and a project for each of them.
pub(crate) fn projects() -> Vec<(&'static str, Vec<Files>)> {
    let snippets =
        |change: &'static Change| [&change.before, &change.after].into_iter().flatten().map(|snippet| project(change, snippet).0.files());
    let rows = changes().iter().map(|change| (change.id.as_str(), snippets(change).collect::<Vec<_>>()));
    rows.filter(|(_, projects)| !projects.is_empty()).collect()
}

/// Whether a finding is one of this row.
fn finds(change: &Change, snippet: &str) -> Vec<String> {
    let (sandbox, _) = project(change, snippet);
    let found = sandbox.check().into_iter().filter(|found| found.change == Some(&change.id));
    found.map(|found| format!("line {}: {}", found.line, found.message)).collect()
}

#[test]
fn versions_of_templates_are_those_of_the_newest_release() {
    let newest = hognose::catalog::toolchain(Release::NEWEST).expect("a row");
    let pair = |series: Series| (series.0, series.1);
    assert_eq!(versions::VERSIONS.rust, newest.rust.to_string());
    assert_eq!((versions::PYTHON_FLOOR, versions::PYTHON_NEWEST), (pair(newest.python.min), pair(newest.python.max)));
    assert_eq!(Some(versions::PYTHON_FREE_THREADED), newest.free_threaded.map(|range| pair(range.min)));
}

/// Collects what is wrong with all rows, so that one run shows everything.
fn assert_rows(problem: impl Fn(&Change) -> Option<String>) {
    let wrong: Vec<String> =
        changes().iter().filter_map(|change| Some(format!("{} ({}): {}", change.id, change.rule, problem(change)?))).collect();
    assert!(wrong.is_empty(), "{} rows\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn catalogue_finds_what_is_before() {
    assert_rows(|change| finds(change, change.before.as_ref()?).is_empty().then(|| "nothing is found in `before`".to_owned()));
}

#[test]
fn catalogue_leaves_what_is_after() {
    assert_rows(|change| {
        let found = finds(change, change.after.as_ref()?);
        (!found.is_empty()).then(|| format!("found in `after`: {}", found.join("; ")))
    });
}

#[test]
fn catalogue_makes_before_into_after() {
    assert_rows(|change| {
        let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
        let (sandbox, file) = project(change, before);
        if change.safety == RowSafety::Manual {
            return None;
        }
        let allow = if change.safety == RowSafety::Safe { Safety::Safe } else { Safety::Unsafe };
        let fixed = sandbox.fixed(allow, &|finding| finding.change == Some(&change.id));
        (fixed[file] != *after).then(|| format!("`before` becomes something else\n{}", compare(after, &fixed[file])))
    });
}

/// What all rows make of a text in a project on `release`: every row that is found, with its line.
fn rows_in(release: u16, target: u16, text: &str) -> Vec<(usize, &'static str)> {
    let sandbox = Sandbox::new(Release::new(release), Release::new(target));
    sandbox.write("src/lib.rs", text);
    sandbox.check().into_iter().filter_map(|found| Some((found.line, found.change?))).collect()
}

/// The text after all safe fixes.
fn fixed(release: u16, target: u16, text: &str) -> String {
    let sandbox = Sandbox::new(Release::new(release), Release::new(target));
    sandbox.write("src/lib.rs", text);
    sandbox.fixed(Safety::Safe, &|_| true).remove("src/lib.rs").expect("the library")
}

#[test]
fn catalogue_knows_methods_that_hide_inherited_ones() {
    let text = "\
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyList};
fn f(flag: &Bound<'_, PyBool>, list: &Bound<'_, PyList>, any: &Bound<'_, PyAny>) {
    flag.is_true();
    list.iter();
    any.is_true();
    any.iter();
}
";
    assert_eq!(rows_in(22, 23, text), [(6, "any-is-true"), (7, "any-iter")]);
}

#[test]
fn catalogue_prefers_the_longer_path() {
    let text = "\
use pyo3::prelude::*;
use pyo3::PyCell;
fn f(py: Python<'_>) {
    PyCell::new(py, 1);
    PyCell::other(py);
}
";
    assert_eq!(rows_in(20, 23, text), [(2, "pycell"), (4, "pycell-new"), (5, "pycell")]);
    let text = "\
fn f(error: pyo3::DowncastError<'_, '_>) {
    pyo3::DowncastError::new(error, \"int\");
}
";
    let rows = rows_in(26, 30, text);
    assert_eq!(rows.iter().filter(|(line, _)| *line == 2).count(), 1, "{rows:?}");
}

#[test]
fn catalogue_keeps_paths_that_are_written_in_full() {
    let text = |name: &str, end: &str| {
        format!("fn f(py: pyo3::Python<'_>) -> pyo3::PyResult<()> {{\n    pyo3::types::PyList::{name}(py, [1]){end};\n    Ok(())\n}}\n")
    };
    let sandbox = Sandbox::new(Release::new(22), Release::new(30));
    sandbox.write("src/lib.rs", &text("new_bound", ""));
    assert_eq!(sandbox.fixed(Safety::Unsafe, &|_| true)["src/lib.rs"], text("new", "?"));
}

#[test]
fn catalogue_rewrites_a_type_below_which_another_row_matches() {
    let text = "\
use pyo3::prelude::*;
fn f(py: Python<'_>, pointer: *mut pyo3::ffi::PyObject) -> PyObject {
    unsafe { PyObject::from_owned_ptr(py, pointer) }
}
";
    let wanted = "\
use pyo3::prelude::*;
fn f(py: Python<'_>, pointer: *mut pyo3::ffi::PyObject) -> Py<PyAny> {
    unsafe { Py::<PyAny>::from_owned_ptr(py, pointer) }
}
";
    assert_eq!(fixed(25, 30, text), wanted);
}

#[test]
fn catalogue_takes_the_import_of_a_rewritten_function_out() {
    let text = "\
use pyo3::{prelude::*, prepare_freethreaded_python};
fn main() {
    prepare_freethreaded_python();
}
";
    let wanted = "\
use pyo3::prelude::*;
fn main() {
    Python::initialize();
}
";
    assert_eq!(fixed(25, 30, text), wanted);
}

#[test]
fn catalogue_moves_what_is_below_a_path() {
    let text = "\
use pyo3_asyncio::{tokio, TaskLocals};
fn f() {
    pyo3_asyncio::async_std::run();
    tokio::run();
}
";
    let sandbox = Sandbox::new(Release::new(20), Release::new(21));
    sandbox.write("src/lib.rs", text);
    let fixed = sandbox.fixed(Safety::Unsafe, &|_| true).remove("src/lib.rs").expect("the library");
    let wanted = "\
use pyo3_async_runtimes::TaskLocals;
use pyo3_async_runtimes::tokio;
fn f() {
    pyo3_async_runtimes::async_std::run();
    tokio::run();
}
";
    assert_eq!(fixed, wanted);
}

#[test]
fn catalogue_takes_c_strings_for_the_new_form() {
    let text = "\
use pyo3::prelude::*;
fn f(py: Python<'_>, code: &str) {
    py.eval(\"1\", None, None);
    py.eval(r\"1\", None, None);
    py.eval(c\"1\", None, None);
    py.eval(code, None, None);
}
";
    let rows = rows_in(22, 23, text);
    let lines: Vec<usize> = rows.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 4, 6], "{rows:?}");
}

#[test]
fn catalogue_has_snippets_for_every_shape_that_is_looked_for() {
    let source = include_str!("../../src/rules/migration/shapes/mod.rs");
    let ids = source.split("Shape { id: \"").skip(1).filter_map(|rest| rest.split('"').next());
    let missing: Vec<&str> = ids.filter(|id| changes().iter().any(|change| change.id == **id && change.before.is_none())).collect();
    assert!(missing.is_empty(), "no `before`: {missing:?}");
}
