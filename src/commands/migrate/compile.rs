//! The compiler's part in a migration.

use std::io::{self, Write};

use super::plan::Plan;
use crate::compiler::{self, CheckPlan, Checked, DefaultFeatures};
use crate::project::{Package, Project, pyproject};
use crate::toolchain::locate::Surroundings;

/// How to check each package of a plan.
pub(super) struct Compiler {
    plans: Vec<(String, CheckPlan)>,
}

impl Compiler {
    /// Finds cargo and Python.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn find(project: &Project, plan: &Plan, around: &Surroundings) -> Result<Self, String> {
        let cargo = around.cargo().found.ok_or("there is no cargo on PATH")?;
        let python = around.python(None, &project.root, (3, 7)).found.ok_or("there is no Python")?;
        let of_package = |package: &Package| {
            let workspace = package.workspace_manifest.map_or(&package.dir, |file| &project.sources.get(file).path);
            let workspace = if workspace.is_dir() { workspace.clone() } else { workspace.parent().unwrap_or(workspace).to_owned() };
            CheckPlan {
                cargo: cargo.path.clone(),
                manifest: project.sources.get(package.manifest).path.clone(),
                workspace,
                features: packaging_features(project, package),
                default_features: DefaultFeatures::On,
                python: python.path.clone(),
            }
        };
        let plans = plan.packages.iter().map(|&index| &project.packages[index]);
        Ok(Self { plans: plans.map(|package| (package.name.clone(), of_package(package))).collect() })
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
            Checked::Compiled(errors) => writeln!(out, "{when}: `{name}` has {} compiler errors", errors.len())?,
            Checked::Stopped(output) => writeln!(out, "{when}: `{name}` could not be compiled:\n{output}")?,
        }
        if std::env::var_os("HOGNOSE_DUMP").is_some()
            && let Checked::Compiled(errors) = checked
        {
            for error in errors {
                writeln!(out, "{}", error.rendered)?;
            }
        }
    }
    Ok(())
}
