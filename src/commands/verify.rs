//! `hognose verify`: builds a project's wheel and tests what a user of it would get.

mod backend;
mod building;
mod contents;
mod extension;
mod job;
mod plan;
mod python_tests;
mod report;
mod stubs;
mod target;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::needs::Needs;
use super::newer;
use crate::catalog::Series;
use crate::project;
use crate::report::one_line;
use crate::scaffold::versions::{MATURIN_FLOOR, PYTHON_FLOOR, VERSIONS};
use crate::toolchain::locate::{Found, PassedOver, Surroundings};
use crate::toolchain::platform::same_file;
use crate::toolchain::python::{Interpreter, Judgement};
use crate::toolchain::steps::{self, Progress, Status, StepReport};

use job::{Built, Job, Tools};
use target::Target;

/// The oldest Python that `verify` works with, for people.
const FLOOR: Series = Series(PYTHON_FLOOR.0, PYTHON_FLOOR.1);

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// The folder of pyproject.toml.
    pub path: PathBuf,
    /// The Python to build for and test with.
    pub python: Option<PathBuf>,
    /// The profile to build the wheel with.
    pub profile: Profile,
    /// How much is looked at.
    pub scope: Scope,
    /// What cargo is told of the network and the lock file: `--offline`, which pip obeys, too, and `--locked`.
    pub cargo_flags: Vec<&'static str>,
    /// How progress is shown.
    pub progress: Progress,
    /// How the result is shown.
    pub format: Format,
}

impl VerifyOptions {
    /// Everything for the project in a folder, with the Python that is found and a build that is fast.
    #[must_use]
    pub fn new(path: PathBuf, progress: Progress) -> Self {
        let (profile, scope, format) = Default::default();
        Self { path, python: None, profile, scope, cargo_flags: Vec::new(), progress, format }
    }
}

/// How the result is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Lines as the steps go on, and a table.
    #[default]
    Human,
    /// One JSON document, and nothing else on standard output.
    Json,
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

/// How much of a project is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    #[default]
    Everything,
    /// What its tests need: not what else is in the wheel, and not the source distribution.
    Tests,
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
    let mut record = Record::default();
    match options.format {
        Format::Human => {
            let stopped = verify(options, around, lint, &mut record, out)?;
            report::write_human(&record, &stopped, out, err)?;
            Ok(record.verdict(&stopped))
        }
        Format::Json => {
            let stopped = verify(options, around, lint, &mut record, &mut io::sink())?;
            report::write_json(&record, &stopped, out)?;
            Ok(record.verdict(&stopped))
        }
    }
}

/// The steps of a verification without the linter, or why there are none.
///
/// # Errors
/// As [`run`].
pub(super) fn steps_of(
    root: &Path,
    cargo_flags: &[&'static str],
    progress: Progress,
    around: &Surroundings,
    out: &mut dyn Write,
) -> io::Result<Result<Vec<StepReport>, String>> {
    let options = VerifyOptions { scope: Scope::Tests, cargo_flags: cargo_flags.to_vec(), ..VerifyOptions::new(root.to_owned(), progress) };
    let mut record = Record::default();
    let stopped = verify(&options, around, &|_| LintResult::default(), &mut record, out)?;
    record.steps.retain(|step| step.name != "lint");
    Ok(stopped.map(|()| record.steps).map_err(|stop| stop.message))
}

/// What is to be told at the end.
#[derive(Debug, Default)]
struct Record {
    /// Name of the distribution, and its folder.
    project: Option<(String, PathBuf)>,
    pyo3: Option<String>,
    cargo: Option<Found>,
    python: Option<Interpreter>,
    maturin: Option<Found>,
    /// Name of what was looked for, and what was looked at instead.
    passed_over: Vec<(&'static str, PassedOver)>,
    notes: Vec<String>,
    steps: Vec<StepReport>,
}

/// What keeps a project from being tried at all.
#[derive(Debug)]
struct Stop {
    message: String,
    help: Option<String>,
}

impl Stop {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl Record {
    fn verdict(&self, stopped: &Result<(), Stop>) -> Verdict {
        match stopped {
            Err(_) => Verdict::CouldNotRun,
            Ok(()) if self.steps.iter().any(|step| matches!(step.status, Status::Failed | Status::Skipped)) => Verdict::Failed,
            Ok(()) => Verdict::Passed,
        }
    }

    fn pass_over(&mut self, name: &'static str, passed_over: Vec<PassedOver>, out: &mut dyn Write) -> io::Result<()> {
        for passed_over in passed_over {
            writeln!(out, "  {name}: {}", one_line(&passed_over.to_string()))?;
            self.passed_over.push((name, passed_over));
        }
        Ok(())
    }

    fn note(&mut self, note: String, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "  note: {}", one_line(&note))?;
        self.notes.push(note);
        Ok(())
    }
}

/// Does it, says on `out` what it does, and remembers it in `record`.
fn verify(
    options: &VerifyOptions,
    around: &Surroundings,
    lint: &Lint<'_>,
    record: &mut Record,
    out: &mut dyn Write,
) -> io::Result<Result<(), Stop>> {
    let search = around.cargo();
    record.pass_over("cargo", search.passed_over, out)?;
    let Some(cargo) = search.found else {
        return Ok(Err(Stop::new("cargo is needed").help("install Rust from https://rustup.rs")));
    };
    writeln!(out, "  cargo {cargo}")?;
    record.cargo = Some(cargo.clone());
    let target = match Target::read(&around.dir.join(&options.path), &cargo.path) {
        Ok(target) => target,
        Err(missing) => return Ok(Err(Stop::new(missing))),
    };
    record.project = Some((target.distribution.clone(), target.root.clone()));
    let needs = needs(&target, around);
    record.pyo3 = needs.pyo3.map(|release| release.to_string());
    if let Some(sentence) = newer::sentence([(target.distribution.as_str(), needs.pyo3)]) {
        record.note(format!("{sentence}: which Pythons it supports is not checked"), out)?;
    }
    let python = match choose_python(options.python.as_deref(), &target, &needs, around, record, out)? {
        Ok(python) => python,
        Err(stop) => return Ok(Err(stop)),
    };

    let maturin = match target.backend {
        None => choose_maturin(&python, &target, around, record, out)?,
        Some(_) => None,
    };
    let outside = tempfile::tempdir()?;
    let built = Built::new(&target, &python);
    let tools = Tools::new(cargo, python, maturin, &target, around);
    let job = Job {
        target: &target,
        tools: &tools,
        profile: options.profile,
        scope: options.scope,
        cargo_flags: &options.cargo_flags,
        stable_abi: needs.stable_abi,
        outside: outside.path(),
        built: &built,
    };
    record.steps = steps::execute(plan::plan(job, lint), options.progress, out)?;
    Ok(Ok(()))
}

/// Searches maturin, and says which one it is, or that one will be installed.
fn choose_maturin(
    python: &Interpreter,
    target: &Target,
    around: &Surroundings,
    record: &mut Record,
    out: &mut dyn Write,
) -> io::Result<Option<Found>> {
    let search = around.maturin(&python.path, &target.tools_dir(), MATURIN_FLOOR);
    record.pass_over("maturin", search.passed_over, out)?;
    match &search.found {
        Some(maturin) => writeln!(out, "  maturin {maturin}")?,
        None => writeln!(out, "  maturin {} will be installed into {}", VERSIONS.maturin, target.tools_dir().display())?,
    }
    record.maturin.clone_from(&search.found);
    Ok(search.found)
}

/// What the package asks of Python.
fn needs(target: &Target, around: &Surroundings) -> Needs {
    // A folder that cannot be loaded has been refused before; a package that does not use PyO3 asks for nothing.
    let Ok(project) = project::load(std::slice::from_ref(&target.package)) else { return Needs::default() };
    let package = project.packages.iter().find(|package| same_file(&package.dir, &target.package));
    let needs = package.map_or_else(Needs::default, |package| Needs::of(&project, package, around));
    Needs { requires_python: target.requires_python.clone(), ..needs }
}

/// Searches a Python that fits, and says which one it is, why, and what was passed over.
fn choose_python(
    asked: Option<&Path>,
    target: &Target,
    needs: &Needs,
    around: &Surroundings,
    record: &mut Record,
    out: &mut dyn Write,
) -> io::Result<Result<Interpreter, Stop>> {
    if let Some((venv, conda)) = around.rival_environments() {
        let note = format!(
            "both a virtual environment ({}) and a conda environment ({}) are active: the virtual one counts here, but `maturin develop` \
             refuses to choose; leave one with `conda deactivate` or `deactivate`",
            venv.display(),
            conda.display()
        );
        record.note(note, out)?;
    }
    let judge = |python: &Interpreter| match python.version.series {
        series if series < PYTHON_FLOOR => Judgement::Unfit(format!("is older than {FLOOR}, the oldest that `verify` works with")),
        _ => needs.judge(python),
    };
    let search = around.python(asked, &target.root, &judge);
    record.pass_over("python", search.passed_over, out)?;
    let Some(python) = search.found else {
        let wanted = needs.wanted();
        let because = if wanted.is_empty() { String::new() } else { format!(" ({wanted})") };
        let help = asked.and_then(|_| record.passed_over.last()).and_then(|(_, over)| help_for(&over.path, needs));
        let message = match asked {
            Some(asked) => format!("`{}` cannot be used for this project{because}", asked.display()),
            None => format!("there is no Python that this project can be verified with{because}"),
        };
        let help = help.unwrap_or_else(|| match asked {
            Some(_) => format!("name a Python of at least {FLOOR} that fits, or leave `--python` out to have one searched"),
            None => format!("install a Python of at least {FLOOR} that fits, or name it with `--python`"),
        });
        return Ok(Err(Stop::new(message).help(help)));
    };
    writeln!(out, "  python {python}")?;
    if let Some(remark) = search.remark {
        record.note(format!("Python {} {remark}", python.version.text), out)?;
    }
    record.python = Some(python.clone());
    Ok(Ok(python))
}

/// What to do about an interpreter that was asked for and does not fit.
fn help_for(path: &Path, needs: &Needs) -> Option<String> {
    let python = Interpreter::ask(path, crate::toolchain::locate::Reason::Asked).ok()?;
    needs.unfit(&python).map(|unfit| unfit.help)
}
