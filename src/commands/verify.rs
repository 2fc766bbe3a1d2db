//! `hognose verify`: builds a project's wheel and tests what a user of it would get.

mod plan;
mod target;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::scaffold::versions::{MATURIN_FLOOR, PIP_SERIES, PYTHON_FLOOR, VERSIONS};
use crate::toolchain::locate::{Found, Search, Surroundings};
use crate::toolchain::steps::{self, Progress};

use plan::Tools;
use target::Target;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// The folder of pyproject.toml.
    pub path: PathBuf,
    /// The Python to build for and test with.
    pub python: Option<PathBuf>,
    /// The profile to build the wheel with.
    pub profile: Profile,
    /// How progress is shown.
    pub progress: Progress,
}

/// How the wheel is optimised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// The profile of `maturin develop`: fast to build.
    #[default]
    Dev,
    /// As a release would be.
    Release,
}

/// What the linter says of a project.
#[derive(Clone, Debug, Default)]
pub struct LintResult {
    /// Findings that make it fail.
    pub errors: usize,
    /// The report, ready to be shown.
    pub text: String,
}

/// Lints the project in a folder.
pub type Lint<'a> = dyn Fn(&Path) -> LintResult + 'a;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every step passed.
    Passed,
    /// At least one step failed.
    Failed,
    /// Nothing could be tried: no project, or a program is missing.
    CouldNotRun,
}

/// Verifies a project: lints, builds the wheel, installs it into a new environment, imports it, runs both kinds of tests.
///
/// # Errors
/// `out` or `err` cannot be written to, or there is no room for a temporary folder.
pub fn run(options: &VerifyOptions, lint: &Lint<'_>, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Verdict> {
    run_in(options, &Surroundings::of_this_process(), lint, out, err)
}

/// The same, in given surroundings.
///
/// # Errors
/// As [`run`].
pub fn run_in(
    options: &VerifyOptions,
    around: &Surroundings,
    lint: &Lint<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Verdict> {
    let Some(cargo) = report("cargo", around.cargo(), out)? else {
        return give_up("cargo is needed; install Rust from https://rustup.rs", err);
    };
    let target = match Target::read(&around.dir.join(&options.path), &cargo.path) {
        Ok(target) => target,
        Err(missing) => return give_up(missing, err),
    };
    let python = around.python(options.python.as_deref(), &target.root, PYTHON_FLOOR);
    let Some(python) = report("python", python, out)? else {
        return give_up(
            format!("a Python of at least {}.{} is needed; install one, or name it with `--python`", PYTHON_FLOOR.0, PYTHON_FLOOR.1),
            err,
        );
    };
    let maturin = around.maturin(&python.path, &target.tools_dir(), MATURIN_FLOOR);
    let maturin = report("maturin", maturin, out)?;
    if maturin.is_none() {
        writeln!(out, "  maturin {} will be installed into {}", VERSIONS.maturin, target.tools_dir().display())?;
    }

    let pip = match &maturin {
        None => Some(around.platform.venv_python(&target.tools_dir())),
        Some(_) => around.pip(&target.tools_dir(), PIP_SERIES).found.filter(|pip| pip.version.series == PIP_SERIES).map(|pip| pip.path),
    };
    let outside = tempfile::tempdir()?;
    let tools = Tools { cargo, python, maturin, pip, platform: around.platform };
    let plan = plan::plan(&target, &tools, options.profile, outside.path(), lint);
    let tally = steps::execute(plan, options.progress, out)?;
    if tally.failed == 0 && tally.skipped == 0 {
        writeln!(out, "`{}` is good: {} steps passed", target.distribution, tally.passed)?;
        return Ok(Verdict::Passed);
    }
    writeln!(out, "`{}` is not good: {} failed, {} skipped, {} passed", target.distribution, tally.failed, tally.skipped, tally.passed)?;
    Ok(Verdict::Failed)
}

/// Shows what a search found and what it passed over.
fn report(name: &str, search: Search, out: &mut dyn Write) -> io::Result<Option<Found>> {
    for passed_over in &search.passed_over {
        writeln!(out, "  {name}: {passed_over}")?;
    }
    if let Some(found) = &search.found {
        writeln!(out, "  {name} {found}")?;
    }
    Ok(search.found)
}

fn give_up(message: impl fmt::Display, err: &mut dyn Write) -> io::Result<Verdict> {
    writeln!(err, "error: {message}")?;
    Ok(Verdict::CouldNotRun)
}
