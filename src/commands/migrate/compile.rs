//! The compiler's part in a migration.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use super::plan::Plan;
use crate::commands::fixing::counted;
use crate::commands::needs::Needs;
use crate::compiler::{self, CheckPlan, Checked, DefaultFeatures};
use crate::project::{Package, Project, pyproject};
use crate::toolchain::locate::Surroundings;
use crate::toolchain::steps::{Progress, progress_line};

/// When a project is checked, which decides what PyO3 it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// As it is.
    Before,
    /// Migrated.
    After,
}

/// How to check each package of a plan.
pub(super) struct Compiler {
    plans: Vec<(String, CheckPlan)>,
}

impl Compiler {
    /// Finds cargo, and a Python for every package and the release of PyO3 that it is checked with.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn find(project: &Project, plan: &Plan, stage: Stage, around: &Surroundings) -> Result<Self, String> {
        // It need not answer for the toolchain that the project pins: `compiler::check` has stable for that.
        let cargo = around.on_path("cargo".as_ref()).ok_or("there is no cargo on PATH")?;
        let packages = plan.packages.iter().map(|&index| &project.packages[index]);
        let plans = packages.map(|package| {
            let release = match stage {
                Stage::Before => package.pyo3.release,
                Stage::After => Some(plan.to),
            };
            let needs = Needs { pyo3: release, ..Needs::of(project, package, around) };
            let python = around.python(None, &project.root, &|python| needs.judge(python)).found;
            let python = python.ok_or_else(|| match release {
                Some(release) => format!("there is no Python that PyO3 {release} builds for"),
                None => "there is no Python".to_owned(),
            })?;
            let (features, default_features) = packaging_features(project, package);
            let check = CheckPlan {
                cargo: cargo.clone(),
                manifest: project.sources.get(package.manifest).path.clone(),
                workspace: workspace_of(project, package),
                features,
                default_features,
                python: python.path,
            };
            Ok((package.name.clone(), check))
        });
        Ok(Self { plans: plans.collect::<Result<_, String>>()? })
    }

    /// Lets cargo choose versions for what the manifests ask for. Where it finds none, the check that follows says so.
    pub(super) fn resolve(&self) -> io::Result<()> {
        self.plans.iter().try_for_each(|(_, plan)| compiler::resolve(plan))
    }

    /// Checks every package.
    pub(super) fn check_all(&self, watch: &mut Watch<'_>) -> io::Result<Vec<(String, Checked)>> {
        let mut checked = Vec::with_capacity(self.plans.len());
        for (name, plan) in &self.plans {
            checked.push((name.clone(), compiler::check(plan, &mut |line| watch.show(line))?));
        }
        Ok(checked)
    }
}

/// Shows that something goes on while cargo works: a long compilation must not look as if it hung.
pub(super) struct Watch<'a> {
    name: &'static str,
    progress: Progress,
    started: Instant,
    out: &'a mut dyn Write,
}

impl<'a> Watch<'a> {
    /// Begins to watch.
    pub(super) fn new(name: &'static str, progress: Progress, out: &'a mut dyn Write) -> Self {
        Self { name, progress, started: Instant::now(), out }
    }

    /// Ends with what came out.
    pub(super) fn end(self, outcome: &str) -> io::Result<()> {
        let clear = if matches!(self.progress, Progress::InPlace(_)) { "\r\x1b[2K" } else { "" };
        writeln!(self.out, "{clear}  {} … {:.1} s, {outcome}", self.name, self.started.elapsed().as_secs_f64())
    }

    fn show(&mut self, line: &str) {
        let Progress::InPlace(columns) = self.progress else { return };
        let shown = progress_line(self.name, self.started.elapsed(), line, columns);
        // Losing a line of progress harms nobody: the result is written with its error checked.
        let _ = write!(self.out, "\r\x1b[2K{shown}").and_then(|()| self.out.flush());
    }
}

/// The folder of the workspace that a package belongs to, or its own.
pub(super) fn workspace_of(project: &Project, package: &Package) -> PathBuf {
    let manifest = package.workspace_manifest.unwrap_or(package.manifest);
    let path = &project.sources.get(manifest).path;
    path.parent().unwrap_or(path).to_owned()
}

/// What came out, in a few words.
pub(super) fn outcome(checked: &[(String, Checked)]) -> String {
    let errors = checked.iter().map(|(_, checked)| match checked {
        Checked::Compiled { errors, .. } => Some(errors.len()),
        Checked::Stopped(_) => None,
    });
    match errors.sum::<Option<usize>>() {
        Some(0) => "it compiles".to_owned(),
        Some(count) => counted(count, "error", "errors"),
        None => "cargo did not get to the code".to_owned(),
    }
}

/// What cargo says where the requirements of the manifests contradict each other.
pub(super) fn unresolved(checked: &[(String, Checked)]) -> Option<&str> {
    checked.iter().find_map(|(_, checked)| match checked {
        Checked::Stopped(complaint) if complaint.contains("failed to select a version") => Some(complaint.as_str()),
        _ => None,
    })
}

/// The cargo features that the project's packaging switches on and off: where PyO3 is optional, a bare `cargo check` sees none of its code.
fn packaging_features(project: &Project, package: &Package) -> (Vec<String>, DefaultFeatures) {
    let pyproject = package.pyproject.and_then(|file| pyproject::read(&project.sources.get(file).text)).unwrap_or_default();
    let default = match &pyproject.maturin {
        Some(maturin) if maturin.no_default_features => DefaultFeatures::Off,
        _ => DefaultFeatures::On,
    };
    let maturin = pyproject.maturin.into_iter().flat_map(|maturin| maturin.features);
    let setuptools = pyproject.setuptools_rust.into_iter().flat_map(|module| module.features);
    (maturin.chain(setuptools).map(|feature| feature.value).collect(), default)
}
