//! Which release sources are of whose manifest was raised before them: what the lock file, git and the requirement tell.

use super::compile::workspace_of;
use crate::engine::history::former_texts;
use crate::project::{Lock, Package, Project, floor_of, release_asked_for};
use crate::release::Release;

/// The last release below `to` that the package was on, by the history of its manifest and of its lock file; else the oldest that its open
/// requirement admits.
pub(super) fn former_release(project: &Project, package: &Package, to: Release) -> Option<Release> {
    let manifest = package.pyo3.requirement_at.map_or(package.manifest, |(file, _)| file);
    let manifests = former_texts(&project.sources.get(manifest).path);
    let by_manifest = manifests.iter().filter_map(|text| release_asked_for(text)).find(|release| *release < to);
    let locks = || former_texts(&workspace_of(project, package).join("Cargo.lock"));
    let by_lock = || locks().iter().filter_map(|text| Lock::read(text).ok()?.release(&package.name)).find(|release| *release < to);
    let floor = || package.pyo3.requirement.as_deref().and_then(floor_of).filter(|release| *release < to);
    by_manifest.or_else(by_lock).or_else(floor)
}
