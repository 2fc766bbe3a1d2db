//! What changes in Cargo.toml and pyproject.toml: versions that belong together, and floors that they bring.

use super::reach::is_tied;
use super::requirement::{admits, raised, with_floor};
use crate::catalog::{Adjacent, adjacent, toolchain};
use crate::project::pyproject::{self, Pyproject};
use crate::project::{Dependency, Package, Project};
use crate::release::Release;
use crate::text::{Edit, FileId, TextRange};

/// The crates that are PyO3 itself: all of one version.
const OF_PYO3: [&str; 5] = ["pyo3", "pyo3-ffi", "pyo3-build-config", "pyo3-macros", "pyo3-macros-backend"];

/// The oldest maturin that builds extension modules without PyO3's feature `extension-module`.
const MATURIN_FLOOR: &str = "1.9.4";

/// One change of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestChange {
    /// The manifest.
    pub file: FileId,
    /// The change.
    pub edit: Edit,
    /// What it does, in a few words: `pyo3 0.19 -> 0.30`.
    pub what: String,
}

/// Everything in the manifests of `package` that has to be another for `target`. Features that are gone are findings of `check`, with fixes of their own.
#[must_use]
pub fn manifest_changes(project: &Project, package: &Package, target: Release) -> Vec<ManifestChange> {
    let mut changes = Vec::new();
    for dependency in &package.pyo3.dependencies {
        changes.extend(of_dependency(project, package, dependency, target));
    }
    if let Some(file) = package.pyproject
        && let Some(pyproject) = pyproject::read(&project.sources.get(file).text)
    {
        changes.extend(of_pyproject(project, &pyproject, file, target));
    }
    changes.sort_by(|a, b| (a.file, &a.edit).cmp(&(b.file, &b.edit)));
    changes.dedup();
    changes
}

fn of_dependency(project: &Project, package: &Package, dependency: &Dependency, target: Release) -> Vec<ManifestChange> {
    let known = adjacent(&dependency.package).filter(|known| is_tied(package, &known.name));
    let Some((name, version)) = wanted(&dependency.package, known, target) else { return Vec::new() };
    let mut changes = Vec::new();
    let old = dependency.requirement.as_deref();
    let is_pyo3 = OF_PYO3.contains(&dependency.package.as_str());
    if let Some((file, range)) = dependency.requirement_at
        && (is_pyo3 || name != dependency.package || old.is_some_and(|old| !admits(old, &version)))
    {
        let new = raised(old, &version, target);
        if old != Some(new.as_str()) {
            let what = format!("{name} {} -> {new}", old.unwrap_or_default());
            changes.push(ManifestChange { file, edit: quoted(project, file, range, &new), what });
        }
    }
    if name != dependency.package && dependency.extern_name.replace('_', "-") == dependency.package {
        let what = format!("{} is called {name} now", dependency.package);
        changes.push(ManifestChange { file: dependency.file, edit: Edit::replace(dependency.range, name), what });
    }
    changes
}

/// The crate and its version that go with `target` in the place of `name`.
fn wanted(name: &str, known: Option<&'static Adjacent>, target: Release) -> Option<(String, String)> {
    // pyo3-build-config has the versions of all of them, and every release since 0.14.
    if OF_PYO3.contains(&name) {
        return Some((name.to_owned(), adjacent("pyo3-build-config")?.version_for(target)?.to_owned()));
    }
    let known = known?;
    if let Some(version) = known.version_for(target) {
        return Some((name.to_owned(), version.to_owned()));
    }
    let successor = adjacent(known.successor.as_deref()?)?;
    Some((successor.name.clone(), successor.version_for(target)?.to_owned()))
}

fn of_pyproject(project: &Project, pyproject: &Pyproject, file: FileId, target: Release) -> Vec<ManifestChange> {
    let mut changes = Vec::new();
    if let (Some(written), Some(floor)) = (&pyproject.requires_python, toolchain(target).map(|toolchain| toolchain.python.min))
        && let Some(new) = with_floor(&written.value, &floor.to_string())
    {
        let what = format!("requires-python {} -> {new}", written.value);
        changes.push(ManifestChange { file, edit: quoted(project, file, written.range, &new), what });
    }
    if let Some(maturin) = pyproject.build_requirement("maturin")
        && !maturin.is_at_least(MATURIN_FLOOR)
    {
        let new = format!("maturin>={MATURIN_FLOOR},<2");
        let what = format!("{} -> {new}", maturin.text);
        changes.push(ManifestChange { file, edit: quoted(project, file, maturin.range, &new), what });
    }
    changes
}

/// Puts `value` in the place of a string literal, in the quotes that it has.
fn quoted(project: &Project, file: FileId, literal: TextRange, value: &str) -> Edit {
    let quote = if project.sources.get(file).slice(literal).starts_with('\'') { '\'' } else { '"' };
    Edit::replace(literal, format!("{quote}{value}{quote}"))
}
