//! `doctor`, on what we ship and on machines that are made of scripts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hognose::commands::doctor::{self, DoctorOptions, Format, Health};
use hognose::scaffold::answers::Answers;
use hognose::scaffold::names::Names;
use hognose::scaffold::{render, template, write};
use hognose::toolchain::locate::Surroundings;
use hognose::toolchain::platform::Platform;
use serde_json::Value;

use crate::support::{program, python, repository};
use crate::workshop::copy;

fn examine(around: &Surroundings, path: &Path, format: Format) -> (Health, String, String) {
    let options = DoctorOptions { path: path.to_owned(), format, width: 200 };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let health = doctor::run_in(&options, around, &mut out, &mut err).expect("a buffer takes everything");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (health, text(out), text(err))
}

/// A machine on which everything is there and new enough.
fn good_machine(root: &Path) -> Surroundings {
    let path = root.join("path");
    for (name, answer) in [("cargo", "cargo 1.95.0"), ("rustc", "rustc 1.95.0 (2026)"), ("maturin", "maturin 1.16.0"), ("cc", "cc 14")] {
        program(&path.join(name), &format!("echo '{answer}'"));
    }
    python(&path.join("python3"), "3.13.0");
    Surroundings::bare(path, root)
}

/// The project of the first template, in a folder `project`.
fn new_project(root: &Path) -> PathBuf {
    let answers = Answers::with_defaults(Names::new("demo", None).expect("a good name"));
    let files = render::render(template::ALL[0], &answers).expect("a good template");
    write::write(&files, &root.join("project")).expect("written");
    root.join("project")
}

/// What was there before and after, as paths with sizes.
fn tree(dir: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(tree(&path));
        }
        found.insert(path, entry.metadata().expect("metadata").len());
    }
    found
}

#[test]
#[cfg(unix)]
fn what_we_ship_has_no_problem() {
    let dir = tempfile::tempdir().expect("folder");
    let around = good_machine(dir.path());
    let project = new_project(dir.path());
    let example = dir.path().join("example-ext");
    copy(&repository().join("example-ext"), &example);
    let before = tree(dir.path());
    for (project, platform) in [&project, &example].into_iter().flat_map(|project| Platform::ALL.map(|platform| (project, platform))) {
        let around = Surroundings { platform, ..around.clone() };
        let (health, out, err) = examine(&around, project, Format::Human);
        assert_eq!((health, err.as_str()), (Health::Good, ""), "{out}");
        assert!(out.contains("\n  ok  rustc 1.95.0 at "), "{out}");
        assert!(out.ends_with("found 0 problems and 1 note\n") && out.contains("note[no-venv]"), "{out}");
    }
    assert_eq!(tree(dir.path()), before, "nothing is changed on disk");
}

#[test]
#[cfg(unix)]
fn a_broken_machine_is_told_what_to_mend() {
    let dir = tempfile::tempdir().expect("folder");
    let root = dir.path().canonicalize().expect("a folder");
    let mut around = good_machine(&root);
    let project = new_project(&root);
    program(&root.join("path/rustc"), "echo rustc 1.70.0");
    python(&root.join("path/python"), "3.8.2");
    fs::create_dir_all(project.join(".venv/bin")).expect("folder");
    fs::copy(project.join("LICENSE"), project.join(".venv/pyvenv.cfg")).expect("copy");
    around.variables.insert("PYTHONPATH".to_owned(), project.join("python").into());

    let (health, out, _) = examine(&around, &project, Format::Json);
    assert_eq!(health, Health::Problems);
    let document: Value = serde_json::from_str(&out).expect("JSON and nothing else");
    let findings = document["findings"].as_array().expect("findings");
    let checks: Vec<&str> =
        findings.iter().filter(|finding| finding["level"] == "problem").filter_map(|finding| finding["check"].as_str()).collect();
    assert_eq!(checks, ["rust-version", "rust-version", "python-of-cargo", "broken-venv", "python-path"], "{out}");
    assert!(findings.iter().all(|finding| finding["fix"].as_array().is_some_and(|lines| !lines.is_empty())), "{out}");
    assert_eq!((&document["version"], &document["problems"]), (&Value::from(1), &Value::from(5)));
    let fits: Vec<(&str, bool)> = document["pythons"]
        .as_array()
        .expect("pythons")
        .iter()
        .filter_map(|python| Some((python["version"].as_str()?, python["fits"].as_bool()?)))
        .collect();
    assert_eq!(fits, [("3.13.0", true), ("3.8.2", false)]);
    assert_eq!(document["pythons"][0]["pyo3"], serde_json::json!(["0.22", "0.30"]));
}

#[test]
#[cfg(unix)]
fn facts_are_read_from_the_project() {
    let dir = tempfile::tempdir().expect("folder");
    let root = dir.path().canonicalize().expect("a folder");
    let around = good_machine(&root);
    let project = new_project(&root);
    let put = |path: &str, text: &str| {
        let path = project.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        std::io::Write::write_all(&mut fs::File::create(path).expect("file"), text.as_bytes()).expect("written");
    };
    python(&project.join(".venv/bin/python"), "3.13.0");
    put(".venv/pyvenv.cfg", "home = /usr/bin\nuv = 0.13.8\n");
    put(".cargo/config.toml", "[env]\nPYO3_PYTHON = { value = \".venv/bin/nothing\", relative = true }\n");
    put("python/demo/_core.cpython-39-x86_64-linux-gnu.so", "");
    put("dist/demo-0.1.0-cp39-abi3-linux_x86_64.whl", "PK");
    put(".github/workflows/wheels.yml", "run: maturin build --generate-stubs\n");
    let pyproject = fs::read_to_string(project.join("pyproject.toml")).expect("text");
    put(
        "pyproject.toml",
        &pyproject.replace("editable-profile = \"maturin-dev\"", "editable-profile = \"quick\"").replace("use-base-python = true\n", ""),
    );

    let (health, out, _) = examine(&around, &project, Format::Human);
    assert_eq!(health, Health::Problems);
    for line in [
        "problem[python-of-cargo]: cargo compiles PyO3 for `",
        "  fix: correct `PYO3_PYTHON` in `.cargo/config.toml`\n",
        "problem[no-pip]: the environment `.venv` has no pip\n",
        "problem[editable-profile]: `editable-profile` names `quick`,",
        "problem[generate-stubs]: .github/workflows/wheels.yml builds with `--generate-stubs`",
        "problem[empty-wheel]: dist/demo-0.1.0-cp39-abi3-linux_x86_64.whl is empty",
        "note[use-base-python]: ",
        "note[stale-extension]: python/demo/_core.cpython-39-x86_64-linux-gnu.so is not for the environment's Python 3.13.0\n",
    ] {
        assert!(out.contains(line), "`{line}` is not in\n{out}");
    }
    assert!(out.ends_with("\nfound 5 problems and 2 notes\n"), "{out}");

    // uv goes by `cache-keys` where it builds the project itself.
    let start = pyproject.find("cache-keys = [").expect("the keys");
    let without_keys = &pyproject[..start];
    put("pyproject.toml", without_keys);
    assert!(examine(&around, &project, Format::Human).1.contains("problem[uv-cache-keys]: "));
    put("pyproject.toml", &format!("{without_keys}package = false\n"));
    assert!(!examine(&around, &project, Format::Human).1.contains("uv-cache-keys"));
}

#[test]
#[cfg(unix)]
fn conda_counts_before_the_environment_of_the_project() {
    let dir = tempfile::tempdir().expect("folder");
    let root = dir.path().canonicalize().expect("a folder");
    let project = new_project(&root);
    python(&project.join(".venv/bin/python"), "3.13.0");
    program(&project.join(".venv/pyvenv.cfg"), "home = /usr/bin");
    python(&root.join("conda/bin/python"), "3.12.1");
    program(&root.join("conda/bin/pip"), "");
    let around = Surroundings { conda_prefix: Some(root.join("conda")), ..good_machine(&root) };
    let (health, out, _) = examine(&around, &project, Format::Human);
    assert_eq!(health, Health::Good, "{out}");
    assert!(out.contains(&format!("  ok  environment `{}` with Python 3.12.1\n", root.join("conda").display())), "{out}");
    assert!(out.contains("note[other-venv]") && out.contains("  fix: conda deactivate\n       . project/.venv/bin/activate\n"), "{out}");
}

#[test]
#[cfg(unix)]
fn nothing_of_a_project_reaches_the_terminal_raw() {
    let dir = tempfile::tempdir().expect("folder");
    let around = good_machine(dir.path());
    let project = new_project(dir.path());
    let manifest = fs::read_to_string(project.join("Cargo.toml")).expect("text").replacen("\"demo\"", "\"de\\u001b[2Kmo\"", 1);
    crate::workshop::write(&project.join("Cargo.toml"), &manifest);
    crate::workshop::write(&project.join("dist/a\u{1b}[2Kb.whl"), "");
    let (_, out, _) = examine(&around, &project, Format::Human);
    assert!(out.contains("de␛[2Kmo") && out.contains("a␛[2Kb.whl"), "{out}");
    assert!(!out.contains(|c: char| c.is_control() && c != '\n'), "{out:?}");
}

#[test]
#[cfg(unix)]
fn outside_of_a_project_the_general_things_are_looked_at() {
    let dir = tempfile::tempdir().expect("folder");
    let around = good_machine(dir.path());
    fs::remove_file(dir.path().join("path/cargo")).expect("removed");
    let (health, out, _) = examine(&around, Path::new("."), Format::Human);
    assert_eq!(health, Health::Problems);
    assert!(out.starts_with("no project that uses PyO3 in "), "{out}");
    assert!(out.contains("problem[rust]: there is no cargo that runs: `cargo` is not on PATH\n"), "{out}");
    assert!(out.ends_with("\nfound 1 problem and 0 notes\n"), "{out}");
    let (health, out, err) = examine(&around, Path::new("nowhere"), Format::Human);
    assert_eq!((health, out.as_str()), (Health::CouldNotRun, ""));
    assert!(err.starts_with("error: `") && err.ends_with("nowhere` does not exist\n"), "{err}");
    let (health, out, err) = examine(&around, Path::new("nowhere"), Format::Json);
    assert_eq!((health, err.as_str()), (Health::CouldNotRun, ""));
    let document: Value = serde_json::from_str(&out).expect("JSON and nothing else");
    assert!(document["error"]["message"].as_str().is_some_and(|message| message.ends_with("nowhere` does not exist")), "{out}");
    assert_eq!((&document["version"], &document["findings"]), (&Value::from(1), &serde_json::json!([])));
}
