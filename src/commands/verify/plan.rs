//! The steps of a verification.

use super::job::{CARGO_FOUND_NOTHING, Job, NO_NETWORK, PIP_FOUND_NOTHING, advise_each, advise_on_venv, last_line};
use super::{Lint, Scope, building, contents, python_tests};
use crate::scaffold::versions::VERSIONS;
use crate::toolchain::command::Invocation;
use crate::toolchain::steps::{Step, Work};

/// The script that imports the installed wheel.
const IMPORT_CHECK: &str = include_str!("import_check.py");

/// The groups and extras that may hold what tests need, the most specific first.
pub(super) const TEST_GROUPS: [&str; 4] = ["test", "tests", "testing", "dev"];

/// Everything to be done for a project.
pub(super) fn plan<'a>(job: Job<'a>, lint: &'a Lint<'a>) -> Vec<Step<'a>> {
    let mut steps = building::prepare(job);
    steps.push(lint_project(job, lint));
    steps.push(building::wheel(job));
    if job.scope == Scope::Everything {
        steps.push(contents::check(job));
    }
    steps.extend([make_environment(job), install_wheel(job), import_module(job), cargo_test(job), pytest(job)]);
    if job.scope == Scope::Everything {
        steps.extend(building::sdist(job));
    }
    steps
}

fn lint_project<'a>(job: Job<'a>, lint: &'a Lint<'a>) -> Step<'a> {
    let call = move || {
        let result = lint(&job.target.root);
        if result.errors == 0 { Ok(result.text) } else { Err(result.text) }
    };
    Step::new("lint", Work::Call(Box::new(call)))
        .advise("", "run `hognose check` for the findings alone, `hognose check --fix` to repair what can be")
}

fn make_environment<'a>(job: Job<'a>) -> Step<'a> {
    advise_on_venv(Step::new("make environment", Work::Run(job.new_venv_for_pip(&job.venv()))))
}

fn install_wheel<'a>(job: Job<'a>) -> Step<'a> {
    let prepare = move || {
        let (path, wheel) = job.built.wheel()?;
        let extras: Vec<&str> = wheel.extras().collect();
        let mut wheel = path.clone().into_os_string();
        if let Some(extra) = TEST_GROUPS.iter().find(|name| extras.contains(name)) {
            wheel.push(format!("[{extra}]"));
        }
        let pip = job.pip_install(&job.venv_python()).arg(wheel);
        Ok(pip.arg(format!("pytest>={}", VERSIONS.pytest_floor)).args(&job.target.test_requirements))
    };
    let offline =
        "pip could not find what the project or its tests need: without a network, point it to a folder of wheels with PIP_FIND_LINKS";
    let step = Step::new("install wheel", Work::Prepare(Box::new(prepare))).needs(&["build wheel", "make environment"]).advise(
        "requires a different Python",
        format!("the project does not support Python {}; name another one with `--python`", job.tools.python.version.text),
    );
    advise_each(step, &PIP_FOUND_NOTHING, offline)
}

fn import_module<'a>(job: Job<'a>) -> Step<'a> {
    let python = job.venv_python();
    let prepare = move || {
        let (_, wheel) = job.built.wheel()?;
        let module = job.target.module.as_deref().unwrap_or_default();
        Ok(Invocation::new(&python)
            .args(["-I", "-c", IMPORT_CHECK])
            .args([&*wheel.tags.distribution, module])
            .in_venv(job.venv(), job.tools.platform)
            .in_dir(job.outside)
            .shown_as(format!("{} -c 'import {module}'", python.display())))
    };
    Step::new("import", Work::Prepare(Box::new(prepare)))
        .needs(&["install wheel"])
        .advise(
            "dynamic module does not define module export function",
            "the `#[pymodule]` must have the last part of `[tool.maturin] module-name` as its name (without that key, the library's name); \
             rename one of them, or write `#[pyo3(name = \"…\")]`",
        )
        .advise("holds no compiled module", "the library needs `crate-type = [\"cdylib\"]` and a `#[pymodule]`")
        .advise(
            "error: the wheel should hold `",
            "`[tool.maturin] module-name` (without it, the library's name) says where the wheel holds the module: change it, or the package",
        )
        .advise(
            "was imported as a namespace, without code",
            "the wheel holds the compiled module and no Python code beside it: `[tool.maturin] python-source` must name the folder that holds \
             the package, and the package needs an `__init__.py`",
        )
        .advise("which is not what the wheel installed", "something with the same name hides the package; choose another module name")
        .advise(
            "undefined symbol: Py",
            "the wheel needs a newer Python than this one; compare the `abi3-py…` feature with `requires-python`",
        )
        .advise("partially initialized module", "two modules of the package import each other while they load")
        .summarise(last_line)
}

fn cargo_test<'a>(job: Job<'a>) -> Step<'a> {
    let invocation = Invocation::new(&job.tools.cargo.path).arg("test").args(job.cargo_flags).args(&job.target.tested_crates);
    let invocation = invocation.env("PYO3_PYTHON", job.python_of_build()).in_dir(&job.target.package);
    let rpath = "the test program does not find the Python library: add `pyo3-build-config` to `[build-dependencies]` and call \
                 `pyo3_build_config::add_libpython_rpath_link_args()` in build.rs";
    let feature = "PyO3's `extension-module` feature keeps tests from linking to Python: remove the feature, maturin 1.9.4 does without";
    advise_each(Step::new("cargo test", Work::Run(invocation)), &CARGO_FOUND_NOTHING, NO_NETWORK)
        .advise("error while loading shared libraries: libpython", rpath)
        .advise("Library not loaded: @rpath/libpython", rpath)
        .advise("undefined reference to `Py", feature)
        .advise("undefined symbol: Py", feature)
        .advise("undefined reference to `_Py", feature)
        .advise("interpreter is not initialized", "call `Python::initialize()` first in tests that use Python")
        .summarise(cargo_tests_passed)
}

fn pytest<'a>(job: Job<'a>) -> Step<'a> {
    let tests = match &job.target.tests {
        Ok(tests) => tests,
        Err(why) => return Step::new("pytest", Work::Nothing(why.clone())),
    };
    let module = job.target.module.as_deref().unwrap_or_default();
    // Tests may open files by paths that start where users run pytest.
    let folder = if python_tests::hides(&job.target.root, job.target.module.as_deref()) { job.outside } else { &job.target.root };
    // The import mode, the empty `pythonpath` and maybe the folder outside keep the source tree from hiding the installed wheel.
    let invocation = Invocation::new(job.venv_python())
        .args(["-m", "pytest", "--import-mode=importlib", "-p", "no:cacheprovider", "-o", "pythonpath=", "--color=no"])
        // Tests that are a part of the package would bring its source tree with them, unless the installed one is imported before.
        .args(python_tests::package_around(&job.target.root, tests, module).iter().flat_map(|package| ["-p", package]))
        .arg("--rootdir")
        .arg(&job.target.root)
        .args(tests)
        .in_venv(job.venv(), job.tools.platform)
        .env("HYPOTHESIS_STORAGE_DIRECTORY", job.outside.join("hypothesis"))
        .in_dir(folder);
    Step::new("pytest", Work::Run(invocation))
        .needs(&["import"])
        .advise(
            "ModuleNotFoundError",
            "the tests run with the wheel and pytest only: list what else they need in `[dependency-groups] test`",
        )
        .advise("no tests ran", "pytest found no test; test files are called `test_….py`")
        .summarise(pytest_result)
}

/// `6 passed in 0.03s` without its frame and time.
fn pytest_result(output: &str) -> Option<String> {
    let line = last_line(output)?;
    Some(line.trim_matches(['=', ' ']).split(" in ").next()?.to_owned())
}

/// How many Rust tests passed, over all test programs.
fn cargo_tests_passed(output: &str) -> Option<String> {
    let counts = output.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse::<usize>().ok());
    Some(format!("{} passed", counts.sum::<usize>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_come_from_real_output() {
        assert_eq!(pytest_result("....\n====== 6 passed, 1 skipped in 0.03s ======\n").as_deref(), Some("6 passed, 1 skipped"));
        assert_eq!(pytest_result("....\n6 passed in 0.03s\n").as_deref(), Some("6 passed"));
        let cargo = "test result: ok. 4 passed; 0 failed\n\ntest result: ok. 2 passed; 0 failed\n";
        assert_eq!(cargo_tests_passed(cargo).as_deref(), Some("6 passed"));
    }
}
