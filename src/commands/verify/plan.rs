//! The steps of a verification.

use std::fs;
use std::path::{Path, PathBuf};

use super::target::Target;
use super::{Lint, Profile, python_tests};
use crate::scaffold::versions::{PIP, VERSIONS};
use crate::toolchain::command::Invocation;
use crate::toolchain::locate::Found;
use crate::toolchain::platform::Platform;
use crate::toolchain::python::Interpreter;
use crate::toolchain::steps::{Step, Work};

/// The script that imports the installed wheel.
const IMPORT_CHECK: &str = include_str!("import_check.py");

/// What pip says when it cannot reach a registry, the reason in its warnings first; the last one also when the registry has no such thing.
const PIP_FOUND_NOTHING: [&str; 5] =
    ["NewConnectionError", "Could not connect to proxy", "Cannot connect to proxy", "Read timed out", "No matching distribution found"];

/// What cargo says when it cannot reach a registry or a repository.
const CARGO_FOUND_NOTHING: [&str; 5] = [
    "failed to download from `",
    "download of config.json failed",
    "Could not resolve host",
    "you're using offline mode (--offline)",
    "failed to get `",
];

/// What to do about it.
const NO_NETWORK: &str = "cargo could not download a dependency: look at the network and its proxy (`CARGO_HTTP_PROXY`), run `cargo fetch` \
                          where there is one, or vendor the dependencies with `cargo vendor`";

/// The programs that take part.
pub(super) struct Tools {
    pub(super) cargo: Found,
    pub(super) python: Interpreter,
    /// None: hognose's own has to be installed first.
    pub(super) maturin: Option<Found>,
    /// The interpreter of hognose's own pip, if that is installed or will be. It installs into environments that have no pip, and not to
    /// make one there saves most of the time that they take.
    pub(super) pip: Option<PathBuf>,
    pub(super) platform: Platform,
}

/// The paths that steps share.
struct Paths {
    tools: PathBuf,
    dist: PathBuf,
    venv: PathBuf,
    venv_python: PathBuf,
}

/// Everything to be done for a project. `outside` is an empty folder outside of its tree.
pub(super) fn plan<'a>(target: &'a Target, tools: &'a Tools, profile: Profile, outside: &'a Path, lint: &'a Lint<'a>) -> Vec<Step<'a>> {
    let work = target.work_dir();
    let venv = work.join("venv");
    let paths = Paths { tools: target.tools_dir(), dist: work.join("dist"), venv_python: tools.platform.venv_python(&venv), venv };
    let mut steps = install_maturin(tools, &paths);
    steps.push(lint_project(target, lint));
    steps.push(build_wheel(target, tools, profile, &paths));
    steps.push(make_environment(tools, &paths));
    steps.push(install_wheel(target, tools, &paths));
    steps.push(import_module(target, tools, &paths, outside));
    steps.push(cargo_test(target, tools));
    steps.push(pytest(target, tools, &paths, outside));
    steps
}

/// The pinned maturin in an environment of its own, if none was found.
fn install_maturin<'a>(tools: &Tools, paths: &Paths) -> Vec<Step<'a>> {
    if tools.maturin.is_some() {
        return Vec::new();
    }
    let python = tools.platform.venv_python(&paths.tools);
    let pinned = format!("maturin=={}", VERSIONS.maturin);
    let by_hand =
        format!("could not install maturin; install it yourself with `{} -m pip install {pinned}`", tools.platform.python_in_prose());
    let offline = format!(
        "pip could not reach a package registry: look at the network and its proxy (`HTTPS_PROXY`), or put {pinned} on PATH yourself; \
         `verify` takes what it finds there"
    );
    let install =
        Invocation::new(python).args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet", &pinned, &format!("pip=={PIP}")]);
    vec![
        advise_on_venv(Step::new("make tool environment", Work::Run(new_venv(tools, &paths.tools)))),
        advise_each(Step::new("install maturin", Work::Run(install)).needs(&["make tool environment"]), &PIP_FOUND_NOTHING, &offline)
            .advise("", by_hand),
    ]
}

fn lint_project<'a>(target: &'a Target, lint: &'a Lint<'a>) -> Step<'a> {
    let call = move || {
        let result = lint(&target.root);
        if result.errors == 0 { Ok(result.text) } else { Err(result.text) }
    };
    Step::new("lint", Work::Call(Box::new(call)))
        .advise("", "run `hognose check` for the findings alone, `hognose check --fix` to repair what can be")
}

fn build_wheel<'a>(target: &'a Target, tools: &'a Tools, profile: Profile, paths: &Paths) -> Step<'a> {
    let maturin =
        tools.maturin.as_ref().map_or_else(|| tools.platform.venv_program(&paths.tools, "maturin"), |maturin| maturin.path.clone());
    let mut invocation = Invocation::new(maturin).args(["build", "--interpreter"]).arg(&tools.python.path).arg("--out").arg(&paths.dist);
    invocation = match (profile, &target.profile) {
        (Profile::Release, _) => invocation.arg("--release"),
        // Without a profile of its own, the wheel and `cargo test` take turns in recompiling PyO3.
        (Profile::Dev, Some(profile)) => invocation.args(["--profile", profile]),
        (Profile::Dev, None) => invocation,
    };
    let invocation = invocation.in_dir(&target.root);
    let dist = paths.dist.clone();
    let prepare = move || {
        // A wheel of an earlier run would be mistaken for the new one.
        if dist.exists() {
            fs::remove_dir_all(&dist).map_err(|error| format!("cannot empty `{}`: {error}", dist.display()))?;
        }
        Ok(invocation)
    };
    let needs: &[&str] = if tools.maturin.is_some() { &[] } else { &["install maturin"] };
    advise_each(Step::new("build wheel", Work::Prepare(Box::new(prepare))).needs(needs), &CARGO_FOUND_NOTHING, NO_NETWORK)
        .advise(
            "linker `",
            "install a C compiler: on Debian `build-essential`, on macOS `xcode-select --install`, on Windows the Build Tools",
        )
        .advise("newer than PyO3's maximum supported version", "update `pyo3`, or name an older Python with `--python`")
        .advise("lower than PyO3's minimum supported version", "name a newer Python with `--python`")
        .advise("error[E", "the Rust code does not compile; `cargo check` shows the same in less time")
        .summarise(last_wheel)
}

fn make_environment<'a>(tools: &Tools, paths: &Paths) -> Step<'a> {
    let mut invocation = new_venv(tools, &paths.venv);
    if tools.pip.is_some() {
        invocation = invocation.arg("--without-pip");
    }
    advise_on_venv(Step::new("make environment", Work::Run(invocation)))
}

fn install_wheel<'a>(target: &'a Target, tools: &'a Tools, paths: &Paths) -> Step<'a> {
    let (dist, python, series) = (paths.dist.clone(), paths.venv_python.clone(), tools.python.version.series);
    let prepare = move || {
        let wheel = the_wheel(&dist, series)?;
        let mut wheel = wheel.into_os_string();
        if let Some(extra) = &target.test_extra {
            wheel.push(format!("[{extra}]"));
        }
        let pip = match &tools.pip {
            Some(pip) => Invocation::new(pip).args(["-m", "pip", "--python"]).arg(python),
            None => Invocation::new(python).args(["-m", "pip"]),
        };
        let invocation = pip.args(["install", "--disable-pip-version-check"]).arg(wheel);
        Ok(invocation.arg(format!("pytest>={}", VERSIONS.pytest_floor)).args(&target.test_requirements))
    };
    let offline =
        "pip could not find what the project or its tests need: without a network, point it to a folder of wheels with PIP_FIND_LINKS";
    let step = Step::new("install wheel", Work::Prepare(Box::new(prepare))).needs(&["build wheel", "make environment"]).advise(
        "requires a different Python",
        format!("the project does not support Python {}; name another one with `--python`", tools.python.version.text),
    );
    advise_each(step, &PIP_FOUND_NOTHING, offline)
}

fn import_module<'a>(target: &'a Target, tools: &Tools, paths: &Paths, outside: &Path) -> Step<'a> {
    let invocation = Invocation::new(&paths.venv_python)
        .args(["-I", "-c", IMPORT_CHECK])
        .args([&target.distribution, &target.module])
        .in_venv(&paths.venv, tools.platform)
        .in_dir(outside)
        .shown_as(format!("{} -c 'import {}'", paths.venv_python.display(), target.module));
    Step::new("import", Work::Run(invocation))
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

fn cargo_test<'a>(target: &'a Target, tools: &Tools) -> Step<'a> {
    let invocation = Invocation::new(&tools.cargo.path).arg("test").args(&target.tested_crates);
    let invocation = invocation.env("PYO3_PYTHON", &tools.python.path).in_dir(&target.package);
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

fn pytest<'a>(target: &'a Target, tools: &Tools, paths: &Paths, outside: &Path) -> Step<'a> {
    let tests = match &target.tests {
        Ok(tests) => tests,
        Err(why) => return Step::new("pytest", Work::Nothing(why.clone())),
    };
    // The folder outside, the import mode and the empty `pythonpath` keep the source tree from hiding the installed wheel.
    let invocation = Invocation::new(&paths.venv_python)
        .args(["-m", "pytest", "--import-mode=importlib", "-p", "no:cacheprovider", "-o", "pythonpath=", "--color=no"])
        // Tests that are a part of the package would bring its source tree with them, unless the installed one is imported before.
        .args(python_tests::package_around(&target.root, tests, &target.module).iter().flat_map(|package| ["-p", package]))
        .arg("--rootdir")
        .arg(&target.root)
        .args(tests)
        .in_venv(&paths.venv, tools.platform)
        .in_dir(outside);
    Step::new("pytest", Work::Run(invocation))
        .needs(&["import"])
        .advise(
            "ModuleNotFoundError",
            "the tests run with the wheel and pytest only: list what else they need in `[dependency-groups] test`",
        )
        .advise("no tests ran", "pytest found no test; test files are called `test_….py`")
        .summarise(pytest_result)
}

/// Gives the same advice for each of these texts.
fn advise_each<'a>(step: Step<'a>, texts: &[&'static str], say: &str) -> Step<'a> {
    texts.iter().fold(step, |step, text| step.advise(text, say))
}

fn new_venv(tools: &Tools, venv: &Path) -> Invocation {
    Invocation::new(&tools.python.path).args(["-m", "venv", "--clear"]).arg(venv)
}

fn advise_on_venv(step: Step<'_>) -> Step<'_> {
    step.advise(
        "ensurepip",
        "this Python comes without ensurepip: on Debian install `python3-venv`, or name another Python with `--python`",
    )
}

/// The wheel that the build has left; of several, the only one for this Python.
fn the_wheel(dist: &Path, python: (u16, u16)) -> Result<PathBuf, String> {
    let entries = fs::read_dir(dist).map_err(|error| format!("cannot read `{}`: {error}", dist.display()))?;
    let is_wheel = |path: &PathBuf| path.extension().is_some_and(|suffix| suffix == "whl");
    let mut wheels: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_wheel).collect();
    wheels.sort();
    if let [wheel] = wheels.as_slice() {
        return Ok(wheel.clone());
    }
    let fitting: Vec<&PathBuf> = wheels.iter().filter(|wheel| is_for(wheel, python)).collect();
    match fitting.as_slice() {
        [wheel] => Ok((*wheel).clone()),
        _ if wheels.is_empty() => Err(format!("maturin left no wheel in `{}`", dist.display())),
        _ => {
            let names: Vec<String> = wheels.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
            let (major, minor) = python;
            Err(format!("maturin left several wheels, and {} of them are for Python {major}.{minor}: {}", fitting.len(), names.join(", ")))
        }
    }
}

/// Whether the tags in a wheel's name say that this Python can install it: `…-cp311-cp311-…`, `…-cp39-abi3-…`.
fn is_for(wheel: &Path, (major, minor): (u16, u16)) -> bool {
    let Some(stem) = wheel.file_stem().map(|stem| stem.to_string_lossy().into_owned()) else { return false };
    let mut tags = stem.rsplit('-').skip(1);
    let (Some(abi), Some(python)) = (tags.next(), tags.next()) else { return false };
    let digits = python.strip_prefix(&format!("cp{major}")).and_then(|digits| digits.parse::<u16>().ok());
    digits.is_some_and(|built| built == minor || built < minor && abi.split('.').any(|abi| abi == "abi3"))
}

fn last_line(output: &str) -> Option<String> {
    output.trim_end().lines().last().map(str::to_owned)
}

/// The file name of the wheel that maturin says it has built.
fn last_wheel(output: &str) -> Option<String> {
    output
        .split_whitespace()
        .filter(|word| word.ends_with(".whl"))
        .filter_map(|word| Path::new(word).file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .next_back()
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
    fn of_several_wheels_the_one_for_this_python_is_taken() {
        let dir = tempfile::tempdir().expect("folder");
        let chosen = |python| the_wheel(dir.path(), python).map(|path| path.file_name().expect("a name").to_string_lossy().into_owned());
        assert!(chosen((3, 11)).expect_err("nothing").starts_with("maturin left no wheel in `"));
        let add = |name: &str| fs::File::create(dir.path().join(name)).expect("file");
        add("x-1.0-cp39-abi3-linux_x86_64.whl");
        assert_eq!(chosen((3, 8)).as_deref(), Ok("x-1.0-cp39-abi3-linux_x86_64.whl"));
        add("x-1.0-cp315-abi3.abi3t-linux_x86_64.whl");
        add("x-1.0-cp314-cp314t-linux_x86_64.whl");
        assert_eq!(chosen((3, 11)).as_deref(), Ok("x-1.0-cp39-abi3-linux_x86_64.whl"));
        let both = chosen((3, 15)).expect_err("two fit");
        assert!(both.starts_with("maturin left several wheels, and 2 of them are for Python 3.15: x-1.0-cp314-cp314t"), "{both}");
    }

    #[test]
    fn summaries_come_from_real_output() {
        let maturin = "    Finished `dev` profile\n📦 Built wheel for abi3 Python ≥ 3.9 to /x/dist/demo-0.1.0-cp39-abi3-linux_x86_64.whl\n";
        assert_eq!(last_wheel(maturin).as_deref(), Some("demo-0.1.0-cp39-abi3-linux_x86_64.whl"));
        assert_eq!(pytest_result("....\n====== 6 passed, 1 skipped in 0.03s ======\n").as_deref(), Some("6 passed, 1 skipped"));
        assert_eq!(pytest_result("....\n6 passed in 0.03s\n").as_deref(), Some("6 passed"));
        let cargo = "test result: ok. 4 passed; 0 failed\n\ntest result: ok. 2 passed; 0 failed\n";
        assert_eq!(cargo_tests_passed(cargo).as_deref(), Some("6 passed"));
    }
}
