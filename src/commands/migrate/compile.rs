//! The compiler's part in a migration.

use std::io::{self, Write};

use super::plan::Plan;
use crate::commands::needs::Needs;
use crate::compiler::{self, CheckPlan, Checked, DefaultFeatures};
use crate::project::{Package, Project, pyproject};
use crate::toolchain::locate::Surroundings;

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
        let cargo = around.cargo().found.ok_or("there is no cargo on PATH")?;
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
            let workspace = package.workspace_manifest.map_or(&package.dir, |file| &project.sources.get(file).path);
            let workspace = if workspace.is_dir() { workspace.clone() } else { workspace.parent().unwrap_or(workspace).to_owned() };
            let check = CheckPlan {
                cargo: cargo.path.clone(),
                manifest: project.sources.get(package.manifest).path.clone(),
                workspace,
                features: packaging_features(project, package),
                default_features: DefaultFeatures::On,
                python: python.path,
            };
            Ok((package.name.clone(), check))
        });
        Ok(Self { plans: plans.collect::<Result<_, String>>()? })
    }

    /// Checks every package.
    pub(super) fn check_all(&self) -> io::Result<Vec<(String, Checked)>> {
        self.plans.iter().map(|(name, plan)| Ok((name.clone(), compiler::check(plan)?))).collect()
    }
}

/// The cargo features that the project's packaging switches on: where PyO3 is optional, a bare `cargo check` sees none of its code.
fn packaging_features(project: &Project, package: &Package) -> Vec<String> {
    let pyproject = package.pyproject.and_then(|file| pyproject::read(&project.sources.get(file).text));
    let Some(pyproject) = pyproject else { return Vec::new() };
    let maturin = pyproject.maturin.into_iter().flat_map(|maturin| maturin.features);
    let setuptools = pyproject.setuptools_rust.into_iter().flat_map(|module| module.features);
    maturin.chain(setuptools).map(|feature| feature.value).collect()
}

/// Says how many errors there are.
pub(super) fn report(when: &str, checked: &[(String, Checked)], out: &mut dyn Write) -> io::Result<()> {
    for (name, checked) in checked {
        match checked {
            Checked::Compiled { errors, .. } => writeln!(out, "{when}: `{name}` has {} compiler errors", errors.len())?,
            Checked::Stopped(output) => writeln!(out, "{when}: `{name}` could not be compiled:\n{output}")?,
        }
        if std::env::var_os("HOGNOSE_DUMP").is_some()
            && let Checked::Compiled { errors, warnings } = checked
        {
            for error in errors.iter().chain(warnings) {
                writeln!(out, "{}", error.rendered)?;
            }
        }
    }
    Ok(())
}
