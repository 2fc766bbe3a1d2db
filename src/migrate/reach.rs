//! How far a package can go: every crate that links to Python through PyO3 must have a version for the same release.

use crate::catalog::adjacent;
use crate::project::Package;
use crate::release::Release;

/// A dependency that has no version for a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Its name as published.
    pub name: String,
    /// The newest release that it has one for; `None` for no release up to the target.
    pub newest: Option<Release>,
}

/// The dependencies of `package` that keep it from `target`, ordered by name.
#[must_use]
pub fn obstacles(package: &Package, target: Release) -> Vec<Obstacle> {
    let mut found: Vec<Obstacle> = package
        .pyo3
        .dependencies
        .iter()
        .filter(|dependency| !dependency.is_local)
        .filter_map(|dependency| {
            let known = adjacent(&dependency.package)?;
            let reaches = |name: &str| adjacent(name).is_some_and(|next| next.version_for(target).is_some());
            if !is_tied(package, &known.name) || reaches(&known.name) || known.successor.as_deref().is_some_and(reaches) {
                return None;
            }
            Some(Obstacle { name: known.name.clone(), newest: known.newest_up_to(target) })
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.dedup();
    found
}

/// Whether the crate is tied to PyO3 as this package uses it: `arrow` only with its feature `pyarrow`.
pub(super) fn is_tied(package: &Package, name: &str) -> bool {
    name != "arrow" || package.pyo3.features.iter().any(|feature| feature.of == "arrow" && feature.name == "pyarrow")
}
