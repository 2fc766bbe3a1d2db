//! The table of repairs: names, order, and who answers what.

use std::collections::BTreeSet;

use crate::compiler::CompilerError;
use crate::migrate::repair::site::Site;
use crate::migrate::repair::table::{Row, TABLE, answering};
use crate::migrate::repair::{Concern, Course, Files};

use super::{Said, repair_of, repaired_for};

/// Of two repairs that answer the same error, one names the other as coming after it.
pub(super) fn assert_ordered(error: &CompilerError, course: Course<'_>, files: &Files<'_>) {
    let Some(site) = Site::of(error, course, files) else { return };
    let answering: Vec<&Row> = answering(site.fault().kind()).filter(|row| is_in_table(row) && row.apply(&site).is_some()).collect();
    for (nth, first) in answering.iter().enumerate() {
        for second in &answering[nth + 1..] {
            let (first, second, before) = (first.id, second.id, first.before);
            assert!(before.contains(&second), "`{first}` and `{second}` both answer `{}`: name one before the other", error.message);
        }
    }
}

fn is_in_table(row: &Row) -> bool {
    TABLE.iter().any(|other| other.id == row.id)
}

#[test]
fn repairs_have_names_of_their_own() {
    let ids: BTreeSet<&str> = TABLE.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), TABLE.len());
    let is_name =
        |id: &str| id.split('-').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    assert!(ids.iter().all(|id| is_name(id)), "{ids:?}");
}

#[test]
fn what_comes_before_stands_before() {
    for (nth, row) in TABLE.iter().enumerate() {
        for after in row.before {
            assert!(TABLE[nth + 1..].iter().any(|other| other.id == *after), "`{}` does not stand before `{after}`", row.id);
        }
    }
}

#[test]
fn no_repair_writes_what_its_release_does_not_have() {
    let said = Said {
        code: "E0599",
        message: "no method named `into_py` found for struct `String` in the current scope",
        notes: &[],
        labels: &[],
    };
    let text = "fn f(py: P) -> PyResult<O> { g(a.«into_py»(py)) }";
    assert_eq!(repaired_for(22, text, &said), None, "`IntoPyObject` came with 0.23");
    assert!(repaired_for(23, text, &said).is_some());
}

#[test]
fn what_others_can_call_is_to_be_looked_at() {
    let said = Said {
        code: "E0308",
        message: "mismatched types",
        notes: &["expected struct `pyo3::Bound<'py, _>`\n   found enum `Result<pyo3::Bound<'_, _>, PyErr>`"],
        labels: &[],
    };
    let concern = |head: &str| repair_of(&format!("{head} fn f(py: P) -> L {{ «PyList::new(py, [1])» }}"), &said).concern;
    assert_eq!(concern("pub"), Some(Concern::PublicResult));
    for own in ["", "pub(crate)", "#[pyfunction] pub"] {
        assert_eq!(concern(own), None, "{own}");
    }
    let method = repair_of("#[pymethods] impl A { pub fn f(py: P) -> L { «PyList::new(py, [1])» } }", &said);
    assert_eq!(method.concern, None);
}
