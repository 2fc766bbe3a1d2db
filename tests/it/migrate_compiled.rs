//! What `hognose migrate` says of code that the compiler sees, does not see, or sees only with help. Most of these crates do with `pyo3-ffi`, which
//! is compiled in seconds; they share a target folder, in which cargo tells packages apart by their names alone, so that no two have the same.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::migrate::{migrate, project, read};
use crate::support::{git, repository};

/// A project that is compiled in the folder that all of them share.
fn shared(files: &[(&str, &str)]) -> TempDir {
    let target = repository().join("target/migrate");
    let config = format!("[build]\ntarget-dir = {:?}\n", target.to_str().expect("a path in UTF-8"));
    project(&[files, &[(".cargo/config.toml", config.as_str())]].concat())
}

fn manifest(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n{rest}")
}

fn document(dir: &Path, arguments: &[&str]) -> Value {
    let run = migrate(dir, &[&["--verify", "--output-format", "json"], arguments].concat());
    let mut document = run.json();
    document["code"] = run.code.into();
    document
}

/// What the last check says of a package.
fn last<'d>(document: &'d Value, package: &str) -> &'d Value {
    let checks = document["compiler"]["checks"].as_array().expect("a list");
    checks.iter().rfind(|check| check["package"] == package).unwrap_or_else(|| panic!("{package}: {document}"))
}

fn counts(document: &Value) -> (&Value, &Value, &Value) {
    let compiler = &document["compiler"];
    (&compiler["before"], &compiler["after"], &compiler["at_least"])
}

/// Code that is wrong on every release, and that no repair knows.
const WRONG: &str = "pub fn wrong() -> u8 {\n    \"text\"\n}\n";
const USES: &str = "pub use pyo3_ffi::Py_IsInitialized;\n";

#[test]
fn features_that_bring_pyo3_in_are_on() {
    let lib = "#[cfg(feature = \"python\")]\nmod python;\n";
    let features = "[features]\npython = [\"dep:pyo3-ffi\"]\n\n[dependencies]\npyo3-ffi = { version = \"0.29\", optional = true }\n";
    let python = "[build-system]\nrequires = [\"maturin>=1.9.4,<2\"]\nbuild-backend = \"maturin\"\n\n[tool.maturin]\ncargo-extra-args = \"--features python\"\n";
    for (name, pyproject) in [("by_argument", python), ("by_itself", "")] {
        let cargo = manifest(name, features);
        let dir = shared(&[
            ("Cargo.toml", &cargo),
            ("pyproject.toml", pyproject),
            ("src/lib.rs", lib),
            ("src/python.rs", &format!("{USES}{WRONG}")),
        ]);
        let document = document(dir.path(), &[]);
        assert_eq!(counts(&document), (&1.into(), &1.into(), &false.into()), "{document}");
        assert_eq!((&document["code"], &document["verdict"]), (&1.into(), &"left".into()));
    }
}

#[test]
fn what_is_behind_a_feature_that_does_not_compile_is_not_said_to_be_right() {
    let cargo = manifest("behind", "[features]\nextra = []\n\n[dependencies]\npyo3-ffi = \"0.29\"\n");
    let lib = format!("{USES}#[cfg(feature = \"extra\")]\nmod extra;\n");
    let dir = shared(&[("Cargo.toml", &cargo), ("src/lib.rs", &lib), ("src/extra.rs", &format!("use pyo3_ffi as _;\n{WRONG}"))]);
    let run = migrate(dir.path(), &["--verify"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("\nnot checked by the compiler\n  `behind`: what is behind the feature `extra`\n"), "{}", run.out);
    assert!(run.out.ends_with("what was checked compiles, and not everything was; `git diff` shows what changed\n"), "{}", run.out);
}

#[test]
fn a_build_without_pyo3_is_no_success() {
    let cargo = manifest("without", "[target.'cfg(any())'.dependencies]\npyo3-ffi = \"0.29\"\n");
    let dir = shared(&[("Cargo.toml", &cargo), ("src/lib.rs", "#[cfg(any())]\nmod python;\n"), ("src/python.rs", USES)]);
    let document = document(dir.path(), &[]);
    assert_eq!((&document["code"], &document["verdict"], &document["compiler"]["after"]), (&1.into(), &"left".into(), &Value::Null));
    let why = last(&document, "without")["not_checked"].as_str().expect("a reason");
    assert!(why.starts_with("PyO3 was no part of what was compiled"), "{why}");
}

/// A crate that others need, one of these, a test, and a crate that needs nothing.
fn workspace(name: &str, base: &str, ext: &str) -> TempDir {
    let needs_base = format!("[dependencies]\npyo3-ffi = \"0.29\"\nbase_{name} = {{ path = \"../base\" }}\n");
    shared(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"base\", \"ext\", \"alone\"]\nresolver = \"2\"\n"),
        ("base/Cargo.toml", &manifest(&format!("base_{name}"), "[dependencies]\npyo3-ffi = \"0.29\"\n")),
        ("base/src/lib.rs", base),
        ("ext/Cargo.toml", &manifest(&format!("ext_{name}"), &needs_base)),
        ("ext/src/lib.rs", ext),
        ("ext/tests/sees.rs", &format!("#[test]\nfn sees() {{\n    let _: u8 = ext_{name}::Py_IsInitialized;\n}}\n")),
        ("alone/Cargo.toml", &manifest(&format!("alone_{name}"), "")),
        ("alone/src/lib.rs", WRONG),
    ])
}

#[test]
fn what_a_broken_crate_hides_is_not_checked() {
    let dir = workspace("hidden", &format!("{USES}{WRONG}"), USES);
    let document = document(dir.path(), &[]);
    assert_eq!(counts(&document), (&1.into(), &1.into(), &true.into()), "{document}");
    assert_eq!(last(&document, "ext_hidden")["not_checked"], "`base_hidden` does not compile");
    let dir = workspace("told", &format!("{USES}{WRONG}"), USES);
    let run = migrate(dir.path(), &["--verify"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("\nnot checked by the compiler\n  `ext_told`: `base_told` does not compile\n"), "{}", run.out);
    assert!(run.out.ends_with("\nat least 1 thing is left to do by hand; `git diff` shows what changed\n"), "{}", run.out);
}

#[test]
fn lints_that_a_project_raises_hide_nothing() {
    let dir = workspace("lints", &format!("#![deny(warnings)]\n{USES}fn unused() {{}}\n"), USES);
    let document = document(dir.path(), &[]);
    // The test is compiled as well, and has an error of its own.
    assert_eq!(counts(&document), (&1.into(), &1.into(), &false.into()), "{document}");
    assert_eq!((&last(&document, "base_lints")["errors"], &last(&document, "ext_lints")["errors"]), (&0.into(), &1.into()));
    assert_eq!(document["left"][0]["path"], "ext/tests/sees.rs");
}

#[test]
fn a_crate_beside_the_workspace_counts() {
    let flags = "[build]\nrustflags = [\"--cfg\", \"set_by_the_project\"]\n";
    let cargo = manifest("beside", "[dependencies]\npyo3-ffi = \"0.29\"\nside = { path = \"../side\" }\n");
    let side = format!("#[cfg(not(set_by_the_project))]\ncompile_error!(\"flags\");\n{WRONG}");
    let dir = shared(&[
        ("ext/Cargo.toml", &cargo),
        ("ext/src/lib.rs", USES),
        ("ext/.cargo/config.toml", flags),
        ("side/Cargo.toml", &manifest("side", "")),
        ("side/src/lib.rs", &side),
    ]);
    let document = document(&dir.path().join("ext"), &[]);
    assert_eq!(counts(&document), (&1.into(), &1.into(), &true.into()), "{document}");
    assert_eq!(last(&document, "side")["errors"], 1);
    assert_eq!(last(&document, "beside")["not_checked"], "`side` does not compile");
    assert!(document["left"][0]["path"].as_str().expect("a path").ends_with("side/src/lib.rs"));
}

/// A module of the year 2023. What `PyDict::new` answers looks alike on all releases, and is a reference on that one.
const OLD: &str = "use pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\n#[pyfunction]\nfn made(py: Python<'_>) -> PyResult<&PyDict> {\n    \
                   let made = PyDict::new(py);\n    made.set_item(\"a\", 1)?;\n    Ok(made)\n}\n\n#[pymodule]\nfn ext(_py: Python<'_>, m: &PyModule) -> \
                   PyResult<()> {\n    m.add_function(wrap_pyfunction!(made, m)?)\n}\n";

fn on(name: &str, pyo3: &str) -> String {
    manifest(name, &format!("[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"{pyo3}\"\n"))
}

#[track_caller]
fn migrates(dir: &TempDir, arguments: &[&str], from: &str) {
    let document = document(dir.path(), arguments);
    assert_eq!((&document["verdict"], &document["packages"][0]["from"]), (&"done".into(), &from.into()), "{document}");
    assert!(document["compiler"]["before"].as_u64() > Some(0), "{document}");
    assert!(read(dir, "src/lib.rs").contains("PyResult<Bound<'_, PyDict>>"));
    let again = migrate(dir.path(), &["--verify", "--allow-dirty"]);
    assert_eq!((again.code, again.out.matches("check with the compiler").count()), (0, 1), "{}{}", again.out, again.err);
    assert!(again.out.ends_with(" is on PyO3 0.30; it compiles\n"), "{}", again.out);
}

#[test]
fn a_manifest_that_was_raised_first_leaves_its_sources_behind() {
    let lock = "version = 3\n\n[[package]]\nname = \"raised_lock\"\nversion = \"0.1.0\"\ndependencies = [\n \"pyo3\",\n]\n\n[[package]]\nname = \"pyo3\"\nversion = \
                \"0.20.3\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    let dir = shared(&[("Cargo.toml", &on("raised_lock", "0.30")), ("Cargo.lock", lock), ("src/lib.rs", OLD)]);
    migrates(&dir, &[], "0.20");
    let dir = shared(&[("Cargo.toml", &on("raised_said", "0.30")), ("src/lib.rs", OLD)]);
    migrates(&dir, &["--from", "0.20"], "0.20");
    let dir = shared(&[("Cargo.toml", &on("raised_open", ">=0.20, <0.31")), ("src/lib.rs", OLD)]);
    migrates(&dir, &[], "0.20");
}

#[test]
fn git_tells_what_a_manifest_asked_for() {
    let dir = shared(&[("Cargo.toml", &on("raised_git", "0.21")), ("src/lib.rs", OLD), (".gitignore", "Cargo.lock\n")]);
    let commit = || {
        git(dir.path(), &["add", "-A"]);
        git(dir.path(), &["commit", "-qm", "state"]);
    };
    git(dir.path(), &["init", "-q"]);
    commit();
    for pyo3 in ["0.20", "0.30"] {
        crate::migrate::write(&dir.path().join("Cargo.toml"), &on("raised_git", pyo3));
        commit();
    }
    let run = migrate(dir.path(), &["--no-verify"]);
    assert_eq!((run.code, run.out.as_str()), (0, "note: nothing to migrate: `raised_git` is on PyO3 0.30\n"), "nobody looks");
    migrates(&dir, &[], "0.20");
}

#[test]
fn a_migration_that_was_begun_goes_on() {
    let begun = "use pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\n#[pyfunction]\nfn picked(d: &Bound<'_, PyDict>, keys: &Bound<'_, PyAny>) -> PyResult<Py<PyDict>> \
                 {\n    let new = PyDict::new(d.py());\n    new.set_item(keys, d)?;\n    new\n}\n";
    let dir = shared(&[("Cargo.toml", &on("begun", ">=0.20")), ("src/lib.rs", begun)]);
    let run = migrate(dir.path(), &["--verify"]);
    assert!(run.out.contains("`begun`: on PyO3 0.30, and does not compile: going on\n"), "{}{}", run.out, run.err);
    assert!(run.out.contains("\ncompiler errors: 1 as it was, 1 after the rewrites, "), "{}", run.out);
    assert!(!read(&dir, "src/lib.rs").contains("&PyDict::new"), "what looks alike is taken for new");
    let run = migrate(dir.path(), &["--from", "0.30"]);
    assert_eq!((run.code, run.err.as_str()), (2, "error: `--from 0.30` is not older than PyO3 0.30, where to go\n"));
}

#[test]
fn a_crate_beside_that_needs_another_release_is_told_at_once() {
    let side = manifest("side", "[dependencies]\npyo3-ffi = { workspace = true }\n");
    let files = [
        ("side/Cargo.toml", side.as_str()),
        ("side/src/lib.rs", ""),
        ("Cargo.toml", "[workspace]\nmembers = [\"side\", \"ext\"]\n\n[workspace.dependencies]\npyo3-ffi = \"0.28\"\n"),
        ("ext/Cargo.toml", &manifest("ext", "[dependencies]\npyo3-ffi = \"0.29\"\nside = { path = \"../side\" }\n")),
        ("ext/src/lib.rs", USES),
    ];
    let dir = project(&files);
    for option in ["--diff", "--verify"] {
        let run = migrate(&dir.path().join("ext"), &[option]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
        let (told, help) = run.err.split_once("\n  = help: ").expect("help");
        assert!(told.ends_with("are built with it, and are on an older PyO3: `../side` (PyO3 0.28)"), "{told}");
        assert!(help.starts_with("run `hognose migrate ") && help.ends_with("`, which holds them all\n"), "{help}");
    }
    assert_eq!(read(&dir, "ext/src/lib.rs"), USES);
}

#[test]
fn what_keeps_cargo_from_the_lock_file_ends_the_migration() {
    let cargo = manifest("locked", "[dependencies]\npyo3-ffi = \"0.29\"\n");
    let lock = "version = 3\n\n[[package]]\nname = \"locked\"\nversion = \"0.1.0\"\n";
    let dir = shared(&[("Cargo.toml", &cargo), ("Cargo.lock", lock), ("src/lib.rs", USES)]);
    let run = migrate(dir.path(), &["--verify", "--locked"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(
        run.err.starts_with("error: Cargo.lock has to change for PyO3 0.30, and `--locked` keeps cargo from it; every file is as it was\n"),
        "{}",
        run.err
    );
    assert_eq!((read(&dir, "Cargo.toml"), read(&dir, "Cargo.lock")), (cargo, lock.to_owned()));
}
