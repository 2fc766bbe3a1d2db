//! One fault, one finding: what follows from a fault is told with it.

use hognose::diagnostic::Diagnostic;
use hognose::engine::{CheckOptions, check};
use hognose::project::load;
use hognose::release::Release;

use crate::generated::write;
use crate::sandbox::manifest;

/// A finding: its rule, its line, and the labels of the further places with their lines.
type Told = (String, usize, Vec<(usize, String)>);

/// The findings in a library on 0.20.
fn findings(text: &str) -> Vec<Told> {
    found(text, &CheckOptions::default())
}

fn found(text: &str, options: &CheckOptions) -> Vec<Told> {
    let dir = tempfile::tempdir().expect("folder");
    write(&dir.path().join("Cargo.toml"), &manifest(Release::new(20)));
    write(&dir.path().join("src/lib.rs"), &format!("use pyo3::prelude::*;\nuse pyo3::types::*;\n\n{text}"));
    let project = load(&[dir.path().to_owned()]).expect("project");
    let outcome = check(&project, options);
    let line = |finding: &Diagnostic, at: usize| project.sources.get(finding.primary.file).lines.line(at);
    let further =
        |finding: &Diagnostic| finding.secondary.iter().map(|span| (line(finding, span.range.start), span.label.clone())).collect();
    let all = outcome.findings.iter();
    all.map(|finding| (finding.rule.name.to_owned(), line(finding, finding.primary.range.start), further(finding))).collect()
}

fn used(lines: &[usize]) -> Vec<(usize, String)> {
    lines.iter().map(|line| (*line, "used here".to_owned())).collect()
}

#[test]
fn uses_are_told_with_the_type_that_was_written() {
    let text = "fn f(list: &PyList) -> usize {\n    let item = list.get_item(0).unwrap();\n    for x in list {\n        x.len();\n    }\n    item.len().unwrap()\n}\n";
    assert_eq!(findings(text), [("gil-ref".to_owned(), 4, used(&[5, 6, 7, 9]))]);
    // What an item is taken through, a pattern, a closure's parameter.
    let text = "fn f(map: Option<&PyDict>, list: &PyList) {\n    if let Some(map) = map {\n        map.len();\n    }\n    list.iter().map(|item| item.hash());\n}\n";
    assert_eq!(findings(text), [("gil-ref".to_owned(), 4, used(&[6])), ("gil-ref".to_owned(), 4, used(&[8, 8]))]);
    let text = "fn f(any: Thing) {\n    let list: &PyList = any.list();\n    list.len();\n}\n";
    assert_eq!(findings(text), [("gil-ref".to_owned(), 5, used(&[6]))]);
}

#[test]
fn many_uses_are_all_told() {
    let text = format!("fn f(list: &PyList) {{\n{}}}\n", "    list.len();\n".repeat(9));
    assert_eq!(findings(&text), [("gil-ref".to_owned(), 4, used(&[5, 6, 7, 8, 9, 10, 11, 12, 13]))]);
}

#[test]
fn what_no_type_explains_stays() {
    let text = "fn f(py: Python<'_>, list: &PyList) {\n    py.import(\"sys\").unwrap().name();\n}\n";
    let rules: Vec<_> = findings(text).into_iter().map(|(rule, line, further)| (rule, line, further.len())).collect();
    assert_eq!(rules, [("gil-ref".to_owned(), 4, 0), ("gil-ref-method".to_owned(), 5, 0)]);
    // Another variable of the same name.
    let text = "fn f(py: Python<'_>, list: &PyList) {\n    let list = py.import(\"sys\").unwrap();\n    list.name();\n}\n";
    let rules: Vec<_> = findings(text).into_iter().map(|(rule, line, further)| (rule, line, further.len())).collect();
    assert_eq!(rules, [("gil-ref".to_owned(), 4, 0), ("gil-ref-method".to_owned(), 6, 0)]);
    // Without the rule that would explain them.
    let text = "fn f(list: &PyList) {\n    list.len();\n}\n";
    let alone = CheckOptions { select: vec!["gil-ref-method".to_owned()], ..CheckOptions::default() };
    assert_eq!(found(text, &alone), [("gil-ref-method".to_owned(), 5, Vec::new())]);
    let allowed = "fn f(list: &PyList) {\n    // hognose: allow(gil-ref-method)\n    list.len();\n    list.len();\n}\n";
    assert_eq!(findings(allowed), [("gil-ref".to_owned(), 4, used(&[7]))]);
}

#[test]
fn an_implementation_is_one_finding() {
    let lines = |text: &str| findings(text).into_iter().map(|(rule, line, further)| (rule, line, further.len())).collect::<Vec<_>>();
    let conversion = "struct Name(String);\n\nimpl<'source> FromPyObject<'source> for Name {\n    fn extract(ob: &'source PyAny) -> PyResult<Self> {\n        make(ob)\n    }\n}\n";
    assert_eq!(lines(conversion), [("outdated-conversion".to_owned(), 6, 1)]);
    let protocol = "#[pyclass]\nstruct Name {}\n\n#[pyproto]\nimpl pyo3::class::basic::PyObjectProtocol for Name {\n    fn __repr__(&self) -> String {\n        String::new()\n    }\n}\n";
    assert_eq!(lines(protocol), [("pyproto".to_owned(), 7, 2)]);
}

#[test]
fn what_a_macro_expands_to_is_told_at_its_definition() {
    let text = "\
macro_rules! attached {
    ($body:expr) => {
        Python::with_gil(|py| $body(py))
    };
}
fn one() -> usize {
    attached!(|_| 1) + attached!(|_| 2)
}
fn two() -> PyObject {
    attached!(|py: Python<'_>| py.None())
}
";
    let calls = [10, 10, 13].map(|line| (line, "called here".to_owned())).to_vec();
    assert_eq!(findings(text), [("renamed-api".to_owned(), 6, calls), ("renamed-api".to_owned(), 12, Vec::new())]);
}
