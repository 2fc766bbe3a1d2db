//! Every row of the catalogue does what its own snippets say: `before` is found, and becomes `after`.

use hognose::catalog::{Change, RowSafety, changes};
use hognose::diagnostic::Safety;
use hognose::release::Release;

use crate::sandbox::{Sandbox, compare};

/// The release on which the old form has ceased to work, or was deprecated if it still works.
fn effect(change: &Change) -> Release {
    change.gone.or(change.deprecated).expect("a row is dated").0
}

/// A project with the snippet, on the last release that has the old form.
fn project(change: &Change, snippet: &str) -> (Sandbox, &'static str) {
    let effect = effect(change);
    let sandbox = Sandbox::new(Release::new(effect.minor() - 1), effect);
    let file = if snippet.starts_with('[') { "Cargo.toml" } else { "src/lib.rs" };
    sandbox.write(file, snippet);
    (sandbox, file)
}

/// Whether a finding is one of this row.
fn finds(change: &Change, snippet: &str) -> Vec<String> {
    let (sandbox, _) = project(change, snippet);
    let found = sandbox.check().into_iter().filter(|found| found.change == Some(&change.id));
    found.map(|found| format!("line {}: {}", found.line, found.message)).collect()
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
        let allow = if change.safety == RowSafety::Safe { Safety::Safe } else { Safety::Unsafe };
        let fixed = sandbox.fixed(allow, &|finding| finding.change == Some(&change.id));
        (fixed[file] != *after).then(|| format!("`before` becomes something else\n{}", compare(after, &fixed[file])))
    });
}
