//! What people have to know about a package's manifests that no edit can settle.

use crate::catalog::adjacent;
use crate::project::{Package, Project, toml};

/// What is to be said before the package is migrated, each in one sentence.
#[must_use]
pub fn notes(project: &Project, package: &Package) -> Vec<String> {
    let tied = package
        .pyo3
        .dependencies
        .iter()
        .filter(|dependency| dependency.package.starts_with("pyo3") || adjacent(&dependency.package).is_some());
    let without = tied.filter(|dependency| dependency.is_local || dependency.requirement_at.is_none());
    let mut notes: Vec<String> = without
        .map(|dependency| format!("`{}` comes from a repository or a folder: its version is for you to choose", dependency.package))
        .collect();
    notes.extend(patched(project, package).map(|name| format!("`[patch]` replaces `{name}`: look whether that is still needed")));
    notes.sort();
    notes.dedup();
    notes
}

/// The crates tied to PyO3 that the workspace replaces by others.
fn patched(project: &Project, package: &Package) -> impl Iterator<Item = String> {
    let manifest = package.workspace_manifest.unwrap_or(package.manifest);
    let toml = toml::parse(&project.sources.get(manifest).text).ok();
    let patches = toml.as_ref().and_then(|toml| toml.get(&["patch"])).map(|patch| patch.value.entries()).unwrap_or_default();
    let names: Vec<String> = patches.iter().flat_map(|source| source.value.entries()).map(|entry| entry.key.to_owned()).collect();
    names.into_iter().filter(|name| name.starts_with("pyo3") || adjacent(name).is_some())
}
