//! Every Rust file that cargo has ever unpacked on this machine, checked as if it were part of an extension: nothing panics, and nothing is wrong with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::in_parallel;
use super::invariants::examine;
use super::package::foreign;

/// What the sweep came to.
#[derive(Default)]
struct Sweep {
    crates: usize,
    files: usize,
    /// Findings by level and rule, in crates that do not name PyO3, and in those that do.
    found: [BTreeMap<(String, String), usize>; 2],
    failures: Vec<String>,
}

/// The folders of crates: those of each registry below the variable's folder, or below cargo's own.
fn crates() -> Vec<PathBuf> {
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect()
    };
    let cargo = || std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registry =
        std::env::var_os("HOGNOSE_REGISTRY").map(PathBuf::from).or_else(|| Some(cargo()?.join("registry/src"))).expect("a folder");
    let mut crates: Vec<PathBuf> = folders(&registry).iter().flat_map(|registry| folders(registry)).collect();
    crates.sort();
    crates
}

/// CONTRIBUTING.md says how to run it.
#[test]
#[ignore = "takes minutes to hours: all that is below HOGNOSE_REGISTRY, or in cargo's registry"]
#[expect(clippy::print_stdout, reason = "the figures are what a long run is for")]
fn sources_of_strangers_are_survived_and_have_no_errors() {
    let sweep = Mutex::new(Sweep::default());
    in_parallel(crates().into_iter(), |path| {
        let files = foreign(&path);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_of_pyo3 = files.iter().any(|(path, text)| path.ends_with(".rs") && text.windows(4).any(|word| word == b"pyo3"));
        let verdict = examine(&files);
        let mut sweep = sweep.lock().expect("no worker panics");
        sweep.crates += 1;
        sweep.files += files.len() - 1;
        sweep.failures.extend(verdict.broken.iter().map(|broken| format!("{name}: {broken}")));
        for ((level, rule), count) in verdict.found {
            // Crates have files that are no Rust for the tests of parsers, and templates.
            if level == "error" && rule != "unparsable-file" && !is_of_pyo3 {
                sweep.failures.push(format!("{name}: {count} of {rule}"));
            }
            *sweep.found[usize::from(is_of_pyo3)].entry((level, rule)).or_default() += count;
        }
    });
    let Sweep { crates, files, found: [without, with], failures } = sweep.into_inner().expect("no worker panics");
    println!("{crates} crates, {files} files\nthat do not name pyo3: {without:#?}\nthat do: {with:#?}");
    assert!(files > 0, "there is nothing to sweep");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
