//! Extensions on a Python without a GIL, which `.ci/free-threaded-python` finds or builds.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hognose::commands::new::NewOptions;
use hognose::commands::verify::Verdict;
use hognose::scaffold::answers::Choices;
use hognose::scaffold::template::Template;
use hognose::scaffold::versions::VERSIONS;
use hognose::toolchain::command::Invocation;
use hognose::toolchain::platform::Platform;

use crate::scaffold::{create, options};
use crate::support::repository;
use crate::workshop::{ONE_AT_A_TIME, outside};

/// Names the free-threaded interpreter.
const VARIABLE: &str = "HOGNOSE_FREE_THREADED_PYTHON";
/// The newest that was run; it has to run on a free-threaded Python 3.13.
const PYTEST: &str = "pytest==9.2.0";

/// Builds the wheel of the project in this folder for the free-threaded Python, and runs the project's tests with it. Answers what pytest
/// printed, or `None` if no such Python is named.
///
/// The project has to lie where cargo builds into the shared folder; see [`crate::workshop::outside`].
///
/// # Panics
/// If something fails, or if importing the extension turns the GIL on.
pub(crate) fn run_on_free_threaded(project: &Path) -> Option<String> {
    let Some(python) = std::env::var_os(VARIABLE).filter(|python| !python.is_empty()).map(PathBuf::from) else {
        let name = project.file_name().unwrap_or_default().display();
        // Straight to the stream: what is printed, the test harness shows for failing tests only.
        let skipped = format!("skipped: {name} on free-threaded Python: {VARIABLE} is not set, run .ci/free-threaded-python\n");
        io::stderr().write_all(skipped.as_bytes()).expect("a terminal or a file");
        return None;
    };
    let _alone = ONE_AT_A_TIME.lock();
    let venv = environment(&python);
    let python = Platform::current().venv_python(&venv);
    let module = module(project);

    let dist = project.parent().expect("a folder around the project").join("free-threaded");
    let maturin = Invocation::new(Platform::current().venv_program(&venv, "maturin"))
        .args(["build", "--profile", "maturin-dev"])
        // A profile that differs in nothing but this makes cargo keep the PyO3 for this Python beside the one for the others.
        .args(["--config", "profile.maturin-dev.package.pyo3-ffi.codegen-units=13"])
        .arg("--interpreter")
        .arg(&python)
        .arg("--out")
        .arg(&dist)
        .in_venv(&venv, Platform::current());
    run(unchecked(maturin.in_dir(project), &python));
    let wheels: Vec<PathBuf> = fs::read_dir(&dist).expect("wheels").map(|entry| entry.expect("entry").path()).collect();
    let [wheel] = wheels.as_slice() else { panic!("one wheel, not {wheels:?}") };

    let at = |args: &[&str]| Invocation::new(&python).args(args).in_dir(&dist).env("PYTHON_GIL", "");
    run(at(&["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-deps", "--force-reinstall"]).arg(wheel));
    // Python warns when an extension turns the GIL on.
    let import = format!("import sys, {module}; assert not sys._is_gil_enabled()");
    run(at(&["-W", "error", "-c", &import]));
    let pytest = at(&["-m", "pytest", "--import-mode=importlib", "-p", "no:cacheprovider", "-o", "pythonpath=", "--color=no", "--rootdir"]);
    Some(run(pytest.arg(project).arg(project.join("tests"))))
}

/// The environment with maturin and pytest that all projects are installed into, made if it is not there.
fn environment(python: &Path) -> PathBuf {
    // One for each version, should another one be named.
    let version = run(Invocation::new(python).args(["-c", "import platform; print(platform.python_version())"]));
    let venv = repository().join(format!("target/e2e/free-threaded-{}", version.trim()));
    let inside = Platform::current().venv_python(&venv);
    if !inside.exists() {
        run(Invocation::new(python).args(["-m", "venv", "--clear"]).arg(&venv));
    }
    let maturin = format!("maturin=={}", VERSIONS.maturin);
    run(Invocation::new(&inside).args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet", &maturin, PYTEST]));
    venv
}

/// PyO3 supports free-threaded Python from 3.14 on and refuses to build for 3.13, where it works well enough for tests.
fn unchecked(build: Invocation, python: &Path) -> Invocation {
    let version = run(Invocation::new(python).args(["-c", "import sys; print(sys.version_info[1])"]));
    if version.trim() == "13" { build.env("UNSAFE_PYO3_SKIP_VERSION_CHECK", "1") } else { build }
}

/// The name of the package that Python imports.
fn module(project: &Path) -> String {
    let pyproject: toml::Table = fs::read_to_string(project.join("pyproject.toml")).expect("pyproject.toml").parse().expect("good TOML");
    let name = pyproject["tool"]["maturin"]["module-name"].as_str().expect("a name");
    name.split('.').next().unwrap_or(name).to_owned()
}

fn run(invocation: Invocation) -> String {
    let finished = invocation.run(&mut |_| {}).expect("a program that can be started");
    assert!(finished.success, "{}\n{}", invocation.shown(), finished.output);
    finished.output
}

#[test]
fn the_free_threaded_template_is_good_without_a_gil() {
    let dir = outside();
    let choices = Choices { template: Template::find("free-threaded"), ..Choices::default() };
    let (verdict, report) = create(&NewOptions { choices, ..options("e2e-threads") }, dir.path());
    assert_eq!(verdict, Verdict::Passed, "{report}");
    let Some(output) = run_on_free_threaded(&dir.path().join("e2e-threads")) else { return };
    assert!(output.contains(" passed in ") && !output.contains("skipped"), "every test runs there\n{output}");
}
