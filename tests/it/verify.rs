//! `verify`, with real tools on real projects: slow, and all projects share one build folder and one set of tools below `target/e2e`.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hognose::commands::new::{NewOptions, Then};
use hognose::commands::verify::{self, LintResult, Profile, Verdict, VerifyOptions};
use hognose::toolchain::steps::Progress;
use tempfile::TempDir;

use crate::scaffold::{create, options, surroundings};

/// Builds into the same folder would only wait for each other, and two runs must not both install the tools.
pub(crate) static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder outside of the repository, whose projects are built in the shared folder.
pub(crate) fn outside() -> TempDir {
    let dir = tempfile::tempdir().expect("folder");
    write(&dir.path().join(".cargo/config.toml"), &format!("[build]\ntarget-dir = {:?}\n", repository().join("target/e2e")));
    dir
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("file");
}

fn edit(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).expect("file");
    assert!(text.contains(old), "{} holds `{old}`", path.display());
    write(path, &text.replacen(old, new, 1));
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("folder") {
        let entry = entry.expect("entry");
        let name = entry.file_name();
        if name == "target" || name == ".venv" {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).expect("copy");
        }
    }
}

pub(crate) fn no_findings(_: &Path) -> LintResult {
    LintResult::default()
}

pub(crate) fn verify(project: &Path, lint: &verify::Lint<'_>) -> (Verdict, String) {
    let options = VerifyOptions { path: project.to_owned(), python: None, profile: Profile::Dev, progress: Progress::Lines };
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
    for step in ["lint", "build wheel", "make environment", "install wheel", "import", "cargo test", "pytest"] {
        assert!(line(&report, step).starts_with("ok "), "{step}\n{report}");
    }
    assert!(line(&report, "import").ends_with(", e2e_words._core"), "{report}");
    assert!(line(&report, "cargo test").ends_with(", 4 passed"), "{report}");
    assert!(line(&report, "pytest").ends_with(", 6 passed"), "{report}");
    assert!(!report.contains("warning"), "{report}");

    // A fault in a test and findings of the linter: each step tells its own, the others go on.
    edit(&project.join("tests/test_durations.py"), "assert parse(\"1h 30m\") == 5400.0", "assert parse(\"1h 30m\") == 1.0");
    let findings = |_: &Path| LintResult { errors: 2, text: "two findings".to_owned() };
    let (verdict, report) = verify(&project, &findings);
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
    let (_, report) = verify(&project, &no_findings);
    assert!(line(&report, "import").starts_with("failed"), "{report}");
    assert!(report.contains("help: the `#[pymodule]` must have the last part"), "{report}");
    assert_eq!(line(&report, "pytest"), "skipped: `import` did not pass");
    edit(&project.join("pyproject.toml"), "e2e_words._other", "e2e_words._core");

    // Code that does not compile: what needs the wheel is skipped.
    edit(&project.join("src/lib.rs"), "duration::render(seconds, parts)", "duration::render(seconds)");
    let (verdict, report) = verify(&project, &no_findings);
    assert_eq!(verdict, Verdict::Failed, "{report}");
    assert!(line(&report, "build wheel").starts_with("failed"), "{report}");
    assert!(report.contains("error[E0061]") && report.contains("help: the Rust code does not compile"), "{report}");
    assert_eq!(line(&report, "install wheel"), "skipped: `build wheel` did not pass");
    assert_eq!(line(&report, "pytest"), "skipped: `import` did not pass");
    assert!(line(&report, "cargo test").starts_with("failed"), "{report}");
}

#[test]
fn what_is_no_maturin_project_is_told_what_is_missing() {
    let dir = outside();
    let missing = |text: &str| {
        let (verdict, report) = verify(dir.path(), &no_findings);
        assert_eq!(verdict, Verdict::CouldNotRun);
        assert!(report.contains(text), "`{text}` is not in\n{report}");
    };
    missing("error: there is no readable pyproject.toml in `");
    let pyproject = dir.path().join("pyproject.toml");
    write(&pyproject, "[project]\nname = \"x\"\n");
    missing("error: pyproject.toml has no `[build-system] build-backend = \"maturin\"`");
    write(&pyproject, "[build-system]\nrequires = [\"setuptools-rust\"]\nbuild-backend = \"setuptools.build_meta\"\n");
    missing("error: pyproject.toml builds with `setuptools.build_meta`, and `verify` knows maturin projects only");
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
