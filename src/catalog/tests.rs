//! What the data files promise: each row is complete, dated in order and matches what it says.

use std::collections::HashSet;

use super::{Change, Matcher, RowSafety, changes, symbols};
use crate::release::Release;

const RULES: [&str; 9] = [
    "renamed-api",
    "removed-api",
    "changed-signature",
    "outdated-attribute",
    "outdated-feature",
    "outdated-conversion",
    "gil-ref",
    "pyproto",
    "behaviour-change",
];

/// Crates beside `pyo3` that rows name.
const ADJACENT: [&str; 3] = ["pyo3_asyncio", "pyo3_build_config", "pythonize"];

/// Fails with every row that breaks a promise, not with the first one.
fn assert_all(promise: &str, holds: impl Fn(&Change) -> bool) {
    let broken: Vec<_> = changes().iter().filter(|change| !holds(change)).map(|change| &change.id).collect();
    assert!(broken.is_empty(), "{promise}: {broken:#?}");
}

fn is_kebab_case(text: &str) -> bool {
    !text.is_empty() && text.split('-').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

#[test]
fn every_release_has_rows() {
    assert!(changes().len() > 200, "{}", changes().len());
    for minor in Release::OLDEST.minor()..=Release::NEWEST.minor() {
        let release = Release::new(minor);
        let dated = |change: &&Change| [change.deprecated, change.gone].into_iter().flatten().any(|date| date.0 == release);
        assert!(changes().iter().any(|change| dated(&change)), "{release}");
    }
}

#[test]
fn ids_are_unique_and_in_kebab_case() {
    let mut seen = HashSet::new();
    assert_all("ids are unique, in kebab case", |change| is_kebab_case(&change.id));
    for change in changes() {
        assert!(seen.insert(&change.id), "{} stands twice", change.id);
    }
}

#[test]
fn rules_are_known() {
    assert_all("the rule exists", |change| RULES.contains(&change.rule.as_str()));
}

#[test]
fn dates_are_in_order() {
    assert_all("a row is dated", |change| change.deprecated.is_some() || change.gone.is_some());
    assert_all("deprecated before gone", |change| match (change.deprecated, change.gone) {
        (Some(deprecated), Some(gone)) => deprecated.0 <= gone.0,
        _ => true,
    });
    assert_all("the new form is there when the old one goes", |change| match (change.available, change.gone) {
        (Some(available), Some(gone)) => available.0 <= gone.0,
        _ => true,
    });
    assert_all("a row with a fix says since when its text compiles", |change| {
        let has_fix = change.safety != RowSafety::Manual || change.after.is_some();
        !has_fix || change.available.is_some()
    });
    assert_all("a silent row says when", |change| !change.silent || change.gone.is_some());
}

#[test]
fn mechanical_rows_have_examples_and_manual_rows_no_fix() {
    assert_all("a mechanical row has a `before` and an `after` that differ", |change| {
        !change.is_mechanical() || (change.before.is_some() && change.after.is_some() && change.before != change.after)
    });
    assert_all("a row with a fix of its own is not manual", |change| !change.is_mechanical() || change.safety != RowSafety::Manual);
    assert_all("a row without a fix of its own is manual, or its fix is code, with an example", |change| {
        let by_code = change.before.is_some() && change.after.is_some();
        change.is_mechanical() || change.safety == RowSafety::Manual || by_code
    });
    assert_all("an unsafe row says why", |change| change.safety != RowSafety::Unsafe || change.reason.is_some());
    assert_all("a row has one fix", |change| {
        let fixes = [&change.rename, &change.strip, &change.prefix, &change.path, &change.replace_type, &change.rewrite];
        fixes.iter().filter(|fix| fix.is_some()).count() + usize::from(change.delete) <= 1
    });
}

#[test]
fn paths_belong_to_pyo3() {
    let known =
        |path: &str| path.starts_with("pyo3::") || ADJACENT.iter().any(|name| path == *name || path.starts_with(&format!("{name}::")));
    assert_all("the paths belong to PyO3", |change| match &change.matcher {
        Matcher::Path { paths, .. } => !paths.is_empty() && paths.iter().all(|path| known(path)),
        Matcher::TraitItem { of, .. } => known(of),
        _ => true,
    });
}

#[test]
fn matched_items_are_in_the_symbol_table_under_their_canonical_path() {
    let symbols = symbols();
    let listed = |path: &str| {
        let parent = path.rsplit_once("::").map_or(path, |(parent, _)| parent);
        let item = if symbols.contains(path) { path } else { parent };
        symbols.contains(item) && symbols.canonical(item) == item
    };
    assert_all("the matched item is listed", |change| match &change.matcher {
        Matcher::Path { paths, below: false, .. } => {
            paths.iter().filter(|path| path.starts_with("pyo3::") && !path.starts_with("pyo3::ffi::")).all(|path| listed(path))
        }
        Matcher::TraitItem { of, .. } => listed(of),
        _ => true,
    });
}

#[test]
fn ambiguous_rows_are_never_fixed() {
    // What is put behind a call tells the new form from the old one.
    let shows = |change: &Change| change.rewrite.as_ref().is_some_and(|rewrite| rewrite.starts_with("$call"));
    assert_all("the same text cannot be wrong and right", |change| match change.matcher {
        Matcher::Path { ambiguous, .. } | Matcher::Method { ambiguous, .. } => !(ambiguous && change.is_mechanical()) || shows(change),
        _ => true,
    });
}

#[test]
fn texts_follow_the_style() {
    let starts_plain = |text: &str| {
        !text.starts_with(|c: char| c.is_ascii_uppercase()) || ["Python ", "CPython ", "Rust "].iter().any(|name| text.starts_with(name))
    };
    let plain = |text: &str| !text.ends_with('.') && !text.contains('\n') && starts_plain(text);
    assert_all("texts are one line, lower case, without a full stop", |change| {
        [Some(&change.help), change.message.as_ref(), change.reason.as_ref()].into_iter().flatten().all(|text| plain(text))
    });
    assert_all("behaviour changes and shapes have a message", |change| {
        change.message.is_some() || (!change.silent && change.rule != "behaviour-change")
    });
}

#[test]
fn renames_keep_what_they_do_not_change() {
    let row = |id: &str| changes().iter().find(|change| change.id == id).unwrap();
    assert_eq!(row("with-gil").renamed("with_gil").as_deref(), Some("attach"));
    assert_eq!(row("bound-constructors").renamed("new_bound_with").as_deref(), Some("new_with"));
    assert_eq!(row("bound-constructors").renamed("from_bound_object").as_deref(), Some("from_object"));
    assert_eq!(row("exception-names").renamed("TypeError").as_deref(), Some("PyTypeError"));
    assert_eq!(row("acquire-gil").renamed("acquire_gil"), None);
}

#[test]
fn no_symbol_stands_on_two_lines() {
    let mut seen = HashSet::new();
    let lines = include_str!("data/symbols.txt").lines().filter(|line| !line.starts_with('#'));
    for path in lines.flat_map(str::split_whitespace) {
        assert!(path.starts_with("pyo3::"), "{path}");
        assert!(seen.insert(path), "{path} stands twice");
    }
}

#[test]
fn symbols_know_aliases_and_preludes() {
    let symbols = symbols();
    for (path, canonical) in [
        ("pyo3::prelude::PyAny", "pyo3::PyAny"),
        ("pyo3::types::PyAny", "pyo3::PyAny"),
        ("pyo3::prelude::PyModule", "pyo3::types::PyModule"),
        ("pyo3::prelude::PyObject", "pyo3::PyObject"),
        ("pyo3::pycell::PyCell", "pyo3::PyCell"),
        ("pyo3::once_cell::GILOnceCell", "pyo3::once_cell::GILOnceCell"),
        ("pyo3::types::PyMutex", "pyo3::types::PyMutex"),
    ] {
        assert_eq!(symbols.canonical(path), canonical);
    }
    for name in
        ["GILGuard", "PyTryFrom", "PyCell", "PyObject", "IntoPy", "pyproto", "PyAnyMethods", "IntoPyObject", "Bound", "wrap_pyfunction"]
    {
        assert!(symbols.in_prelude(name), "{name}");
    }
    assert!(!symbols.in_prelude("PyDict"));
}

#[test]
fn every_line_of_the_signatures_has_six_columns() {
    for line in include_str!("data/signatures.tsv").lines() {
        assert_eq!(line.split('\t').count(), 6, "{line}");
    }
}
