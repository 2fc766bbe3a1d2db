//! `verify`, with real tools on real projects: slow, and all projects share one build folder and one set of tools below `target/e2e`.

use std::fs;
use std::path::{Path, PathBuf};

use hognose::commands::new::{NewOptions, Then};
use hognose::commands::verify::{self, Format, LintResult, Scope, Verdict, VerifyOptions};
use hognose::toolchain::steps::Progress;
use tempfile::TempDir;

use crate::scaffold::{create, options, surroundings};
use crate::workshop::{ONE_AT_A_TIME, outside, write};

fn edit(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).expect("file");
    assert!(text.contains(old), "{} holds `{old}`", path.display());
    write(path, &text.replacen(old, new, 1));
}

pub(crate) fn no_findings(_: &Path) -> LintResult {
    LintResult::default()
}

pub(crate) fn verify(project: &Path, lint: &verify::Lint<'_>) -> (Verdict, String) {
    verify_all(VerifyOptions::new(project.to_owned(), Progress::Lines), lint)
}

/// Without what no test of the project depends on.
fn verify_tests(project: &Path, lint: &verify::Lint<'_>) -> (Verdict, String) {
    verify_all(VerifyOptions { scope: Scope::Tests, ..VerifyOptions::new(project.to_owned(), Progress::Lines) }, lint)
}

fn verify_all(options: VerifyOptions, lint: &verify::Lint<'_>) -> (Verdict, String) {
    let project = &options.path;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let verdict = verify::run_in(&options, &surroundings(project), lint, &mut out, &mut err).expect("a buffer takes everything");
    out.extend(err);
    (verdict, String::from_utf8(out).expect("the report is text"))
}

/// The line of a step.
pub(crate) fn line<'a>(report: &'a str, step: &str) -> &'a str {
    let start = format!("  {step} … ");
    report.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("no step `{step}` in\n{report}"))
}

#[test]
fn a_new_project_is_good_and_faults_in_it_are_found() {
    let _alone = ONE_AT_A_TIME.lock();
    let dir = outside();
    // The project is made below another workspace, which must not claim it.
    write(&dir.path().join("Cargo.toml"), "[workspace]\nmembers = []\nresolver = \"3\"\n");
    let (verdict, report) = create(&NewOptions { then: Then::Verify, ..options("e2e-words") }, dir.path());
    let project = dir.path().join("e2e-words");
    assert_eq!(verdict, Verdict::Passed, "{report}");
    for step in ["lint", "build wheel", "check wheel", "make environment", "install wheel", "import", "cargo test", "pytest", "build sdist"]
    {
        assert!(line(&report, step).starts_with("ok "), "{step}\n{report}");
    }
    assert!(line(&report, "compare wheels").ends_with(", the same files"), "{report}");
    assert!(line(&report, "import").ends_with(", e2e_words._core"), "{report}");
    assert!(line(&report, "cargo test").ends_with(", 4 passed"), "{report}");
    assert!(line(&report, "pytest").ends_with(", 6 passed"), "{report}");
    assert!(!report.contains("warning"), "{report}");

    // A fault in a test and findings of the linter: each step tells its own, the others go on.
    edit(&project.join("tests/test_durations.py"), "assert parse(\"1h 30m\") == 5400.0", "assert parse(\"1h 30m\") == 1.0");
    let findings = |_: &Path| LintResult { errors: 2, text: "two findings".to_owned() };
    let (verdict, report) = verify_tests(&project, &findings);
    assert_eq!(verdict, Verdict::Failed, "{report}");
    assert!(line(&report, "lint").starts_with("failed"), "{report}");
    assert!(report.contains("    | two findings\n"), "{report}");
    assert!(line(&report, "import").starts_with("ok "), "{report}");
    assert!(line(&report, "pytest").starts_with("failed"), "{report}");
    assert!(report.contains("-m pytest --import-mode=importlib"), "the command is shown\n{report}");
    assert!(report.contains("assert 5400.0 == 1.0"), "{report}");
    assert!(report.ends_with("`e2e-words` is not good: 2 failed, 0 skipped, 5 passed\n"), "{report}");

    // The module is called otherwise than pyproject.toml says: maturin builds a wheel that cannot be imported.
    edit(&project.join("pyproject.toml"), "e2e_words._core", "e2e_words._other");
    let (_, report) = verify_tests(&project, &no_findings);
    assert!(line(&report, "import").starts_with("failed"), "{report}");
    assert!(report.contains("help: the `#[pymodule]` must have the last part"), "{report}");
    assert_eq!(line(&report, "pytest"), "skipped: `import` did not pass");
    edit(&project.join("pyproject.toml"), "e2e_words._other", "e2e_words._core");

    // Code that does not compile: what needs the wheel is skipped.
    edit(&project.join("src/lib.rs"), "duration::render(seconds, parts)", "duration::render(seconds)");
    let (verdict, report) = verify_tests(&project, &no_findings);
    assert_eq!(verdict, Verdict::Failed, "{report}");
    assert!(line(&report, "build wheel").starts_with("failed"), "{report}");
    assert!(report.contains("error[E0061]") && report.contains("help: the Rust code does not compile"), "{report}");
    assert_eq!(line(&report, "install wheel"), "skipped: `build wheel` did not pass");
    assert_eq!(line(&report, "pytest"), "skipped: `import` did not pass");
    assert!(line(&report, "cargo test").starts_with("failed"), "{report}");
}

/// A project that setuptools-rust builds, with tests inside of its package and types that setuptools leaves out.
#[test]
fn setuptools_builds_what_is_verified_and_leaves_the_tree_as_it_was() {
    let _alone = ONE_AT_A_TIME.lock();
    let dir = outside();
    let project = dir.path().join("pears");
    let files = [
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"setuptools>=64\", \"setuptools-rust>=1.12\"]\nbuild-backend = \"setuptools.build_meta\"\n\n\
             [project]\nname = \"e2e-pears\"\nversion = \"1.0\"\n\n[tool.setuptools]\npackages = [\"pears\"]\nexclude-package-data = { \"*\" = [\"py.typed\"] }\n\n\
             [[tool.setuptools-rust.ext-modules]]\ntarget = \"pears._pears\"\n",
        ),
        (
            "Cargo.toml",
            "[package]\nname = \"pears\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[lib]\nname = \"_pears\"\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.30\"\n",
        ),
        ("src/lib.rs", "#[pyo3::pymodule]\nmod _pears {\n    #[pyo3::pyfunction]\n    fn count() -> usize {\n        2\n    }\n}\n"),
        ("MANIFEST.in", "include Cargo.toml Cargo.lock\ngraft src\n"),
        ("pears/__init__.py", "from ._pears import count\n"),
        ("pears/py.typed", ""),
        ("pears/test_pears.py", "from . import count\n\n\ndef test_count():\n    assert count() == 3\n"),
    ];
    for (path, text) in files {
        write(&project.join(path), text);
    }
    let (verdict, report) = verify(&project, &no_findings);
    assert_eq!(verdict, Verdict::Failed, "{report}");
    assert!(report.contains("error: `pears/py.typed` is not in the wheel"), "{report}");
    assert!(line(&report, "import").ends_with(", pears._pears"), "{report}");
    assert!(report.contains("assert 2 == 3"), "the test imports the package that is installed\n{report}");
    assert!(line(&report, "compare wheels").ends_with(", the same files"), "{report}");
    assert!(report.ends_with("`e2e-pears` is not good: 2 failed, 0 skipped, 11 passed\n"), "{report}");
    let mut left: Vec<String> =
        fs::read_dir(&project).expect("a folder").map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    left.sort();
    assert_eq!(left, ["Cargo.lock", "Cargo.toml", "MANIFEST.in", "pears", "pyproject.toml", "src"]);
    assert_eq!(fs::read_dir(project.join("pears")).expect("a folder").count(), 3, "nothing is left in the package");
}

#[test]
fn what_is_no_project_is_told_what_is_missing() {
    let dir = outside();
    let missing = |text: &str| {
        let (verdict, report) = verify(dir.path(), &no_findings);
        assert_eq!(verdict, Verdict::CouldNotRun);
        assert!(report.contains(text), "`{text}` is not in\n{report}");
    };
    missing("error: there is no readable pyproject.toml in `");
    missing("`, and no setup.py");
    let pyproject = dir.path().join("pyproject.toml");
    write(&pyproject, "[project]\nname = \"x\"\n");
    missing("error: pyproject.toml has no `[build-system] build-backend = \"maturin\"`");
    write(&pyproject, "[build-system]\nrequires = [\"setuptools-rust\"]\nbuild-backend = \"setuptools.build_meta\"\n");
    missing("error: there is no crate that uses PyO3 in `");
    write(&pyproject, "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n");
    missing("error: there is no Cargo.toml in `");
    write(&dir.path().join("Cargo.toml"), "[workspace]\n");
    missing("describes a workspace, not a package");
    write(&dir.path().join("Cargo.toml"), "[package]\nname = 5\n");
    missing("error: cargo cannot read `");
    write(&dir.path().join("Cargo.toml"), "[package]\nname = \"x\"\n");
    write(&dir.path().join("src/main.rs"), "fn main() {}\n");
    missing("has no library target");
}

/// The import check on a wheel that is installed by hand: a compiled module of Python's own, under another name of its package.
#[test]
#[cfg(unix)]
fn a_package_may_lie_in_a_namespace() {
    use hognose::toolchain::command::Invocation;

    let dir = outside();
    let venv = dir.path().canonicalize().expect("a folder").join("venv");
    let run = |invocation: Invocation| {
        let answer = invocation.in_dir(dir.path()).capture().expect("Python runs");
        (answer.success, answer.stdout.trim().to_owned(), answer.stderr)
    };
    assert!(run(Invocation::new("python3").args(["-m", "venv", "--without-pip"]).arg(&venv)).0);
    let python = || Invocation::new(venv.join("bin/python"));
    let question = "import sysconfig, glob; p = sysconfig.get_path('purelib'); print(p); \
                    print(next(iter(glob.glob(sysconfig.get_config_var('DESTSHARED') + '/_csv.*.so')), ''))";
    let (_, answer, _) = run(python().args(["-c", question]));
    let (site, module) = answer.split_once('\n').expect("a Python whose `_csv` is a file of its own");
    let (site, file) = (Path::new(site), Path::new(module).file_name().expect("a file").to_string_lossy());
    let install = |package: &str, code: bool| {
        let _ = fs::remove_dir_all(site.join("ns"));
        fs::create_dir_all(site.join(package)).expect("folder");
        fs::copy(module, site.join(package).join(&*file)).expect("copy");
        write(&site.join("demo-1.0.dist-info/METADATA"), "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n");
        write(&site.join("demo-1.0.dist-info/RECORD"), &format!("{package}/{file},,\n"));
        if code {
            write(&site.join(package).join("__init__.py"), "");
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands/verify/import_check.py");
        run(python().args(["-I", script, "demo", &format!("{}._csv", package.replace('/', "."))]))
    };
    assert_eq!(install("ns/pkg", true), (true, "ns.pkg._csv".to_owned(), String::new()));
    let (success, _, err) = install("ns/pkg", false);
    assert!(!success && err.starts_with("error: `ns.pkg` was imported as a namespace, without code: "), "{err}");
}

/// `verify` where every program is a script: what it says and does when something is missing or fails.
#[cfg(unix)]
mod with_scripts {
    use hognose::toolchain::locate::Surroundings;
    use serde_json::Value;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::support::{program, python};

    /// Writes a wheel with these files, which are empty.
    fn wheel(path: &Path, files: &[&str]) {
        let mut zip = ZipWriter::new(fs::File::create(path).expect("file"));
        for file in files {
            zip.start_file(*file, SimpleFileOptions::default()).expect("a file");
        }
        zip.finish().expect("written");
    }

    const PYPROJECT: &str = "[build-system]\nrequires = [\"maturin>=1.9.4,<2\"]\nbuild-backend = \"maturin\"\n\n[project]\nname = \"demo\"\n\
                             version = \"1.0\"\nrequires-python = \">=3.10\"\n";

    /// A project on PyO3 0.22, with cargo and maturin, and no Python yet.
    struct World {
        dir: TempDir,
        around: Surroundings,
    }

    impl World {
        fn new() -> Self {
            let dir = tempfile::tempdir().expect("folder");
            let root = dir.path().canonicalize().expect("a folder");
            write(&root.join("project/pyproject.toml"), PYPROJECT);
            let manifest = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[dependencies]\npyo3 = \"0.22\"\n";
            write(&root.join("project/Cargo.toml"), manifest);
            write(&root.join("project/src/lib.rs"), "");
            write(&root.join("project/tests/test_demo.py"), "");
            let metadata = serde_json::json!({
                "packages": [{
                    "name": "demo",
                    "manifest_path": root.join("project/Cargo.toml"),
                    "targets": [{ "kind": ["cdylib"], "name": "demo" }],
                }],
                "target_directory": root.join("project/target"),
            });
            write(&root.join("metadata.json"), &metadata.to_string());
            let cargo = format!(
                "case $1 in --version) echo cargo 1.95.0;; metadata) cat {};; test) echo 'test result: ok. 2 passed; 0 failed';; esac",
                root.join("metadata.json").display()
            );
            program(&root.join("path/cargo"), &cargo);
            wheel(&root.join("tree.whl"), &["demo/__init__.py", "demo/demo.so", "demo-1.0.dist-info/METADATA"]);
            // Only the folder of the project has a pyproject.toml: what is built elsewhere is the unpacked sdist.
            let maturin = format!(
                "case $1 in --version) echo maturin 1.16.0;; sdist) mkdir -p \"$3\"; : > \"$3/demo-1.0.tar.gz\";; \
                 build) mkdir -p \"$5\"; wheel={0}/tree.whl; [ -f pyproject.toml ] || [ ! -f {0}/sdist.whl ] || wheel={0}/sdist.whl; \
                 cp $wheel \"$5/demo-1.0-cp39-abi3-any.whl\";; esac",
                root.display()
            );
            program(&root.join("path/maturin"), &maturin);
            let around = Surroundings::bare(root.join("path"), &root);
            Self { dir, around }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.dir.path().canonicalize().expect("a folder").join(name)
        }

        fn python(&self, name: &str, version: &str) {
            python(&self.path(name), version);
        }

        /// The verdict, standard output and standard error.
        fn verify(&self, asked: Option<&str>, format: Format) -> (Verdict, String, String) {
            self.verify_with(VerifyOptions { python: asked.map(PathBuf::from), format, ..Self::options() })
        }

        fn options() -> VerifyOptions {
            VerifyOptions::new(PathBuf::from("project"), Progress::Lines)
        }

        fn verify_with(&self, options: VerifyOptions) -> (Verdict, String, String) {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let verdict = verify::run_in(&options, &self.around, &no_findings, &mut out, &mut err).expect("a buffer takes everything");
            let text = |bytes| String::from_utf8(bytes).expect("text").replace(&self.path("").display().to_string(), "ROOT/");
            (verdict, text(out), text(err))
        }
    }

    #[test]
    fn without_cargo_or_python_there_is_nothing_to_try() {
        let world = World::new();
        let (verdict, _, err) = world.verify(None, Format::Human);
        assert_eq!(verdict, Verdict::CouldNotRun);
        let expected = "error: there is no Python that this project can be verified with (`requires-python` is \">=3.10\", PyO3 0.22 supports 3.7 to 3.13)\n  \
                        = help: install a Python of at least 3.9 that fits, or name it with `--python`\n";
        assert_eq!(err, expected);
        fs::remove_file(world.path("path/cargo")).expect("removed");
        let (verdict, out, err) = world.verify(None, Format::Human);
        assert_eq!((verdict, out.as_str()), (Verdict::CouldNotRun, "  cargo: `cargo` is not on PATH\n"));
        assert_eq!(err, "error: cargo is needed\n  = help: install Rust from https://rustup.rs\n");
    }

    #[test]
    fn a_python_that_fits_is_taken_and_the_others_are_explained() {
        let world = World::new();
        world.python("path/python3", "3.14.0");
        world.python("path/python", "3.9.1");
        world.python("path/python3.12", "3.12.4");
        let (verdict, out, _) = world.verify(None, Format::Human);
        assert_eq!(verdict, Verdict::Passed, "{out}");
        for line in [
            "  python: `ROOT/path/python3` (3.14.0) is too new for PyO3 0.22, which supports up to 3.13\n",
            "  python: `ROOT/path/python` (3.9.1) is not in the project's `requires-python = \">=3.10\"`\n",
            "  python 3.12.4 at ROOT/path/python3.12 (first on PATH)\n",
        ] {
            assert!(out.contains(line), "{line}{out}");
        }
        let table = out.split_once("\n\n").expect("a table").1;
        assert!(table.starts_with("step              result       time\nlint              ok "), "{table}");
        assert!(table.contains("\npytest            ok "), "{table}");

        let (verdict, _, err) = world.verify(Some("python3"), Format::Human);
        assert_eq!(verdict, Verdict::CouldNotRun);
        assert!(err.starts_with("error: `python3` cannot be used for this project (`requires-python` is"), "{err}");
        assert!(
            err.contains("= help: take Python 3.13 or older; or raise `pyo3` in Cargo.toml (`hognose check` says what that changes)"),
            "{err}"
        );
    }

    #[test]
    fn a_name_that_is_no_python_is_told_as_such() {
        let world = World::new();
        world.python("path/python3", "3.12.4");
        let (verdict, out, err) = world.verify(Some("missing"), Format::Human);
        assert_eq!((verdict, out.ends_with("  python: `missing` is not there\n")), (Verdict::CouldNotRun, true), "{out}");
        assert!(err.ends_with("= help: name a Python of at least 3.9 that fits, or leave `--python` out to have one searched\n"), "{err}");
    }

    #[test]
    fn the_tests_of_every_crate_that_goes_into_the_wheel_run() {
        let world = World::new();
        world.python("path/python3", "3.12.4");
        let member = |name: &str, dir: &str, dependencies: Value| {
            serde_json::json!({
                "name": name,
                "manifest_path": world.path(dir).join("Cargo.toml"),
                "targets": [{ "kind": ["cdylib"], "name": name }],
                "dependencies": dependencies,
            })
        };
        write(&world.path("project/core/Cargo.toml"), "");
        write(&world.path("project/other/Cargo.toml"), "");
        let core = serde_json::json!([{ "name": "core", "kind": null, "path": world.path("project/core") }]);
        let (demo, core) = (member("demo", "project", core), member("core", "project/core", serde_json::json!([])));
        let other = member("other", "project/other", serde_json::json!([]));
        let cargo =
            fs::read_to_string(world.path("path/cargo")).expect("script").replace("test) ", "test) echo \"ran: $*\"; exit 1;; old) ");
        program(&world.path("path/cargo"), &cargo);
        let command = |packages: &[&Value]| {
            let metadata = serde_json::json!({ "packages": packages, "target_directory": world.path("project/target") });
            write(&world.path("metadata.json"), &metadata.to_string());
            let (_, out, _) = world.verify(None, Format::Human);
            out.lines().find_map(|line| line.strip_prefix("    | ran: ")).unwrap_or_else(|| panic!("no command in\n{out}")).to_owned()
        };
        assert_eq!(command(&[&demo]), "test");
        assert_eq!(command(&[&demo, &core]), "test --workspace");
        assert_eq!(command(&[&other, &core, &demo]), "test -p demo -p core");
    }

    #[test]
    fn a_venv_counts_before_conda_and_the_conflict_is_told() {
        let mut world = World::new();
        world.python("conda/bin/python", "3.11.1");
        world.python("venv/bin/python", "3.12.1");
        world.around.conda_prefix = Some(world.path("conda"));
        let (_, out, _) = world.verify(None, Format::Human);
        assert!(out.contains("  python 3.11.1 at ROOT/conda/bin/python (active conda environment)\n"), "{out}");
        world.around.virtual_env = Some(world.path("venv"));
        let (verdict, out, _) = world.verify(None, Format::Human);
        assert_eq!(verdict, Verdict::Passed, "{out}");
        assert!(
            out.contains(
                "  note: both a virtual environment (ROOT/venv) and a conda environment (ROOT/conda) are active: the virtual one counts"
            ),
            "{out}"
        );
        assert!(out.contains("leave one with `conda deactivate` or `deactivate`"), "{out}");
        assert!(out.contains("  python 3.12.1 at ROOT/venv/bin/python (active environment)\n"), "{out}");
    }

    #[test]
    fn without_a_network_the_rest_goes_on() {
        let world = World::new();
        world.python("path/python3", "3.12.4");
        let offline =
            "echo 'error: failed to get `pyo3` as a dependency of package `demo`'; echo '  download of config.json failed'; exit 101";
        program(&world.path("path/maturin"), &format!("case $1 in --version) echo maturin 1.16.0;; build) {offline};; esac"));
        let (verdict, out, _) = world.verify(None, Format::Human);
        assert_eq!(verdict, Verdict::Failed);
        assert!(out.contains("help: cargo could not download a dependency: look at the network"), "{out}");
        assert!(line(&out, "cargo test").starts_with("ok "), "{out}");
        assert!(out.ends_with("`demo` is not good: 1 failed, 7 skipped, 3 passed\n"), "{out}");

        // maturin is missing, too, and pip cannot fetch it.
        fs::remove_file(world.path("path/maturin")).expect("removed");
        let pip = "if [ \"$1 $2\" = \"-m pip\" ]; then echo 'ERROR: No matching distribution found for maturin==1.16.0'; exit 1; fi";
        let script = fs::read_to_string(world.path("path/python3")).expect("script");
        program(&world.path("path/python3"), &script.replacen("#!/bin/sh\n", &format!("{pip}\n"), 1));
        let (verdict, out, _) = world.verify(None, Format::Human);
        assert_eq!(verdict, Verdict::Failed);
        assert!(line(&out, "install maturin").starts_with("failed"), "{out}");
        assert!(out.contains("help: pip could not reach a package registry: look at the network"), "{out}");
        assert!(line(&out, "lint").starts_with("ok ") && line(&out, "cargo test").starts_with("ok "), "{out}");
        assert_eq!(line(&out, "build wheel"), "skipped: `install maturin` did not pass");
    }

    #[test]
    fn what_is_wrong_with_the_wheel_is_told_and_the_rest_goes_on() {
        let world = World::new();
        world.python("path/python3", "3.12.4");
        write(&world.path("project/python/demo/py.typed"), "");
        wheel(&world.path("tree.whl"), &["demo/__init__.py", "demo/demo.cpython-310-x.so", "tests/test_demo.py"]);
        wheel(&world.path("sdist.whl"), &["demo/__init__.py", "demo/demo.so"]);
        let (verdict, out, _) = world.verify(None, Format::Human);
        assert_eq!(verdict, Verdict::Failed);
        for text in [
            "    | error: the tag `cp39-abi3` promises every Python from 3.9 on, and `demo/demo.cpython-310-x.so` is found by Python 3.10 alone\n",
            "    | error: `python/demo/py.typed` is not in the wheel, so type checkers do not see the types\n    |   = help: with maturin, name the \
             folder that holds the package, `python-source = \"python\"` below `[tool.maturin]`",
            "    | error: the wheel installs `tests` at the top, beside all other packages of the environment\n",
            "    | `tests/test_demo.py` is missing in the wheel of the sdist\n    help: the sdist lacks files: name them in `include`",
        ] {
            assert!(out.contains(text), "{text}{out}");
        }
        assert!(line(&out, "pytest").ends_with(", 3 passed"), "{out}");
        assert!(out.ends_with("`demo` is not good: 2 failed, 0 skipped, 9 passed\n"), "{out}");

        write(&world.path("project/PKG-INFO"), "");
        let (_, out, _) = world.verify(None, Format::Human);
        assert_eq!(line(&out, "build sdist"), "skipped: the tree is an unpacked sdist itself: it has a PKG-INFO");
        assert!(!out.contains("wheel of sdist"), "{out}");

        let (verdict, out, _) = world.verify_with(VerifyOptions { scope: Scope::Tests, ..World::options() });
        assert_eq!(verdict, Verdict::Passed, "{out}");
        assert!(!out.contains("check wheel") && !out.contains("sdist"), "{out}");
    }

    /// Makes a program write down what it is told, before it does what it does.
    fn logged(world: &World, name: &str) {
        let script = fs::read_to_string(world.path(name)).expect("script");
        let log = format!("echo \"${{CARGO_NET_OFFLINE-online}} ${{0##*/}} $*\" >> {}", world.path("log").display());
        program(&world.path(name), &script.replacen("#!/bin/sh", &log, 1));
    }

    #[test]
    fn what_the_network_and_the_lock_file_allow_reaches_every_program() {
        let world = World::new();
        world.python("path/python3", "3.12.4");
        for name in ["path/python3", "path/cargo", "path/maturin"] {
            logged(&world, name);
        }
        let told = |cargo_flags: Vec<&'static str>| {
            let _ = fs::remove_file(world.path("log"));
            let (verdict, out, _) = world.verify_with(VerifyOptions { cargo_flags, ..World::options() });
            assert_eq!(verdict, Verdict::Passed, "{out}");
            let log = fs::read_to_string(world.path("log")).expect("a log");
            let of = |what: &str| -> Vec<String> { log.lines().filter(|line| line.contains(what)).map(str::to_owned).collect() };
            [of(" maturin build "), of(" maturin sdist "), of(" cargo test"), of(" pip install "), of(" metadata ")]
        };
        let [builds, sdist, tests, installs, metadata] = told(vec!["--offline", "--locked"]);
        assert_eq!((builds.len(), installs.len(), metadata.len()), (2, 1, 1));
        assert!(builds.iter().all(|build| build.contains(" --offline --locked") && build.matches("--offline").count() == 1), "{builds:?}");
        assert!(sdist[0].starts_with("true "), "{sdist:?}");
        assert_eq!(tests, ["online cargo test --offline --locked"]);
        assert!(installs[0].contains(" --no-index "), "{installs:?}");
        let [builds, sdist, tests, installs, _] = told(Vec::new());
        // What the sdist needs has been fetched for the tree.
        assert_eq!(builds.iter().map(|build| build.contains("--offline")).collect::<Vec<_>>(), [false, true]);
        assert_eq!((tests, sdist[0].starts_with("online ")), (vec!["online cargo test".to_owned()], true));
        assert!(!installs[0].contains("--no-index"), "{installs:?}");
    }

    #[test]
    fn any_backend_builds_the_wheel() {
        let world = World::new();
        fs::remove_file(world.path("path/maturin")).expect("removed");
        fs::remove_file(world.path("project/pyproject.toml")).expect("removed");
        write(&world.path("project/setup.py"), "setup(rust_extensions=[RustExtension('demo.demo', 'Cargo.toml')])\n");
        world.python("path/python3", "3.12.4");
        let script = fs::read_to_string(world.path("path/python3")).expect("script");
        let hooks = format!(
            "case \"$1 $3\" in \"-c build_wheel\") mkdir -p \"$4\"; cp {}/tree.whl \"$4/demo-1.0-cp312-cp312-any.whl\"; exit;; \
             \"-c build_sdist\") mkdir -p \"$4\"; : > \"$4/demo-1.0.tar.gz\"; exit;; esac",
            world.path("").display()
        );
        program(&world.path("path/python3"), &script.replacen("#!/bin/sh\n", &format!("{hooks}\n"), 1));
        logged(&world, "path/python3");
        logged(&world, "path/cargo");
        let (verdict, out, err) = world.verify_with(VerifyOptions { cargo_flags: vec!["--locked"], ..World::options() });
        assert_eq!((verdict, err.as_str()), (Verdict::Passed, ""), "{out}");
        let steps: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(" … ")).map(|(name, _)| name).collect();
        assert_eq!(
            steps,
            [
                "make build environment",
                "install build backend",
                "lock file",
                "lint",
                "build wheel",
                "check wheel",
                "make environment",
                "install wheel",
                "import",
                "cargo test",
                "pytest",
                "build sdist",
                "wheel of sdist",
                "compare wheels"
            ]
        );
        assert!(!out.contains("maturin"), "{out}");
        let log = fs::read_to_string(world.path("log")).expect("a log");
        assert!(log.contains(" install --disable-pip-version-check --quiet setuptools>=40.8.0\n"), "{log}");
        assert!(log.contains(" metadata --format-version 1 --quiet --locked\n"), "{log}");
        assert_eq!(log.matches(" setuptools.build_meta:__legacy__\n").count(), 3, "{log}");
    }

    #[test]
    fn a_pyo3_that_came_out_later_is_told() {
        let world = World::new();
        world.python("path/python3", "3.12.4");
        let manifest = fs::read_to_string(world.path("project/Cargo.toml")).expect("file");
        write(&world.path("project/Cargo.toml"), &manifest.replace("\"0.22\"", "\"0.31\""));
        let note =
            "`demo` is on PyO3 0.31, and this version of hognose knows PyO3 only up to 0.30: which Pythons it supports is not checked";
        let (verdict, out, _) = world.verify(None, Format::Human);
        assert_eq!(verdict, Verdict::Passed, "{out}");
        assert!(out.contains(&format!("  note: {note}\n")), "{out}");
        let (_, out, _) = world.verify(None, Format::Json);
        let document: Value = serde_json::from_str(&out).expect("JSON and nothing else");
        assert_eq!(document["notes"], serde_json::json!([note]));
        assert_eq!(document["project"]["pyo3"], "0.31");
    }

    #[test]
    fn tests_are_found_where_they_are_and_none_is_told() {
        let world = World::new();
        world.python("path/python3", "3.12.4");
        let script = fs::read_to_string(world.path("path/python3")).expect("script");
        let telling = script.replace("\"-m pytest\") echo \"== 3 passed in 0.01s ==\"", "\"-m pytest\") echo \"ran: $*\"; exit 1");
        program(&world.path("path/python3"), &telling);
        let arguments = || {
            let (_, out, _) = world.verify(None, Format::Human);
            let line = out.lines().find_map(|line| line.strip_prefix("    | ran: ")).unwrap_or_else(|| panic!("no command in\n{out}"));
            let at = line.find("--color=no ").expect("an option");
            line[at + "--color=no ".len()..].to_owned()
        };
        assert_eq!(arguments(), "--rootdir ROOT/project ROOT/project/tests");
        fs::rename(world.path("project/tests"), world.path("project/test")).expect("moved");
        assert_eq!(arguments(), "--rootdir ROOT/project ROOT/project/test");
        write(&world.path("project/setup.cfg"), "[tool:pytest]\ntestpaths = python/demo\n");
        write(&world.path("project/python/demo/__init__.py"), "");
        write(&world.path("project/python/demo/demo_test.py"), "");
        assert_eq!(arguments(), "-p demo --rootdir ROOT/project ROOT/project/python/demo");
        let folder = || world.verify(None, Format::Human).1.lines().find_map(|line| line.strip_prefix("    in ").map(str::to_owned));
        assert_eq!(folder().as_deref(), Some("ROOT/project"));
        write(&world.path("project/demo/__init__.py"), "");
        assert_ne!(folder().as_deref(), Some("ROOT/project"), "the tree would hide the installed package");
        fs::remove_dir_all(world.path("project/demo")).expect("removed");

        fs::remove_file(world.path("project/python/demo/demo_test.py")).expect("removed");
        let (verdict, out, _) = world.verify(None, Format::Human);
        assert_eq!(verdict, Verdict::Passed, "{out}");
        assert!(out.ends_with("steps passed, but no tests in Python were found\n"), "{out}");
        assert_eq!(line(&out, "pytest"), "skipped: there are no tests in what `testpaths` names");
    }

    #[test]
    fn the_document_says_what_the_lines_say() {
        let world = World::new();
        fs::remove_dir_all(world.path("project/tests")).expect("removed");
        world.python("path/python", "3.12.4");
        world.python("path/python3", "3.14.0");
        program(
            &world.path("path/cargo"),
            &fs::read_to_string(world.path("path/cargo"))
                .expect("script")
                .replace("echo 'test result: ok. 2 passed; 0 failed'", "echo FAILED; exit 101"),
        );
        let (verdict, out, err) = world.verify(None, Format::Json);
        assert_eq!((verdict, err.as_str()), (Verdict::Failed, ""));
        let document: Value = serde_json::from_str(&out).expect("JSON and nothing else");
        assert_eq!(document["version"], 1);
        assert_eq!(document["verdict"], "failed");
        assert_eq!(document["project"], serde_json::json!({ "name": "demo", "path": "ROOT/project", "pyo3": "0.22" }));
        assert_eq!(document["python"]["version"], "3.12.4");
        assert_eq!(document["python"]["reason"], "first on PATH");
        assert_eq!(document["passed_over"][0]["program"], "python");
        let status = |name: &str| {
            let steps = document["steps"].as_array().expect("steps");
            steps.iter().find(|step| step["name"] == name).map(|step| step["status"].as_str().expect("text").to_owned())
        };
        assert_eq!(status("build wheel").as_deref(), Some("passed"));
        assert_eq!(status("cargo test").as_deref(), Some("failed"));
        assert_eq!(status("pytest").as_deref(), Some("nothing-to-do"));
        assert_eq!(document["untested"], serde_json::json!(["python"]));
        let failed = document["steps"].as_array().expect("steps").iter().find(|step| step["name"] == "cargo test").expect("the step");
        assert_eq!((failed["output"].as_str(), failed["seconds"].is_f64()), (Some("FAILED\n"), true));

        fs::remove_file(world.path("path/python")).expect("removed");
        let (verdict, out, err) = world.verify(None, Format::Json);
        let document: Value = serde_json::from_str(&out).expect("JSON and nothing else");
        assert_eq!((verdict, err.as_str()), (Verdict::CouldNotRun, ""));
        assert_eq!(document["verdict"], "could-not-run");
        assert!(document["error"]["message"].as_str().is_some_and(|text| text.starts_with("there is no Python")), "{out}");
    }
}
