//! The reference extension: verified, run without a GIL, and measured.

use std::path::PathBuf;

use hognose::commands::verify::Verdict;
use tempfile::TempDir;

use crate::free_threaded::run_on_free_threaded;
use crate::support::repository;
use crate::verify::{line, no_findings, verify};
use crate::workshop::{ONE_AT_A_TIME, copy, outside};

/// A copy outside of the repository, built in the shared folder.
fn example() -> (TempDir, PathBuf) {
    let dir = outside();
    let project = dir.path().join("example-ext");
    copy(&repository().join("example-ext"), &project);
    (dir, project)
}

#[test]
fn the_reference_extension_is_good() {
    let _alone = ONE_AT_A_TIME.lock();
    let (_dir, project) = example();
    let (verdict, report) = verify(&project, &no_findings);
    assert_eq!(verdict, Verdict::Passed, "{report}");
    assert!(line(&report, "import").ends_with(", example_ext._core"), "{report}");
    assert!(!line(&report, "cargo test").ends_with(", 0 passed"), "{report}");
    // The one that is skipped asks for a free-threaded Python.
    assert!(line(&report, "pytest").ends_with(" passed, 1 skipped"), "{report}");
}

#[test]
fn the_reference_extension_is_good_without_a_gil() {
    let (_dir, project) = example();
    let Some(output) = run_on_free_threaded(&project) else { return };
    // NumPy is not installed there.
    assert!(output.contains(" passed, 1 skipped"), "{output}");
    assert!(output.contains("could not import 'numpy'"), "{output}");
}
